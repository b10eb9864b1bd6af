"""Steps of a named CNN over minutes, until clocks have sunk to what they hold for hours."""

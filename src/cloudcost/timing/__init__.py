"""See the design: timing."""

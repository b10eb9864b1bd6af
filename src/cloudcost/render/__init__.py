"""See the design: render."""

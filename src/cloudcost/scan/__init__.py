"""See the design: scan."""

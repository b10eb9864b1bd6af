"""See the design: networks."""

"""See the design: analysis."""

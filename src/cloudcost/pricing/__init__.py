"""See the design: pricing."""

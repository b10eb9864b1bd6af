"""See the design: usage."""

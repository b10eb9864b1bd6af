"""See the design: project."""

"""See the design: bills."""

"""See the design: testing."""

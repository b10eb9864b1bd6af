"""See the design: profiling."""

"""What stands beside a model's time: steps that were stated, and what is said of memory, loading and software."""

"""How fast large bills are read, against the bare grouping of the engines: `python -m benchmarks.bills`."""

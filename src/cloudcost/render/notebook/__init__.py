"""What Python shows of results: DataFrames and the small HTML tables of notebooks."""

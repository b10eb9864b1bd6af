"""What Python shows of results: DataFrames, the small HTML tables of notebooks, figures of matplotlib."""

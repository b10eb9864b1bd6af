"""One module per family of named networks; each has `NETWORKS`, from name to recipe."""

"""Where a bill's rows lie: `deliveries` says which files of a folder count, `containers` unpacks them."""

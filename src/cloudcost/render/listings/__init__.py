"""What the product knows or measured, as lists in every format: prices, CNNs, predicted steps, profiles, keys."""

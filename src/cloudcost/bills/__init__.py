"""Bills and metered usage as files, read with every fault named: `usage_csv` reads rows, `quantities` their numbers."""

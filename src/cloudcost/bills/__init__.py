"""Bills and metered usage as files: reading them with every fault named."""

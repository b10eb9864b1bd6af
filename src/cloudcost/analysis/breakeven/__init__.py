"""From where on another option is cheaper: over numbers of runs, and over other quantities."""

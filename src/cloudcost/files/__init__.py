"""Files that a user names: read with a limit, and written whole or not at all. Knows nothing of what is in them."""

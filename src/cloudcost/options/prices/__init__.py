"""Prices that no book has for an option: the user's own, and what its account has free."""

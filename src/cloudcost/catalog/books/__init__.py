"""The dated price book: its rows, what follows from them, and what is said where there is none."""

"""The user's own dated price books: where they lie, how they are written, read and joined to the shipped."""

"""The user's own dated price books: where they lie, how they are written and read, and how they join the shipped one."""

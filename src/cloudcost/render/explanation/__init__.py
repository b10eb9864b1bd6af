"""A bill by cause: `words` for people, `record` for programs, `parts` for both."""

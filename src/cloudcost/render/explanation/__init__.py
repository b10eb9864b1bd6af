"""A bill by cause: `words` for people, `record` for programs, `page` with its `days` for browsers, `parts` for all."""

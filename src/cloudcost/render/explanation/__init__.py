"""A bill by cause: `words` (with `plans`) for people, `record` for programs, `page` with its `days` for browsers."""

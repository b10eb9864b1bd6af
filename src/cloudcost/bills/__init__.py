"""Bills and metered usage as files, read with every fault named.

`read` gives a bill of files, which `sources` finds and unpacks. `kinds` knows a bill by its header; rows are summed by
`groups`, or by `engine` where there are many, and `cost_and_usage`, `focus` or `plain_csv` makes lines of them; their
`cells` are tolerant. `cost_explorer` reads a table of its own. `causes` says which cause a line has. `usage_csv` reads
rows of usage, `quantities` their numbers.
"""

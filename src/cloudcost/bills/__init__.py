"""Bills and metered usage as files, read with every fault named.

`read` knows a bill by its header and asks `cost_and_usage`, `focus`, `cost_explorer` or `plain_csv` for its lines,
whose `cells` are tolerant; `causes` says which cause a line has. `usage_csv` reads rows of usage, `quantities` their
numbers.
"""

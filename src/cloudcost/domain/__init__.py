"""Frozen values without I/O and without arithmetic: the words that all the other packages speak.

Each module holds the values of one idea: `prices`, `usage`, `lines`, `devices`, `network`, `profile`, `project`,
`left_on`, `spot`, `timing`.
"""

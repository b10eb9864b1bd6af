"""What is called from Python: the verbs as functions, today from the clock, projects by name, path or tables.

The edge of the library, as `cli` is the edge of the program: only here the clock is read and a path opened for a
project. Each function says what the verb of its name says, and hands on a plain value.
"""

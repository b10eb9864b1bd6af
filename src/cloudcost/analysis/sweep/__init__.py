"""Many projects at once: a grid or a random sample over keys of a project file, a row per project and option.

`keys` finds what a key names, `values` reads what it is to take, `points` numbers the projects, `variants` reads each
as the project file's own reader would, `kernel` prices them, `chunks` makes rows of them, `run` spreads the chunks
over processes or a Dask cluster, `write` streams the rows to a file. Rows do not depend on who computed them.
"""

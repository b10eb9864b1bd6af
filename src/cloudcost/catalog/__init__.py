"""Dated price books, instances and devices: the shipped tables in `data/`, how they are read and checked.

Everything in `data/` is this project's own: a row has a unit, a source (a key of `data/sources.csv`), the day on
which it was seen to hold and a grade. Nothing is read before it is asked for.
"""

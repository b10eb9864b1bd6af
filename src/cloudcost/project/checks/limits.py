"""The largest and the earliest values that a project file may hold."""

from __future__ import annotations

from datetime import date

MAX_COUNT = 10**9
MAX_REPEATS = 10**6
"""Runs, epochs and downloads: more than anybody repeats, and few enough to be drawn and added up."""
MAX_UPLOADS = 1000
"""Of the whole data set: each is a version with a life of its own."""
MAX_CLASSES = 10_000
"""Classes of objects of the data set: each has a life of its own."""
MAX_USD = 10**12
MAX_HOURS = 10**6
MAX_PLACES = 18
"""Decimals that a money value may have; a number such as 1e-999999 would never end as an exact fraction."""

FIRST_DAY = date(2006, 3, 14)
"""S3's first day; nothing before it has a price."""
LAST_DAY = date(2199, 12, 31)
MAX_QUANTITY = 10**12
"""Of something left on. [priced unit]"""
QUANTITY_PLACES = 6
"""Decimals of a quantity: what is metered in is its millionth. [count]"""
LEAST_PART_BYTES, MOST_PART_BYTES = 5 * 2**20, 5 * 2**30
"""Of an upload to S3 ("Amazon S3 multipart upload limits", read 2026-11-29). [bytes]"""

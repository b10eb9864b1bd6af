"""Currencies in use, by their codes, and into what they are divided."""

from __future__ import annotations

from functools import cache

from cloudcost.catalog.tables import DATA, read_table

_COLUMNS = ("code", "digits", "as_of", "source")


@cache
def currency_digits() -> dict[str, int]:
    """Return the decimals of each currency's minor unit, by its code. [count]

    Examples
    --------
    >>> currency_digits()["MXN"], currency_digits()["JPY"]
    (2, 0)
    """
    return {code: int(digits) for code, digits, _, _ in read_table(DATA / "currencies.csv", _COLUMNS)}

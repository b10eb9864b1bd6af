"""Quantities that the provider does not charge for: the monthly allowance of traffic to the internet, and others.

A project's bill counts them, the pool of traffic and the other permanent ones (`quotas`); a usage file's when asked
for. What a new account has free is in `cloudcost.catalog.aws.free_tier`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Literal, cast

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.errors import CatalogError
from cloudcost.frozen import dataclass

_COLUMNS = ("what", "quantity", "unit", "scope", "applied", "valid_from", "valid_until", "not_in", "source", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """A quantity that is free each month.

    Parameters
    ----------
    gigabytes : Decimal
        [GB of 2**30 bytes per month]
    scope : {"account", "region"}
        One pool per account, or one per account and region.
    not_in : tuple of str
        What the names of regions begin with that take no part in it.
    source : str
        Key of a `Source`.
    note : str
    """

    gigabytes: Decimal
    scope: Literal["account", "region"]
    not_in: tuple[str, ...]
    source: str
    note: str


@cache
def transfer_out_allowance(on: date) -> Allowance:
    """Return the allowance of traffic to the internet that held on a day.

    Raises
    ------
    CatalogError
        When the table holds none for that day.

    Examples
    --------
    >>> str(transfer_out_allowance(date(2026, 11, 22)).gigabytes), transfer_out_allowance(date(2021, 11, 30)).scope
    ('100', 'region')
    """
    rows = read_table(DATA / "allowances.csv", _COLUMNS)
    for what, quantity, _, scope, applied, begin, end, outside, source, note in rows:
        holds = (not begin or date.fromisoformat(begin) <= on) and (not end or on < date.fromisoformat(end))
        if what == "transfer-out" and applied == "yes" and holds:
            return Allowance(
                gigabytes=Decimal(quantity),
                scope=cast(Literal["account", "region"], scope),
                not_in=tuple(pattern.removesuffix("*") for pattern in outside.split()),
                source=source,
                note=note,
            )
    raise CatalogError(f"allowances.csv:transfer-out: no row for {on}, install cloudcost again")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """A quantity of a usage type that is free each month for good, one pool per account over all regions.

    Parameters
    ----------
    quantity : Decimal
        [unit per month]
    unit : str
        As the price has it.
    source : str
        Key of a `Source`.
    """

    quantity: Decimal
    unit: str
    source: str


@cache
def quotas() -> Mapping[tuple[str, str], Quota]:
    """Return the permanent quotas but that of traffic to the internet, by service and usage type.

    Examples
    --------
    >>> str(quotas()["awskms", "KMS-Requests"].quantity)
    '20000'
    """
    found: dict[tuple[str, str], Quota] = {}
    for what, quantity, unit, _, applied, _, _, _, source, _ in read_table(DATA / "allowances.csv", _COLUMNS):
        if applied == "asked":
            service, _, usage_type = what.partition("/")
            found[service, usage_type] = Quota(quantity=Decimal(quantity), unit=unit, source=source)
    return MappingProxyType(found)

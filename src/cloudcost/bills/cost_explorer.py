"""Cost Explorer's CSV: dollars in a table of names and months or days, either of which may be the columns.

What is named is a service, a usage type, a region, an account, an operation or a kind of charge, as the report was
grouped. Rows and columns of totals say the same again and are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from cloudcost.bills.cells import amount, cell, instant, usage_and_region
from cloudcost.catalog.aws.billed_names import region_in, service_of
from cloudcost.catalog.aws.regions import find_region
from cloudcost.domain.bills import BillLine
from cloudcost.units import BillingMonth

if TYPE_CHECKING:
    from cloudcost.domain.bills import Charge

UNNAMED_REGION = "us-east-1"
"""The region of AWS's usage types without a region's code in front."""
_HEADS = {
    "service": "service",
    "usage type": "usage_type",
    "usagetype": "usage_type",
    "region": "region",
    "linked account": "account",
    "linked account name": "account",
    "api operation": "operation",
    "operation": "operation",
    "charge type": "charge",
    "record type": "charge",
}
"""What the first cell of a report says that it is grouped by; else the name is a description."""
_COST = re.compile(r"(?P<name>.+?) ?\(\$\)")
_TOTAL = re.compile(r"(.* )?total( costs?)?", re.IGNORECASE)
_CHARGES: dict[str, Charge] = {
    "Tax": "tax", "Credit": "credit", "Credits": "credit", "Refund": "refund", "Refunds": "refund",
    "Savings Plan Covered Usage": "savings_plan_usage", "Savings Plan Negation": "savings_plan_negation",
    "Savings Plan Recurring Fee": "savings_plan_fee", "Savings Plan Upfront Fee": "savings_plan_upfront",
    "Reservation applied usage": "discounted_usage", "Recurring reservation fee": "reserved_fee",
    "Upfront reservation fee": "reserved_upfront", "Support fee": "fee", "Other out-of-cycle charges": "fee",
}  # fmt: skip


class CellFault(NamedTuple):
    """A cell or a row that could not be read: its line, and what is wrong."""

    line: int
    reason: str


def is_header(header: Sequence[str]) -> bool:
    """Return whether a header is of names, or of dates, with dollars.

    Examples
    --------
    >>> is_header(["Usage type", "Requests-Tier1($)"]), is_header(["Service", "2026-09-01", "Total costs"])
    (True, True)
    >>> is_header(["service", "region", "usage_type"])
    False
    """
    if len(header) < 2 or not header[0]:
        return False
    with_dollars = any(map(_COST.fullmatch, header[1:]))
    return with_dollars or (header[0].lower() in _HEADS and _has_dates(header))


def _has_dates(header: Sequence[str]) -> bool:
    """Return whether the columns are months or days."""
    names = [name for name in map(_name, header[1:]) if not _TOTAL.fullmatch(name)]
    return bool(names) and all(instant(name) is not None for name in names)


def _name(column: str) -> str:
    found = _COST.fullmatch(column)
    return found["name"] if found is not None else column


def lines_of_table(
    header: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]], file: str
) -> Iterator[BillLine | CellFault]:
    """Yield a line for each cell that has dollars, and a fault for each that should have."""
    names = [_name(column) for column in header]
    kept = [number for number, name in enumerate(names) if number and not _TOTAL.fullmatch(name)]
    by_name = _has_dates(header)
    if not by_name:
        kept = [number for number in kept if _COST.fullmatch(header[number])]
    read = [(line, [cell(each) for each in cells]) for line, cells in rows if any(map(str.strip, cells))]
    dates = [names[number] for number in kept] if by_name else [cells[0] for _, cells in read if instant(cells[0])]
    daily = any(begin.day != 1 for text in dates if (begin := instant(text)) is not None)
    for line, cells in read:
        if len(cells) != len(header):
            yield CellFault(line, f"{len(cells)} cells under {len(header)} columns")
            continue
        if _TOTAL.fullmatch(cells[0]):
            continue
        if not by_name and instant(cells[0]) is None:
            yield CellFault(line, f"no date, {cells[0][:40]!r}")
            continue
        for number in kept:
            when, name = (names[number], cells[0]) if by_name else (cells[0], names[number])
            try:
                billed = amount(cells[number].replace("$", ""))
            except ValueError as error:
                yield CellFault(line, f"{name}: {error}")
                continue
            begin = instant(when)
            if billed and begin is not None:
                yield _line(_HEADS.get(header[0].lower(), ""), name, begin, billed, daily=daily, line=line, file=file)


def _line(of: str, name: str, begin: datetime, billed: Decimal, *, daily: bool, line: int, file: str) -> BillLine:
    """Return the line of a name and a month or day."""
    usage_type, region = usage_and_region(name, "") if of == "usage_type" else ("", "")
    service = name if of == "service" else service_of(usage_type)
    if of == "usage_type" and service:
        region = region or UNNAMED_REGION
    if of == "region":
        region = name if find_region(name) is not None else region_in(name)
    return BillLine(
        service=service,
        region=region,
        usage_type=usage_type,
        operation=name if of == "operation" else "",
        charge=_CHARGES.get(name, "usage"),
        begin=begin if daily else None,
        end=begin + timedelta(days=1) if daily else None,
        month=BillingMonth.of(begin.date()),
        billed_usd=billed,
        account=name if of == "account" else "",
        description=name if of in ("", "charge", "region") else "",
        line=line,
        file=file,
    )

"""Cost Explorer's CSV: a column for each service or usage type, a row for each month or day, dollars in the cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from cloudcost.bills.cells import amount, instant, usage_and_region
from cloudcost.catalog.aws.billed_names import service_of
from cloudcost.domain.bills import BillLine
from cloudcost.units import BillingMonth

if TYPE_CHECKING:
    from cloudcost.domain.bills import Charge

UNNAMED_REGION = "us-east-1"
"""The region of AWS's usage types without a region's code in front."""
_HEAD = re.compile(r"(service|usage type|usagetype)", re.IGNORECASE)
_COST = re.compile(r"(?P<name>.+?) ?\(\$\)")
_TOTAL = re.compile(r"total costs?", re.IGNORECASE)
_CHARGES: dict[str, Charge] = {"Tax": "tax", "Credit": "credit", "Refund": "refund"}


def is_header(header: list[str]) -> bool:
    """Return whether columns are services or usage types with dollars behind their names."""
    return len(header) > 1 and bool(_HEAD.fullmatch(header[0])) and any(map(_COST.fullmatch, header[1:]))


def lines_of(cells: Mapping[str, str], head: str, *, line: int, file: str, daily: bool) -> Iterator[BillLine]:
    """Yield a line for each column of a row with a date; nothing for the row of totals.

    Raises
    ------
    ValueError
        When a cost is no amount.
    """
    begin = instant(cells[head])
    if begin is None:
        return
    for column, text in cells.items():
        found = _COST.fullmatch(column)
        if found is None or _TOTAL.fullmatch(found["name"]):
            continue
        billed = amount(text)
        if not billed:
            continue
        name = found["name"]
        by_service = head.lower() == "service"
        usage_type, region = ("", "") if by_service else usage_and_region(name, "")
        service = name if by_service else service_of(usage_type)
        yield BillLine(
            service=service,
            region=region or (UNNAMED_REGION if service and not by_service else ""),
            usage_type=usage_type,
            charge=_CHARGES.get(name, "usage"),
            begin=begin if daily else None,
            end=begin + timedelta(days=1) if daily else None,
            month=BillingMonth.of(begin.date()),
            billed_usd=billed,
            line=line,
            file=file,
        )

"""A row of a plain CSV with a usage type and a cost, whoever wrote it."""

from __future__ import annotations

from cloudcost.bills.cells import Row, amount, first, usage_and_region
from cloudcost.domain.bills import BillLine
from cloudcost.units import BillingMonth

USAGE_TYPES = ("usage_type", "usagetype")
COSTS = ("cost_usd", "cost", "amount_usd", "amount", "billed_usd", "usd", "unblended_cost")
_QUANTITIES = ("quantity", "usage_quantity", "usage_amount")


def line_of(row: Row, *, line: int, file: str) -> BillLine:
    """Return the line that a row is.

    Raises
    ------
    ValueError
        When its cost or its month is none.
    """
    billed = amount(first(row, *COSTS))
    if billed is None:
        raise ValueError("no cost")
    try:
        quantity = amount(first(row, *_QUANTITIES))
    except ValueError:
        quantity = None
    usage_type, region = usage_and_region(first(row, *USAGE_TYPES), first(row, "region"))
    month = first(row, "month")
    return BillLine(
        service=first(row, "service", "product", "product_code"),
        region=region,
        usage_type=usage_type,
        operation=first(row, "operation"),
        purchase=first(row, "purchase"),
        month=BillingMonth.parse(month) if month else None,
        quantity=quantity,
        unit=first(row, "unit"),
        billed_usd=billed,
        description=first(row, "description"),
        line=line,
        file=file,
    )

"""A row of a plain CSV with a usage type and a cost, whoever wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudcost.bills.cells import LineCosts, Numbers, Row, first, first_number, usage_and_region
from cloudcost.catalog.aws.billed_names import region_in, service_of
from cloudcost.domain.bills import BillLine
from cloudcost.units import BillingMonth

if TYPE_CHECKING:
    from cloudcost.domain.bills import Charge

USAGE_TYPES = ("usage_type", "usagetype")
COSTS = ("cost_usd", "cost", "amount_usd", "amount", "billed_usd", "usd", "unblended_cost")
QUANTITIES = ("quantity", "usage_quantity", "usage_amount")
TEXTS = (
    *USAGE_TYPES, "service", "product", "product_code", "region", "operation", "purchase", "month", "unit",
    "description",
)  # fmt: skip
"""Columns that are read, as `snake` spells them."""


def line_of(row: Row, numbers: Numbers) -> BillLine:
    """Return the line that a row is, or rows that have the same texts.

    Raises
    ------
    ValueError
        When its month is none.
    """
    costs = costs_of("usage", numbers)
    usage_type, region = usage_and_region(first(row, *USAGE_TYPES), first(row, "region"))
    month = first(row, "month")
    description = first(row, "description")
    return BillLine(
        service=first(row, "service", "product", "product_code") or service_of(usage_type),
        region=region or region_in(description),
        usage_type=usage_type,
        operation=first(row, "operation"),
        purchase=first(row, "purchase"),
        month=BillingMonth.parse(month) if month else None,
        quantity=costs.quantity,
        unit=first(row, "unit"),
        billed_usd=costs.billed_usd,
        description=description,
    )


def costs_of(charge: Charge, numbers: Numbers) -> LineCosts:  # noqa: ARG001 (as of the other kinds)
    """Return what a line costs."""
    billed = first_number(numbers, *COSTS)
    assert billed is not None
    return LineCosts(billed_usd=billed, quantity=first_number(numbers, *QUANTITIES))

"""A row of an export in FOCUS columns, 1.0 to 1.4, by the columns that are there; of whatever provider.

References
----------
FOCUS specification 1.2, https://focus.finops.org: cost and usage columns. Read on 2026-11-28.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from cloudcost.bills.cells import Row, amount, first, instant, tags, usage_and_region
from cloudcost.domain.bills import BillLine
from cloudcost.units import BillingMonth

if TYPE_CHECKING:
    from cloudcost.domain.bills import Charge

REQUIRED = ("billed_cost", "charge_category")
"""Columns, as `snake` spells them, that an export of this kind has."""
_CODES = {
    "Amazon Simple Storage Service": "AmazonS3",
    "Amazon Elastic Compute Cloud": "AmazonEC2",
    "Amazon Virtual Private Cloud": "AmazonVPC",
    "Amazon SageMaker": "AmazonSageMaker",
    "AWS Key Management Service": "awskms",
    "AmazonCloudWatch": "AmazonCloudWatch",
    "AWS Data Transfer": "AWSDataTransfer",
}
"""Product codes of the services that the price book has; other names stay as they are."""
_CATEGORIES: dict[str, Charge] = {"tax": "tax", "credit": "credit"}


def line_of(row: Row, *, line: int, file: str) -> BillLine:
    """Return the line that a row is.

    Raises
    ------
    ValueError
        When its cost is no amount.
    """
    billed = amount(row["billed_cost"])
    if billed is None:
        raise ValueError("no cost in BilledCost")
    service = first(row, "x_service_code", "service_name")
    usage_type, region = usage_and_region(first(row, "x_usage_type"), first(row, "region_id", "region"))
    begin = instant(first(row, "charge_period_start"))
    month = instant(first(row, "billing_period_start")) or begin
    priced = "pricing" if first(row, "pricing_quantity") else "consumed"
    return BillLine(
        service=_CODES.get(service, service),
        region=region,
        usage_type=usage_type,
        operation=first(row, "x_operation"),
        purchase=first(row, "pricing_category"),
        charge=_charge(row, billed),
        begin=begin,
        end=instant(first(row, "charge_period_end")),
        month=None if month is None else BillingMonth.of(month.date()),
        quantity=_optional(row, f"{priced}_quantity"),
        unit=first(row, f"{priced}_unit"),
        billed_usd=billed,
        amortized_usd=_optional(row, "effective_cost"),
        list_usd=_optional(row, "list_cost"),
        account=first(row, "sub_account_id", "billing_account_id"),
        resource=first(row, "resource_id"),
        description=first(row, "charge_description", "sku_meter"),
        tags=tags(first(row, "tags")),
        line=line,
        file=file,
    )


def _charge(row: Row, billed: Decimal) -> Charge:
    """Return what a row is charged for."""
    category = first(row, "charge_category").lower()
    if category == "purchase":
        kind = first(row, "commitment_discount_type", "charge_description").lower()
        if "savings" in kind:
            return "savings_plan_fee"
        return "reserved_fee" if "reserv" in kind or first(row, "commitment_discount_id") else "fee"
    if category == "adjustment":
        return "refund" if billed < 0 else "fee"
    if category in _CATEGORIES:
        return _CATEGORIES[category]
    publisher, provider = first(row, "publisher_name"), first(row, "provider_name", "service_provider_name")
    sold = provider == "AWS" and publisher and not publisher.startswith(("Amazon", "AWS"))
    return "marketplace" if sold else "usage"


def _optional(row: Row, column: str) -> Decimal | None:
    try:
        return amount(first(row, column))
    except ValueError:
        return None

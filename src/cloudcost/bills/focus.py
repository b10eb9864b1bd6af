"""A row of an export in FOCUS columns, 1.0 to 1.4, by the columns that are there; of whatever provider.

References
----------
FOCUS specification 1.2, https://focus.finops.org: cost and usage columns. Read on 2026-11-28.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from cloudcost.bills.cells import LineCosts, Numbers, Row, first, first_number, instant, tags_of, usage_and_region
from cloudcost.bills.quantities import canonical_unit
from cloudcost.catalog.aws.billed_names import usage_type_in
from cloudcost.domain.bills import BillLine
from cloudcost.units import BillingMonth

if TYPE_CHECKING:
    from cloudcost.domain.bills import Charge

TEXTS = (
    "billing_period_start", "charge_category", "charge_class", "charge_description", "commitment_discount_id",
    "commitment_discount_type", "consumed_unit", "pricing_unit", "pricing_category", "provider_name",
    "service_provider_name", "publisher_name", "region_id", "region", "resource_id", "service_name", "sku_meter",
    "sub_account_id", "billing_account_id", "tags", "x_service_code", "x_usage_type", "x_operation",
)  # fmt: skip
"""Columns that are read, as `snake` spells them."""
AMOUNTS = ("billed_cost", "effective_cost", "list_cost", "pricing_quantity", "consumed_quantity")
_DESCRIBED = frozenset({"AmazonS3"})
"""Services whose descriptions tell their usage types."""
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


PERIOD = "billing_period_start"


def line_of(row: Row, numbers: Numbers) -> BillLine:
    """Return the line that a row is, or rows that have the same texts."""
    costs = costs_of("usage", numbers)
    charge = _charge(row, costs.billed_usd)
    costs = costs_of(charge, numbers)
    service = first(row, "x_service_code", "service_name")
    priced = "pricing" if numbers.get("pricing_quantity") is not None else "consumed"
    description, unit = first(row, "charge_description", "sku_meter"), first(row, f"{priced}_unit")
    usage_type = first(row, "x_usage_type")
    if not usage_type and _CODES.get(service, service) in _DESCRIBED:
        usage_type = usage_type_in(description, canonical_unit(unit))
    usage_type, region = usage_and_region(usage_type, first(row, "region_id", "region"))
    begin = instant(first(row, "charge_period_start"))
    month = instant(first(row, PERIOD)) or begin
    return BillLine(
        service=_CODES.get(service, service),
        region=region,
        usage_type=usage_type,
        operation=first(row, "x_operation"),
        purchase=first(row, "pricing_category"),
        charge=charge,
        begin=begin,
        end=instant(first(row, "charge_period_end")),
        month=None if month is None else BillingMonth.of(month.date()),
        quantity=costs.quantity,
        unit=unit,
        billed_usd=costs.billed_usd,
        amortized_usd=costs.amortized_usd,
        list_usd=costs.list_usd,
        account=first(row, "sub_account_id", "billing_account_id"),
        resource=first(row, "resource_id"),
        description=description,
        tags=tags_of(row, "tags"),
    )


def costs_of(charge: Charge, numbers: Numbers) -> LineCosts:
    """Return what a line costs; each number is one column, so that it may be asked of sums of rows.

    Some exports write an effective cost of 0 for all rows of use, whether a commitment covers them or not.
    """
    billed = numbers["billed_cost"]
    assert billed is not None
    effective = numbers.get("effective_cost")
    return LineCosts(
        billed_usd=billed,
        amortized_usd=billed if charge in ("usage", "marketplace") and not effective else effective,
        list_usd=numbers.get("list_cost"),
        quantity=first_number(numbers, "pricing_quantity", "consumed_quantity"),
    )


def _charge(row: Row, billed: Decimal) -> Charge:
    """Return what a row is charged for."""
    category, kind = first(row, "charge_category").lower(), first(row, "commitment_discount_type").lower()
    commitment = first(row, "commitment_discount_id")
    if category == "purchase":
        if "savings" in kind or "savings" in first(row, "charge_description").lower():
            return "savings_plan_fee"
        return "reserved_fee" if "reserv" in kind or commitment else "fee"
    if category == "adjustment":
        return "refund" if billed < 0 else "fee"
    if category in _CATEGORIES:
        return _CATEGORIES[category]
    if commitment:
        return "savings_plan_usage" if "savings" in kind + commitment.lower() else "discounted_usage"
    publisher, provider = first(row, "publisher_name"), first(row, "provider_name", "service_provider_name")
    sold = provider == "AWS" and publisher and not publisher.startswith(("Amazon", "AWS"))
    return "marketplace" if sold else "usage"

"""A row of AWS's cost and usage report: legacy columns (``lineItem/UsageType``), flat ones, and CUR 2.0.

References
----------
AWS cost and usage report user guide: line item types, and which columns of savings plans and reservations make up the
amortized cost of each. Read on 2026-11-28.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, assert_never

from cloudcost.bills.cells import LineCosts, Numbers, Row, first, instant, tags, tags_of, usage_and_region
from cloudcost.domain.bills import BillLine
from cloudcost.units import BillingMonth

if TYPE_CHECKING:
    from cloudcost.domain.bills import Charge

TEXTS = (
    "bill_billing_entity", "bill_billing_period_start_date", "line_item_line_item_type", "line_item_product_code",
    "line_item_usage_type", "line_item_operation", "line_item_usage_account_id", "line_item_resource_id",
    "line_item_line_item_description", "line_item_availability_zone", "product", "product_region_code",
    "product_region", "pricing_term", "pricing_unit", "resource_tags", "reservation_reservation_a_r_n",
    "reservation_reservation_arn",
)  # fmt: skip
"""Columns that are read, as `snake` spells them."""
AMOUNTS = (
    "line_item_unblended_cost", "line_item_usage_amount", "line_item_net_unblended_cost",
    "pricing_public_on_demand_cost", "savings_plan_savings_plan_effective_cost",
    "savings_plan_total_commitment_to_date", "savings_plan_used_commitment", "reservation_effective_cost",
    "reservation_unused_recurring_fee", "reservation_unused_amortized_upfront_fee_for_billing_period",
)  # fmt: skip
_CHARGES: dict[str, Charge] = {
    "Usage": "usage",
    "DiscountedUsage": "discounted_usage",
    "SavingsPlanCoveredUsage": "savings_plan_usage",
    "SavingsPlanNegation": "savings_plan_negation",
    "SavingsPlanRecurringFee": "savings_plan_fee",
    "SavingsPlanUpfrontFee": "savings_plan_upfront",
    "RIFee": "reserved_fee",
    "Fee": "fee",
    "Tax": "tax",
    "Credit": "credit",
    "Refund": "refund",
    "BundledDiscount": "discount",
    "EdpDiscount": "discount",
    "PrivateRateDiscount": "discount",
    "Discount": "discount",
}
_SELLERS = "AWS Marketplace"
_ZERO = Decimal(0)


PERIOD = "bill_billing_period_start_date"


def line_of(row: Row, numbers: Numbers) -> BillLine:
    """Return the line that a row is, or rows that have the same texts."""
    charge = _charge(row)
    product = dict(tags(first(row, "product")))
    region = first(row, "product_region_code", "product_region") or product.get("region", "")
    region = region or first(row, "line_item_availability_zone").rstrip("abcdefgh")
    usage_type, region = usage_and_region(first(row, "line_item_usage_type"), region)
    begin = instant(first(row, "line_item_usage_start_date"))
    month = instant(first(row, PERIOD)) or begin
    costs = costs_of(charge, numbers)
    return BillLine(
        service=first(row, "line_item_product_code"),
        region=region,
        usage_type=usage_type,
        operation=first(row, "line_item_operation"),
        purchase=first(row, "pricing_term"),
        charge=charge,
        begin=begin,
        end=instant(first(row, "line_item_usage_end_date")),
        month=None if month is None else BillingMonth.of(month.date()),
        quantity=costs.quantity,
        unit=first(row, "pricing_unit") or product.get("unit", ""),
        billed_usd=costs.billed_usd,
        amortized_usd=costs.amortized_usd,
        net_usd=costs.net_usd,
        list_usd=costs.list_usd,
        account=first(row, "line_item_usage_account_id"),
        resource=first(row, "line_item_resource_id"),
        description=first(row, "line_item_line_item_description"),
        tags=tags_of(row, "resource_tags"),
    )


def _charge(row: Row) -> Charge:
    charge = _CHARGES.get(first(row, "line_item_line_item_type"), "usage")
    if first(row, "bill_billing_entity") == _SELLERS and charge in ("usage", "fee"):
        return "marketplace"
    if charge == "fee" and first(row, "reservation_reservation_a_r_n", "reservation_reservation_arn"):
        return "reserved_upfront"
    return charge


def costs_of(charge: Charge, numbers: Numbers) -> LineCosts:
    """Return what a line costs; each number is a sum of columns, so that it may be asked of sums of rows.

    A report without the columns of net cost has no discounts: net is what is billed.
    """
    billed = numbers["line_item_unblended_cost"]
    assert billed is not None
    net = numbers.get("line_item_net_unblended_cost")
    return LineCosts(
        billed_usd=billed,
        amortized_usd=_amortized(numbers, charge, billed),
        net_usd=billed if net is None else net,
        list_usd=numbers.get("pricing_public_on_demand_cost"),
        quantity=numbers.get("line_item_usage_amount"),
    )


def _amortized(numbers: Numbers, charge: Charge, billed: Decimal) -> Decimal | None:
    """Return a line's cost with commitments put to what used them, or None where the report does not have it."""
    match charge:
        case "savings_plan_usage":
            return numbers.get("savings_plan_savings_plan_effective_cost")
        case "savings_plan_negation" | "savings_plan_upfront" | "reserved_upfront":
            return _ZERO
        case "savings_plan_fee":
            whole = numbers.get("savings_plan_total_commitment_to_date")
            used = numbers.get("savings_plan_used_commitment")
            return None if whole is None or used is None else whole - used
        case "discounted_usage":
            return numbers.get("reservation_effective_cost")
        case "reserved_fee":
            fee = numbers.get("reservation_unused_recurring_fee")
            upfront = numbers.get("reservation_unused_amortized_upfront_fee_for_billing_period")
            return None if fee is None else fee + (upfront or _ZERO)
        case "usage" | "fee" | "tax" | "credit" | "refund" | "discount" | "marketplace":
            return billed
        case _:
            assert_never(charge)

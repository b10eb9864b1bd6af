"""A row of AWS's cost and usage report: legacy columns (``lineItem/UsageType``), flat ones, and CUR 2.0.

References
----------
AWS cost and usage report user guide: line item types, and which columns of savings plans and reservations make up the
amortized cost of each. Read on 2026-11-28.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, assert_never

from cloudcost.bills.cells import Row, amount, first, instant, tags, usage_and_region
from cloudcost.domain.bills import BillLine
from cloudcost.units import BillingMonth

if TYPE_CHECKING:
    from cloudcost.domain.bills import Charge

REQUIRED = ("line_item_usage_type", "line_item_unblended_cost")
"""Columns, as `snake` spells them, that a report of this kind has."""
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


def line_of(row: Row, *, line: int, file: str) -> BillLine:
    """Return the line that a row is.

    Raises
    ------
    ValueError
        When its cost is no amount.
    """
    billed = amount(row["line_item_unblended_cost"])
    if billed is None:
        raise ValueError("no cost in line_item_unblended_cost")
    charge = _CHARGES.get(first(row, "line_item_line_item_type"), "usage")
    if first(row, "bill_billing_entity") == _SELLERS and charge in ("usage", "fee"):
        charge = "marketplace"
    product = dict(tags(first(row, "product")))
    region = first(row, "product_region_code", "product_region") or product.get("region", "")
    usage_type, region = usage_and_region(first(row, "line_item_usage_type"), region)
    begin = instant(first(row, "line_item_usage_start_date"))
    month = instant(first(row, "bill_billing_period_start_date")) or begin
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
        quantity=_optional(row, "line_item_usage_amount"),
        unit=first(row, "pricing_unit") or product.get("unit", ""),
        billed_usd=billed,
        amortized_usd=_amortized(row, charge, billed),
        net_usd=_optional(row, "line_item_net_unblended_cost"),
        list_usd=_optional(row, "pricing_public_on_demand_cost"),
        account=first(row, "line_item_usage_account_id"),
        resource=first(row, "line_item_resource_id"),
        description=first(row, "line_item_line_item_description"),
        tags=tags(first(row, "resource_tags")),
        line=line,
        file=file,
    )


def _optional(row: Row, column: str) -> Decimal | None:
    """Return a number that a line may do without: one that cannot be read is unknown."""
    try:
        return amount(first(row, column))
    except ValueError:
        return None


def _amortized(row: Row, charge: Charge, billed: Decimal) -> Decimal | None:
    """Return a line's cost with commitments put to what used them, or None where the report does not have it."""
    match charge:
        case "savings_plan_usage":
            return _optional(row, "savings_plan_savings_plan_effective_cost")
        case "savings_plan_negation" | "savings_plan_upfront":
            return _ZERO
        case "savings_plan_fee":
            whole = _optional(row, "savings_plan_total_commitment_to_date")
            used = _optional(row, "savings_plan_used_commitment")
            return None if whole is None or used is None else whole - used
        case "discounted_usage":
            return _optional(row, "reservation_effective_cost")
        case "reserved_fee":
            fee = _optional(row, "reservation_unused_recurring_fee")
            upfront = _optional(row, "reservation_unused_amortized_upfront_fee_for_billing_period")
            return None if fee is None else fee + (upfront or _ZERO)
        case "fee":
            return _ZERO if first(row, "reservation_reservation_a_r_n", "reservation_reservation_arn") else billed
        case "usage" | "tax" | "credit" | "refund" | "discount" | "marketplace":
            known = "reservation_effective_cost" in row or "savings_plan_savings_plan_effective_cost" in row
            return billed if known else None
        case _:
            assert_never(charge)

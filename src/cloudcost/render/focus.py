"""Priced lines as rows of FOCUS 1.2, the FinOps Foundation's format of bills, so that a plan stands beside a bill.

A row is one tier of one line of one month: FOCUS knows one price a row. Names in the specification are its own; what it
has no column for stands in columns that begin with ``x_``. What nobody has billed yet has no account and no rate code:
the account is ``cloudcost``, and a price's identifier begins with ``cloudcost:``.

References
----------
.. [1] FinOps Foundation, "FinOps Open Cost and Usage Specification 1.2". Columns read 2026-11-28.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from cloudcost.catalog.aws.commitments.savings_plans import savings_plans
from cloudcost.catalog.aws.regions import find_region
from cloudcost.catalog.focus_services import focus_service
from cloudcost.catalog.providers import provider_of_service
from cloudcost.domain.lines import LineItem, TierSlice
from cloudcost.json_text import json_value
from cloudcost.money import decimal_string, round_half_even
from cloudcost.render.tables.writer import Cell, csv_table
from cloudcost.units import BillingMonth

COLUMNS = (
    "BilledCost", "BillingAccountId", "BillingAccountName", "BillingAccountType", "BillingCurrency",
    "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory", "ChargeClass", "ChargeDescription",
    "ChargeFrequency", "ChargePeriodEnd", "ChargePeriodStart", "CommitmentDiscountCategory", "CommitmentDiscountId",
    "CommitmentDiscountName", "CommitmentDiscountStatus", "CommitmentDiscountType", "ConsumedQuantity",
    "ConsumedUnit", "ContractedCost", "ContractedUnitPrice", "EffectiveCost", "InvoiceId", "InvoiceIssuerName",
    "ListCost", "ListUnitPrice", "PricingCategory", "PricingQuantity", "PricingUnit", "ProviderName",
    "PublisherName", "RegionId", "RegionName", "ResourceId", "ResourceName", "ResourceType", "ServiceCategory",
    "ServiceName", "ServiceSubcategory", "SkuId", "SkuMeter", "SkuPriceId", "SubAccountId", "SubAccountName",
    "SubAccountType", "Tags", "x_Estimate", "x_Grade", "x_Operation", "x_PriceSeen", "x_Purchase", "x_Source",
    "x_UsageType",
)  # fmt: skip
"""FOCUS's columns [1], then ours."""
UNITS = {
    "GB-Mo": "GB-Months", "Hrs": "Hours", "CU": "Compute Units", "kWh": "kWh", "IOPS-Mo": "IOPS-Months",
    "GiBps-mo": "GiBps-Months",
}  # fmt: skip
"""Priced units as FOCUS spells units; others are spelt alike."""
_CATEGORIES = {"Tax": "Tax", "Credits": "Credit", "Purchase": "Adjustment", "Resale": "Adjustment"}
"""``ChargeCategory`` of usage types that are no usage. A ``Purchase`` has no effective cost [1], which would leave a
machine of one's own out of what things cost: its price is an adjustment, as is what it is sold for."""
_PLACES = 18
"""Decimals of a quantity."""


def focus_csv(lines: Sequence[LineItem], *, month: BillingMonth, tags: dict[str, str] | None = None) -> str:
    """Return a bill as FOCUS rows; what they bill is to the digit what the lines do.

    Parameters
    ----------
    lines : sequence of LineItem
    month : BillingMonth
        The billing period of lines without a month.
    tags : dict, optional
        Of every row: the project and the option, say.

    Returns
    -------
    str
        CSV with the columns of `COLUMNS`.
    """
    tagged = json_value(tags or {})
    records = [record for line in lines for record in _records(line, line.month or month, tagged)]
    return csv_table(COLUMNS, [[record.get(column) for column in COLUMNS] for record in records])


def _records(line: LineItem, month: BillingMonth, tags: str) -> Iterator[dict[str, Cell]]:
    """Yield a line's tiers as rows; the last one takes what rounding each tier leaves of the line."""
    category = _CATEGORIES.get(line.usage_type, "Usage")
    common = _common(line, month, category) | {"Tags": tags}
    left = line.amount_usd
    for position, tier in enumerate(line.tiers):
        amount = left if position == len(line.tiers) - 1 else round_half_even(tier.exact_usd)
        left -= amount
        yield common | _amounts(amount) | (_priced(line, tier) if category == "Usage" else {})
    if not line.tiers:
        yield common | _amounts(line.amount_usd)


def _amounts(amount: Decimal) -> dict[str, Cell]:
    cost = decimal_string(amount)
    return {"BilledCost": cost, "EffectiveCost": cost, "ListCost": cost, "ContractedCost": cost}


def _common(line: LineItem, month: BillingMonth, category: str) -> dict[str, Cell]:
    provider, service = provider_of_service(line.service), focus_service(line.service, line.usage_type)
    paid = service.name if provider is None else provider.title
    region = find_region(line.region)
    begin, end = (f"{each.start:%Y-%m-%dT%H:%M:%SZ}" for each in (month, month.next))
    return {
        "BillingAccountId": "cloudcost", "BillingAccountName": "cloudcost", "BillingAccountType": "Estimate",
        "BillingCurrency": "USD", "BillingPeriodStart": begin, "BillingPeriodEnd": end, "ChargeCategory": category,
        "ChargeDescription": line.why or line.usage_type,
        "ChargeFrequency": "Usage-Based" if category == "Usage" else "One-Time",
        "ChargePeriodStart": begin, "ChargePeriodEnd": end, "InvoiceIssuerName": paid, "ProviderName": paid,
        "PublisherName": paid, "RegionId": line.region or None,
        "RegionName": (region.location if region else line.region) or None,
        "ServiceCategory": service.category, "ServiceName": service.name, "ServiceSubcategory": service.subcategory,
        "x_Estimate": "true", "x_Grade": line.grade, "x_Operation": line.operation or None,
        "x_PriceSeen": None if line.as_of is None else line.as_of.isoformat(), "x_Purchase": line.purchase or None,
        "x_Source": line.source, "x_UsageType": line.usage_type,
    }  # fmt: skip


def _priced(line: LineItem, tier: TierSlice) -> dict[str, Cell]:
    """Return what a row says of its price: FOCUS has none on taxes, credits and adjustments."""
    unit, quantity = UNITS.get(line.unit, line.unit), decimal_string(round_half_even(tier.quantity, _PLACES))
    price = decimal_string(tier.unit_price_usd)
    sku = f"cloudcost:{'/'.join(filter(None, (line.service, line.region, line.usage_type, line.operation)))}"
    priced: dict[str, Cell] = {
        "ConsumedQuantity": quantity, "ConsumedUnit": unit, "ContractedUnitPrice": price, "ListUnitPrice": price,
        "PricingCategory": _pricing_category(line.purchase), "PricingQuantity": quantity, "PricingUnit": unit,
        "SkuId": sku, "SkuMeter": line.usage_type,
        "SkuPriceId": f"{sku}/{line.purchase}/{decimal_string(tier.from_quantity)}",
    }  # fmt: skip
    return priced | (_commitment(line.purchase) if _is_committed(line.purchase) else {})


def _pricing_category(purchase: str) -> str:
    if purchase == "spot":
        return "Dynamic"
    return "Committed" if _is_committed(purchase) else "Standard"


def _is_committed(purchase: str) -> bool:
    return purchase.startswith("reserved") or purchase in savings_plans()


def _commitment(purchase: str) -> dict[str, Cell]:
    plan = purchase in savings_plans()
    return {
        "CommitmentDiscountCategory": "Spend" if plan else "Usage", "CommitmentDiscountId": f"cloudcost:{purchase}",
        "CommitmentDiscountName": purchase, "CommitmentDiscountStatus": "Used",
        "CommitmentDiscountType": "Savings Plan" if plan else "Reserved Instance",
    }  # fmt: skip

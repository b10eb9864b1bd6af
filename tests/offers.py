"""Price lists in AWS's own form, made of prices, for tests."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

from cloudcost.catalog.aws.commitments.reservations import reservations
from cloudcost.catalog.aws.regions import regions
from cloudcost.domain.prices import Price
from cloudcost.money import decimal_string

COLUMNS = (
    "SKU", "OfferTermCode", "RateCode", "TermType", "PriceDescription", "EffectiveDate", "StartingRange", "EndingRange",
    "Unit", "PricePerUnit", "Currency", "LeaseContractLength", "PurchaseOption", "OfferingClass", "Product Family",
    "serviceCode", "Location", "Location Type", "Instance Type", "Tenancy", "Operating System", "usageType",
    "operation", "CapacityStatus", "Pre Installed S/W", "Region Code",
)  # fmt: skip
Row = dict[str, str]


def head(offer: str, published: date) -> list[list[str]]:
    """Return the rows before the header."""
    stamp = f"{published:%Y%m%d}000000"
    return [
        ["FormatVersion", "v1.0"], ["Disclaimer", "made for a test"], ["Publication Date", f"{published}T00:00:00Z"],
        ["Version", stamp], ["OfferCode", offer],
    ]  # fmt: skip


def rows_of_price(price: Price, number: int, published: date, columns: Sequence[str] = COLUMNS) -> list[Row]:
    """Return the rows in which AWS states a price: one a tier, of a reservation one an hour."""
    region = regions()[price.region]
    machine = price.usage_type.partition(":")[2] if price.usage_type.startswith("BoxUsage:") else ""
    way = reservations().get(price.purchase)
    base = dict.fromkeys(columns, "") | {
        "SKU": f"SKU{number:08}", "OfferTermCode": "JRTCKXETXF", "TermType": "OnDemand" if way is None else "Reserved",
        "EffectiveDate": f"{price.valid_from or price.seen_from or published}", "Unit": price.unit, "Currency": "USD",
        "PriceDescription": price.note, "serviceCode": price.service, "Location": region.location,
        "Location Type": "AWS Region", "Instance Type": machine, "Region Code": region.code,
        "usageType": price.usage_type if region.code == "us-east-1" else f"{region.codes[0]}-{price.usage_type}",
        "operation": price.operation or ("RunInstances" if machine else ""),
    }  # fmt: skip
    if machine:
        base |= {"Tenancy": "Shared", "Operating System": "Linux", "CapacityStatus": "Used", "Pre Installed S/W": "NA"}
    if way is not None:
        kind = "convertible" if way.convertible else "standard"
        base |= {"LeaseContractLength": f"{way.years}yr", "PurchaseOption": f"{way.upfront.title()} Upfront"}
        base |= {"OfferingClass": kind}
    return [
        base
        | {
            "RateCode": f"SKU{number:08}.JRTCKXETXF.{at:010}",
            "StartingRange": decimal_string(tier.from_quantity),
            "EndingRange": "Inf" if tier.up_to is None else decimal_string(tier.up_to),
            "PricePerUnit": f"{tier.unit_price_usd:f}",
        }
        for at, tier in enumerate(price.tiers)
    ]


def offer_csv(
    rows: Iterable[Row], *, offer: str, published: date, columns: Sequence[str] = COLUMNS, before: Sequence[str] = ()
) -> str:
    """Return rows as AWS writes an offer file."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    for line in before:
        text.write(f"{line}\n")
    writer.writerows(head(offer, published))
    writer.writerow(columns)
    for row in rows:
        writer.writerow([row[name] for name in columns])
    return text.getvalue()


def list_of(prices: Iterable[Price], *, offer: str, published: date) -> str:
    """Return prices as AWS writes an offer file."""
    rows = [row for number, price in enumerate(prices) for row in rows_of_price(price, number, published)]
    return offer_csv(rows, offer=offer, published=published)

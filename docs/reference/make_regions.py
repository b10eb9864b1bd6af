"""Write the tables of `regions.md` from the price book: ``python docs/reference/make_regions.py``.

A test compares the page with what this makes, so that the two cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cloudcost.catalog.aws.regions import regions
from cloudcost.catalog.books.book import load_book
from cloudcost.catalog.instances import instances
from cloudcost.catalog.providers import providers
from cloudcost.errors import PriceNotFoundError
from cloudcost.money import decimal_string

PAGE = Path(__file__).parent / "regions.md"
BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"
PRICES = {
    "S3 Standard": ("AmazonS3", "TimedStorage-ByteHrs", 1),
    "1,000 PUT": ("AmazonS3", "Requests-Tier1", 1000),
    "10,000 GET": ("AmazonS3", "Requests-Tier2", 10_000),
    "GB out": ("AWSDataTransfer", "DataTransfer-Out-Bytes", 1),
    "gp3": ("AmazonEC2", "EBS:VolumeUsage.gp3", 1),
    "NAT": ("AmazonEC2", "NatGateway-Hours", 1),
    "g4dn.xlarge": ("AmazonEC2", "BoxUsage:g4dn.xlarge", 1),
    "g5.xlarge": ("AmazonEC2", "BoxUsage:g5.xlarge", 1),
    "g6.xlarge": ("AmazonEC2", "BoxUsage:g6.xlarge", 1),
    "p4d.24xlarge": ("AmazonEC2", "BoxUsage:p4d.24xlarge", 1),
}
"""By column: service, usage type, and how many of it are told together."""


def price(column: str, region: str) -> str:
    """Return the price of a column in a region: of the first tier that is not free, on the book's own day. [USD]"""
    service, usage_type, count = PRICES[column]
    book = load_book()
    try:
        found = book.find(service=service, region=region, usage_type=usage_type, on=book.as_of)
    except PriceNotFoundError:
        return "-"
    return decimal_string(next(tier.unit_price_usd for tier in found.tiers if tier.unit_price_usd) * count)


def aws() -> Iterator[str]:
    """Yield a row per region of AWS."""
    yield f"| region | place | {' | '.join(PRICES)} |\n|---|---|{'---:|' * len(PRICES)}\n"
    for code, region in regions().items():
        yield f"| {code} | {region.location} | {' | '.join(price(column, code) for column in PRICES)} |\n"


def others() -> Iterator[str]:
    """Yield a row per region in which another provider's machines have a price."""
    yield "| provider | region | machine types | GPUs |\n|---|---|---:|---|\n"
    book = load_book()
    for provider in providers():
        for region in book.regions(provider.service):
            known = {instances()[name] for name, _ in book.keys(provider.service, region) if name in instances()}
            gpus = ", ".join(sorted({each.device for each in known if each.device}))
            if known:
                yield f"| {provider.title} | {region} | {len(known)} | {gpus or '-'} |\n"


def page(text: str) -> str:
    """Return the page with its tables made anew."""
    before, _, rest = text.partition(BEGIN)
    tables = f"## AWS\n\n{''.join(aws())}\n## Other providers\n\n{''.join(others())}"
    return f"{before}{BEGIN}\n{tables}{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

"""Write the table of `usage-types.md` from the price book: ``python docs/reference/make_usage_types.py``.

A test compares the page with what this makes, so that the two cannot drift apart.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from cloudcost.bills.quantities import UNIT_ALIASES
from cloudcost.catalog.aws.regions import may_be_zone
from cloudcost.catalog.books.book import load_book

PAGE = Path(__file__).parent / "usage-types.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
DERIVED = (
    ("AmazonSageMaker", "TrSpt:ml.TYPE", "", "spot", "Hrs"),
    ("AmazonSageMaker", "Studio:ml.TYPE", "", "on-demand", "Hrs"),
    ("AmazonSageMaker", "Tsform:VolumeUsage.gp2", "", "on-demand", "GB-Mo"),
)
"""Kinds that the book has only by rule, from EC2's and EBS's prices."""
OTHER_CLOUDS = ("Azure", "GCP", "Lambda", "Paperspace", "RunPod")


def general(service: str, usage_type: str) -> str:
    """Return a usage type with its machine type, or its destination's code, replaced by a word."""
    if service in OTHER_CLOUDS:
        return "TYPE"
    usage_type = re.sub(r"(?<=[:-])ml\.[a-z0-9-]+\.[a-z0-9-]+$", "ml.TYPE", usage_type)
    usage_type = re.sub(r"^(BoxUsage|SpotUsage):.*", r"\1:TYPE", usage_type)
    return re.sub(r"^[A-Z]+\d?-AWS-", "CODE-AWS-", usage_type)


def table() -> str:
    """Return the Markdown table of the whole book."""
    purchases: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    regions: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    for price in load_book().prices():
        key = (price.service, general(price.service, price.usage_type), price.operation, price.unit)
        purchases[key].add(price.purchase)
        if not may_be_zone(price.region):
            regions[key].add(price.region)
    for service, usage_type, operation, purchase, unit in DERIVED:
        purchases[service, usage_type, operation, unit].add(purchase)
    rows = ["| service | usage type | operation | unit | purchase | regions |", "|---|---|---|---|---|---:|"]
    for key in sorted(purchases):
        service, usage_type, operation, unit = key
        places = regions[key]
        where = "by rule" if not places else "global" if places == {"global"} else str(len(places))
        bought = ", ".join(sorted(purchases[key]))
        rows.append(f"| {service} | `{usage_type}` | {operation} | {unit} | {bought} | {where} |")
    return "\n".join(rows)


def aliases() -> str:
    """Return the Markdown table of units and their spellings."""
    rows = ["| unit | also written |", "|---|---|"]
    rows += [f"| {unit} | {', '.join(f'`{alias}`' for alias in names)} |" for unit, names in UNIT_ALIASES.items()]
    return "\n".join(rows)


def page(text: str) -> str:
    """Return the page with its tables made anew."""
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n{aliases()}\n\n{table()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))

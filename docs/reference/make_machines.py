"""Write the tables of `machines.md` from the price book: ``python docs/reference/make_machines.py``.

A test compares the page with what this makes, so that the two cannot drift apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from pathlib import Path

from cloudcost.catalog.aws.regions import may_be_zone
from cloudcost.catalog.books.book import load_book
from cloudcost.catalog.books.validity import known_on, latest
from cloudcost.catalog.instances import instances
from cloudcost.catalog.providers import providers
from cloudcost.domain.devices import Instance
from cloudcost.domain.prices import PriceKey
from cloudcost.figures import figure
from cloudcost.money import decimal_string

PAGE = Path(__file__).parent / "machines.md"
BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"
HOME = "us-east-1"
HEADS = {
    "aws": f"| type | vCPU | GiB | GPUs | USD an hour in {HOME} | on spot there | least on demand | in | regions |\n"
    "|---|---:|---:|---|---:|---:|---:|---|---:|\n",
    "": "| type | vCPU | GiB | GPUs | least USD an hour | on spot | in | regions |\n"
    "|---|---:|---:|---|---:|---:|---|---:|\n",
}
FAMILIES = f"| family | most vCPU | least USD per vCPU and hour in {HOME} | types |\n|---|---:|---:|---|\n"


def hour(machine: Instance, service: str, region: str, purchase: str) -> Decimal | None:
    """Return an hour's price on the book's own day, or None where none is known. [USD]"""
    name = machine.name
    if machine.provider == "aws":
        name = f"SpotUsage:{name}" if purchase == "spot" else f"BoxUsage:{name}"
    book = load_book()
    current = known_on(book.rows(PriceKey(service, region, name, purchase=purchase)), book.as_of)
    return latest(current, book.as_of).tiers[0].unit_price_usd if current else None


def least(machine: Instance, service: str, purchase: str) -> list[tuple[Decimal, str]]:
    """Return the prices of all regions, the least first."""
    places = (place for place in load_book().regions(service) if not may_be_zone(place))
    found = ((hour(machine, service, region, purchase), region) for region in places)
    return sorted((usd, region) for usd, region in found if usd is not None)


def usd(price: Decimal | None) -> str:
    """Return a price as a cell."""
    return "-" if price is None else decimal_string(price)


def gpus(machine: Instance) -> str:
    """Return which GPUs a machine has, and how many."""
    count = "" if machine.gpu_count == 1 else f"{machine.gpu_count} {'x' if machine.gpu_count > 1 else 'of a'} "
    return f"{count}{machine.device or machine.accelerator}"


def row(machine: Instance, service: str) -> str:
    """Return the row of a machine with GPUs."""
    known = least(machine, service, "on-demand")
    cheapest, where = known[0] if known else (None, "-")
    sizes = (machine.name, str(machine.vcpu), figure(float(machine.memory_gib)), gpus(machine))
    if machine.provider == "aws":
        at_home = (hour(machine, service, HOME, purchase) for purchase in ("on-demand", "spot"))
        cells = (*sizes, *map(usd, at_home), usd(cheapest), where, str(len(known)))
    else:
        spot = least(machine, service, "spot")
        cells = (*sizes, usd(cheapest), usd(spot[0][0] if spot else None), where, str(len(known)))
    return f"| {' | '.join(cells)} |\n"


def size(machine: Instance) -> tuple[str, int, str]:
    """Return what sorts machines: by family, then from the smallest on."""
    return machine.name.partition(".")[0], machine.vcpu, machine.name


def series_of(machine: Instance) -> str:
    """Return the series of a machine of AWS, ``g4`` of ``g4dn.xlarge``; empty for others, which are few."""
    found = re.match(r"[a-z]+\d*", machine.name) if machine.provider == "aws" else None
    return found[0] if found else ""


def families(machines: Iterable[Instance], service: str) -> Iterator[str]:
    """Yield a row per family of machines without GPUs, with the names of all its sizes."""
    for family, group in groupby(sorted(machines, key=size), key=lambda each: size(each)[0]):
        members = list(group)
        rates = [price / each.vcpu for each in members if (price := hour(each, service, HOME, "on-demand")) is not None]
        most = max(each.vcpu for each in members)
        names = ", ".join(each.name for each in members)
        rate = figure(float(min(rates))) if rates else "-"
        yield f"| {family} | {most} | {rate} | {names} |\n"


def tables() -> Iterator[str]:
    """Yield a section per provider, AWS first, then one of AWS's machines without GPUs."""
    sellers = [("aws", "AWS", "AmazonEC2"), *((each.name, each.title, each.service) for each in providers())]
    for name, title, service in sellers:
        machines = [each for each in instances().values() if each.provider == name and each.gpu_count]
        if machines:
            yield f"## {title}, with GPUs\n"
            heads = HEADS["aws" if name == "aws" else ""]
            for series, group in groupby(sorted(machines, key=size), key=series_of):
                heading = f"### {series}\n\n" if series else ""
                yield f"{heading}{heads}{''.join(row(each, service) for each in group)}"
    rest = [each for each in instances().values() if each.provider == "aws" and not each.gpu_count]
    yield f"## AWS, without GPUs\n\n{FAMILIES}{''.join(families(rest, 'AmazonEC2'))}"


def page(text: str) -> str:
    """Return the page with its tables made anew."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{chr(10).join(tables())}{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

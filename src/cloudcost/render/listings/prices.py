"""Rows of a price book as text, JSON, CSV and Markdown: what `prices list` and `prices show` print.

JSON and CSV carry prices as decimal strings; an unknown field is null in JSON and empty in CSV.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import TypedDict

from cloudcost.catalog.books.dated.stamp import stamp_of
from cloudcost.catalog.tables import COLUMNS, row_of, tiers_text
from cloudcost.domain.devices import Instance
from cloudcost.domain.prices import Price, Source
from cloudcost.figures import figure
from cloudcost.json_text import json_text
from cloudcost.money import decimal_string
from cloudcost.render.tables.columns import wrap
from cloudcost.render.tables.writer import Cell, csv_table, markdown_table

SCHEMA = "cloudcost.prices/1"
"""History: 1 is the first."""
WIDTH = 80
TierRecord = TypedDict("TierRecord", {"from": str, "up_to": str | None, "unit_price_usd": str})
"""A tier as JSON has it."""


class PriceRecord(TypedDict):
    """A price as JSON has it."""

    service: str
    region: str
    usage_type: str
    operation: str
    purchase: str
    unit: str
    tiers: list[TierRecord]
    low_usd: str | None
    pack: str | None
    as_of: str
    valid_from: str | None
    valid_until: str | None
    seen_from: str | None
    confirmed_on: str | None
    grade: str
    source: str
    note: str


class SourceRecord(TypedDict):
    """A source as JSON has it."""

    key: str
    title: str
    url: str
    read_on: str


class MachineRecord(TypedDict):
    """A machine type as JSON has it."""

    name: str
    provider: str
    vcpu: int
    memory_gib: float
    device: str | None
    accelerator: str
    gpu_count: str
    network_gbps: float | None
    local_storage_gb: float
    status: str
    status_from: str | None
    status_source: str
    startable: bool | None


def prices_csv(prices: Sequence[Price]) -> str:
    """Return the rows as CSV with the columns of the shipped tables."""
    return csv_table(COLUMNS, [_as_cells(price) for price in prices])


def _as_cells(price: Price) -> list[Cell]:
    return [cell or None for cell in row_of(price)]


def prices_json(
    prices: Sequence[Price],
    sources: Sequence[Source],
    *,
    book: str,
    machine: Instance | None = None,
    startable: bool | None = None,
) -> str:
    """Return the rows, their sources and the machine as JSON."""
    content = {
        "schema": SCHEMA,
        **stamp_of(book).keys(),
        "machine": None if machine is None else _machine(machine, startable),
        "prices": [_record(price) for price in prices],
        "sources": [
            SourceRecord(key=source.key, title=source.title, url=source.url, read_on=source.read_on.isoformat())
            for source in sources
        ],
    }
    return json_text(content)


def prices_markdown(prices: Sequence[Price]) -> str:
    """Return the rows as a Markdown table."""
    heads = ["service", "region", "usage type", "purchase", "USD", "per", "seen on", "grade"]
    rows = (
        [price.service, price.region, _name(price), price.purchase, tiers_text(price), price.unit,
         price.as_of.isoformat(), price.grade]
        for price in prices
    )  # fmt: skip
    return markdown_table(heads, rows, right={4}, spaced=True)


def prices_text(prices: Sequence[Price]) -> str:
    """Return the rows as text, 80 columns wide, under a heading for each service and region.

    A price that is bought otherwise than on demand has its purchase in brackets; of several tiers the highest and the
    lowest price are shown.
    """
    lines: list[str] = []
    for (service, region), rows in groupby(prices, key=lambda price: (price.service, price.region)):
        if lines:
            lines.append("")
        heading = f"{service}, {region}"
        lines.append(f"{heading}{'USD':>{56 - len(heading)}}  {'per':<10}  seen on")
        lines += [line for price in rows for line in _line(price)]
    count = len(prices)
    lines += ["", f"{count} price{'' if count == 1 else 's'}"]
    return "\n".join(lines).lstrip("\n") + "\n"


def show_text(
    prices: Sequence[Price],
    sources: Sequence[Source],
    *,
    on: date,
    machine: Instance | None,
    startable: bool | None,
) -> str:
    """Return all that is known of a key as text, 80 columns wide."""
    lines: list[str] = []
    if machine is not None:
        lines += _machine_lines(machine, on=on, startable=startable)
    for (service, region), rows in groupby(prices, key=lambda price: (price.service, price.region)):
        lines += ["", f"{service}, {region}"] if lines else [f"{service}, {region}"]
        lines += [line for price in rows for line in _price_lines(price)]
    if not prices:
        lines += ["", "no price in this region"]
    if sources:
        lines += ["", "sources"]
    for source in sources:
        lines += wrap(f"{source.key}: {source.title}; read {source.read_on}", WIDTH, first="  ", others="    ")
        if source.url:
            lines.append(f"    {source.url}")
    return "\n".join(lines) + "\n"


def _line(price: Price) -> list[str]:
    name = _name(price) + ("" if price.purchase == "on-demand" else f" [{price.purchase}]")
    amounts = [tier.unit_price_usd for tier in price.tiers]
    usd = (
        decimal_string(amounts[0])
        if len(amounts) == 1
        else f"{decimal_string(max(amounts))}-{decimal_string(min(amounts))}"
    )
    end = f"{price.unit:<10}  {price.as_of}"
    if len(name) + len(usd) < 54:
        return [f"  {name}{usd:>{54 - len(name)}}  {end}"]
    return [f"  {name}", f"{usd:>56}  {end}"]


def _price_lines(price: Price) -> list[str]:
    lines = [f"  {_name(price)}, {price.purchase}"]
    for tier in price.tiers:
        span = ""
        if len(price.tiers) > 1 or tier.up_to is not None:
            end = "on" if tier.up_to is None else f"to {decimal_string(tier.up_to)}"
            span = f"  from {decimal_string(tier.from_quantity)} {end}"
        lines.append(f"    {decimal_string(tier.unit_price_usd)} USD per {price.unit}{span}")
    if price.low_usd is not None:
        lines.append(f"    lowest seen: {decimal_string(price.low_usd)} USD; the price above is the highest")
    if price.pack is not None:
        lines.append(f"    sold in packs of {decimal_string(price.pack)}")
    first = "" if price.seen_from is None else f"first {price.seen_from}, again "
    again = "" if price.confirmed_on is None else f", confirmed {price.confirmed_on}"
    since = "" if price.valid_from is None else f", holds from {price.valid_from}"
    until = "" if price.valid_until is None else f", until before {price.valid_until}"
    seen = f"seen {first}{price.as_of}{again}{since}{until}"
    lines += wrap(f"{seen}; {price.grade}; {price.source}", WIDTH, first="    ", others="      ")
    if price.note:
        lines += wrap(price.note, WIDTH, first="    ", others="      ")
    return lines


def _machine_lines(machine: Instance, *, on: date, startable: bool | None) -> list[str]:
    gpus = f", {machine.gpu_count} x {machine.accelerator}" if machine.accelerator else ""
    network = "" if machine.network_gbps is None else f", {figure(machine.network_gbps, 6)} Gbit/s"
    disk = f", {figure(machine.local_storage_gb, 6)} GB local" if machine.local_storage_gb else ""
    memory = f"{figure(machine.memory_gib, 6)} GiB"
    text = f"{machine.name} ({machine.provider}): {machine.vcpu} vCPU, {memory}{gpus}{network}{disk}"
    since = "" if machine.status_from is None else f" since {machine.status_from}"
    can = "can be started" if startable else "cannot be started"
    return [
        *wrap(text, WIDTH, first="", others="  "),
        *wrap(f"{can} on {on}: {machine.status}{since} ({machine.status_source})", WIDTH, first="  ", others="    "),
    ]


def _name(price: Price) -> str:
    return f"{price.usage_type} {price.operation}".rstrip()


def _record(price: Price) -> PriceRecord:
    return PriceRecord(
        service=price.service,
        region=price.region,
        usage_type=price.usage_type,
        operation=price.operation,
        purchase=price.purchase,
        unit=price.unit,
        tiers=[
            {
                "from": decimal_string(tier.from_quantity),
                "up_to": None if tier.up_to is None else decimal_string(tier.up_to),
                "unit_price_usd": decimal_string(tier.unit_price_usd),
            }
            for tier in price.tiers
        ],
        low_usd=None if price.low_usd is None else decimal_string(price.low_usd),
        pack=None if price.pack is None else decimal_string(price.pack),
        as_of=price.as_of.isoformat(),
        valid_from=_iso(price.valid_from),
        valid_until=_iso(price.valid_until),
        seen_from=_iso(price.seen_from),
        confirmed_on=_iso(price.confirmed_on),
        grade=price.grade,
        source=price.source,
        note=price.note,
    )


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _machine(machine: Instance, startable: bool | None) -> MachineRecord:
    return MachineRecord(
        name=machine.name,
        provider=machine.provider,
        vcpu=machine.vcpu,
        memory_gib=machine.memory_gib,
        device=machine.device,
        accelerator=machine.accelerator,
        gpu_count=str(machine.gpu_count),
        network_gbps=machine.network_gbps,
        local_storage_gb=machine.local_storage_gb,
        status=machine.status,
        status_from=None if machine.status_from is None else machine.status_from.isoformat(),
        status_source=machine.status_source,
        startable=startable,
    )

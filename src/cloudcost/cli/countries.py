"""List the countries whose price of electricity is known, for machines of one's own.

cloudcost countries --contains mexico
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from cloudcost.cli.common import add_format_argument, format_of
from cloudcost.errors import InputError
from cloudcost.render.listings.known import KnownOutput
from cloudcost.render.outputs import written

if TYPE_CHECKING:
    from cloudcost.catalog.own.electricity import ElectricityPrice
    from cloudcost.render.listings.known import Cell

HEADS = ("code", "country", "residential_usd_per_kwh", "business_usd_per_kwh", "period", "source")

SHOWN = {HEADS[0]: "code", HEADS[1]: "country", HEADS[2]: "homes", HEADS[3]: "business", HEADS[4]: "of"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("name", metavar="NAME", nargs="?", help="one country, by its code or English name")
    parser.add_argument("--contains", metavar="TEXT", help="only countries with this in their name or code")
    add_format_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Print the countries; return the exit code."""
    from cloudcost.catalog.near import did_you_mean
    from cloudcost.catalog.own.electricity import country_spellings, electricity_countries, find_country

    asked = None if args.name is None else find_country(args.name)
    if args.name is not None and asked is None:
        near = did_you_mean(args.name, country_spellings(), otherwise="cloudcost countries lists all")
        raise InputError(f"countries:NAME: not known, {args.name!r}, {near}")
    needle = (args.contains or "").casefold()
    rows = [_row(name) for name in electricity_countries() if asked in (None, name)]
    rows = [row for row in rows if needle in f"{row[0]} {row[1]}".casefold()]
    if not rows:
        raise InputError("countries: no price of electricity is left by what is asked, state electricity_usd_per_kwh")
    output = KnownOutput(
        schema="cloudcost.known_countries/1",
        key="countries",
        heads=HEADS,
        rows=rows,
        shown=SHOWN,
        right=frozenset(HEADS[2:4]),
        note="USD/kWh, with taxes",
    )
    sys.stdout.write(written(output, format_of(args)))
    return 0


def _row(name: str) -> list[Cell]:
    """Return a country with the price of each tariff; None where it is not known."""
    from cloudcost.catalog.own.electricity import TARIFFS, electricity_price
    from cloudcost.errors import PriceNotFoundError

    known: list[ElectricityPrice | None] = []
    for tariff in TARIFFS:
        try:
            known.append(electricity_price(name, tariff=tariff))
        except PriceNotFoundError:
            known.append(None)
    some = next(each for each in known if each is not None)
    prices = [None if each is None else str(each.usd_per_kwh) for each in known]
    return [some.iso3, some.country, *prices, some.period, some.source]

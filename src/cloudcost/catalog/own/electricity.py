"""What a kWh costs by country, for households and for businesses: single figures with their period and source."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Literal

from cloudcost.catalog.near import NAMES, did_you_mean, near_and_all
from cloudcost.catalog.tables import DATA, read_table
from cloudcost.errors import CatalogError, InputError, PriceNotFoundError
from cloudcost.frozen import dataclass

Tariff = Literal["residential", "business"]
TARIFFS: tuple[Tariff, ...] = ("residential", "business")
_YEAR = re.compile(r"20\d\d")

_COLUMNS = (
    "iso3", "iso2", "country", "aliases", "residential_usd_per_kwh", "business_usd_per_kwh", "period", "as_of",
    "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectricityPrice:
    """What a kWh costs in a country.

    Parameters
    ----------
    usd_per_kwh : Decimal
        With taxes, as households or businesses pay it. [USD/kWh]
    country : str
        In English.
    iso3 : str
        ISO 3166 alpha-3; ``WLD`` for the world's average.
    tariff : {"residential", "business"}
    period : str
        What the figure is an average over.
    as_of : date
        The end of the period.
    source : str
        Key of a `Source`.
    """

    usd_per_kwh: Decimal
    country: str
    iso3: str
    tariff: Tariff
    period: str
    as_of: date
    source: str

    @property
    def first_day(self) -> date:
        """The first day of the first year that the period names."""
        year = _YEAR.search(self.period)
        return self.as_of if year is None else date(int(year[0]), 1, 1)


def electricity_price(country: str, *, tariff: Tariff = "residential") -> ElectricityPrice:
    """Return what a kWh costs in a country.

    Parameters
    ----------
    country : str
        ISO 3166 code of two or three letters, or the English name; case and accents do not count.
    tariff : {"residential", "business"}

    Raises
    ------
    CatalogError
        When there is no such country; the nearest names are given.
    PriceNotFoundError
        When the country's price of that tariff is not known.

    Examples
    --------
    >>> str(electricity_price("mx").usd_per_kwh), str(electricity_price("Mexico", tariff="business").usd_per_kwh)
    ('0.108', '0.212')
    """
    if tariff not in TARIFFS:
        raise CatalogError(f"no electricity tariff {tariff!r}; use one of {', '.join(TARIFFS)}")
    row = _by_name().get(_plain(country))
    if row is None:
        known = find_country(country)
        if known is not None:
            raise PriceNotFoundError(
                f"no electricity price is known for {known}; state electricity_usd_per_kwh instead"
            )
        near = near_and_all(country, country_spellings(), 3, where=NAMES)
        raise CatalogError(f"no country {country!r}; {near}, or state electricity_usd_per_kwh instead")
    iso3, _, name, _, residential, business, period, as_of, source = row
    usd = residential if tariff == "residential" else business
    if not usd:
        raise PriceNotFoundError(f"no {tariff} electricity price for {name}; state electricity_usd_per_kwh instead")
    return ElectricityPrice(
        usd_per_kwh=Decimal(usd),
        country=name,
        iso3=iso3,
        tariff=tariff,
        period=period,
        as_of=date.fromisoformat(as_of),
        source=source,
    )


def electricity_countries() -> tuple[str, ...]:
    """Return the names of the countries that have a price.

    Examples
    --------
    >>> "Mexico" in electricity_countries()
    True
    """
    return tuple(row[2] for row in _rows())


def find_country(name: str) -> str | None:
    """Return the English name of the country of that code or name, whether its price is known or not; None for none.

    Examples
    --------
    >>> find_country("deutschland"), find_country("ZWE"), find_country("Deutchland")
    ('Germany', 'Zimbabwe', None)
    """
    row = _by_name().get(_plain(name))
    return _without_price().get(_plain(name)) if row is None else row[2]


def require_country(name: str, *, flag: str) -> None:
    """Refuse a country that is not known, whether or not its electricity is asked for.

    Parameters
    ----------
    name : str
    flag : str
        That states it, for the message.

    Raises
    ------
    InputError
        With the nearest that there is.
    """
    if find_country(name) is None:
        near = did_you_mean(name, country_spellings(), otherwise="cloudcost countries lists them")
        raise InputError(f"{flag}: not known, {name[:40]!r}, {near}")


def country_spellings() -> tuple[str, ...]:
    """Return every name by which a country is known here, without the codes."""
    priced = (name for row in _rows() for name in (row[2], *row[3].split("|")) if name)
    return (*priced, *dict.fromkeys(_without_price().values()))


@cache
def _rows() -> list[list[str]]:
    return read_table(DATA / "electricity.csv", _COLUMNS)


@cache
def _by_name() -> dict[str, list[str]]:
    return {_plain(name): row for row in _rows() for name in (*row[3].split("|"), *row[:3]) if name}


@cache
def _without_price() -> dict[str, str]:
    """Return the countries and territories of ISO 3166-1 that no price is known of, by each of their names."""
    rows = read_table(DATA / "countries_without_price.csv", ("iso3", "iso2", "country"))
    return {_plain(name): row[2] for row in rows for name in row}


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in letters if letter.isalnum())

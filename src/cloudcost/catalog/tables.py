"""Reads the shipped tables: price rows into `Price`, sources, and nothing before it is asked for.

A price table lies in `data/prices/<Service>-<topic>.csv` and holds rows of that service alone; `other-<topic>.csv`
may hold several services. Its columns are written out in `COLUMNS`. ``usd`` is a flat price (``0.023``) or tiers
(``0.023;51200:0.022;512000:0.021``: the first from 0, then ``from:price``; ``?`` where no price is known from there
on). EC2's on-demand and reserved prices have a narrower form, which `ec2_tables` widens to the same rows. A `Shelf`
holds the rows of one service in one region as text and makes a `Price` of a row when it is asked for.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from itertools import pairwise
from pathlib import Path

from cloudcost.domain.prices import GRADES, Price, Source, Tier
from cloudcost.errors import CatalogError
from cloudcost.money import decimal_string

DATA = Path(__file__).parent / "data"

COLUMNS = (
    "service", "region", "usage_type", "operation", "purchase", "unit", "usd", "low_usd", "pack", "as_of",
    "valid_from", "valid_until", "seen_from", "confirmed_on", "grade", "source", "note",
)  # fmt: skip
"""The header of a price table; a new field of `Price` does not change the files."""

GLOBAL = "global"
"""The region of a price that is the same everywhere."""

Row = list[str]


def read_table(path: Path, columns: tuple[str, ...]) -> list[Row]:
    """Return the rows of a shipped CSV without its header, as text.

    Raises
    ------
    CatalogError
        When the file is not there, its header is another, or a row has too many or too few fields.
    """
    rows = list(csv.reader(_read_text(path).splitlines()))
    _check_header(path, rows[0] if rows else [], columns)
    width = len(columns)
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != width:
            raise CatalogError(f"{path.name}:{number}: {len(row)} fields instead of {width}, {row}")
    return rows[1:]


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise CatalogError(f"{path.name}: cannot be read, {error.strerror}, install cloudcost again") from None


def _check_header(path: Path, header: Row, columns: tuple[str, ...]) -> None:
    if tuple(header) != columns:
        raise CatalogError(f"{path.name}:1: the header is not {','.join(columns)}, install cloudcost again")


def parse_tiers(text: str) -> tuple[Tier, ...]:
    """Return the tiers that ``usd`` states; ``51200:?`` says that no price is known from there on.

    Raises
    ------
    ValueError
        When a number is none, or the tiers do not rise.

    Examples
    --------
    >>> [str(tier.unit_price_usd) for tier in parse_tiers("0.023;51200:0.022")]
    ['0.023', '0.022']
    >>> [str(tier.up_to) for tier in parse_tiers("0.0405;51200:?")]
    ['51200']
    """
    if ";" not in text:
        return (Tier(from_quantity=_ZERO, up_to=None, unit_price_usd=parse_decimal(text)),)
    *parts, last = text.split(";")
    beyond, _, unknown = last.partition(":")
    if unknown == "?":
        text = ";".join(parts)
        end: Decimal | None = parse_decimal(beyond)
    else:
        end = None
    first, *others = text.split(";")
    starts, prices = [_ZERO], [parse_decimal(first)]
    for part in others:
        start, _, price = part.partition(":")
        starts.append(parse_decimal(start))
        prices.append(parse_decimal(price))
    if any(low >= high for low, high in pairwise([*starts, *([] if end is None else [end])])):
        raise ValueError(f"tiers rise from 0, not {text!r}")
    ends: list[Decimal | None] = [*starts[1:], end]
    return tuple(
        Tier(from_quantity=start, up_to=end, unit_price_usd=price)
        for start, end, price in zip(starts, ends, prices, strict=True)
    )


_ZERO = Decimal(0)


def parse_decimal(text: str) -> Decimal:
    """Return a finite decimal; raise ValueError for anything else."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"not a number, {text!r}") from None
    if not value.is_finite():
        raise ValueError(f"not a finite number, {text!r}")
    return value


def parse_price(row: Row) -> Price:
    """Return the price that a row of `COLUMNS` states.

    Raises
    ------
    CatalogError
        When a field cannot be read; the message names the row's key.
    """
    service, region, usage_type, operation, purchase, unit, usd, low, pack, as_of, begin, end, *rest = row
    seen_from, confirmed_on, grade, source, note = rest
    try:
        if grade not in GRADES:
            raise ValueError(f"no grade {grade!r}, use one of {', '.join(GRADES)}")
        return Price(
            service=service,
            region=region,
            usage_type=usage_type,
            operation=operation,
            purchase=purchase,
            unit=unit,
            tiers=parse_tiers(usd),
            as_of=date.fromisoformat(as_of),
            valid_from=_day(begin),
            valid_until=_day(end),
            seen_from=_day(seen_from),
            confirmed_on=_day(confirmed_on),
            grade=grade,
            source=source,
            low_usd=parse_decimal(low) if low else None,
            pack=parse_decimal(pack) if pack else None,
            note=note,
        )
    except ValueError as error:
        raise CatalogError(f"price table:{service}/{region}/{usage_type}/{purchase}: {error}") from None


def tiers_text(price: Price) -> str:
    """Return the tiers as the tables write them: ``0.023``, ``0.023;51200:0.022``, ``0.04;51200:?`` (unknown)."""
    first, *others = price.tiers
    parts = [decimal_string(first.unit_price_usd)]
    parts += [f"{decimal_string(tier.from_quantity)}:{decimal_string(tier.unit_price_usd)}" for tier in others]
    end = price.tiers[-1].up_to
    return ";".join(parts if end is None else [*parts, f"{decimal_string(end)}:?"])


def row_of(price: Price) -> Row:
    """Return the row of `COLUMNS` that states a price: `parse_price` gives it back."""
    days = (price.as_of, price.valid_from, price.valid_until, price.seen_from, price.confirmed_on)
    return [
        price.service, price.region, price.usage_type, price.operation, price.purchase, price.unit, tiers_text(price),
        "" if price.low_usd is None else decimal_string(price.low_usd),
        "" if price.pack is None else decimal_string(price.pack),
        *("" if day is None else day.isoformat() for day in days),
        price.grade, price.source, price.note,
    ]  # fmt: skip


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


class Shelf:
    """The rows of one service in one region, by usage type and purchase; prices are made when asked for.

    Parameters
    ----------
    rows : iterable of Row
        In the form of `COLUMNS`.
    """

    __slots__ = ("_prices", "_rows")

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._rows: dict[tuple[str, str], list[Row]] = {}
        self._prices: dict[tuple[str, str], tuple[Price, ...]] = {}
        for row in rows:
            self._rows.setdefault((row[2], row[4]), []).append(row)

    @classmethod
    def of(cls, prices: Iterable[Price]) -> Shelf:
        """Return a shelf of prices that are already made."""
        shelf = cls()
        for price in prices:
            key = (price.usage_type, price.purchase)
            shelf._prices[key] = (*shelf._prices.get(key, ()), price)
            shelf._rows.setdefault(key, [])
        return shelf

    def get(self, usage_type: str, purchase: str) -> tuple[Price, ...]:
        """Return the prices of that key, of all operations and periods; empty where there is none."""
        key = (usage_type, purchase)
        if key not in self._prices:
            self._prices[key] = tuple(parse_price(row) for row in self._rows.get(key, ()))
        return self._prices[key]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Iterate over (usage type, purchase), in the order of the tables."""
        return iter(tuple(self._rows))

    def __bool__(self) -> bool:
        return bool(self._rows)


@cache
def _price_lines(path: Path) -> list[str]:
    """Return a price table's lines as they stand.

    Raises
    ------
    CatalogError
        When the file is not there or its header is another; fields are counted when a row is asked for.
    """
    header, *lines = _read_text(path).splitlines() or [""]
    _check_header(path, header.split(","), COLUMNS)
    return lines


@cache
def places_in(path: Path) -> frozenset[tuple[str, str]]:
    """Return the (service, region) pairs that a price table has rows of; neither has a comma or a quote in it."""
    return frozenset(
        (service, region) for service, region, *_ in (f"{line},".split(",", 2) for line in _price_lines(path))
    )


def rows_of(path: Path, service: str, region: str) -> list[Row]:
    """Return a price table's rows of a service in a region, as text.

    Raises
    ------
    CatalogError
        When the file cannot be read, or a row has too many or too few fields.
    """
    start = f"{service},{region},"  # of 36 regions an estimate asks for one or two: the others stay lines
    rows = list(csv.reader([line for line in _price_lines(path) if line.startswith(start)]))
    for row in rows:
        if len(row) != len(COLUMNS):
            raise CatalogError(f"{path.name}: {len(row)} fields instead of {len(COLUMNS)}, {row}")
    return rows


@cache
def price_files() -> tuple[Path, ...]:
    """Return the paths of all price tables in the common form."""
    return tuple(sorted((DATA / "prices").glob("*.csv")))


def files_of(service: str) -> tuple[Path, ...]:
    """Return the price tables that may hold rows of `service`."""
    wanted = {service.lower(), "other"}
    return tuple(path for path in price_files() if path.name.partition("-")[0].lower() in wanted)


@cache
def sources() -> dict[str, Source]:
    """Return every source of figures by its key."""
    rows = read_table(DATA / "sources.csv", ("key", "title", "url", "read_on"))
    return {
        key: Source(key=key, title=title, url=url, read_on=date.fromisoformat(read_on))
        for key, title, url, read_on in rows
    }

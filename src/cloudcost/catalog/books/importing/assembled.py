"""Rows of price lists made prices: tiers put together, reservations by the hour, names as the library has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from cloudcost.catalog.aws.commitments.reservations import reservations
from cloudcost.catalog.books.importing.offers import OfferRow, unit_of
from cloudcost.catalog.books.importing.row_facts import UNITS, Named, RatePart, bought, named_by, number, step_of
from cloudcost.catalog.books.usage_types import canonical_key
from cloudcost.domain.prices import Price, PriceKey, Tier
from cloudcost.errors import MOST_LISTED, InputError
from cloudcost.frozen import dataclass
from cloudcost.money import decimal_string, round_ratio

_USUAL = frozenset(UNITS.values())
"""Units of which none is another's; of others a list may have its own spelling."""
HOURS_A_YEAR = 8760
"""Of a reservation, as AWS counts its effective hourly price. [h]"""
LONGEST_NOTE = 200
"""Of a description that is kept. [characters]"""
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """What was made of the rows.

    Parameters
    ----------
    prices : tuple of Price
    left_out : mapping of str to int
        Why rows, prices or places were left out, and how many. [count]
    """

    prices: tuple[Price, ...]
    left_out: dict[str, int]


def assemble(rows: Iterable[OfferRow], *, where: str, published: date, source: str) -> Assembled:
    """Return the prices that rows of a price list state.

    Parameters
    ----------
    rows : iterable of OfferRow
    where : str
        What messages call the list.
    published : date
        On which it was seen.
    source : str
        Key of its `Source`.

    Raises
    ------
    InputError
        When a row that is kept cannot be read, or is not in USD; all of them are named.
    """
    maker = _Maker(where, published, source)
    for row in rows:
        maker.add(row)
    return maker.done()


class _Maker:
    """Rates by what they are of, until all rows are read; what many rows have alike is read once."""

    def __init__(self, where: str, published: date, source: str) -> None:
        self.where = where
        self.published = published
        self.source = source
        self.faults: list[str] = []
        self.more = 0
        self.left_out: Counter[str] = Counter()
        self.names: dict[tuple[str, ...], Named] = {}
        self.ways: dict[tuple[str, ...], str] = {}
        self.steps: dict[tuple[str, ...], RatePart] = {}
        self.rates: dict[PriceKey, list[_Rate]] = {}

    def add(self, row: OfferRow) -> None:
        """Take a row."""
        if row.currency == "CNY":
            raise InputError(
                f"{self.where}:{row.where}: prices in CNY, of China's own price list, cloudcost prices in USD, take a "
                "file of pricing.us-east-1.amazonaws.com"
            )
        key = self._key(row)
        if key is None:
            return
        try:
            which = row[12:17]  # unit to currency
            step = self.steps.get(which)
            if step is None:
                step = self.steps[which] = step_of(row)
            rate = _Rate(row.sku, step, number(row.usd), row.description)
        except ValueError as error:
            if len(self.faults) < MOST_LISTED:
                self.faults.append(f"{self.where}:{row.where}: {error}, download it again")
            else:
                self.more += 1
            return
        known = self.rates.get(key)
        if known is None:
            self.rates[key] = [rate]
        else:
            known.append(rate)

    def _key(self, row: OfferRow) -> PriceKey | None:
        """Return what a row prices; None where it is left out."""
        what = row[1:8]  # offer to operation
        named = self.names.get(what)
        if named is None:
            named = self.names[what] = named_by(row)
        if isinstance(named, str):
            if named:
                self.left_out[named] += 1
            return None
        how = row[8:12]  # term to offering
        purchase = self.ways.get(how)
        if purchase is None:
            purchase = self.ways[how] = bought(*how)
        if not purchase:
            self.left_out["a commitment of another term or kind"] += 1
            return None
        service, region, usage_type, operation = named
        if purchase == "on-demand":  # of spot the name and the purchase decide each other
            usage_type, purchase = canonical_key(usage_type, purchase)
        return PriceKey(service, region, usage_type, operation, purchase)

    def done(self) -> Assembled:
        """Return the prices.

        Raises
        ------
        InputError
            With the rows that could not be read.
        """
        if self.faults:
            raise InputError(*self.faults, more=self.more)
        found: list[Price] = []
        for key, rates in sorted(self.rates.items()):
            for day, stated in self._by_day(key, rates):
                tiers, unit, note = stated
                later = day > self.published
                found.append(
                    Price(
                        service=key.service, region=key.region, usage_type=key.usage_type, operation=key.operation,
                        purchase=key.purchase, unit=unit, tiers=tiers, as_of=self.published,
                        valid_from=day if later else None,
                        seen_from=None if later or day == self.published else day,
                        grade="official", source=self.source, note=note,
                    )
                )  # fmt: skip
        return Assembled(prices=tuple(found), left_out=dict(self.left_out))

    def _by_day(self, key: PriceKey, rates: list[_Rate]) -> list[tuple[date, _Stated]]:
        """Return what the rates of a key state, by the day from which on; none of a day on which two differ."""
        first = rates[0]
        if all(rate.sku == first.sku and rate.step.day == first.step.day for rate in rates):  # nearly always
            alone = self._price(key, rates)
            return [] if alone is None else [(first.step.day, alone)]
        parts: dict[tuple[str, date], list[_Rate]] = {}
        for rate in rates:
            parts.setdefault((rate.sku, rate.step.day), []).append(rate)
        made: dict[date, set[_Stated]] = {}
        for (_, day), part in parts.items():
            stated = self._price(key, part)
            if stated is not None:
                made.setdefault(day, set()).add(stated)
        found = []
        for day, several in sorted(made.items()):
            if len({tiers for tiers, *_ in several}) > 1:
                self.left_out[f"two prices of one name, {key.service} {key.usage_type}"] += 1
            else:
                found.append((day, min(several, key=lambda each: each[2])))
        return found

    def _price(self, key: PriceKey, rates: list[_Rate]) -> _Stated | None:
        if key.purchase.startswith("reserved"):
            return self._reserved(key, rates)
        steps = sorted({(rate.step.begin, rate.step.end, rate.usd) for rate in rates}, key=lambda step: step[0])
        ends = [end for _, end, _ in steps]
        if steps[0][0] != 0 or ends[-1] is not None or ends[:-1] != [begin for begin, *_ in steps[1:]]:
            self.left_out[f"tiers with a gap, {key.service} {key.usage_type}"] += 1
            return None
        if len(steps) > 1 and steps[0][2] == 0:
            steps = [(steps[0][0], steps[1][1], steps[1][2]), *steps[2:]]  # an allowance of the account, counted apart
        unit, usual = rates[0].step.unit, unit_of(key.service, key.usage_type)
        if unit != usual and {unit, usual} <= _USUAL:
            said = f"priced per {unit} where usage is billed per {usual}"
            self.left_out[f"{said}, {key.service} {key.usage_type}"] += 1
            return None
        tiers = tuple(Tier(from_quantity=begin, up_to=end, unit_price_usd=usd) for begin, end, usd in steps)
        free = next((rate.description for rate in rates if rate.usd == 0), "")
        note = _note(free) or "listed at 0 USD" if any(tier.unit_price_usd == 0 for tier in tiers) else ""
        return tiers, unit, note

    def _reserved(self, key: PriceKey, rates: list[_Rate]) -> _Stated | None:
        way = reservations()[key.purchase]
        stated: dict[str, Decimal] = {}
        fits = True
        for rate in rates:
            fits = stated.setdefault(rate.step.unit, rate.usd) == rate.usd and fits
        hourly, once = stated.get("Hrs"), stated.get("Quantity")
        if not fits or (once is not None) != (way.upfront != "no") or (hourly is None and way.upfront != "all"):
            self.left_out[f"a reservation without its hours or fee, {key.usage_type}"] += 1
            return None
        hourly, hours = hourly or _ZERO, HOURS_A_YEAR * way.years
        if not once:
            return (Tier(from_quantity=_ZERO, up_to=None, unit_price_usd=hourly),), "Hrs", ""
        note = f"{decimal_string(once)} USD at once over {hours:,} hours and {decimal_string(hourly)} an hour"
        return (Tier(from_quantity=_ZERO, up_to=None, unit_price_usd=_hourly(hourly, once, hours)),), "Hrs", note


class _Rate(NamedTuple):
    """A price of one tier."""

    sku: str
    step: RatePart
    usd: Decimal
    description: str


_Stated = tuple[tuple[Tier, ...], str, str]
"""Tiers, unit and note."""


def _hourly(hourly: Decimal, once: Decimal, hours: int) -> Decimal:
    """Return the effective price of an hour. [USD]"""
    numerator, denominator = (hourly * hours + once).as_integer_ratio()  # exact: both have a dozen digits
    return round_ratio(numerator, denominator * hours, 10)


def _note(text: str) -> str:
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return plain[:LONGEST_NOTE]

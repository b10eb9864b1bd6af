"""What a bill comes to at given numbers of runs, without its lines: for sweeps of many projects.

The same sums of amounts rounded line by line as `cloudcost.pricing.lines.price_usage`, to the last digit, in plain
integers: rows of usage are gathered and their prices looked up once, and any number of run counts is put in.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from cloudcost.catalog.allowances import transfer_out_allowance
from cloudcost.domain.usage import RunUsage
from cloudcost.errors import CatalogError, PriceNotFoundError
from cloudcost.money import LINE_PLACES
from cloudcost.pricing.free import is_metered_out
from cloudcost.pricing.lookup import Found, find_price, price_day
from cloudcost.pricing.tiers import Schedule, cost_ratio, packed, tier_slices
from cloudcost.units import BillingMonth, to_priced_unit

if TYPE_CHECKING:
    from cloudcost.catalog.book import PriceBook

UNIT: int = 10**LINE_PLACES
"""Amounts here are whole multiples of 1e-10 USD."""


class _Line:
    """One line of the bill before runs are put in: ``(fixed + sum(per_run * n)) / denominator`` (mutable, internal)."""

    __slots__ = ("denominator", "fixed", "found", "per_run", "usage")

    def __init__(self, usage: RunUsage, found: Found) -> None:
        self.usage = usage
        self.found = found
        self.fixed = usage.fixed
        self.per_run = usage.per_run
        self.denominator = _units_per(usage, found)

    def add(self, usage: RunUsage) -> None:
        """Add another row of the same line."""
        units = _units_per(usage, self.found)
        mine, its = (1, 1) if units == self.denominator else (units, self.denominator)
        self.denominator *= mine
        self.fixed = self.fixed * mine + usage.fixed * its
        if not self.per_run:
            self.per_run = (0,) * len(usage.per_run)
        if usage.per_run:
            pairs = zip(self.per_run, usage.per_run, strict=True)
            self.per_run = tuple([a * mine + b * its for a, b in pairs])

    def numerator(self, runs: Sequence[int]) -> int:
        """Return the quantity at so many runs, times the denominator. [priced unit]"""
        if not self.per_run or not runs:
            return self.fixed
        return self.fixed + sum([each * count for each, count in zip(self.per_run, runs, strict=True)])


class Sums(NamedTuple):
    """What a bill comes to, before credits and tax. [10**-10 USD]

    Parameters
    ----------
    aws : int
        Lines of AWS's services.
    charged : int
        Lines of all providers, AWS among them.
    own : int
        Lines of the user's own machine.
    """

    aws: int
    charged: int
    own: int


T = TypeVar("T")
_Flat = tuple[str, int, tuple[int, ...], int]
"""Service, and a line's unrounded amount: ``(fixed + sum(per_run * n)) / denominator``. [10**-10 USD]"""


@dataclass(frozen=True, slots=True)
class Totals:
    """A bill's lines, ready for any run counts; made by `compile_totals`.

    Parameters
    ----------
    fixed : Sums
        Of the lines that do not depend on the runs.
    flat : tuple
        The other lines of prices without tiers.
    pools : tuple
        The other lines that share tiers, in the order in which they take them; traffic to the internet dearest
        region first.
    keys : frozenset
        What two bills must not have in common if they are to be priced apart.
    today : date
    """

    fixed: Sums
    flat: tuple[_Flat, ...]
    pools: tuple[tuple[_Line, ...], ...]
    keys: frozenset[Hashable]
    today: date

    def at(self, runs: Sequence[int]) -> Sums:
        """Return the sums of the lines at so many runs of each training.

        Raises
        ------
        PriceNotFoundError
            When a quantity goes beyond the last tier that is known.
        """
        aws, charged, own = self.fixed
        for service, fixed, per_run, denominator in self.flat:
            for each, count in zip(per_run, runs, strict=True):
                fixed += each * count
            amount = _half_even(fixed, denominator)
            if service == "Local":
                own += amount
            else:
                charged += amount
                if service.startswith(_AWS):
                    aws += amount
        if self.pools:
            more = _pool_sums(self.pools, runs, self.today)
            return Sums(aws + more.aws, charged + more.charged, own + more.own)
        return Sums(aws, charged, own)


def _pool_sums(pools: Sequence[tuple[_Line, ...]], runs: Sequence[int], today: date) -> Sums:
    """Return the sums of lines that share tiers, the monthly allowance taken off."""
    left: dict[Hashable, Fraction] = {}
    aws = charged = own = 0
    for pool in pools:
        free = _NONE
        if is_metered_out(pool[0].usage):
            account, gigabytes = _allowance(pool[0].usage.month, pool[0].usage.region, today)
            free = left.setdefault(account, gigabytes)
        amounts, remaining = _pool_amounts(pool, runs, free)
        if free is not _NONE:
            left[account] = remaining
        for line, amount in zip(pool, amounts, strict=True):
            service = line.usage.service
            if service == "Local":
                own += amount
            else:
                charged += amount
                if service.startswith(_AWS):
                    aws += amount
    return Sums(aws, charged, own)


_NONE = Fraction(0)
_AWS = ("Amazon", "AWS", "aws")


@lru_cache(maxsize=1024)
def _allowance(month: BillingMonth | None, region: str, today: date) -> tuple[Hashable, Fraction]:
    allowance = transfer_out_allowance(price_day(month, today))
    account = month if allowance.scope == "account" else (month, region)
    return account, Fraction(allowance.gigabytes)


def compile_totals(usages: Iterable[RunUsage], book: PriceBook, *, on: date) -> Totals:
    """Return the bill of metered usage, its prices looked up, ready for any run counts.

    Parameters
    ----------
    usages : iterable of RunUsage
        Each with a month.
    book : PriceBook
    on : date
        As in `price_usage`.

    Raises
    ------
    PriceNotFoundError, UnknownRegionError
        When prices are missing; the message has a line for each.
    ValueError
        For a unit that does not fit the price, or usage without a month.

    Examples
    --------
    Runs of 100 h on a 0.526 USD machine, twice:

    >>> from cloudcost.catalog.book import load_book
    >>> usage = RunUsage(
    ...     service="AmazonEC2", region="us-east-1", usage_type="BoxUsage:g4dn.xlarge", month=BillingMonth(2026, 11),
    ...     unit="seconds", per_run=(360_000,),
    ... )
    >>> compile_totals([usage], load_book(), on=date(2026, 11, 22)).at([2]).charged / UNIT
    105.2
    """
    lines: dict[Hashable, _Line] = {}
    days: dict[BillingMonth, tuple[date, int]] = {}
    missing: dict[str, CatalogError] = {}
    for usage in usages:
        month = usage.month
        if month is None:
            raise ValueError(f"{usage.usage_type}: a total needs the month of each quantity")
        known = days.get(month)
        if known is None:
            known = days[month] = price_day(month, on), month.year * 12 + month.month
        day, index = known
        try:
            found = find_price(
                book, usage.service, usage.region, usage.usage_type, usage.operation, usage.purchase, day
            )
        except CatalogError as error:
            missing.setdefault(str(error), error)
            continue
        key = (
            usage.service, usage.region, usage.usage_type, usage.operation, index, found.price.purchase,
        )  # fmt: skip
        line = lines.get(key)
        if line is None:
            lines[key] = _Line(usage, found)
        else:
            line.add(usage)
    if missing:
        errors = list(missing.values())
        raise errors[0] if len(errors) == 1 else PriceNotFoundError("\n".join(missing))
    flat: list[_Flat] = []
    pools: dict[Hashable, list[_Line]] = {}
    keys: set[Hashable] = set(lines)
    for line in lines.values():
        usage = line.usage
        schedule = line.found.schedule
        if schedule.flat and not is_metered_out(usage):
            rate = schedule.rates[0] * UNIT
            per_run = tuple([each * rate for each in line.per_run])
            flat.append((usage.service, line.fixed * rate, per_run, line.denominator * schedule.rate_scale))
        else:
            pool = (usage.region, usage.month, line.found.key)
            keys.add("transfer out" if is_metered_out(usage) else pool)
            pools.setdefault(pool, []).append(line)
    ordered = [tuple(sorted(members, key=_order)) if len(members) > 1 else (members[0],) for members in pools.values()]
    out = [pool for pool in ordered if is_metered_out(pool[0].usage)]
    out.sort(key=lambda pool: (-pool[0].found.schedule.exact_rates[0], pool[0].usage.region))
    rest = [pool for pool in ordered if not is_metered_out(pool[0].usage)]
    fixed_flat, flat = _parted(flat, lambda line: any(line[2]))
    fixed_rest, rest = _parted(rest, _depends)
    if not any(_depends(pool) for pool in out):  # the pools of one month share what is free
        fixed_rest, out = fixed_rest + out, []
    none = Totals(Sums(0, 0, 0), tuple([(line[0], line[1], (), line[3]) for line in fixed_flat]), (), frozenset(), on)
    one, two = none.at(()), _pool_sums(fixed_rest, (), on) if fixed_rest else Sums(0, 0, 0)
    fixed = Sums(one.aws + two.aws, one.charged + two.charged, one.own + two.own)
    return Totals(fixed, tuple(flat), (*rest, *out), frozenset(keys), on)


def _parted(items: list[T], depends: Callable[[T], bool]) -> tuple[list[T], list[T]]:
    """Return the items that do not depend on the runs, and those that do."""
    return [item for item in items if not depends(item)], [item for item in items if depends(item)]


def _depends(pool: tuple[_Line, ...]) -> bool:
    return any(any(line.per_run) for line in pool)


def _order(line: _Line) -> tuple[str, str, str, str]:
    usage = line.usage
    return usage.service, usage.usage_type, usage.operation, usage.purchase


def _units_per(usage: RunUsage, found: Found) -> int:
    """Return how many of the usage's units make one of its price's."""
    priced_unit = found.price.unit
    if usage.unit == priced_unit:
        return 1
    return _units(usage.unit, priced_unit, usage.month if usage.unit == "byte-hours" else None)


@lru_cache(maxsize=4096)
def _units(unit: str, priced_unit: str, month: BillingMonth | None) -> int:
    units: int = to_priced_unit(1, unit, priced_unit, month).denominator
    return units


def _rounded(numerator: int, denominator: int) -> int:
    """Return a ratio of USD rounded half to even. [10**-10 USD]"""
    return _half_even(numerator * UNIT, denominator)


def _half_even(numerator: int, denominator: int) -> int:
    quotient, remainder = divmod(numerator, denominator)
    twice = 2 * remainder
    if twice > denominator or (twice == denominator and quotient % 2):
        quotient += 1
    return quotient


def _pool_amounts(pool: tuple[_Line, ...], runs: Sequence[int], free: Fraction) -> tuple[list[int], Fraction]:
    """Return the amounts of lines that share tiers, and what is left of what is free.

    The free part goes to the first lines; whole packs go to the last one.
    """
    schedule = pool[0].found.schedule
    if len(pool) == 1 and not free:
        return [_rounded(*cost_ratio(schedule, pool[0].numerator(runs), pool[0].denominator))], free
    if len(pool) == 1:
        used, units = pool[0].numerator(runs), pool[0].denominator
        beyond, units = used * free.denominator - free.numerator * units, units * free.denominator
        if beyond <= 0:
            return [0], Fraction(-beyond, units)
        return [_rounded(*cost_ratio(schedule, beyond, units))], _NONE
    start = Fraction(0)
    remaining = free
    amounts: list[int] = []
    for position, line in enumerate(pool):
        quantity = Fraction(line.numerator(runs), line.denominator)
        given = min(remaining, quantity)
        remaining -= given
        paid = quantity - given
        if schedule.pack is not None and position + 1 == len(pool):
            paid = packed(schedule, start + paid) - start
        amounts.append(_slice_amount(schedule, start, paid))
        start += paid
    return amounts, remaining


def _slice_amount(schedule: Schedule, start: Fraction, quantity: Fraction) -> int:
    if not quantity:
        return 0
    exact = sum((piece.exact_usd for piece in tier_slices(schedule, start, quantity)), Fraction(0))
    return _rounded(exact.numerator, exact.denominator)

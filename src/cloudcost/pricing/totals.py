"""What a bill comes to at given numbers of runs, without its lines: for sweeps of many projects.

The same sums of amounts rounded line by line as `cloudcost.pricing.lines.price_usage`, to the last digit, in plain
integers: rows of usage are gathered and their prices looked up once, and any number of run counts is put in.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from cloudcost.catalog.allowances import transfer_out_allowance
from cloudcost.domain.usage import RunUsage, Span
from cloudcost.errors import CatalogError, PriceNotFoundError
from cloudcost.money import LINE_PLACES
from cloudcost.pricing.credits import credits_pay
from cloudcost.pricing.free import is_metered_out
from cloudcost.pricing.lookup import Found, find_price, price_day
from cloudcost.pricing.tiers import Schedule, cost_ratio, packed, tier_slices
from cloudcost.units import BY_MONTH, BillingMonth, to_priced_unit

if TYPE_CHECKING:
    from cloudcost.catalog.book import PriceBook

UNIT: int = 10**LINE_PLACES
"""Amounts here are whole multiples of 1e-10 USD."""


class _Place(NamedTuple):
    """Where usage of one kind and month goes in a bill, and at what price; looked up once."""

    key: tuple[Hashable, ...]
    found: Found
    units: int
    rate: int
    divisor: int
    flat: bool
    out: bool
    pool: Hashable
    payer: int


_OWN, _CHARGED, _AWS = range(3)
"""Who a line is paid to: nobody else, a provider, AWS in a month in which credits count."""


class _Line:
    """One line of the bill before runs are put in: ``(fixed + sum(per_run * n)) / denominator`` (mutable, internal).

    Of `spans` only the runs count that begin in them.
    """

    __slots__ = ("denominator", "fixed", "per_run", "place", "spans", "usage")

    def __init__(self, usage: RunUsage, place: _Place) -> None:
        self.usage = usage
        self.place = place
        self.fixed = usage.fixed
        self.per_run = usage.per_run if usage.span is None else ()
        self.spans: dict[Span, tuple[int, ...]] = {} if usage.span is None else {usage.span: usage.per_run}
        self.denominator = place.units

    def add(self, usage: RunUsage, units: int) -> None:
        """Add another row of the same line, so many of whose units make one of the price's."""
        mine, its = (1, 1) if units == self.denominator else (units, self.denominator)
        self.denominator *= mine
        self.fixed = self.fixed * mine + usage.fixed * its
        if mine != 1:
            self.per_run = tuple([each * mine for each in self.per_run])
            self.spans = {span: tuple([each * mine for each in per_run]) for span, per_run in self.spans.items()}
        if usage.span is None:
            self.per_run = _added(self.per_run, usage.per_run, its)
        else:
            self.spans[usage.span] = _added(self.spans.get(usage.span, ()), usage.per_run, its)

    def numerator(self, runs: Sequence[int]) -> int:
        """Return the quantity at so many runs, times the denominator. [priced unit]"""
        total = self.fixed
        if not runs:
            return total
        if self.per_run:
            total += sum([each * count for each, count in zip(self.per_run, runs, strict=True)])
        for span, per_run in self.spans.items():
            total += sum([each * span.count(count) for each, count in zip(per_run, runs, strict=True)])
        return total

    @property
    def depends(self) -> bool:
        """Whether the quantity depends on the runs."""
        return any(self.per_run) or any(map(any, self.spans.values()))


def _added(per_run: tuple[int, ...], more: tuple[int, ...], times: int) -> tuple[int, ...]:
    """Return the sum of two rows' parts per run, the second so many times; one may be empty."""
    if not more:
        return per_run
    if not per_run:
        return tuple([each * times for each in more])
    return tuple([a + b * times for a, b in zip(per_run, more, strict=True)])


class Sums(NamedTuple):
    """What a bill comes to, before credits and tax. [10**-10 USD]

    Parameters
    ----------
    aws : int
        Lines of AWS's services, in the months in which credits count.
    charged : int
        Lines of all providers, AWS among them.
    own : int
        Lines of the user's own machine.
    """

    aws: int
    charged: int
    own: int


_Flat = tuple[int, int, tuple[int, ...], int]
"""Payer, and a line's unrounded amount: ``(fixed + sum(per_run * n)) / denominator``. [10**-10 USD]"""


@dataclass(frozen=True, slots=True)
class Totals:
    """A bill's lines, ready for any run counts; made by `compile_totals`.

    Parameters
    ----------
    by_payer : tuple of int
        Sums of the lines that do not depend on the runs, by who is paid. [10**-10 USD]
    flat : tuple
        The other lines of prices without tiers.
    whole : tuple
        Those of them whose runs count in the month that they begin in.
    pools : tuple
        The other lines that share tiers, in the order in which they take them; traffic to the internet dearest
        region first.
    keys : frozenset
        What two bills must not have in common if they are to be priced apart.
    today : date
    """

    by_payer: tuple[int, ...]
    flat: tuple[_Flat, ...]
    whole: tuple[tuple[_Line, int], ...]
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
        sums = list(self.by_payer)
        for payer, fixed, per_run, denominator in self.flat:
            for each, count in zip(per_run, runs, strict=True):
                fixed += each * count
            sums[payer] += _half_even(fixed, denominator)
        for line, divisor in self.whole:
            sums[line.place.payer] += _half_even(line.numerator(runs) * line.place.rate, divisor)
        if self.pools:
            _add_pools(sums, self.pools, runs, self.today)
        own, others, aws = sums
        return Sums(aws, others + aws, own)


def _add_pools(sums: list[int], pools: Sequence[tuple[_Line, ...]], runs: Sequence[int], today: date) -> None:
    """Add lines that share tiers to the sums by payer, the monthly allowance taken off."""
    left: dict[Hashable, Fraction] = {}
    for pool in pools:
        free = _NONE
        account: Hashable = None
        if pool[0].place.out:
            account, gigabytes = _allowance(pool[0].usage.month, pool[0].usage.region, today)
            free = left.setdefault(account, gigabytes)
        amounts, remaining = _pool_amounts(pool, runs, free)
        if account is not None:
            left[account] = remaining
        for line, amount in zip(pool, amounts, strict=True):
            sums[line.place.payer] += amount


_NONE = Fraction(0)


@lru_cache(maxsize=1024)
def _allowance(month: BillingMonth | None, region: str, today: date) -> tuple[Hashable, Fraction]:
    allowance = transfer_out_allowance(price_day(month, today))
    account = month if allowance.scope == "account" else (month, region)
    return account, Fraction(allowance.gigabytes)


def compile_totals(
    usages: Iterable[RunUsage], book: PriceBook, *, on: date, credits_end: BillingMonth | None = None
) -> Totals:
    """Return the bill of metered usage, its prices looked up, ready for any run counts.

    Parameters
    ----------
    usages : iterable of RunUsage
        Each with a month.
    book : PriceBook
    on : date
        As in `price_usage`.
    credits_end : BillingMonth, optional
        As in `credits_pay`.

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
    lines = _gathered(usages, book, on, credits_end)
    flat: list[_Flat] = []
    whole: list[tuple[_Line, int]] = []
    pools: dict[Hashable, list[_Line]] = {}
    sums = [0, 0, 0]
    for line in lines.values():
        place = line.place
        if not place.flat:
            pools.setdefault(place.pool, []).append(line)
            continue
        divisor = place.divisor if line.denominator == place.units else line.denominator * place.divisor // place.units
        if line.spans:
            whole.append((line, divisor))
        elif any(line.per_run):
            per_run = tuple([each * place.rate for each in line.per_run])
            flat.append((place.payer, line.fixed * place.rate, per_run, divisor))
        else:
            sums[place.payer] += _half_even(line.fixed * place.rate, divisor)
    if not pools:
        return Totals(tuple(sums), tuple(flat), tuple(whole), (), frozenset(lines), on)
    ordered = [tuple(sorted(members, key=_order)) if len(members) > 1 else (members[0],) for members in pools.values()]
    out = [pool for pool in ordered if pool[0].place.out]
    out.sort(key=lambda pool: (-pool[0].place.found.schedule.exact_rates[0], pool[0].usage.region))
    out_depends = any(_depends(pool) for pool in out)  # the pools of one month share what is free
    fixed = [pool for pool in ordered if not pool[0].place.out and not _depends(pool)] + ([] if out_depends else out)
    rest = [pool for pool in ordered if not pool[0].place.out and _depends(pool)] + (out if out_depends else [])
    _add_pools(sums, fixed, (), on)
    keys = frozenset([*lines, *["transfer out" if pool[0].place.out else pool[0].place.pool for pool in ordered]])
    return Totals(tuple(sums), tuple(flat), tuple(whole), tuple(rest), keys, on)


def _gathered(usages: Iterable[RunUsage], book: PriceBook, on: date, end: BillingMonth | None) -> dict[Hashable, _Line]:
    """Return the lines of a bill by their keys."""
    lines: dict[Hashable, _Line] = {}
    missing: dict[str, CatalogError] = {}
    for usage in usages:
        month = usage.month
        if month is None:
            raise ValueError(f"{usage.usage_type}: a total needs the month of each quantity")
        try:
            place = _place(
                book, on, usage.service, usage.region, usage.usage_type, usage.operation, usage.purchase, usage.unit,
                month.year, month.month, end,
            )  # fmt: skip
        except CatalogError as error:
            missing.setdefault(str(error), error)
            continue
        line = lines.get(place.key)
        if line is None:
            lines[place.key] = _Line(usage, place)
        else:
            line.add(usage, place.units)
    if missing:
        errors = list(missing.values())
        raise errors[0] if len(errors) == 1 else PriceNotFoundError("\n".join(missing))
    return lines


@lru_cache(maxsize=8192)
def _place(
    book: PriceBook, on: date, service: str, region: str, usage_type: str, operation: str, purchase: str, unit: str,
    year: int, month_of_year: int, end: BillingMonth | None,
) -> _Place:  # fmt: skip
    month = BillingMonth(year, month_of_year)
    found = find_price(book, service, region, usage_type, operation, purchase, price_day(month, on))
    schedule = found.schedule
    units = to_priced_unit(1, unit, found.price.unit, month if unit in BY_MONTH else None).denominator
    out = is_metered_out(RunUsage(service=service, region=region, usage_type=usage_type, unit=unit))
    return _Place(
        key=(service, region, usage_type, operation, year, month_of_year, found.price.purchase),
        found=found,
        units=units,
        rate=schedule.rates[0] * UNIT,
        divisor=units * schedule.rate_scale,
        flat=schedule.flat and not out,
        out=out,
        pool=(region, year, month_of_year, found.key),
        payer=_OWN if service == "Local" else _AWS if credits_pay(service, month, end) else _CHARGED,
    )


def _depends(pool: tuple[_Line, ...]) -> bool:
    return any(line.depends for line in pool)


def _order(line: _Line) -> tuple[str, str, str, str]:
    usage = line.usage
    return usage.service, usage.usage_type, usage.operation, usage.purchase


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
    schedule = pool[0].place.found.schedule
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

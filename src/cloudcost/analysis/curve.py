"""A bill as a function of the number of runs: exact pieces ``constant + slope * n`` over whole n.

A bill is a sum of prices over tiers of quantities that are affine in the runs, so it is piecewise linear; whole packs
make steps, and so do runs that count in the month that they begin in (`whole_runs`). Credits and tax keep it so. Every
piece is exact rational arithmetic; nothing is sampled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import lcm

from cloudcost.analysis.model import OptionModel
from cloudcost.analysis.whole_runs import Begun, FlatRuns, WholePool, whole_pieces
from cloudcost.catalog.allowances import transfer_out_allowance
from cloudcost.domain.usage import RunUsage
from cloudcost.pricing.credits import credits_pay
from cloudcost.pricing.free import is_metered_out
from cloudcost.pricing.lookup import Found, find_price, price_day
from cloudcost.pricing.tiers import Schedule, exact_cost
from cloudcost.units import BY_MONTH, BillingMonth, to_priced_unit
from cloudcost.usage.credits import credits_end

Piece = tuple[int, Fraction, Fraction]
"""First n, constant, slope: the value is ``constant + slope * n`` up to the next piece. [count, USD, USD per run]"""


@dataclass(frozen=True, slots=True)
class Curve:
    """An exact piecewise linear function of whole n in ``[first, last]``.

    Parameters
    ----------
    pieces : tuple of Piece
        Rising in n; the first begins at `first`.
    last : int
        [count]
    """

    pieces: tuple[Piece, ...]
    last: int

    @property
    def first(self) -> int:
        """The least n. [count]"""
        return self.pieces[0][0]

    def at(self, n: int) -> Fraction:
        """Return the value at n. [USD]"""
        from bisect import bisect_right

        _, constant, slope = self.pieces[bisect_right(self.pieces, n, key=lambda piece: piece[0]) - 1]
        return constant + slope * n


def combine(curves: Sequence[tuple[Fraction, Curve]], *, first: int, last: int) -> Curve:
    """Return a weighted sum of curves over the same range.

    Sums are kept as whole numbers over one common denominator: a fraction is reduced once a piece, not once a sum.
    """
    denominators = {
        weight.denominator * number.denominator
        for weight, curve in curves
        for piece in curve.pieces
        for number in piece[1:]
    }
    scale = lcm(*denominators)
    changes: dict[int, tuple[int, int]] = {first: (0, 0)}
    for weight, curve in curves:
        before = (0, 0)
        for start, constant, slope in curve.pieces:
            now = _scaled(weight, constant, scale), _scaled(weight, slope, scale)
            held = changes.get(max(start, first), (0, 0))
            changes[max(start, first)] = held[0] + now[0] - before[0], held[1] + now[1] - before[1]
            before = now
    pieces: list[Piece] = []
    whole = rate = 0
    for start in sorted(changes):
        moved, turned = changes[start]
        whole, rate = whole + moved, rate + turned
        if moved or turned or not pieces:
            pieces.append((start, Fraction(whole, scale), Fraction(rate, scale)))
    return Curve(tuple(pieces), last)


def _scaled(weight: Fraction, number: Fraction, scale: int) -> int:
    """Return ``weight x number x scale``, which is whole."""
    return weight.numerator * number.numerator * (scale // (weight.denominator * number.denominator))


def at_most(curve: Curve, limit: Fraction) -> Curve:
    """Return ``min(curve, limit)``: what of a bill credits can pay."""
    pieces: list[Piece] = []
    ends = [piece[0] - 1 for piece in curve.pieces[1:]] + [curve.last]
    for (start, constant, slope), end in zip(curve.pieces, ends, strict=True):
        cuts = [start]
        if slope:
            crossing = (limit - constant) / slope
            after = crossing.numerator // crossing.denominator + 1
            if start < after <= end:
                cuts.append(after)
        for cut in cuts:
            below = constant + slope * cut <= limit
            pieces.append((cut, constant, slope) if below else (cut, limit, Fraction(0)))
    return Curve(tuple(pieces), curve.last)


def tier_curve(schedule: Schedule, fixed: Fraction, per_run: Fraction, free: Fraction, first: int, last: int) -> Curve:
    """Return what ``fixed + per_run * n`` units cost over tiers, after `free` ones. [USD]

    Raises
    ------
    ValueError
        When the quantity falls with n.
    """
    if per_run < 0:
        raise ValueError("a quantity never falls with the number of runs")
    if schedule.pack is not None:
        return _pack_curve(schedule, fixed - free, per_run, first, last)
    bounds = [Fraction(0), *(free + start for start in schedule.exact_starts)]
    rates = [Fraction(0), *schedule.exact_rates]
    if not free:
        bounds, rates = bounds[1:], rates[1:]
    amounts = [Fraction(0)]
    for (low, high), rate in zip(pairwise(bounds), rates, strict=False):
        amounts.append(amounts[-1] + rate * (high - low))
    pieces: list[Piece] = []
    start = first
    for index, (bound, rate) in enumerate(zip(bounds, rates, strict=True)):
        upper = bounds[index + 1] if index + 1 < len(bounds) else None
        if upper is not None and fixed + per_run * start > upper:
            continue
        pieces.append((start, amounts[index] + rate * (fixed - bound), rate * per_run))
        if upper is None or not per_run:
            break
        start = max((upper - fixed) // per_run + 1, start)
        if start > last:
            break
    return Curve(tuple(pieces), last)


def _pack_curve(schedule: Schedule, fixed: Fraction, per_run: Fraction, first: int, last: int) -> Curve:
    """Return the steps of a price that is sold in whole packs."""
    assert schedule.pack is not None
    pack = schedule.pack
    scale = lcm(fixed.denominator, per_run.denominator, pack.denominator)
    whole_fixed, whole_rate, whole_pack = (_scaled(Fraction(1), each, scale) for each in (fixed, per_run, pack))
    one_rate = exact_cost(schedule, pack) if len(schedule.rates) == 1 and schedule.end is None else None
    pieces: list[Piece] = []
    n = first
    while n <= last:
        packs = -(-max(whole_fixed + whole_rate * n, 0) // whole_pack)
        amount = exact_cost(schedule, packs * pack) if one_rate is None else one_rate * packs
        pieces.append((n, amount, Fraction(0)))
        if not whole_rate:
            break
        n = max((packs * whole_pack - whole_fixed) // whole_rate + 1, n + 1)
    return Curve(tuple(pieces), last)


def total_curve(
    model: OptionModel, *, first: int = 1, last: int = 10_000, weights: Sequence[Fraction | int] | None = None
) -> Curve:
    """Return a model's exact total by the number of runs of each of its trainings. [USD]

    Parameters
    ----------
    first, last : int
        Range of n. [count]
    weights : sequence of Fraction or int, optional
        Runs of each training that one n stands for, which need not be whole; one each by default. [count]

    Raises
    ------
    PriceNotFoundError
        When prices are missing.
    """
    aws: list[tuple[Fraction, Curve]] = []
    charged: list[tuple[Fraction, Curve]] = []
    local: list[tuple[Fraction, Curve]] = []
    one = Fraction(1)
    for payer, curve in _pool_curves(model, first, last, weights):
        (local if payer == "local" else charged).append((one, curve))
        if payer == "aws":
            aws.append((one, curve))
    local.append((one, _resale_curve(model, first, last)))
    after_tax = 1 + Fraction(model.project.tax_rate)
    weighted = [(after_tax, curve) for _, curve in charged] + local
    if model.project.credits_usd:
        used = at_most(combine(aws, first=first, last=last), Fraction(model.project.credits_usd))
        weighted.append((-after_tax, used))
    return combine(weighted, first=first, last=last)


def _resale_curve(model: OptionModel, first: int, last: int) -> Curve:
    machine = model.option.local
    back = Fraction(0)
    if machine is not None and machine.is_bought and machine.purchase_usd:
        back = model.machines * Fraction(machine.purchase_usd) * Fraction(str(machine.resale))
    return Curve(((first, -back, Fraction(0)),), last)


@dataclass(slots=True)
class _Pool:
    """Usage that one price prices in one region and month, in the priced unit (mutable, internal)."""

    found: Found
    usage: RunUsage
    fixed: Fraction = Fraction(0)
    per_n: Fraction = Fraction(0)
    begun: Begun = field(default_factory=dict)

    def add(self, usage: RunUsage, weights: Sequence[Fraction | int] | None) -> None:
        """Add a row of usage; with a span whole runs that begin in it, an even share where one n is no whole runs."""
        self.usage = usage
        self.fixed += _priced(usage, usage.fixed, self.found)
        span = usage.span
        if span is None:
            self.per_n += _priced(usage, _rate(usage, weights), self.found)
            return
        runs = [Fraction(1)] * len(usage.per_run) if weights is None else [Fraction(weight) for weight in weights]
        if any(weight.denominator != 1 for weight in runs):
            self.per_n += _priced(usage, _rate(usage, runs), self.found) * Fraction(span.end - span.begin, span.whole)
            return
        for weight, each in zip(runs, usage.per_run, strict=True):
            key = (span, weight.numerator)
            self.begun[key] = self.begun.get(key, Fraction(0)) + _priced(usage, each, self.found)


def _pool_curves(
    model: OptionModel, first: int, last: int, weights: Sequence[Fraction | int] | None
) -> Iterable[tuple[str, Curve]]:
    """Yield a curve for each pool of usage that shares tiers, its payer first: ``aws`` (credits pay), ``local`` ..."""
    end = credits_end(model.project)
    pools: dict[tuple[object, ...], _Pool] = {}
    for usage in model.usages:
        day = price_day(usage.month, model.today)
        found = find_price(
            model.market, usage.service, usage.region, usage.usage_type, usage.operation, usage.purchase, day
        )
        key = (found.key, usage.region, usage.month)
        if key not in pools:
            pools[key] = _Pool(found, usage)
        pools[key].add(usage, weights)
    free = _FreeTransfer(model)
    flat: dict[str, FlatRuns] = {}
    whole: dict[str, list[WholePool]] = {}
    for pool in pools.values():
        payer, allowance = _payer(pool.usage, end), free.of(pool.usage)
        schedule = pool.found.schedule
        if not pool.begun:
            yield payer, tier_curve(schedule, pool.fixed, pool.per_n, allowance, first, last)
        elif schedule.flat and not allowance:
            runs = flat.setdefault(payer, FlatRuns())
            runs.add(pool.fixed, pool.per_n, pool.begun, schedule.exact_rates[0])
        else:
            whole.setdefault(payer, []).append(
                WholePool(schedule=schedule, free=allowance, fixed=pool.fixed, per_n=pool.per_n, begun=pool.begun)
            )
    for payer in dict.fromkeys((*flat, *whole)):
        parts = [*whole.get(payer, ()), *([flat[payer].pool()] if payer in flat else [])]
        yield payer, Curve(whole_pieces(parts, first, last), last)


def _payer(usage: RunUsage, end: BillingMonth | None) -> str:
    if usage.service == "Local":
        return "local"
    return "aws" if credits_pay(usage.service, usage.month, end) else "charged"


def _rate(usage: RunUsage, weights: Sequence[Fraction | int] | None) -> Fraction | int:
    """Return what one n adds to a quantity. [usage.unit]"""
    if weights is None or not usage.per_run:
        return sum(usage.per_run)
    return sum((weight * each for weight, each in zip(weights, usage.per_run, strict=True)), Fraction(0))


def _priced(usage: RunUsage, quantity: Fraction | int, found: Found) -> Fraction:
    month: BillingMonth | None = usage.month if usage.unit in BY_MONTH else None
    return to_priced_unit(quantity, usage.unit, found.price.unit, month)


class _FreeTransfer:
    """The monthly allowance of traffic out: an option's data lies in one region, so one pool a month takes it."""

    def __init__(self, model: OptionModel) -> None:
        self._today = model.today
        regions = {usage.region for usage in model.usages if is_metered_out(usage)}
        if len(regions) > 1:
            raise ValueError(f"traffic out of several regions in one option: {sorted(regions)}")

    def of(self, usage: RunUsage) -> Fraction:
        """Return what is free of a pool. [priced unit]"""
        if not is_metered_out(usage):
            return Fraction(0)
        return Fraction(transfer_out_allowance(price_day(usage.month, self._today)).gigabytes)

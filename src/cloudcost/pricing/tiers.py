"""The exact cost of a quantity over half-open tiers, in integers.

A tier list is compiled once into a `Schedule`: bounds, rates and the amounts at the bounds as integers with one scale
each. A cost is then one bisection, one multiplication and one addition, and no digit is lost: quantities are rational
(``numerator / denominator``), and so is what comes back. Rounding is not done here: `cloudcost.money` rounds a line
once. The float64 twin for simulation is `cloudcost.pricing.vectorised`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import field
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import NoReturn

from cloudcost.domain.lines import TierSlice
from cloudcost.domain.prices import Price, Tier
from cloudcost.errors import PriceNotFoundError
from cloudcost.figures import figure
from cloudcost.frozen import dataclass
from cloudcost.money import LINE_PLACES, round_ratio, scaled_decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A tier list in integers; made by `compile_tiers`.

    Parameters
    ----------
    tiers : tuple of Tier
        As the price states them.
    bound_scale, rate_scale : int
        What bounds and rates were multiplied by to become whole. [1]
    starts : tuple of int
        Where each tier begins. [priced unit x bound_scale]
    rates : tuple of int
        Unit price of each tier. [USD per priced unit x rate_scale]
    amounts : tuple of int
        What everything below each start costs. [USD x bound_scale x rate_scale]
    end : int or None
        Where the last known tier ends; None when it is open. [priced unit x bound_scale]
    flat : bool
        One open tier, no packs: pools and order do not matter.
    pack : Fraction or None
        Sold only in whole multiples of this. [priced unit]
    key : str
        Service, usage type and region, for messages.
    """

    tiers: tuple[Tier, ...]
    bound_scale: int
    rate_scale: int
    starts: tuple[int, ...]
    rates: tuple[int, ...]
    amounts: tuple[int, ...]
    end: int | None
    flat: bool
    pack: Fraction | None = None
    key: str = ""
    exact_starts: tuple[Fraction, ...] = field(default=(), repr=False)
    exact_rates: tuple[Fraction, ...] = field(default=(), repr=False)


def compile_tiers(tiers: tuple[Tier, ...], *, pack: Decimal | None = None, key: str = "") -> Schedule:
    """Return the integer form of a tier list.

    Parameters
    ----------
    tiers : tuple of Tier
        Rising from 0 without a gap; the last may end, which means that the price above is not known.
    pack : Decimal, optional
        Sold only in whole multiples of this. [priced unit]
    key : str
        Named in messages.

    Raises
    ------
    ValueError
        When the tiers do not begin at 0, leave a gap or overlap, or a rate or a pack is negative or not finite.

    Examples
    --------
    >>> compile_tiers((Tier(from_quantity=Decimal(0), up_to=None, unit_price_usd=Decimal("0.023")),)).rates
    (23,)
    """
    _check(tiers, pack, key)
    exact_starts = tuple(Fraction(tier.from_quantity) for tier in tiers)
    exact_rates = tuple(Fraction(tier.unit_price_usd) for tier in tiers)
    last = None if tiers[-1].up_to is None else Fraction(tiers[-1].up_to)
    bound_scale = lcm(*(bound.denominator for bound in exact_starts), 1 if last is None else last.denominator)
    rate_scale = lcm(*(rate.denominator for rate in exact_rates))
    starts = tuple(int(bound * bound_scale) for bound in exact_starts)
    rates = tuple(int(rate * rate_scale) for rate in exact_rates)
    amounts = [0]
    for index in range(1, len(tiers)):
        amounts.append(amounts[-1] + rates[index - 1] * (starts[index] - starts[index - 1]))
    return Schedule(
        tiers=tiers,
        bound_scale=bound_scale,
        rate_scale=rate_scale,
        starts=starts,
        rates=rates,
        amounts=tuple(amounts),
        end=None if last is None else int(last * bound_scale),
        flat=len(tiers) == 1 and last is None and pack is None,
        pack=None if pack is None else Fraction(pack),
        key=key,
        exact_starts=exact_starts,
        exact_rates=exact_rates,
    )


def compile_price(price: Price) -> Schedule:
    """Return the schedule of a row of a price book."""
    key = f"{price.service}/{price.usage_type}/{price.purchase} in {price.region}"
    return compile_tiers(price.tiers, pack=price.pack, key=key)


def _check(tiers: tuple[Tier, ...], pack: Decimal | None, key: str) -> None:
    """Raise ValueError unless the tiers rise from 0 without a gap and all figures are usable."""
    where = f"{key}: " if key else ""
    if not tiers or tiers[0].from_quantity != 0:
        raise ValueError(f"{where}tiers begin at 0")
    for tier, following in zip(tiers, (*tiers[1:], None), strict=True):
        if not tier.unit_price_usd.is_finite() or tier.unit_price_usd < 0:
            raise ValueError(f"{where}a unit price is finite and not negative, not {tier.unit_price_usd}")
        if tier.up_to is not None and not tier.up_to > tier.from_quantity:
            raise ValueError(f"{where}a tier ends after it begins, not {tier.from_quantity} up to {tier.up_to}")
        if following is not None and tier.up_to != following.from_quantity:
            raise ValueError(f"{where}a tier ends at {tier.up_to} and the next begins at {following.from_quantity}")
    if pack is not None and not (pack.is_finite() and pack > 0):
        raise ValueError(f"{where}a pack is over 0, not {pack}")


def cost_ratio(schedule: Schedule, numerator: int, denominator: int = 1) -> tuple[int, int]:
    """Return the exact cost of ``numerator / denominator`` units as an unreduced ratio of integers. [USD]

    This is the inner loop: plain integers, no Fraction is built. `exact_cost` wraps it.

    Parameters
    ----------
    schedule : Schedule
    numerator, denominator : int
        The quantity, not negative; the denominator over 0. [priced unit]

    Raises
    ------
    PriceNotFoundError
        When the quantity goes beyond the last tier that is known.

    Notes
    -----
    With ``s`` the start of the tier that the quantity ``q`` ends in, ``r`` its rate and ``A`` the amount at ``s``:
    ``cost(q) = A + r * (q - s)``, all three scaled to integers.
    """
    if schedule.pack is not None:
        whole = packed(schedule, Fraction(numerator, denominator))
        numerator, denominator = whole.numerator, whole.denominator
    position = numerator * schedule.bound_scale
    starts = schedule.starts
    # A quantity of just a bound belongs to the tier below it: nothing of it lies above. Comparing the ceiling is
    # comparing the rational itself, since the starts are whole.
    index = 0 if len(starts) == 1 else max(bisect_left(starts, -(-position // denominator)) - 1, 0)
    if schedule.end is not None and position > schedule.end * denominator:
        _beyond(schedule, Fraction(numerator, denominator))
    excess = position - starts[index] * denominator
    return (
        schedule.amounts[index] * denominator + schedule.rates[index] * excess,
        denominator * schedule.bound_scale * schedule.rate_scale,
    )


def rounded_costs(schedule: Schedule, numerators: Iterable[int], denominator: int = 1) -> list[Decimal]:
    """Return the rounded costs of many quantities ``numerator / denominator``, as `round_ratio` of `cost_ratio`. [USD]

    Everything that does not depend on the quantity is multiplied out beforehand: what is left of each is a bisection,
    a multiplication and a division with remainder, in integers.

    Raises
    ------
    PriceNotFoundError
        When a quantity goes beyond the last tier that is known.

    Examples
    --------
    >>> tier = Tier(from_quantity=Decimal(0), up_to=None, unit_price_usd=Decimal("0.09"))
    >>> rounded_costs(compile_tiers((tier,)), [3 * 2**30], denominator=2**30)
    [Decimal('0.2700000000')]
    """
    if schedule.pack is not None or schedule.end is not None:
        return [round_ratio(*cost_ratio(schedule, numerator, denominator)) for numerator in numerators]
    unit = 10**LINE_PLACES
    divisor = denominator * schedule.bound_scale * schedule.rate_scale
    # A quantity of just a bound costs the same by the tier below and the tier above, so either may be found.
    bounds = [-(-start * denominator // schedule.bound_scale) for start in schedule.starts[1:]]
    lines = [
        (rate * schedule.bound_scale * unit, (amount - rate * start) * denominator * unit)
        for rate, amount, start in zip(schedule.rates, schedule.amounts, schedule.starts, strict=True)
    ]
    results = []
    for numerator in numerators:
        slope, intercept = lines[bisect_right(bounds, numerator)]
        quotient, remainder = divmod(slope * numerator + intercept, divisor)
        twice = 2 * remainder
        if twice > divisor or (twice == divisor and quotient % 2):
            quotient += 1
        results.append(scaled_decimal(quotient, LINE_PLACES))
    return results


def exact_cost(schedule: Schedule, quantity: Fraction | Decimal | int) -> Fraction:
    """Return the exact cost of a quantity over the tiers. [USD]

    Parameters
    ----------
    schedule : Schedule
    quantity : Fraction, Decimal or int
        Not negative. [priced unit]

    Raises
    ------
    ValueError
        For a negative or not finite quantity.
    PriceNotFoundError
        When the quantity goes beyond the last tier that is known.

    Examples
    --------
    The S3 FAQ's 52,900 GB-months, 51,200 at 0.023 = 1,177.60 and 1,700 at 0.022 = 37.40:

    >>> tiers = (
    ...     Tier(from_quantity=Decimal(0), up_to=Decimal(51200), unit_price_usd=Decimal("0.023")),
    ...     Tier(from_quantity=Decimal(51200), up_to=Decimal(512000), unit_price_usd=Decimal("0.022")),
    ...     Tier(from_quantity=Decimal(512000), up_to=None, unit_price_usd=Decimal("0.021")),
    ... )
    >>> exact_cost(compile_tiers(tiers), 52_900)
    Fraction(1215, 1)
    """
    numerator, denominator = ratio_of(quantity)
    return Fraction(*cost_ratio(schedule, numerator, denominator))


def ratio_of(quantity: Fraction | Decimal | int) -> tuple[int, int]:
    """Return a quantity as numerator and denominator.

    Raises
    ------
    ValueError
        For a negative or not finite quantity.

    Examples
    --------
    >>> ratio_of(Decimal("0.25"))
    (1, 4)
    """
    if isinstance(quantity, Decimal) and not quantity.is_finite():
        raise ValueError(f"a quantity is finite, not {quantity}")
    numerator, denominator = quantity.as_integer_ratio()
    if numerator < 0:
        raise ValueError(f"a quantity is not negative, not {quantity}")
    return numerator, denominator


def packed(schedule: Schedule, quantity: Fraction) -> Fraction:
    """Return what is paid for: the quantity, rounded up to whole packs where the price is per pack. [priced unit]

    Examples
    --------
    >>> tier = Tier(from_quantity=Decimal(0), up_to=None, unit_price_usd=Decimal("0.0999"))
    >>> packed(compile_tiers((tier,), pack=Decimal(100)), Fraction(101))
    Fraction(200, 1)
    """
    if schedule.pack is None:
        return quantity
    return -(-quantity // schedule.pack) * schedule.pack


def tier_slices(schedule: Schedule, start: Fraction, quantity: Fraction) -> tuple[TierSlice, ...]:
    """Return the slices of ``[start, start + quantity)``, the tiers that it touches in order.

    Parameters
    ----------
    schedule : Schedule
    start : Fraction
        What the pool had used before. [priced unit]
    quantity : Fraction
        Already in whole packs. [priced unit]

    Returns
    -------
    tuple of TierSlice
        At least one, also for nothing at all, so that a line always has a price; quantities sum to `quantity`.

    Raises
    ------
    PriceNotFoundError
        When it goes beyond the last tier that is known.
    """
    end = start + quantity
    if schedule.end is not None and end * schedule.bound_scale > schedule.end:
        _beyond(schedule, end)
    slices: list[TierSlice] = []
    for index, tier in enumerate(schedule.tiers):
        lower = max(schedule.exact_starts[index], start)
        upper = min(schedule.exact_starts[index + 1], end) if index + 1 < len(schedule.tiers) else end
        if upper > lower or (not quantity and not slices and _holds(schedule, index, start)):
            slices.append(
                TierSlice(
                    from_quantity=tier.from_quantity,
                    up_to=tier.up_to,
                    quantity=max(upper - lower, Fraction(0)),
                    unit_price_usd=tier.unit_price_usd,
                )
            )
    return tuple(slices)


def _holds(schedule: Schedule, index: int, position: Fraction) -> bool:
    """Return whether the position lies in the half-open tier (the last one also holds its own end)."""
    starts = schedule.exact_starts
    return starts[index] <= position and (index + 1 == len(starts) or position < starts[index + 1])


def marginal_price(schedule: Schedule, at: Fraction | Decimal | int) -> Decimal:
    """Return what the next unit costs after `at` units. [USD per priced unit]

    Raises
    ------
    PriceNotFoundError
        At or beyond the end of the last tier that is known.

    Examples
    --------
    >>> tiers = (
    ...     Tier(from_quantity=Decimal(0), up_to=Decimal(10), unit_price_usd=Decimal("0.09")),
    ...     Tier(from_quantity=Decimal(10), up_to=None, unit_price_usd=Decimal("0.05")),
    ... )
    >>> [str(marginal_price(compile_tiers(tiers), at)) for at in (0, 9, 10, 11)]
    ['0.09', '0.09', '0.05', '0.05']
    """
    position = Fraction(*ratio_of(at))
    if schedule.end is not None and position * schedule.bound_scale >= schedule.end:
        _beyond(schedule, position)
    return next(tier.unit_price_usd for index, tier in enumerate(schedule.tiers) if _holds(schedule, index, position))


def _beyond(schedule: Schedule, quantity: Fraction) -> NoReturn:
    """Raise: the price above the last known tier is not known, and unknown is never zero."""
    raise PriceNotFoundError(
        f"no price for {schedule.key or 'this usage type'} beyond {schedule.tiers[-1].up_to} units a month: "
        f"{figure(float(quantity), 6)} were asked for; the tiers above are not in the book"
    )

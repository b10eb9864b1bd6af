"""The inverse of a price: the least quantity whose cost reaches an amount, exactly, over tiers and packs."""

from __future__ import annotations

from fractions import Fraction

from cloudcost.pricing.tiers import Schedule, exact_cost


def least_quantity(schedule: Schedule, amount_usd: Fraction, step: Fraction) -> Fraction | None:
    """Return the least whole multiple of a step whose exact cost is at least an amount. [priced unit]

    Parameters
    ----------
    schedule : Schedule
    amount_usd : Fraction
        Not negative. [USD]
    step : Fraction
        What the meter counts in, over 0. [priced unit]

    Returns
    -------
    Fraction or None
        None where no quantity costs so much: the last tier is free.

    Raises
    ------
    PriceNotFoundError
        When the quantity lies beyond the last tier that is known.

    Notes
    -----
    The cost never falls, so the quantity is ``s + (amount - A) / r`` in the first tier whose end costs as much, with
    ``s`` the tier's start, ``A`` the amount there and ``r`` its rate, rounded up to the step. Of packs, as many are
    paid for as reach the amount, and the least quantity that pays for them lies just above those before the last.

    Examples
    --------
    75 USD at 0.023 USD a GB-month, to a hundredth:

    >>> from cloudcost.pricing.tiers import compile_tiers
    >>> from cloudcost.catalog.tables import parse_tiers
    >>> least_quantity(compile_tiers(parse_tiers("0.023;51200:0.022")), Fraction(75), Fraction(1, 100))
    Fraction(326087, 100)
    """
    if amount_usd <= 0:
        return Fraction(0)
    exact = _reaching(schedule, amount_usd)
    if exact is None:
        return None
    if schedule.pack is not None:
        before = (-(-exact // schedule.pack) - 1) * schedule.pack
        return (before // step + 1) * step
    quantity = -(-exact // step) * step
    if schedule.end is not None:
        exact_cost(schedule, quantity)  # beyond the last tier that is known it raises
    return quantity


def _reaching(schedule: Schedule, amount_usd: Fraction) -> Fraction | None:
    """Return the quantity that costs so much, over 0, packs and steps aside; None where the last tier is free."""
    scale = schedule.bound_scale * schedule.rate_scale
    index = max(index for index in range(len(schedule.tiers)) if schedule.amounts[index] < amount_usd * scale)
    rate = schedule.exact_rates[index]
    below = Fraction(schedule.amounts[index], scale)
    return schedule.exact_starts[index] + (amount_usd - below) / rate if rate else None

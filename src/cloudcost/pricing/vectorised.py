"""The float64 twin of `cloudcost.pricing.tiers`, for simulation: costs of whole arrays of quantities.

Results agree with the exact cost to within 1e-12 relative; they are quantiles' raw material and never become exact
money again. The work goes block by block, so that a block and its two buffers stay in the cache of a core.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cloudcost.domain.prices import Price, Tier
from cloudcost.errors import PriceNotFoundError
from cloudcost.figures import figure
from cloudcost.frozen import dataclass
from cloudcost.pricing.tiers import Schedule, compile_price, compile_tiers

BLOCK = 32_768
"""Quantities per block: result and buffer, 256 KiB each, stay in L2 while the input streams through; blocks of 2**12
cost twice the time in calls, of 2**16 no less. Measured with `python -m benchmarks.speed`. [count]"""

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class TierTable:
    """A tier list in float64; made by `tier_table`.

    Parameters
    ----------
    starts, rates : tuple of float
        Where each tier begins and its unit price. [priced unit], [USD per priced unit]
    rises : tuple of float
        By how much each tier but the first is dearer than the one before it. [USD per priced unit]
    intercepts : tuple of float
        Each tier's line at 0: the cost is ``rate * quantity + intercept`` within the tier. [USD]
    falling, rising : bool
        Whether rates never rise (the cost is then the least of the tiers' lines) or never fall.
    end : float
        Where the last known tier ends; infinite when it is open. [priced unit]
    pack : float
        Sold in whole multiples of this; 0 when divisible. [priced unit]
    key : str
        Named in messages.
    """

    starts: tuple[float, ...]
    rates: tuple[float, ...]
    rises: tuple[float, ...]
    intercepts: tuple[float, ...]
    falling: bool
    rising: bool
    end: float
    pack: float
    key: str


def tier_table(price: Price | Sequence[Tier] | Schedule) -> TierTable:
    """Return the float64 form of a price, a tier list or a schedule.

    Raises
    ------
    ValueError
        When the tiers are not usable (see `compile_tiers`).
    """
    if isinstance(price, Schedule):
        schedule = price
    elif isinstance(price, Price):
        schedule = compile_price(price)
    else:
        schedule = compile_tiers(tuple(price))
    amounts = [Fraction(amount, schedule.bound_scale * schedule.rate_scale) for amount in schedule.amounts]
    starts, rates = schedule.exact_starts, schedule.exact_rates
    lines = zip(amounts, rates, starts, strict=True)
    return TierTable(
        starts=tuple(map(float, starts)),
        rates=tuple(map(float, rates)),
        rises=tuple(float(later - earlier) for earlier, later in pairwise(rates)),
        intercepts=tuple(float(amount - rate * start) for amount, rate, start in lines),
        falling=all(later <= earlier for earlier, later in pairwise(rates)),
        rising=all(later >= earlier for earlier, later in pairwise(rates)),
        end=float("inf") if schedule.end is None else schedule.end / schedule.bound_scale,
        pack=0.0 if schedule.pack is None else float(schedule.pack),
        key=schedule.key,
    )


def cost(quantities: _Floats, table: TierTable, out: _Floats | None = None) -> _Floats:
    """Return the costs of an array of quantities.

    Parameters
    ----------
    quantities : ndarray
        Not negative and finite (not checked: this is the inner loop). [priced unit, float64, any shape]
    table : TierTable
    out : ndarray, optional
        Where the result goes, of the same shape, C-contiguous; may be `quantities` itself. [USD, float64]

    Returns
    -------
    ndarray
        [USD, float64, shape of `quantities`]

    Raises
    ------
    PriceNotFoundError
        When a quantity goes beyond the last tier that is known.
    ValueError
        When `out` does not fit.

    Notes
    -----
    Rates that never rise make the cost concave: the least of the lines ``rate_i * q + intercept_i``, whose terms are
    all positive, so that nothing cancels. Rates that never fall: ``sum of (rate_i - rate_{i-1}) * max(q - start_i,
    0)``, positive terms again. Otherwise ``sum of rate_i * clip(q - start_i, 0, width_i)``.

    Examples
    --------
    52,900 GB-months, 51,200 at 0.023 and the rest at 0.022:

    >>> from decimal import Decimal
    >>> table = tier_table((
    ...     Tier(from_quantity=Decimal(0), up_to=Decimal(51200), unit_price_usd=Decimal("0.023")),
    ...     Tier(from_quantity=Decimal(51200), up_to=None, unit_price_usd=Decimal("0.022")),
    ... ))
    >>> cost(np.array([0.0, 100.0, 52900.0]), table).round(9).tolist()
    [0.0, 2.3, 1215.0]
    """
    source = np.ascontiguousarray(quantities, dtype=np.float64)
    if out is None:
        out = np.empty(source.shape, dtype=np.float64)
    elif out.shape != source.shape or out.dtype != np.float64 or not out.flags.c_contiguous:
        raise ValueError(f"out must be C-contiguous float64 of shape {source.shape}, not {out.dtype} of {out.shape}")
    flat, result = source.reshape(-1), out.reshape(-1)
    if np.isfinite(table.end) and flat.size and _packed_top(flat, table) > table.end:
        raise PriceNotFoundError(
            f"no price for {table.key or 'this usage type'} beyond {figure(table.end, 6)} units a month; "
            "the tiers above are not in the book"
        )
    size = min(BLOCK, flat.size)
    buffer, packs = np.empty(size), np.empty(size if table.pack else 0)
    block_cost = _least_line if table.falling else _hinges if table.rising else _clipped
    for start in range(0, flat.size, BLOCK):
        block = flat[start : start + BLOCK]
        spare = buffer[: block.size]
        if table.pack:
            whole = packs[: block.size]
            np.divide(block, table.pack, out=whole)
            np.ceil(whole, out=whole)
            np.multiply(whole, table.pack, out=whole)
            block = whole
        elif out is quantities and len(table.rates) > 1:
            block = block.copy()
        block_cost(block, table, result[start : start + BLOCK], spare)
    return out


def _packed_top(flat: _Floats, table: TierTable) -> float:
    top = float(flat.max())
    return float(np.ceil(top / table.pack) * table.pack) if table.pack else top


def _least_line(block: _Floats, table: TierTable, result: _Floats, spare: _Floats) -> None:
    """Write the least of the tiers' lines."""
    np.multiply(block, table.rates[0], out=result)
    for rate, intercept in zip(table.rates[1:], table.intercepts[1:], strict=True):
        np.multiply(block, rate, out=spare)
        np.add(spare, intercept, out=spare)
        np.minimum(result, spare, out=result)


def _hinges(block: _Floats, table: TierTable, result: _Floats, spare: _Floats) -> None:
    """Write the first rate for everything and each rise for what lies above its start."""
    np.multiply(block, table.rates[0], out=result)
    for start, rise in zip(table.starts[1:], table.rises, strict=True):
        np.subtract(block, start, out=spare)
        np.maximum(spare, 0.0, out=spare)
        np.multiply(spare, rise, out=spare)
        np.add(result, spare, out=result)


def _clipped(block: _Floats, table: TierTable, result: _Floats, spare: _Floats) -> None:
    """Write the sum of what lies in each tier times its rate."""
    widths = [upper - lower for lower, upper in pairwise(table.starts)]
    np.minimum(block, widths[0], out=result)
    np.multiply(result, table.rates[0], out=result)
    for index in range(1, len(table.starts)):
        np.subtract(block, table.starts[index], out=spare)
        np.maximum(spare, 0.0, out=spare)
        if index < len(widths):
            np.minimum(spare, widths[index], out=spare)
        np.multiply(spare, table.rates[index], out=spare)
        np.add(result, spare, out=result)

"""Results as pandas DataFrames: exact Decimals stay what they are, in object columns."""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import pandas as pd

from cloudcost.domain.lines import LineItem
from cloudcost.render.groups import group_of
from cloudcost.render.lines import quantity_string

if TYPE_CHECKING:
    from cloudcost.results.comparison import Comparison
    from cloudcost.results.estimate import Estimate


def lines_frame(lines: Sequence[LineItem]) -> pd.DataFrame:
    """Return a bill, a row per line."""
    return pd.DataFrame(
        [
            {
                "service": line.service,
                "region": line.region,
                "usage_type": line.usage_type,
                "operation": line.operation,
                "month": None if line.month is None else str(line.month),
                "purchase": line.purchase,
                "group": group_of(line),
                "quantity": Decimal(quantity_string(line.quantity)),
                "unit": line.unit,
                "unit_price_usd": line.unit_price_usd,
                "amount_usd": line.amount_usd,
                "grade": line.grade,
                "source": line.source,
                "as_of": line.as_of,
                "why": line.why,
            }
            for line in lines
        ]
    )


def comparison_frame(comparison: Comparison) -> pd.DataFrame:
    """Return a comparison, a row per option."""
    rows = []
    for each in comparison.options:
        low, high = each.interval_usd or (None, None)
        rows.append(
            {
                "option": each.name,
                "kind": each.kind,
                "feasible": each.feasible,
                "guaranteed": each.guaranteed,
                "total_usd": each.total_usd,
                "low_usd": low,
                "high_usd": high,
                "hours": each.hours,
                "wait_hours": each.wait_hours,
                "hours_per_run": each.hours_per_run,
                "seconds_per_iteration": each.seconds_per_iteration,
                "basis": each.basis,
                "probability_cheapest": None if each.uncertainty is None else each.uncertainty.probability_cheapest,
                "probability_within_duration": None
                if each.uncertainty is None
                else each.uncertainty.probability_within_duration,
                "probability_within_budget": _chance(each, "budget"),
                "probability_within_deadline": _chance(each, "deadline"),
                "reason": each.reason,
            }
        )
    return pd.DataFrame(rows)


def _chance(each: Estimate, limit: Literal["budget", "deadline"]) -> float | None:
    if each.uncertainty is None:
        return None
    sure = each.uncertainty
    return sure.probability_within_budget if limit == "budget" else sure.probability_within_deadline


def bills_frame(comparison: Comparison) -> pd.DataFrame:
    """Return the bills of all options, a row per line, each under its option's name."""
    frames = [lines_frame(each.lines).assign(option=each.name) for each in comparison.options if each.lines]
    if not frames:
        return pd.DataFrame(columns=["option"])
    whole = pd.concat(frames, ignore_index=True)
    return whole[["option", *(name for name in whole.columns if name != "option")]]


def frame_of_csv(text: str, *, texts: Collection[str] = ()) -> pd.DataFrame:
    r"""Return the rows of a CSV that this library wrote, amounts of money as exact Decimals.

    Parameters
    ----------
    text : str
    texts : collection of str
        Columns that stay text whatever stands in them.

    Examples
    --------
    >>> frame = frame_of_csv("name,total_usd,hours,feasible\nEC2,0.10,2.5,True\n")
    >>> frame["total_usd"].tolist(), frame["hours"].tolist(), frame["feasible"].tolist()
    ([Decimal('0.10')], [2.5], [True])
    """
    heads = pd.read_csv(io.StringIO(text), nrows=0).columns
    exact = {name: _decimal_or_none for name in heads if name.endswith("usd") or "usd_" in name}
    kept = {name: "object" for name in texts if name in heads and name not in exact}
    return pd.read_csv(io.StringIO(text), converters=exact, dtype=kept, keep_default_na=False, na_values=[""])


def _decimal_or_none(cell: str) -> Decimal | None:
    return Decimal(cell) if cell else None

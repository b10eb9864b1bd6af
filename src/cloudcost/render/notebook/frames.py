"""Results as pandas DataFrames: exact Decimals stay what they are, in object columns."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd

from cloudcost.domain.lines import LineItem
from cloudcost.render.groups import group_of
from cloudcost.render.lines import quantity_string

if TYPE_CHECKING:
    from cloudcost.results.comparison import Comparison


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
                "reason": each.reason,
            }
        )
    return pd.DataFrame(rows)

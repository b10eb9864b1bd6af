"""An option's figures as cells of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudcost.figures import figure
from cloudcost.money import format_usd
from cloudcost.render.groups import by_group

if TYPE_CHECKING:
    from cloudcost.domain.currency import ShownCurrency
    from cloudcost.results.estimate import Estimate

LEAST_NAME = 16
"""Columns that names get beside their figures; where these leave less, they stand below. [columns]"""
_BASIS_MARKS = {"measured": "m", "anchored": "a", "fitted": "f", "transferred": "t"}
BASIS_WORDS = (
    "m measured or stated, a anchored by a measurement, f fitted device model, t transferred from specifications"
)


def name_cell(each: Estimate) -> str:
    """Return an option's name, with what nothing guarantees said."""
    return each.name if each.guaranteed else f"{each.name} (not guaranteed)"


def usd_cell(estimate: Estimate) -> str:
    """Return an option's total, a question mark where there is none."""
    return "?" if estimate.total_usd is None else format_usd(estimate.total_usd)


def shown_cell(estimate: Estimate, currency: ShownCurrency) -> str:
    """Return an option's total in a second currency, a question mark where there is none."""
    return "?" if estimate.total_usd is None else currency.text(estimate.total_usd)


def band_cell(estimate: Estimate) -> str:
    """Return the band of an option's total; empty where there is none."""
    if estimate.interval_usd is None:
        return ""
    low, high = estimate.interval_usd
    return f"{format_usd(low)} - {format_usd(high)}"


def hours_words(hours: float) -> str:
    """Return hours with their unit; few are never nothing."""
    return f"{figure(hours)} h" if 0 < hours < 0.005 else f"{hours:,.2f} h"


def number_cell(value: float | None) -> str:
    """Return a number with one decimal; a small one is never nothing."""
    if value is None:
        return "?"
    return figure(value, 2) if 0 < value < 0.05 else f"{value:,.1f}"


def step_cell(estimate: Estimate) -> str:
    """Return the seconds of a step with the letter of their basis."""
    if estimate.seconds_per_iteration is None or estimate.basis is None:
        return "?"
    return f"{figure(estimate.seconds_per_iteration)} {_BASIS_MARKS[estimate.basis]}"


def mostly_cell(estimate: Estimate) -> str:
    """Return the group that most of the total is for, with its share."""
    if estimate.total_usd is None:
        return "?"
    groups = by_group(estimate.lines, estimate.left_on_usd)
    positive = {name: amount for name, amount in groups.items() if amount > 0}
    total = sum(positive.values())
    if not total:
        return "free"
    name = max(positive, key=lambda key: positive[key])
    return f"{name} {100 * positive[name] / total:.0f} %"

"""What would cost less: each suggestion is a changed project, estimated like any other.

A suggestion that cannot be priced says so; one that costs more is not made, except a reservation, which is named with
what it would take to pay.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import ceil

from cloudcost.analysis.estimate import estimate_model
from cloudcost.analysis.matters.suggestions.data import Change, changes_of
from cloudcost.analysis.matters.suggestions.machines import machine_changes_of
from cloudcost.analysis.matters.what_if import Board
from cloudcost.errors import CatalogError, InputError, TimingError
from cloudcost.money import exact_sum, round_half_even
from cloudcost.options.model import OptionModel, build_model
from cloudcost.results.estimate import Estimate
from cloudcost.results.matters import Suggestion
from cloudcost.usage.chosen import machines_of

LEAST_USD = Decimal("0.005")
"""A saving below half a cent is not worth a line. [USD]"""


def suggestions(board: Board) -> tuple[Suggestion, ...]:
    """Return what would make the options that can be done cheaper: the largest saving first, unknown prices last."""
    found: list[Suggestion] = []
    for model in board.models:
        before = estimate_model(model)
        if before.feasible:
            found.extend(suggestions_for(board, model, before))
    return tuple(sorted(found, key=lambda each: (each.saving_usd is None, -(each.saving_usd or Decimal(0)))))


def suggestions_for(board: Board, model: OptionModel, before: Estimate | None = None) -> tuple[Suggestion, ...]:
    """Return one option's suggestions; of several of one kind (sizes, regions, classes) the best."""
    before = before or estimate_model(model)
    project, option = board.project, model.option
    changes = [*changes_of(project, option), *machine_changes_of(project, option, model, board.context)]
    made = [_made(board, before, change) for change in changes]
    return tuple(each for kind in dict.fromkeys(change.name for change in changes) for each in _best(made, kind))


def _best(made: Iterable[Suggestion], kind: str) -> Sequence[Suggestion]:
    """Return the suggestion of a kind that saves most, if it saves; unknown prices where nothing of it is known."""
    mine = [each for each in made if each.name == kind]
    known = [each for each in mine if each.saving_usd is not None and each.feasible]
    if known:
        best = max(known, key=lambda each: each.saving_usd or Decimal(0))
        worth = (best.saving_usd or Decimal(0)) >= LEAST_USD or kind == "reserved"
        return [best] if worth else []
    return [each for each in mine if each.total_usd is None][:1]


def _made(board: Board, before: Estimate, change: Change) -> Suggestion:
    """Estimate a change."""
    option = change.option
    try:
        after = estimate_model(build_model(change.project, option, board.context))
    except (CatalogError, TimingError, InputError) as error:
        return _suggestion(change, None, None, None, feasible=False, reason=str(error).replace("\n", "; "))
    unused = Decimal(0)
    if change.committed_hours:
        unused, pays_from = _commitment(change, before, after)
        change = replace(change, condition=f"{change.condition}; pays from {pays_from:,} hours on")
    total = exact_sum([after.total_usd or Decimal(0), unused])
    saving = None if before.total_usd is None else exact_sum([before.total_usd, -total])
    hours = (
        None
        if after.calendar_hours is None or before.calendar_hours is None
        else after.calendar_hours - before.calendar_hours
    )
    return _suggestion(change, saving, total, hours, feasible=after.feasible, reason=after.reason)


def _commitment(change: Change, before: Estimate, after: Estimate) -> tuple[Decimal, int]:
    """Return what hours of a reservation cost that the project does not use, and from how many on it pays. [USD, h]"""
    reserved = [line for line in after.lines if line.purchase.startswith("reserved")]
    types = {line.usage_type for line in reserved}
    usual = [line for line in before.lines if line.usage_type in types]
    rate, plain = (Fraction(lines[0].unit_price_usd or 0) if lines else Fraction(0) for lines in (reserved, usual))
    committed = Fraction(change.committed_hours * machines_of(change.project, change.option))
    used = sum((line.quantity for line in reserved), Fraction(0))
    pays_from = ceil(committed * rate / plain) if plain else change.committed_hours
    after_tax = 1 + Fraction(change.project.tax_rate)
    return round_half_even(max(committed - used, Fraction(0)) * rate * after_tax), pays_from


def _suggestion(
    change: Change,
    saving: Decimal | None,
    total: Decimal | None,
    hours: float | None,
    *,
    feasible: bool,
    reason: str,
) -> Suggestion:
    return Suggestion(
        name=change.name,
        option=change.option.name,
        text=change.text,
        condition=change.condition,
        saving_usd=saving,
        total_usd=total,
        hours_more=hours,
        feasible=feasible,
        reason=reason,
        project=change.project,
    )

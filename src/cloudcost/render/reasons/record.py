"""Why the answer is as it is, as plain values for JSON: `cloudcost.reasons/1`, and break-even over other quantities."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from cloudcost.catalog.books.dated.stamp import stamp_of
from cloudcost.json_text import json_text
from cloudcost.money import decimal_string, known_decimal
from cloudcost.render.lines import quantity_string
from cloudcost.render.reasons.deciding import deciding_records
from cloudcost.render.words import (
    amount,
    crossing_over_sentence,
    crossing_sentence,
    flip_sentence,
    front_sentence,
    likely_flips,
    odds_sentence,
    suggestion_sentence,
)
from cloudcost.results.crossings import Quantity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from cloudcost.domain.project import Project
    from cloudcost.results.comparison import Comparison, Reasons
    from cloudcost.results.crossings import Crossings, CrossingsOver
    from cloudcost.results.matters import FlipPoint, Suggestion, TornadoRow, WhatMatters

SCHEMA = "cloudcost.reasons/1"
"""History: 1 is the first."""

Value = str | float | bool | None | list["Value"] | dict[str, "Value"]


def break_even_record(project: Project, reasons: Reasons | None) -> dict[str, list[dict[str, Value]] | None]:
    """Return the crossings by quantity; null where none were asked for, or the quantity is not defined."""
    found = {} if reasons is None else reasons.break_even
    record: dict[str, list[dict[str, Value]] | None] = {}
    told = set() if reasons is None else {id(each) for each in told_over(project, reasons)}
    for quantity in get_args(Quantity):
        pairs = found.get(quantity)
        record[quantity] = None if pairs is None else [_crossing(each, told=id(each) in told) for each in pairs]
    return record


def _crossing(each: CrossingsOver, *, told: bool) -> dict[str, Value]:
    return {
        "a": each.a,
        "b": each.b,
        "at": [quantity_string(value) for value in each.at],
        "first": each.first_leader or None,
        "last": each.last_leader or None,
        "told": told,
        "sentence": beside_sentence(each),
        "low": quantity_string(each.low),
        "high": quantity_string(each.high),
        "unit": each.unit,
        "step": _quantity(each.step),
        "assumed": _quantity(each.assumed),
        "reference": each.reference or None,
    }


def beside_sentence(each: CrossingsOver) -> str:
    """Return where the cheaper of two options changes over a quantity, and what of it the project has."""
    has = "" if each.assumed is None else f"; the project has {amount(float(each.assumed))}"
    return crossing_over_sentence(each) + has


def told_over(project: Project, reasons: Reasons) -> list[CrossingsOver]:
    """Return the crossings of the first two options over each quantity that enters one of their totals."""
    pair = {reasons.matters.best, reasons.matters.runner_up}
    found = [each for over in reasons.break_even.values() for each in over or () if {each.a, each.b} == pair]
    options = [option for option in project.options if option.name in pair]
    by_life = any(option.local is not None and option.local.charge == "share" for option in options)
    return [each for each in found if by_life or each.quantity != "utilisation"]


def _quantity(value: Fraction | None) -> str | None:
    return None if value is None else quantity_string(value)


def reasons_json(comparison: Comparison, reasons: Reasons) -> str:
    """Return why the answer is as it is as JSON text, `cloudcost.reasons/1`, with the verdict and all crossings."""
    record = {
        **reasons_record(reasons.matters),
        "project": comparison.project.name,
        **stamp_of(comparison.price_book).keys(),
        "today": comparison.today.isoformat(),
        "verdict": comparison.verdict,
        "deciding_prices": deciding_records(comparison.deciding_prices),
        "break_even": {
            "runs": [runs_record(each) for each in comparison.break_even],
            **break_even_record(comparison.project, reasons),
        },
        "speeds": speed_records(comparison),
    }
    return json_text(record)


def runs_record(each: Crossings) -> dict[str, Value]:
    """Return the crossings of two options over the number of runs as JSON has them."""
    return {
        "a": each.a,
        "b": each.b,
        "at": list(each.at),
        "first": each.first_leader or None,
        "last": each.last_leader or None,
        "told": each.worth_saying,
        "sentence": crossing_sentence(each) if each.last_run else None,
        "horizon": each.horizon,
        "most_runs": list(each.most_runs),
    }


def speed_records(comparison: Comparison) -> list[dict[str, Value]]:
    """Return the batches, seconds and images per second of a step of each training on the best option."""
    best = comparison.best
    if best is None:
        return []
    batches = {training.name: training.batch for training in comparison.project.trainings}
    return [
        {
            "option": best.name,
            "training": time.name,
            "gpus": best.gpus,
            "effective_batch": batches[time.name] * best.gpus,
            "seconds_per_iteration": time.seconds_per_step,
            "images_per_second": batches[time.name] * best.gpus / time.seconds_per_step,
        }
        for time in best.trainings
        if time.seconds_per_step
    ]


def reasons_record(matters: WhatMatters) -> dict[str, Value]:
    """Return what matters as a JSON document has it."""
    return {"schema": SCHEMA, **what_matters_record(matters)}


def what_matters_record(matters: WhatMatters) -> dict[str, Value]:
    """Return what matters as plain values for JSON: money as decimal strings, other figures as numbers."""
    return {
        "best": matters.best or None,
        "runner_up": matters.runner_up or None,
        "flips": flip_records(matters.flips),
        "tornado": [_row(row) for row in matters.tornado],
        "front": [
            {
                "name": point.name,
                "total_usd": decimal_string(point.total_usd),
                "calendar_hours": point.calendar_hours,
                "dominated_by": point.dominated_by or None,
            }
            for point in (*matters.front.front, *matters.front.dominated)
        ],
        "front_sentence": front_sentence(matters.front),
        "suggestions": [_suggestion(each) for each in matters.suggestions],
    }


def flip_records(flips: Sequence[FlipPoint]) -> list[Value]:
    """Return what would change the answer as JSON has it."""
    told = {id(flip) for flip in likely_flips(flips)}
    return [_flip(flip, told=id(flip) in told) for flip in flips]


def _flip(flip: FlipPoint, *, told: bool) -> dict[str, Value]:
    return {
        "parameter": flip.parameter,
        "label": flip.label,
        "unit": flip.unit,
        "assumed": flip.assumed,
        "at": flip.value,
        "best": flip.best or None,
        "becomes": flip.becomes or None,
        "moves": flip.moves or None,
        "reason": flip.reason or None,
        "distance_sd": flip.distance_sd,
        "chance": flip.chance,
        "plausible": flip.plausible,
        "range": [flip.low, flip.high],
        "source": flip.source,
        "told": told,
        "sentence": flip_sentence(flip),
        "odds": odds_sentence(flip),
    }


def _row(row: TornadoRow) -> dict[str, Value]:
    return {
        "parameter": row.parameter,
        "label": row.label,
        "unit": row.unit,
        "assumed": row.assumed,
        "range": [row.low, row.high],
        "source": row.source,
        "total_usd": [known_decimal(each) for each in (row.total_low_usd, row.total_usd, row.total_high_usd)],
        "lead_usd": [known_decimal(each) for each in (row.lead_low_usd, row.lead_usd, row.lead_high_usd)],
    }


def _suggestion(each: Suggestion) -> dict[str, Value]:
    return {
        "name": each.name,
        "option": each.option,
        "text": each.text,
        "condition": each.condition or None,
        "saving_usd": known_decimal(each.saving_usd),
        "total_usd": known_decimal(each.total_usd),
        "hours_more": each.hours_more,
        "feasible": each.feasible,
        "reason": each.reason or None,
        "sentence": suggestion_sentence(each),
    }

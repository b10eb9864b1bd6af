"""A comparison and an estimate as JSON and CSV: `cloudcost.comparison/1` and `cloudcost.estimate/1`.

Money, prices and quantities are decimal strings; times are numbers; what is not known is null.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from cloudcost.catalog.books.dated.stamp import stamp_of
from cloudcost.json_text import json_text
from cloudcost.money import decimal_string, known_decimal
from cloudcost.render.groups import by_group
from cloudcost.render.layouts import layouts_record
from cloudcost.render.lines import LineRecord, line_record
from cloudcost.render.reasons.deciding import deciding_records
from cloudcost.render.reasons.parts import answer_parts
from cloudcost.render.reasons.record import break_even_record, flip_records, reasons_record, runs_record
from cloudcost.render.tables.writer import Cell, csv_table

if TYPE_CHECKING:
    from cloudcost.catalog.quotas.running import NeededQuota
    from cloudcost.domain.currency import ShownCurrency
    from cloudcost.domain.project import Count
    from cloudcost.pricing.committed import CommittedCost
    from cloudcost.results.comparison import BookChoice, Comparison, QuickAnswer, Reasons
    from cloudcost.results.estimate import Estimate, TrainingTime
    from cloudcost.results.uncertainty import Uncertainty

COMPARISON_SCHEMA = "cloudcost.comparison/1"
"""History: 1 is the first."""
ESTIMATE_SCHEMA = "cloudcost.estimate/1"
"""History: 1 is the first."""


class TrainingRecord(TypedDict):
    """A training's time as JSON has it."""

    name: str
    network: str
    runs: int
    steps: int
    seconds_per_iteration: float
    interval_seconds: list[float]
    hours_per_run: float
    basis: str


class GroupRecord(TypedDict):
    """What of a total is for one thing, as JSON has it."""

    group: str
    amount_usd: str


class QuotaRecord(TypedDict):
    """A quota of AWS that an option needs, as JSON has it."""

    code: str | None
    name: str
    needed: int
    unit: str
    new_account: int | None


class EstimateRecord(TypedDict):
    """An option as JSON has it."""

    name: str
    kind: str
    feasible: bool
    guaranteed: bool
    reason: str | None
    total_usd: str | None
    total_shown: str | None
    interval_usd: list[str] | None
    left_on_usd: str | None
    hours: float | None
    wait_hours: float | None
    interruptions: str | None
    hours_per_run: float | None
    seconds_per_iteration: float | None
    interval_seconds: list[float] | None
    basis: str | None
    gpus: int
    quota: QuotaRecord | None
    lines: list[LineRecord]
    assumptions: list[str]
    beside: list[str]
    commitments: list[dict[str, object]]
    trainings: list[TrainingRecord]
    calendar_hours: float | None
    groups: list[GroupRecord]
    interval_hours: list[float] | None
    probability_cheapest: float | None
    probability_within_budget: float | None
    probability_within_deadline: float | None
    probability_within_duration: float | None
    probability_never_finishes: float | None


class SpreadRecord(TypedDict):
    """One uncertain input as JSON has it."""

    name: str
    figure: str
    source: str


class UncertaintyRecord(TypedDict):
    """What was simulated, as JSON has it."""

    draws: int
    seed: int
    budget_usd: str | None
    deadline_seconds: float | None
    spreads: list[SpreadRecord]


def uncertainty_record(uncertainty: Uncertainty) -> UncertaintyRecord:
    """Return what was simulated, as JSON has it."""
    budget = uncertainty.budget_usd
    return {
        "draws": uncertainty.draws,
        "seed": uncertainty.seed,
        "budget_usd": None if budget is None else decimal_string(budget),
        "deadline_seconds": uncertainty.deadline_seconds,
        "spreads": [
            {"name": name, "figure": figure, "source": source}
            for name, figure, source in uncertainty.spreads.described()
        ],
    }


def training_record(time: TrainingTime) -> TrainingRecord:
    """Return a training's time as JSON has it."""
    return {
        "name": time.name,
        "network": time.network,
        "runs": time.runs,
        "steps": time.steps,
        "seconds_per_iteration": time.seconds_per_step,
        "interval_seconds": list(time.interval_seconds),
        "hours_per_run": time.hours_per_run,
        "basis": time.basis,
    }


def estimate_record(estimate: Estimate, shown: ShownCurrency | None = None) -> EstimateRecord:
    """Return an option as JSON has it."""
    band, sure = estimate.interval_usd, estimate.uncertainty
    return {
        "name": estimate.name,
        "kind": estimate.kind,
        "feasible": estimate.feasible,
        "guaranteed": estimate.guaranteed,
        "reason": estimate.reason or None,
        "total_usd": None if estimate.total_usd is None else decimal_string(estimate.total_usd),
        "total_shown": None if shown is None or estimate.total_usd is None else f"{shown.amount(estimate.total_usd):f}",
        "interval_usd": None if band is None else [decimal_string(end) for end in band],
        "left_on_usd": _left_on(estimate),
        "hours": estimate.hours,
        "wait_hours": estimate.wait_hours,
        "interruptions": estimate.interruptions or None,
        "hours_per_run": estimate.hours_per_run,
        "seconds_per_iteration": estimate.seconds_per_iteration,
        "interval_seconds": None if estimate.interval_seconds is None else list(estimate.interval_seconds),
        "basis": estimate.basis,
        "gpus": estimate.gpus,
        "quota": _quota(estimate.quota),
        "lines": [line_record(line) for line in estimate.lines],
        "assumptions": list(estimate.assumptions),
        "beside": list(estimate.beside),
        "commitments": [_commitment(each) for each in estimate.commitments],
        "trainings": [training_record(each) for each in estimate.trainings],
        "calendar_hours": estimate.calendar_hours,
        "groups": _groups(estimate),
        "interval_hours": None if sure is None else list(sure.interval_hours),
        "probability_cheapest": None if sure is None else sure.probability_cheapest,
        "probability_within_budget": None if sure is None else sure.probability_within_budget,
        "probability_within_deadline": None if sure is None else sure.probability_within_deadline,
        "probability_within_duration": None if sure is None else sure.probability_within_duration,
        "probability_never_finishes": None if sure is None else sure.probability_never_finishes,
    }


def _quota(quota: NeededQuota | None) -> QuotaRecord | None:
    """Return what an option needs of a quota; None where no quota is known."""
    if quota is None:
        return None
    return {
        "code": quota.code, "name": quota.name, "needed": quota.needed, "unit": quota.unit,
        "new_account": quota.new_account,
    }  # fmt: skip


def _groups(estimate: Estimate) -> list[GroupRecord]:
    """Return what of the total is for what, the most first."""
    groups = by_group(estimate.lines, estimate.left_on_usd)
    return [{"group": name, "amount_usd": decimal_string(amount)} for name, amount in groups.items()]


def _left_on(estimate: Estimate) -> str | None:
    """Return how much less it would cost if nothing were left on; null where it is billed for nothing of it."""
    if estimate.total_usd is None or estimate.without_left_on_usd is None:
        return None
    return decimal_string(estimate.total_usd - estimate.without_left_on_usd)


def shown_record(currency: ShownCurrency | None) -> dict[str, object] | None:
    """Return the second currency as JSON has it."""
    if currency is None:
        return None
    day = None if currency.date is None else currency.date.isoformat()
    return {"code": currency.code, "rate": f"{currency.rate:f}", "date": day}


def _count_record(name: str, runs: Count) -> dict[str, object]:
    """Return how often a training is run, as JSON has it."""
    return {"training": name, "expected": runs.expected, "low": runs.low, "high": runs.high}


def comparison_json(comparison: Comparison, reasons: Reasons | None = None) -> str:
    """Return a comparison as JSON text, `cloudcost.comparison/1`; what only its reasons tell is null without them."""
    return json_text(comparison_record(comparison, reasons))


def choice_json(choice: BookChoice) -> str:
    """Return the best of the book as JSON text: a comparison of them, and what became of the other rows."""
    return json_text(choice_record(choice))


def choice_record(choice: BookChoice) -> dict[str, object]:
    """Return the best of the book as JSON has it."""
    front = [
        {"name": each.name, "total_usd": decimal_string(each.total_usd), "calendar_hours": each.calendar_hours}
        for each in choice.front
    ]
    return {
        **comparison_record(choice.comparison),
        "considered": choice.considered,
        "priced": choice.priced,
        "left_out": dict(choice.left_out),
        "front": front,
    }


def quick_json(answer: QuickAnswer) -> str:
    """Return the answer to a question as JSON text: a choice, what would change it, and the project it stands for."""
    record = {
        **choice_record(answer.choice),
        "own": answer.own or None,
        "flips": flip_records(answer.flips),
        "eased": _eased_record(answer),
        "project_file": answer.project_text,
    }
    return json_text(record)


def _eased_record(answer: QuickAnswer) -> dict[str, object] | None:
    """Return what would do it without the budget and with more whole days; null where something qualifies."""
    best = None if answer.eased is None else answer.eased.comparison.best
    if answer.eased is None or best is None:
        return None
    comparison = answer.eased.comparison
    return {
        "duration_seconds": comparison.project.duration_seconds,
        "verdict": comparison.verdict,
        "option": estimate_record(best, comparison.project.show_currency),
    }


def comparison_record(comparison: Comparison, reasons: Reasons | None = None) -> dict[str, object]:
    """Return a comparison as JSON has it."""
    return {
        "schema": COMPARISON_SCHEMA,
        "project": comparison.project.name,
        **stamp_of(comparison.price_book).keys(),
        "currency": "USD",
        "show_currency": shown_record(comparison.project.show_currency),
        "level": comparison.level,
        "verdict": comparison.verdict,
        "verdict_parts": answer_parts(comparison).record(),
        "region": comparison.project.region,
        "start": comparison.project.start.isoformat(),
        "duration_seconds": comparison.project.duration_seconds,
        "machines": comparison.project.machines,
        "runs": [_count_record(each.name, each.runs) for each in comparison.project.trainings],
        "today": comparison.today.isoformat(),
        "as_of": None if comparison.as_of is None else comparison.as_of.isoformat(),
        "oldest_price": None if comparison.oldest_price is None else comparison.oldest_price.isoformat(),
        "deciding_prices": deciding_records(comparison.deciding_prices),
        "options": [estimate_record(each, comparison.project.show_currency) for each in comparison.options],
        "break_even": {
            "runs": [runs_record(each) for each in comparison.break_even],
            **break_even_record(comparison.project, reasons),
        },
        "layouts": None if comparison.layouts is None else layouts_record(comparison.layouts),
        "reasons": None if reasons is None else reasons_record(reasons.matters),
        "uncertainty": None if comparison.uncertainty is None else uncertainty_record(comparison.uncertainty),
        "excluded": list(comparison.excluded),
        "warnings": list(comparison.warnings),
    }


def estimate_json(
    estimate: Estimate, warnings: Sequence[str] = (), book: str = "", currency: ShownCurrency | None = None
) -> str:
    """Return one option's bill as JSON text, `cloudcost.estimate/1`, with what its comparison warns of."""
    head: dict[str, object] = {"schema": ESTIMATE_SCHEMA, **(stamp_of(book).keys() if book else {}), "currency": "USD"}
    head["show_currency"] = shown_record(currency)
    record = {**head, **estimate_record(estimate, currency), "warnings": list(warnings)}
    return json_text(record)


def comparison_csv(comparison: Comparison) -> str:
    """Return a comparison as CSV, a row per option."""
    shown = comparison.project.show_currency
    heads = [
        "option", "kind", "feasible", "guaranteed", "total_usd",
        *([] if shown is None else [f"total_{shown.code.lower()}"]),
        "low_usd", "high_usd", "hours", "wait_hours",
        "hours_per_run", "seconds_per_iteration", "basis", "reason",
        "probability_cheapest", "probability_within_duration", "probability_within_budget",
        "probability_within_deadline",
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    for each in comparison.options:
        row = estimate_record(each, shown)
        low, high = row["interval_usd"] or ("", "")
        rows.append(
            [row["name"], row["kind"], row["feasible"], row["guaranteed"], row["total_usd"],
             *([] if shown is None else [row["total_shown"]]), low, high, row["hours"],
             row["wait_hours"], row["hours_per_run"], row["seconds_per_iteration"], row["basis"], row["reason"],
             row["probability_cheapest"], row["probability_within_duration"], row["probability_within_budget"],
             row["probability_within_deadline"]]
        )  # fmt: skip
    return csv_table(heads, rows)


def _commitment(cost: CommittedCost) -> dict[str, object]:
    return {
        "usage_type": cost.usage_type, "purchase": cost.purchase,
        "committed_usd": decimal_string(cost.committed_usd), "amortised_usd": decimal_string(cost.amortised_usd),
        "at_once_usd": known_decimal(cost.at_once_usd), "hourly_usd": known_decimal(cost.hourly_usd),
        "after_usd": known_decimal(cost.after_usd),
    }  # fmt: skip

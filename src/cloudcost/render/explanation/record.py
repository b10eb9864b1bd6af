"""A bill by cause as JSON and CSV: every digit of it, for programs and spreadsheets."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from cloudcost.catalog.books.dated.stamp import stamp_of
from cloudcost.json_text import json_text
from cloudcost.money import decimal_string, exact_sum, known_decimal
from cloudcost.render.explanation.parts import MOST_ITEMS, arithmetic, in_currency, to_stop
from cloudcost.render.tables.writer import Cell, csv_table

if TYPE_CHECKING:
    from cloudcost.results.explanation import CauseItem, ExplainedCause, Explanation, PlanBesideBill, PlannedCause

SCHEMA = "cloudcost.explanation/1"
"""History: 1 is the first."""
_BOOK_KEYS = ("price_book", "price_book_sha256")


def explanation_json(explanation: Explanation) -> str:
    """Return an explanation as JSON text, `cloudcost.explanation/1`."""
    plan = explanation.plan
    # the bill has its own prices: only what was planned comes from a book
    book: dict[str, str | None] = dict.fromkeys(_BOOK_KEYS) if plan is None else stamp_of(plan.price_book).keys()
    record = {
        "schema": SCHEMA,
        **book,
        "cost": explanation.basis,
        "total_usd": decimal_string(explanation.billed_usd),
        "billed_usd": decimal_string(explanation.billed_usd),
        "list_usd": known_decimal(explanation.list_usd),
        "unexplained_usd": decimal_string(explanation.unexplained_usd),
        "unexplained": list(explanation.unexplained),
        "currency": explanation.currency,
        "period": {"begin": _instant(explanation.begin), "end": _instant(explanation.end)},
        "granularity": explanation.granularity,
        "lines": explanation.lines,
        "files": list(explanation.files),
        "months": [
            {"month": str(each.month), "usd": decimal_string(each.usd), "open": each.is_open}
            for each in explanation.months
        ],
        "causes": [_cause_record(each, explanation.currency) for each in explanation.causes],
        "comparison": _comparison(explanation),
        "plan": None if plan is None else _plan_record(plan),
        "stop_now": [each.stop for each in to_stop(explanation)],
        "alarm": explanation.alarm or None,
        "notes": list(explanation.notes),
    }
    return json_text(record)


def _cause_record(cause: ExplainedCause, currency: str) -> dict[str, object]:
    return {
        "cause": cause.name,
        "key": cause.key,
        "usd": decimal_string(cause.usd),
        "share": None if cause.share is None else round(cause.share, 6),
        "evidence": in_currency(
            "; ".join((*cause.evidence, *(arithmetic(item) for item in cause.items[:MOST_ITEMS]))), currency
        ),
        "against": cause.against,
        "avoid": cause.avoid,
        "saved_usd": known_decimal(cause.saved_usd),
        "saved_by": cause.saved_by,
        "running": cause.running,
        "stop": cause.stop,
        "split": [
            {"name": each.name, "range_usd": [decimal_string(each.low_usd), decimal_string(each.high_usd)]}
            for each in cause.split
        ],
        "range_usd": _range(cause),
        "months": {str(month): decimal_string(usd) for month, usd in cause.months},
        "days": {str(day): decimal_string(usd) for day, usd in cause.days},
        "count": cause.lines,
        "lines": [_item_record(item) for item in cause.items],
    }


def _range(cause: ExplainedCause) -> list[str] | None:
    """Return least and most of what is no live data; None for a cause that is not split."""
    if not cause.split:
        return None
    live = cause.split[0]
    return [decimal_string(exact_sum([cause.usd, -each])) for each in (live.high_usd, live.low_usd)]


def _item_record(item: CauseItem) -> dict[str, object]:
    return {
        "part": item.part,
        "service": item.service,
        "region": item.region,
        "usage_type": item.usage_type,
        "operation": item.operation,
        "quantity": None if item.quantity is None else decimal_string(item.quantity),
        "unit": item.unit,
        "unit_price_usd": known_decimal(item.unit_price_usd),
        "usd": decimal_string(item.usd),
        "count": item.lines,
        "place": item.place,
    }


def _comparison(explanation: Explanation) -> list[dict[str, object]]:
    """Return plan beside bill by cause, else month beside month; nothing where there is neither."""
    if explanation.plan is not None:
        return [_planned_record(each) for each in explanation.plan.causes]
    if len(explanation.months) < 2:
        return []
    months = [each.month for each in explanation.months]
    found: list[dict[str, object]] = []
    for cause in explanation.causes:
        amounts = dict(cause.months)
        row = [amounts.get(month, Decimal(0)) for month in months]
        found.append(
            {
                "cause": cause.name,
                "key": cause.key,
                "months": {str(month): decimal_string(usd) for month, usd in zip(months, row, strict=True)},
                "change_usd": decimal_string(exact_sum([row[-1], -row[-2]])),
            }
        )
    return found


def _plan_record(plan: PlanBesideBill) -> dict[str, object]:
    return {
        "project": plan.project,
        "option": plan.option,
        "months": [str(month) for month in plan.months],
        "planned_usd": decimal_string(plan.planned_usd),
        "interval_usd": None if plan.interval_usd is None else [decimal_string(each) for each in plan.interval_usd],
        "planned_hours": known_decimal(plan.planned_hours),
        "billed_hours": known_decimal(plan.billed_hours),
        "planned_hours_per_run": plan.planned_hours_per_run,
        "implied_hours_per_run": plan.implied_hours_per_run,
        "planned_runs": plan.planned_runs,
        "implied_runs": plan.implied_runs,
    }


def _planned_record(cause: PlannedCause) -> dict[str, object]:
    return {
        "cause": cause.name,
        "key": cause.key,
        "planned_usd": decimal_string(cause.planned_usd),
        "billed_usd": decimal_string(cause.billed_usd),
        "difference_usd": decimal_string(cause.billed_usd - cause.planned_usd),
        "range_usd": [decimal_string(cause.low_usd), decimal_string(cause.high_usd)],
        "verdict": cause.verdict,
        "lines": [
            {
                "usage_type": line.usage_type,
                "unit": line.unit,
                "planned": known_decimal(line.planned),
                "billed": known_decimal(line.billed),
                "planned_usd": decimal_string(line.planned_usd),
                "billed_usd": decimal_string(line.billed_usd),
            }
            for line in cause.lines
        ],
    }


def _instant(value: object) -> str | None:
    return None if value is None else str(value.isoformat())  # type: ignore[attr-defined]


def explanation_csv(explanation: Explanation) -> str:
    """Return a row per item of each cause; their USD are the bill's but for what stays unexplained."""
    heads = ["cause", "part", "service", "region", "usage_type", "operation", "quantity", "unit", "unit_price_usd"]
    heads += ["usd", "lines", "place"]
    rows: list[list[Cell]] = []
    for cause in explanation.causes:
        for item in cause.items:
            record = _item_record(item)
            row: list[Cell] = [cause.key]
            for head in heads[1:-2]:
                value = record[head]
                row.append(value if isinstance(value, str) else None)
            rows.append([*row, item.lines, item.place])
    return csv_table(heads, rows)

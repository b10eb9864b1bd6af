"""What could have made an amount, as `cloudcost.explanation/1`: quantities and money as decimal strings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudcost.catalog.books.dated.stamp import stamp_of
from cloudcost.json_text import json_text
from cloudcost.money import decimal_string

if TYPE_CHECKING:
    from cloudcost.results.candidates import Candidate, Candidates, CausePair, Facts, MeteredRow, PairPart, Unmetered

SCHEMA = "cloudcost.explanation/1"
"""History: 1 is the first."""

Value = str | float | bool | None | list["Value"] | dict[str, "Value"]


def candidates_json(found: Candidates, *, book: str = "") -> str:
    """Return it for programs."""
    record: dict[str, Value] = {
        "schema": SCHEMA,
        **(stamp_of(book).keys() if book else {}),
        "amount_usd": decimal_string(found.amount_usd),
        "before_tax_usd": decimal_string(found.before_tax_usd),
        "currency": "USD",
        "days": decimal_string(found.days),
        "region": found.facts.region,
        "date": found.facts.date.isoformat(),
        "month_hours": found.month_hours,
        "facts": _facts(found.facts),
        "candidates": [_candidate(each) for each in found.candidates],
        "pairs": [_pair(each) for each in found.pairs],
        "pairs_found": found.pairs_found,
        "not_metered": [_unmetered(each) for each in found.unmetered],
        "not_priced": [_unmetered(each) for each in found.unpriced],
        "assumptions": list(found.assumptions),
    }
    return json_text(record)


def _facts(facts: Facts) -> dict[str, Value]:
    return dict(facts.stated)


def _candidate(each: Candidate) -> dict[str, Value]:
    [first, *others] = each.rows
    return {
        "cause": each.cause,
        "title": each.title,
        "variant": each.variant or None,
        "service": first.service,
        "region": first.region,
        "usage_type": None if others else first.usage_type,
        "operation": first.operation,
        "quantity": decimal_string(each.quantity),
        "quantity_high": None if each.most_quantity is None else decimal_string(each.most_quantity),
        "unit": each.unit,
        "step": decimal_string(each.step),
        "unit_price_usd": None if each.unit_price_usd is None else decimal_string(each.unit_price_usd),
        "free_quantity": decimal_string(each.free_quantity),
        "amount_usd": decimal_string(each.amount_usd),
        "means": each.means,
        "bound": each.bound,
        "possible": each.possible,
        "share_of_bound": each.share,
        "prior": each.prior,
        "why": each.why,
        "confirm": each.confirm,
        "stop": each.stop,
        "shown_under": list(each.console),
        "label_fits": each.label_fits,
        "not_since": None if each.ended is None else each.ended.isoformat(),
        "grade": each.grade,
        "source": each.source,
        "as_of": each.as_of.isoformat(),
        "rows": [_row(row) for row in each.rows],
    }


def _row(row: MeteredRow) -> dict[str, Value]:
    return {
        "service": row.service,
        "region": row.region,
        "usage_type": row.usage_type,
        "operation": row.operation,
        "quantity": decimal_string(row.quantity),
        "unit": row.unit,
        "amount_usd": decimal_string(row.amount_usd),
        "arithmetic": row.arithmetic,
    }


def _pair(pair: CausePair) -> dict[str, Value]:
    return {
        "amount_usd": decimal_string(pair.amount_usd),
        "prior": pair.prior,
        "causes": [_part(pair.first), _part(pair.second)],
    }


def _part(part: PairPart) -> dict[str, Value]:
    return {
        "cause": part.cause,
        "title": part.title,
        "variant": part.variant or None,
        "means": part.means,
        "amount_usd": decimal_string(part.amount_usd),
        "rows": [_row(row) for row in part.rows],
    }


def _unmetered(each: Unmetered) -> dict[str, Value]:
    return {
        "cause": each.cause,
        "title": each.title,
        "why": each.why,
        "confirm": each.confirm,
        "stop": each.stop,
        "shown_under": list(each.console),
        "variants": list(each.variants),
    }

"""A comparison's reasons in its JSON: the same values as asked one by one, null where not asked."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any, get_args

import pytest

from cloudcost.analysis.breakeven.quantities import crossings_over
from cloudcost.analysis.compare import compare, context_of
from cloudcost.analysis.effort import MOST_PAIRS, require_pairs
from cloudcost.analysis.reasons import reasons_of
from cloudcost.domain.project import Count
from cloudcost.errors import InputError
from cloudcost.project.file import parse_project
from cloudcost.render.reasons.record import what_matters_record
from cloudcost.render.records import comparison_json
from cloudcost.results.comparison import Comparison
from cloudcost.results.crossings import Quantity

TODAY = date(2026, 11, 22)
TEXT = """
[project]
duration = "60 days"
keep_months = 2
[dataset]
images = 6000
size = "1 GB"
[[training]]
network = "resnet18"
epochs = 30
[[option]]
name = "rented"
kind = "ec2"
instance = "g4dn.xlarge"
[[option]]
name = "owned"
kind = "local"
device = "RTX 3060"
owned = true
watts = 250
electricity_usd_per_kwh = 0.2
[[option]]
name = "bought"
kind = "local"
device = "RTX 3090"
purchase_usd = 900
charge = "share"
watts = 400
electricity_usd_per_kwh = 0.2
[[option]]
name = "elsewhere"
kind = "cloud"
provider = "gcp"
device = "T4"
usd_per_hour = 0.5
hours_per_run = 2.0
"""


def _comparison(*, runs: int = 3) -> Comparison:
    project = parse_project(TEXT, name="p.toml", today=TODAY)
    counted = tuple(replace(each, runs=Count.fixed(runs)) for each in project.trainings)
    return compare(replace(project, trainings=counted), today=TODAY, draws=0)


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return _comparison()


@pytest.fixture(scope="module")
def record(comparison: Comparison) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(comparison_json(comparison, reasons_of(comparison)))
    return found


@pytest.mark.parametrize("quantity", get_args(Quantity))
def test_break_even_over_a_quantity_is_what_the_library_says_of_each_pair(
    quantity: Quantity, comparison: Comparison, record: dict[str, Any]
) -> None:
    context = context_of(comparison.project, today=TODAY)
    pairs = record["break_even"][quantity]
    assert len(pairs) == (5 if quantity in ("electricity", "utilisation") else 6)
    for pair in pairs:
        truth = crossings_over(quantity, comparison.project, pair["a"], pair["b"], context)
        assert [Fraction(each) for each in pair["at"]] == [pytest.approx(each, abs=1e-12) for each in truth.at]
        assert (pair["first"] or "", pair["last"] or "") == (truth.first_leader, truth.last_leader)
        assert Fraction(pair["low"]) == truth.low < truth.high == Fraction(pair["high"])
        assert (pair["unit"], pair["reference"] or "") == (truth.unit, truth.reference)
        assert (pair["step"] is None, pair["assumed"] is None) == (truth.step is None, truth.assumed is None)


def test_some_quantity_changes_the_cheaper_one(record: dict[str, Any]) -> None:
    assert any(pair["at"] for pairs in record["break_even"].values() for pair in pairs)


def test_the_reasons_are_the_record_of_what_matters(comparison: Comparison, record: dict[str, Any]) -> None:
    matters = reasons_of(comparison).matters
    plain = json.loads(json.dumps(what_matters_record(matters)))
    assert record["reasons"] == {"schema": "cloudcost.reasons/1", **plain}
    assert record["reasons"]["best"] == comparison.options[0].name


def test_what_was_not_asked_is_null(comparison: Comparison) -> None:
    plain = json.loads(comparison_json(comparison))
    assert plain["reasons"] is None
    assert {key for key, value in plain["break_even"].items() if value is None} == set(get_args(Quantity))


def test_hours_without_a_run_are_not_defined() -> None:
    found = reasons_of(_comparison(runs=0)).break_even
    assert found["hours"] is None
    assert found["months"]


def test_so_many_pairs_that_it_would_take_minutes_are_refused(comparison: Comparison) -> None:
    option = comparison.project.options[0]
    many = replace(comparison.project, options=tuple(replace(option, name=str(n)) for n in range(65)))
    assert MOST_PAIRS < 65 * 64 // 2
    with pytest.raises(InputError, match=r"too many pairs .* 2,080 of 65 options, .*--explain"):
        require_pairs(many)

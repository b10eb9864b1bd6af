"""Bands and chances of a comparison, and how they are told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cloudcost.analysis.compare import compare
from cloudcost.analysis.uncertainty.assess import assess, usd_interval
from cloudcost.domain.project import Count, Option, Project
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.file import parse_project
from cloudcost.render.comparison import comparison_markdown, comparison_text
from cloudcost.render.records import comparison_csv, comparison_json
from cloudcost.results.comparison import Comparison

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def project() -> Project:
    return parse_project(bundled_project_text("reto"), name="reto.toml", today=TODAY)


@pytest.fixture(scope="module")
def comparison(project: Project) -> Comparison:
    return compare(project, today=TODAY, draws=500, budget_usd=Decimal(75), deadline_seconds=5 * 86400)


def test_every_band_holds_its_total(comparison: Comparison) -> None:
    for each in comparison.options:
        assert each.total_usd is not None
        assert each.interval_usd is not None
        assert each.interval_usd[0] <= each.total_usd <= each.interval_usd[1]


def test_chances_agree_with_each_other(comparison: Comparison) -> None:
    chances = [each.uncertainty for each in comparison.options if each.uncertainty is not None]
    assert len(chances) == len(comparison.options)
    assert sum(each.probability_cheapest or 0.0 for each in chances) <= 1
    for each in chances:
        assert each.probability_within_deadline is not None
        assert each.probability_within_deadline >= each.probability_within_duration  # 5 days and 4


def test_what_nothing_promises_takes_no_part_in_being_cheapest(comparison: Comparison) -> None:
    free = comparison.option("Colab free").uncertainty
    assert free is not None
    assert free.probability_cheapest is None


def test_a_retired_machine_is_never_the_cheapest(comparison: Comparison) -> None:
    retired = comparison.option("EC2 p3.2xlarge").uncertainty
    assert retired is not None
    assert retired.probability_cheapest == 0


def test_the_answer_does_not_depend_on_the_seed_of_nothing(project: Project) -> None:
    certain = [replace(each, runs=Count.fixed(3)) for each in project.trainings]
    options = (
        Option(name="jobs", kind="sagemaker", instance="ml.g4dn.xlarge", hours_per_run=2.0),
        Option(name="larger jobs", kind="sagemaker", instance="ml.g5.xlarge", hours_per_run=2.0),
    )
    known = replace(project, trainings=tuple(certain), options=options)
    for seed in (1, 2):
        comparison = compare(known, today=TODAY, draws=300, seed=seed)
        for each in comparison.options:
            assert each.interval_usd == (each.total_usd, each.total_usd)
        best = comparison.best
        assert best is not None
        assert best.uncertainty is not None
        assert best.uncertainty.probability_cheapest == 1
        assert "with 100 % probability" in comparison.verdict


def test_without_scenarios_there_are_no_bands(project: Project) -> None:
    comparison = compare(project, today=TODAY)
    assert comparison.uncertainty is None
    assert all(each.interval_usd is None and each.uncertainty is None for each in comparison.options)
    assert "how likely" not in comparison_text(comparison)
    assert "probability" not in comparison.verdict
    record = json.loads(comparison_json(comparison))
    assert record["uncertainty"] is None
    assert record["options"][0]["probability_cheapest"] is None


def test_json_has_bands_chances_and_their_sources(comparison: Comparison) -> None:
    record = json.loads(comparison_json(comparison))
    first = record["options"][0]
    low, high = (Decimal(end) for end in first["interval_usd"])
    assert low <= Decimal(first["total_usd"]) <= high
    for name in ("cheapest", "within_budget", "within_deadline", "within_duration", "never_finishes"):
        assert 0 <= first[f"probability_{name}"] <= 1
    asked = record["uncertainty"]
    assert (asked["draws"], asked["seed"], asked["budget_usd"], asked["deadline_seconds"]) == (500, 1, "75", 432000)
    assert all(spread["source"] for spread in asked["spreads"])


def test_text_keeps_to_eighty_columns_and_says_the_chances(comparison: Comparison) -> None:
    text = comparison_text(comparison)
    assert max(map(len, text.splitlines())) <= 80
    assert "<= 75 USD" in text
    assert "in 5 days" in text
    assert "500 scenarios, seed 1" in text
    assert "probability" in text.split("\n\n")[0]


def test_markdown_and_csv_have_bands(comparison: Comparison) -> None:
    markdown = comparison_markdown(comparison)
    header = next(row for row in markdown.splitlines() if row.startswith("| option"))
    rows = [row for row in markdown.splitlines() if row.startswith("| ")]
    assert {row.count(" | ") for row in rows} == {header.count(" | ")}
    assert comparison_csv(comparison).splitlines()[1].split(",")[5] != ""


def test_a_few_break_evens_are_told_and_all_are_in_json(comparison: Comparison) -> None:
    count = len(comparison.options)
    assert len(json.loads(comparison_json(comparison))["break_even"]["runs"]) == count * (count - 1) // 2
    told = [each for each in comparison.break_even if each.worth_saying]
    assert 1 <= len(told) <= 5
    assert any("Buy a computer" in each.a + each.b and each.at for each in told)


@pytest.mark.parametrize(
    ("band", "expected"),
    [
        ((10.0, 20.0), ("10.00", "20.00")),
        ((10.001, 20.001), ("10.00", "20.01")),
        ((13.0, 20.0), ("12.34", "20.00")),
        ((10.0, 11.0), ("10.00", "12.35")),
    ],
)
def test_bands_are_rounded_outwards_and_hold_the_total(band: tuple[float, float], expected: tuple[str, str]) -> None:
    assert tuple(map(Decimal, expected)) == usd_interval(Decimal("12.3456789"), band)


def test_a_level_is_a_probability() -> None:
    with pytest.raises(ValueError, match="a level lies between"):
        assess([], draws=1, level=1.0)

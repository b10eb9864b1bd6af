"""Hours are those that machines run; waiting for capacity stands beside them, and the calendar counts both."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date

import pytest

from cloudcost.analysis.compare import compare, context_of
from cloudcost.analysis.estimate import estimate_model
from cloudcost.analysis.uncertainty.scenarios import simulate
from cloudcost.domain.project import Checkpoint, Option, Project
from cloudcost.options.model import build_model
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.file import parse_project
from cloudcost.render.comparison import comparison_markdown, comparison_text
from cloudcost.render.estimate import estimate_text
from cloudcost.render.records import comparison_csv, comparison_json
from cloudcost.results.comparison import Comparison

TODAY = date(2026, 11, 22)
SPOT = Option(name="spot", kind="ec2", instance="g4dn.xlarge", purchase="spot")
CERTAIN = Option(name="certain", kind="ec2", instance="g4dn.xlarge")


@pytest.fixture(scope="module")
def project() -> Project:
    project = parse_project(bundled_project_text("reto"), name="reto.toml", today=TODAY)
    trainings = tuple(
        replace(training, checkpoint=Checkpoint(size_bytes=10**8, every_epochs=1)) for training in project.trainings
    )
    return replace(project, trainings=trainings, options=(SPOT, CERTAIN), duration_seconds=90 * 86400)


@pytest.fixture(scope="module")
def comparison(project: Project) -> Comparison:
    return compare(project, today=TODAY)


def test_hours_and_waits_together_are_the_calendar_of_one_machine(comparison: Comparison) -> None:
    spot, certain = comparison.option("spot"), comparison.option("certain")
    assert spot.hours is not None
    assert spot.wait_hours is not None
    assert spot.wait_hours > 0
    assert spot.calendar_hours == pytest.approx(spot.hours + spot.wait_hours, rel=1e-12)
    assert certain.wait_hours == 0.0
    assert certain.calendar_hours == certain.hours


def test_billed_hours_are_never_more_than_the_hours(project: Project) -> None:
    model = build_model(project, SPOT, context_of(project, today=TODAY))
    for run in model.runs:
        assert run.billed_seconds <= run.running_seconds + 60 * run.starts


def test_the_projects_time_counts_waits_and_so_does_its_chance(project: Project) -> None:
    context = context_of(project, today=TODAY)
    whole = estimate_model(build_model(project, SPOT, context))
    assert whole.feasible
    assert whole.hours is not None
    assert whole.wait_hours is not None
    seconds = int((whole.hours + 0.5 * whole.wait_hours) * 3600)
    short = replace(project, duration_seconds=seconds)
    model = build_model(short, SPOT, context)
    assert re.match(r"the runs take \d+ h, \d+ h of them waiting for capacity, and", estimate_model(model).reason)
    late = comparison_text(compare(replace(short, options=(SPOT,)), today=TODAY))
    assert "spot: interruptions: AWS's band for g4dn.xlarge" in late.replace("\n", " ")
    [drawn] = simulate([model], draws=400)
    hours = drawn.hours.quantiles((0.9,))[0]
    assert hours * 3600 < seconds, "nine in ten would be in time if waiting were none"
    assert drawn.within_duration < 0.8 * 400


def test_every_output_says_what_is_waited(comparison: Comparison) -> None:
    spot = comparison.option("spot")
    waited = f"{spot.wait_hours:,.1f} h"
    text = comparison_text(comparison)
    assert f"waiting for capacity, on top of the hours: spot {waited}" in text.replace("\n", " ")
    assert f"spot {waited}" in comparison_markdown(comparison)
    assert f"{waited} of waiting for capacity" in estimate_text(spot).replace("\n", " ")
    assert f"(+ {spot.wait_hours:,.1f} waiting)" in comparison._repr_html_()
    record = {each["name"]: each for each in json.loads(comparison_json(comparison))["options"]}
    assert record["spot"]["wait_hours"] == spot.wait_hours
    assert record["certain"]["wait_hours"] == 0.0
    rows = {row["option"]: row for row in csv.DictReader(io.StringIO(comparison_csv(comparison)))}
    assert float(rows["spot"]["wait_hours"]) == spot.wait_hours
    pandas = pytest.importorskip("pandas")
    assert isinstance(comparison.to_frame(), pandas.DataFrame)
    assert comparison.to_frame()["wait_hours"].tolist() == [each.wait_hours for each in comparison.options]


def test_an_option_without_times_has_no_waits(project: Project) -> None:
    unknown = replace(project, options=(replace(CERTAIN, instance="u7in-32tb.224xlarge"),))
    [estimate] = compare(unknown, today=TODAY).options
    assert estimate.hours is None
    assert estimate.wait_hours is None

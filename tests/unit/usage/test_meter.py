"""A meter's three ways in time: nothing is lost and nothing is added, whatever the calendar."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples

from cloudcost.domain.project import Count, Dataset, Project, Training
from cloudcost.units import BillingMonth
from cloudcost.usage.events import Readings
from cloudcost.usage.meter import Meter

QUANTITIES = st.integers(0, 10**15)


@st.composite
def meters(draw: st.DrawFn) -> Meter:
    training = Training(name="a", network="a", image_px=1, batch=1, epochs=Count.fixed(1), runs=Count.fixed(1))
    project = Project(
        name="p", region="us-east-1", duration_seconds=draw(st.integers(1, 200 * 86_400)),
        start=date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 364))),
        dataset=Dataset(images=1, size_bytes=1), trainings=(training,), options=(),
    )  # fmt: skip
    return Meter(project, "eu-west-1", draw(st.sampled_from(("AmazonS3", "AmazonEC2"))))


@settings(max_examples=examples(60))
@given(meters(), QUANTITIES, st.lists(QUANTITIES, max_size=3))
def test_spreading_leaves_no_unit_behind(meter: Meter, fixed: int, per_run: list[int]) -> None:
    rows = meter.evenly("x", "requests", fixed=fixed, per_run=per_run, why="w")
    assert sum(row.fixed for row in rows) == fixed
    assert [sum(row.per_run[index] for row in rows) for index in range(len(per_run))] == (
        per_run if rows else [0] * len(per_run)
    )
    assert all(row.fixed or any(row.per_run) for row in rows)
    assert {(row.service, row.region, row.usage_type, row.unit, row.why) for row in rows} <= {
        (meter.service, "eu-west-1", "x", "requests", "w")
    }


@settings(max_examples=examples(60))
@given(meters(), st.integers(0, 10**6), st.integers(0, 40), st.integers(0, 3))
def test_every_event_happens_once_and_whole(meter: Meter, each: int, count: int, at_start: int) -> None:
    rows = meter.events("x", "bytes", each=each, count=count, at_start=at_start, why="w")
    assert sum(row.fixed for row in rows) == each * (count + at_start)
    assert all(row.fixed % max(each, 1) == 0 for row in rows)


@settings(max_examples=examples(60))
@given(meters(), st.integers(1, 60))
def test_every_run_begins_in_one_month(meter: Meter, runs: int) -> None:
    rows = meter.events("x", "bytes", per_run=[7], why="w")
    begun = [runs if row.span is None else row.span.count(runs) for row in rows]
    assert sum(begun) == runs
    assert {row.per_run for row in rows} == {(7,)}


@given(meters())
def test_readings_that_are_no_whole_number_are_counted_in_millionths(meter: Meter) -> None:
    [whole, *_] = meter.readings("x", "requests", each=3, readings=Readings(per_run=[Fraction(4, 2)]), why="w")
    assert (whole.unit, whole.per_run) == ("requests", (6,))
    [part, *_] = meter.readings("x", "requests", each=3, readings=Readings(per_run=[Fraction(7, 2)]), why="w")
    assert (part.unit, part.per_run) == ("micro-requests", (10_500_000,))
    [size, *_] = meter.readings("x", "bytes", each=3, readings=Readings(per_run=[Fraction(7, 2)]), why="w")
    assert (size.unit, size.per_run) == ("bytes", (10,))  # 10.5, to the nearest byte, half to even


@given(meters())
def test_what_is_used_once_is_used_as_the_project_begins(meter: Meter) -> None:
    row = meter.once("x", "Months", fixed=2, per_run=[1], purchase="spot", why="w")
    assert (row.month, row.fixed, row.per_run, row.purchase) == (BillingMonth.of(meter.project.start), 2, (1,), "spot")

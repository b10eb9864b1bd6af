"""Laws of the day: every dated fact of an option follows the project's days, and nothing the day on which one asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.laws import examples
from tests.projects import build_project, build_training

from cloudcost.analysis.compare import compare, context_of
from cloudcost.analysis.estimate import estimate_option, model_and_estimate
from cloudcost.analysis.sweep.kernel import Kernel
from cloudcost.catalog.books.launches import launches
from cloudcost.catalog.colab_rates import accelerators
from cloudcost.catalog.instances import instances
from cloudcost.domain.devices import Instance
from cloudcost.domain.left_on import LeftOn
from cloudcost.domain.project import Count, Dataset, LocalMachine, Option, Project
from cloudcost.results.estimate import Estimate

TODAY = date(2026, 11, 22)
DATASET = Dataset(images=1000, size_bytes=10**8, location="local", reader="stream")
TRAINING = build_training(image_px=224, batch=32, runs=4)
STARTS = st.dates(date(2021, 1, 1), TODAY)
GONE = [machine for machine in instances().values() if machine.status_from and machine.status in ("closed", "retired")]
LAUNCHED = sorted(
    (name, launch.day)
    for (kind, name), launch in launches().items()
    if kind == "machine" and f"{name}.xlarge" in instances() and launch.day > date(2018, 1, 1)
)


def rented(kind: str, instance: str) -> Option:
    name = f"ml.{instance}" if kind == "sagemaker" else instance
    return Option(name="o", kind=kind, instance=name, hours_per_run=6.0, startup_minutes=0.0)  # type: ignore[arg-type]


def project(option: Option, start: date, *, days: int = 10, **changes: object) -> Project:
    frame = build_project(option, days=days, start=start, dataset=DATASET, trainings=(TRAINING,))
    return replace(frame, **changes)  # type: ignore[arg-type]


def estimated(option: Option, start: date, *, today: date = TODAY, as_of: date | None = None, **other: int) -> Estimate:
    frame = project(option, start, **other)
    return estimate_option(frame, option, context_of(frame, today=today, as_of=as_of))


OPTIONS = st.one_of(
    st.sampled_from([rented(kind, name) for kind in ("ec2", "sagemaker") for name in ("p3.2xlarge", "g6.xlarge")]),
    st.builds(
        lambda accelerator, plan, high: Option(
            name="o", kind="colab", accelerator=accelerator, plan=plan, high_memory=high, hours_per_run=6.0,
            startup_minutes=0.0,
        ),
        st.sampled_from(accelerators()), st.sampled_from(("free", "pay-as-you-go", "pro")), st.booleans(),
    ),
    st.just(Option(name="o", kind="local", hours_per_run=6.0, local=LocalMachine(watts=300.0, country="Spain"))),
)  # fmt: skip


@settings(max_examples=examples(60))
@given(option=OPTIONS, start=STARTS)
@example(Option(name="o", kind="colab", accelerator="A100", hours_per_run=10.0), date(2022, 10, 7))
@example(Option(name="o", kind="colab", accelerator="T4", high_memory=True, hours_per_run=10.0), date(2022, 10, 7))
@example(rented("ec2", "p3.2xlarge"), date(2025, 9, 1))
@example(rented("ec2", "c4.large"), date(2017, 9, 25))  # its price changed on the 21st
def test_a_project_of_a_day_costs_what_it_cost_who_asked_on_that_day(option: Option, start: date) -> None:
    later, then = estimated(option, start), estimated(option, start, today=start)
    assert (later.feasible, later.reason, later.total_usd) == (then.feasible, then.reason, then.total_usd)
    assert later.assumptions == then.assumptions


@settings(max_examples=examples(60))
@given(option=OPTIONS, day=STARTS, start=STARTS)
def test_as_of_judges_what_can_be_had_as_a_start_on_that_day_does(option: Option, day: date, start: date) -> None:
    """A week that no retirement lies in; prices of one day hold for all months then, so totals may differ."""
    if any(day < machine.status_from <= day + timedelta(10) for machine in GONE if machine.status_from):
        return
    as_of, started = estimated(option, start, as_of=day), estimated(option, day)
    assert (as_of.feasible, as_of.reason) == (started.feasible, started.reason)


@given(machine=st.sampled_from(GONE), before=st.integers(0, 900), days=st.integers(1, 60))
def test_nothing_is_refused_for_a_retirement_after_its_end(machine: Instance, before: int, days: int) -> None:
    assert machine.status_from is not None
    start = machine.status_from - timedelta(days + before)
    assert "can no longer be started" not in reason(machine, start, days)


@given(machine=st.sampled_from(GONE), after=st.integers(0, 900), days=st.integers(1, 60))
def test_everything_is_refused_that_starts_after_a_retirement(machine: Instance, after: int, days: int) -> None:
    assert machine.status_from is not None
    start = machine.status_from + timedelta(after)
    written = option_of(machine).instance
    said = f"{written} can no longer be started on {start} ({machine.status} since {machine.status_from}; "
    assert reason(machine, start, days).startswith(said)


@given(machine=st.sampled_from(GONE), before=st.integers(1, 20), after=st.integers(1, 20), runs=st.integers(1, 80))
def test_a_retirement_within_the_project_ends_the_time_for_runs(
    machine: Instance, before: int, after: int, runs: int
) -> None:
    assert machine.status_from is not None
    option = option_of(machine)
    frame = project(option, machine.status_from - timedelta(before), days=before + after)
    frame = replace(frame, trainings=(replace(TRAINING, runs=Count.fixed(runs)),))
    model, estimate = model_and_estimate(frame, option, context_of(frame, today=TODAY))
    if model is None:
        return
    assert estimate.feasible == (6 * runs <= 24 * before)
    [outcome] = Kernel(context_of(frame, today=TODAY)).outcomes(frame, frame.options, (runs,))
    assert outcome.feasible == estimate.feasible
    told = f"{option.instance} can be started only before {machine.status_from}"
    assert any(said.startswith(told) for said in estimate.assumptions)
    assert estimate.feasible or told in estimate.reason


def option_of(machine: Instance) -> Option:
    if machine.provider == "aws":
        return replace(rented("ec2", machine.name), usd_per_hour=Decimal(1))
    return Option(
        name="o", kind="cloud", instance=machine.name, region="eastus", hours_per_run=6.0, startup_minutes=0.0,
        usd_per_hour=Decimal(1),
    )  # fmt: skip


def reason(machine: Instance, start: date, days: int) -> str:
    option = option_of(machine)
    frame = project(option, start, days=days)
    model, estimate = model_and_estimate(frame, option, context_of(frame, today=TODAY))
    return estimate.reason if model is None else model.obstacle


@settings(max_examples=examples(60))
@given(
    launched=st.sampled_from(LAUNCHED), months=st.integers(-24, 24), kind=st.sampled_from(("ec2", "sagemaker")),
    part=st.sampled_from(("BoxUsage:", "Host:ml.", "Studio:ml.")),
)  # fmt: skip
def test_nothing_named_is_had_before_its_launch(launched: tuple[str, date], months: int, kind: str, part: str) -> None:
    family, day = launched
    month = day.year * 12 + day.month - 1 + months
    start = date(month // 12, month % 12 + 1, 1)
    option = rented(kind, f"{family}.xlarge")
    frame = project(option, start)
    model, estimate = model_and_estimate(frame, option, context_of(frame, today=TODAY))
    if model is not None:
        early = f"{option.instance} could not be started on {start}: {family} began on {day}"
        assert model.obstacle.startswith(early) == (months < 0)
    service = "AmazonEC2" if part == "BoxUsage:" else "AmazonSageMaker"
    row = LeftOn(service=service, usage_type=f"{part}{family}.xlarge")
    other = rented("ec2", "m5.large")
    standing = replace(frame, options=(other,), left_on=(row,))
    model, estimate = model_and_estimate(standing, other, context_of(standing, today=TODAY))
    if months < 0:
        assert estimate.total_usd is None
        assert model is None
    else:
        assert f"{family} began on" not in estimate.reason


def test_something_left_on_before_its_launch_names_itself_and_the_day() -> None:
    option = rented("ec2", "g4dn.xlarge")
    row = LeftOn(service="AmazonEC2", usage_type="BoxUsage:g6.xlarge")
    for today in (TODAY, date(2023, 1, 1)):
        frame = project(option, date(2023, 1, 1), left_on=(row,))
        estimate = estimate_option(frame, option, context_of(frame, today=today))
        assert (estimate.lacks, estimate.total_usd) == ("price", None)
        assert estimate.reason == (
            "left on: no price for AmazonEC2/BoxUsage:g6.xlarge/on-demand in us-east-1 on 2023-01-01; "
            "g6 began on 2024-04-04, price a later day"
        )


@pytest.mark.parametrize(("until", "told"), [("2025-12-20", False), ("2025-12-22", True)])
def test_nothing_is_left_on_for_longer_than_there_are_machines_of_its_type(until: str, told: bool) -> None:
    option = rented("ec2", "g4dn.xlarge")
    end = datetime.combine(date.fromisoformat(until), time(), UTC)
    row = LeftOn(service="AmazonSageMaker", usage_type="Host:ml.p3.2xlarge", until=end)
    frame = project(option, date(2025, 12, 1), days=30, left_on=(row,))
    estimate = estimate_option(frame, option, context_of(frame, today=TODAY))
    assert estimate.reason.startswith("left on: there is no Host:ml.p3.2xlarge on 2025-12-21 (retired since") == told


def test_a_notebook_of_a_type_that_is_not_there_yet_is_refused_by_the_name_written() -> None:
    option = replace(rented("sagemaker", "g4dn.xlarge"), notebook_instance="ml.g6.xlarge", notebook_hours=5.0)
    assert estimated(option, date(2024, 2, 1)).reason == (
        "ml.g6.xlarge could not be started on 2024-02-01: g6 began on 2024-04-04"
    )


def test_a_storage_class_is_not_had_before_it_began() -> None:
    option = rented("ec2", "g4dn.xlarge")
    frame = project(option, date(2021, 6, 1), dataset=replace(DATASET, location="s3", storage_class="GLACIER_IR"))
    estimate = estimate_option(frame, option, context_of(frame, today=TODAY))
    assert not estimate.feasible
    assert "GIR" in estimate.reason
    assert "in us-east-1 on 2021-06-01" in estimate.reason
    assert estimate.reason.endswith("began on 2021-11-30")


@pytest.mark.parametrize(("runs", "chance"), [(40, 1.0), (80, 0.0)])
def test_scenarios_end_in_the_time_before_a_retirement(runs: int, chance: float) -> None:
    """10 days of 24 h before 2025-12-20 hold 40 runs of 6 h, and the 30 days of the project would hold 80 too."""
    option = rented("ec2", "p3.2xlarge")
    frame = project(option, date(2025, 12, 10), days=30)
    frame = replace(frame, trainings=(replace(TRAINING, runs=Count.fixed(runs)),))
    told = compare(frame, today=TODAY, draws=40)
    assert told.uncertainty is not None
    [own] = told.uncertainty.options
    assert own.probability_within_duration == chance
    assert told.options[0].feasible == bool(chance)


def test_nothing_is_had_in_a_region_before_it_opened() -> None:
    """Mexico's opened in January 2025: neither the bucket nor the machine was there before."""
    option = rented("ec2", "m5.large")
    frame = project(option, date(2024, 6, 1), region="mx-central-1")
    _, estimate = model_and_estimate(frame, option, context_of(frame, today=TODAY))
    assert not estimate.feasible
    assert "mx-central-1 began on 2025-01-" in estimate.reason


@pytest.mark.parametrize(
    ("option", "start", "said"),
    [
        (
            Option(name="o", kind="cloud", instance="a2-highgpu-1g", region="us-central1", hours_per_run=6.0),
            date(2020, 4, 30),
            "a2-highgpu-1g could not be started on 2020-04-30: the A100-40GB was launched on 2020-05-14",
        ),
        (
            Option(name="o", kind="colab", accelerator="T4", plan="free", hours_per_run=6.0),
            date(2018, 8, 31),
            "the T4 was launched on 2018-09-12",
        ),
    ],
)
def test_no_machine_is_had_before_its_gpu_was_launched(option: Option, start: date, said: str) -> None:
    assert estimated(option, start).reason == said
    assert said not in estimated(option, start + timedelta(1)).reason


def test_as_of_tells_what_could_be_had_then_and_not_at_the_start() -> None:
    told = estimated(rented("sagemaker", "p3.2xlarge"), TODAY, as_of=date(2025, 6, 30))
    assert told.feasible
    assert any(
        said.startswith(
            "taken as it was on 2025-06-30, though the project starts on 2026-11-22: ml.p3.2xlarge can no longer be "
            "started on 2026-11-22 (retired since 2025-12-20; "
        )
        for said in told.assumptions
    )


def test_a_change_of_colabs_rate_within_the_project_is_told() -> None:
    option = Option(name="o", kind="colab", accelerator="T4", hours_per_run=6.0)
    said = "another rate of T4 was seen on 2024-04-10, within the project; that of 2023-06-30 is used for all of it"
    assert said in estimated(option, date(2024, 4, 1)).assumptions
    assert said not in estimated(option, date(2024, 3, 1)).assumptions


def test_no_assumed_refuses_a_rate_and_electricity_of_a_later_day() -> None:
    colab = Option(name="o", kind="colab", accelerator="L4", hours_per_run=6.0)
    home = Option(name="o", kind="local", hours_per_run=6.0, local=LocalMachine(watts=300.0, country="Spain"))
    for option, start, first in ((colab, date(2024, 2, 1), "2024-04-22"), (home, date(2022, 12, 1), "2023-01-01")):
        frame = project(option, start)
        carried = estimate_option(frame, option, context_of(frame, today=TODAY))
        assert {line.grade for line in carried.lines if line.amount_usd} == {"assumed"}
        refused = estimate_option(frame, option, context_of(frame, today=TODAY, allow_assumed=False))
        assert f"the first one known is of {first}, price a later day" in refused.reason

"""Laws of what is never rounded run by run: copies at each start of spot runs, seconds of one's own machine.

A total over many runs is what one run is expected to come to, times the runs: whatever is rounded is rounded once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.billing import at_runs
from tests.laws import examples
from tests.projects import build_project, build_training

from cloudcost.analysis.compare import context_of
from cloudcost.analysis.uncertainty.scenarios import simulate
from cloudcost.domain.project import Checkpoint, Dataset, LocalMachine, Option, Project
from cloudcost.domain.usage import Usage
from cloudcost.options.model import OptionModel, build_model
from cloudcost.results.spreads import Spreads
from cloudcost.units import to_priced_unit
from cloudcost.usage.machines.compute import billed_run
from cloudcost.usage.machines.machine import Machine
from cloudcost.usage.machines.runs import RunPlan
from cloudcost.usage.option import data_usage, machine_usage
from cloudcost.usage.s3.objects import get_requests, list_requests

TODAY = date(2026, 11, 22)
THERE = Option(name="there", kind="ec2", instance="g4dn.xlarge", region="us-west-2", purchase="spot", nat=True)
PLAN = RunPlan(startup_seconds=0.0, download_seconds=0.0, training_seconds=3600.0, steps=1)
starts = st.floats(1.0, 50.0).map(Fraction)
counts = st.integers(1, 2000)


def project(option: Option, *, runs: int = 1, dataset: Dataset | None = None, hours: float = 1.0) -> Project:
    return build_project(
        replace(option, hours_per_run=hours),
        days=20,
        start=date(2026, 11, 20),
        dataset=dataset or Dataset(images=1000, size_bytes=10**10),
        trainings=(build_training(image_px=64, epochs=5, runs=runs, checkpoint=Checkpoint(size_bytes=10**6)),),
    )


def metered(usages: tuple[Usage, ...], usage_type: str, unit: str) -> Fraction:
    rows = [usage for usage in usages if usage.usage_type == usage_type]
    return sum((to_priced_unit(Fraction(usage.quantity), usage.unit, unit) for usage in rows), Fraction(0))


def model_of(frame: Project) -> OptionModel:
    return build_model(frame, frame.options[0], context_of(frame, today=TODAY))


@settings(max_examples=examples(100), deadline=None)
@given(starts=starts, runs=counts, images=st.integers(1, 10**6), each=st.integers(1, 10**6))
@example(starts=Fraction(7, 2), runs=3, images=1, each=1)  # was billed as 12 copies where it is 10.5
@example(starts=Fraction(17, 10), runs=20, images=1000, each=10**6)  # as 40 where it is 34
def test_copies_are_the_expected_starts_of_all_runs(starts: Fraction, runs: int, images: int, each: int) -> None:
    dataset = Dataset(images=images, size_bytes=images * each)
    frame = project(THERE, dataset=dataset)
    plans = [replace(PLAN, starts=starts)]
    read = at_runs(data_usage(frame, THERE, plans), [runs])
    through = at_runs(machine_usage(frame, THERE, plans, [billed_run(PLAN, None)], Machine(own_disk_bytes=0)), [runs])
    copies = starts * runs
    checkpoints = 5 * 10**6 * runs
    for usages, usage_type, besides in (
        (read, "USW2-AWS-Out-Bytes", 0),
        (through, "NatGateway-Bytes", checkpoints),
    ):
        got = metered(usages, usage_type, "GB") * 2**30
        assert abs(got - besides - copies * dataset.size_bytes) <= max(Fraction(1), Fraction(runs, 2))
    gets = metered(read, "Requests-Tier2", "Requests")
    assert abs(gets - copies * get_requests(dataset, by_part=True)) <= 1
    uploads = metered(at_runs(data_usage(frame, THERE, plans), [0]), "Requests-Tier1", "Requests")
    listed = metered(read, "Requests-Tier1", "Requests") - uploads - 5 * runs  # five checkpoints a run
    assert abs(listed - copies * list_requests(dataset)) <= 1


@settings(max_examples=20, deadline=None)
@given(runs=st.integers(1, 60), hours=st.floats(0.1, 30.0), nat=st.booleans())
def test_every_engine_bills_the_same_expected_copies(runs: int, hours: float, nat: bool) -> None:
    model = model_of(project(replace(THERE, nat=nat), hours=hours))
    lines = model.lines([runs])
    [crossing] = {line.usage_type for line in lines} & {"USW2-AWS-Out-Bytes"}
    moved = sum((line.quantity for line in lines if line.usage_type == crossing), Fraction(0)) * 2**30
    assert abs(moved - runs * model.plans[0].starts * 10**10) <= max(Fraction(1), Fraction(runs, 2))
    assert model.bill.total_usd([runs]) == sum((line.amount_usd for line in lines), Decimal(0))
    exact = sum((line.exact_usd for line in lines), Fraction(0))
    assert model.bill.curve(1, runs).at(runs) == exact
    planned_model = model_of(project(replace(THERE, nat=nat), runs=runs, hours=hours))
    [planned] = simulate([planned_model], draws=1, spreads=Spreads.none())
    assert planned.totals_usd.values[0] == pytest.approx(float(exact), abs=0.01)


def total_of(model: OptionModel, runs: int) -> Fraction:
    return sum((line.exact_usd for line in model.lines([runs])), Fraction(0))


def test_drawn_starts_have_the_expected_ones_for_their_mean_and_spread_the_total() -> None:
    frame = project(THERE, runs=5, hours=30.0, dataset=Dataset(images=1000, size_bytes=10**11))
    model = model_of(frame)
    assert model.plans[0].starts > 1.5
    [drawn] = simulate([model], draws=4000, spreads=Spreads.only("interruptions"))
    exact = float(total_of(model, 5))
    assert float(np.mean(drawn.totals_usd.values)) == pytest.approx(exact, rel=0.05)
    low, high = drawn.totals_usd.quantiles((0.1, 0.9))
    assert high - low > 0.1 * exact  # most of it are copies, whose number is a matter of luck


@settings(max_examples=examples(100), deadline=None)
@given(
    seconds=st.floats(0.000_001, 1e5), runs=st.integers(1, 20_000), watts=st.integers(1, 2000),
    owned=st.booleans(), days=st.integers(1, 60),
)  # fmt: skip
@example(seconds=0.02, runs=12_000, watts=300, owned=False, days=20)  # was 43 times as much, a whole second a run
def test_a_machine_of_one_s_own_takes_the_time_of_its_runs(
    seconds: float, runs: int, watts: int, owned: bool, days: int
) -> None:
    local = LocalMachine(
        owned=owned, purchase_usd=None if owned else Decimal(1000), charge="share", value_per_hour=Decimal(1)
    )
    option = Option(name="home", kind="local", local=local)
    frame = replace(project(option), duration_seconds=days * 86_400)
    run = billed_run(replace(PLAN, training_seconds=seconds), None)
    usages = at_runs(machine_usage(frame, option, [PLAN], [run], Machine(own_disk_bytes=0, watts=float(watts))), [runs])
    tolerance = Fraction(runs, 10**6)  # a microsecond or a microjoule a run
    wanted = Fraction(seconds) * runs
    joules = metered(usages, "Electricity", "kWh") * 3_600_000
    assert abs(joules - watts * wanted) <= tolerance * (watts + 1)
    assert abs(metered(usages, "OtherUse", "Hrs") * 3600 - wanted) <= tolerance
    if not owned:
        assert abs(metered(usages, "ShareOfLife", "Hrs") * 3600 - wanted) <= tolerance

"""More epochs never take less time or money: on spot capacity and in sessions that end, whatever the checkpoints."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import ceil

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.laws import examples

from cloudcost.analysis.compare import context_of
from cloudcost.analysis.estimate import estimate_model
from cloudcost.domain.project import Checkpoint, Count, Option, Project, Training
from cloudcost.options.model import build_model
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.file import parse_project
from cloudcost.spot import expected_spot_run, exponential_model
from cloudcost.usage.machines.runs import RunPlan, SessionTooShortError, checkpoint_stretch_seconds, in_sessions

TODAY = date(2026, 11, 22)
HOUR = 3600.0


def _training(epochs: int, every: int) -> Training:
    return Training(
        name="a", network="resnet50", image_px=224, batch=32, epochs=Count.fixed(epochs), runs=Count.fixed(2),
        checkpoint=Checkpoint(size_bytes=10**8, every_epochs=every),
    )  # fmt: skip


@given(epochs=st.integers(1, 400), every=st.integers(1, 60), seconds=st.floats(1.0, 1e5))
@example(epochs=11, every=5, seconds=5760.0)
def test_a_checkpoint_every_so_many_epochs_lies_so_many_epochs_apart(epochs: int, every: int, seconds: float) -> None:
    stretch = checkpoint_stretch_seconds(_training(epochs, every), epochs * seconds)
    assert abs(stretch - min(every, epochs) * seconds) <= 1e-9 * stretch
    assert ceil(epochs * seconds / stretch - 1e-9) == -(-epochs // every)


@settings(max_examples=examples(60))
@given(
    epochs=st.integers(1, 60),
    more=st.integers(1, 10),
    every=st.integers(1, 12),
    epoch_hours=st.floats(0.05, 4.0),
    up_hours=st.floats(5.0, 2000.0),
    wait_hours=st.floats(0.0, 10.0),
)
@example(epochs=10, more=1, every=5, epoch_hours=1.6, up_hours=10.0, wait_hours=3.0)
def test_more_epochs_never_take_less_on_spot(
    epochs: int, more: int, every: int, epoch_hours: float, up_hours: float, wait_hours: float
) -> None:
    """Instances live for hours here: of minutes, AWS's free first hour can make a little more work a little cheaper."""
    model = exponential_model(up_hours * HOUR, wait_hours * HOUR)
    runs = []
    for count in (epochs, epochs + more):
        work = count * epoch_hours * HOUR
        stretch = checkpoint_stretch_seconds(_training(count, every), work)
        runs.append(expected_spot_run(work, 20.0, 300.0, model, stretch))
    less, greater = runs
    assert float(greater.wall_seconds) >= float(less.wall_seconds) * (1 - 1e-9)
    assert float(greater.billed_seconds) >= float(less.billed_seconds) * (1 - 1e-9)


@given(epochs=st.integers(1, 200), more=st.integers(1, 20), every=st.integers(1, 30), seconds=st.floats(60.0, 20_000.0))
@example(epochs=10, more=1, every=5, seconds=5760.0)
def test_more_epochs_never_take_less_in_sessions_that_end(epochs: int, more: int, every: int, seconds: float) -> None:
    """A run that fits into one session needs no checkpoint; beyond, it may be impossible but is never shorter."""
    walls = []
    for count in (epochs, epochs + more):
        training = _training(count, every)
        plan = RunPlan(
            startup_seconds=300, download_seconds=100, training_seconds=count * seconds,
            checkpoint_seconds=10.0 * ceil(count / every), steps=count,
        )  # fmt: skip
        try:
            walls.append(in_sessions(plan, session_seconds=12 * HOUR, training=training).wall_seconds)
        except SessionTooShortError:
            walls.append(float("inf"))
    assert walls[1] >= walls[0] or walls[1] == walls[0] == float("inf")


def _project(epochs: int, every: int) -> Project:
    project = parse_project(bundled_project_text("reto"), name="reto.toml", today=TODAY)
    return replace(project, trainings=(_training(epochs, every),), duration_seconds=400 * 86400)


@settings(max_examples=8, deadline=None)
@given(epochs=st.integers(2, 60), every=st.integers(1, 10))
@example(epochs=10, every=5)
def test_one_epoch_more_makes_no_option_of_a_project_faster_or_cheaper(epochs: int, every: int) -> None:
    options = (
        Option(name="spot", kind="ec2", instance="g4dn.xlarge", purchase="spot"),
        Option(name="sessions", kind="colab", accelerator="T4", plan="free"),
    )
    for option in options:
        found = []
        for count in (epochs, epochs + 1):
            project = _project(count, every)
            estimate = estimate_model(build_model(project, option, context_of(project, today=TODAY)))
            assert estimate.hours is not None
            assert estimate.total_usd is not None
            found.append((estimate.hours, estimate.total_usd))
        assert found[1][0] >= found[0][0] * (1 - 1e-9)
        assert found[1][1] >= found[0][1]

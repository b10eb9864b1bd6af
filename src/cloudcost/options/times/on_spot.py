"""What an option's runs are expected to take and to be billed on capacity that the provider may take back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from cloudcost.domain.kinds import facts_of
from cloudcost.domain.project import Option, Project
from cloudcost.units import started_seconds
from cloudcost.usage.machines.compute import BilledRun
from cloudcost.usage.machines.machine import Machine
from cloudcost.usage.machines.runs import RunPlan, checkpoint_stretch_seconds, checkpoint_writes

if TYPE_CHECKING:
    from cloudcost.domain.spot import SpotModel
    from cloudcost.spot import SpotRun


def capacity_of(project: Project, option: Option, machine: Machine, on: date) -> SpotModel:
    """Return what is known of the spot capacity of an option's machine on a day."""
    from cloudcost.catalog.spot.bands import capacity_model

    region = option.region or project.region
    capacity = capacity_model(option.instance or "", region, machine.device, machine.gpus, on)
    facts = facts_of(option)
    return _billed_by(capacity, facts.service if facts.in_aws else machine.service)


def _billed_by(capacity: SpotModel, service: str) -> SpotModel:
    """Return capacity as another service than EC2 bills it: none is known to charge nothing for a first hour."""
    return capacity if service == capacity.billed_by else replace(capacity, billed_by=service)


def on_spot(
    project: Project, plans: Sequence[RunPlan], model: SpotModel
) -> tuple[tuple[BilledRun, ...], list[str], list[str]]:
    """Return what runs on interruptible capacity are expected to be billed, what that assumes, and what forbids it."""
    figures = _figures(model)
    runs: list[BilledRun] = []
    notes: list[str] = []
    obstacles: list[str] = []
    for training, plan in zip(project.trainings, plans, strict=True):
        writes = checkpoint_writes(training)
        work = plan.training_seconds + plan.validation_seconds + plan.repeated_seconds
        spot = _spot_run(
            work,
            plan.checkpoint_seconds / writes if writes else 0.0,
            plan.overhead_seconds,
            figures,
            checkpoint_stretch_seconds(training, work),
        )
        if not bool(spot.finishes):
            obstacles.append(
                f"{training.name} never finishes on spot capacity: {work / 3600:.1f} h of work between interruptions "
                + ("with too few checkpoints" if writes else "without checkpoints")
            )
            runs.append(BilledRun(billed_seconds=started_seconds(plan.wall_seconds), wall_seconds=plan.wall_seconds))
            continue
        billed, wall, starts = started_seconds(float(spot.billed_seconds)), float(spot.wall_seconds), float(spot.starts)
        wait = wall - float(spot.running_seconds)
        expected = Fraction(max(starts, 1.0))
        runs.append(BilledRun(billed_seconds=billed, wall_seconds=wall, starts=expected, wait_seconds=wait))
        notes.append(
            f"{training.name} on spot: {starts:.1f} starts, {float(spot.lost_seconds) / 3600:.1f} h lost and "
            f"{wait / 3600:.1f} h waited for capacity a run"
        )
    return tuple(runs), notes, obstacles


def first_wait_seconds(model: SpotModel) -> float:
    """Return how long a first start is waited for, on average: the least that a run waits. [s]"""
    from cloudcost.spot.model import model_arrays

    return model_arrays(model).first_wait_seconds


@lru_cache(maxsize=1024)
def _figures(model: SpotModel) -> SpotModel:
    """Return what is believed of capacity without where it is from, so that machines of the same figures share runs."""
    return replace(model, source="", as_of=None, interruptions="", waits="")


@lru_cache(maxsize=8192)
def _spot_run(
    work_seconds: float, checkpoint_seconds: float, restart_seconds: float, model: SpotModel, interval: float
) -> SpotRun:
    """Return what a run on spot capacity is expected to take; remembered, since most changes of a project leave it."""
    from cloudcost.spot import expected_spot_run

    return expected_spot_run(work_seconds, checkpoint_seconds, restart_seconds, model, interval=interval)

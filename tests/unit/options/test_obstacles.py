"""Every obstacle of an option is told at once, the worst first: whoever mends one does not meet the next only then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from tests.projects import build_project

from cloudcost.analysis.compare import compare, context_of
from cloudcost.analysis.estimate import model_and_estimate
from cloudcost.analysis.sweep.kernel import Kernel
from cloudcost.catalog.colab import free_disk_bytes, offered
from cloudcost.catalog.colab_rates import accelerators
from cloudcost.domain.project import Checkpoint, Count, Dataset, Option, Project, Training
from cloudcost.options.obstacles import ALSO
from cloudcost.render.comparison import comparison_markdown, comparison_text
from cloudcost.render.records import comparison_json
from cloudcost.results.estimate import Estimate

TODAY = date(2026, 11, 22)
DAY = 86_400


def frame(option: Option, *trainings: Training, **changes: object) -> Project:
    made = build_project(
        option,
        days=30,
        start=TODAY,
        dataset=Dataset(images=10_000, size_bytes=10**9),
        trainings=trainings or (training("a"),),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def training(name: str, *, batch: int = 8, runs: int = 3, epochs: int = 1) -> Training:
    return Training(
        name=name, network="resnet50", image_px=224, batch=batch, epochs=Count.fixed(epochs), runs=Count.fixed(runs)
    )


def estimated(project: Project) -> Estimate:
    return model_and_estimate(project, project.options[0], context_of(project, today=TODAY))[1]


def swept(project: Project) -> str:
    kernel = Kernel(context_of(project, today=TODAY))
    runs = tuple(each.runs.expected for each in project.trainings)
    return kernel.outcomes(project, project.options, runs)[0].reason


MARKS = {
    "machine": "can no longer be started",
    "memory": "does not fit into the GPU's memory",
    "class": "without being restored first",
    "disk": "does not fit on a data volume of 1 GiB",
    "calendar": "1 machine has",
}
"""What tells each obstacle, in the order in which they are told."""


@pytest.mark.parametrize("there", list(product([False, True], repeat=len(MARKS))))
def test_each_obstacle_is_told_whatever_else_stands_in_the_way(there: tuple[bool, ...]) -> None:
    has = dict(zip(MARKS, there, strict=True))
    option = Option(name="o", kind="ec2", instance="p2.xlarge" if has["machine"] else "g4dn.xlarge", volume_gib=1)
    data = Dataset(
        images=10_000,
        size_bytes=10**13 if has["disk"] else 10**9,
        storage_class="GLACIER" if has["class"] else "STANDARD",
    )
    project = frame(
        option, training("a", batch=100_000 if has["memory"] else 8),
        dataset=data, duration_seconds=60 if has["calendar"] else 300 * DAY,
    )  # fmt: skip
    estimate = estimated(project)
    told = estimate.reason.split(ALSO) if estimate.reason else []
    expected = [mark for name, mark in MARKS.items() if has[name]]
    assert len(told) == len(expected), estimate.reason
    assert all(mark in said for mark, said in zip(expected, told, strict=True)), told
    assert estimate.feasible == (not expected)
    assert swept(project) == estimate.reason


def test_every_cnn_that_is_too_large_is_named() -> None:
    option = Option(name="o", kind="ec2", instance="g4dn.xlarge")
    project = frame(option, training("a", batch=100_000), training("b"), training("c", batch=200_000))
    told = estimated(project).reason.split(ALSO)
    assert [said[:10] for said in told] == ["a at batch", "c at batch"]


def test_every_cnn_that_no_session_holds_is_named_and_its_time_is_a_least_one() -> None:
    option = Option(name="o", kind="colab", accelerator="T4", plan="free", hours_per_run=400.0)
    told = estimated(frame(option, training("a"), training("b"))).reason.split(ALSO)
    assert [
        said[: len(start)]
        for said, start in zip(told, ("a: a run takes", "b: a run takes", "the runs take at least 2,4"), strict=True)
    ] == ["a: a run takes", "b: a run takes", "the runs take at least 2,4"]


def test_an_option_without_a_time_tells_what_else_stands_in_its_way() -> None:
    option = Option(name="o", kind="ec2", instance="trn1.2xlarge", volume_gib=1)
    project = frame(option, dataset=Dataset(images=10_000, size_bytes=10**13))
    estimate = estimated(project)
    assert estimate.lacks == "time"
    first, second = estimate.reason.split(ALSO)
    assert "no timing model" in first
    assert "does not fit on a data volume of 1 GiB" in second


def test_an_option_without_a_price_tells_what_else_stands_in_its_way() -> None:
    option = Option(name="o", kind="ec2", instance="p5e.48xlarge", region="af-south-1", volume_gib=1)
    project = frame(option, training("a", batch=10**6), duration_seconds=60, region="af-south-1")
    estimate = estimated(project)
    assert estimate.lacks == "price"
    told = estimate.reason.split(ALSO)
    assert "no price for AmazonEC2/BoxUsage:p5e.48xlarge" in told[0]
    assert "does not fit into the GPU's memory" in told[1]
    assert "1 machine has" in told[-1]
    assert swept(project).startswith("no price for AmazonEC2/BoxUsage:p5e.48xlarge")
    assert swept(project).split(ALSO)[1:] == told[1:]


def test_json_holds_all_of_them_in_one_string() -> None:
    option = Option(name="o", kind="ec2", instance="p2.xlarge", volume_gib=1)
    project = frame(option, dataset=Dataset(images=10_000, size_bytes=10**13), duration_seconds=60)
    comparison = compare(project, today=TODAY)
    [estimate] = comparison.options
    assert estimate.reason.count(ALSO) == 2
    assert estimate.reason in " ".join(comparison_text(comparison).split())
    assert estimate.reason in comparison_markdown(comparison).replace("\\", "")
    assert "(and 2 more reasons)" in comparison.verdict
    assert '"reason": "p2.xlarge can no longer be started' in comparison_json(comparison)


@pytest.mark.parametrize("plan", ["free", "pay-as-you-go", "pro", "pro+"])
@pytest.mark.parametrize("high_memory", [False, True])
@pytest.mark.parametrize("gigabytes", [100, 150, 200, 400])
@pytest.mark.parametrize("accelerator", ["T4", "L4"])
def test_colab_s_remedy_names_only_what_the_plan_offers(
    plan: str, accelerator: str, gigabytes: int, *, high_memory: bool
) -> None:
    option = Option(
        name="o", kind="colab", accelerator=accelerator, plan=plan, high_memory=high_memory, hours_per_run=1.0
    )
    data = Dataset(images=10_000, size_bytes=gigabytes * 10**9)
    checkpoint = Checkpoint(size_bytes=10**8)
    reason = estimated(frame(option, replace(training("a"), checkpoint=checkpoint), dataset=data)).reason
    said = [each for each in reason.split(ALSO) if "does not fit on Colab's disk" in each]
    if not said:
        assert data.size_bytes <= (free_disk_bytes(accelerator) or 0) or "no compute-unit rate" in reason
        return
    remedy = said[0].partition("; ")[2]
    named = remedy.removeprefix("the disk beside ").partition(" would do")[0].split(", ")
    able = [
        each
        for each in offered(plan, TODAY, high_memory=high_memory)
        if (free_disk_bytes(each) or 0) >= data.size_bytes
    ]
    assert (named if able else []) == able
    assert able or f"plan {plan} offers no accelerator" in remedy
    assert not able or not set(accelerators()) & set(named) - set(able)

"""A strategy for whole projects: a data set, CNNs to train, options to compare."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from cloudcost.domain.kinds import KINDS
from cloudcost.domain.project import (
    Checkpoint,
    Count,
    Dataset,
    LocalMachine,
    Option,
    OptionKind,
    Project,
    Reader,
    Training,
)
from cloudcost.project.keys.facts import needed_keys

REGIONS = ("us-east-1", "us-west-2", "eu-west-1", "eu-central-1")
INSTANCES = ("g4dn.xlarge", "g4dn.2xlarge", "g5.xlarge", "g6.xlarge", "m5.xlarge")
NETWORKS = ("resnet18", "resnet50", "alexnet", "vgg16", "squeezenet1_0", "mobilenet_v2")


@st.composite
def projects(
    draw: st.DrawFn,
    *,
    max_trainings: int = 3,
    max_options: int = 4,
    max_runs: int = 50,
) -> Project:
    """Return a strategy for valid projects.

    Each option has its own hours per run, so that no timing model is needed; run counts are certain or a range.

    Parameters
    ----------
    max_trainings, max_options : int
        [count]
    max_runs : int
        Of one training. [count]
    """
    trainings = draw(st.lists(_trainings(max_runs), min_size=1, max_size=max_trainings, unique_by=lambda t: t.name))
    count = draw(st.integers(1, max_options))
    return Project(
        name=draw(st.sampled_from(("cats", "leaves", "road signs"))),
        region=draw(st.sampled_from(REGIONS)),
        duration_seconds=draw(st.integers(1, 120)) * 86_400,
        start=date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 364))),
        keep_months=draw(st.integers(0, 6)),
        credits_usd=draw(st.sampled_from((Decimal(0), Decimal(100)))),
        tax_rate=draw(st.sampled_from((Decimal(0), Decimal("0.16")))),
        discounts=draw(st.sampled_from(((), (("aws", Decimal("0.07")),), (("AmazonS3", Decimal("0.125")),)))),
        machines=draw(st.integers(1, 3)),
        hours_per_day=draw(st.sampled_from((8.0, 24.0))),
        dataset=draw(_datasets()),
        trainings=tuple(trainings),
        options=tuple(draw(_options(f"option {index + 1}")) for index in range(count)),
    )


@st.composite
def _datasets(draw: st.DrawFn) -> Dataset:
    images = draw(st.integers(100, 1_000_000))
    return Dataset(
        images=images,
        size_bytes=images * draw(st.integers(1_000, 1_000_000)),
        versioning=draw(st.booleans()),
        uploads=draw(st.integers(1, 4)),
        reader=draw(st.sampled_from(("copy", "stream", "shards"))),
        part_bytes=draw(st.sampled_from((None, None, 16 * 2**20))),
        workers=draw(st.sampled_from((1, 1, 4))),
        cache=draw(st.booleans()),
        encryption=draw(st.sampled_from(("SSE-S3", "SSE-S3", "SSE-KMS"))),
        downloads=draw(st.integers(0, 2)),
    )


@st.composite
def _counts(draw: st.DrawFn, most: int) -> Count:
    if draw(st.booleans()):
        return Count.fixed(draw(st.integers(1, most)))
    low, mode, high = sorted(draw(st.lists(st.integers(1, most), min_size=3, max_size=3)))
    return Count(kind="range", expected=mode, low=low, high=high, mean=(low + mode + high) / 3)


@st.composite
def _trainings(draw: st.DrawFn, max_runs: int) -> Training:
    network = draw(st.sampled_from(NETWORKS))
    return Training(
        name=network,
        network=network,
        image_px=draw(st.sampled_from((64, 128, 224))),
        batch=draw(st.sampled_from((8, 16, 32))),
        epochs=Count.fixed(draw(st.integers(1, 50))),
        runs=draw(_counts(max_runs)),
        validation_images=draw(st.sampled_from((0, 1_000))),
        checkpoint=draw(st.none() | st.builds(Checkpoint, size_bytes=st.integers(10**6, 10**9))),
        logs=draw(st.none() | st.builds(Checkpoint, size_bytes=st.integers(10**5, 10**8))),
    )


@st.composite
def _options(draw: st.DrawFn, name: str) -> Option:
    hours = draw(st.floats(0.25, 24.0))
    reader: Reader | None = draw(st.sampled_from((None, None, "copy", "stream", "shards")))
    machines = draw(st.none() | st.integers(1, 3))
    option = draw(_of_kind(name, hours))
    return replace(option, reader=reader, machines=machines)


@st.composite
def _of_kind(draw: st.DrawFn, name: str, hours: float) -> Option:
    """Return an option of any kind: its own keys, and those that its kind needs, drawn where they have an effect."""
    kind: OptionKind = draw(st.sampled_from(tuple(KINDS)))
    facts = KINDS[kind]
    option = Option(name=name, kind=kind, hours_per_run=hours)
    if facts.in_aws:
        option = replace(option, instance=f"{facts.type_prefix}{draw(st.sampled_from(INSTANCES))}")
    if facts.volume_lasts:
        option = replace(
            option,
            startup_minutes=draw(st.floats(0.0, 30.0)),
            idle_hours_per_day=draw(st.floats(0.0, 4.0)),
            volume_gib=draw(st.none() | st.integers(1, 1_000)),
            region=draw(st.none() | st.sampled_from(REGIONS)),
            data_copy=draw(st.booleans()),
            nat=draw(st.booleans()),
        )
    if facts.has_notebook:
        option = replace(option, notebook_instance="ml.t3.medium", notebook_hours=draw(st.floats(0.0, 40.0)))
    if "accelerator" in needed_keys(kind):
        option = replace(option, accelerator=draw(st.sampled_from(("T4", "A100"))))
    if facts.names_device:
        option = replace(option, device="RTX 3090", gpus=1)
    if facts.is_listed:
        option = replace(option, usd_per_hour=Decimal(draw(st.integers(10, 500))) / 100)
    return replace(option, local=draw(_own_machines())) if facts.at_home else option


@st.composite
def _own_machines(draw: st.DrawFn) -> LocalMachine:
    return LocalMachine(
        owned=draw(st.booleans()),
        purchase_usd=Decimal(draw(st.integers(500, 5_000))),
        watts=draw(st.floats(50.0, 800.0)),
        electricity_usd_per_kwh=Decimal(draw(st.integers(5, 40))) / 100,
    )

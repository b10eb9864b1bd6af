"""The layout that is found is the cheapest of all, each priced as an estimate of a project written so would be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.laws import examples
from tests.projects import build_project, build_training

from cloudcost.analysis.compare import context_of
from cloudcost.analysis.estimate import estimate_option
from cloudcost.analysis.layouts import space
from cloudcost.analysis.layouts.search import layouts_of
from cloudcost.domain.lifecycle import LifecycleRule
from cloudcost.domain.project import Checkpoint, Dataset, Option, Project, Reader
from cloudcost.results.layouts import ASPECTS, Layouts

TODAY = date(2026, 11, 2)
SHARD = 128 * 2**20
WATERFALL = ("STANDARD", "STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE")
"""Classes from warm to cold, as AWS's waterfall of transitions has them."""
OPTIONS = (
    Option(name="o", kind="ec2", instance="g4dn.xlarge", hours_per_run=1.0),
    Option(name="o", kind="ec2", instance="g4dn.xlarge", region="eu-west-1", hours_per_run=1.0),
    Option(name="o", kind="ec2", instance="g4dn.xlarge", hours_per_run=1.0, reader="stream"),
    Option(name="o", kind="colab", accelerator="T4", hours_per_run=1.0),
)


@st.composite
def projects(draw: st.DrawFn) -> Project:
    """Draw a project of any data set, for one machine, in AWS or out of it."""
    images = draw(st.sampled_from((10, 3000, 40_000)))
    dataset = Dataset(
        images=images,
        size_bytes=images * draw(st.sampled_from((20_000, 131_072, 2_000_000))),
        storage_class=draw(st.sampled_from(WATERFALL[:5])),
        versioning=draw(st.booleans()),
        uploads=draw(st.integers(1, 3)),
        reader=draw(st.sampled_from(("copy", "stream", "shards"))),
        shard_size_bytes=SHARD,
        downloads=draw(st.integers(0, 1)),
        lifecycle=draw(st.sampled_from(((), (LifecycleRule(storage_class="GLACIER_IR", after_days=2),)))),
    )
    training = build_training(
        runs=draw(st.integers(1, 3)), epochs=draw(st.integers(1, 3)),
        checkpoint=draw(st.sampled_from((None, Checkpoint(size_bytes=10**8)))),
    )  # fmt: skip
    return build_project(
        draw(st.sampled_from(OPTIONS)),
        days=draw(st.sampled_from((2, 40))),
        keep_months=draw(st.sampled_from((0, 1, 5))),
        dataset=dataset,
        trainings=(training,),
    )


def searched(project: Project) -> Layouts:
    return layouts_of(project, "o", context_of(project, today=TODAY))


def written_so(project: Project) -> list[Project]:
    """Return every layout as a person would write it into the project file, in loops of its own."""
    option, data = project.options[0], project.dataset
    regions = {project.region, *([option.region] if option.region else [])}
    home = option.kind == "ec2"
    made: list[Project] = []
    days = project.duration_seconds // 86_400
    for region, as_shards, reads, name in product(regions, (False, True), ("copy", "each"), WATERFALL):
        rules: list[tuple[LifecycleRule, ...]] = [(), data.lifecycle]
        for colder in WATERFALL[WATERFALL.index(name) + 1 :]:
            least = 30 if colder in ("STANDARD_IA", "ONEZONE_IA") else 0
            after, old = max(days, least), max(least, 1)
            if project.keep_months:
                rules.append((LifecycleRule(storage_class=colder, after_days=after),))
            if data.versioning and data.uploads > 1:
                rules.append((LifecycleRule(storage_class=colder, noncurrent_after_days=old),))
                if project.keep_months:
                    both = LifecycleRule(storage_class=colder, after_days=after, noncurrent_after_days=old)
                    rules.append((both,))
        for lifecycle in rules:
            whole: Reader = "shards" if as_shards else "copy" if reads == "copy" else "stream"
            laid = replace(data, reader=whole, storage_class=name, lifecycle=lifecycle)
            reader: Reader = "copy" if reads == "copy" else whole
            own = replace(option, reader=reader, region=option.region or ("us-east-1" if home else None))
            made.append(replace(project, dataset=laid, region=region, options=(own,)))
            if as_shards == (data.reader == "shards"):  # and read as it is read now
                now = replace(laid, reader=data.reader)
                made.append(replace(project, dataset=now, region=region, options=(replace(own, reader=option.reader),)))
    for location, as_shards, reads in product(("gcs", "azure"), (False, True), ("copy", "each")):
        whole = "shards" if as_shards else "copy" if reads == "copy" else "stream"
        laid = replace(data, reader=whole, location=location, storage_class="STANDARD", lifecycle=())  # type: ignore[arg-type]
        own = replace(option, reader="copy" if reads == "copy" else whole)
        made.append(replace(project, dataset=laid, options=(own,)))
        if as_shards == (data.reader == "shards"):
            made.append(replace(project, dataset=replace(laid, reader=data.reader), options=(option,)))
    if not home:
        made.append(replace(project, dataset=replace(data, location="local")))
    return made


def cheapest(project: Project) -> object:
    context = context_of(project, today=TODAY)
    found = [estimate_option(each, each.options[0], context) for each in written_so(project)]
    return min(each.total_usd for each in found if each.feasible and each.total_usd is not None)


def holds(project: Project) -> None:
    as_it_is = estimate_option(project, project.options[0], context_of(project, today=TODAY))
    assume(as_it_is.feasible and as_it_is.total_usd is not None)
    found = searched(project)
    assert found.best.total_usd == cheapest(project)
    assert found.best.saves_usd == found.present.total_usd - found.best.total_usd >= 0
    assert all(len(each.changed) == 1 and each.total_usd >= found.best.total_usd for each in found.singles)
    assert found.present.total_usd == as_it_is.total_usd


@given(projects())
@settings(max_examples=4, deadline=None)
def test_the_best_layout_is_the_cheapest_of_all(project: Project) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(space, "SHARD_BYTES", (SHARD,))
        holds(project)


@pytest.mark.slow
@given(projects())
@settings(max_examples=examples(30), deadline=None)
def test_the_best_layout_is_the_cheapest_of_all_at_length(project: Project) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(space, "SHARD_BYTES", (SHARD,))
        holds(project)


def test_every_aspect_is_a_field_that_differs() -> None:
    assert ASPECTS == ("location", "region", "objects", "reading", "storage_class", "lifecycle")

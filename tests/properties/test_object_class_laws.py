"""A data set that is listed by classes of objects meters what it does as one sum where all its objects are alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from tests.projects import build_project
from tests.properties.test_storage_timeline_laws import rules

from cloudcost.catalog.aws.storage_classes import storage_classes
from cloudcost.domain.objects import ObjectClass, scaled_objects
from cloudcost.domain.project import Dataset, Option, Project
from cloudcost.usage.machines.runs import RunPlan
from cloudcost.usage.option import data_usage

EC2 = Option(name="o", kind="ec2", instance="g4dn.xlarge")
OPTIONS = (
    EC2,
    replace(EC2, region="eu-west-1", reader="stream"),
    replace(EC2, region="eu-west-1", data_copy=True),
    Option(name="o", kind="colab", accelerator="T4"),
)


@st.composite
def projects(draw: st.DrawFn) -> tuple[Project, list[int]]:
    """Draw a project with one sum, and how many of its objects are in each class."""
    counts = draw(st.lists(st.integers(1, 5000), min_size=1, max_size=4))
    each = draw(st.sampled_from((1, 777, 100_000, 131_072, 9 * 2**20 + 1)))
    dataset = Dataset(
        images=sum(counts),
        size_bytes=sum(counts) * each,
        storage_class=draw(st.sampled_from(tuple(storage_classes()))),
        versioning=draw(st.booleans()),
        uploads=draw(st.integers(1, 4)),
        reader=draw(st.sampled_from(("copy", "stream"))),
        downloads=draw(st.integers(0, 2)),
        lifecycle=tuple(draw(st.lists(rules(), max_size=2))),
        restore=draw(st.sampled_from((None, "Bulk"))),
    )
    options = draw(st.sampled_from(OPTIONS))
    days, start = draw(st.integers(1, 40)), draw(st.dates(date(2025, 1, 1), date(2026, 11, 1)))
    keep_months = draw(st.integers(0, 4))
    frame = build_project(options, days=days, start=start, dataset=dataset, keep_months=keep_months)
    return replace(frame, duration_seconds=frame.duration_seconds - draw(st.integers(0, 4000))), counts


@given(drawn=projects(), starts=st.sampled_from((1, 3, Fraction(7, 2))))
def test_equal_objects_meter_the_same_in_however_many_classes(
    drawn: tuple[Project, list[int]], starts: int | Fraction
) -> None:
    project, counts = drawn
    each = project.dataset.size_bytes // project.dataset.images
    objects = tuple(ObjectClass(count=count, size_bytes=count * each) for count in counts)
    listed = replace(project, dataset=replace(project.dataset, objects=objects))
    plan = RunPlan(startup_seconds=0, download_seconds=0, training_seconds=3600, steps=10, starts=starts)
    [option] = project.options
    assert data_usage(listed, option, [plan]) == data_usage(project, option, [plan])


@given(drawn=projects(), data=st.data())
def test_what_is_metered_does_not_depend_on_the_order_of_classes(
    drawn: tuple[Project, list[int]], data: st.DataObject
) -> None:
    project, counts = drawn
    objects = [
        ObjectClass(
            count=count, size_bytes=data.draw(st.integers(0, 10**9)), age_days=data.draw(st.sampled_from((None, 3)))
        )
        for count in counts
    ]
    plan = RunPlan(startup_seconds=0, download_seconds=0, training_seconds=3600, steps=10)
    [option] = project.options

    def metered(order: list[ObjectClass]) -> list[tuple[object, ...]]:
        size = sum(each.size_bytes for each in order)
        changed = replace(project, dataset=replace(project.dataset, objects=tuple(order), size_bytes=size))
        found: dict[tuple[object, ...], int] = {}
        for row in data_usage(changed, option, [plan]):
            key = (row.usage_type, row.operation, row.region, row.month, row.unit, row.per_run, row.span)
            found[key] = found.get(key, 0) + row.fixed
        return sorted(((*key, amount) for key, amount in found.items()), key=repr)

    assert metered(objects) == metered(data.draw(st.permutations(objects)))


@given(
    st.lists(st.builds(ObjectClass, count=st.integers(1, 9), size_bytes=st.integers(0, 99)), min_size=1),
    st.integers(1, 10**6),
    st.integers(1, 10**9),
)
def test_scaled_classes_come_to_the_sums_exactly(objects: list[ObjectClass], images: int, size: int) -> None:
    if not sum(each.size_bytes for each in objects):
        objects[0] = replace(objects[0], size_bytes=1)
    scaled = scaled_objects(tuple(objects), images, size)
    assert sum(each.count for each in scaled) == images
    assert sum(each.size_bytes for each in scaled) == size

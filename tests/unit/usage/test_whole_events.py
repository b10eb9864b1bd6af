"""What happens at a moment lies in one month, whole: uploads, downloads, and each run's reading from outside AWS."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.billing import at_runs
from tests.projects import build_project, build_training

from cloudcost.catalog.books.book import load_book
from cloudcost.domain.lifecycle import LifecycleRule
from cloudcost.domain.project import Dataset, LocalMachine, Option, Project
from cloudcost.domain.usage import RunUsage, Span
from cloudcost.pricing.bill.lines import price_usage
from cloudcost.units import GIB, BillingMonth
from cloudcost.usage.events import months
from cloudcost.usage.machines.runs import RunPlan
from cloudcost.usage.option import data_usage
from cloudcost.usage.s3.parts import current_parts
from cloudcost.usage.s3.requests import class_stays

DAY = 86_400
TODAY = date(2026, 11, 22)
OUT = "DataTransfer-Out-Bytes"
COLAB = Option(name="o", kind="colab", accelerator="T4")
HOME = Option(name="o", kind="local", local=LocalMachine(watts=300.0))
EC2 = Option(name="o", kind="ec2", instance="g4dn.xlarge")
PLAN = RunPlan(startup_seconds=0, download_seconds=0, training_seconds=3600, steps=10)


def project(dataset: Dataset, *, start: date = date(2026, 1, 31), days: int = 4, machines: int = 1) -> Project:
    return build_project(
        EC2, days=days, start=start, machines=machines, dataset=dataset, trainings=(build_training(epochs=5, runs=2),)
    )


def dataset(gib: int, **more: object) -> Dataset:
    return replace(Dataset(images=100, size_bytes=gib * GIB), **more)  # type: ignore[arg-type]


def out(frame: Project, option: Option, runs: int) -> dict[str, int]:
    """Return the bytes that leave AWS by month. [bytes]"""
    found: Counter[str] = Counter()
    for usage in at_runs(data_usage(frame, option, [PLAN]), [runs]):
        if usage.usage_type == OUT:
            found[str(usage.month)] += int(usage.quantity)
    return dict(found)


def paid(frame: Project, option: Option, runs: int) -> Decimal:
    """Return what leaving AWS costs, the free 100 GB of each month taken off. [USD]"""
    usages = [each for each in at_runs(data_usage(frame, option, [PLAN]), [runs]) if each.usage_type == OUT]
    lines = price_usage(usages, load_book(), on=TODAY, free_tier=True)
    return sum((line.amount_usd for line in lines), Decimal(0))


@given(st.integers(1, 10**6), st.lists(st.integers(1, 10**5), min_size=1, max_size=12))
def test_events_over_the_parts_of_a_project_sum_to_all_of_them(events: int, parts: list[int]) -> None:
    whole, begin, counts = sum(parts), 0, []
    for part in parts:
        counts.append(Span(begin, begin + part, whole).count(events))
        begin += part
    assert sum(counts) == events
    assert counts[0] >= 1
    assert all(abs(count - events * part / whole) < 1 for count, part in zip(counts, parts, strict=True))


@given(st.integers(1, 200), st.integers(0, 30), st.integers(1, 500))
def test_an_event_counts_where_it_begins(events: int, day: int, days: int) -> None:
    begin, end = day * DAY, (day + 3) * DAY
    whole = max(days * DAY, end)
    moments = [whole * number / events for number in range(events)]
    assert Span(begin, end, whole).count(events) == sum(begin <= moment < end for moment in moments)


def test_one_download_at_a_month_s_end_takes_one_allowance() -> None:
    frame = project(dataset(150, downloads=1))
    assert out(frame, EC2, 3) == {"2026-01": 150 * GIB}
    assert paid(frame, EC2, 3) == Decimal("4.5")  # 50 GB at 0.09


def test_two_downloads_in_two_months_take_two_allowances() -> None:
    frame = project(dataset(150, downloads=2), days=40)
    assert out(frame, EC2, 1) == {"2026-01": 150 * GIB, "2026-02": 150 * GIB}
    assert paid(frame, EC2, 1) == Decimal(9)


def test_the_reading_of_a_run_lies_in_the_month_in_which_it_begins() -> None:
    frame = project(dataset(150))
    assert out(frame, COLAB, 1) == {"2026-01": 150 * GIB}
    assert paid(frame, COLAB, 1) == Decimal("4.5")
    assert out(frame, COLAB, 2) == {"2026-01": 150 * GIB, "2026-02": 150 * GIB}


def test_machines_of_one_s_own_copy_at_the_project_s_start() -> None:
    frame = project(dataset(60), machines=2)
    assert out(frame, HOME, 7) == {"2026-01": 120 * GIB}
    assert paid(frame, HOME, 7) == Decimal("1.8")


@given(
    start=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    days=st.integers(1, 100),
    downloads=st.integers(0, 5),
    runs=st.integers(0, 60),
    reader=st.sampled_from(("copy", "stream")),
)
def test_months_share_whole_events_and_no_event_takes_two_allowances(
    start: date, days: int, downloads: int, runs: int, reader: str
) -> None:
    data = dataset(7, downloads=downloads, reader=reader)
    got = out(project(data, start=start, days=days), replace(COLAB, reader=reader), runs)  # type: ignore[arg-type]
    each = 1 if reader == "copy" else 5
    assert sum(got.values()) == (downloads + each * runs) * 7 * GIB
    assert all(moved % (7 * GIB) == 0 for moved in got.values())
    assert sum(moved > 0 for moved in got.values()) <= downloads + runs


@given(start=st.dates(date(2026, 1, 1), date(2026, 12, 31)), days=st.integers(1, 100), runs=st.integers(0, 30))
def test_where_nothing_is_tiered_month_ends_change_nothing(start: date, days: int, runs: int) -> None:
    def requests(frame: Project) -> Decimal:
        usages = [each for each in at_runs(data_usage(frame, COLAB, [PLAN]), [runs]) if each.unit == "requests"]
        return sum((line.amount_usd for line in price_usage(usages, load_book(), on=TODAY)), Decimal(0))

    data = dataset(1, uploads=3, downloads=2)
    assert requests(project(data, start=start, days=days)) == requests(project(data, start=TODAY, days=1))


@pytest.mark.parametrize(("uploads", "by_month"), [(1, {1: 100}), (2, {1: 100, 2: 100}), (4, {1: 100, 2: 300})])
def test_uploads_lie_in_the_month_of_their_moment(uploads: int, by_month: dict[int, int]) -> None:
    frame = project(replace(Dataset(images=100, size_bytes=10**6), uploads=uploads))  # on day 0, 1, 2, 3 of four
    puts = {
        usage.month.month: usage.fixed
        for usage in data_usage(frame, HOME, [PLAN])
        if usage.why.startswith("uploading") and usage.month is not None
    }
    assert puts == by_month


def test_a_download_reads_the_class_that_the_data_set_lies_in_at_that_moment() -> None:
    rule = LifecycleRule(storage_class="GLACIER_IR", after_days=30)
    data = replace(Dataset(images=100, size_bytes=10**8), downloads=4, lifecycle=(rule,))
    usages: list[RunUsage] = data_usage(project(data, days=80), HOME, [PLAN])
    gets = {
        usage.usage_type: usage.fixed
        for usage in usages
        if usage.why.startswith("downloading") and "Tier2" in usage.usage_type
    }
    assert set(gets) == {"Requests-Tier2", "Requests-GIR-Tier2"}  # on days 0, 20 | 40, 60
    retrieved = [usage.fixed for usage in usages if usage.usage_type == "Retrieval-GIR" and "download" in usage.why]
    assert sum(retrieved) == 2 * 10**8


@given(start=st.dates(date(2026, 1, 1), date(2026, 12, 31)), days=st.integers(1, 400), after=st.integers(1, 200))
def test_cells_tile_the_project(start: date, days: int, after: int) -> None:
    data = replace(
        Dataset(images=100, size_bytes=10**6),
        lifecycle=(LifecycleRule(storage_class="GLACIER_IR", after_days=after),),
        uploads=3,
    )
    frame = project(data, start=start, days=days)
    for stays_in_months in (months(frame), class_stays(frame, *current_parts(data))):
        assert [cell.span.begin for cell in stays_in_months] == [0, *(cell.span.end for cell in stays_in_months[:-1])]
        assert stays_in_months[-1].span.end == stays_in_months[-1].span.whole == days * DAY
        for cell in stays_in_months:
            assert BillingMonth.of(start + timedelta(seconds=cell.span.begin)) == cell.month

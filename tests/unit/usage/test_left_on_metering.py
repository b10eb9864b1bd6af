"""What is left on: started hours, shares of months, and whose bill it is on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.projects import build_project

from cloudcost.domain.left_on import LeftOn
from cloudcost.domain.project import Dataset, LocalMachine, Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.units import BillingMonth, to_priced_unit
from cloudcost.usage.left_on import left_on_assumptions, left_on_at, left_on_usage, left_on_window

EC2 = Option(name="ec2", kind="ec2", instance="g4dn.xlarge")
JOBS = Option(name="jobs", kind="sagemaker", instance="ml.g4dn.xlarge")
HOME = Option(name="home", kind="local", local=LocalMachine(watts=1.0))
COLAB = Option(name="colab", kind="colab", accelerator="T4")
CLOUD = Option(name="cloud", kind="cloud", provider="gcp", instance="g2-standard-4", region="us-central1")
ENDPOINT = LeftOn(service="AmazonSageMaker", usage_type="Host:ml.g5.2xlarge")
FIRST = datetime(2024, 1, 1, tzinfo=UTC)

moments = st.integers(0, 4 * 366 * 86_400).map(lambda seconds: FIRST + timedelta(seconds=seconds))
quantities = st.decimals(min_value="0.000001", max_value=10**6, places=6)


def frame(*rows: LeftOn, start: date = date(2025, 9, 1), hours: int = 720) -> Project:
    return build_project(
        EC2,
        JOBS,
        HOME,
        COLAB,
        CLOUD,
        duration_seconds=hours * 3600,
        start=start,
        dataset=Dataset(images=10, size_bytes=10**6),
        left_on=rows,
    )


def priced(usages: list[RunUsage], unit: str) -> dict[str, Fraction]:
    return {str(each.month): to_priced_unit(each.fixed, each.unit, unit, each.month) for each in usages}


@given(begin=moments, end=moments, quantity=quantities)
@example(begin=FIRST, end=FIRST + timedelta(hours=730), quantity=Decimal(1))
@example(begin=FIRST - timedelta(minutes=30), end=FIRST + timedelta(minutes=30), quantity=Decimal(2))
def test_hours_are_started_hours_from_the_first_moment_to_the_last(
    begin: datetime, end: datetime, quantity: Decimal
) -> None:
    begin, end = sorted((begin, end + timedelta(seconds=1)))
    row = replace(ENDPOINT, since=begin, until=end, quantity=quantity)
    got = priced(left_on_usage(frame(row), row, "Hrs"), "Hrs")
    started = ceil((end - begin) / timedelta(hours=1))
    assert 0 <= sum(got.values()) - started * Fraction(quantity) <= Fraction(len(got), 3600)
    lengths = {str(month): Fraction(seconds, 3600) for month, seconds in left_on_window(frame(row), row).by_month()}
    assert set(got) <= set(lengths)
    assert all(abs(got.get(month, Fraction(0)) - Fraction(quantity) * length) <= Fraction(quantity) + 1
               for month, length in lengths.items())  # fmt: skip


@given(begin=moments, end=moments, quantity=quantities, unit=st.sampled_from(["GB-Mo", "IOPS-Mo", "Alarms"]))
@example(begin=FIRST, end=FIRST + timedelta(days=31), quantity=Decimal(13_000), unit="IOPS-Mo")
def test_what_is_priced_by_the_month_is_a_share_of_each_calendar_month(
    begin: datetime, end: datetime, quantity: Decimal, unit: str
) -> None:
    begin, end = sorted((begin, end + timedelta(seconds=1)))
    row = replace(ENDPOINT, since=begin, until=end, quantity=quantity)
    got = priced(left_on_usage(frame(row), row, unit), unit)
    for month, seconds in left_on_window(frame(row), row).by_month():
        assert got[str(month)] == Fraction(quantity) * Fraction(seconds, month.hours * 3600)
        assert got[str(month)] <= quantity


@given(begin=moments, end=moments, quantity=quantities, unit=st.sampled_from(["Requests", "GB", "Objects"]))
@example(begin=FIRST, end=FIRST + timedelta(days=31, hours=12), quantity=Decimal("2.5"), unit="Requests")
def test_what_is_counted_singly_is_whole_in_each_month_rounded_half_to_even(
    begin: datetime, end: datetime, quantity: Decimal, unit: str
) -> None:
    begin, end = sorted((begin, end + timedelta(seconds=1)))
    row = replace(ENDPOINT, since=begin, until=end, quantity=quantity)
    found = {str(each.month): each for each in left_on_usage(frame(row), row, unit)}
    for month, seconds in left_on_window(frame(row), row).by_month():
        share = Fraction(quantity) * Fraction(seconds, month.hours * 3600) * (2**30 if unit == "GB" else 1)
        whole = found[str(month)].fixed if str(month) in found else 0
        assert whole == round(share)
        assert str(month) not in found or found[str(month)].unit in ("requests", "bytes", "Objects")


@given(begin=moments, cut=moments, end=moments, quantity=quantities)
def test_two_stretches_make_the_whole(begin: datetime, cut: datetime, end: datetime, quantity: Decimal) -> None:
    begin, cut, end = sorted((begin, cut + timedelta(seconds=1), end + timedelta(seconds=2)))

    def at(since: datetime, until: datetime) -> dict[str, Fraction]:
        row = replace(ENDPOINT, since=since, until=until, quantity=quantity)
        return priced(left_on_usage(frame(row), row, "GB-Mo"), "GB-Mo")

    first, second = at(begin, cut), at(cut, end)
    assert at(begin, end) == {
        month: first.get(month, Fraction(0)) + second.get(month, Fraction(0)) for month in {**first, **second}
    }


@pytest.mark.parametrize(("hours", "billed"), [(358, 358), (1, 1)])
def test_without_times_the_project_s_own_count(hours: int, billed: int) -> None:
    row = replace(ENDPOINT, usage_type="NatGateway-Hours", service="AmazonEC2", quantity=Decimal(2))
    assert priced(left_on_usage(frame(row, hours=hours), row, "Hrs"), "Hrs") == {"2025-09": 2 * billed}


def test_a_half_hour_across_a_month_s_end_belongs_to_the_month_in_which_its_hour_starts() -> None:
    row = replace(ENDPOINT, since=datetime(2025, 9, 30, 23, 30, tzinfo=UTC), until=datetime(2025, 10, 1, 1, tzinfo=UTC))
    assert priced(left_on_usage(frame(row), row, "Hrs"), "Hrs") == {"2025-09": 1, "2025-10": 1}


def test_an_offset_is_a_moment_of_utc() -> None:
    here = timezone(timedelta(hours=-6))
    row = replace(ENDPOINT, since=datetime(2025, 9, 30, 18, tzinfo=here), until=datetime(2025, 10, 1, 18, tzinfo=here))
    in_utc = replace(row, since=row.since.astimezone(UTC), until=row.until.astimezone(UTC))  # type: ignore[union-attr]
    assert left_on_usage(frame(in_utc), in_utc, "Hrs")[0].month == BillingMonth(2025, 10)


def test_rows_are_billed_with_the_options_that_run_at_their_provider() -> None:
    named = replace(ENDPOINT, option="home")
    units = LeftOn(service="GoogleColab", usage_type="ComputeUnits", region="global")
    project = frame(ENDPOINT, named, units)
    at = {
        option.name: left_on_at(project, option, service=service)
        for option, service in ((EC2, ""), (JOBS, ""), (HOME, ""), (COLAB, "GoogleColab"), (CLOUD, "GCP"))
    }
    assert at == {"ec2": (ENDPOINT,), "jobs": (ENDPOINT,), "home": (named,), "colab": (units,), "cloud": ()}


def test_what_is_left_on_and_what_of_it_is_not_counted_is_said() -> None:
    project = frame(replace(ENDPOINT, quantity=Decimal("1.50")))
    assert left_on_assumptions(project, EC2, service="") == [
        "left on: Host:ml.g5.2xlarge, 1.50 from 2025-09-01 to 2025-10-01 (UTC)"
    ]
    assert left_on_assumptions(project, HOME, service="") == [
        "not counted: Host:ml.g5.2xlarge, left on at another provider"
    ]
    assert left_on_assumptions(frame(), HOME, service="") == []

"""What the age of the account takes off: free months if opened before 15 July 2025, credits if since."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.projects import build_project, build_training

from cloudcost.analysis.compare import context_of
from cloudcost.analysis.estimate import model_and_estimate
from cloudcost.catalog.aws.free_tier import free_quotas_of, sign_up_credit
from cloudcost.catalog.tables import sources
from cloudcost.domain.lines import LineItem
from cloudcost.domain.project import Dataset, Option, Project
from cloudcost.errors import ProjectFileError
from cloudcost.money import exact_sum
from cloudcost.options.model import OptionModel
from cloudcost.project.file import parse_project
from cloudcost.results.estimate import Estimate

TODAY = date(2026, 11, 22)
CHANGE = date(2025, 7, 15)
EC2 = Option(name="ec2", kind="ec2", instance="g4dn.xlarge", hours_per_run=2.0, volume_gib=0)
JOBS = Option(
    name="jobs", kind="sagemaker", instance="ml.m5.xlarge", hours_per_run=30.0, notebook_instance="ml.t3.medium",
    notebook_hours=600.0,
)  # fmt: skip


def frame(opened: date | None, **changes: object) -> Project:
    made = build_project(
        EC2,
        JOBS,
        days=91,
        start=date(2025, 9, 1),
        account_opened=opened,
        dataset=Dataset(images=50_000, size_bytes=100 * 2**30),
        trainings=(build_training(runs=4),),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def modelled(option: Option, opened: date | None, **changes: object) -> tuple[OptionModel, Estimate]:
    project = frame(opened, **changes)
    model, estimate = model_and_estimate(project, option, context_of(project, today=TODAY))
    assert model is not None
    return model, estimate


def line(estimate: Estimate, usage_type: str, month: str) -> LineItem:
    [found] = [each for each in estimate.lines if each.usage_type == usage_type and str(each.month) == month]
    return found


def free(estimate: Estimate, usage_type: str, month: str) -> Fraction:
    found = line(estimate, usage_type, month)
    return sum((each.quantity for each in found.tiers if not each.unit_price_usd), Fraction(0))


def test_each_month_of_the_first_year_has_its_free_quantities() -> None:
    _, estimate = modelled(EC2, date(2024, 11, 20))
    storage = {month: free(estimate, "TimedStorage-ByteHrs", month) for month in ("2025-09", "2025-10", "2025-11")}
    assert storage == {"2025-09": 5, "2025-10": 5, "2025-11": 0}
    assert free(estimate, "EBS:VolumeUsage.gp3", "2025-10") == 30
    assert free(estimate, "Requests-Tier1", "2025-09") == 2000
    said = line(estimate, "TimedStorage-ByteHrs", "2025-09").why
    assert "the first 5 GB-Mo a month are free through the account's age" in said
    assert "account's age" not in line(estimate, "TimedStorage-ByteHrs", "2025-11").why


def test_sagemaker_s_trial_lasts_the_project_s_first_two_months() -> None:
    _, estimate = modelled(JOBS, date(2025, 3, 1))
    hours = [free(estimate, "Notebk:ml.t3.medium", month) for month in ("2025-09", "2025-10", "2025-11")]
    assert hours[2] == 0
    assert 0 < hours[1] <= 250
    assert 0 < free(estimate, "Train:ml.m5.xlarge", "2025-09") <= 50
    _, listed = modelled(JOBS, None)
    assert all(each.unit_price_usd for each in line(listed, "Train:ml.m5.xlarge", "2025-09").tiers)


def test_a_nat_gateway_s_address_is_not_free() -> None:
    _, plain = modelled(EC2, date(2025, 3, 1))
    assert free(plain, "PublicIPv4:InUseAddress", "2025-09") > 0
    _, private = modelled(replace(EC2, nat=True), date(2025, 3, 1))
    assert free(private, "PublicIPv4:InUseAddress", "2025-09") == 0


@settings(max_examples=25)
@example(days=-400, option=JOBS, runs=4)
@example(days=-1, option=JOBS, runs=4)
@example(days=0, option=JOBS, runs=4)
@given(days=st.integers(-400, 380), option=st.sampled_from([EC2, JOBS]), runs=st.integers(0, 9))
def test_all_engines_take_the_same_off_and_never_more_than_the_bill(days: int, option: Option, runs: int) -> None:
    opened = CHANGE + timedelta(days=min(days, 40))
    model, _ = modelled(option, opened)
    listed, _ = modelled(option, None)
    lines = model.lines([runs])
    total = exact_sum([each.amount_usd for each in lines])
    assert model.bill.total_usd([runs]) == total
    if runs:
        assert abs(model.bill.curve(1, 9).at(runs) - Fraction(total)) < Fraction(1, 10**8)
    whole = exact_sum([each.amount_usd for each in listed.lines([runs])])
    assert 0 <= total <= whole
    assert (total == whole) == (opened >= CHANGE or opened < date(2024, 10, 1))
    assert [each.quantity for each in lines] == [each.quantity for each in listed.lines([runs])]


@given(day=st.dates(date(2006, 3, 14), date(2040, 1, 1)))
def test_an_account_has_free_months_or_credits(day: date) -> None:
    credit = sign_up_credit(day)
    quotas = free_quotas_of(day, day)
    assert (credit is None) == (day < CHANGE) == bool(quotas)
    for quota in quotas:
        assert quota.first <= day < quota.until <= day + timedelta(days=366)
        assert quota.source in sources()
    assert credit is None or (credit.usd == 100 and credit.expires > day + timedelta(days=360))


FILE = """[project]
start = 2026-09-01
duration = "{duration}"
account_opened = {opened}
{more}
[dataset]
images = 10
size = "1 GB"
[[training]]
network = "resnet18"
epochs = 1
[[option]]
kind = "ec2"
instance = "g4dn.xlarge"
"""


@pytest.mark.parametrize(
    ("opened", "duration", "more", "usd", "said"),
    [
        ("2026-08-01", "30 days", "", 100, "opened on 2026-08-01 are taken off what AWS charges, valid"),
        ("2025-10-15", "30 days", "", 100, "valid until 2026-10-15"),
        ("2025-09-15", "30 days", "", 100, "expire on 2026-09-15, in the project's first month, and are not counted"),
        ("2025-09-01", "30 days", "", 0, "expired on 2026-09-01, before the project begins"),
        ("2026-08-01", "30 days", "keep_months = 12", 100, "the months before 2027-08; they expire on 2027-08-01"),
        ("2026-08-01", "30 days", "credits_usd = 0", 0, "are not counted, as the project states"),
        ("2026-08-01", "30 days", "credits_usd = 150", 150, "credits as the project states; 100 USD"),
        ("2025-07-14", "30 days", "", 0, "the free months of an account opened on 2025-07-14 ended before the project"),
        ("2025-07-14", "30 days", "credits_usd = 7", 7, "ended before the project"),
    ],
)  # fmt: skip
def test_credits_are_those_of_the_account_unless_they_are_stated(
    opened: str, duration: str, more: str, usd: int, said: str
) -> None:
    text = FILE.format(opened=opened, duration=duration, more=more)
    project = parse_project(text, name="p.toml", today=TODAY)
    assert project.credits_usd == usd
    _, estimate = model_and_estimate(project, project.options[0], context_of(project, today=TODAY))
    assert [each for each in estimate.assumptions if said in each], estimate.assumptions


def test_without_the_account_s_age_nothing_is_taken_off_or_said() -> None:
    _, estimate = modelled(EC2, None)
    assert not [each for each in estimate.assumptions if "account" in each]


def test_an_account_is_opened_before_the_project_begins() -> None:
    with pytest.raises(ProjectFileError, match=r"project.account_opened: after the project's start on 2026-09-01"):
        parse_project(FILE.format(opened="2026-09-02", duration="3 days", more=""), name="p.toml", today=TODAY)

"""Free quotas that are not Colab's: plans of a project, marked as nothing that is promised, never the verdict."""

from __future__ import annotations

from datetime import date

import pytest

from cloudcost.analysis.compare import compare
from cloudcost.catalog.colab import ColabPlan, free_quotas, plan, quota_names
from cloudcost.project.file import parse_project

TODAY = date(2026, 11, 22)
PROJECT = """
[project]
duration = "{days} days"
[dataset]
images = 60000
size = "6.6 GB"
[[training]]
network = "resnet50"
epochs = 38
checkpoint = {{size = "200 MB"}}
runs = {runs}
[[option]]
kind = "colab"
plan = "{plan}"
accelerator = "T4"
[[option]]
name = "rented"
kind = "ec2"
instance = "g4dn.xlarge"
"""


@pytest.mark.parametrize("name", quota_names())
def test_a_quota_is_an_option_that_is_never_the_verdict(name: str) -> None:
    project = parse_project(PROJECT.format(days=14, runs=2, plan=name), name="p.toml", today=TODAY)
    found = compare(project, today=TODAY, draws=0)
    option = found.option(f"{name} T4")
    assert option.feasible
    assert not option.guaranteed
    assert found.best is not None
    assert found.best.name == "rented"
    told = " ".join(option.assumptions)
    assert plan(name).source in told
    assert "Colab" not in told
    assert "Google" not in told


@pytest.mark.parametrize("quota", free_quotas(), ids=lambda quota: quota.name)
def test_a_day_has_one_session_and_no_more_than_the_week_allows(quota: ColabPlan) -> None:
    assert quota.hours_per_day <= (quota.session_hours or 24)
    assert 7 * quota.hours_per_day <= (quota.weekly_gpu_hours or 168)


@pytest.mark.parametrize(("days", "can"), [(2, False), (3, True)])
def test_what_the_week_does_not_allow_is_not_feasible(days: int, can: bool) -> None:
    """Two runs of some 6 h are 12.8 h: two days of 30 / 7 h have 8.6 h, three have 12.9 h."""
    project = parse_project(PROJECT.format(days=days, runs=2, plan="kaggle"), name="p.toml", today=TODAY)
    option = compare(project, today=TODAY, draws=0).option("kaggle T4")
    assert option.feasible == can, option.reason

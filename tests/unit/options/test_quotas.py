"""Quotas of AWS: what an option needs, and that less of it than that makes it one that cannot be done."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from tests.projects import build_project

from cloudcost.analysis.choose.search import choose
from cloudcost.analysis.choose.wanted import Wanted
from cloudcost.analysis.compare import compare, context_of
from cloudcost.errors import ProjectFileError
from cloudcost.project.file import read_project
from cloudcost.render.comparison import comparison_text
from cloudcost.render.reasons.quotas import quota_sentence
from cloudcost.render.records import estimate_record
from cloudcost.results.estimate import Estimate

TODAY = date(2026, 11, 22)
FILE = """
[project]
start = 2026-12-01
duration = "20 days"
{quotas}
[dataset]
images = 50000
size = "5 GB"
[[training]]
network = "resnet18"
epochs = 5
[[option]]
name = "on demand"
kind = "ec2"
instance = "g4dn.xlarge"
machines = 2
[[option]]
name = "spot"
kind = "ec2"
instance = "g4dn.xlarge"
purchase = "spot"
[[option]]
name = "jobs"
kind = "sagemaker"
instance = "ml.g4dn.xlarge"
[[option]]
name = "colab"
kind = "colab"
accelerator = "T4"
"""


def options_of(folder: Path, quotas: str = "") -> dict[str, Estimate]:
    path = folder / "q.toml"
    path.write_text(FILE.format(quotas=f"quotas = {quotas}" if quotas else ""), encoding="utf-8")
    return {each.name: each for each in compare(read_project(path, today=TODAY), today=TODAY, draws=0).options}


def test_each_option_of_aws_names_its_quota_and_others_have_none(tmp_path: Path) -> None:
    quotas = {name: estimate_record(each)["quota"] for name, each in options_of(tmp_path).items()}
    assert quotas["colab"] is None
    assert quotas["on demand"] == {
        "code": "L-DB2E81BA", "name": "Running On-Demand G and VT instances", "needed": 8, "unit": "vCPUs",
        "new_account": 0,
    }  # fmt: skip
    spot, jobs = quotas["spot"], quotas["jobs"]
    assert spot is not None
    assert (spot["code"], spot["needed"]) == ("L-3819A6DF", 4)
    assert jobs is not None
    assert (jobs["code"], jobs["needed"], jobs["unit"]) == (None, 1, "instances")
    assert json.loads(json.dumps(quotas)) == quotas


@pytest.mark.parametrize(
    ("quotas", "cannot"),
    [
        ("", set()), ('{"L-DB2E81BA" = 8, "L-3819A6DF" = 4}', set()), ('{"L-DB2E81BA" = 7}', {"on demand"}),
        ('{"running on-demand g and vt instances" = 0}', {"on demand"}), ('{"l-3819a6df" = 3}', {"spot"}),
        ('{"ml.g4dn.xlarge for training job usage" = 0}', {"jobs"}),
        ('{"ml.g5.xlarge for training job usage" = 0}', set()), ('{"L-417A185B" = 0}', set()),
    ],
)  # fmt: skip
def test_an_option_that_needs_more_than_the_account_has_cannot_be_done(
    quotas: str, cannot: set[str], tmp_path: Path
) -> None:
    options = options_of(tmp_path, quotas)
    assert cannot == {name for name, each in options.items() if not each.feasible}
    for name in cannot:
        assert "of the quota" in options[name].reason
        assert options[name].total_usd is not None


def test_the_reason_names_the_quota_what_is_needed_and_what_there_is(tmp_path: Path) -> None:
    reason = options_of(tmp_path, '{"L-DB2E81BA" = 7}')["on demand"].reason
    assert reason == (
        "it needs 8 vCPUs of the quota L-DB2E81BA (Running On-Demand G and VT instances), "
        "and the account has 7 (quotas)"
    )


def test_what_the_best_two_need_is_told_until_the_project_says_what_there_is(tmp_path: Path) -> None:
    path = tmp_path / "q.toml"
    for quotas in ("", 'quotas = {"L-3819A6DF" = 4}'):
        path.write_text(FILE.format(quotas=quotas), encoding="utf-8")
        comparison = compare(read_project(path, today=TODAY), today=TODAY, draws=0)
        sure = [each for each in comparison.options if each.feasible and each.guaranteed][:2]
        said = quota_sentence(comparison)
        assert bool(said) == (not quotas and any(each.quota is not None for each in sure))
        for each in sure if said else ():
            assert (each.name in said) == (each.quota is not None)
        assert said in " ".join(comparison_text(comparison).split())


def test_who_needs_no_more_than_a_new_account_has_is_told_nothing(tmp_path: Path) -> None:
    path = tmp_path / "q.toml"
    file = FILE.partition("[[option]]")[0].format(quotas="") + '[[option]]\nkind = "ec2"\ninstance = "{type}"\n'
    found = {}
    for name in ("c7i.xlarge", "c7i.2xlarge", "g4dn.xlarge"):
        path.write_text(file.replace("{type}", name), encoding="utf-8")
        found[name] = quota_sentence(compare(read_project(path, today=TODAY), today=TODAY, draws=0))
    assert found["c7i.xlarge"] == ""
    assert "a new account has too little" in found["c7i.2xlarge"]
    assert "a new account has none" in found["g4dn.xlarge"]


@pytest.mark.parametrize(
    ("quotas", "message"),
    [
        ('{"L-DB2E81B" = 8}', r"q\.toml:project\.quotas: no quota of that code or name is known, \"L-DB2E81B\", did"),
        ('{"L-DB2E81BA" = -1}', r"q\.toml:project\.quotas: L-DB2E81BA is no whole number of 0 to 1,000,000,000, "),
        ('{"L-DB2E81BA" = 1.5}', r"L-DB2E81BA is no whole number"),
        ('{"L-DB2E81BA" = true}', r"L-DB2E81BA is no whole number"),
        ("8", r"q\.toml:project\.quotas: not a table of quotas, 8, write"),
        ("{}", r"not a table of quotas"),
    ],
)
def test_a_quota_that_is_none_is_a_fault(quotas: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ProjectFileError, match=message):
        options_of(tmp_path, quotas)


@pytest.mark.parametrize(
    "quotas", [(("L-DB2E81BA", 0),), (("L-3819A6DF", 4), ("ml.g4dn.xlarge for training job usage", 0))]
)
def test_the_book_is_searched_within_quotas_as_row_by_row(quotas: tuple[tuple[str, int], ...]) -> None:
    wanted = Wanted(gpus=("T4",), regions=("us-east-1", "eu-west-1"), providers=("aws",))
    project = build_project(start=TODAY, quotas=quotas)
    context = context_of(project, today=TODAY)
    fast, slow = (choose(project, context, wanted, top=4, pruned=pruned) for pruned in (True, False))
    assert [each.name for each in fast.comparison.options] == [each.name for each in slow.comparison.options]
    assert (fast.front, fast.considered, fast.priced) == (slow.front, slow.considered, slow.priced)
    limits = dict(quotas)
    assert fast.comparison.options
    for each in fast.comparison.options:
        assert each.quota is not None
        assert each.quota.needed <= limits.get(each.quota.code or each.quota.name, each.quota.needed)

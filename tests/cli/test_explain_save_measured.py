"""What a bill measures goes back into the project, whose estimate is then nearer to the bill."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from cloudcost.cli import run

TODAY = ["--today", "2026-11-22"]
PROJECT = """[project]
name = "birds"
region = "eu-central-1"
start = 2026-10-05

[dataset]
images = 240000
size = "150 GB"  # a guess

[[training]]
network = "resnet18"
epochs = 8
runs = 2

[[option]]
name = "EC2"
kind = "ec2"
instance = "g4dn.xlarge"

[[option]]
name = "SageMaker"
kind = "sagemaker"
instance = "ml.g4dn.xlarge"
"""
HEAD = (
    "bill/BillingPeriodStartDate,lineItem/UsageAccountId,lineItem/LineItemType,lineItem/UsageStartDate,"
    "lineItem/UsageEndDate,lineItem/ProductCode,lineItem/UsageType,lineItem/Operation,lineItem/UsageAmount,"
    "lineItem/UnblendedCost,pricing/unit\n"
)


def row(day: int, service: str, usage: str, amount: float, price: float, unit: str) -> str:
    return (
        f"2026-10-01T00:00:00Z,111122223333,Usage,2026-10-{day:02}T00:00:00Z,2026-10-{day + 1:02}T00:00:00Z,{service},"
        f"EUC1-{usage},,{amount:.6f},{amount * price:.6f},{unit}\n"
    )


def bill_text(hours: float = 20, gib: float = 186) -> str:
    rows = [row(day, "AmazonSageMaker", "Train:ml.g4dn.xlarge", hours / 2, 0.921, "Hrs") for day in (6, 7)]
    rows += [row(day, "AmazonS3", "TimedStorage-ByteHrs", gib / 31, 0.0245, "GB-Mo") for day in (5, 6, 7, 8)]
    return HEAD + "".join(rows)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bill.csv").write_text(bill_text())
    (tmp_path / "p.toml").write_text(PROJECT)
    return tmp_path


def explained(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, dict[str, object]], str]:
    assert run(["explain", "bill.csv", "--format", "json", *arguments, *TODAY]) == 0
    out = capsys.readouterr()
    record = json.loads(out.out)
    return {"plan": record["plan"]} | {each["key"]: each for each in record["comparison"]}, out.err


def test_the_saved_project_is_as_the_bill_and_only_two_keys_of_it_changed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, said = explained(["--project", "p.toml", "--save-measured", "-o", "m.toml"], capsys)
    assert "held against option SageMaker, which the bill is likest to" in said
    assert "size of the data set: 186 GiB in place of 139.7 GiB" in said
    assert before["plan"]["planned_runs"] == pytest.approx(2)
    assert (folder / "p.toml").read_text() == PROJECT
    wanted = tomllib.loads(PROJECT)
    found = tomllib.loads((folder / "m.toml").read_text())
    hours = found["option"][1]["hours_per_run"]
    wanted["dataset"]["size"] = "186 GiB"
    wanted["option"][1]["hours_per_run"] = hours
    assert found == wanted
    assert 'size = "186 GiB"  # a guess' in (folder / "m.toml").read_text()

    after, _ = explained(["--project", "m.toml", "--option", "SageMaker"], capsys)
    assert after["training"]["verdict"] == "as planned"
    assert float(str(after["plan"]["planned_hours"])) == pytest.approx(20, rel=0.02)
    for key in ("training", "bucket-storage"):
        assert abs(float(str(after[key]["difference_usd"]))) < abs(float(str(before[key]["difference_usd"])))


def test_without_a_file_of_its_own_the_project_is_written_and_then_has_nothing_to_change(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--project", "p.toml", "--option", "SageMaker", "--save-measured"]
    _, said = explained(arguments, capsys)
    assert "wrote p.toml" in said
    assert (folder / "p.toml").read_text() != PROJECT


@pytest.mark.parametrize(
    ("bill", "project", "said"),
    [
        (HEAD + row(6, "AmazonSageMaker", "Train:ml.g4dn.xlarge", 20, 0.921, "Hrs"), PROJECT, "the bill has no size"),
        (bill_text(), PROJECT.replace('150 GB"', '150 GB"\nversioning = true'), "does not part old versions"),
        (bill_text(hours=0.01), PROJECT, "are not those of planned runs of any"),
        (bill_text(gib=0), PROJECT, "nothing was kept"),
        (
            HEAD + row(6, "AmazonS3", "TimedStorage-ByteHrs", 6, 0.0245, "GB-Mo"),
            PROJECT,
            "has no hours of the machine that is planned to train",
        ),
        (
            "service,region,usage_type,month,quantity,unit,cost\n"
            "AmazonS3,eu-central-1,TimedStorage-ByteHrs,2026-10,6,GB-Mo,0.1\n",
            PROJECT,
            "rows of a month do not tell how long",
        ),
    ],
)
def test_what_a_bill_does_not_measure_is_said(
    bill: str, project: str, said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "bill.csv").write_text(bill)
    (folder / "p.toml").write_text(project)
    _, told = explained(["--project", "p.toml", "--option", "SageMaker", "--save-measured", "-o", "m.toml"], capsys)
    assert said in " ".join(told.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--save-measured"], "--save-measured: stated without a project, yes, name it by --project"),
        (["-o", "m.toml"], "-o: stated without a project, m.toml, name it by --project"),
        (
            ["--project", "p.toml", "-o", "m.toml"],
            "-o: stated without --save-measured, m.toml, add it, or leave -o out",
        ),
        (["--project", "p.toml", "--save-measured", "-o", "bill.csv"], "-o:bill.csv: is what is read"),
    ],
)
def test_faults_are_one_line_and_write_nothing(
    arguments: list[str], message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", "bill.csv", *arguments, *TODAY]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert len(err.splitlines()) == 1
    assert not (folder / "m.toml").exists()


@pytest.mark.parametrize("versioning", [True, False])
def test_a_plan_with_versions_parts_them_from_live_objects(
    versioning: bool, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = PROJECT.replace('size = "150 GB"', f'versioning = {str(versioning).lower()}\nsize = "93 GiB"')
    (folder / "p.toml").write_text(text)
    assert run(["explain", "bill.csv", "--project", "p.toml", "--format", "json", *TODAY]) == 0
    record = json.loads(capsys.readouterr().out)
    [kept] = [each for each in record["causes"] if each["key"] == "bucket-storage"]
    assert any("taken as planned, 93 GiB" in note for note in record["notes"]) is versioning
    usd = float(kept["usd"])
    wanted = [usd / 2, usd / 2] if versioning else [0, usd]
    assert [float(each) for each in kept["range_usd"]] == pytest.approx(wanted, rel=1e-4)


@pytest.mark.parametrize(
    ("kind", "instance", "is_measured"),
    [("ec2", "g4dn.xlarge", False), ("sagemaker", "ml.g5.xlarge", False), ("sagemaker", "ml.g4dn.xlarge", True)],
)
def test_hours_of_another_machine_measure_nothing(
    kind: str, instance: str, is_measured: bool, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = PROJECT.replace('kind = "ec2"\ninstance = "g4dn.xlarge"', f'kind = "{kind}"\ninstance = "{instance}"')
    (folder / "p.toml").write_text(text)
    explained(["--project", "p.toml", "--option", "EC2", "--save-measured", "-o", "m.toml"], capsys)
    assert ("hours_per_run" in tomllib.loads((folder / "m.toml").read_text())["option"][0]) is is_measured

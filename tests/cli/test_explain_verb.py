"""The verb `explain`: a bill by cause, its faults in one line, its exit codes."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from tests.bill_files import focus, legacy_report, made_bill

from cloudcost.cli import run
from cloudcost.render.outputs import FORMATS

TODAY = ["--today", "2026-11-22"]
GIVEN = Path(__file__).parents[3] / "shared" / "data" / "bills"
PROJECT = """
[dataset]
images = 1000
size = "1 GB"
[[training]]
network = "resnet18"
epochs = 1
[[option]]
name = "a"
kind = "sagemaker"
instance = "ml.g4dn.xlarge"
[[option]]
name = "b"
kind = "ec2"
instance = "g4dn.xlarge"
"""
NAMED = 0.95
"""Of a bill, under a cause with a name. [1]"""


@pytest.mark.skipif(not GIVEN.is_dir(), reason="needs ../shared/data beside the checkout")
@pytest.mark.parametrize("name", ["sagemaker_eu_west_1_2023-12.csv", "focus_1_0_s3_rows.csv"])
def test_given_bills_are_under_named_causes(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", str(GIVEN / name), "--format", "json", *TODAY]) == 0
    record = json.loads(capsys.readouterr().out)
    named = sum(Decimal(each["usd"]) for each in record["causes"] if each["key"] not in ("other", "undivided"))
    assert named >= Decimal(NAMED) * Decimal(record["billed_usd"])
    assert {"evidence", "against", "avoid", "lines"} <= set(record["causes"][0])


def test_several_bills_are_one_and_their_months_stand_side_by_side(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text("usage_type,month,quantity,unit,cost\nNotebk:ml.t3.medium,2026-09,720,Hrs,39.60\n")
    (tmp_path / "b.csv").write_text("usage_type,month,quantity,unit,cost\nNotebk:ml.t3.medium,2026-11,500,Hrs,27.50\n")
    assert run(["explain", str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), *TODAY]) == 0
    out = capsys.readouterr().out
    assert "2026-09  2026-11 open" in out
    assert "67.10 USD, unblended cost, in 2 lines" in out


def test_a_report_of_hours_and_its_focus_export_say_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = made_bill(2)
    found = []
    for name, text in (("cur.csv", legacy_report(made)), ("focus.csv", focus(made))):
        (tmp_path / name).write_text(text)
        assert run(["explain", str(tmp_path / name), "--format", "json", *TODAY]) == 0
        record = json.loads(capsys.readouterr().out)
        found.append([(each["cause"], each["usd"], each["evidence"], each["saved_usd"]) for each in record["causes"]])
    assert found[0] == found[1]


def test_rows_that_cannot_be_read_are_said_on_stderr_and_in_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bill.csv").write_text("usage_type,cost\nNotebk:ml.t3.medium,3\nA,much\n")
    assert run(["explain", "bill.csv", *TODAY]) == 0
    out, err = capsys.readouterr()
    assert "bill.csv:3: not an amount, 'much', not read" in " ".join(err.split())
    assert "Unexplained: 1 line could not be read, of unknown cost" in out


@pytest.mark.parametrize("style", FORMATS)
def test_a_bill_in_each_format(style: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bill.csv").write_text("usage_type,quantity,unit,cost\nNotebk:ml.t3.medium,744,Hrs,40.92\n")
    assert run(["explain", str(tmp_path / "bill.csv"), *TODAY, "--format", style]) == 0
    out = capsys.readouterr().out
    assert "40.92" in out
    assert out.startswith({"json": "{", "csv": "cause,"}.get(style, "40.92 USD, unblended cost"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.csv"], "none.csv: cannot be read, No such file or directory"),
        (["bill.csv", "--cost", "amortized"], "bill.csv:--cost: no line has this cost, 'amortized', ask for unblended"),
        (["bill.csv", "--cost", "blended"], "argument --cost: invalid choice: 'blended'"),
        (["bill.csv", "--live", "much"], "argument --live: "),
        (["--live", "48GiB"], "--live: stated without a bill, 51539607552, name the bill"),
        (["bill.csv", "--option", "a"], "--option: stated without a project, a, name it by --project"),
        (["bill.csv", "--project", "p.toml"], "p.toml:--option: not stated, '', name the one that was taken: a, b"),
        (["bill.csv", "--project", "p.toml", "--option", "c"], "p.toml:option: no such option, 'c', there is 'a', 'b'"),
        (["--project", "p.toml"], "--project: stated without a bill, p.toml, name the bill"),
        (["bill.csv", "--days", "4"], "--days: stated beside a bill, 4, leave it out"),
    ],
)
def test_faults_are_one_line_and_exit_2(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bill.csv").write_text("usage_type,cost\nNotebk:ml.t3.medium,3\n")
    (tmp_path / "p.toml").write_text(PROJECT)
    assert run(["explain", *arguments, *TODAY]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert "Traceback" not in err
    assert len(err.splitlines()) == 1


def test_the_live_size_parts_what_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bill.csv").write_text(
        "service,usage_type,month,quantity,unit,cost\nAmazonS3,TimedStorage-ByteHrs,2026-10,200,GB-Mo,4.60\n"
    )
    assert run(["explain", str(tmp_path / "bill.csv"), "--live", "48GiB", *TODAY]) == 0
    assert "saved: up to 3.50 USD (old versions and unfinished parts)" in capsys.readouterr().out


def test_a_page_is_written_beside_the_answer_and_never_over_the_bill(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bill, page = tmp_path / "bill.csv", tmp_path / "bill.html"
    bill.write_text("usage_type,quantity,unit,cost\nNotebk:ml.t3.medium,744,Hrs,40.92\n")
    assert run(["explain", str(bill), "--html", str(page), *TODAY]) == 0
    assert "notebook instance, left on or used" in page.read_text()
    assert f"wrote {page}" in capsys.readouterr().err
    assert run(["explain", str(bill), "--html", str(bill), *TODAY]) == 2
    assert bill.read_text().startswith("usage_type")
    assert run(["explain", "--html", str(page), *TODAY]) == 2
    assert "--html: stated without a bill" in capsys.readouterr().err


def test_a_plan_stands_beside_the_bill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bill.csv").write_text("usage_type,quantity,unit,cost\nNotebk:ml.t3.medium,744,Hrs,40.92\n")
    (tmp_path / "p.toml").write_text(PROJECT)
    assert run(["explain", "bill.csv", "--project", "p.toml", "--option", "a", *TODAY]) == 0
    out = capsys.readouterr().out
    assert "against the plan: p, option a" in out
    assert "40.92  not planned" in out


def test_the_json_names_the_book_of_the_plan_and_none_for_a_bill_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bill.csv").write_text("usage_type,quantity,unit,cost\nNotebk:ml.t3.medium,744,Hrs,40.92\n")
    (tmp_path / "p.toml").write_text(PROJECT)
    assert run(["compare", "p.toml", "--draws", "0", "--format", "json", *TODAY]) == 0
    planned = json.loads(capsys.readouterr().out)
    asked = ["explain", "bill.csv", "--format", "json", *TODAY]
    assert run(asked) == 0
    alone = json.loads(capsys.readouterr().out)
    assert run([*asked, "--project", "p.toml", "--option", "a"]) == 0
    beside = json.loads(capsys.readouterr().out)
    for key in ("price_book", "price_book_sha256"):
        assert alone[key] is None
        assert beside[key] == planned[key]
    assert len(beside["price_book_sha256"]) == 64

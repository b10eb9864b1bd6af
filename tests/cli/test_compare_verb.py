"""`compare` and `estimate` as a user types them: exit codes, the JSON contract, bad input, no network."""

from __future__ import annotations

import csv
import io
import json
import re
import socket
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cloudcost.cli import VERBS, run
from cloudcost.render.tables.columns import display_width

TODAY = ("--today", "2026-11-22", "--draws", "0")
DATASET = '[dataset]\nimages = 1000\nsize = "100 MB"\n'
TRAINING = '[[training]]\nnetwork = "resnet18"\nepochs = 3\n'
EC2 = '[[option]]\nname = "cloud"\nkind = "ec2"\ninstance = "g4dn.xlarge"\nhours_per_run = 2\n'
LOCAL = '[[option]]\nname = "mine"\nkind = "local"\nowned = true\nwatts = 300\ncountry = "MEX"\nhours_per_run = 2\n'


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail whatever opens a socket."""

    def refuse(*arguments: object, **named: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "p.toml"
    path.write_text(DATASET + TRAINING + EC2 + LOCAL, encoding="utf-8")
    return path


def compared(path: Path | None, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    named = () if path is None else (str(path),)
    assert run(["compare", *named, *TODAY, "--format", "json", *more]) == 0
    record: dict[str, Any] = json.loads(capsys.readouterr().out)
    return record


def test_the_bundled_project_is_compared_without_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", "--assumptions", *TODAY]) == 0
    out = capsys.readouterr().out
    assert out.startswith(("Local: ", "Cloud: "))
    plain = " ".join(out.split())
    heading = (
        "reto: 5 (3 to 8) x resnet50, 5 (3 to 8) x vgg16, 5 (3 to 8) x mobilenet_v2, within 4 days from 2026-11-22"
    )
    assert plain.index(heading) < plain.index("option USD ")
    assert max(display_width(row) for row in out.splitlines()) <= 80
    for part in (
        "not feasible",
        "Colab free",
        "beside the totals",
        "assumed",
        "not included",
        "price book aws-2026-11",
    ):
        assert part in out


def test_comparison_json_has_the_keys_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    record = compared(None, capsys)
    assert (record["schema"], record["currency"], record["level"]) == ("cloudcost.comparison/1", "USD", 0.8)
    assert (record["project"], record["price_book"]) == ("reto", "aws-2026-11")
    assert isinstance(record["verdict"], str)
    assert all(isinstance(each, str) for each in record["excluded"])
    names = [option["name"] for option in record["options"]]
    assert len(names) == 11
    for option in record["options"]:
        check_option(option)
    for crossing in record["break_even"]["runs"]:
        assert {crossing["a"], crossing["b"]} <= set(names)
        assert crossing["horizon"] == 10_000
        assert crossing["at"] == sorted(set(crossing["at"]))


def check_option(option: dict[str, Any]) -> None:
    contract = {"name", "kind", "feasible", "reason", "total_usd", "interval_usd", "hours", "hours_per_run",
                "seconds_per_iteration", "interval_seconds", "basis", "lines", "assumptions"}  # fmt: skip
    assert contract <= option.keys()
    assert isinstance(option["feasible"], bool)
    assert (option["reason"] is None) == option["feasible"]
    assert isinstance(option["hours"], float)
    low, high = option["interval_seconds"]
    assert low <= option["seconds_per_iteration"] <= high
    assert option["basis"] in ("measured", "anchored", "fitted", "transferred")
    assert sum((Decimal(line["amount_usd"]) for line in option["lines"]), Decimal(0)) == Decimal(option["total_usd"])
    for line in option["lines"]:
        assert set(line) == {"service", "usage_type", "operation", "region", "month", "purchase", "quantity", "unit",
                             "unit_price_usd", "tiers", "amount_usd", "grade", "source", "as_of", "why"}  # fmt: skip
        assert all(isinstance(line[key], str) for key in ("quantity", "amount_usd", "unit", "why", "grade"))
        assert (line["unit_price_usd"] is None) == (len(line["tiers"]) > 1)
        for tier in line["tiers"]:
            assert set(tier) == {"from", "up_to", "quantity", "unit_price_usd", "amount_usd"}
            assert all(isinstance(tier[key], str) for key in ("from", "quantity", "unit_price_usd", "amount_usd"))


def test_feasible_options_come_first_and_cheapest_first(capsys: pytest.CaptureFixture[str]) -> None:
    options = compared(None, capsys)["options"]
    feasible = [Decimal(each["total_usd"]) for each in options if each["feasible"]]
    assert feasible == sorted(feasible)
    assert [each["feasible"] for each in options] == sorted((each["feasible"] for each in options), reverse=True)


def test_the_story_s_bill_is_about_what_was_told(capsys: pytest.CaptureFixture[str]) -> None:
    """SageMaker and S3 for 4 days had cost 75 USD; the range is wide because times are modelled, prices are not."""
    options = {each["name"]: each for each in compared(None, capsys)["options"]}
    assert 60 < Decimal(options["SageMaker ml.g4dn.xlarge"]["total_usd"]) < 90
    assert 85 < options["SageMaker ml.g4dn.xlarge"]["hours"] < 100
    assert abs(options["SageMaker ml.g4dn.xlarge"]["hours_per_run"] - 6) < 0.1
    assert options["Colab free"]["guaranteed"] is False
    assert "can no longer be started" in options["EC2 p3.2xlarge"]["reason"]


def test_a_bill_by_hand(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = {each["name"]: each for each in compared(project, capsys)["options"]}
    lines = {line["usage_type"]: line for line in options["cloud"]["lines"]}
    # 2 h, 5 minutes of start-up and the copy: 1,000 first bytes of 0.1 s over ten connections
    assert lines["BoxUsage:g4dn.xlarge"]["quantity"] == "2.086111111111"
    assert lines["Requests-Tier2"]["quantity"] == "1000"
    assert lines["Requests-Tier2"]["amount_usd"] == "0.0004"
    assert lines["Requests-Tier1"]["quantity"] == "1001"
    assert lines["EBS:VolumeUsage.gp3"]["amount_usd"] == "1.1733333333"  # 110 GiB x 96 h / 720 h x 0.08
    [energy] = [line for line in options["mine"]["lines"] if line["service"] == "Local"]
    assert energy["quantity"] == "0.6"
    assert options["mine"]["hours"] == 2.0
    assert options["cloud"]["hours_per_run"] == 2.0


def test_the_same_day_gives_the_same_text(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def printed() -> str:
        assert run(["compare", str(project), "--today", "2026-11-22"]) == 0
        return capsys.readouterr().out

    assert printed() == printed()


def test_source_date_epoch_is_today(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["compare", str(project), *TODAY]) == 0
    expected = capsys.readouterr().out
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795305600")  # 2026-11-22
    assert run(["compare", str(project), "--draws", "0"]) == 0
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize("epoch", ["", "yesterday", "0", "-1", "9" * 30])
def test_a_source_date_epoch_that_is_no_day_is_one_line(
    epoch: str, project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert run(["compare", str(project)]) == 2
    assert re.fullmatch(r"environment:SOURCE_DATE_EPOCH: .*\n", capsys.readouterr().err)


@pytest.mark.parametrize(("limit", "code"), [("2.2", 1), ("1000", 0)])
def test_fail_over_looks_at_the_cheapest_feasible_total(
    limit: str, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "p.toml"
    path.write_text(DATASET + TRAINING + EC2, encoding="utf-8")
    assert run(["compare", str(path), *TODAY, "--fail-over", limit]) == code
    assert run(["estimate", str(path), *TODAY, "--option", "cloud", "--fail-over", limit]) == code
    assert ("over 2.2 USD" in capsys.readouterr().err) == bool(code)


def test_no_feasible_option_is_exit_3_with_its_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "p.toml"
    path.write_text(DATASET + TRAINING.replace("epochs = 3", "epochs = 3\nruns = 100") + EC2, encoding="utf-8")
    reason = "the runs take 209 h and 1 machine has 96 h in this time"
    for output in ("text", "json", "csv", "md"):
        assert run(["compare", str(path), *TODAY, "--format", output]) == 3
        captured = capsys.readouterr()
        assert reason in " ".join(captured.out.split())
        assert captured.err.endswith(f"\ncloud: {reason}\n")
    assert run(["compare", str(path), *TODAY, "--fail-over", "100000"]) == 3
    assert run(["report", str(path), *TODAY, "-o", str(tmp_path / "r.html")]) == 3
    assert reason in (tmp_path / "r.html").read_text(encoding="utf-8")
    capsys.readouterr()
    assert run(["estimate", str(path), *TODAY, "--option", "cloud"]) == 0
    assert reason in " ".join(capsys.readouterr().out.split())


def test_a_screen_that_shows_the_reasons_is_not_told_them_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "p.toml"
    path.write_text(DATASET + TRAINING.replace("epochs = 3", "epochs = 3\nruns = 100") + EC2, encoding="utf-8")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert run(["compare", str(path), *TODAY]) == 3
    captured = capsys.readouterr()
    assert "the runs take 209 h" in captured.out
    assert "the runs take" not in captured.err
    assert captured.err.endswith("no option is feasible; the reason of each stands above\n")


def test_no_more_than_a_screen_of_reasons_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "p.toml"
    many = EC2.replace('name = "cloud"\n', "") * 30
    path.write_text(DATASET + TRAINING.replace("epochs = 3", "epochs = 3\nruns = 100") + many, encoding="utf-8")
    assert run(["compare", str(path), *TODAY]) == 3
    told = capsys.readouterr().err.splitlines()
    assert len([line for line in told if "the runs take" in line]) == 20
    assert told[-1] == "... and 10 more"


def test_an_option_without_a_price_is_not_feasible_and_the_others_stand(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unsold = '[[option]]\nname = "far"\nkind = "ec2"\ninstance = "p5e.48xlarge"\nregion = "af-south-1"\n'
    text = project.read_text(encoding="utf-8") + unsold + "hours_per_run = 1\n"
    project.write_text(text, encoding="utf-8")
    options = {each["name"]: each for each in compared(project, capsys)["options"]}
    assert (options["far"]["feasible"], options["far"]["total_usd"], options["far"]["lines"]) == (False, None, [])
    assert "no price for AmazonEC2/BoxUsage:p5e.48xlarge/on-demand in af-south-1" in options["far"]["reason"]
    assert options["cloud"]["feasible"]
    assert run(["estimate", str(project), *TODAY, "--option", "far"]) == 3
    assert "no price for" in capsys.readouterr().err


def test_no_price_for_any_option_is_exit_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "p.toml"
    option = '[[option]]\nkind = "ec2"\ninstance = "p5e.48xlarge"\nregion = "af-south-1"\nhours_per_run = 1\n'
    path.write_text(DATASET + TRAINING + option, encoding="utf-8")
    assert run(["compare", str(path), *TODAY]) == 3
    captured = capsys.readouterr()
    assert captured.out.startswith("No option can be priced")
    assert captured.err.count("\n") == 1


def test_a_model_that_is_missing_for_every_option_is_exit_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "p.toml"
    path.write_text(DATASET + TRAINING + '[[option]]\nkind = "ec2"\ninstance = "trn1.2xlarge"\n', encoding="utf-8")
    assert run(["compare", str(path), *TODAY]) == 3
    assert "no timing model for trn1.2xlarge" in capsys.readouterr().err


def test_a_price_of_one_region_may_be_assumed_and_is_marked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "p.toml"
    dataset = DATASET + 'storage_class = "EXPRESS_ONEZONE"\n'
    path.write_text('[project]\nregion = "eu-west-2"\n' + dataset + TRAINING + EC2, encoding="utf-8")
    [option] = compared(path, capsys)["options"]
    grades = {line["usage_type"]: line["grade"] for line in option["lines"]}
    assert grades["TimedStorage-XZ-ByteHrs"] == "assumed"
    assert grades["BoxUsage:g4dn.xlarge"] != "assumed"
    assert any("rests on assumed prices" in said for said in option["assumptions"])
    assert run(["compare", str(path), *TODAY, "--no-assumed"]) == 3
    assert "no price for AmazonS3/TimedStorage-XZ-ByteHrs" in capsys.readouterr().err


def test_a_retired_type_could_be_started_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "p.toml"
    path.write_text(DATASET + TRAINING + EC2.replace("g4dn.xlarge", "p3.2xlarge"), encoding="utf-8")
    assert run(["compare", str(path), *TODAY, "--format", "json"]) == 3
    [now] = json.loads(capsys.readouterr().out)["options"]
    assert (now["feasible"], now["total_usd"] is None) == (False, False)
    [then] = compared(path, capsys, "--as-of", "2025-06-30")["options"]
    assert then["feasible"]


def test_old_prices_are_told_in_one_warning(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", str(project), "--today", "2029-11-22", "--draws", "0"]) == 0
    err = " ".join(capsys.readouterr().err.split())
    assert err.count("months old") == 1
    said = r"warning: \d+ of the (deciding|largest) prices (is|are) over 18 months old, the oldest of 20\d\d-"
    assert re.search(said, err)


def test_young_prices_are_no_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "p.toml"
    path.write_text(DATASET + TRAINING + EC2.replace("= 2\n", "= 0.01\n"), encoding="utf-8")
    assert run(["compare", str(path), *TODAY]) == 0
    assert capsys.readouterr().err == ""


def test_nonsense_is_told_on_stderr_and_in_every_format_that_has_room(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "p.toml"
    path.write_text(DATASET + TRAINING + EC2, encoding="utf-8")
    said = re.compile(
        r"cloud: resnet18: hours_per_run = 2 is (\d{3}) times slower than "
        r"the timing model's 9\.\d+ s on T4; check the unit"
    )
    times = ""
    for verb in (["compare"], ["estimate", "--option", "cloud"]):
        assert run([*verb, str(path), *TODAY, "--format", "json"]) == 0
        told = capsys.readouterr()
        [warning] = json.loads(told.out)["warnings"]
        found = said.fullmatch(warning)
        assert found
        times = f"{found[1]} times slower"
        assert told.err == f"warning: {warning}\n"
        assert run([*verb, str(path), *TODAY, "--format", "md"]) == 0
        assert times in capsys.readouterr().out
    assert run(["report", str(path), *TODAY, "-o", str(tmp_path / "page.html")]) == 0
    assert times in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_csv_has_a_row_per_option(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", str(project), *TODAY, "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["option"] for row in rows] == ["mine", "cloud"]
    assert [row["feasible"] for row in rows] == ["True", "True"]
    assert Decimal(rows[0]["total_usd"]) < Decimal(rows[1]["total_usd"])


def test_markdown_begins_with_the_verdict_and_explains(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", str(project), *TODAY, "--format", "md", "--explain"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("**Local: mine does it for ")
    assert "| BoxUsage:g4dn.xlarge | us-east-1 | 2026-11 |" in out
    assert run(["estimate", str(project), *TODAY, "--option", "cloud", "--format", "md"]) == 0


def test_explain_shows_quantity_times_price(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["estimate", str(project), *TODAY, "--option", "cloud", "--explain"]) == 0
    out = capsys.readouterr().out
    assert "2.086 Hrs x 0.526 USD" in out
    assert max(map(len, out.splitlines())) <= 80


def test_estimate_json_and_csv(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["estimate", str(project), *TODAY, "--option", "cloud", "--format", "json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["schema"] == "cloudcost.estimate/1"
    check_option(record)
    assert run(["estimate", str(project), *TODAY, "--option", "cloud", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    total = sum((Decimal(row["amount_usd"]) for row in rows), Decimal(0))
    assert total == Decimal(record["total_usd"])


def test_an_option_that_is_not_there_names_the_nearest(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["estimate", str(project), "--option", "cluod"]) == 2
    told = ":option: no such option, 'cluod', did you mean 'cloud'? there is 'cloud', 'mine'\n"
    assert capsys.readouterr().err.endswith(told)
    assert run(["estimate", "--option", "zzz"]) == 2
    assert "there is 'SageMaker ml.g4dn.xlarge'" in capsys.readouterr().err


NAMES = ("x" * 200, "猫" * 100, "a\\nb\\tc", "\\u001b[31mred", "\\u202eleft", "|pipe|*star*", "🐱" * 90)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("output", ["text", "md", "csv", "json"])
def test_no_name_breaks_a_table_or_reaches_the_terminal(
    name: str, output: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "p.toml"
    named = EC2.replace('"cloud"', f'"{name}"') + LOCAL
    path.write_text(
        f'[project]\nname = "{name}"\n' + DATASET + TRAINING + f'name = "{name}"\n' + named, encoding="utf-8"
    )
    assert run(["compare", str(path), *TODAY, "--explain", "--format", output]) == 0
    out = capsys.readouterr().out
    assert re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", out) is None
    if output == "text":
        assert max(display_width(row) for row in out.splitlines()) <= 80
    if output == "csv":
        assert len(out.splitlines()) == 3


HUGE = "1" + "0" * 30
BAD_FILES = {
    "empty": b"",
    "blank": b" \n",
    "binary": bytes(range(256)),
    "zeros": b"\0" * 100,
    "not toml": b"images = = 3",
    "negative size": DATASET.replace('"100 MB"', '"-5 GB"').encode(),
    "nan images": DATASET.replace("1000", "nan").encode(),
    "huge size": DATASET.replace('"100 MB"', f'"{HUGE} B"').encode(),
    "huge number": DATASET.replace("1000", HUGE).encode(),
    "reversed range": (DATASET + TRAINING + "runs = { low = 9, mode = 5, high = 2 }\n" + EC2).encode(),
    "negative duration": b'[project]\nduration = "-4 days"\n' + (DATASET + TRAINING + EC2).encode(),
    "bad day": b"[project]\nstart = 1066-10-14\n" + (DATASET + TRAINING + EC2).encode(),
    "unknown region": b'[project]\nregion = "us-esat-1"\n' + (DATASET + TRAINING + EC2).encode(),
    "unknown key": (DATASET + "imagez = 3\n" + TRAINING + EC2).encode(),
    "unknown network": (DATASET + TRAINING.replace("resnet18", "resnet19") + LOCAL.replace("hours_per_run = 2\n", "")
                        + 'device = "RTX 3060"\n').encode(),
    "image too small": (DATASET + TRAINING.replace("resnet18", "inception_v3") + "image_px = 8\n"
                        + EC2.replace("hours_per_run = 2\n", "")).encode(),
    "missing folder": (b'[dataset]\nfolder = "nowhere"\n' + (TRAINING + EC2).encode()),
    "missing network file": (DATASET + TRAINING.replace("resnet18", "my.json")
                             + EC2.replace("hours_per_run = 2\n", "")).encode(),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD_FILES)
def test_bad_files_are_one_clear_line_each(what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "p.toml"
    path.write_bytes(BAD_FILES[what])
    assert run(["compare", str(path), *TODAY]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    assert captured.err.strip()
    assert all(len(row) < 400 for row in captured.err.splitlines())


def test_an_unknown_price_book_names_what_there_is(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = project.read_text(encoding="utf-8")
    project.write_text('[project]\nprice_book = "aws-2026-12"\n' + text, encoding="utf-8")
    assert run(["compare", str(project)]) == 2
    assert 'project.price_book: unknown price book, "aws-2026-12", there is aws-2026-11' in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [
    ["compare", "--format", "xml"], ["compare", "--today", "22-11-2026"], ["compare", "--today", "2026-W47-7"],
    ["compare", "--today", "0999-01-01"], ["compare", "--fail-over", "NaN"], ["compare", "--fail-over", "-1"],
    ["compare", "--fail-over", "ten"], ["compare", "--draws", "-1"], ["compare", "--seed", "x"],
    ["compare", "--deadline", "soon"], ["compare", "a", "b"], ["compare", "--bogus\x1b[31m"], ["estimate"],
    ["comparre"], ["--bogus"], ["compare", "/"], ["compare", "/dev/null"], ["compare", "no\0such"],
])  # fmt: skip
def test_usage_errors_are_one_line_and_exit_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "\x1b" not in captured.err


def test_an_interruption_is_exit_130(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*arguments: object, **named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cloudcost.analysis.compare.compare", interrupt)
    assert run(["compare", str(project)]) == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_the_version_and_the_help_need_no_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert re.fullmatch(r"cloudcost \d+\.\d+\.\d+\n", capsys.readouterr().out)
    assert run([]) == 0
    out = capsys.readouterr().out
    assert all(verb in out for verb in VERBS)


@pytest.mark.parametrize("arguments", [
    ["compare", "--draws", "50"], ["estimate", "--option", "EC2 g4dn.xlarge", "--draws", "50"],
    ["prices", "show", "g4dn.xlarge"], ["schema"], ["networks"], ["predict", "resnet18", "--batch", "8",
                                                                   "--device", "T4"],
])  # fmt: skip
def test_no_verb_opens_a_socket(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 0
    assert capsys.readouterr().out


@pytest.mark.parametrize("verb", [["compare"], ["report", "-o", "page.html"], ["estimate", "--option", "cloud"]])
def test_without_a_file_the_one_that_lies_here_is_taken(
    verb: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "project.toml").write_text('[project]\nname = "mine"\n' + DATASET + TRAINING + EC2, encoding="utf-8")
    assert run([*verb, *TODAY]) == 0
    assert "bundled" not in capsys.readouterr().err


def test_the_bundled_example_is_never_shown_without_a_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for verb in (["compare"], ["estimate", "--option", "Colab free"]):
        assert run([*verb, *TODAY]) == 0
        assert "this is the bundled example (reto)" in capsys.readouterr().err
    (tmp_path / "project.toml").write_text("[project]\n", encoding="utf-8")  # a broken one is told, not passed over
    assert run(["compare", *TODAY]) == 2
    assert "project.toml:dataset" in capsys.readouterr().err


UNPRICED = (
    '[[option]]\nname = "no price"\nkind = "ec2"\ninstance = "p5.48xlarge"\nregion = "sa-east-1"\n'
    'purchase = "reserved-3y-all-upfront"\n'
)


def test_figures_are_drawn_of_what_has_a_price(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "p.toml"
    path.write_text(DATASET + TRAINING + EC2 + UNPRICED + LOCAL, encoding="utf-8")
    assert run(["compare", str(path), *TODAY, "--plot", str(tmp_path / "figures")]) == 0
    drawn = {each.name for each in (tmp_path / "figures").iterdir()}
    assert {"totals.svg", "break-even.svg", "cost-and-time.svg"} <= drawn


def test_one_figure_goes_into_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "p.toml"
    path.write_text(DATASET + TRAINING + EC2 + LOCAL, encoding="utf-8")
    asked = ["compare", str(path), *TODAY, "--draws", "0", "--plot"]
    for name, figure in (("a.svg", None), ("b.SVG", "tornado"), ("new/c.svg", "break-even")):
        file = tmp_path / name
        assert run([*asked, str(file), *([] if figure is None else ["--figure", figure])]) == 0
        assert capsys.readouterr().err.endswith(f"wrote {file}\n")
        content = file.read_text(encoding="utf-8")
        assert content.startswith("<svg xmlns=")
        assert f'data-figure="{ {"break-even": "lines"}.get(figure or "", figure or "totals") }"' in content


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--plot", "a.pdf"], "--plot: a.pdf: figures are written as .svg or .png, not '.pdf', choose one of the two"),
        (["--plot", "p.toml/a.svg"], "p.toml/a.svg: cannot be written, "),
        (["--plot", "p.toml"], "--plot: p.toml: figures are written as .svg or .png, not '.toml', "),
        (["--figure", "tornado"], "--figure: 'tornado' without a file, add --plot FILE.svg or --plot FILE.png"),
        (["--plot", "plots", "--figure", "tornado"], "--figure: all figures go into the folder 'plots', name a file"),
        (["--plot", "a.png"], "a figure as PNG needs the extra 'plot': pip install resvg-py"),
    ],
)
def test_a_figure_that_cannot_be_written_is_one_line_before_anything_is_computed(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("cloudcost.render.figures.raster.find_spec", lambda name: None)
    Path("p.toml").write_text(DATASET + TRAINING + EC2, encoding="utf-8")
    assert run(["compare", "p.toml", *TODAY, *words]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(said)
    assert told.err.count("\n") == 1
    assert [each.name for each in tmp_path.iterdir()] == ["p.toml"]


def test_an_unknown_price_is_no_free_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "p.toml"
    path.write_text(DATASET + TRAINING + EC2 + UNPRICED, encoding="utf-8")
    assert run(["compare", str(path), *TODAY, "--format", "md"]) == 0
    [row] = [each for each in capsys.readouterr().out.splitlines() if each.startswith("| no price")]
    assert "free" not in row
    assert row.endswith("| ? |")


@pytest.mark.parametrize("draws", ["0", "50"])
@pytest.mark.parametrize(
    ("images", "size", "hours", "hourly"),
    [
        ("1", "7 GB", "0.0001", "1"),
        ("1000000000", "300 kB", "900000", "1000000"),
        ("60000", "1 EiB", "0.000000001", "0.000000001"),
        ("10", "1 B", "1000000", "1000000000000"),
    ],
)
def test_columns_stay_apart_and_no_figure_has_an_exponent(
    images: str, size: str, hours: str, hourly: str, draws: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "p.toml"
    rented = '[[option]]\nname = "rented with a name that is rather long for a table"\nkind = "cloud"\ndevice = "T4"\n'
    text = '[project]\nduration = "2 years"\n' + DATASET.replace("1000", images).replace("100 MB", size) + TRAINING
    text += f"{rented}usd_per_hour = {hourly}\nhours_per_run = {hours}\n" + LOCAL.replace("= 2\n", f"= {hours}\n")
    path.write_text(text, encoding="utf-8")
    for form in ("text", "md"):
        assert run(["compare", str(path), "--today", "2026-11-22", "--draws", draws, "--format", form]) in {0, 3}
        told = capsys.readouterr()
        assert not re.findall(r"\S*\d[eE][+-]?\d\S*", told.out + told.err)
        if form == "text":
            assert all(display_width(row) <= 80 for row in told.out.splitlines())
            assert not re.search(r"\.\d+\.\d", told.out)  # two figures without a space between them
    assert run(["estimate", str(path), "--option", "mine", "--today", "2026-11-22", "--draws", draws]) == 0
    assert not re.findall(r"\S*\d[eE][+-]?\d\S*", capsys.readouterr().out)


def test_what_never_fits_wins_at_no_number_of_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A disk that is too small is so at any number of runs; its crossings are not told, though they are computed."""
    path = tmp_path / "p.toml"
    data = DATASET.replace("100 MB", "600 GB")
    small = '[[option]]\nname = "small"\nkind = "colab"\naccelerator = "T4"\nhours_per_run = 2\n'
    path.write_text(data + TRAINING + EC2 + LOCAL + small, encoding="utf-8")
    assert run(["compare", str(path), *TODAY]) == 0
    out = capsys.readouterr().out
    assert "small" in out.split("not feasible")[1].split("from which number")[0]
    assert "small" not in out.partition("from which number of runs")[2].split("assumed")[0]
    known = compared(path, capsys)["break_even"]["runs"]
    assert any("small" in (each["a"], each["b"]) for each in known)


LONG = """
[project]
name = "long"
duration = "700 days"
credits_usd = 1000
[dataset]
images = 60000
size = "7 GB"
[[training]]
network = "resnet50"
image_px = 224
batch = 64
epochs = 1
runs = 1200
[[option]]
kind = "ec2"
instance = "g4dn.xlarge"
nat = true
"""


@pytest.mark.parametrize("columns", [None, 60, 132])
@pytest.mark.parametrize("verb", [["compare"], ["estimate", "--option", "ec2 g4dn.xlarge"]])
def test_sentences_on_stderr_are_as_wide_as_the_terminal(
    verb: list[str], columns: int | None, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns is not None:
        monkeypatch.setenv("COLUMNS", str(columns))
    path = tmp_path / "p.toml"
    path.write_text(LONG, encoding="utf-8")
    whole: dict[str, list[str]] = {}
    for output in ("text", "md", "json", "csv"):
        run([verb[0], str(path), *verb[1:], "--today", "2026-11-22", "--draws", "0", "--format", output])
        whole[output] = capsys.readouterr().err.splitlines()
    assert len(whole["json"]) >= 2 - (verb[0] == "estimate")
    assert whole["json"] == whole["csv"]
    assert max(map(len, whole["json"])) > 132
    assert whole["text"] == whole["md"]
    assert max(map(len, whole["text"])) <= (columns or 80)
    again = " ".join(row.strip() for row in whole["text"])
    assert again.split() == " ".join(whole["json"]).split()
    assert all(row.startswith("  ") or row in again for row in whole["text"])


def test_faults_of_a_file_stay_one_line_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "p.toml"
    path.write_text(LONG.replace("g4dn.xlarge", "g4d.xlarge"), encoding="utf-8")
    assert run(["compare", str(path)]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert len(line) > 80


def test_the_cheapest_layout_in_every_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "project.toml"
    path.write_text(STORED, encoding="utf-8")
    found = compared(path, capsys, "--layout")["layouts"]
    assert found["option"] == "box"
    assert found["present"]["changed"] == []
    saved = Decimal(found["present"]["total_usd"]) - Decimal(found["best"]["total_usd"])
    assert saved == Decimal(found["best"]["saves_usd"]) > 0
    assert compared(path, capsys)["layouts"] is None
    for output, title in (("text", "the layout of the data set, for box"), ("md", "## The layout of the data set")):
        assert run(["compare", str(path), *TODAY, "--layout", "--format", output]) == 0
        assert title in capsys.readouterr().out
    path.write_text(STORED.replace("hours_per_run = 1", "hours_per_run = 1000"), encoding="utf-8")
    assert run(["compare", str(path), *TODAY, "--layout"]) == 3
    assert "--layout: no option is feasible, so that none has a layout to better" in capsys.readouterr().err


STORED = """
[project]
region = "us-east-1"
duration = "2 days"
keep_months = 3
[dataset]
images = 1000
size = "400 GB"
[[training]]
network = "resnet18"
image_px = 64
batch = 16
epochs = 1
runs = 1
[[option]]
name = "box"
kind = "ec2"
instance = "g4dn.xlarge"
hours_per_run = 1
"""

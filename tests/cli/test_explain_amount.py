"""``explain --amount``: the question of the student project, as it is asked and answered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cloudcost.cli import run
from cloudcost.render.tables.columns import display_width

ASKED = ["explain", "--amount", "75", "--days", "4", "--today", "2026-11-28"]
RETO = "dataset=48GiB,images=60000,users=5,notebook=ml.p2.xlarge"


def answered(capsys: pytest.CaptureFixture[str], *facts: str) -> dict[str, Any]:
    assert run([*ASKED, "--format", "json", *(part for fact in facts for part in ("--facts", fact))]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def candidate(document: dict[str, Any], cause: str, variant: str | None = None) -> dict[str, Any]:
    return next(
        each for each in document["candidates"] if each["cause"] == cause and variant in (None, each["variant"])
    )


def test_quantities_equal_the_prices_of_the_day(capsys: pytest.CaptureFixture[str]) -> None:
    document = answered(capsys, RETO)
    assert document["schema"] == "cloudcost.explanation/1"
    assert candidate(document, "put-requests")["quantity"] == "15000000"  # 75 / 0.000005
    assert candidate(document, "get-requests")["quantity"] == "187500000"  # 75 / 0.0000004
    assert candidate(document, "at-rest")["quantity"] == "3260.869566"  # 75 / 0.023, of 720 h
    assert candidate(document, "at-rest")["means"].startswith("24.5 TB at rest (24,457 GB)")
    assert candidate(document, "notebook-left-on", "ml.p3.2xlarge")["quantity"] == "19.607844"  # 75 / 3.825
    again = candidate(document, "old-versions")
    # n x (60,000 PUTs x 0.000005 + 48 GB x 96 / 720 of a month x 0.023), kept for all or half of the time
    assert (again["quantity"], again["quantity_high"]) == ("168", "201")
    assert [row["usage_type"] for row in again["rows"]] == ["TimedStorage-ByteHrs", "Requests-Tier1"]


def test_the_bounds_follow_the_facts(capsys: pytest.CaptureFixture[str]) -> None:
    nothing, reto = answered(capsys), answered(capsys, RETO)
    assert candidate(nothing, "at-rest")["possible"] is None
    assert candidate(reto, "at-rest")["possible"] is False
    assert candidate(reto, "old-versions")["possible"] is True
    assert candidate(answered(capsys, RETO, "versioning=off"), "old-versions")["possible"] is False
    assert candidate(answered(capsys, RETO, "link=10Mbit/s"), "internet-out")["possible"] is False
    hours = candidate(reto, "canvas")
    assert "480 h" in hours["bound"]
    assert hours["possible"] is True
    named = candidate(reto, "notebook-left-on")
    assert (named["variant"], named["possible"], named["not_since"]) == ("ml.p2.xlarge", None, "2024-12-31")
    assert "date=" in named["bound"], "whether it was before its end is not known"
    later = candidate(answered(capsys, RETO, "date=2026-11-28"), "notebook-left-on", "ml.p2.xlarge")
    assert later["possible"] is False
    then = answered(capsys, RETO, "date=2021-05-15")
    assert candidate(then, "notebook-left-on")["variant"] == "ml.p2.xlarge", "what is named comes first"
    assert candidate(then, "notebook-left-on")["quantity"] == "66.666667"


def test_a_label_raises_what_is_shown_under_it(capsys: pytest.CaptureFixture[str]) -> None:
    document = answered(capsys, RETO, "label=S3")
    likely = [each for each in document["candidates"] if each["possible"] is not False]
    fits = [each["label_fits"] for each in likely]
    assert fits == sorted(fits, reverse=True)
    assert likely[0]["cause"] == "old-versions"


def test_tax_comes_off_first(capsys: pytest.CaptureFixture[str]) -> None:
    document = answered(capsys, "tax=0.25")
    assert document["before_tax_usd"] == "60"
    assert candidate(document, "put-requests")["quantity"] == "12000000"


def test_two_together_where_one_alone_is_not_possible(capsys: pytest.CaptureFixture[str]) -> None:
    document = answered(capsys, RETO)
    [first] = {
        pair["causes"][0]["amount_usd"] for pair in document["pairs"] if pair["causes"][0]["cause"] == "data-set"
    }
    assert first == "0.4472"  # 6.4 GB-months x 0.023 and 60,000 PUTs
    others = [pair for pair in document["pairs"] if pair["causes"][0]["cause"] != "data-set"]
    assert others
    impossible = {each["cause"] for each in document["candidates"] if each["possible"] is False}
    assert all(part["cause"] in impossible for pair in others for part in pair["causes"])


def test_the_first_screen_names_what_is_likeliest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*ASKED, "--facts", RETO]) == 0
    text = " ".join(capsys.readouterr().out.split())
    for said in ("ml.p3.2xlarge 19.61 h", "24.5 TB at rest", "15 million PUTs", "48GiB uploaded 168 to 201 times"):
        assert said in text
    assert "* cannot be started since 2024-12-31 or 2025-12-20; if it was earlier, add date=YYYY-MM-DD" in text


@pytest.mark.parametrize("facts", ["", RETO, f"{RETO},label=S3,tax=0.16", "region=mx-central-1"])
@pytest.mark.parametrize(("amount", "days"), [("75", "4"), ("0.01", "0.5"), ("999999999", "366")])
def test_the_text_fits_80_columns_and_is_no_verdict(
    facts: str, amount: str, days: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", "--amount", amount, "--days", days, "--today", "2026-11-28", "--facts", facts]) == 0
    text = capsys.readouterr().out
    assert max(map(display_width, text.splitlines())) <= 80
    assert "no verdict" in " ".join(text.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--amount", "0", "--days", "4"], "an amount of USD is over 0"),
        (["--amount", "nan", "--days", "4"], "an amount of USD is over 0"),
        (["--amount", "75", "--days", "0"], "days are over 0"),
        (["--amount", "75"], "--days: not stated"),
        (["--amount", "75", "--days", "4", "--facts", "user=5"], "did you mean users"),
    ],
)
def test_a_wrong_question_ends_with_2(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", *words]) == 2
    assert said in capsys.readouterr().err

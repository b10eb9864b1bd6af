"""A second currency is shown beside US dollars in every format, and changes no amount."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.analysis.compare import compare
from cloudcost.catalog.currencies import currency_digits
from cloudcost.cli import run
from cloudcost.domain.currency import ShownCurrency
from cloudcost.errors import ProjectFileError
from cloudcost.project.file import parse_project
from cloudcost.render.comparison import comparison_markdown, comparison_text
from cloudcost.render.records import comparison_csv, comparison_json
from cloudcost.render.tables.screen import Screen

TODAY = date(2026, 11, 22)
PROJECT = """
[project]
show_currency = {code = "MXN", rate = 18.4, date = 2026-11-20}
[dataset]
images = 6000
size = "6.6 GB"
[[training]]
network = "resnet50"
epochs = 10
[[option]]
name = "cloud"
kind = "ec2"
instance = "g4dn.xlarge"
"""


@given(
    usd=st.decimals(0, 10**9, places=10),
    rate=st.decimals("0.000001", 10**6, places=6),
    code=st.sampled_from(sorted(currency_digits())),
)
def test_an_amount_is_within_half_a_minor_unit(usd: Decimal, rate: Decimal, code: str) -> None:
    digits = currency_digits()[code]
    amount = ShownCurrency(code=code, rate=rate, digits=digits).amount(usd)
    assert abs(Fraction(amount) - Fraction(usd) * Fraction(rate)) <= Fraction(1, 2 * 10**digits)
    assert -amount.as_tuple().exponent == digits  # type: ignore[operator]


def test_every_format_shows_it_and_the_sums_stay() -> None:
    project = parse_project(PROJECT, name="p.toml", today=TODAY)
    shown, plain = (compare(each, today=TODAY, draws=0) for each in (project, replace(project, show_currency=None)))
    [option], [before] = shown.options, plain.options
    assert option.total_usd is not None
    assert option.total_usd == before.total_usd
    amount = f"{round(option.total_usd * Decimal('18.4'), 2):f}"
    for text in (comparison_text(shown), comparison_text(shown, screen=Screen(width=60)), comparison_markdown(shown)):
        assert amount in text
        assert "1 USD taken as 18.4 MXN, as of 2026-11-20" in " ".join(text.split())
    record = json.loads(comparison_json(shown))
    assert record["show_currency"] == {"code": "MXN", "rate": "18.4", "date": "2026-11-20"}
    assert record["options"][0]["total_shown"] == amount
    [row] = csv.DictReader(io.StringIO(comparison_csv(shown)))
    assert row["total_mxn"] == amount
    without = json.loads(comparison_json(plain))
    assert without["show_currency"] is without["options"][0]["total_shown"] is None
    assert "MXN" not in comparison_text(plain)


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('{code = "MXM", rate = 1}', "p.toml:project.show_currency.code: "),
        ('{code = "MXN"}', "p.toml:project.show_currency.rate: "),
        ('{code = "MXN", rate = 0}', "p.toml:project.show_currency.rate: "),
        ('{code = "MXN", rate = -18.4}', "p.toml:project.show_currency.rate: "),
        ('{code = "MXN", rate = nan}', "p.toml:project.show_currency.rate: "),
        ('{code = "MXN", rate = 18.4, date = "soon"}', "p.toml:project.show_currency.date: "),
        ('"MXN"', "p.toml:project.show_currency: "),
    ],
)
def test_what_is_no_currency_is_named(entry: str, fault: str) -> None:
    text = PROJECT.replace('{code = "MXN", rate = 18.4, date = 2026-11-20}', entry)
    with pytest.raises(ProjectFileError) as caught:
        parse_project(text, name="p.toml", today=TODAY)
    assert str(caught.value).startswith(fault)
    assert len(str(caught.value).splitlines()) == 1


def test_a_bill_shows_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "p.toml").write_text(PROJECT)
    for style in ("text", "md", "json"):
        assert run(["estimate", str(tmp_path / "p.toml"), "--option", "cloud", "--today", "2026-11-22",
                    "--format", style]) == 0  # fmt: skip
        assert "MXN" in capsys.readouterr().out


QUICK = ["quick", "resnet18", "--images", "6000", "--epochs", "1", "--runs", "1", "--today", "2026-11-22"]


def test_a_question_takes_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*QUICK, "--currency", "eur=0.92"]) == 0
    out = capsys.readouterr().out
    assert "        EUR " in out
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize("told", ["18.4", "MXN", "MXN=", "=3", "MXN=much", "MXN=1e5", "MXN=-2"])
def test_a_currency_of_a_question_is_written_with_its_rate(told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*QUICK, f"--currency={told}"]) == 2
    assert "a currency is written MXN=18.4, one US dollar in it, not " in " ".join(capsys.readouterr().err.split())

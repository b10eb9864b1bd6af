"""Who asks from Python has no flags: what is printed names what there is in Python."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cloudcost
from cloudcost.cli import run

RETO = Path(__file__).parents[3] / "examples" / "reto.toml"
FLAG = re.compile(r"(?<![-\w])--[a-z]")


def test_printed_results_name_no_flag() -> None:
    comparison = cloudcost.compare(RETO, draws=0, today="2026-11-22")
    quick = cloudcost.quick("resnet18", images=10_000, epochs=30, runs=2, days=2, today="2026-11-22")
    never = cloudcost.quick("resnet18", images=10_000_000, epochs=300, runs=9, days=1, budget_usd=1, today="2026-11-22")
    for result in (comparison, comparison.options[0], comparison.why(), quick, never):
        assert FLAG.findall(str(result)) == []


def test_the_command_still_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", str(RETO), "--draws", "0", "--today", "2026-11-22"]) == 0
    out = capsys.readouterr().out
    assert "--assumptions shows them" in out
    assert "`--explain`" in out

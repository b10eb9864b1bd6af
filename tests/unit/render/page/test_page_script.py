"""The page's script as Node runs it: its lint, and each figure that Python computes too, held equal."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from cloudcost.analysis.breakeven.runs import crossings
from cloudcost.analysis.compare import context_of
from cloudcost.analysis.report.tables import page_tables
from cloudcost.domain.project import Project
from cloudcost.money import format_usd
from cloudcost.options.model import build_model
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.file import parse_project
from cloudcost.render.page.assets import asset
from cloudcost.render.page.scales import mark_of, nice_ceiling, short
from cloudcost.render.page.tables import PLANNED, Position, Tables, fits_at, tables_record, total_at

TODAY = date(2026, 11, 22)
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="needs Node, which is not found here")
KEPT = ("SageMaker ml.g4dn.xlarge", "EC2 g4dn.xlarge spot", "Own computer, RTX 3060", "Buy a computer, RTX 3090")
RUNS = (1, 2, 7, 50, 333, 1000)
AMOUNTS = (
    "0",
    "0.004",
    "0.000012345",
    "0.005",
    "0.015",
    "0.025",
    "1.005",
    "2.675",
    "-3.14159",
    "999.995",
    "1234567.891",
)
VALUES = (0.0, 0.031, 0.5, 1.0, 1.2, 7.9, 99.0, 100.0, 132.0, 2500.0, 999_999.0)
PAGE_STARTS = "  let speaking = 0;\n"
"""Line of the script after which it writes into the page; all before it are functions."""


def _project(*, paid: int = 0) -> Project:
    project = parse_project(bundled_project_text("reto"), name="reto.toml", today=TODAY)
    kept = tuple(each for each in project.options if each.name in KEPT)
    return replace(project, options=kept, credits_usd=Decimal(paid))


@cache
def _tables(*, paid: int = 0) -> Tables:
    project = _project(paid=paid)
    marks = [mark_of(index) for index in range(len(project.options))]
    return page_tables(project, project.options, context_of(project, today=TODAY), marks=marks)


def _node(tables: Tables, expression: str) -> Any:
    """Return the value of an expression among the script's functions, with `tables` where the page has them."""
    assert NODE is not None
    before, found, _ = asset("page.js").partition(PAGE_STARTS)
    assert found, "the script's functions no longer end where this test cuts it"
    document = json.dumps(json.dumps(tables_record(tables)))
    script = (
        f"const document = {{ getElementById: () => ({{ textContent: {document} }}) }};\n"
        f"{before}\n  process.stdout.write(JSON.stringify({expression}));\n}})();\n"
    )
    done = subprocess.run([NODE, "-"], input=script, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_script_keeps_the_rules_of_the_house() -> None:
    """What a linter would say first; no text of a project is ever read as markup or code."""
    script = asset("page.js")
    assert script.startswith('\n"use strict";')
    code = re.sub(r"^\s*//.*$", "", script, flags=re.M)
    for banned in (r"\bvar\b", r"[^=!]==[^=]", r"!=[^=]", r"innerHTML", r"\beval\b", r"\bfetch\b", r"</", r"\t", r" $"):
        assert re.search(banned, code, flags=re.M) is None, banned
    defined = set(re.findall(r"^  function (\w+)\(", code, flags=re.M))
    assert len(defined) > 10
    assert {name for name in defined if len(re.findall(rf"\b{name}\b", code)) < 2} == set()


def test_the_style_sheet_uses_each_colour_that_it_names_and_no_other() -> None:
    style = asset("page.css")
    assert style.count("{") == style.count("}")
    assert "url(" not in style
    assert "@import" not in style
    assert set(re.findall(r"var\((--\w+)\)", style)) == set(re.findall(r"(--\w+):", style))


@needs_node
def test_node_reads_the_script() -> None:
    assert NODE is not None
    script = asset("page.js")
    done = subprocess.run([NODE, "--check", "-"], input=script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@needs_node
@pytest.mark.parametrize("paid", [0, 9])
def test_totals_and_what_fits_are_what_python_looks_up(paid: int) -> None:
    tables = _tables(paid=paid)
    prices = [None] if tables.electricity is None else range(len(tables.electricity.values))
    places = [
        (n, factor, months, price)
        for n in (*RUNS, *([PLANNED] if tables.planned == PLANNED else []))
        for factor in range(len(tables.factors.values))
        for months in (0, len(tables.months.values) // 2, len(tables.months.values) - 1)
        for price in ([None] if not prices else (prices[0], prices[-1]))
    ]
    said = _node(
        tables,
        f"{json.dumps(places)}.map(([runs, factor, months, electricity]) => {{"
        " Object.assign(state, { runs, factor, months, electricity });"
        " return options.map((option) => [totalAt(option, runs), fits(option)]); })",
    )
    for (n, factor, months, price), row in zip(places, said, strict=True):
        usd = None if tables.electricity is None or price is None else tables.electricity.values[price]
        at = Position(n, factor, months, None if usd is None or usd < 0 else usd)
        for option, (total, fits) in zip(tables.options, row, strict=True):
            assert total == total_at(tables, option, at)
            assert fits is fits_at(option, at)


@needs_node
def test_the_cheaper_of_two_changes_where_the_library_counts_it() -> None:
    tables, project = _tables(), _project()
    context = context_of(project, today=TODAY)
    models = [build_model(project, option, context) for option in project.options]
    pairs = [(a, b) for a in range(len(models)) for b in range(a)]
    said = _node(tables, f"{json.dumps(pairs)}.map(([a, b]) => changes(options[a], options[b], {tables.last}).at)")
    truth = [list(crossings(models[a], models[b], horizon=tables.last).at) for a, b in pairs]
    assert any(truth)
    assert said == truth


@needs_node
def test_amounts_and_axes_are_written_as_python_writes_them() -> None:
    tables = _tables()
    amounts = [Decimal(each) for each in AMOUNTS]
    assert _node(tables, f"{json.dumps([float(each) for each in amounts])}.map(usd)") == [
        format_usd(each) for each in amounts
    ]
    shown = [[nice_ceiling(value), short(value)] for value in VALUES]
    assert _node(tables, f"{json.dumps(VALUES)}.map((value) => [niceCeiling(value), short(value)])") == shown

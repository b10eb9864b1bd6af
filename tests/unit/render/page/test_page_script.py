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

from cloudcost.analysis.breakeven.runs import crossings, most_runs
from cloudcost.analysis.compare import context_of
from cloudcost.analysis.report.plots import leaders_of
from cloudcost.analysis.report.tables import page_tables
from cloudcost.domain.currency import ShownCurrency
from cloudcost.domain.project import Project
from cloudcost.figures import figure, time_words
from cloudcost.money import format_usd
from cloudcost.options.model import build_model
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.file import parse_project
from cloudcost.render.figures.axes import mark_of, nice_ceiling, short
from cloudcost.render.page.assets import asset
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
        " return options.map((option) => [totalAt(option, runs), canBeDone(option)]); })",
    )
    for (n, factor, months, price), row in zip(places, said, strict=True):
        usd = None if tables.electricity is None or price is None else tables.electricity.values[price]
        at = Position(n, factor, months, None if usd is None or usd < 0 else usd)
        for option, (total, fits) in zip(tables.options, row, strict=True):
            assert total == total_at(tables, option, at)
            assert fits is fits_at(option, at)


@needs_node
@pytest.mark.parametrize("machines", [1, 2, 7])
def test_when_the_last_run_ends_is_what_the_library_says(machines: int) -> None:
    """Longest first on the machine that is free soonest: the same sums of the same doubles."""
    project = replace(_project(), machines=machines)
    context = context_of(project, today=TODAY)
    marks = [mark_of(index) for index in range(len(project.options))]
    tables = page_tables(project, project.options, context, marks=marks)
    said = _node(tables, f"{json.dumps(RUNS)}.map((n) => options.map((option) => secondsAt(option, n) / 3600))")
    models = [build_model(project, option, context) for option in project.options]
    trainings = len(project.trainings)
    assert said == [[model.calendar_hours([n] * trainings) for model in models] for n in RUNS]
    early = range(len(tables.deadlines.values) - 1)
    inside = _node(
        tables,
        f"{json.dumps(list(early))}.map((at) => {{ state.deadline = at;"
        f" return {json.dumps(RUNS)}.map((n) => options.map((option) => beforeDeadline(option, n))); }})",
    )
    for at in early:
        seconds = tables.deadlines.values[at] * 3600
        assert inside[at] == [[model.ends_within([n] * trainings, seconds) for model in models] for n in RUNS]


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
def test_rings_stand_where_another_option_becomes_the_cheapest_that_is_in_time() -> None:
    tables, project = _tables(), _project()
    context = context_of(project, today=TODAY)
    models = {option.name: build_model(project, option, context) for option in project.options}
    able = {name: model for name, model in models.items() if not model.obstacle and model.machine.guaranteed}
    totals = {
        name: [float(model.bill.curve(1, tables.reach).at(n)) for n in range(1, tables.reach + 1)]
        for name, model in able.items()
    }
    most = {name: most_runs(model, tables.reach) for name, model in able.items()}
    truth = [[each.first, each.name] for each in leaders_of(totals, most, tables.reach)[1:] if each.name]
    assert truth
    assert _node(tables, "leaders().map((each) => [each.n, each.option.name])") == truth


@needs_node
def test_amounts_and_axes_are_written_as_python_writes_them() -> None:
    tables = _tables()
    amounts = [Decimal(each) for each in AMOUNTS]
    assert _node(tables, f"{json.dumps([float(each) for each in amounts])}.map(usd)") == [
        format_usd(each) for each in amounts
    ]
    shown = [[nice_ceiling(value), short(value)] for value in VALUES]
    assert _node(tables, f"{json.dumps(VALUES)}.map((value) => [niceCeiling(value), short(value)])") == shown


@needs_node
def test_times_and_a_second_currency_are_written_as_python_writes_them() -> None:
    seconds = [
        321_840.0,
        676_080.0,
        0.5,
        59.94,
        60.0,
        5_400.0,
        86_399.0,
        86_400.0,
        202_900.0,
        345_600.0,
        86_400 * 2.345,
        1e9,
    ]
    assert _node(_tables(), f"{json.dumps(seconds)}.map(timeWords)") == [time_words(each) for each in seconds]
    values = [0.0123, 0.5, 2.5, 12.25, 99.96, 123.4, 1234.5, 1235.5, 250_000.0]
    assert _node(_tables(), f"{json.dumps(values)}.map(figure)") == [figure(each) for each in values]
    for code, rate, digits in (("MXN", "18.4", 2), ("JPY", "155.5", 0), ("BHD", "0.376", 3)):
        currency = ShownCurrency(code=code, rate=Decimal(rate), digits=digits)
        amounts = [Decimal(each) for each in (*AMOUNTS, "1", "2.44", "1282.09")]
        said = _node(
            replace(_tables(), currency=currency), f"{json.dumps([float(a) for a in amounts])}.map(inCurrency)"
        )
        assert said == [currency.text(each) for each in amounts]

"""Bills and prices that follow from published rules and prices, worked out by hand: `cases/` says each rule.

They stand for the kinds of fault that a confident bill can hide: a GPU that is billed apart, a month of 29 days, a
price of another year, traffic between regions, what is left on. The right value is arithmetic of its rule, never a
number that the program printed.
"""

from __future__ import annotations

import ast
import csv
import json
import operator
import tomllib
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from itertools import groupby
from pathlib import Path

import pytest

from cloudcost.cli import run

CASES = Path(__file__).parent / "cases"
ESTIMATES = tomllib.loads((CASES / "estimates.toml").read_text(encoding="utf-8"), parse_float=str)
TABLES = ("project", "dataset", "training", "option")
LISTED = ("training", "option", "left_on")
TODAY = "2026-11-22"
HALF_A_DIGIT = Fraction(1, 2 * 10**9)
"""Of a line's amount, which is rounded once, to 1e-10 USD; of a sum of few. [USD]"""
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def right(text: str) -> Fraction:
    """Return the exact value of an arithmetic of decimals: ``696 * 0.045``."""

    def value(node: ast.expr) -> Fraction:
        if isinstance(node, ast.BinOp):
            return Fraction(OPERATORS[type(node.op)](value(node.left), value(node.right)))
        assert isinstance(node, ast.Constant), text
        return Fraction(ast.get_source_segment(text, node) or "")

    return value(ast.parse(text, mode="eval").body)


def toml_of(case: Mapping[str, object]) -> str:
    """Return the project file of a case: the frame's tables with the case's keys in place of theirs."""
    frame = ESTIMATES["frame"]
    parts = []
    for table in (*TABLES, "left_on"):
        changes = case.get(table, {})
        assert isinstance(changes, Mapping)
        keys = {key: value for key, value in {**frame.get(table, {}), **changes}.items() if value is not False}
        if keys:
            parts.append(f"[[{table}]]" if table in LISTED else f"[{table}]")
            parts += [f"{key} = {shown(value)}" for key, value in keys.items()]
    return "\n".join(parts) + "\n"


def shown(value: object) -> str:
    """Return a value as TOML has it; numbers with a point are kept as text, digits and all."""
    match value:
        case bool():
            return str(value).lower()
        case datetime() | date():
            return value.isoformat()
        case int():
            return str(value)
        case list():
            return f"[{', '.join(map(shown, value))}]"
        case dict():
            return f"{{{', '.join(f'{key} = {shown(each)}' for key, each in value.items())}}}"
        case _:
            text = str(value)
            return text if text.replace(".", "", 1).isdigit() else json.dumps(text)


@pytest.mark.parametrize("case", ESTIMATES["case"], ids=lambda case: case["name"])
def test_a_bill_has_the_lines_of_its_rule(
    case: Mapping[str, object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "case.toml"
    path.write_text(toml_of(case), encoding="utf-8")
    arguments = ["--option", "od", "--draws", "0", "--format", "json", "--today", str(case.get("today", TODAY))]
    code = run(["estimate", str(path), *arguments])
    captured = capsys.readouterr()
    assert code == case.get("exit", 0), captured.err
    if code:
        return
    bill = json.loads(captured.out)
    assert bill["feasible"] == case.get("feasible", True), bill["reason"]
    got: dict[tuple[str, str], Fraction] = {}
    for line in bill["lines"]:
        for month in {str(line["month"]), "any"}:
            key = (line["usage_type"], month)
            got[key] = got.get(key, Fraction(0)) + Fraction(line["amount_usd"])
    lines = case.get("lines", [])
    assert isinstance(lines, list)
    off = [
        f"{usage_type} in {month}: {float(got.get((usage_type, month), 0))}, right is {text} = {float(right(text))}"
        for usage_type, month, text in lines
        if abs(got.get((usage_type, month), Fraction(0)) - right(text)) > HALF_A_DIGIT
    ]
    absent = case.get("absent", [])
    assert isinstance(absent, list)
    assert not off, case["why"]
    assert not [name for name in absent if (name, "any") in got], case["why"]


def rows_of(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def usage_text(rows: list[dict[str, str]]) -> str:
    columns = ("service", "region", "usage_type", "operation", "month", "purchase", "quantity", "unit")
    return "\n".join([",".join(columns), *(",".join(row[name] for name in columns) for row in rows), ""])


@pytest.mark.parametrize(
    ("kind", "rows"),
    [(kind, list(rows)) for kind, rows in groupby(rows_of("prices.csv"), key=lambda row: row["kind"])],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_usage_file_is_priced_by_the_price_of_its_day(
    kind: str, rows: list[dict[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "usage.csv"
    path.write_text(usage_text(rows), encoding="utf-8")
    free = ["--free-tier"] if kind.startswith("free") else []
    code = run(["price", str(path), "--format", "json", "--no-assumed", *free, "--today", TODAY])
    captured = capsys.readouterr()
    assert code == 0, captured.err
    got = Counter(
        (line["region"], line["month"], Fraction(line["quantity"]), Fraction(line["amount_usd"]))
        for line in json.loads(captured.out)["lines"]
    )
    wanted = Counter((row["region"], row["month"], Fraction(row["quantity"]), right(row["right_usd"])) for row in rows)
    assert got == wanted, [(row["usage_type"], row["right_usd"], row["why"]) for row in rows]


@pytest.mark.parametrize(
    "row", rows_of("refused.csv"), ids=lambda row: f"{row['usage_type']} {row['operation']} {row['month']}"
)
def test_what_no_price_is_known_of_is_refused_by_name(
    row: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "usage.csv"
    path.write_text(usage_text([row]), encoding="utf-8")
    code = run(["price", str(path), "--today", TODAY])
    captured = capsys.readouterr()
    assert (code, captured.out) == (int(row["exit"]), "")
    assert row["says"] in captured.err

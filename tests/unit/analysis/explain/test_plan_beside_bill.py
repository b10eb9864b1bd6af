"""A bill against a plan: the plan's own lines are as planned, what is added to them is told apart."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

import pytest

from cloudcost.analysis.compare import compare
from cloudcost.analysis.explain.bill import explain_bill
from cloudcost.analysis.explain.plan import beside_plan
from cloudcost.domain.bills import BillLine, ReadBill
from cloudcost.money import exact_sum, round_half_even
from cloudcost.project.file import parse_project
from cloudcost.render.explanation.page import explanation_page
from cloudcost.render.explanation.record import explanation_json
from cloudcost.render.explanation.words import explanation_markdown, explanation_text
from cloudcost.render.tables.columns import display_width
from cloudcost.results.estimate import Estimate
from cloudcost.results.explanation import Explanation, PlanBesideBill, PlannedCause

TODAY = date(2026, 11, 22)
PROJECT = """
[project]
start = 2026-10-05
tax_rate = 0.19
[dataset]
images = 60000
size = "48 GB"
[[training]]
network = "resnet18"
epochs = 10
runs = 6
[[option]]
name = "cloud"
kind = "sagemaker"
instance = "ml.g4dn.xlarge"
"""


@cache
def estimate() -> Estimate:
    project = parse_project(PROJECT, name="p.toml", today=TODAY)
    [found] = compare(project, today=TODAY, draws=200, seed=1).options
    return found


def planned_lines() -> list[BillLine]:
    """Return the plan as a bill."""
    return [
        BillLine(
            service=line.service,
            region=line.region,
            usage_type=line.usage_type,
            quantity=round_half_even(line.quantity, 10),
            unit=line.unit,
            billed_usd=line.amount_usd,
            charge="tax" if line.service == "Tax" else "usage",
        )
        for line in estimate().lines
    ]


def held(lines: list[BillLine]) -> tuple[Explanation, PlanBesideBill]:
    bill = explain_bill(ReadBill(lines=tuple(lines), files=("bill.csv",)), today=TODAY)
    plan = beside_plan(bill, estimate(), project="p", price_book="aws-2026-11")
    return replace(bill, plan=plan), plan


def cause(plan: PlanBesideBill, key: str) -> PlannedCause:
    [found] = [each for each in plan.causes if each.key == key]
    return found


NAT = BillLine(
    service="AmazonEC2",
    usage_type="NatGateway-Hours",
    quantity=Decimal(96),
    unit="Hrs",
    billed_usd=Decimal("4.32"),
)


def test_a_bill_of_the_plan_itself_is_as_planned() -> None:
    _, plan = held(planned_lines())
    assert {each.verdict for each in plan.causes} == {"as planned"}
    assert all(each.planned_usd == each.billed_usd for each in plan.causes)
    assert plan.planned_usd == estimate().total_usd
    assert plan.billed_hours is not None
    assert plan.planned_hours == round(plan.billed_hours, 6)
    assert plan.implied_hours_per_run == pytest.approx(plan.planned_hours_per_run, rel=1e-6)


def test_what_was_not_planned_and_what_was_not_billed() -> None:
    lines = [line for line in planned_lines() if line.charge != "tax"]
    _, plan = held([*lines, NAT])
    assert (cause(plan, "nat").verdict, cause(plan, "nat").planned_usd) == ("not planned", Decimal(0))
    assert (cause(plan, "tax").verdict, cause(plan, "tax").billed_usd) == ("not billed", Decimal(0))
    differences = [each.billed_usd - each.planned_usd for each in plan.causes]
    assert differences == sorted(differences, reverse=True)
    assert exact_sum(differences) == exact_sum([line.billed_usd for line in [*lines, NAT]] + [-plan.planned_usd])


def test_more_hours_than_the_band_has_are_more_and_make_longer_runs() -> None:
    lines = [
        replace(line, quantity=line.quantity * 9, billed_usd=line.billed_usd * 9)
        if line.usage_type.startswith("Train:ml.") and line.quantity is not None
        else line
        for line in planned_lines()
    ]
    _, plan = held(lines)
    assert cause(plan, "training").verdict == "more"
    assert plan.implied_hours_per_run == pytest.approx(9 * (plan.planned_hours_per_run or 0), rel=1e-6)


def test_hours_within_the_band_are_as_planned_and_requests_a_half_more_are_not() -> None:
    lines = [
        replace(line, billed_usd=line.billed_usd * Decimal("1.2"))
        if line.usage_type.startswith("Train:ml.")
        else replace(line, billed_usd=line.billed_usd * 2)
        if line.usage_type == "Requests-Tier1"
        else line
        for line in planned_lines()
    ]
    _, plan = held(lines)
    assert cause(plan, "training").verdict == "as planned"
    assert cause(plan, "requests").verdict == "more"
    [line] = [line for line in cause(plan, "requests").lines if line.usage_type == "Requests-Tier1"]
    assert line.planned == line.billed
    assert line.billed_usd == 2 * line.planned_usd


def test_text_json_and_markdown_have_the_plan() -> None:
    explanation, plan = held([*planned_lines(), NAT])
    text = explanation_text(explanation)
    assert max(map(display_width, text.splitlines())) <= 80
    assert "against the plan: p, option cloud" in text
    assert "4.32  not planned" in text
    record = json.loads(explanation_json(explanation))
    assert record["plan"]["option"] == "cloud"
    [nat] = [each for each in record["comparison"] if each["key"] == "nat"]
    assert (nat["verdict"], nat["planned_usd"], nat["billed_usd"]) == ("not planned", "0", "4.32")
    assert len(record["comparison"]) == len(plan.causes)
    assert "| NAT gateway: hours and bytes | 0.00 | 4.32 | 4.32 | not planned |" in explanation_markdown(explanation)


def test_machine_hours_are_longer_runs_or_more_of_them() -> None:
    lines = [
        replace(line, quantity=line.quantity * 2) if line.unit == "Hrs" and line.quantity is not None else line
        for line in planned_lines()
    ]
    explanation, plan = held(lines)
    assert plan.planned_runs == pytest.approx(6)
    assert plan.implied_runs == pytest.approx(12, rel=1e-6)
    assert "or 12 runs of" in " ".join(explanation_text(explanation).split())


def test_a_bill_of_a_month_is_held_against_that_month_of_the_plan() -> None:
    kept = PROJECT.replace("start = 2026-10-05", "start = 2026-10-05\nkeep_months = 2")
    project = parse_project(kept, name="p.toml", today=TODAY)
    [whole] = compare(project, today=TODAY, draws=200, seed=1).options
    months = sorted({line.month for line in whole.lines if line.month is not None})
    assert len(months) > 1
    lines = tuple(replace(line, month=months[0]) for line in planned_lines())
    bill = explain_bill(ReadBill(lines=lines, files=("bill.csv",)), today=TODAY)
    plan = beside_plan(bill, whole, project="p", price_book="aws-2026-11")
    assert plan.months == (months[0],)
    first = [line.amount_usd for line in whole.lines if line.month in (None, months[0])]
    assert plan.planned_usd == exact_sum(first)
    assert f"covers {months[0]} of the plan" in " ".join(explanation_text(replace(bill, plan=plan)).split())


def test_the_page_has_the_plan_and_none_without_one() -> None:
    explanation, _ = held([*planned_lines(), NAT])
    page = explanation_page(explanation, made_by="test")
    assert "Against the plan" in page
    assert "not planned" in page
    assert "Against the plan" not in explanation_page(replace(explanation, plan=None), made_by="test")

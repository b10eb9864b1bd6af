"""Comparisons as text, Markdown, HTML and DataFrames, and the verdict's sentence."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.projects import build_project, build_training

from cloudcost.analysis.compare import compare
from cloudcost.analysis.verdict import verdict_of
from cloudcost.domain.lines import LineItem
from cloudcost.domain.project import LocalMachine, Option, Project
from cloudcost.errors import InputError
from cloudcost.render.comparison import comparison_markdown, comparison_text
from cloudcost.render.estimate import estimate_markdown, estimate_text
from cloudcost.render.groups import GROUPS, by_group, group_of
from cloudcost.render.tables.screen import Screen
from cloudcost.results.comparison import Comparison
from cloudcost.results.estimate import Estimate, Lack
from cloudcost.results.uncertainty import OptionUncertainty

TODAY = date(2026, 11, 22)
EC2 = Option(name="cloud", kind="ec2", instance="g4dn.xlarge", hours_per_run=6.0)
MINE = Option(
    name="mine", kind="local", hours_per_run=6.0,
    local=LocalMachine(watts=300.0, country="MEX", purchase_usd=Decimal(1000)),
)  # fmt: skip
FREE = Option(name="free", kind="colab", accelerator="T4", plan="free", hours_per_run=6.0)


def project(*options: Option, runs: int = 2) -> Project:
    return build_project(
        *options, start=TODAY, trainings=(build_training(image_px=224, batch=32, epochs=10, runs=runs),)
    )


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare(project(EC2, MINE, FREE), today=TODAY, draws=200)


def test_text_has_the_verdict_first_and_keeps_to_80_columns(comparison: Comparison) -> None:
    text = comparison_text(comparison, explain=True)
    assert text.startswith("Local: mine does it for ")
    assert all(len(row) <= 80 for row in text.splitlines())
    assert "80 % band" in text
    assert "free (not guaranteed)" in text
    assert "mine: the machine itself is paid already (1,000.00 USD) and not in the total" in " ".join(text.split())
    assert "bill of cloud" in text


def test_text_without_scenarios_says_what_dominates(comparison: Comparison) -> None:
    text = comparison_text(compare(project(EC2, MINE), today=TODAY))
    assert "mostly" in text
    assert re.search(r"machines \d+ %", text)
    assert "band" not in text.split("s/step:")[0]


def test_markdown_tables_are_rectangular(comparison: Comparison) -> None:
    rows = [row for row in comparison_markdown(comparison).splitlines() if row.startswith("|")]
    assert len({row.replace("\\|", "").count("|") for row in rows}) == 1
    assert len(rows) == 2 + 3


def test_a_bill_shows_times_sureness_and_assumptions(comparison: Comparison) -> None:
    cloud = comparison.option("cloud")
    text = estimate_text(cloud, screen=Screen(assumptions=True))
    for part in ("a: 2 runs of 6.00 h", "how sure", "in 80 % of scenarios", "assumed", "total"):
        assert part in " ".join(text.split())
    assert estimate_markdown(cloud).startswith("**cloud: ")
    unpriced = Estimate(name="x", kind="ec2", feasible=False, reason="no price")
    assert estimate_text(unpriced).splitlines()[:2] == ["x: ? USD, ? h of machine time", "- not feasible: no price"]
    assert "Not feasible: no price" in estimate_markdown(unpriced)


def test_frames_hold_exact_decimals(comparison: Comparison) -> None:
    frame = comparison.to_frame()
    assert list(frame["option"]) == [each.name for each in comparison.options]
    assert frame["total_usd"].tolist() == [each.total_usd for each in comparison.options]
    bill = comparison.option("cloud").to_frame()
    assert sum(bill["amount_usd"], Decimal(0)) == comparison.option("cloud").total_usd
    assert set(bill["group"]) <= set(GROUPS)


def test_notebooks_escape_what_users_wrote(comparison: Comparison) -> None:
    evil = replace(EC2, name="<script>alert(1)</script>")
    html = compare(project(evil), today=TODAY)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert comparison.option("cloud")._repr_html_().count("<tr>") == 1 + len(comparison.option("cloud").lines)


def test_the_best_option_can_be_counted_on(comparison: Comparison) -> None:
    assert comparison.best is comparison.option("mine")
    with pytest.raises(InputError, match="p:option: no such option, 'yours', there is "):
        comparison.option("yours")


def line(service: str, usage_type: str, usd: str = "1") -> LineItem:
    [any_line, *_] = compare(project(EC2), today=TODAY).option("cloud").lines
    return replace(any_line, service=service, usage_type=usage_type, amount_usd=Decimal(usd))


@pytest.mark.parametrize(
    ("service", "usage_type", "group"),
    [
        ("AmazonEC2", "BoxUsage:g4dn.xlarge", "machines"), ("AmazonEC2", "EBS:VolumeUsage.gp3", "volumes"),
        ("AmazonSageMaker", "Notebk:ml.t3.medium", "notebook"), ("AmazonSageMaker", "Train:ml.g4dn.xlarge", "machines"),
        ("AmazonSageMaker", "Train:VolumeUsage.gp2", "volumes"), ("AmazonS3", "TimedStorage-ByteHrs", "storage"),
        ("AmazonS3", "Requests-Tier1", "requests"), ("AmazonS3", "EarlyDelete-SIA", "storage"),
        ("AmazonS3", "DataTransfer-Out-Bytes", "transfer"), ("AmazonEC2", "NatGateway-Hours", "network"),
        ("AmazonVPC", "PublicIPv4:InUseAddress", "network"), ("GoogleColab", "ComputeUnits", "machines"),
        ("Local", "Electricity", "electricity"), ("Local", "Resale", "purchase"), ("Local", "Other", "other"),
        ("Credits", "Credits", "credits"), ("Tax", "Tax", "tax"), ("GCP", "n1", "machines"),
    ],
)  # fmt: skip
def test_each_line_has_its_group(service: str, usage_type: str, group: str) -> None:
    assert group_of(line(service, usage_type)) == group
    assert group in GROUPS


def test_groups_are_ordered_by_what_they_cost() -> None:
    lines = [line("AmazonS3", "Requests-Tier1", "1"), line("Tax", "Tax", "2"), line("AmazonS3", "Requests-Tier2", "4")]
    assert by_group(lines) == {"requests": Decimal(5), "tax": Decimal(2)}
    assert list(by_group(lines)) == ["requests", "tax"]


def estimate(name: str, usd: str | None, *, kind: str = "ec2", feasible: bool = True, sure: bool = True) -> Estimate:
    return Estimate(
        name=name, kind=kind, feasible=feasible, guaranteed=sure, reason="" if feasible else "too long",  # type: ignore[arg-type]
        total_usd=None if usd is None else Decimal(usd), calendar_hours=50.0,
    )  # fmt: skip


def unknown(name: str, lacks: Lack) -> Estimate:
    return Estimate(name=name, kind="ec2", feasible=False, reason="not known", lacks=lacks)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([estimate("a", "10")], "Cloud: a does it for 10.00 USD in 2.1 days."),
        ([estimate("a", "10"), estimate("b", "9", feasible=False)], "Cloud: a does it for 10.00 USD in 2.1 days; no "
         "other option is feasible."),
        ([estimate("a", "10"), estimate("b", "15")], "Cloud: a does it for 10.00 USD in 2.1 days; next comes b at "
         "15.00 USD, 50 % more."),
        ([estimate("a", "10", kind="local"), estimate("b", "30"), estimate("c", "20", kind="local")],
         "Local: a does it for 10.00 USD in 2.1 days; the cheapest cloud option, b, costs 30.00 USD, 3.0 times as "
         "much."),
        ([estimate("a", "10"), estimate("b", "10.01")], "Cloud: a does it for 10.00 USD in 2.1 days; next comes b at "
         "10.01 USD, about as much."),
        ([estimate("f", "0", sure=False), estimate("a", "10")], "Cloud: a does it for 10.00 USD in 2.1 days; f would "
         "cost 0.00 USD, but nothing guarantees it."),
        ([estimate("f", "0", sure=False), estimate("a", "10"), estimate("b", "15")], "Cloud: a does it for 10.00 USD "
         "in 2.1 days; next comes b at 15.00 USD, 50 % more; f would cost 0.00 USD, but nothing guarantees it."),
        ([estimate("a", "10"), estimate("b", "15"), estimate("f", "20", sure=False)], "Cloud: a does it for 10.00 USD "
         "in 2.1 days; next comes b at 15.00 USD, 50 % more."),
        ([estimate("f", "0", sure=False)], "Cloud: f does it for 0.00 USD in 2.1 days, though nothing guarantees it."),
        ([estimate("a", "10"), unknown("b", "price")], "Cloud: a does it for 10.00 USD in 2.1 days; 1 of 2 options "
         "could not be priced: b."),
        ([estimate("a", "10"), estimate("c", "12"), unknown("b", "time")], "Cloud: a does it for 10.00 USD in 2.1 "
         "days; next comes c at 12.00 USD, 20 % more; 1 of 3 options could not be timed: b."),
        ([estimate("a", "10"), estimate("c", "9", feasible=False), unknown("b", "price"), unknown("d", "time")],
         "Cloud: a does it for 10.00 USD in 2.1 days; no other option that could be priced or timed is feasible; 2 of "
         "4 options could not be priced or timed: b, d."),
        ([estimate("a", "10"), *(unknown(name, "price") for name in "vwxyz")], "Cloud: a does it for 10.00 USD in 2.1 "
         "days; 5 of 6 options could not be priced: v, w, x and 2 more."),
        ([estimate("a", "10", feasible=False)], "The only option, a at 10.00 USD, is not feasible: too long."),
        ([estimate("a", "10", feasible=False), estimate("b", "12", feasible=False)], "No option is feasible; the "
         "cheapest, a at 10.00 USD: too long."),
        ([estimate("a", "10", feasible=False), unknown("b", "price")], "The only option that could be priced, a at "
         "10.00 USD, is not feasible; 1 of 2 options could not be priced: b; a: too long."),
        ([estimate("a", "10", feasible=False), estimate("b", "12", feasible=False), unknown("c", "time")],
         "None of the 2 options that could be timed is feasible; 1 of 3 options could not be timed: c; the cheapest, a "
         "at 10.00 USD: too long."),
        ([replace(unknown("a", "price"), reason="did you mean b?")], "No option can be priced: a: did you mean b?"),
        ([unknown("a", "price")], "No option can be priced: a: not known."),
        ([unknown("a", "time"), unknown("b", "time")], "No option can be timed: a: not known; b: not known."),
        ([unknown("a", "price"), unknown("b", "time"), unknown("c", "time")], "No option can be priced or timed: a: "
         "not known; b: not known; and 1 more."),
    ],
)  # fmt: skip
def test_the_verdict_is_one_sentence(options: list[Estimate], sentence: str) -> None:
    assert verdict_of(project(EC2), options) == sentence


def _drawn(name: str, usd: str, cheapest: float, *, feasible: bool = True) -> Estimate:
    uncertainty = OptionUncertainty(
        name=name, interval_usd=(1.0, 20.0), median_usd=9.0, interval_hours=(1.0, 2.0), median_hours=1.5,
        probability_cheapest=cheapest, probability_within_budget=None, probability_within_deadline=None,
        probability_within_duration=1.0, probability_never_finishes=0.0,
    )  # fmt: skip
    return replace(estimate(name, usd, feasible=feasible), uncertainty=uncertainty)


def test_who_is_the_cheapest_more_often_is_told_only_where_the_figures_show_it() -> None:
    even = verdict_of(project(EC2), [_drawn("a", "10", 0.4975), _drawn("b", "11", 0.5025)])
    assert "the cheapest with 50 % probability; next" in even
    odd = verdict_of(project(EC2), [_drawn("a", "10", 0.49), _drawn("b", "11", 0.51)])
    assert "the cheapest with 49 % probability, though b is it more often, with 51 %; next" in odd


def test_who_is_not_expected_to_be_done_in_time_but_mostly_the_cheapest_is_named() -> None:
    options = [_drawn("a", "10", 0.38), _drawn("b", "30", 0.02), _drawn("c", "5", 0.6, feasible=False)]
    said = verdict_of(project(EC2), options)
    assert "though c is it more often, with 60 %, where it is done in time, which is not expected; next comes b" in said


def test_what_is_said_of_the_time_stands_beside_the_option_that_it_is_said_of() -> None:
    late = _drawn("a", "10", 0.3)
    assert late.uncertainty is not None
    late = replace(late, uncertainty=replace(late.uncertainty, probability_within_duration=0.9))
    said = verdict_of(project(EC2), [late, _drawn("b", "11", 0.7)])
    assert "with 30 % probability (10 % that it takes longer than 4 days), though b is it more often, with 70 %" in said


def test_times_as_much_have_no_more_figures_than_are_read() -> None:
    assert "135 times as much" in verdict_of(project(EC2), [estimate("a", "10"), estimate("b", "1354.3")])
    assert "13.5 times as much" in verdict_of(project(EC2), [estimate("a", "10"), estimate("b", "135.4")])

"""Laws of the choice: what is dearer, or has no price or no time, changes no answer; nor does the order of options."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cloudcost.analysis.compare import compare
from cloudcost.domain.project import LocalMachine, Option, Project
from cloudcost.results.comparison import Comparison
from cloudcost.testing import projects

TODAY = date(2026, 11, 22)
LAWS = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
UNKNOWN = (
    Option(name="extra", kind="ec2", instance="p5e.48xlarge", region="af-south-1", hours_per_run=0.5),
    Option(name="extra", kind="sagemaker", instance="ml.u-12tb1.112xlarge", hours_per_run=0.5),
    Option(name="extra", kind="ec2", instance="trn1.2xlarge", region="us-east-1"),
    Option(
        name="extra", kind="local", hours_per_run=0.5,
        local=LocalMachine(watts=100.0, country="Zimbabwe"),
    ),
    Option(name="extra", kind="cloud", instance="g2-standard-4", region="asia-south1", hours_per_run=0.5,
           purchase="reserved-3y-all-upfront"),
)  # fmt: skip
"""Options that are known and have no price, or no time."""


def answered(project: Project) -> Comparison:
    return compare(project, today=TODAY)


def totals(found: Comparison) -> dict[str, Decimal | None]:
    return {each.name: each.total_usd for each in found.options}


@LAWS
@given(projects(max_options=4, max_runs=12), st.randoms(use_true_random=False))
def test_the_order_of_options_is_irrelevant(project: Project, rng: object) -> None:
    found = answered(project)
    shuffled = list(project.options)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    again = answered(replace(project, options=tuple(shuffled)))
    assert again.best == found.best
    assert again.verdict == found.verdict
    assert [each.name for each in again.options] == [each.name for each in found.options]
    assert totals(again) == totals(found)


@LAWS
@given(projects(max_options=2, max_runs=12), projects(max_options=1, max_runs=1))
def test_a_dearer_option_changes_neither_winner_nor_total(project: Project, other: Project) -> None:
    found = answered(project)
    assume(found.best is not None)
    extra = replace(other.options[0], name="extra")
    more = answered(replace(project, options=(extra, *project.options)))
    dearer = more.option("extra")
    assert found.best is not None
    assert found.best.total_usd is not None
    assume(not dearer.feasible or (dearer.total_usd or Decimal(0)) > found.best.total_usd)
    assert more.best == found.best
    assert {name: usd for name, usd in totals(more).items() if name != "extra"} == totals(found)


@LAWS
@given(projects(max_options=3, max_runs=12), st.sampled_from(UNKNOWN), st.booleans())
def test_an_option_that_cannot_be_priced_or_timed_changes_nothing_and_is_told(
    project: Project, extra: Option, first: bool
) -> None:
    found = answered(project)
    options = (extra, *project.options) if first else (*project.options, extra)
    more = answered(replace(project, options=options))
    assert (more.option("extra").feasible, more.option("extra").total_usd) == (False, None)
    assert more.best == found.best
    assert {name: usd for name, usd in totals(more).items() if name != "extra"} == totals(found)
    unknown = sum(each.total_usd is None for each in more.options)
    if more.best is not None:
        assert f"{unknown} of {len(options)} options could not be " in more.verdict
        assert "no other option is feasible" not in more.verdict


@LAWS
@given(projects(max_options=1, max_runs=12))
def test_of_equal_options_the_first_by_name_is_the_answer(project: Project) -> None:
    [option] = project.options
    twins = (replace(option, name="b"), replace(option, name="a"))
    found = answered(replace(project, options=twins))
    assert [each.name for each in found.options] == ["a", "b"]
    assert found.best is None or found.best.name == "a"
    if found.best is not None:
        assert "next comes b" in found.verdict
        assert "the same" in found.verdict

"""Break-even over hours, months, data set, electricity and utilisation against a scan of every value."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.projects import build_project, build_training

import cloudcost.analysis.breakeven.quantities as over
from cloudcost.analysis.breakeven.quantities import all_crossings_over, crossings_over
from cloudcost.analysis.breakeven.roots import exact_total, option_of
from cloudcost.analysis.compare import context_of
from cloudcost.analysis.matters.changes import with_images_times, with_local
from cloudcost.domain.project import LocalMachine, Option, Project
from cloudcost.money import exact_sum
from cloudcost.options.model import Context, build_model
from cloudcost.results.crossings import CrossingsOver, Quantity
from cloudcost.testing import projects

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 22)
NEARLY = Fraction(999, 1000)
STEPS = (Fraction(1, 50), Fraction(1, 10), Fraction(1, 4), Fraction(1, 2), Fraction(1))


def _pairs() -> st.SearchStrategy[Project]:
    """Two local machines and another option, so that every quantity may matter."""
    machine = st.builds(
        LocalMachine,
        owned=st.just(False),
        purchase_usd=st.integers(100, 3000).map(Decimal),
        resale=st.sampled_from((0.0, 0.5)),
        charge=st.sampled_from(("cash", "share")),
        watts=st.floats(100.0, 800.0),
        electricity_usd_per_kwh=st.sampled_from((Decimal("0.1"), Decimal("0.3"))),
    )

    def local(index: int) -> st.SearchStrategy[Option]:
        hours = st.floats(0.5, 20.0)
        return st.builds(
            Option, name=st.just(f"local {index}"), kind=st.just("local"), device=st.just("RTX 3090"), local=machine,
            hours_per_run=hours,
        )  # fmt: skip

    return st.builds(
        lambda project, first, second: replace(project, options=(*project.options[:1], first, second)),
        projects(max_trainings=2, max_options=1, max_runs=8),
        local(1),
        local(2),
    )


def _total(project: Project, name: str, context: Context) -> Decimal:
    model = build_model(project, option_of(project, name), context)
    return exact_sum([line.amount_usd for line in model.lines([each.runs.expected for each in project.trainings])])


def _scan(values: list[Fraction], totals: list[tuple[Decimal | Fraction, Decimal | Fraction]]) -> list[Fraction]:
    """Return each value at which the other one becomes cheaper, a tie kept by the earlier leader."""
    found: list[Fraction] = []
    leader = 0
    for value, (a, b) in zip(values, totals, strict=True):
        sign = (a > b) - (a < b)
        if sign and sign != leader:
            if leader:
                found.append(value)
            leader = sign
    return found


@settings(max_examples=10, deadline=None)
@given(_pairs())
def test_months_agree_with_a_scan_of_every_month(project: Project) -> None:
    context = context_of(project, today=TODAY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(over, "MOST_MONTHS", 14)
        found = all_crossings_over("months", project, context)
    totals = {
        option.name: [_total(replace(project, keep_months=n), option.name, context) for n in range(15)]
        for option in project.options
        if any(option.name in (each.a, each.b) for each in found)
    }
    for each in found:
        scanned = _scan([Fraction(n) for n in range(15)], list(zip(totals[each.a], totals[each.b], strict=True)))
        assert list(each.at) == scanned
        assert (each.low, each.high, each.step) == (Fraction(0), Fraction(14), Fraction(1))


@settings(max_examples=10, deadline=None)
@given(_pairs())
def test_sizes_agree_with_a_scan_of_every_percent(project: Project) -> None:
    context = context_of(project, today=TODAY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(over, "MOST_PERCENT", 25)
        found = all_crossings_over("dataset", project, context)
    sizes = range(1, 26)
    totals = {
        option.name: [_total(with_images_times(project, Fraction(n, 100)), option.name, context) for n in sizes]
        for option in project.options
        if any(option.name in (each.a, each.b) for each in found)
    }
    step = Fraction(project.dataset.size_bytes, 10**11)
    for each in found:
        scanned = _scan([n * step for n in sizes], list(zip(totals[each.a], totals[each.b], strict=True)))
        assert list(each.at) == scanned


@settings(max_examples=12, deadline=None)
@given(_pairs())
def test_the_cheaper_one_changes_at_each_price_of_electricity_and_nowhere_else(project: Project) -> None:
    context = context_of(project, today=TODAY)
    names = frozenset(option.name for option in project.options)

    @cache
    def total(name: str, usd: Fraction) -> Fraction:
        changed = with_local(
            project, lambda machine: replace(machine, electricity_usd_per_kwh=Decimal(str(float(usd)))), names
        )
        return exact_total(build_model(changed, option_of(changed, name), context))

    for each in all_crossings_over("electricity", project, context):
        prices = [Fraction(k) for k in range(1, 10)]
        leads = [total(each.a, usd) - total(each.b, usd) for usd in prices]
        changes = sum(1 for before, after in pairwise(leads) if before * after < 0)
        assert changes == len([at for at in each.at if 1 < at < 9])
        for at in each.at:
            around = [total(each.a, at * share) - total(each.b, at * share) for share in (NEARLY, 2 - NEARLY)]
            assert around[0] * around[1] < 0


@settings(max_examples=12, deadline=None)
@given(_pairs())
def test_the_cheaper_one_changes_at_each_utilisation(project: Project) -> None:
    context = context_of(project, today=TODAY)
    names = frozenset(option.name for option in project.options)

    def leader(each: CrossingsOver, used: float) -> str:
        changed = with_local(project, lambda machine: replace(machine, utilisation=used), names)
        a, b = (exact_total(build_model(changed, option_of(changed, name), context)) for name in (each.a, each.b))
        return each.a if a < b else each.b if b < a else ""

    for each in all_crossings_over("utilisation", project, context):
        assert len(each.at) <= 1
        if each.at:
            root = float(each.at[0])
            assert leader(each, root * 0.999) == each.first_leader
            assert leader(each, min(root * 1.001, 1.0)) == each.last_leader
        else:
            leaders = {leader(each, float(used)) for used in STEPS}
            assert leaders - {""} <= {each.first_leader}


@settings(max_examples=10, deadline=None)
@given(_pairs(), st.data())
def test_hours_agree_with_totals_at_fractional_runs(project: Project, data: st.DataObject) -> None:
    """At the present hours a month the exact curve is the project's own exact total."""
    context = context_of(project, today=TODAY)
    a, b = data.draw(st.permutations(["local 1", "local 2"]))
    found = crossings_over("hours", project, a, b, context)
    assert found.reference == a
    assert found.assumed is not None
    hours, leader = found.assumed, found.first_leader
    for at in found.at:
        if at <= hours:
            leader = found.a if leader == found.b else found.b
    if any(abs(at - hours) < 1 for at in found.at) or not 1 <= hours <= found.high:
        return
    first, second = (exact_total(build_model(project, option_of(project, name), context)) for name in (a, b))
    assert first == second or leader == (a if first < second else b)


@pytest.mark.parametrize("quantity", over.QUANTITIES)
def test_a_pair_has_the_same_crossings_in_either_order(quantity: Quantity) -> None:
    project = _example()
    context = context_of(project, today=TODAY)
    first = crossings_over(quantity, project, "rent", "own", context, reference="own")
    second = crossings_over(quantity, project, "own", "rent", context, reference="own")
    assert (first.at, first.first_leader, first.last_leader) == (second.at, second.first_leader, second.last_leader)


def test_owning_wins_from_so_many_hours_a_month_on() -> None:
    project = _example()
    found = crossings_over("hours", project, "rent", "own", context_of(project, today=TODAY))
    assert (found.count, found.first_leader, found.last_leader, found.unit) == (1, "rent", "own", "h/month")


def test_an_unknown_option_is_named() -> None:
    project = _example()
    with pytest.raises(KeyError, match="nobody"):
        crossings_over("months", project, "rent", "nobody", context_of(project, today=TODAY))


def _example() -> Project:
    machine = LocalMachine(
        owned=False, purchase_usd=Decimal(1500), charge="share", watts=400.0, electricity_usd_per_kwh=Decimal("0.2"),
        upkeep_per_year=Decimal(600),
    )  # fmt: skip
    return build_project(
        Option(name="rent", kind="ec2", instance="g4dn.xlarge", hours_per_run=5.0),
        Option(name="own", kind="local", device="RTX 3090", local=machine, hours_per_run=2.0),
        name="example",
        days=30,
        start=TODAY,
        trainings=(build_training(name="resnet18", image_px=224, batch=32, epochs=10, runs=3),),
    )

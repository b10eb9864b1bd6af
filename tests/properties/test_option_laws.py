"""Laws of an option's bill as a function of the runs: never falling, equal to its curve, crossings found one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st
from tests.laws import examples
from tests.projects import build_project, build_training

from cloudcost.analysis.breakeven.runs import crossings
from cloudcost.analysis.compare import context_of
from cloudcost.domain.project import Option, Project
from cloudcost.errors import PriceNotFoundError
from cloudcost.money import exact_sum
from cloudcost.options.model import OptionModel, build_model
from cloudcost.pricing.bill.bill import Bill, compile_part
from cloudcost.pricing.bill.closing import Closing
from cloudcost.pricing.bill.prices import prices_of
from cloudcost.testing import projects

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 22)
LAWS = settings(
    max_examples=examples(120), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def models(project: Project) -> list[OptionModel]:
    """Return the options' models; a project with a price that no region's table has is not drawn."""
    context = context_of(project, today=TODAY)
    built = [build_model(project, option, context) for option in project.options]
    try:
        for model in built:
            model.lines([1] * len(project.trainings))
    except PriceNotFoundError:
        reject()
    return built


def bare(project: Project) -> Project:
    """Return the project without the two lines that are laid on printed amounts."""
    return replace(project, credits_usd=Decimal(0), tax_rate=Decimal(0))


def printed(model: OptionModel, n: int) -> Decimal:
    return exact_sum([line.amount_usd for line in model.lines([n] * len(model.project.trainings))])


def exact(model: OptionModel, runs: list[int]) -> Fraction:
    return sum((line.exact_usd for line in model.lines(runs)), Fraction(0))


def moved(model: OptionModel) -> Fraction:
    """Return what one more run can save by moving others over a month's end: at most what their reading costs. [USD]

    Runs begin evenly over the project, so one more may take a run out of a month whose allowance is spent and put it
    into one where some is left.
    """
    whole = [replace(usage, fixed=0, span=None) for usage in model.usages if usage.span is not None]
    [part, *_] = model.bill.parts
    prices = prices_of(part.rows.prices.book, model.today)  # without what is free
    lines = Bill((compile_part(whole, prices),), Closing()).lines([1] * len(model.project.trainings))
    return sum((line.exact_usd for line in lines), Fraction(0))


@LAWS
@given(projects(max_options=1), st.data())
def test_one_more_run_never_costs_less(project: Project, data: st.DataObject) -> None:
    [model] = models(bare(project))
    runs = [data.draw(st.integers(0, 60)) for _ in project.trainings]
    which = data.draw(st.integers(0, len(runs) - 1))
    more = [count + (index == which) for index, count in enumerate(runs)]
    assert exact(model, more) >= exact(model, runs) - moved(model)


@LAWS
@given(projects(max_options=1), st.integers(1, 400))
def test_credits_and_tax_do_not_make_one_more_run_cheaper(project: Project, n: int) -> None:
    [model] = models(replace(project, credits_usd=Decimal("30.5"), tax_rate=Decimal("0.16")))
    curve = model.bill.curve(1, 401)
    assert curve.at(n + 1) >= curve.at(n) - moved(model) * Fraction("1.16")


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 10_000))
def test_the_curve_crosses_the_bounds_of_transfer_tiers(n: int) -> None:
    """10 TB and 50 TB out of S3 are passed within 10,000 readings of 10 GB by Colab."""
    project = pack_project(1.0, "T4")
    project = replace(project, dataset=replace(project.dataset, location="s3", size_bytes=10**10))
    colab = models(project)[0]
    assert colab.bill.curve(1, 10_000).at(n) == exact(colab, [n])


def by_scan(a: OptionModel, b: OptionModel, horizon: int) -> tuple[int, ...]:
    """Return every change of the cheaper option, asked at each number of runs."""
    found: list[int] = []
    leader = 0
    for n in range(1, horizon + 1):
        first, second = printed(a, n), printed(b, n)
        sign = (first > second) - (first < second)
        if sign and leader and sign != leader:
            found.append(n)
        leader = sign or leader
    return tuple(found)


def near_hours(project: Project, hours: float) -> Project:
    """Return the project with runs short and alike, so that its options cross within a short horizon."""
    options = tuple(
        replace(option, hours_per_run=hours * (1 + index / 4)) for index, option in enumerate(project.options)
    )
    return replace(project, options=options)


@settings(max_examples=examples(120), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(projects(max_trainings=1, max_options=2), st.floats(0.25, 3.0), st.data())
def test_break_even_finds_what_a_scan_finds(project: Project, hours: float, data: st.DataObject) -> None:
    if len(project.options) == 1:
        own = Option(name="own price", kind="cloud", provider="x", device="T4", usd_per_hour=Decimal("0.3"))
        project = replace(project, options=(*project.options, own))
    first, second = models(near_hours(project, hours))
    horizon = data.draw(st.sampled_from((5, 15)))
    assert crossings(first, second, horizon=horizon).at == by_scan(first, second, horizon)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.floats(0.5, 8.0), st.sampled_from(("T4", "A100")), st.sampled_from((0, 30, 200)), st.booleans())
def test_packs_of_units_cross_many_times_and_none_is_missed(
    hours: float, accelerator: str, credits_usd: int, taxed: bool
) -> None:
    project = replace(
        pack_project(hours, accelerator),
        credits_usd=Decimal(credits_usd),
        tax_rate=Decimal("0.16") if taxed else Decimal(0),
    )
    first, second = models(project)
    assert crossings(first, second, horizon=300).at == by_scan(first, second, 300)


def pack_project(hours: float, accelerator: str) -> Project:
    """Return Colab beside a cloud machine that costs about as much by the hour: packs make them change places."""
    from cloudcost.domain.project import Dataset

    rate = Decimal("0.107") if accelerator == "T4" else Decimal("0.55")
    return build_project(
        Option(name="colab", kind="colab", accelerator=accelerator, hours_per_run=hours, startup_minutes=0.0),
        Option(
            name="own price",
            kind="cloud",
            provider="x",
            device="T4",
            usd_per_hour=rate,
            hours_per_run=hours,
            startup_minutes=0.0,
        ),
        name="packs",
        dataset=Dataset(images=1000, size_bytes=10**7, location="local"),
        trainings=(build_training(image_px=64),),
    )


def test_packs_do_cross_more_than_once() -> None:
    first, second = models(pack_project(6.0, "T4"))
    assert len(crossings(first, second, horizon=300).at) > 2


@LAWS
@given(projects(max_options=1), st.integers(1, 12))
def test_keeping_things_longer_never_costs_less(project: Project, months: int) -> None:
    assume(project.dataset.location == "s3")
    [now] = models(bare(project))
    [later] = models(bare(replace(project, keep_months=project.keep_months + months)))
    runs = [training.runs.expected for training in project.trainings]
    if project.options[0].kind == "ec2":
        assert exact(later, runs) > exact(now, runs)
    else:
        assert exact(later, runs) >= exact(now, runs)


@LAWS
@given(projects(max_options=1, max_trainings=2), st.integers(1, 100))
def test_runs_change_no_line_of_what_does_not_depend_on_them(project: Project, more: int) -> None:
    [model] = models(bare(project))
    runs = [training.runs.expected for training in project.trainings]
    varying = {(each.usage_type, each.month) for each in model.usages if any(each.per_run)}
    before = {(line.service, line.usage_type, line.month): line for line in model.lines(runs)}
    after = {(line.service, line.usage_type, line.month): line for line in model.lines([n + more for n in runs])}
    fixed = {key for key in before.keys() | after.keys() if (key[1], key[2]) not in varying}
    assert fixed <= before.keys() & after.keys()
    for key in fixed:
        if key[0] != "Local":
            assert after[key] == before[key]

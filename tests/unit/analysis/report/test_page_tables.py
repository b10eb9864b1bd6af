"""A page's tables say at every position of the sliders what the library says of the project changed in that way."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

import pytest

from cloudcost.analysis.compare import context_of
from cloudcost.analysis.estimate import estimate_model
from cloudcost.analysis.report.limits import MOST_TICKS, AskedLimits, budgets_of, deadlines_of
from cloudcost.analysis.report.tables import FACTORS, LASTS, page_tables
from cloudcost.domain.project import Count, Project
from cloudcost.options.model import Context, build_model
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.file import parse_project
from cloudcost.render.figures.axes import mark_of
from cloudcost.render.page.tables import NO_LIMIT, PLANNED, Position, Tables, fits_at, planned_position, total_at
from cloudcost.results.estimate import Estimate

TODAY = date(2026, 11, 22)


KEPT = ("SageMaker ml.g4dn.xlarge", "EC2 g4dn.xlarge spot", "Colab free", "Colab pay-as-you-go T4",
        "Own computer, RTX 3060", "Buy a computer, RTX 3090")  # fmt: skip


def _reto() -> Project:
    project = parse_project(bundled_project_text("reto"), name="reto.toml", today=TODAY)
    return replace(project, options=tuple(each for each in project.options if each.name in KEPT))


def _uneven() -> Project:
    project = _reto()
    counts = (Count.fixed(2), Count.fixed(7), Count.fixed(1))
    trainings = tuple(replace(each, runs=n) for each, n in zip(project.trainings, counts, strict=True))
    return replace(project, trainings=trainings, machines=2)


def _two_prices() -> Project:
    project = _reto()
    options = [each for each in project.options if each.local is not None]
    assert options[0].local is not None
    cheap = replace(options[0].local, electricity_usd_per_kwh=Decimal("0.04"), country=None)
    return replace(project, options=(replace(options[0], local=cheap), options[1]))


PROJECTS = {
    "as it is": _reto(),
    "credits and tax": replace(_reto(), credits_usd=Decimal(60), tax_rate=Decimal("0.16")),
    "credits that expire while data are kept": replace(
        _reto(), credits_usd=Decimal(9), credits_expire=date(2027, 2, 10), tax_rate=Decimal("0.16")
    ),
    "a support plan while data are kept": replace(
        _reto(), keep_months=4, support_plan="business+", credits_usd=Decimal(9), tax_rate=Decimal("0.16")
    ),
    "uneven runs on two machines": _uneven(),
    "two prices of electricity": _two_prices(),
}


@cache
def _case(name: str) -> tuple[Project, Context, Tables]:
    project = PROJECTS[name]
    context = context_of(project, today=TODAY)
    marks = [mark_of(index) for index in range(len(project.options))]
    return project, context, page_tables(project, project.options, context, marks=marks, last=60)


def _by_the_library(project: Project, context: Context, tables: Tables, name: str, at: Position) -> Estimate:
    option = next(each for each in project.options if each.name == name)
    option = replace(option, time_factor=tables.factors.values[at.factor])
    if option.local is not None and at.usd_per_kwh is not None:
        price = Decimal(str(at.usd_per_kwh))
        option = replace(option, local=replace(option.local, electricity_usd_per_kwh=price))
    changed = replace(project, keep_months=int(tables.months.values[at.months]))
    own = [training.runs.expected for training in project.trainings]
    return estimate_model(build_model(changed, option, context), [at.runs] * len(own) if at.runs else own)


@pytest.mark.parametrize("name", PROJECTS)
def test_tables_equal_the_library_at_random_positions(name: str) -> None:
    project, context, tables = _case(name)
    dice = random.Random(5)
    fits = set()
    for _ in range(30):
        option = dice.choice(tables.options)
        price = None if tables.electricity is None else dice.choice(tables.electricity.values)
        at = Position(
            runs=dice.choice([1, 2, 5, tables.last, dice.randint(1, tables.last), tables.planned]),
            factor=dice.randrange(len(tables.factors.values)),
            months=dice.randrange(len(tables.months.values)),
            usd_per_kwh=None if price is None or price < 0 else price,
        )
        truth = _by_the_library(project, context, tables, option.name, at)
        assert truth.total_usd is not None
        # 1e-6 USD: pieces are rounded to 1e-9 and slopes to 1e-12, lines of a bill to 1e-10.
        assert total_at(tables, option, at) == pytest.approx(float(truth.total_usd), abs=1e-6)
        assert fits_at(option, at) is truth.feasible
        fits.add(truth.feasible)
    assert fits == {True, False} or name == "two prices of electricity"


@pytest.mark.parametrize("name", PROJECTS)
def test_sliders_stand_at_the_projects_own_numbers_first(name: str) -> None:
    project, context, tables = _case(name)
    at = planned_position(tables)
    for option in tables.options:
        model = build_model(project, next(each for each in project.options if each.name == option.name), context)
        own = estimate_model(model)
        assert own.total_usd is not None
        assert total_at(tables, option, at) == pytest.approx(float(own.total_usd), abs=1e-6)
        assert option.wall[at.factor] == tuple(run.wall_seconds for run in model.runs)


def test_uneven_runs_have_a_position_of_their_own() -> None:
    _, _, tables = _case("uneven runs on two machines")
    assert tables.planned == PLANNED
    assert tables.planned_words == "2 x resnet50, 7 x vgg16, 1 x mobilenet_v2"
    assert all(curve[0][0] == PLANNED for curve in tables.curves)


def test_prices_of_electricity_that_differ_have_a_position_as_planned() -> None:
    _, _, tables = _case("two prices of electricity")
    assert tables.electricity is not None
    assert (tables.electricity.values[0], tables.electricity.at) == (-1.0, 0)
    assert planned_position(tables).usd_per_kwh is None
    assert tables.options[0].usd_per_kwh == 0.04


def test_an_option_without_a_price_is_left_out() -> None:
    project = _reto()
    unknown = replace(project.options[0], name="nowhere", region="eu-west-9")
    project = replace(project, options=(project.options[0], unknown))
    tables = page_tables(project, project.options, context_of(project, today=TODAY), marks=["A", "B"])
    assert [option.name for option in tables.options] == [project.options[0].name]


def test_runs_reach_past_the_changes_of_leaders() -> None:
    project = _reto()
    tables = page_tables(project, project.options, context_of(project, today=TODAY), marks="ABCDEF")
    assert tables.last in LASTS
    assert tables.last >= 365  # buying wins over Colab from about there on
    assert FACTORS[tables.factors.at] == 1


def test_months_in_which_a_support_plan_is_not_sold_have_no_place_on_the_slider() -> None:
    project = replace(_reto(), support_plan="business", options=_reto().options[:1])
    context = context_of(project, today=TODAY)
    tables = page_tables(project, project.options, context, marks=["A"], last=20)
    assert list(tables.months.values) == [0, 1]  # from 22 November: kept for a month it ends in December, its last one
    free = replace(project, support_plan=None)
    assert len(page_tables(free, project.options, context, marks=["A"], last=20).months.values) > 9


def test_deadlines_end_with_the_projects_own_time_and_stand_at_what_was_asked() -> None:
    project = _reto()
    asked = AskedLimits(deadline_seconds=80 * 3600 + 60)
    ticks = deadlines_of(project, asked)
    assert ticks.values[ticks.at] == project.duration_seconds / 3600 == ticks.values[-1]
    assert list(ticks.values) == sorted(set(ticks.values))
    assert 72.0 in ticks.values
    assert (80 * 3600 + 60) / 3600 in ticks.values
    assert deadlines_of(project, AskedLimits(deadline_seconds=1e9)) == deadlines_of(project, None)


@pytest.mark.parametrize("seconds", [1, 3_600, 86_400, 7_776_000, 3_155_760_000])
def test_deadlines_of_any_project_are_few_and_within_its_time(seconds: int) -> None:
    ticks = deadlines_of(replace(_reto(), duration_seconds=seconds), None)
    assert 4 <= len(ticks.values) <= MOST_TICKS + 1
    assert all(0 < each <= seconds / 3600 for each in ticks.values)


def test_budgets_reach_from_below_the_cheapest_past_the_dearest_and_end_without_one() -> None:
    ticks = budgets_of([Decimal("0"), Decimal("2.44"), Decimal("123456.78")], AskedLimits(budget_usd=Decimal("77.7")))
    assert ticks.values[0] < 2.44
    assert ticks.values[-2] > 123456.78
    assert 77.7 in ticks.values
    assert (ticks.values[-1], ticks.at) == (NO_LIMIT, len(ticks.values) - 1)
    assert budgets_of([], None).values[-1] == NO_LIMIT

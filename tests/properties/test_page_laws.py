"""Whatever the project, its page is made, and its tables say what the library says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from cloudcost.analysis.compare import compare, context_of
from cloudcost.analysis.estimate import estimate_model
from cloudcost.analysis.report.tables import page_tables
from cloudcost.analysis.report.write import report_html
from cloudcost.domain.project import Project
from cloudcost.options.model import build_model
from cloudcost.render.figures.axes import mark_of
from cloudcost.render.page.tables import PLANNED, Position, fits_at, total_at
from cloudcost.testing.projects import projects

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 22)
FEW = settings(max_examples=4, phases=[Phase.explicit, Phase.reuse, Phase.generate], deadline=None)
SLOW = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@SLOW
@given(project=projects(max_trainings=2, max_options=2), data=st.data())
def test_tables_equal_the_library_anywhere(project: Project, data: st.DataObject) -> None:
    project = replace(project, support_plan=data.draw(st.sampled_from((None, None, "business+"))))
    context = context_of(project, today=TODAY)
    marks = [mark_of(index) for index in range(len(project.options))]
    tables = page_tables(project, project.options, context, marks=marks, last=60)
    for table in tables.options:
        at = Position(
            runs=data.draw(st.integers(PLANNED if tables.planned == PLANNED else 1, tables.last)),
            factor=data.draw(st.integers(0, len(tables.factors.values) - 1)),
            months=data.draw(st.integers(0, len(tables.months.values) - 1)),
            usd_per_kwh=data.draw(st.none() | st.sampled_from([0.0, 0.07, 0.31])),
        )
        option = next(each for each in project.options if each.name == table.name)
        option = replace(option, time_factor=tables.factors.values[at.factor])
        if option.local is not None and at.usd_per_kwh is not None:
            price = Decimal(str(at.usd_per_kwh))
            option = replace(option, local=replace(option.local, electricity_usd_per_kwh=price))
        changed = replace(project, keep_months=int(tables.months.values[at.months]))
        own = [training.runs.expected for training in project.trainings]
        truth = estimate_model(build_model(changed, option, context), [at.runs] * len(own) if at.runs else own)
        assert truth.total_usd is not None
        # Pieces are rounded to 1e-9, slopes to 1e-12, each line of a bill to 1e-10; floats keep 15 digits of the sum.
        assert abs(total_at(tables, table, at) - float(truth.total_usd)) <= 1e-6 + 1e-12 * float(truth.total_usd)
        assert fits_at(table, at) is truth.feasible


def _odd() -> Project:
    """Return a project at the edges: no keeping and all of it long, thousands of runs, names that are markup."""
    from cloudcost.project.bundled import bundled_project_text
    from cloudcost.project.file import parse_project

    project = parse_project(bundled_project_text("reto"), name="reto.toml", today=TODAY)
    many = tuple(replace(each, runs=replace(each.runs, expected=4000, high=4000)) for each in project.trainings)
    options = (replace(project.options[0], name="<b>$&"), *project.options[3:9:5])
    return replace(project, name="", keep_months=60, trainings=many, options=options)


@FEW  # a page takes a second, so a failing project is not made smaller
@given(project=projects(max_trainings=2, max_options=2))
@example(project=_odd())
def test_a_page_is_made_of_any_project_and_stays_small(project: Project) -> None:
    comparison = compare(project, today=TODAY, draws=20)
    page = report_html(comparison)
    assert len(page.encode()) < 1_000_000
    assert page.count("<script") == (2 if any(each.total_usd is not None for each in comparison.options) else 0)
    assert page.count("<h1 ") == 1
    for option in project.options:
        if "<" in option.name:
            assert option.name not in page

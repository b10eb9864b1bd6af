"""Flips flip, the tornado and the front are what a plain look at every case gives, suggestions save what they say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudcost.analysis.compare import compare, context_of
from cloudcost.analysis.estimate import estimate_model, estimate_option
from cloudcost.analysis.matters.flips import By, answer, find_flips
from cloudcost.analysis.matters.parameters import Parameter
from cloudcost.analysis.matters.pareto import pareto_front
from cloudcost.analysis.matters.suggestions.best import suggestions_for
from cloudcost.analysis.matters.tornado import tornado
from cloudcost.analysis.matters.what_if import Board, board_of
from cloudcost.analysis.matters.what_matters import parameters_of
from cloudcost.domain.project import Project
from cloudcost.money import exact_sum
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.file import parse_project
from cloudcost.results.estimate import Estimate
from cloudcost.testing import projects

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 22)


@cache
def _reto() -> tuple[Board, tuple[Parameter, ...]]:
    project = parse_project(bundled_project_text("reto"), name="reto", today=TODAY)
    board = board_of(project, context_of(project, today=TODAY))
    return board, parameters_of(board)


def _reto_names() -> list[str]:
    return [parameter.name for parameter in _reto()[1]]


def _parameter(name: str) -> Parameter:
    return next(parameter for parameter in _reto()[1] if parameter.name == name)


def _board(project: Project) -> Board:
    return board_of(project, context_of(project, today=TODAY))


def _answer_at(board: Board, parameter: Parameter, value: float, by: By) -> str:
    """Return the answer with everything estimated anew, whatever a search remembers."""
    project = parameter.at(board.project, value)
    return answer(board_of(project, board.context).base, by)


@pytest.mark.parametrize("by", ["option", "place"])
@pytest.mark.parametrize("name", _reto_names())
def test_the_answer_changes_at_a_flip_and_not_just_before(name: str, by: By) -> None:
    board, _ = _reto()
    parameter = _parameter(name)
    present = answer(board.base, by)
    for flip in find_flips(parameter, board, by=by):
        assert _answer_at(board, parameter, flip.kept, by) == present
        assert _answer_at(board, parameter, flip.value, by) != present
        assert abs(flip.value - flip.kept) <= max(1.0 if parameter.whole else 0.0, 2e-3 * abs(flip.value))
        assert flip.above == (flip.value > parameter.value)


@settings(max_examples=6, deadline=None)
@given(projects(max_trainings=2, max_options=4, max_runs=8))
def test_another_answer_at_an_end_of_a_plausible_range_is_a_flip_within_it(project: Project) -> None:
    board = _board(project)
    present = answer(board.base, "option")
    for parameter in parameters_of(board):
        flips = {flip.above: flip for flip in find_flips(parameter, board)}
        for end in (parameter.range.low, parameter.range.high):
            value = float(round(end)) if parameter.whole else end
            if value == parameter.value or answer(board.at(parameter, value), "option") == present:
                continue
            flip = flips[value > parameter.value]
            assert min(value, parameter.value) <= flip.value <= max(value, parameter.value)
            assert flip.becomes != present


@pytest.mark.parametrize("name", _reto_names())
def test_totals_move_the_way_a_parameter_says(name: str) -> None:
    board, _ = _reto()
    parameter = _parameter(name)
    values = [parameter.range.low, parameter.value, parameter.range.high]
    values = [float(round(value)) if parameter.whole else value for value in values]
    for low, high in zip(board.at(parameter, values[0]), board.at(parameter, values[2]), strict=True):
        if low.total_usd is None or high.total_usd is None:
            continue
        change = high.total_usd - low.total_usd
        if not parameter.touches(low.name) or parameter.rises == 0:
            assert change == 0
        else:
            assert change * parameter.rises >= 0
        if parameter.slower > 0:
            assert low.can or not high.can
        if parameter.slower < 0:
            assert high.can or not low.can


@pytest.mark.parametrize("name", _reto_names())
def test_a_parameter_at_its_assumed_value_changes_nothing(name: str) -> None:
    board, _ = _reto()
    parameter = _parameter(name)
    again = board_of(parameter.at(board.project, parameter.value), board.context)
    for before, after in zip(board.base, again.base, strict=True):
        assert before.can == after.can
        if before.total_usd is not None and after.total_usd is not None:
            assert abs(before.total_usd - after.total_usd) < Decimal("0.001")


def test_the_tornado_is_the_difference_of_two_comparisons() -> None:
    board, parameters = _reto()
    rows = tornado(parameters, board)
    assert board.best is not None
    assert board.runner_up is not None
    for row in rows[:6]:
        parameter = _parameter(row.parameter)
        for value, total, lead in (
            (row.low, row.total_low_usd, row.lead_low_usd),
            (row.high, row.total_high_usd, row.lead_high_usd),
        ):
            compared = compare(parameter.at(board.project, value), today=TODAY)
            best = compared.option(board.best.name).total_usd
            second = compared.option(board.runner_up.name).total_usd
            assert best == total
            assert second is not None
            assert second - total == lead


def test_the_tornado_is_sorted_and_leaves_out_what_does_not_move() -> None:
    rows = tornado(_reto()[1], _reto()[0])
    swings = [row.swing_usd for row in rows]
    assert swings == sorted(swings, reverse=True)
    assert all(row.swing_usd or row.lead_swing_usd for row in rows)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.booleans(), st.booleans()), min_size=0, max_size=9))
def test_the_front_is_what_no_other_beats(drawn: list[tuple[int, int, bool, bool]]) -> None:
    estimates = [
        Estimate(
            name=f"option {index}",
            kind="ec2",
            feasible=feasible,
            guaranteed=guaranteed,
            total_usd=Decimal(usd),
            calendar_hours=float(hours),
        )
        for index, (usd, hours, feasible, guaranteed) in enumerate(drawn)
    ]
    able = {each.name: (each.total_usd, each.calendar_hours) for each in estimates if each.feasible and each.guaranteed}

    def beats(a: str, b: str) -> bool:
        (usd_a, hours_a), (usd_b, hours_b) = able[a], able[b]
        assert usd_a is not None
        assert usd_b is not None
        assert hours_a is not None
        assert hours_b is not None
        return usd_a <= usd_b and hours_a <= hours_b and able[a] != able[b]

    found = pareto_front(estimates)
    assert {point.name for point in found.front} == {
        name for name in able if not any(beats(other, name) for other in able)
    }
    assert {point.name for point in found.dominated} == set(able) - {point.name for point in found.front}
    for point in found.dominated:
        assert beats(point.dominated_by, point.name)
        assert point.dominated_by in {each.name for each in found.front}


@settings(max_examples=25, deadline=None)
@given(projects(max_trainings=2, max_options=2, max_runs=8))
def test_a_suggestion_saves_the_difference_of_two_estimates(project: Project) -> None:
    board = _board(project)
    for model in board.models:
        before = estimate_model(model)
        for each in suggestions_for(board, model, before):
            if each.saving_usd is None:
                assert each.reason
                continue
            option = next(option for option in each.project.options if option.name == each.option)
            after = estimate_option(each.project, option, board.context)
            assert before.total_usd is not None
            assert after.total_usd is not None
            assert each.total_usd is not None
            assert each.feasible == after.feasible
            assert each.saving_usd == exact_sum([before.total_usd, -each.total_usd])
            if each.name == "reserved":
                assert each.total_usd >= after.total_usd
            else:
                assert each.total_usd == after.total_usd
                assert each.saving_usd > 0

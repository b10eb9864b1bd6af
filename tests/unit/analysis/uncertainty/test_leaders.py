"""Who is the cheapest in a scenario: equals share it, whatever stands first; the shares add up to one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.analysis.compare import compare
from cloudcost.analysis.uncertainty.scenarios.leaders import NOISE, Leaders
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.file import parse_project
from cloudcost.render.comparison import comparison_text

TODAY = date(2026, 11, 22)
SCENARIOS = 6
ROWS = st.lists(
    st.tuples(
        st.lists(st.sampled_from((0.0, 1.0, 7.5)), min_size=SCENARIOS, max_size=SCENARIOS),
        st.lists(st.booleans(), min_size=SCENARIOS, max_size=SCENARIOS),
    ),
    min_size=1,
    max_size=5,
)


def shares_of(rows: list[tuple[list[float], list[bool]]]) -> list[Fraction]:
    leaders = Leaders(SCENARIOS)
    for index, (totals, fits) in enumerate(rows):
        leaders.add(index, np.array(totals), np.array(fits))
    found = leaders.shares()
    return [found.get(index, Fraction(0)) for index in range(len(rows))]


def by_hand(rows: list[tuple[list[float], list[bool]]]) -> list[Fraction]:
    shares = [Fraction(0)] * len(rows)
    for k in range(SCENARIOS):
        able = [index for index, (_, fits) in enumerate(rows) if fits[k]]
        least = min((rows[index][0][k] for index in able), default=0.0)
        first = [index for index in able if rows[index][0][k] == least]
        for index in first:
            shares[index] += Fraction(1, len(first))
    return shares


@given(ROWS)
def test_equals_share_a_scenario_evenly(rows: list[tuple[list[float], list[bool]]]) -> None:
    assert shares_of(rows) == by_hand(rows)
    assert sum(shares_of(rows)) == sum(any(row[1][k] for row in rows) for k in range(SCENARIOS))


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_options_gives_none_of_them_more(rows: list[tuple[list[float], list[bool]]], rng: object) -> None:
    order = list(range(len(rows)))
    rng.shuffle(order)  # type: ignore[attr-defined]
    mixed = shares_of([rows[index] for index in order])
    assert mixed == [shares_of(rows)[index] for index in order]


def test_noise_of_floats_parts_no_equals() -> None:
    leaders = Leaders(2)
    leaders.add(0, np.array([1e6, 0.0]), np.array([True, True]))
    leaders.add(1, np.array([1e6 * (1 + NOISE / 10), -NOISE / 10]), np.array([True, True]))
    assert leaders.shares() == {0: Fraction(1), 1: Fraction(1)}


def test_twins_of_a_project_are_the_cheapest_equally_often() -> None:
    project = parse_project(bundled_project_text("reto"), name="reto.toml", today=TODAY)
    once = compare(project, today=TODAY, draws=200)
    best = once.best
    assert best is not None
    option = next(each for each in project.options if each.name == best.name)
    twins = tuple(replace(option, name=name) for name in ("b", "a", "c"))
    others = tuple(each for each in project.options if each is not option)
    for options in ((*twins, *others), (*others, *twins[::-1])):
        comparison = compare(replace(project, options=options), today=TODAY, draws=200)
        chances = {each.name: each.uncertainty.probability_cheapest for each in comparison.options if each.uncertainty}
        whole = once.option(best.name).uncertainty
        assert whole is not None
        assert {chances[each.name] for each in twins} == {chances["a"]}
        assert abs(3 * (chances["a"] or 0) - (whole.probability_cheapest or 0)) < 1e-12
        assert "equals sharing" in comparison_text(comparison).replace("\n", " ")

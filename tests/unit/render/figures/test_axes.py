from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.render.figures.axes import Axis, bar_end, log_or_linear, mark_of, nice_ceiling, short, spread


@given(st.floats(1e-6, 1e9))
def test_axes_end_at_or_a_little_past_the_largest_value(value: float) -> None:
    assert value * (1 - 1e-9) <= nice_ceiling(value) <= value * 1.34


def test_marks_are_distinct_letters() -> None:
    marks = [mark_of(index) for index in range(800)]
    assert len(set(marks)) == 800
    assert [marks[0], marks[25], marks[26], marks[701], marks[702]] == ["A", "Z", "AA", "ZZ", "AAA"]


@given(st.lists(st.floats(0, 300), max_size=20))
def test_letters_are_moved_apart_and_keep_their_order(places: list[float]) -> None:
    moved = spread(places, 12, 0, 300)
    ordered = [moved[index] for index in sorted(range(len(places)), key=lambda index: places[index])]
    assert all(after - before >= 12 - 1e-9 for before, after in pairwise(ordered))


def test_a_total_that_dwarfs_the_others_does_not_set_the_scale() -> None:
    assert bar_end([1, 2, 100]) == pytest.approx(2.4)
    assert bar_end([1, 2, 7]) == 7
    assert bar_end([5, 100]) == 100
    assert bar_end([0.0]) == 1


def test_points_far_apart_are_shown_on_a_logarithmic_axis() -> None:
    near, far = log_or_linear([3, 20], 0, 100), log_or_linear([3, 3000], 0, 100)
    assert (near.log, near.low, far.log) == (False, 0.0, True)
    assert near.ticks() == [0, 5, 10, 15, 20]
    assert far.ticks() == [10, 100, 1000]
    assert far.at(3) > 0
    assert far.at(3000) < 100
    assert not log_or_linear([0, 3000], 0, 100).log


def test_axis_places_its_ends_and_middle() -> None:
    axis = Axis(0, 10, 50, 150)
    assert [axis.at(value) for value in (0, 5, 10)] == [50, 100, 150]
    assert Axis(1, 100, 0, 100, log=True).at(10) == pytest.approx(50)


def test_axis_numbers_are_short() -> None:
    assert [short(value) for value in (0, 0.125, 12.5, 4000, 250.0)] == ["0", "0.125", "12.5", "4,000", "250"]

"""Whether runs fit: whole runs on whole machines."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples

from cloudcost.options.times.calendar import fewest_machines, fits, makespan


def test_runs_are_never_cut_in_two() -> None:
    """Three runs of 4 h make 12 h of work, which two machines have in 6 h; but each does one run at a time."""
    assert not fits([(4.0, 3)], machines=2, available_seconds=6.0)
    assert fits([(4.0, 3)], machines=2, available_seconds=8.0)


def test_an_exact_fit_is_a_fit() -> None:
    assert fits([(6.0 * 3600, 16)], machines=1, available_seconds=96.0 * 3600)
    assert not fits([(6.0 * 3600, 17)], machines=1, available_seconds=96.0 * 3600)


def test_nothing_to_do_always_fits() -> None:
    assert fits([], machines=1, available_seconds=0.0)
    assert fits([(5.0, 0)], machines=1, available_seconds=0.0)
    assert makespan([], 2) == 0.0


def test_one_run_longer_than_the_time_never_fits() -> None:
    assert not fits([(10.0, 1)], machines=100, available_seconds=9.0)
    with pytest.raises(ValueError, match="longer than the time"):
        fewest_machines([(10.0, 1)], 9.0)


def test_a_million_runs_are_counted_at_once() -> None:
    assert makespan([(1.0, 1_000_000)], 3) == 333_334.0
    assert fits([(1.0, 1_000_000)], machines=3, available_seconds=333_334.0)
    assert not fits([(1.0, 1_000_000)], machines=3, available_seconds=333_333.5)


@settings(max_examples=examples(120), deadline=None)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=6), st.integers(1, 3), st.integers(1, 20))
def test_fitting_agrees_with_trying_every_assignment(lengths: list[int], machines: int, available: int) -> None:
    runs = [(float(length), lengths.count(length)) for length in set(lengths)]
    tried = any(
        all(
            sum(length for length, at in zip(lengths, places, strict=True) if at == machine) <= available
            for machine in range(machines)
        )
        for places in product(range(machines), repeat=len(lengths))
    )
    assert fits(runs, machines=machines, available_seconds=float(available)) == tried

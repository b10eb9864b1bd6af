"""How likely an input lies beyond a value: what a sample of the same distribution says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.analysis.matters.ranges import lognormal, of_count, triangular
from cloudcost.domain.project import Count


@pytest.mark.parametrize("value", [2.0, 3.5, 4.9, 6.0, 7.9, 8.0, 20.0])
def test_a_triangle_s_tail_is_that_of_a_sample(value: float) -> None:
    drawn = np.random.default_rng(1).triangular(3, 5, 8, 400_000)
    share = np.mean(drawn >= value) if value > 5 else np.mean(drawn <= value)
    assert triangular(3, 5, 8, "a test").chance_beyond(value) == pytest.approx(share, abs=0.003)


@pytest.mark.parametrize("value", [0.3, 0.9, 1.0, 1.4, 4.0])
def test_a_lognormal_s_tail_is_that_of_a_sample(value: float) -> None:
    drawn = np.random.default_rng(1).lognormal(0, 0.5, 400_000)
    share = np.mean(drawn >= value) if value >= 1 else np.mean(drawn <= value)
    assert lognormal(1.0, sd=0.5, level=0.8, source="a test").chance_beyond(value) == pytest.approx(share, abs=0.003)


@given(st.floats(0.1, 10), st.floats(0.1, 10))
def test_what_lies_farther_on_one_side_is_no_likelier(one: float, other: float) -> None:
    for spread in (triangular(0.5, 1, 4, "a"), lognormal(1.0, sd=0.4, level=0.8, source="a")):
        near, far = sorted((one, other), key=lambda value: abs(value - 1))
        if (near - 1) * (far - 1) > 0:
            assert (spread.chance_beyond(far) or 0) <= (spread.chance_beyond(near) or 0)


def test_nothing_is_said_of_what_is_certain() -> None:
    assert triangular(2, 2, 2, "a").chance_beyond(3) is None
    geometric = of_count(Count(kind="geometric", expected=5, low=5, high=5, mean=5.0), 0.8)
    assert 0 < (geometric.chance_beyond(9) or 0) < 0.5

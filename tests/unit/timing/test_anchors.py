"""How a measured cell corrects others: by the distance in batch and in image size, each with its own reach."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.timing.anchors import Known, Parts, correct

PARTS = Parts(stack=0.0, whole_device=0.0, network=0.05, device=0.05, own=0.025)
HERE = (7.0, 6.0)
"""128 px at batch 64."""

steps = st.floats(-4, 4)


def _shift(size: float, batch: float, device: str = "T4") -> float:
    known = Known(residual=0.1, parts=PARTS, device="T4", place=(HERE[0] + size, HERE[1] + batch))
    return correct(PARTS, device, HERE, [known])[0]


@given(size=steps, batch=steps, farther=st.floats(1.01, 3))
def test_a_farther_run_corrects_no_more(size: float, batch: float, farther: float) -> None:
    assert 0 <= _shift(size * farther, batch * farther) <= _shift(size, batch) <= 0.1


@given(doublings=st.floats(0.1, 4), device=st.sampled_from(["T4", "V100"]))
def test_a_run_at_another_batch_tells_more_than_one_as_far_in_size(doublings: float, device: str) -> None:
    assert _shift(0.0, doublings, device) > _shift(doublings, 0.0, device)


@given(
    places=st.lists(st.tuples(steps, steps), min_size=1, max_size=6, unique=True),
    residuals=st.lists(st.floats(-0.5, 0.5), min_size=6, max_size=6),
)
def test_more_runs_never_leave_a_wider_band(places: list[tuple[float, float]], residuals: list[float]) -> None:
    known = [
        Known(residual=residual, parts=PARTS, device="T4", place=(HERE[0] + size, HERE[1] + batch))
        for residual, (size, batch) in zip(residuals, places, strict=False)
    ]
    spreads = [np.hypot(*correct(PARTS, "T4", HERE, known[:count])[1:]) for count in range(len(known) + 1)]
    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(spreads))


def test_runs_on_either_side_correct_more_than_the_nearer_alone() -> None:
    sides = [Known(residual=0.1, parts=PARTS, device="T4", place=(HERE[0], HERE[1] + batch)) for batch in (-1.0, 1.0)]
    one, both = correct(PARTS, "T4", HERE, sides[:1])[0], correct(PARTS, "T4", HERE, sides)[0]
    assert one < both < 0.1
    assert one == pytest.approx(0.1 * 0.005 * np.exp(-(3.5**-2)) / (PARTS.total**2 + 0.02**2))

"""The first spell that is long enough, found at once for many runs, is the one that a walk finds."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.spot.history import _next_long_spell

lengths = st.integers(0, 12).map(float)


@given(
    up=st.lists(lengths, min_size=1, max_size=40) | st.integers(20, 60).map(lambda size: [0.0] * size + [12.0]),
    asked=st.lists(st.tuples(st.integers(0, 200), lengths), min_size=1, max_size=20),
)
def test_the_next_long_spell_is_the_one_that_a_walk_finds(up: list[float], asked: list[tuple[int, float]]) -> None:
    at, need = np.array([begin for begin, _ in asked]), np.array([least for _, least in asked])
    spells, found = _next_long_spell(np.array(up), at, need)
    for (begin, least), spell, there in zip(asked, spells.tolist(), found.tolist(), strict=True):
        assert there == (max(up) >= least)
        if there:
            assert spell == next(k for k in range(begin, begin + len(up)) if up[k % len(up)] >= least)

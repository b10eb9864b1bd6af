"""Which values the projects of a sweep take: numbered points of a grid, or random ones that only the seed decides."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from math import prod

from cloudcost.analysis.sweep.values import Drawn, Listed, Values

CHUNK = 250
"""Projects that are computed, written and sent together; the random numbers of each chunk have a seed of their own,
so that rows depend neither on who computes them nor on how many there are. [count]"""


def grid_size(values: Sequence[Values]) -> int:
    """Return the points of a grid. [count]"""
    return prod(len(each.values) for each in values if isinstance(each, Listed))


def points(values: Sequence[Values], chunk: int, *, sample: int | None, seed: int) -> Iterator[tuple[object, ...]]:
    """Yield a chunk's points: for each key the position of a listed value, or the value that was drawn.

    Parameters
    ----------
    values : sequence of Values
        By key; the last changes fastest in a grid.
    chunk : int
        Number of the chunk, from 0.
    sample : int or None
        Points to draw; None for the grid. [count]
    seed : int

    Examples
    --------
    >>> two = Listed(("a", "b"), ("a", "b"))
    >>> list(points([two, two], 0, sample=None, seed=0))
    [(0, 0), (0, 1), (1, 0), (1, 1)]
    """
    first = chunk * CHUNK
    if sample is not None:
        rng = random.Random(f"{seed}:{chunk}")
        for _ in range(min(CHUNK, sample - first)):
            yield tuple([_drawn(each, rng.random()) for each in values])
        return
    sizes = [len(each.values) for each in values if isinstance(each, Listed)]
    for number in range(first, min(first + CHUNK, prod(sizes))):
        rest = number
        place = []
        for size in reversed(sizes):
            rest, position = divmod(rest, size)
            place.append(position)
        yield tuple(reversed(place))


def _drawn(values: Values, share: float) -> object:
    return values.at(share) if isinstance(values, Drawn) else int(share * len(values.values))

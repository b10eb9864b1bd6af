"""Random numbers by name: each uncertain input has a stream of its own, the same whatever else is drawn.

Streams are keyed by the seed and the input's name, and cut into cells of 4,096 scenarios with a counter of their own.
A scenario's numbers therefore depend neither on which options are compared, so that options share their luck where
they share an input, nor on how many scenarios are worked on at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

CELL = 4096
"""Scenarios that share a counter of a stream. [count]"""


def stream(seed: int, name: str, cell: int) -> np.random.Generator:
    """Return the generator of one cell of an input's stream.

    Notes
    -----
    Philox is counter-based (Salmon et al., SC 2011): its key is a hash of seed and name, and the highest word of its
    256-bit counter is the cell, so no two cells or names overlap.
    """
    digest = blake2b(f"{seed}/{name}".encode(), digest_size=16).digest()
    key = np.frombuffer(digest, dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=np.array([0, 0, 0, cell], dtype=np.uint64)))


class Draws:
    """The random numbers of a stretch of scenarios, each input drawn once.

    Parameters
    ----------
    seed : int
    start : int
        First scenario; a multiple of `CELL`. [count]
    count : int
        [count]

    Examples
    --------
    >>> whole = Draws(seed=1, start=0, count=2 * CELL).normal("speed")
    >>> half = Draws(seed=1, start=CELL, count=CELL).normal("speed")
    >>> bool((whole[CELL:] == half).all())
    True
    """

    __slots__ = ("_known", "count", "seed", "start")

    def __init__(self, *, seed: int, start: int, count: int) -> None:
        if start % CELL:
            raise ValueError(f"a stretch of scenarios starts at a multiple of {CELL}, not at {start}")
        self.seed = seed
        self.start = start
        self.count = count
        self._known: dict[str, Floats] = {}

    def normal(self, name: str) -> Floats:
        """Return standard normal numbers, one a scenario."""
        return self.from_cells(f"normal/{name}", lambda rng, n: rng.standard_normal(n))

    def uniform(self, name: str) -> Floats:
        """Return numbers evenly spread over [0, 1), one a scenario."""
        return self.from_cells(f"uniform/{name}", lambda rng, n: rng.random(n))

    def from_cells(self, name: str, sample: Callable[[np.random.Generator, int], Floats]) -> Floats:
        """Return what `sample` draws, cell by cell, the first time that this name is asked for; then the same again.

        Parameters
        ----------
        name : str
        sample : callable
            Of a generator and a number of draws; fewer draws must be the first ones of more.
        """
        known = self._known.get(name)
        if known is None:
            known = np.empty(self.count)
            for begin in range(0, self.count, CELL):
                cell = known[begin : begin + CELL]
                cell[:] = sample(stream(self.seed, name, (self.start + begin) // CELL), cell.size)
            known.flags.writeable = False
            self._known[name] = known
        return known

"""Where the cheaper of two options changes: over numbers of runs, and over other quantities."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from cloudcost.frozen import dataclass

HORIZON = 10_000
"""Runs up to which crossings are looked for. [count]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossings:
    """Where the cheaper of two options changes.

    Parameters
    ----------
    a, b : str
        The options' names.
    at : tuple of int
        Each number of runs from which the other one is cheaper; a tie is kept by the earlier leader. [count]
    first_leader, last_leader : str
        Who is cheaper before the first change and after the last; empty when they always tie.
    horizon : int
        [count]
    most_runs : (int, int)
        The most runs of each CNN that fit into the project's time with a and with b, up to the horizon. [count]
    worth_saying : bool
        Whether it belongs among the few that a reader is told; all are in JSON.
    """

    a: str
    b: str
    at: tuple[int, ...]
    first_leader: str
    last_leader: str
    horizon: int = HORIZON
    most_runs: tuple[int, int] = (HORIZON, HORIZON)
    worth_saying: bool = False

    @property
    def last_run(self) -> int:
        """The last number of runs that both options can do in the project's time. [count]"""
        return min(*self.most_runs, self.horizon)

    @property
    def in_time(self) -> tuple[int, ...]:
        """Those of `at` that fit into the project's time with both options. [count]"""
        return tuple(n for n in self.at if n <= self.last_run)

    @property
    def leader_in_time(self) -> str:
        """Who is cheaper at `last_run`; empty when the two always tie."""
        if not self.first_leader or len(self.in_time) % 2 == 0:
            return self.first_leader
        return self.b if self.first_leader == self.a else self.a


Quantity = Literal["hours", "months", "dataset", "electricity", "utilisation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossingsOver:
    """Where the cheaper of two options changes over a quantity.

    Parameters
    ----------
    quantity : Quantity
    unit : str
    a, b : str
        The options' names.
    at : tuple of Fraction
        Rising. Each value from which on (steps) or above which (continuous) the other one is cheaper; a tie is kept by
        the earlier leader. [unit]
    first_leader, last_leader : str
        Who is cheaper before the first change and after the last; empty when they always tie.
    low, high : Fraction
        Range that was searched. [unit]
    step : Fraction or None
        Between two values of a quantity that is walked; None where crossings are exact roots. [unit]
    assumed : Fraction or None
        The project's own value; None where it states none. [unit]
    reference : str
        For hours: the option whose machine's hours are counted.
    """

    quantity: Quantity
    unit: str
    a: str
    b: str
    at: tuple[Fraction, ...]
    first_leader: str
    last_leader: str
    low: Fraction
    high: Fraction
    step: Fraction | None = None
    assumed: Fraction | None = None
    reference: str = ""

    @property
    def count(self) -> int:
        """How often the cheaper one changes. [count]"""
        return len(self.at)

    @property
    def changes(self) -> tuple[tuple[Fraction, str, str], ...]:
        """Each value of `at`, with who is cheaper before it and from it on."""
        other = {self.a: self.b, self.b: self.a, "": ""}
        leaders = [self.first_leader]
        for _ in self.at:
            leaders.append(other[leaders[-1]])
        return tuple(zip(self.at, leaders, leaders[1:], strict=False))

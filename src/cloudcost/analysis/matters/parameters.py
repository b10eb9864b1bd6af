"""The inputs of a project that can be varied by name: how each is set, how far it may plausibly lie, where from.

A parameter changes a project and nothing else; whoever varies it estimates the changed project anew. Each says in
which direction totals and times move with it, which lets a search skip what cannot change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from math import ceil, floor
from typing import Literal

from cloudcost.analysis.matters.ranges import PlausibleRange
from cloudcost.domain.project import Project
from cloudcost.frozen import dataclass

Direction = Literal[-1, 0, 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A named input.

    Parameters
    ----------
    name : str
        Unique within the project: ``keep_months``, ``runs:resnet50``, ``time:EC2 g4dn.xlarge``.
    label : str
        For people: "price of electricity".
    unit : str
        ``USD/kWh``; ``x`` for a multiple of what is assumed.
    range : PlausibleRange
        Its mode is the assumed value.
    least, most : float
        Within which the answer is looked for; widened to hold the range, rounded where `whole`. [unit]
    whole : bool
        Whether only whole numbers make sense.
    rises : {-1, 0, 1}
        Whether totals never fall (1), never rise (-1) or stay (0) as the value rises.
    slower : {-1, 0, 1}
        The same of the time that runs take against the time that there is.
    options : frozenset of str or None
        The options that it touches; None for all.
    meters : bool
        Whether metered quantities, times or prices depend on it; otherwise a model stands and only its bill and
        calendar are asked anew.
    change : callable
        From a project and a value to the changed project.
    """

    name: str
    label: str
    unit: str
    range: PlausibleRange
    least: float
    most: float
    whole: bool = False
    rises: Direction = 1
    slower: Direction = 0
    options: frozenset[str] | None = None
    meters: bool = True
    change: Callable[[Project, float], Project] = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        """Widen the bounds to the range: what is plausible of a project is always tried."""
        low, high = self.range.low, self.range.high
        object.__setattr__(self, "least", min(self.least, floor(low) if self.whole else low, self.range.mode))
        object.__setattr__(self, "most", max(self.most, ceil(high) if self.whole else high, self.range.mode))

    @property
    def value(self) -> float:
        """The assumed value. [unit]"""
        return self.range.mode

    def touches(self, option: str) -> bool:
        """Return whether the option's estimate may depend on it."""
        return self.options is None or option in self.options

    def at(self, project: Project, value: float) -> Project:
        """Return the project with the input set to `value`.

        Raises
        ------
        ValueError
            When the value lies outside the bounds, or is not whole where it must be.
        """
        if not self.least <= value <= self.most:
            raise ValueError(f"{self.label}, {value:g} {self.unit}, give {self.least:g} to {self.most:g}")
        if self.whole and value != int(value):
            raise ValueError(f"{self.label}, {value:g}, give a whole number")
        return self.change(project, value)

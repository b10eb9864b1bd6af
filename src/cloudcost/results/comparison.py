"""The options of a project side by side.

The methods that draw or tabulate only call `cloudcost.render`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import TYPE_CHECKING

from cloudcost.domain.project import Project
from cloudcost.frozen import dataclass
from cloudcost.results.estimate import Estimate
from cloudcost.results.matters import FlipPoint, FrontPoint

if TYPE_CHECKING:
    import pandas as pd

    from cloudcost.results.crossings import Crossings
    from cloudcost.results.layouts import Layouts
    from cloudcost.results.uncertainty import Uncertainty


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The options of a project side by side, cheapest first, those that cannot be done last.

    Parameters
    ----------
    project : Project
    price_book : str
    level : float
        Of all bands. [1]
    verdict : str
        One sentence.
    options : tuple of Estimate
    excluded : tuple of str
        What no total includes.
    warnings : tuple of str
        What makes no sense in the project, old prices and the like, one line each.
    oldest_price : date or None
        Day of the oldest price used.
    today : date
    break_even : tuple of Crossings
        By number of runs, for each pair of options.
    uncertainty : Uncertainty or None
        What was drawn and asked; None without a simulation.
    as_of : date or None
        Day whose prices and machines were taken; None: today's.
    allow_assumed : bool
        Whether prices may have been assumed by the stated rule.
    layouts : Layouts or None
        Of the data set for the best option; None where they were not asked for, or no option is feasible.
    """

    project: Project
    price_book: str
    level: float
    verdict: str
    options: tuple[Estimate, ...]
    excluded: tuple[str, ...]
    warnings: tuple[str, ...]
    oldest_price: date | None
    today: date
    break_even: tuple[Crossings, ...] = field(default=())
    uncertainty: Uncertainty | None = None
    as_of: date | None = None
    allow_assumed: bool = True
    layouts: Layouts | None = None

    @property
    def best(self) -> Estimate | None:
        """The cheapest option that is feasible and can be counted on; None if there is none."""
        return next((each for each in self.options if each.feasible and each.guaranteed), None)

    def option(self, name: str) -> Estimate:
        """Return the estimate of that name; raise KeyError when there is none."""
        for estimate in self.options:
            if estimate.name == name:
                return estimate
        raise KeyError(name)

    def to_frame(self) -> pd.DataFrame:
        """Return a DataFrame with a row per option; totals are exact Decimals."""
        from cloudcost.render.notebook.frames import comparison_frame

        return comparison_frame(self)

    def _repr_html_(self) -> str:
        from cloudcost.render.notebook.html import comparison_html

        return comparison_html(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookChoice:
    """The best of all that the book has, as a comparison of them, and what became of the rest.

    Parameters
    ----------
    comparison : Comparison
        Of the project's own options and the best of the book, cheapest first.
    considered : int
        Rows of the book: each machine, in each region, however bought. [count]
    priced : int
        Of those, that were estimated in full, or shown to cost more than the best by their hours alone. [count]
    left_out : mapping of str to int
        The rest, by why. [count]
    front : tuple of FrontPoint
        Of all that qualify, those that no other beats in both cost and time; cheapest first.
    """

    comparison: Comparison
    considered: int
    priced: int
    left_out: Mapping[str, int]
    front: tuple[FrontPoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickAnswer:
    """The answer to a question of a few words.

    Parameters
    ----------
    choice : BookChoice
    flips : tuple of FlipPoint
        What would change it.
    own : str
        Name of the own machine's option; empty where none was named.
    project_text : str
        The project file that stands for the question, with the options that are shown.
    """

    choice: BookChoice
    flips: tuple[FlipPoint, ...]
    own: str
    project_text: str

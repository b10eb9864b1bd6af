"""The options of a project side by side, why the answer is as it is, and answers over the whole price book.

The methods that draw, tabulate or explain only call `cloudcost.render` and `cloudcost.analysis`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import date
from typing import TYPE_CHECKING

from cloudcost.catalog.near import nearest
from cloudcost.domain.project import Project
from cloudcost.errors import InputError
from cloudcost.figures import counted
from cloudcost.frozen import dataclass
from cloudcost.money import format_usd
from cloudcost.results.estimate import Estimate
from cloudcost.results.matters import DecidingPrice, FlipPoint, FrontPoint, WhatMatters

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from cloudcost.render.figures.figure import Figure
    from cloudcost.results.crossings import Crossings, CrossingsOver, Quantity
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
    deciding_prices : tuple of DecidingPrice
        What the answer hangs on, the price first whose least change flips it; where none decides alone, what weighs
        most in the two best options. Empty where nothing is feasible.
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
    deciding_prices: tuple[DecidingPrice, ...] = ()

    @property
    def best(self) -> Estimate | None:
        """The cheapest option that is feasible and can be counted on; None if there is none."""
        return next((each for each in self.options if each.feasible and each.guaranteed), None)

    def option(self, name: str) -> Estimate:
        """Return the estimate of an option.

        Raises
        ------
        InputError
            When there is none of that name; the message names the nearest.
        """
        for estimate in self.options:
            if estimate.name == name:
                return estimate
        raise InputError(f"{self.project.name}:option: {no_such_option(name, [each.name for each in self.options])}")

    def why(self) -> Reasons:
        """Return what decides, what would change the answer, and what would cost less, as ``cloudcost why`` says it.

        Raises
        ------
        InputError
            When the project is too large to be looked into.
        """
        from cloudcost.analysis.reasons import reasons_of

        return reasons_of(self)

    def plot(self, what: str = "totals") -> Figure:
        """Return a figure, which a notebook shows and ``save`` writes as SVG or PNG.

        Parameters
        ----------
        what : {"totals", "break-even", "cost-and-time", "tornado"}

        Raises
        ------
        InputError
            When there is no such figure, or it has nothing to show.
        """
        from cloudcost.analysis.report.plots import figure_of

        return figure_of(self, what)

    def to_frame(self, *, bills: bool = False) -> pd.DataFrame:
        """Return a DataFrame with a row per option; totals are exact Decimals.

        Parameters
        ----------
        bills : bool
            A row per line of each option's bill instead.
        """
        from cloudcost.render.notebook.frames import bills_frame, comparison_frame

        return bills_frame(self) if bills else comparison_frame(self)

    def to_html(self, path: str | Path | None = None) -> str:
        """Return the page of ``cloudcost report``: one HTML document that needs nothing else.

        Parameters
        ----------
        path : str or Path, optional
            Also write it there, over what is there.

        Raises
        ------
        OutputError
            When the path cannot be written.
        """
        from cloudcost.analysis.report.write import report_html

        page = report_html(self)
        if path is not None:
            from cloudcost.files.writing import write_whole

            write_whole(path, page)
        return page

    def to_json(self) -> str:
        """Return JSON, `cloudcost.comparison/1`."""
        from cloudcost.render.outputs import ComparisonOutput

        return ComparisonOutput(self).json()

    def __repr__(self) -> str:
        return f"<Comparison of {_named(self.project.name, self.options)}>"

    def __str__(self) -> str:
        from cloudcost.render.outputs import ComparisonOutput

        return ComparisonOutput(self).text()

    def _repr_html_(self) -> str:
        from cloudcost.render.notebook.html import comparison_html

        return comparison_html(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """What a comparison is explained with.

    Parameters
    ----------
    comparison : Comparison
    matters : WhatMatters
    break_even : mapping
        By quantity: the crossings of each pair that it enters; None where it is not defined, as are hours without runs.
    """

    comparison: Comparison = field(repr=False)
    matters: WhatMatters
    break_even: Mapping[Quantity, tuple[CrossingsOver, ...] | None]

    def to_frame(self) -> pd.DataFrame:
        """Return a DataFrame with a row for each input, change of the answer, break-even of the best two and saving."""
        from cloudcost.render.notebook.frames import frame_of_csv
        from cloudcost.render.outputs import ReasonsOutput

        return frame_of_csv(ReasonsOutput(self.comparison, self).csv())

    def to_json(self) -> str:
        """Return JSON, `cloudcost.reasons/1`."""
        from cloudcost.render.outputs import ReasonsOutput

        return ReasonsOutput(self.comparison, self).json()

    def __repr__(self) -> str:
        flips, savings = len(self.matters.flips), len(self.matters.suggestions)
        what = f"{self.matters.best or 'no answer'}, {flips} changes of it, {savings} suggestions"
        return f"<Reasons of {self.comparison.project.name}: {what}>"

    def __str__(self) -> str:
        from cloudcost.render.outputs import ReasonsOutput

        return ReasonsOutput(self.comparison, self).text()

    def _repr_markdown_(self) -> str:
        from cloudcost.render.outputs import ReasonsOutput

        return ReasonsOutput(self.comparison, self).markdown()


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

    def to_frame(self, *, bills: bool = False) -> pd.DataFrame:
        """Return a DataFrame with a row per option, or per line of each bill; amounts are exact Decimals."""
        return self.comparison.to_frame(bills=bills)

    def to_json(self) -> str:
        """Return JSON: that of the comparison, with counts and the front."""
        from cloudcost.render.outputs import ChoiceOutput

        return ChoiceOutput(self).json()

    def __repr__(self) -> str:
        return (
            f"<BookChoice of {self.considered:,} rows: {_named(self.comparison.project.name, self.comparison.options)}>"
        )

    def __str__(self) -> str:
        from cloudcost.render.outputs import ChoiceOutput

        return ChoiceOutput(self).text()

    def _repr_html_(self) -> str:
        from cloudcost.render.notebook.html import choice_html

        return choice_html(self)


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
    eased : BookChoice, optional
        Where nothing can do it: the choice without the budget, and with as many whole days as it takes.
    """

    choice: BookChoice
    flips: tuple[FlipPoint, ...]
    own: str
    project_text: str
    eased: BookChoice | None = None

    @property
    def comparison(self) -> Comparison:
        """The best of the book and the own machine, cheapest first."""
        return self.choice.comparison

    def to_frame(self, *, bills: bool = False) -> pd.DataFrame:
        """Return a DataFrame with a row per option, or per line of each bill; amounts are exact Decimals."""
        return self.comparison.to_frame(bills=bills)

    def to_json(self) -> str:
        """Return JSON: that of `choose`, with what would change the answer and the project file."""
        from cloudcost.render.outputs import QuickOutput

        return QuickOutput(self).json()

    def __repr__(self) -> str:
        return f"<QuickAnswer over {_named(self.comparison.project.name, self.comparison.options)}>"

    def __str__(self) -> str:
        from cloudcost.render.outputs import QuickOutput

        return QuickOutput(self).text()

    def _repr_html_(self) -> str:
        from cloudcost.render.notebook.html import choice_html

        return choice_html(self.choice)


def _named(project: str, options: tuple[Estimate, ...]) -> str:
    """Return which options stand side by side, in a line: how many, and the cheapest that can be done."""
    best = next((each for each in options if each.feasible and each.guaranteed), None)
    total = None if best is None else best.total_usd
    cheapest = "none can be done" if best is None or total is None else f"{best.name} for {format_usd(total)} USD"
    return f"{project}: {counted(len(options), 'option')}, {cheapest}"


def no_such_option(name: str, names: Sequence[str]) -> str:
    """Return what is said of an option that is not there: what, value, remedy.

    Examples
    --------
    >>> no_such_option("EC3", ["EC2", "Lab"])
    "no such option, 'EC3', did you mean 'EC2'? there is 'EC2', 'Lab'"
    """
    near = nearest(str(name), names)
    return f"no such option, {name!r}, {f'did you mean {near[0]!r}? ' if near else ''}there is " + ", ".join(
        map(repr, names)
    )

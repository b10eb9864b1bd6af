"""Two answers held against each other: which options and which lines of their bills are other, and by how much."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from cloudcost.frozen import dataclass

if TYPE_CHECKING:
    import pandas as pd

Change = Literal["added", "removed", "changed", "same"]
Because = Literal["quantity", "price", "quantity and price", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class SideLine:
    """A line of one answer, over all its months.

    Parameters
    ----------
    service, region, usage_type, operation, purchase, unit : str
    quantity : Decimal
        [unit]
    amount_usd : Decimal
        [USD]
    why : str
        What it is.
    """

    service: str
    region: str
    usage_type: str
    operation: str
    purchase: str
    unit: str
    quantity: Decimal
    amount_usd: Decimal
    why: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """What makes two lines the same one."""
        return self.service, self.region, self.usage_type, self.operation, self.purchase, self.unit


@dataclass(frozen=True, slots=True, kw_only=True)
class SideOption:
    """An option of one answer.

    Parameters
    ----------
    name : str
    feasible : bool
    reason : str
        Why not.
    total_usd : Decimal or None
        None where it has no price. [USD]
    hours : float or None
        Of all runs. [h]
    lines : tuple of SideLine
    """

    name: str
    feasible: bool
    reason: str
    total_usd: Decimal | None
    hours: float | None
    lines: tuple[SideLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One answer.

    Parameters
    ----------
    name : str
        The file, with the day of its prices where one was asked for.
    verdict : str
        Empty where it is no comparison.
    best : str
        The cheapest option that is feasible and can be counted on; empty without one.
    options : tuple of SideOption
    price_book, price_book_sha256 : str or None
        The book behind its prices, and the sum over it; None where a JSON file does not say.
    """

    name: str
    verdict: str
    best: str
    options: tuple[SideOption, ...]
    price_book: str | None = None
    price_book_sha256: str | None = None

    @property
    def best_usd(self) -> Decimal | None:
        """What the best option costs. [USD]"""
        return next((each.total_usd for each in self.options if each.name == self.best), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChange:
    """A line before and after.

    Parameters
    ----------
    change : Change
    because : Because
        What of a changed line is other.
    before, after : SideLine or None
    """

    change: Change
    because: Because
    before: SideLine | None
    after: SideLine | None

    @property
    def line(self) -> SideLine:
        """The line, as it is after where it still stands."""
        line = self.after or self.before
        assert line is not None
        return line

    @property
    def difference_usd(self) -> Decimal:
        """After less before. [USD]"""
        return _usd(self.after) - _usd(self.before)


def _usd(line: SideLine | None) -> Decimal:
    return Decimal(0) if line is None else line.amount_usd


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionChange:
    """An option before and after.

    Parameters
    ----------
    name : str
    change : Change
    before, after : SideOption or None
    lines : tuple of LineChange
        Those that are other, the largest difference first.
    same : int
        Lines that are alike. [count]
    """

    name: str
    change: Change
    before: SideOption | None
    after: SideOption | None
    lines: tuple[LineChange, ...]
    same: int

    @property
    def difference_usd(self) -> Decimal | None:
        """After less before; None where either has no total. [USD]"""
        before = None if self.before is None else self.before.total_usd
        after = None if self.after is None else self.after.total_usd
        return None if before is None or after is None else after - before


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two answers held against each other.

    Parameters
    ----------
    before, after : Side
    options : tuple of OptionChange
        In the order of `after`, what was removed last.
    """

    before: Side
    after: Side
    options: tuple[OptionChange, ...]

    @property
    def increase_usd(self) -> Decimal | None:
        """By how much the best option of each costs more; None where either has none. [USD]"""
        before, after = self.before.best_usd, self.after.best_usd
        return None if before is None or after is None else after - before

    def to_frame(self) -> pd.DataFrame:
        """Return a DataFrame with the rows of the CSV; amounts are exact Decimals."""
        from cloudcost.render.notebook.frames import frame_of_csv
        from cloudcost.render.outputs import DifferenceOutput

        return frame_of_csv(DifferenceOutput(self).csv())

    def to_json(self) -> str:
        """Return JSON, `cloudcost.difference/1`."""
        from cloudcost.render.outputs import DifferenceOutput

        return DifferenceOutput(self).json()

    def __repr__(self) -> str:
        usd = self.increase_usd
        more = "not comparable" if usd is None else f"{usd:+.2f} USD"
        return f"<Difference of {self.before.name} and {self.after.name}: {len(self.options)} options, {more}>"

    def __str__(self) -> str:
        from cloudcost.render.outputs import DifferenceOutput

        return DifferenceOutput(self).text()

    def _repr_markdown_(self) -> str:
        from cloudcost.render.outputs import DifferenceOutput

        return DifferenceOutput(self).markdown()

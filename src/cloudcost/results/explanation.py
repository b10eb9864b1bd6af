"""Where the money of a bill went: its cost by cause, each with what the bill shows of it.

The sum of the causes and of what stays unexplained is the bill's, to the last digit. Nothing here is a verdict: a
cause says what speaks against it, and where a bill cannot tell it says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from cloudcost.frozen import dataclass

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    import pandas as pd

    from cloudcost.units import BillingMonth

CostBasis: TypeAlias = Literal["unblended", "amortized", "net"]
"""Which cost of a line counts: as billed, with commitments spread over what used them, or after discounts."""
Running: TypeAlias = Literal["left on", "on and off", "cannot tell"]
"""What the hours of a bill tell of something that costs by the hour."""
PlanVerdict: TypeAlias = Literal["as planned", "more", "less", "not planned", "not billed"]
"""How a cause of a bill stands to the plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseItem:
    """Lines of one name under a cause, summed.

    Parameters
    ----------
    part : str
        Of the cause, in plain words.
    service, region, usage_type, operation, unit : str
        As on the bill; the usage type is the description where the bill has none.
    quantity : Decimal or None
        Where each line has one. [unit]
    usd : Decimal
    unit_price_usd : Decimal or None
        The cost of a unit where it divides without rest in 12 decimals, else None. [USD per unit]
    lines : int
        Of the bill. [count]
    place : str
        ``file:line`` of the first of them.
    """

    part: str
    service: str
    region: str
    usage_type: str
    operation: str
    unit: str
    quantity: Decimal | None
    usd: Decimal
    unit_price_usd: Decimal | None
    lines: int
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedCost:
    """Between which amounts a part of a cause lies.

    Parameters
    ----------
    name : str
    low_usd, high_usd : Decimal
        Both possible.
    """

    name: str
    low_usd: Decimal
    high_usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedCause:
    """A cause with its cost and its evidence.

    Parameters
    ----------
    key, name : str
    usd : Decimal
    share : float or None
        Of the bill; None where the bill is nothing or less.
    evidence : tuple of str
        Sentences: what the bill shows.
    against, avoid, stop : str
        What speaks against it, how it could have been avoided, what to stop now; may be empty.
    saved_usd : Decimal or None
        What that would have saved, where it can be computed.
    saved_by : str
        The arithmetic of it.
    running : Running or None
        For what costs by the hour.
    split : tuple of SharedCost
        What the usage type does not part.
    months : tuple of (BillingMonth, Decimal)
        Its cost in each month of the bill, in order; empty where no line has a month. [USD]
    days : tuple of (date, Decimal)
        What lines of a day or less cost on each day, in order. [USD]
    items : tuple of CauseItem
        The dearest first.
    lines : int
        [count]
    """

    key: str
    name: str
    usd: Decimal
    share: float | None
    evidence: tuple[str, ...]
    against: str
    avoid: str
    stop: str
    saved_usd: Decimal | None
    saved_by: str
    running: Running | None
    split: tuple[SharedCost, ...]
    months: tuple[tuple[BillingMonth, Decimal], ...]
    days: tuple[tuple[date, Decimal], ...]
    items: tuple[CauseItem, ...]
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedMonth:
    """A month of the bill.

    Parameters
    ----------
    month : BillingMonth
    usd : Decimal
    is_open : bool
        Whether the month is not over, so that more will come.
    """

    month: BillingMonth
    usd: Decimal
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLine:
    """A usage type as planned and as billed.

    Parameters
    ----------
    usage_type, unit : str
        The unit as planned, else as billed.
    planned, billed : Decimal or None
        Quantities; None where it is not planned or not billed, or its quantity is not known. [unit]
    planned_usd, billed_usd : Decimal
    """

    usage_type: str
    unit: str
    planned: Decimal | None
    billed: Decimal | None
    planned_usd: Decimal
    billed_usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCause:
    """A cause as planned and as billed.

    Parameters
    ----------
    key, name : str
    planned_usd, billed_usd : Decimal
    low_usd, high_usd : Decimal
        What counts as planned.
    verdict : PlanVerdict
    lines : tuple of PlannedLine
        The dearest first.
    """

    key: str
    name: str
    planned_usd: Decimal
    billed_usd: Decimal
    low_usd: Decimal
    high_usd: Decimal
    verdict: PlanVerdict
    lines: tuple[PlannedLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanBesideBill:
    """A bill held against an option of a project.

    Parameters
    ----------
    project, option : str
    months : tuple of BillingMonth
        Of the plan, which alone are compared; empty where all of it is.
    planned_usd : Decimal
    interval_usd : (Decimal, Decimal) or None
        The estimate's band.
    planned_hours, billed_hours : Decimal or None
        Of machines that train. [machine-hours]
    planned_hours_per_run, implied_hours_per_run : float or None
        As estimated, and what the bill implies if all its machine-hours were as many runs. [h]
    planned_runs, implied_runs : float or None
        In these months, and what the bill implies if each took as long as estimated. [count]
    causes : tuple of PlannedCause
        Where the bill is furthest above the plan first.
    price_book : str
        The book behind the planned prices.
    """

    project: str
    option: str
    months: tuple[BillingMonth, ...] = ()
    planned_usd: Decimal
    interval_usd: tuple[Decimal, Decimal] | None
    planned_hours: Decimal | None
    billed_hours: Decimal | None
    planned_hours_per_run: float | None
    implied_hours_per_run: float | None
    planned_runs: float | None
    implied_runs: float | None
    causes: tuple[PlannedCause, ...]
    price_book: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A bill by cause.

    Parameters
    ----------
    basis : CostBasis
    currency : str
        As the bill states it.
    billed_usd : Decimal
        The bill's own sum, with lines whose cost alone could be read.
    list_usd : Decimal or None
        What was used at the bill's own list prices, where all of it has one; without tax, credits and commitments.
    unexplained_usd : Decimal
        Of lines that could not be read.
    unexplained : tuple of str
        Why.
    begin, end : datetime or None
        Of the usage. [UTC]
    granularity : str
        "hour", "day", "month" or "unknown".
    months : tuple of ExplainedMonth
    causes : tuple of ExplainedCause
        The dearest first, those below zero last.
    lines : int
        Of the bill. [count]
    files : tuple of str
    alarm : str
        The command that sets a budget alarm at this amount; empty where the bill is of no provider that has one.
    notes : tuple of str
        What holds for all of it.
    plan : PlanBesideBill or None
        Where a project was named.
    """

    basis: CostBasis
    currency: str
    billed_usd: Decimal
    list_usd: Decimal | None
    unexplained_usd: Decimal
    unexplained: tuple[str, ...]
    begin: datetime | None
    end: datetime | None
    granularity: str
    months: tuple[ExplainedMonth, ...]
    causes: tuple[ExplainedCause, ...]
    lines: int
    files: tuple[str, ...]
    alarm: str
    notes: tuple[str, ...]
    plan: PlanBesideBill | None = None

    def to_frame(self) -> pd.DataFrame:
        """Return a DataFrame with the rows of the CSV; amounts are exact Decimals."""
        from cloudcost.render.notebook.frames import frame_of_csv
        from cloudcost.render.outputs import ExplanationOutput

        return frame_of_csv(ExplanationOutput(self).csv())

    def to_json(self) -> str:
        """Return JSON, `cloudcost.explanation/1`."""
        from cloudcost.render.outputs import ExplanationOutput

        return ExplanationOutput(self).json()

    def __repr__(self) -> str:
        return f"<Explanation of {self.billed_usd} {self.currency}: {len(self.causes)} causes, {self.lines} lines>"

    def __str__(self) -> str:
        from cloudcost.render.outputs import ExplanationOutput

        return ExplanationOutput(self).text()

    def _repr_markdown_(self) -> str:
        from cloudcost.render.outputs import ExplanationOutput

        return ExplanationOutput(self).markdown()

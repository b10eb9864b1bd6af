"""What could have made an amount, with no bill at hand: candidates, what each takes, pairs, what is not known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from cloudcost.domain.prices import Grade
from cloudcost.frozen import dataclass

if TYPE_CHECKING:
    import pandas as pd

KNOWN = "data-set"
"""The cause of the part that is known to be there: the data set, uploaded once and kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What somebody remembers of a project and its bill; None where nothing is said.

    Parameters
    ----------
    dataset_bytes : int or None
        [bytes]
    images : int or None
    users : int or None
        Members who can start machines.
    notebook : str
        Machine type of the notebook, such as ``ml.p2.xlarge``; empty where none is named.
    label : str
        What the console or the bill shows the amount under; empty where none is named.
    versioning : bool or None
        Of the bucket.
    link_bits_per_second : int or None
        Of the link between the users and the cloud. [bit/s]
    account_opened : date or None
        From which an account's free months or credits follow.
    tax : Fraction
        Share of the charges that is laid on them as tax. [1]
    region : str
    date : date
        The day whose prices hold, in the month whose bill it is.
    stated : tuple of (str, str)
        Keys and values as they were given.
    """

    dataset_bytes: int | None = None
    images: int | None = None
    users: int | None = None
    notebook: str = ""
    label: str = ""
    versioning: bool | None = None
    link_bits_per_second: int | None = None
    account_opened: date | None = None
    tax: Fraction = Fraction(0)
    region: str
    date: date
    stated: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeteredRow:
    """A row of metered usage as `price` reads it, and what it costs.

    Parameters
    ----------
    service, region, usage_type, operation : str
    quantity : Decimal
        Billed, beyond what is free. [unit]
    unit : str
    amount_usd : Decimal
        At list price. [USD]
    arithmetic : str
        Quantity times price, tier by tier, in words.
    """

    service: str
    region: str
    usage_type: str
    operation: str
    quantity: Decimal
    unit: str
    amount_usd: Decimal
    arithmetic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A cause that could have made the amount, and what it takes.

    Parameters
    ----------
    cause, title : str
        For programs, and for people.
    variant : str
        The machine type, or the region that was copied to; empty where there is one kind.
    rows : tuple of MeteredRow
        What is metered: put into `price`, they give the amount, to the step of the quantity.
    quantity : Decimal
        The least that reaches the amount. [unit]
    most_quantity : Decimal or None
        The most, where it depends on when it happened; None where it does not. [unit]
    unit : str
    step : Decimal
        What the meter counts in. [unit]
    unit_price_usd : Decimal or None
        None over several tiers or rows. [USD per unit]
    free_quantity : Decimal
        Used on top without charge, if nothing else used it up. [unit]
    amount_usd : Decimal
        What the rows cost. [USD]
    means : str
        The quantity as people say it.
    bound : str
        What is possible, in words and figures.
    possible : bool or None
        None where it is not known.
    share : float or None
        Of what is possible, that it takes; None where that is not known. [1]
    prior : int
        From 1 (the first to look at) to 5 (rare), by the table and the facts; 0 for what the facts name.
    why : str
        The reason of the prior.
    confirm, stop : str
        What to look at, and what ends it.
    console : tuple of str
        What it is shown under.
    label_fits : bool or None
        Whether it is shown under the label that was named; None where none was.
    ended : date or None
        The day since which the machine cannot be started, where no day of the bill was stated.
    grade, source, as_of : str, str, date
        Of the price.
    """

    cause: str
    title: str
    variant: str
    rows: tuple[MeteredRow, ...]
    quantity: Decimal
    most_quantity: Decimal | None = None
    unit: str
    step: Decimal
    unit_price_usd: Decimal | None
    free_quantity: Decimal
    amount_usd: Decimal
    means: str
    bound: str
    possible: bool | None
    share: float | None
    prior: int
    why: str
    confirm: str
    stop: str
    console: tuple[str, ...]
    label_fits: bool | None
    ended: date | None = None
    grade: Grade
    source: str
    as_of: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PairPart:
    """One of two causes that together make the amount.

    Parameters
    ----------
    cause, title, variant, means : str
        As in `Candidate`.
    rows : tuple of MeteredRow
    amount_usd : Decimal
        [USD]
    """

    cause: str
    title: str
    variant: str
    means: str
    rows: tuple[MeteredRow, ...]
    amount_usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CausePair:
    """Two causes that together make the amount, of which one alone cannot.

    Parameters
    ----------
    first, second : PairPart
        The first at its bound or as known, the second for the rest.
    amount_usd : Decimal
        [USD]
    prior : int
        The larger of both.
    """

    first: PairPart
    second: PairPart
    amount_usd: Decimal
    prior: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmetered:
    """A cause that no price makes, or whose price is not known.

    Parameters
    ----------
    cause, title, why, confirm, stop : str
        As in `Candidate`; for want of a price, `why` says so.
    console : tuple of str
    variants : tuple of str
        The machine types or regions that it is said of; empty where there is one kind.
    """

    cause: str
    title: str
    why: str
    confirm: str
    stop: str
    console: tuple[str, ...]
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Everything that could have made an amount in some days.

    Parameters
    ----------
    amount_usd : Decimal
        As it was billed. [USD]
    before_tax_usd : Decimal
        The same before tax, which the candidates make. [USD]
    days : Decimal
        [days]
    facts : Facts
    month_hours : int
        Of the calendar month, by which a GB-month divides. [h]
    candidates : tuple of Candidate
        In the order of looking: those that are possible, by prior, then by the least share of what is possible.
    pairs : tuple of CausePair
    pairs_found : int
        How many there are; `pairs` holds the first of them. [count]
    unmetered : tuple of Unmetered
        Causes that are not metered: support, tax ...
    unpriced : tuple of Unmetered
        Causes for which the book has no price here and then.
    assumptions : tuple of str
        What was taken where nothing was said.
    """

    amount_usd: Decimal
    before_tax_usd: Decimal
    days: Decimal
    facts: Facts
    month_hours: int
    candidates: tuple[Candidate, ...]
    pairs: tuple[CausePair, ...]
    pairs_found: int
    unmetered: tuple[Unmetered, ...]
    unpriced: tuple[Unmetered, ...]
    assumptions: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return a DataFrame with the rows of the CSV; amounts are exact Decimals."""
        from cloudcost.render.candidates.output import CandidatesOutput
        from cloudcost.render.notebook.frames import frame_of_csv

        return frame_of_csv(CandidatesOutput(self).csv())

    def to_json(self) -> str:
        """Return JSON, `cloudcost.explanation/1`."""
        from cloudcost.render.candidates.output import CandidatesOutput

        return CandidatesOutput(self).json()

    def __repr__(self) -> str:
        return f"<Candidates for {self.amount_usd} USD in {self.days} days: {len(self.candidates)} candidates>"

    def __str__(self) -> str:
        from cloudcost.render.candidates.output import CandidatesOutput

        return CandidatesOutput(self).text()

    def _repr_markdown_(self) -> str:
        from cloudcost.render.candidates.output import CandidatesOutput

        return CandidatesOutput(self).markdown()

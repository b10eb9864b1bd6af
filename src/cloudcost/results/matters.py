"""What moves the answer, what flips it, what is worth a look, and what would cost less."""

from __future__ import annotations

from dataclasses import field
from datetime import date
from decimal import Decimal

from cloudcost.domain.prices import Grade, PriceKey
from cloudcost.domain.project import Project
from cloudcost.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TornadoRow:
    """One input at the ends of its plausible range, all others as assumed.

    Parameters
    ----------
    parameter, label, unit : str
    assumed, low, high : float
        [unit]
    source : str
        Where the range comes from.
    total_low_usd, total_usd, total_high_usd : Decimal
        The best option's total at low, as assumed, at high. [USD]
    lead_low_usd, lead_usd, lead_high_usd : Decimal or None
        The next option's total less the best's; negative where the order turns. None without a next one, or where
        either can no longer be priced. [USD]
    """

    parameter: str
    label: str
    unit: str
    assumed: float
    low: float
    high: float
    source: str
    total_low_usd: Decimal
    total_usd: Decimal
    total_high_usd: Decimal
    lead_low_usd: Decimal | None
    lead_usd: Decimal | None
    lead_high_usd: Decimal | None

    @property
    def swing_usd(self) -> Decimal:
        """How far the best option's total moves. [USD]"""
        return abs(self.total_high_usd - self.total_low_usd)

    @property
    def lead_swing_usd(self) -> Decimal:
        """How far the lead moves; 0 where it is not known. [USD]"""
        if self.lead_low_usd is None or self.lead_high_usd is None:
            return Decimal(0)
        return abs(self.lead_high_usd - self.lead_low_usd)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlipPoint:
    """Where an input changes the answer.

    Parameters
    ----------
    parameter, label, unit : str
        The input.
    assumed : float
        Its present value. [unit]
    value : float
        The nearest value found at which the answer is another. [unit]
    kept : float
        The farthest value found before it at which the answer is still the present one. [unit]
    above : bool
        Whether `value` lies above the assumed one.
    best, becomes : str
        The answer's name before and after; empty where no option can do it.
    moves : str
        "cloud to local", "local to cloud", or empty where the place stays or there is no answer.
    reason : str
        Why the present answer can no longer do it; empty where another is only cheaper.
    distance_sd : float or None
        How far the value lies from the assumed one in the input's own spread. [sd]
    chance : float or None
        How likely the input lies at the value or beyond, by its range; None where nothing is known of it. [1]
    plausible : bool
        Whether the value lies within the input's plausible range.
    low, high : float
        That range. [unit]
    source : str
        Where the range comes from.
    """

    parameter: str
    label: str
    unit: str
    assumed: float
    value: float
    kept: float
    above: bool
    best: str
    becomes: str
    moves: str
    reason: str
    distance_sd: float | None
    chance: float | None
    plausible: bool
    low: float
    high: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidingPrice:
    """A price of the book, or of the user's own, that the answer hangs on, and how fresh it is.

    Parameters
    ----------
    key : PriceKey
    unit : str
        The priced unit.
    unit_price_usd : Decimal or None
        Of the line that comes to most; None over several tiers. [USD per unit]
    grade : Grade
    source : str
        Key of the price's source.
    as_of : date
        Day on which the source saw the price.
    confirmed_on : date or None
        The latest day on which another source saw it, where one did.
    age_days : int or None
        From the last of these days to the one that the price stands for; None of a price that the user states. [days]
    options : tuple of str
        Whose bills hold it, the cheapest first, of those that can be done.
    flips_at : float or None
        What times its value another option is the cheapest, nothing else changed; None where no value of it does
        that, or where credits or a support plan make it unknown. [1]
    becomes : str
        That option; empty where `flips_at` is None.
    decides : bool
        Whether a change to a half or to twice its value, or less of one, changes the answer.
    """

    key: PriceKey
    unit: str
    unit_price_usd: Decimal | None
    grade: Grade
    source: str
    as_of: date
    confirmed_on: date | None
    age_days: int | None
    options: tuple[str, ...]
    flips_at: float | None
    becomes: str
    decides: bool

    @property
    def last_seen(self) -> date:
        """The latest day on which somebody saw the price."""
        return self.confirmed_on or self.as_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One change of one option.

    Parameters
    ----------
    name : str
        Its kind: ``shards``, ``spot``, ``no-versioning`` ...
    option : str
        The option that it changes.
    text : str
        For people, to go before ": 14 USD less".
    condition : str
        What it takes, or costs besides money; empty where nothing.
    saving_usd : Decimal or None
        The option's total before less after; negative where it costs more; None where the price is not known. [USD]
    total_usd : Decimal or None
        The option's total after it. [USD]
    hours_more : float or None
        By how much the calendar time grows; negative where it is faster. [h]
    feasible : bool
        Whether the changed option can be done.
    reason : str
        Why not feasible, or why not priced.
    project : Project
        The changed project, for estimating it in full.
    """

    name: str
    option: str
    text: str
    condition: str
    saving_usd: Decimal | None
    total_usd: Decimal | None
    hours_more: float | None
    feasible: bool
    reason: str
    project: Project = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPoint:
    """A feasible option among the others.

    Parameters
    ----------
    name : str
    total_usd : Decimal
        [USD]
    calendar_hours : float
        From the start until the last run ends. [h]
    dominated_by : str
        An option of the front that is neither dearer nor slower, and better in one; the cheapest such. Empty on the
        front itself.
    """

    name: str
    total_usd: Decimal
    calendar_hours: float
    dominated_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The options that no other beats in both cost and time, and the rest.

    Parameters
    ----------
    front : tuple of FrontPoint
        Cheapest first, which is slowest first.
    dominated : tuple of FrontPoint
        Cheapest first.
    """

    front: tuple[FrontPoint, ...]
    dominated: tuple[FrontPoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatMatters:
    """What moves and what flips the answer.

    Parameters
    ----------
    best, runner_up : str
        The answer and the next that can do it; empty where there is none.
    tornado : tuple of TornadoRow
        The input that moves the best option's total most first.
    flips : tuple of FlipPoint
        The nearest first, in the inputs' own spreads; those without a spread last.
    front : Front
    suggestions : tuple of Suggestion
        The largest saving first, those whose price is not known last.
    """

    best: str
    runner_up: str
    tornado: tuple[TornadoRow, ...]
    flips: tuple[FlipPoint, ...]
    front: Front
    suggestions: tuple[Suggestion, ...]

    @property
    def moves(self) -> tuple[FlipPoint, ...]:
        """The flips that move the answer from the cloud to a machine of one's own, or back."""
        return tuple(flip for flip in self.flips if flip.moves)

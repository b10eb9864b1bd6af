"""The tables that the page's sliders read: what a total is at every position, written by the library.

An option's total at a position of the sliders is a sum of curves over the number of runs that the library computed
exactly:

``time[factor] + months[kept] + usd_per_kwh * energy[factor] - credits[kept][factor]``

Months kept and hours a run never meter the same usage, so a total is a sum of a curve of each; the price of
electricity enters a bill as a factor, so two exact ends decide every price between them. Credits and a support plan
alone tie all together and have a curve for every pair. A curve is a list of straight pieces; the page looks the piece
up and adds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudcost.frozen import dataclass
from cloudcost.render.tables.columns import plain

if TYPE_CHECKING:
    from cloudcost.domain.currency import ShownCurrency

Piece = tuple[int, float, float]
"""First number of runs, constant, slope: ``constant + slope * n`` up to the next piece. [count, USD, USD per run]

The constant is rounded to 1e-9 and the slope to 1e-12, so a total of a thousand runs is off by less than 1e-8 USD.
"""
Curve = tuple[Piece, ...]

REACHES = (20, 50, 100, 200, 500, 1000)
"""Numbers of runs up to which the curve and the slider of runs can be shown. [count]"""
NO_LIMIT = -1.0
"""Of the budget's slider: where there is none."""
PLANNED = 0
"""The number of runs that stands for the project's own, which may differ between CNNs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticks:
    """The positions of a slider.

    Parameters
    ----------
    values : tuple of float
        Rising.
    at : int
        Index of the project's own value.
    """

    values: tuple[float, ...]
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionCurves:
    """An option at every position; curves are indices into `Tables.curves`.

    Parameters
    ----------
    name, mark : str
        The mark is the letter that stands for it in the figures.
    local, guaranteed : bool
    obstacles : tuple of int
        By factor: index of what forbids it apart from the calendar; -1 where nothing does.
    most_runs : tuple of int
        By factor: runs of each CNN that fit into the project's time. [count]
    planned_fits : tuple of bool
        By factor: whether the project's own runs do.
    time, months : tuple of int
        Curves by factor without electricity; and of what other months add. [USD]
    energy : tuple of int
        Curves by factor; empty where the option pays for no electricity. [kWh]
    usd_per_kwh : float
        The option's own price of electricity, which counts where the slider stands at "as planned". [USD/kWh]
    wall : tuple of tuple of float
        By factor: from the start of a run of each training until it ends, with waiting for capacity. [s]
    machines : int
        That train at the same time. [count]
    share_of_day : float
        In which a machine trains. [1]
    within : str
        What the runs have to fit into: "the project's 4 days".
    credits : tuple of tuple of int
        Curves by months and factor of what credits pay less what a support plan takes; empty without both. [USD]
    """

    name: str
    mark: str
    local: bool
    guaranteed: bool
    obstacles: tuple[int, ...]
    most_runs: tuple[int, ...]
    planned_fits: tuple[bool, ...]
    time: tuple[int, ...]
    months: tuple[int, ...]
    wall: tuple[tuple[float, ...], ...]
    machines: int = 1
    share_of_day: float = 1.0
    within: str = "the project's time"
    energy: tuple[int, ...] = ()
    usd_per_kwh: float = 0.0
    credits: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Everything that the page computes with.

    Parameters
    ----------
    options : tuple of OptionCurves
        In the order of the comparison, those without a total left out.
    curves : tuple of Curve
    texts : tuple of str
        Obstacles.
    planned : int
        The project's number of runs of each CNN; `PLANNED` where it differs between them. [count]
    planned_words : str
        The project's own runs in words: "5 x resnet50, 3 x vgg16".
    last : int
        The most runs that the page asks. [count]
    factors : Ticks
        What the hours of a run are multiplied by. [1]
    months : Ticks
        [count]
    electricity : Ticks or None
        None where no option pays for electricity; the first value is -1, "as planned", where prices differ between
        options. [USD/kWh]
    duration_words : str
        The project's time: "4 days".
    counts : tuple of int
        The project's own runs of each training. [count]
    deadlines : Ticks
        From the start until the last run has to end; the last is the project's own time, which alone is no deadline
        beside it. [h]
    budgets : Ticks
        The last is `NO_LIMIT`. [USD]
    reach : int
        The most runs that the curve and the slider show at first: about the planned range. [count]
    currency : ShownCurrency or None
        In which totals are shown beside US dollars.
    """

    options: tuple[OptionCurves, ...]
    curves: tuple[Curve, ...]
    texts: tuple[str, ...]
    planned: int
    planned_words: str
    last: int
    factors: Ticks
    months: Ticks
    electricity: Ticks | None
    duration_words: str
    counts: tuple[int, ...]
    deadlines: Ticks
    budgets: Ticks
    reach: int
    currency: ShownCurrency | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where the sliders stand: runs of each CNN, and indices of the others. [count, index, index, USD/kWh]

    Parameters
    ----------
    runs : int
    factor, months : int
    usd_per_kwh : float or None
        None: each option's own price.
    """

    runs: int
    factor: int
    months: int
    usd_per_kwh: float | None = None


def planned_position(tables: Tables) -> Position:
    """Return where the sliders stand at first."""
    price = None
    if tables.electricity is not None and tables.electricity.values[tables.electricity.at] >= 0:
        price = tables.electricity.values[tables.electricity.at]
    return Position(tables.planned, tables.factors.at, tables.months.at, price)


def curve_at(curve: Curve, n: int) -> float:
    """Return a curve's value.

    Examples
    --------
    >>> curve_at(((1, 10.0, 2.0), (5, 0.0, 3.0)), 4), curve_at(((1, 10.0, 2.0), (5, 0.0, 3.0)), 5)
    (18.0, 15.0)
    """
    _, constant, slope = next(piece for piece in reversed(curve) if piece[0] <= n)
    return constant + slope * n


def total_at(tables: Tables, option: OptionCurves, position: Position) -> float:
    """Return an option's total where the sliders stand: what the page's script does, said once more in Python. [USD]"""
    curves, n = tables.curves, position.runs
    total = curve_at(curves[option.time[position.factor]], n) + curve_at(curves[option.months[position.months]], n)
    if option.energy:
        price = option.usd_per_kwh if position.usd_per_kwh is None else position.usd_per_kwh
        total += price * curve_at(curves[option.energy[position.factor]], n)
    if option.credits:
        total -= curve_at(curves[option.credits[position.months][position.factor]], n)
    return total


def fits_at(option: OptionCurves, position: Position) -> bool:
    """Return whether an option can be done within the project's time where the sliders stand."""
    if option.obstacles[position.factor] >= 0:
        return False
    if position.runs == PLANNED:
        return option.planned_fits[position.factor]
    return position.runs <= option.most_runs[position.factor]


def tables_record(tables: Tables) -> dict[str, object]:
    """Return the tables as JSON has them: short keys, since the page repeats them for every option."""

    def ticks(each: Ticks | None) -> dict[str, object] | None:
        return None if each is None else {"values": each.values, "at": each.at}

    return {
        "planned": tables.planned,
        "plannedWords": plain(tables.planned_words),
        "last": tables.last,
        "reach": tables.reach,
        "reaches": [last for last in REACHES if last < tables.last] + [tables.last],
        "duration": tables.duration_words,
        "counts": tables.counts,
        "deadlines": ticks(tables.deadlines),
        "budgets": ticks(tables.budgets),
        "currency": None
        if tables.currency is None
        else {"code": tables.currency.code, "rate": float(tables.currency.rate), "digits": tables.currency.digits},
        "factors": ticks(tables.factors),
        "months": ticks(tables.months),
        "electricity": ticks(tables.electricity),
        "texts": [plain(each) for each in tables.texts],
        "curves": tables.curves,
        "options": [
            {
                "name": plain(each.name),
                "mark": each.mark,
                "local": each.local,
                "guaranteed": each.guaranteed,
                "obstacles": each.obstacles,
                "mostRuns": each.most_runs,
                "plannedFits": each.planned_fits,
                "wall": each.wall,
                "machines": each.machines,
                "share": each.share_of_day,
                "within": each.within,
                "time": each.time,
                "months": each.months,
                "energy": each.energy,
                "usdPerKwh": each.usd_per_kwh,
                "credits": each.credits,
            }
            for each in tables.options
        ],
    }

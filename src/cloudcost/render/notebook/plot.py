"""The report's figures by matplotlib: functions that take results and return a Figure, shown and saved elsewhere.

Colours can be told apart by colour-blind readers and options also by letter, dash or place; axes bear their units and
bands are drawn as bands. A figure is made without a window, and the same results make the same figure.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from cloudcost.figures import figure
from cloudcost.money import format_usd
from cloudcost.render.page.scales import bar_end, mark_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import Formatter

    from cloudcost.results.comparison import Comparison
    from cloudcost.results.matters import Front, TornadoRow

COLOURS = ("#0067a8", "#c04f00", "#00775a", "#9c3c94", "#7a5c00", "#3c3f44")
"""Of at least 3:1 against white and told apart with any colour vision; the page's own."""
DASHES = ("-", "--", ":")
SOFT, GRID = "#565b62", "#dfe1dc"
MOST_BARS = 14
"""Inputs that a tornado shows. [count]"""


@cache
def _figure_class() -> type[Figure]:
    """Return matplotlib's Figure, which a notebook shows whether pyplot is loaded there or not."""
    from matplotlib.figure import Figure

    class ShownFigure(Figure):
        """A figure that shows itself."""

        def _repr_png_(self) -> bytes:
            buffer = io.BytesIO()
            self.savefig(buffer, format="png")
            return buffer.getvalue()

    return ShownFigure


def _figure(height: float, title: str) -> tuple[Figure, Axes]:
    figure = _figure_class()(figsize=(8.0, height), layout="constrained", dpi=120)
    axes = figure.add_subplot()
    axes.set_title(title, loc="left", fontsize=12, fontweight="bold")
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(SOFT)
    axes.tick_params(colors=SOFT, labelcolor="black", length=0)
    axes.set_axisbelow(True)
    return figure, axes


def totals_figure(comparison: Comparison) -> Figure:
    """Return each option's total as a bar with its band as a line with ends.

    Parameters
    ----------
    comparison : Comparison
        With bands where it was simulated.
    """
    shown = [each for each in comparison.options if each.total_usd is not None]
    end = bar_end([float(each.total_usd or 0) for each in shown if each.feasible or not shown[0].feasible])
    level = f"{100 * comparison.level:.0f} % band"
    banded = any(each.interval_usd is not None for each in shown)
    figure, axes = _figure(1.3 + 0.42 * max(len(shown), 1), "What each option costs")
    labels = []
    for place, each in enumerate(shown):
        usd, colour = float(each.total_usd or 0), COLOURS[place % len(COLOURS)]
        axes.barh(place, min(usd, end * 1.05), height=0.62, color=colour, alpha=1.0 if each.feasible else 0.45)
        right = min(usd, end * 1.05)
        if each.interval_usd is not None and usd <= end:
            low, high = (float(value) for value in each.interval_usd)
            axes.barh(place, high - low, left=low, height=0.3, color="black", alpha=0.3)
            axes.errorbar(
                (low + high) / 2, place, xerr=(high - low) / 2, fmt="none", ecolor="black", elinewidth=0.8, capsize=4
            )
            right = max(right, high)
        cut = "  \u2192" if usd > end else ""
        axes.annotate(
            f"{format_usd(each.total_usd or 0)}{cut}", (right, place), (5, 0), textcoords="offset points", va="center"
        )
        labels.append(_plain(each.name) + ("" if each.feasible else "\n(cannot be done)"))
    axes.set_yticks(range(len(shown)), labels)
    axes.invert_yaxis()
    axes.margins(x=0.2)
    axes.set_xlim(left=0)
    axes.grid(axis="x", color=GRID)
    axes.set_xlabel(f"USD{', with the ' + level if banded else ', not simulated: no bands'}")
    return figure


def break_even_figure(curves: Mapping[str, Sequence[tuple[int, float]]], *, now: int | None = None) -> Figure:
    """Return totals by number of runs of each CNN.

    Parameters
    ----------
    curves : mapping of str to sequence of (int, float)
        Of each option, its total at rising numbers of runs; between two it is straight. [count, USD]
    now : int, optional
        The project's own number of runs. [count]
    """
    from cloudcost.render.page.scales import spread

    figure, axes = _figure(5.0, "Total by number of runs")
    for place, (name, points) in enumerate(curves.items()):
        runs, totals = [n for n, _ in points], [usd for _, usd in points]
        dash = DASHES[place // len(COLOURS) % len(DASHES)]
        label = f"{mark_of(place)}  {_plain(name)}"
        axes.plot(runs, totals, color=COLOURS[place % len(COLOURS)], linestyle=dash, linewidth=1.8, label=label)
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    low, high = axes.get_ylim()
    ends = [points[-1][1] for points in curves.values()]
    for place, height in enumerate(spread(ends, (high - low) * 0.042, low, high)):
        last = max(points[-1][0] for points in curves.values())
        axes.annotate(
            mark_of(place),
            (last, height),
            (6, 0),
            textcoords="offset points",
            va="center",
            color=COLOURS[place % len(COLOURS)],
            fontweight="bold",
            annotation_clip=False,
        )
    if now is not None:
        axes.axvline(now, color="black", linestyle=(0, (1, 3)), linewidth=1.2, label=f"as planned: {now}")
    axes.grid(axis="y", color=GRID)
    axes.yaxis.set_major_formatter(_thousands())
    axes.set_xlabel("runs of each CNN")
    axes.set_ylabel("USD")
    figure.legend(loc="outside lower left", ncols=2, frameon=False, fontsize=9)
    return figure


def front_figure(front: Front) -> Figure:
    """Return cost against time with the options that nothing beats in both joined by steps.

    Parameters
    ----------
    front : Front
        Of options that can be done. [USD, h]
    """
    figure, axes = _figure(5.0, "Cost against time")
    best = sorted(front.front, key=lambda each: each.calendar_hours)
    hours, totals = [each.calendar_hours for each in best], [float(each.total_usd) for each in best]
    axes.step(
        hours, totals, where="post", color="black", linestyle="--", linewidth=1.2, label="front: nothing beats these"
    )
    axes.scatter(hours, totals, s=70, color=COLOURS[0], zorder=3)
    others = front.dominated
    axes.scatter(
        [each.calendar_hours for each in others],
        [float(each.total_usd) for each in others],
        s=70,
        facecolor="white",
        edgecolor=COLOURS[1],
        linewidth=1.8,
        zorder=3,
        label="another is both cheaper and faster",
    )
    points = [*best, *others]
    amounts = [float(each.total_usd) for each in points]
    if amounts and min(amounts) > 0 and max(amounts) / min(amounts) > 8:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(_thousands())
    axes.margins(x=0.12, y=0.16)
    axes.set_xlim(left=0)
    widest = axes.get_xlim()[1]
    for each in points:
        right = each.calendar_hours < 0.6 * widest
        axes.annotate(
            _plain(each.name),
            (each.calendar_hours, float(each.total_usd)),
            (9 if right else -9, 9),
            textcoords="offset points",
            ha="left" if right else "right",
            va="center",
            fontsize=9,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.5},
        )
    axes.grid(color=GRID)
    axes.set_xlabel("hours until the last run ends")
    axes.set_ylabel("USD" + (", logarithmic" if axes.get_yscale() == "log" else ""))
    figure.legend(loc="outside lower left", ncols=2, frameon=False, fontsize=9)
    return figure


def tornado_figure(rows: Sequence[TornadoRow], *, best: str = "") -> Figure:
    """Return how far each input moves the best option's total over its plausible range, the widest first.

    Parameters
    ----------
    rows : sequence of TornadoRow
    best : str
        The option's name.
    """
    shown = rows[:MOST_BARS]
    figure, axes = _figure(1.7 + 0.42 * max(len(shown), 1), "How far each input moves the total")
    ends = {"low": (COLOURS[0], 0.66, "input at its low end"), "high": (COLOURS[1], 0.4, "input at its high end")}
    for place, row in enumerate(shown):
        middle = float(row.total_usd)
        for end, total in (("low", row.total_low_usd), ("high", row.total_high_usd)):
            colour, height, said = ends[end]
            label = said if place == 0 else None
            axes.barh(place, float(total) - middle, left=middle, height=height, color=colour, label=label)
    if shown:
        axes.axvline(
            float(shown[0].total_usd), color="black", linewidth=1, label=f"as planned: {shown[0].total_usd:,.2f} USD"
        )
    axes.set_yticks(range(len(shown)), [_plain(f"{row.label}\n{_range(row)}") for row in shown], fontsize=9)
    axes.invert_yaxis()
    axes.grid(axis="x", color=GRID)
    axes.xaxis.set_major_formatter(_thousands())
    axes.set_xlabel(f"total of {_plain(best)}, USD" if best else "USD")
    figure.legend(loc="outside lower left", ncols=3, frameon=False, fontsize=9)
    return figure


def _range(row: TornadoRow) -> str:
    unit = ("times what is assumed" if row.assumed == 1 else "") if row.unit == "x" else row.unit
    return f"{figure(row.low)} to {figure(row.high)} {unit}".rstrip()


def _plain(name: str) -> str:
    """Return text that is drawn as it is: a dollar sign would begin a formula."""
    return name.replace("$", r"\$")


def _thousands() -> Formatter:
    from matplotlib.ticker import FuncFormatter

    return FuncFormatter(lambda value, _: f"{value:,.0f}" if abs(value) >= 10 or value == 0 else figure(value, 6))

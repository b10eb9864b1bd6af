"""What each option costs: a bar and a band for each, the answer first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cloudcost.domain.kinds import KINDS
from cloudcost.figures import counted
from cloudcost.frozen import dataclass
from cloudcost.money import format_usd
from cloudcost.render.figures.axes import bar_end, round_ticks, short
from cloudcost.render.figures.canvas import BODY, SMALL, Canvas, Colour, Headline, Look, place_colour
from cloudcost.render.figures.findings import origin_of, totals_finding
from cloudcost.render.figures.lettering import text_width, wrapped

if TYPE_CHECKING:
    from cloudcost.results.comparison import Comparison
    from cloudcost.results.estimate import Estimate

MOST = 30
"""Options that one figure shows; the rest are counted. [count]"""
_NAMES = 0.36
"""Share of the width that names may take beside the bars; longer ones stand above them. [1]"""
_BAR = 16.0
"""How thick a bar is. [px]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _BarRow:
    """An option, measured.

    Parameters
    ----------
    estimate : Estimate
    usd : float
    name, note, amount : tuple of str, str, str
        Lines of text beside it.
    """

    estimate: Estimate
    usd: float
    name: tuple[str, ...]
    note: tuple[str, ...]
    amount: str
    band: str


def totals_svg(comparison: Comparison, look: Look) -> str:
    """Return what each option costs as one figure; at least one must have a price."""
    priced = [each for each in comparison.options if each.total_usd is not None]
    shown = priced[:MOST]
    banded = any(each.interval_usd is not None for each in shown)
    canvas = Canvas("totals", look, _headline(comparison, banded=banded))
    _key(canvas, shown, comparison.level if banded else None)
    room = canvas.right - canvas.left
    widest = max(text_width(each.name, BODY, bold=True) for each in shown)
    beside = widest + 14 <= _NAMES * room
    rows = [_measured(each, room if not beside else widest + 1) for each in shown]
    start = canvas.left + (widest + 14 if beside else 0)
    label = max(text_width(row.amount, BODY, bold=True) + 5 + text_width(row.band, SMALL) for row in rows)
    can = [row.usd for row in rows if row.estimate.feasible] or [row.usd for row in rows]
    end = bar_end(can)
    highs = [float(row.estimate.interval_usd[1]) for row in rows if row.estimate.interval_usd and row.usd <= end]
    high = min(max([end, *highs]), 2.5 * end)
    low = min([0.0, *(row.usd for row in rows)])
    scale = _Scale(low=low, high=high, start=start, end=canvas.right - label - 12)
    top = canvas.y
    canvas.parts.append("")  # the grid goes below the bars: filled in once it is known how far they go
    grid = len(canvas.parts) - 1
    for row in rows:
        _draw_row(canvas, row, scale, beside=beside)
    if len(priced) > MOST:
        canvas.y += 20
        canvas.text(
            canvas.left, canvas.y, f"and {counted(len(priced) - MOST, 'more option')}", size=SMALL, colour="soft"
        )
    canvas.parts[grid] = _grid(canvas, scale, top)
    return canvas.finish()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    low: float
    high: float
    start: float
    end: float

    def at(self, usd: float) -> float:
        """Return where an amount lies; one past the end lies at the end. [px]"""
        inside = min(max(usd, self.low), self.high)
        return self.start + (inside - self.low) / (self.high - self.low) * (self.end - self.start)


def _headline(comparison: Comparison, *, banded: bool) -> Headline:
    reading = "Total of the project as planned, in USD."
    if banded:
        reading += f" Dark lines are {100 * comparison.level:.0f} % bands: so likely is a total within its own."
    else:
        reading += " Not simulated, so there are no bands."
    return Headline(finding=totals_finding(comparison), reading=reading, origin=origin_of(comparison))


def _key(canvas: Canvas, shown: Sequence[Estimate], level: float | None) -> None:
    if canvas.look.alone:
        canvas.places(
            [KINDS[each.kind].at_home for each in shown],
            None if level is None else ("band", f"{100 * level:.0f} % band"),
            None if all(each.feasible for each in shown) else ("hollow", "cannot be done"),
        )


def _measured(estimate: Estimate, width: float) -> _BarRow:
    note = ""
    if not estimate.feasible:
        note = f"cannot be done: {estimate.reason}"
    elif not estimate.guaranteed:
        note = "nothing guarantees it"
    total = estimate.total_usd
    assert total is not None
    band = estimate.interval_usd
    return _BarRow(
        estimate=estimate,
        usd=float(total),
        name=tuple(wrapped(estimate.name, BODY, width, most=2, bold=True)),
        note=(note,) if note else (),
        amount=format_usd(total),
        band="" if band is None else f"{_rounded(float(band[0]))} to {_rounded(float(band[1]))}",
    )


def _rounded(usd: float) -> str:
    """Return an end of a band with three figures, or in whole USD."""
    return short(round(usd) if abs(usd) >= 100 else float(f"{usd:.3g}"))


def _draw_row(canvas: Canvas, row: _BarRow, scale: _Scale, *, beside: bool) -> None:
    each = row.estimate
    colour = place_colour(local=KINDS[each.kind].at_home)
    ink: Colour = "ink" if each.feasible else "soft"
    canvas.y += 14
    if not beside:
        for line in row.name:
            canvas.y += 15
            canvas.text(canvas.left, canvas.y, line, bold=True, colour=ink, halo=True)
        canvas.y += 6
    middle = canvas.y + _BAR / 2
    if beside:
        canvas.text(canvas.left, middle + 4.5, row.name[0], bold=True, colour=ink)
    zero, tip = scale.at(0), scale.at(row.usd)
    left, wide = min(zero, tip), max(abs(tip - zero), 1.0)
    cut = row.usd > scale.high
    if each.feasible:
        canvas.rect(left, canvas.y, wide, _BAR, fill=colour, rx=2, classes="bar", data_usd=f"{row.usd:.2f}")
    else:
        canvas.rect(
            left + 0.75, canvas.y + 0.75, max(wide - 1.5, 0.5), _BAR - 1.5, fill="sheet", stroke=colour, rx=2,
            stroke_width=1.5, stroke_dasharray="4 3", classes="bar", data_usd=f"{row.usd:.2f}",
        )  # fmt: skip
    right = max(tip, zero)
    if cut:
        canvas.path(f"M{tip - 14:.1f} {canvas.y - 2:.1f}l-6 {_BAR + 4:.0f}", colour="sheet", width=4)
    elif each.interval_usd is not None:
        low, high = (float(value) for value in each.interval_usd)
        canvas.band(scale.at(low), scale.at(high), middle, cut=high > scale.high)
        right = max(right, scale.at(high))
    canvas.text(right + 8, middle + 4.5, row.amount, bold=True, colour=ink)
    if row.band:
        at = right + 8 + text_width(row.amount, BODY, bold=True) + 5
        canvas.text(at, middle + 4.5, row.band, size=SMALL, colour="soft")
    canvas.y += _BAR
    for note in row.note:
        start = scale.start if beside else canvas.left
        for line in wrapped(note, SMALL, canvas.right - start, most=2):
            canvas.y += 16
            canvas.text(start, canvas.y, line, size=SMALL, colour="bad", halo=True)


def _grid(canvas: Canvas, scale: _Scale, top: float) -> str:
    """Return the axis of USD with its lines behind the bars."""
    kept, canvas.parts = canvas.parts, []
    base = canvas.y + 12
    widest = text_width(short(scale.high), SMALL) + 24
    unit = canvas.right - text_width("USD", SMALL)
    ticks = round_ticks(scale.low, scale.high, most=max(min(int((scale.end - scale.start) / widest), 6), 1))
    for value in ticks:
        canvas.line(scale.at(value), top + 6, scale.at(value), base, colour="soft" if value == 0 else "grid")
        if scale.at(value) + text_width(short(value), SMALL) / 2 <= unit - 6:
            canvas.text(scale.at(value), base + 15, short(value), size=SMALL, anchor="middle", colour="soft")
    canvas.text(canvas.right, base + 15, "USD", size=SMALL, anchor="end", colour="soft")
    drawn, canvas.parts = "".join(canvas.parts), kept
    canvas.y = base + 18
    return drawn

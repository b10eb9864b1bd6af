"""The values of an input at which the answer changes: the nearest to the assumed value on either side.

Totals and times are monotone in every parameter, so most of a range is settled by its two ends: an option whose least
total there lies above the greatest total of the present answer cannot win anywhere in between. What is left is looked
at in a few steps outwards and then bracketed; answers that change and change back within one step are not seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, assert_never

from cloudcost.analysis.matters.parameters import Parameter
from cloudcost.analysis.matters.what_if import Board, Placing, winner
from cloudcost.results.matters import FlipPoint

By = Literal["option", "place"]

TOLERANCE = 1e-3
"""Share of the value to which a flip is bracketed. [1]"""
STEPS = (0.02, 0.07, 0.15, 0.3, 0.5, 0.75, 1.0)
"""Where a side is looked at, as shares of the way from the assumed value to its end; of its log where it is long."""
LONG = 4.0
"""Ratio of the two ends of a side from which on its steps are even in the log. [1]"""


def find_flips(parameter: Parameter, board: Board, *, by: By = "option") -> tuple[FlipPoint, ...]:
    """Return the nearest flips below and above the assumed value; none where the answer never changes.

    Parameters
    ----------
    parameter : Parameter
    board : Board
    by : {"option", "place"}
        Whether the answer is the option's name, or only cloud against local.
    """
    found = [_search(parameter, board, end, by) for end in (parameter.least, parameter.most)]
    return tuple(flip for flip in found if flip is not None)


def answer(placings: Sequence[Placing], by: By) -> str:
    """Return what counts as the answer: a name, or a place; empty where no option can do it."""
    best = winner(placings)
    if best is None:
        return ""
    match by:
        case "option":
            return best.name
        case "place":
            return _place(best)
        case _:
            assert_never(by)


def _place(placing: Placing) -> str:
    return "local" if placing.is_local else "cloud"


def _search(parameter: Parameter, board: Board, end: float, by: By) -> FlipPoint | None:
    """Return the nearest flip between the assumed value and one end of what is searched."""
    if end == parameter.value:
        return None
    present = answer(board.base, by)
    home, rivals = _in_question(parameter, board, end, present, by)
    if not home and not rivals:
        return None
    race = _Race(parameter, board, home, rivals, outward_dearer=_outward(parameter.rises, parameter, end))
    inside = parameter.value
    for outside in _points(parameter, end):
        if not race.keeps(outside, since=inside, until=end):
            kept, value = _bracket(race, inside, outside)
            return _flip(parameter, board, kept, value)
        inside = outside
    return None


def _outward(direction: int, parameter: Parameter, end: float) -> bool:
    """Return whether what moves in this direction with the value never falls on the way to an end."""
    return direction * (1 if end > parameter.value else -1) >= 0


@dataclass(slots=True)
class _Race:
    """The options that decide one side, asked no more than needed.

    Parameters
    ----------
    parameter, board
    home, rivals : list of str
        The options that are the present answer, and those that may take its place.
    outward_dearer : bool
        Whether totals never fall on the way out.
    """

    parameter: Parameter
    board: Board
    home: list[str]
    rivals: list[str]
    outward_dearer: bool

    def keeps(self, value: float, *, since: float, until: float) -> bool:
        """Return whether the answer at `value` is still the present one; `since` and `until` lie around it."""
        best = winner(self.board.at(self.parameter, value, self.home))
        if self.home and best is None:
            return False
        for name in self.rivals:
            if best is not None and self._floor(name, since, until) > (best.total_usd or 0):
                continue
            [rival] = self.board.at(self.parameter, value, [name])
            if rival.can and (best is None or self._ahead(rival, best)):
                return False
        return True

    def _floor(self, name: str, since: float, until: float) -> Decimal:
        """Return what an option costs at least between two values: its total at the cheaper end. [USD]"""
        at = since if self.outward_dearer or not self.parameter.touches(name) else until
        [end] = self.board.at(self.parameter, at, [name])
        return Decimal("-Infinity") if end.total_usd is None else end.total_usd

    def _ahead(self, rival: Placing, best: Placing) -> bool:
        return winner(each for each in self._in_order(rival, best)) is rival

    def _in_order(self, *placings: Placing) -> list[Placing]:
        order = [each.name for each in self.board.base]
        return sorted(placings, key=lambda each: order.index(each.name))


def _in_question(parameter: Parameter, board: Board, end: float, present: str, by: By) -> tuple[list[str], list[str]]:
    """Return the options that are the present answer and those that may win on a side; none where it is settled."""
    dearer, slower = (_outward(way, parameter, end) for way in (parameter.rises, parameter.slower))
    home = [each for each in board.base if present and each.can and answer([each], by) == present]
    rivals = [each for each in board.base if each not in home and each.total_usd is not None]
    if slower:
        rivals = [each for each in rivals if each.can]
    far = {each.name: each for each in board.at(parameter, end, [each.name for each in home])}
    highest = [
        max(each.total_usd, far[each.name].total_usd or each.total_usd)
        for each in home
        if each.total_usd is not None and far[each.name].can
    ]
    if highest:
        limit = min(highest)
        rivals = [each for each in rivals if _least(parameter, board, each, end, dearer=dearer) <= limit]
        if not rivals:
            return [], []
    return [each.name for each in home], [each.name for each in rivals]


def _least(parameter: Parameter, board: Board, rival: Placing, end: float, *, dearer: bool) -> Decimal:
    """Return the least total of an option between the assumed value and an end. [USD]"""
    assert rival.total_usd is not None
    if dearer or not parameter.touches(rival.name):
        return rival.total_usd
    [far] = board.at(parameter, end, [rival.name])
    return rival.total_usd if far.total_usd is None else min(rival.total_usd, far.total_usd)


def _points(parameter: Parameter, end: float) -> Iterator[float]:
    """Yield where a side is looked at, outwards, without repeats; the ends of the plausible range among them."""
    start = parameter.value
    plausible = parameter.range.high if end > start else parameter.range.low
    low, high = min(start, end), max(start, end)
    if low > 0 and high / low >= LONG:
        points = [start * (end / start) ** share for share in STEPS[:-1]]
    else:
        points = [start + (end - start) * share for share in STEPS[:-1]]
    points = [round(point) if parameter.whole else point for point in (*points, plausible)]
    inside = {float(point) for point in points if low <= point <= high} - {float(start)}
    yield from sorted(inside | {float(end)}, key=lambda point: abs(point - start))


def _bracket(race: _Race, inside: float, outside: float) -> tuple[float, float]:
    """Return two near values, the answer still the present one at the first and another at the second.

    Totals are nearly straight over so short a way, so the crossing of the two lines is tried first, then the middle.
    """
    whole = race.parameter.whole
    for attempt in range(60):
        width = abs(outside - inside)
        if width <= 1 if whole else width <= TOLERANCE * max(abs(outside), abs(inside)) + 1e-12:
            break
        probes = [(inside + outside) / 2]
        if attempt in (0, 2):
            probes = _crossing(race, inside, outside) or probes
        for probe in probes:
            point = float(round(probe)) if whole else probe
            if not min(inside, outside) < point < max(inside, outside):
                continue
            if race.keeps(point, since=inside, until=outside):
                inside = point
            else:
                outside = point
    return inside, outside


def _crossing(race: _Race, inside: float, outside: float) -> list[float]:
    """Return two values around the place where straight totals would cross; none where they do not tell."""
    near, far = (winner(race.board.at(race.parameter, at, race.home)) for at in (inside, outside))
    if near is None or far is None or near.name != far.name:
        return []
    names = race.home + race.rivals
    after = winner(race.board.at(race.parameter, outside, names))
    if after is None:
        return []
    [before] = race.board.at(race.parameter, inside, [after.name])
    amounts = [float(each.total_usd or 0) for each in (near, before, far, after)]
    ahead, behind = amounts[1] - amounts[0], amounts[2] - amounts[3]
    if not before.can or ahead + behind <= 0:
        return []
    crossing = inside + (outside - inside) * ahead / (ahead + behind)
    reach = 0.6 if race.parameter.whole else TOLERANCE * abs(crossing) * 0.4
    sides = (crossing - reach, crossing + reach)
    return list(sides if outside > inside else reversed(sides))


def _flip(parameter: Parameter, board: Board, kept: float, value: float) -> FlipPoint:
    before = board.best
    placings = board.at(parameter, value)
    after = winner(placings)
    now = None if before is None else next(each for each in placings if each.name == before.name)
    moves = ""
    if before is not None and after is not None and before.is_local != after.is_local:
        moves = f"{_place(before)} to {_place(after)}"
    spread = parameter.range
    return FlipPoint(
        parameter=parameter.name,
        label=parameter.label,
        unit=parameter.unit,
        assumed=parameter.value,
        value=value,
        kept=kept,
        above=value > parameter.value,
        best="" if before is None else before.name,
        becomes="" if after is None else after.name,
        moves=moves,
        reason="" if now is None or now.can else now.reason,
        distance_sd=spread.distance(value),
        chance=spread.chance_beyond(value),
        plausible=spread.low <= value <= spread.high,
        low=spread.low,
        high=spread.high,
        source=spread.source,
    )

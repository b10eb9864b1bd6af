"""How far each input moves the best option's total, and its lead over the next, over the input's plausible range."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from cloudcost.analysis.matters.parameters import Parameter
from cloudcost.analysis.matters.what_if import Board, Placing
from cloudcost.results.matters import TornadoRow


def tornado(parameters: Iterable[Parameter], board: Board) -> tuple[TornadoRow, ...]:
    """Return a row for each input that moves the best option's total or its lead, the widest total first.

    Where no option can do the project, the cheapest that can be priced stands for the best.
    """
    best = board.best or _cheapest(board.base)
    if best is None:
        return ()
    second = board.runner_up or _cheapest(each for each in board.base if each.name != best.name)
    names = [best.name] + ([second.name] if second else [])
    rows: list[TornadoRow] = []
    for parameter in parameters:
        spread = parameter.range
        if spread.low == spread.high or not any(parameter.touches(name) for name in names):
            continue
        low, high = (_whole(parameter, end) for end in (spread.low, spread.high))
        totals: list[Decimal | None] = []
        leads: list[Decimal | None] = []
        for value in (low, parameter.value, high):
            found = {each.name: each.total_usd for each in board.at(parameter, value, names)}
            total, other = found[best.name], found[second.name] if second else None
            totals.append(total)
            leads.append(None if total is None or other is None else other - total)
        if totals[0] is None or totals[1] is None or totals[2] is None:
            continue
        row = TornadoRow(
            parameter=parameter.name,
            label=parameter.label,
            unit=parameter.unit,
            assumed=parameter.value,
            low=low,
            high=high,
            source=spread.source,
            total_low_usd=totals[0],
            total_usd=totals[1],
            total_high_usd=totals[2],
            lead_low_usd=leads[0],
            lead_usd=leads[1],
            lead_high_usd=leads[2],
        )
        if row.swing_usd or row.lead_swing_usd:
            rows.append(row)
    return tuple(sorted(rows, key=lambda row: (-row.swing_usd, -row.lead_swing_usd)))


def _whole(parameter: Parameter, value: float) -> float:
    return float(round(value)) if parameter.whole else value


def _cheapest(placings: Iterable[Placing]) -> Placing | None:
    priced = [each for each in placings if each.total_usd is not None]
    return min(priced, key=lambda each: each.total_usd or Decimal(0), default=None)

"""Cost against calendar time: which options are worth a look, and what each of the others is beaten by."""

from __future__ import annotations

from collections.abc import Sequence

from cloudcost.results.estimate import Estimate
from cloudcost.results.matters import Front, FrontPoint


def pareto_front(estimates: Sequence[Estimate]) -> Front:
    """Return the front of the feasible options that can be counted on.

    Notes
    -----
    Sorted by cost, then time: an option is on the front where it is faster than all before it. Of options that are
    equal in both, all are on it, since none beats another.
    """
    points = [
        (each.total_usd, each.calendar_hours, each.name)
        for each in estimates
        if each.feasible and each.guaranteed and each.total_usd is not None and each.calendar_hours is not None
    ]
    points.sort(key=lambda point: point[:2])
    front: list[FrontPoint] = []
    dominated: list[FrontPoint] = []
    for total, hours, name in points:
        last = front[-1] if front else None
        if last is None or hours < last.calendar_hours or (total, hours) == (last.total_usd, last.calendar_hours):
            front.append(FrontPoint(name=name, total_usd=total, calendar_hours=hours))
        else:
            by = next(each for each in front if each.calendar_hours <= hours)
            dominated.append(FrontPoint(name=name, total_usd=total, calendar_hours=hours, dominated_by=by.name))
    return Front(front=tuple(front), dominated=tuple(dominated))

"""What stands there beside the training: endpoints, gateways, provisioned IOPS, snapshots; billed whether used or not.

A price per hour counts each started hour, a price per month the share of each calendar month. What is counted singly
(requests, bytes moved) is stated per calendar month and taken by the same share, rounded once a month, half to even, to
whole requests and bytes. It does not depend on the runs.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil

from cloudcost.catalog.providers import is_aws
from cloudcost.catalog.tables import GLOBAL
from cloudcost.domain.left_on import LeftOn
from cloudcost.domain.project import Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.units import GIB, SHARE_UNIT
from cloudcost.usage.calendar import Window, project_window
from cloudcost.usage.chosen import in_aws
from cloudcost.usage.meter import Meter

LEFT_ON_WHY = "left on: "
"""What the reason of everything that is left on begins with."""
_HOUR = timedelta(hours=1)
_MILLION = 10**6
_COUNTED = {
    "Requests": ("requests", 1),
    "GB": ("bytes", GIB),
    "IOs": ("IOs", 1),
    "Objects": ("Objects", 1),
    "Jobs": ("Jobs", 1),
}
"""What is counted singly, by the unit of its price: the base unit, and how many make one of the price's."""


def left_on_at(project: Project, option: Option, *, service: str) -> tuple[LeftOn, ...]:
    """Return what an option is billed for of all that is left on.

    A row that names an option is that one's. Any other is billed with the options that run at its provider: what is
    left on at AWS comes with the options in AWS, and not with a machine of one's own, which does without.

    Parameters
    ----------
    service : str
        Of the option where it runs at another provider: ``GCP``, ``GoogleColab``; empty otherwise.
    """
    return tuple([row for row in project.left_on if _belongs(row, option, service)]) if project.left_on else ()


def _belongs(row: LeftOn, option: Option, service: str) -> bool:
    if row.option is not None:
        return row.option == option.name
    return in_aws(option) if is_aws(row.service) else row.service == service


def left_on_window(project: Project, row: LeftOn) -> Window:
    """Return the time for which something is left on: the project's own where the row does not say."""
    window = project_window(project)
    return Window(row.since or window.start, row.until or window.end)


def left_on_usage(project: Project, row: LeftOn, unit: str) -> list[RunUsage]:
    """Return what something left on meters, by month. [s, requests, bytes, or `SHARE_UNIT`]

    Parameters
    ----------
    unit : str
        The unit of its price.
    """
    window = left_on_window(project, row)
    millionths = int(row.quantity * _MILLION)
    base = "seconds" if unit == "Hrs" else _COUNTED.get(unit, (SHARE_UNIT, 1))[0]
    meter = Meter(project, row.region or project.region, row.service)
    usages = []
    begin = window.start
    for month, seconds in window.by_month():
        end = min(window.end, month.next.start)
        if unit == "Hrs":
            hours = _started(window.start, end) - _started(window.start, begin)
            fixed = ceil(Fraction(hours * 3600 * millionths, _MILLION))
        elif unit in _COUNTED:
            fixed = round(Fraction(millionths * _COUNTED[unit][1] * seconds, _MILLION * 3600 * month.hours))
        else:
            fixed = seconds * millionths
        begin = end
        if fixed:
            why = f"{LEFT_ON_WHY}{_said(row, window)}"
            usages.append(meter.row(month, row.usage_type, base, fixed=fixed, operation=row.operation, why=why))
    return usages


def left_on_assumptions(project: Project, option: Option, *, service: str) -> list[str]:
    """Return, one sentence each, what is left on and what of it an option is not billed for."""
    mine = left_on_at(project, option, service=service)
    said = [
        f"{LEFT_ON_WHY}{row.usage_type}{_where(row)}, {_said(row, left_on_window(project, row))} (UTC)" for row in mine
    ]
    others = [row.usage_type for row in project.left_on if row not in mine and row.option is None]
    if others:
        said.append(f"not counted: {', '.join(dict.fromkeys(others))}, left on at another provider")
    return said


def _started(since: datetime, moment: datetime) -> int:
    """Return the hours that have started from one moment to another. [count]"""
    return -((since - moment) // _HOUR)


def _said(row: LeftOn, window: Window) -> str:
    quantity = f"{row.quantity:,f}"
    return f"{quantity} from {_moment(window.start)} to {_moment(window.end)}"


def _where(row: LeftOn) -> str:
    return f" in {row.region}" if row.region and row.region != GLOBAL else ""


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}" if (moment.hour, moment.minute) == (0, 0) else f"{moment:%Y-%m-%d %H:%M}"

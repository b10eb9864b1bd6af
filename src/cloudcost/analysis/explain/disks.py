"""What costs while nothing uses it: disks in hours in which no machine ran, addresses that no machine had."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from cloudcost.analysis.explain.costs import is_timed, total_usd
from cloudcost.analysis.explain.told import Told
from cloudcost.figures import counted
from cloudcost.money import format_usd

if TYPE_CHECKING:
    from cloudcost.analysis.explain.costs import CostedLine

IDLE = "idle"
"""The part of a cause that is idle by its usage type."""
_Slot = tuple[str, str, datetime]


def disks(lines: Sequence[CostedLine], machines: Sequence[CostedLine]) -> Told:
    """Return what a bill tells of disks: those of hours, or days, in which no machine ran in their region.

    Parameters
    ----------
    lines : sequence of CostedLine
        Of the disks.
    machines : sequence of CostedLine
        Of the machines that may have them.
    """
    timed = [each for each in lines if is_timed(each.line)]
    if not timed:
        return Told(sentences=("the bill does not say when: in use, or of a stopped machine, cannot tell",))
    if not all(is_timed(each.line) for each in machines):
        return Told(sentences=("the bill does not say when machines ran: in use or not, cannot tell",))
    ran = {_slot(each) for each in machines if each.line.quantity}
    alone = [each for each in timed if _slot(each) not in ran]
    usd = total_usd(alone)
    span = "hours" if all(_seconds(each) <= 3600 for each in timed) else "days"
    if not alone or usd <= 0:
        return Told(sentences=(f"in all {span} of a disk a machine ran in its region",))
    slots = len({_slot(each)[2] for each in alone})
    said = f"in {counted(slots, span[:-1])} no machine ran in the disk's region: {format_usd(usd)} USD"
    return Told(sentences=(said,), saved_usd=usd, saved_by=f"disks in {span} without a machine")


def _slot(each: CostedLine) -> _Slot:
    assert each.line.begin is not None
    return each.line.account, each.line.region, each.line.begin


def _seconds(each: CostedLine) -> float:
    assert each.line.begin is not None
    assert each.line.end is not None
    return (each.line.end - each.line.begin).total_seconds()

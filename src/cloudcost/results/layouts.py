"""How a data set is laid out, and which layout costs least."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import Literal, get_args

from cloudcost.domain.lifecycle import LifecycleRule
from cloudcost.domain.project import Location
from cloudcost.frozen import dataclass

Aspect = Literal["location", "region", "objects", "reading", "storage_class", "lifecycle"]
"""What a layout consists of; the names of `Layout`'s fields."""
ASPECTS: tuple[Aspect, ...] = get_args(Aspect)
Reading = Literal["copy", "stream"]
"""Whether runs copy the data set at their start, or read it anew in each epoch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where a data set lies, as which objects, and how runs read it.

    Parameters
    ----------
    location : Location
    region : str
        Of the bucket.
    objects : int or None
        Size of an archive; None where each image is an object of its own. [bytes]
    reading : {"copy", "stream"}
    storage_class : str
        That objects are uploaded to.
    lifecycle : tuple of LifecycleRule
    """

    location: Location
    region: str
    objects: int | None
    reading: Reading
    storage_class: str
    lifecycle: tuple[LifecycleRule, ...] = ()

    @property
    def reader(self) -> str:
        """The project file's word for how it is read."""
        return "shards" if self.reading == "stream" and self.objects is not None else self.reading

    def differs(self, other: Layout) -> tuple[Aspect, ...]:
        """Return in what two layouts differ.

        Examples
        --------
        >>> one = Layout(location="s3", region="us-east-1", objects=None, reading="copy", storage_class="STANDARD")
        >>> from dataclasses import replace
        >>> one.differs(replace(one, objects=2**27, reading="stream"))
        ('objects', 'reading')
        """
        return tuple(name for name in ASPECTS if getattr(self, name) != getattr(other, name))


assert tuple(each.name for each in fields(Layout)) == ASPECTS


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLayout:
    """A layout with what the option costs under it.

    Parameters
    ----------
    layout : Layout
    changed : tuple of Aspect
        In what it differs from the layout as it is.
    total_usd : Decimal
        Of the option, laid out so from the start. [USD]
    saves_usd : Decimal
        Against the layout as it is; negative where it costs more. [USD]
    change_usd : Decimal or None
        What moving a data set that already lies as it is would cost; None where no price is known. [USD]
    paid_after_days : int or None
        Days after which what it saves from day to day has paid for the change; None where it never does. [days]
    calendar_hours : float
        Until all runs are done. [h]
    conditions : tuple of str
        What it takes.
    """

    layout: Layout
    changed: tuple[Aspect, ...]
    total_usd: Decimal
    saves_usd: Decimal
    change_usd: Decimal | None
    paid_after_days: int | None
    calendar_hours: float
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layouts:
    """The layouts of a project's data set for one option, and what the others' best are.

    Parameters
    ----------
    option : str
    days : int
        That the data set is kept. [days]
    considered : int
        Layouts asked about. [count]
    infeasible, unpriced, not_needed : int
        Of those: that cannot be done, that lack a price or a time, and that were not priced because the machines alone
        cost more under them than the best. [count]
    present : PricedLayout
    singles : tuple of PricedLayout
        The best with one aspect changed, an entry for each aspect that has a choice, the cheapest first.
    best : PricedLayout
        The cheapest of all; the present one where none is cheaper.
    overtaken_by : (str, PricedLayout) or None
        Another option that costs less than that under its own best layout.
    """

    option: str
    days: int
    considered: int
    infeasible: int
    unpriced: int
    not_needed: int
    present: PricedLayout
    singles: tuple[PricedLayout, ...]
    best: PricedLayout
    overtaken_by: tuple[str, PricedLayout] | None = None

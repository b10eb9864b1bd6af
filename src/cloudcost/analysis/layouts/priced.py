"""A layout with what it saves, what changing to it costs, and when that is paid.

What it saves is the difference of two whole estimates, each laid out so from the start. What a change costs is metered
apart (`cloudcost.usage.s3.relayout`) and priced on top of the estimate, so that tiers and allowances count once.
Uploads belong to neither layout's days: whoever changes has uploaded already.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil

from cloudcost.catalog.aws.storage_classes import storage_classes
from cloudcost.domain.project import Project
from cloudcost.errors import CatalogError
from cloudcost.frozen import dataclass
from cloudcost.money import exact_sum
from cloudcost.options.model import OptionModel
from cloudcost.results.layouts import Aspect, Layout, PricedLayout
from cloudcost.usage.calendar import kept_window, project_window
from cloudcost.usage.s3.relayout import relayout_usage, written


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidOut:
    """A layout that can be done, and its option's model."""

    layout: Layout
    model: OptionModel
    total_usd: Decimal


def days_kept(project: Project) -> int:
    """Return for how long the data set is kept, begun days whole. [days]"""
    return ceil((project_window(project).seconds + kept_window(project).seconds) / 86_400)


def priced(found: LaidOut, present: LaidOut) -> PricedLayout:
    """Return what a layout saves against the present one, what the change costs and when it has paid."""
    changed = found.layout.differs(present.layout)
    change = _change_usd(found, present) if changed else Decimal(0)
    saves = exact_sum([present.total_usd, -found.total_usd])
    model = found.model
    return PricedLayout(
        layout=found.layout,
        changed=changed,
        total_usd=found.total_usd,
        saves_usd=saves,
        change_usd=change,
        paid_after_days=None if change is None else _paid_after(found, present, change),
        calendar_hours=model.calendar_hours(_counts(model)),
        conditions=tuple(_conditions(found, present, changed)),
    )


def _counts(model: OptionModel) -> list[int]:
    return [training.runs.expected for training in model.project.trainings]


def _change_usd(found: LaidOut, present: LaidOut) -> Decimal | None:
    """Return what moving the data set to a layout costs, on top of its own bill; None without a price. [USD]"""
    model = found.model
    rows = relayout_usage(present.model.project, model.project)
    if not rows:
        return Decimal(0)
    try:
        with_change = model.bill.of([*model.usages, *rows]).total_usd(_counts(model))
    except CatalogError:
        return None
    return exact_sum([with_change, -found.total_usd])


def _paid_after(found: LaidOut, present: LaidOut, change: Decimal) -> int | None:
    """Return the days after which what is saved a day has paid for the change; None where nothing is. [days]"""
    project = found.model.project
    saved = Fraction(_without_uploads(present)) - Fraction(_without_uploads(found))
    if saved <= 0:
        return None
    return ceil(Fraction(change) * days_kept(project) / saved)


def _without_uploads(found: LaidOut) -> Decimal:
    model = found.model
    uploads = written(model.project)
    return model.bill.of([each for each in model.usages if each not in uploads]).total_usd(_counts(model))


def _conditions(found: LaidOut, present: LaidOut, changed: tuple[Aspect, ...]) -> list[str]:
    """Return what a layout takes."""
    had_versions = any(not each.is_current for each in present.model.project.dataset.objects)
    layout, said = found.layout, list[str]()
    if "objects" in changed and layout.objects is not None:
        copies = layout.reading == "copy"
        said.append("copied and unpacked" if copies else "the loader reads archives in order, each epoch anew")
    if "reading" in changed and layout.reading == "copy":
        said.append("the machine's disk holds the data set")
    named = [layout.storage_class] if "storage_class" in changed else []
    if "lifecycle" in changed:
        named += [rule.storage_class for rule in layout.lifecycle if rule.storage_class]
    said += [storage_classes()[each].condition for each in named if storage_classes()[each].condition]
    if "location" in changed and layout.location == "local":
        said.append("one's own disk holds the data set")
    versions = any(not each.is_current for each in found.model.project.dataset.objects)
    if had_versions and not versions:
        said.append("what was there is deleted, earlier versions too")
    return list(dict.fromkeys(said))

"""The layouts of a data set: for a terminal, for Markdown, and as JSON has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from cloudcost.figures import counted
from cloudcost.money import decimal_string, format_usd, known_decimal
from cloudcost.render.tables.columns import wrap
from cloudcost.render.tables.writer import bullet, escaped, markdown_table, right_aligned, table_rows

if TYPE_CHECKING:
    from cloudcost.domain.lifecycle import LifecycleRule
    from cloudcost.results.layouts import Aspect, Layout, Layouts, PricedLayout

_ASPECTS = {
    "location": "another place",
    "region": "another region",
    "objects": "other objects",
    "reading": "another way of reading",
    "storage_class": "another storage class",
    "lifecycle": "other lifecycle rules",
}
_PLACES = {
    "s3": "in S3",
    "local": "on one's own disk",
    "gcs": "in Google Cloud Storage",
    "azure": "in Azure Blob Storage",
}
LAYOUT_HEADS = ("USD", "saves", "change costs", "paid after")
_COLUMNS = (11, 11, 14, 13)


def layout_words(layout: Layout, aspects: tuple[Aspect, ...]) -> str:
    """Return some aspects of a layout in words.

    Examples
    --------
    >>> from cloudcost.results.layouts import Layout
    >>> one = Layout(location="s3", region="us-east-1", objects=2**27, reading="stream", storage_class="STANDARD")
    >>> layout_words(one, ("location", "region", "objects", "reading"))
    'in S3, in us-east-1, archives of 128 MiB, read in each epoch'
    """
    return ", ".join(_aspect_words(layout, each) for each in aspects)


def _aspect_words(layout: Layout, aspect: Aspect) -> str:
    match aspect:
        case "location":
            return _PLACES.get(layout.location, f"in {layout.location}")
        case "region":
            return f"in {layout.region}"
        case "objects":
            return "an object for each image" if layout.objects is None else f"archives of {_binary(layout.objects)}"
        case "reading":
            return "copied by each run at its start" if layout.reading == "copy" else "read in each epoch"
        case "storage_class":
            return layout.storage_class
        case "lifecycle":
            return " and ".join(map(_rule_words, layout.lifecycle)) or "no lifecycle rules"
        case _:
            assert_never(aspect)


def _binary(size: int) -> str:
    for scale, name in ((2**30, "GiB"), (2**20, "MiB")):
        if size % scale == 0:
            return f"{size // scale:,} {name}"
    return f"{size:,} bytes"


def _rule_words(rule: LifecycleRule) -> str:
    said: list[str] = []
    if rule.storage_class is not None:
        ages = [] if rule.after_days is None else [counted(rule.after_days, "day")]
        if rule.noncurrent_after_days is not None:
            ages.append(f"{counted(rule.noncurrent_after_days, 'day')} as an old version")
        said.append(f"moved to {rule.storage_class} after {' and '.join(ages)}")
    if rule.expire_after_days is not None:
        said.append(f"deleted after {counted(rule.expire_after_days, 'day')}")
    if rule.noncurrent_expire_after_days is not None:
        said.append(f"old versions deleted after {counted(rule.noncurrent_expire_after_days, 'day')}")
    if rule.abort_incomplete_after_days is not None:
        said.append(f"incomplete uploads aborted after {counted(rule.abort_incomplete_after_days, 'day')}")
    return ", ".join(said)


def layouts_text(layouts: Layouts, *, width: int) -> str:
    """Return the layouts for a terminal: as it is, the best change of each aspect, and the best of all."""
    from cloudcost.results.layouts import ASPECTS

    present = layouts.present
    rows = wrap(f"the layout of the data set, for {layouts.option}", width)
    name_width = width - sum(_COLUMNS)
    rows += table_rows("", right_aligned(LAYOUT_HEADS, _COLUMNS), name_width, width)
    rows.append("-" * width)
    rows += table_rows("as it is", right_aligned(_cells(present, layouts.days), _COLUMNS), name_width, width)
    for each in _rows(layouts):
        words = layout_words(each.layout, each.changed)
        rows += table_rows(words, right_aligned(_cells(each, layouts.days), _COLUMNS), name_width, width)
    said = [f"as it is: {layout_words(present.layout, ASPECTS)}", *layouts_said(layouts)]
    return "\n".join(row.rstrip() for row in [*rows, *(row for each in said for row in bullet(each, width))]) + "\n"


def layout_rows(layouts: Layouts) -> list[list[str]]:
    """Return a row for the layout as it is, for each single change that saves anything, and for the best of all."""
    from cloudcost.results.layouts import ASPECTS

    present = layouts.present
    rows = [[layout_words(present.layout, ASPECTS) + " (as it is)", *_cells(present, layouts.days)]]
    return rows + [[layout_words(each.layout, each.changed), *_cells(each, layouts.days)] for each in _rows(layouts)]


def layouts_markdown(layouts: Layouts) -> str:
    """Return the layouts as a section of Markdown."""
    rows = [f"## The layout of the data set, for {escaped(layouts.option)}", ""]
    heads = ["layout", *LAYOUT_HEADS]
    rows.append(markdown_table(heads, layout_rows(layouts), right={1, 2, 3, 4}, cell=escaped).rstrip("\n"))
    return "\n".join([*rows, "", *(f"- {escaped(each)}" for each in layouts_said(layouts))]) + "\n"


def _rows(layouts: Layouts) -> list[PricedLayout]:
    """Return the single changes that save anything, then the best of all where it is more than one of them."""
    singles = [each for each in layouts.singles if each.saves_usd > 0]
    best = layouts.best
    return [*singles, best] if len(best.changed) > 1 else singles


def _paid(each: PricedLayout, kept: int) -> str:
    """Return after how many days a change has paid; never, where the data set is gone by then."""
    days = each.paid_after_days
    if each.change_usd is None:
        return "?"
    if days is None or days > kept:
        return "never"
    return "at once" if days == 0 else counted(days, "day")


def _cells(each: PricedLayout, kept: int) -> list[str]:
    """Return the figures of a row of a data set that is kept for so many days."""
    if not each.changed:
        return [format_usd(each.total_usd), "", "", ""]
    change = "?" if each.change_usd is None else format_usd(each.change_usd)
    return [format_usd(each.total_usd), format_usd(each.saves_usd), change, _paid(each, kept)]


def layouts_said(layouts: Layouts) -> list[str]:
    """Return, one sentence each, what the figures mean and what they do not show."""
    said: list[str] = []
    idle = [_ASPECTS[each.changed[0]] for each in layouts.singles if each.saves_usd <= 0]
    if not layouts.best.changed:
        said.append("no other layout costs less")
    elif idle:
        said.append(f"alone, these save nothing: {', '.join(idle)}")
    conditions = dict.fromkeys(each for row in _rows(layouts) for each in row.conditions)
    said += [f"it takes: {'; '.join(conditions)}"] if conditions else []
    late = any(each.paid_after_days is not None and each.paid_after_days > layouts.days for each in _rows(layouts))
    if layouts.best.changed:
        end = f"; never: not in the {counted(layouts.days, 'day')} that the data set is kept" if late else ""
        said.append(
            "saves: against the data set as it is, laid out so from the start; change costs: moving what already lies "
            f"there; paid after: so many days of what is then saved a day{end}"
        )
    if layouts.overtaken_by is not None:
        name, other = layouts.overtaken_by
        words = layout_words(other.layout, other.changed)
        said.append(f"{name} would cost less still, {format_usd(other.total_usd)} USD, with the data set {words}")
    said.append(_counted(layouts))
    return said


def _counted(layouts: Layouts) -> str:
    left = [
        (layouts.infeasible, "cannot be done"),
        (layouts.unpriced, "have no price"),
        (layouts.not_needed, "cannot cost less, by the machines alone"),
    ]
    told = ", ".join(f"{count:,} {what}" for count, what in left if count)
    return f"{counted(layouts.considered, 'layout')} considered" + (f", of which {told}" if told else "")


def layouts_record(layouts: Layouts) -> dict[str, object]:
    """Return the layouts as JSON has them."""
    other = layouts.overtaken_by
    return {
        "option": layouts.option,
        "days": layouts.days,
        "considered": layouts.considered,
        "infeasible": layouts.infeasible,
        "unpriced": layouts.unpriced,
        "not_needed": layouts.not_needed,
        "present": _record(layouts.present),
        "singles": [_record(each) for each in layouts.singles],
        "best": _record(layouts.best),
        "overtaken_by": None if other is None else {"option": other[0], **_record(other[1])},
    }


def _record(each: PricedLayout) -> dict[str, object]:
    layout = each.layout
    return {
        "location": layout.location,
        "region": layout.region,
        "reader": layout.reader,
        "shard_size_bytes": layout.objects,
        "storage_class": layout.storage_class,
        "lifecycle": [_rule_record(rule) for rule in layout.lifecycle],
        "changed": list(each.changed),
        "total_usd": decimal_string(each.total_usd),
        "saves_usd": decimal_string(each.saves_usd),
        "change_usd": known_decimal(each.change_usd),
        "paid_after_days": each.paid_after_days,
        "calendar_hours": each.calendar_hours,
        "conditions": list(each.conditions),
    }


def _rule_record(rule: LifecycleRule) -> dict[str, object]:
    return {
        "storage_class": rule.storage_class,
        "after_days": rule.after_days,
        "noncurrent_after_days": rule.noncurrent_after_days,
        "expire_after_days": rule.expire_after_days,
        "noncurrent_expire_after_days": rule.noncurrent_expire_after_days,
        "abort_incomplete_after_days": rule.abort_incomplete_after_days,
        "keep_newest": rule.keep_newest,
        "min_object_bytes": rule.min_object_bytes,
    }

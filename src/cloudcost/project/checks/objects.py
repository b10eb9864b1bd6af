"""What the keys of `[[dataset.objects]]` say together: classes of objects that a bucket can hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeGuard

from cloudcost.figures import counted
from cloudcost.project.fault import Fault, Place, Raw, missing, shown
from cloudcost.units import MAX_BYTES, parse_size


def objects_faults(dataset: Raw) -> Iterator[Fault]:
    """Yield the faults of the classes of objects.

    Parameters
    ----------
    dataset : mapping
        The table as TOML has it; a value of the wrong type is left to the models.
    """
    given = dataset.get("objects")
    tables = [each for each in given if isinstance(each, Mapping)] if isinstance(given, list) else []
    for index, table in enumerate(tables):
        yield from _one_class(("dataset", "objects", index), table)
    current = [table for table in tables if "noncurrent_days" not in table]
    if tables and not current:
        yield Fault(
            place=("dataset", "objects"), what="noncurrent versions alone", value=counted(len(tables), "table"),
            remedy="add the objects that runs read, without noncurrent_days",
        )  # fmt: skip
    elif tables and not sum(_bytes(table) for table in current):
        yield Fault(
            place=("dataset", "objects"), what="current objects of no size together", value="0 bytes",
            remedy="give the size of the objects that runs read",
        )  # fmt: skip
    total = sum(_bytes(table) for table in tables)
    if total > MAX_BYTES:
        yield Fault(
            place=("dataset", "objects"), what="over 1 EiB together", value=f"{total:,} bytes",
            remedy="give smaller sizes",
        )  # fmt: skip


def _one_class(place: Place, table: Raw) -> Iterator[Fault]:
    age, noncurrent = table.get("age_days"), table.get("noncurrent_days")
    if noncurrent is not None and age is None:
        yield missing((*place, "age_days"), "the age of the versions when the project begins, age_days = 40")
    if "newer_versions" in table and noncurrent is None:
        yield missing((*place, "noncurrent_days"), "since when they are noncurrent, noncurrent_days = 10")
    if _is_count(age) and _is_count(noncurrent) and noncurrent > age:
        yield Fault(
            place=(*place, "noncurrent_days"), what=f"more than age_days = {shown(age)}", value=shown(noncurrent),
            remedy=f"write a number from 0 to {shown(age)}",
        )  # fmt: skip


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _bytes(table: Raw) -> int:
    """Return the size of a class; one byte where it is faulty, which is told elsewhere."""
    size = table.get("size")
    try:
        return max(size, 0) if _is_count(size) else parse_size(size) if isinstance(size, str) else 1
    except ValueError:
        return 1

"""What the keys of lifecycle rules say together: each does something that S3 would take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cloudcost.catalog.aws.storage_classes import STANDARD, later_classes, storage_classes
from cloudcost.project.fault import Fault, Place, Raw, missing, shown

_MOVES = ("after_days", "noncurrent_after_days")
_EXPIRES = ("expire_after_days", "noncurrent_expire_after_days")


def lifecycle_faults(dataset: Raw) -> Iterator[Fault]:
    """Yield the faults of the data set's rules.

    Parameters
    ----------
    dataset : mapping
        The table as TOML has it; a value of the wrong type is left to the models.
    """
    given = dataset.get("lifecycle", [])
    rules = [given] if isinstance(given, Mapping) else given if isinstance(given, list) else []
    tables = [(("dataset", "lifecycle", index), rule) for index, rule in enumerate(rules) if isinstance(rule, Mapping)]
    for place, rule in tables:
        yield from _one_rule(place, rule)
    for key in _MOVES:
        yield from _in_turn(key, [(place, rule) for place, rule in tables if key in rule], dataset)
    yield from _archive_days(dataset)


def _one_rule(place: Place, rule: Raw) -> Iterator[Fault]:
    moves, expires = [key for key in _MOVES if key in rule], [key for key in _EXPIRES if key in rule]
    if "to" in rule and not moves:
        yield missing((*place, "after_days"), "the age at which objects move, after_days = 30")
    if moves and "to" not in rule:
        yield missing((*place, "to"), 'the class that objects move to, to = "GLACIER"')
    if "abort_incomplete_after_days" in rule and "min_object_size" in rule:
        yield Fault(
            place=(*place, "abort_incomplete_after_days"), what="not together with min_object_size",
            value=shown(rule["abort_incomplete_after_days"]), remedy="write a rule of its own for incomplete uploads",
        )  # fmt: skip
    if "to" not in rule and not moves and not expires and "abort_incomplete_after_days" not in rule:
        yield missing((*place, "to"), 'what the rule does: to = "GLACIER" with after_days = 30, or expire_after_days')
    if "keep_newest" in rule and not any(key.startswith("noncurrent") for key in (*moves, *expires)):
        yield missing(
            (*place, "noncurrent_expire_after_days"), "when noncurrent versions but the newest are deleted, in days"
        )
    for moved, expired in zip(_MOVES, _EXPIRES, strict=True):
        first, last = _days(rule, moved), _days(rule, expired)
        if first is not None and last is not None and last <= first:
            yield Fault(
                place=(*place, expired), what=f"not later than {moved} of the same rule", value=shown(last),
                remedy=f"write more than {first}",
            )  # fmt: skip


def _in_turn(key: str, tables: list[tuple[Place, Raw]], dataset: Raw) -> Iterator[Fault]:
    """Yield the faults of moves one after the other: later each time, and into a colder class."""
    held, day = dataset.get("storage_class", STANDARD), -1
    order = (STANDARD, *later_classes())
    for place, rule in tables:
        target, after = rule.get("to"), _days(rule, key)
        if after is not None:
            if after <= day:
                yield Fault(
                    place=(*place, key), what="not later than the rule before it", value=shown(after),
                    remedy=f"write more than {day}",
                )  # fmt: skip
            elif target in later_classes() and 0 <= after < (earliest := storage_classes()[target].earliest_days):
                yield Fault(
                    place=(*place, key), what=f"S3 moves nothing to {target} before {earliest} days",
                    value=shown(after), remedy=f"write {earliest} or more",
                )  # fmt: skip
            day = max(day, after)
        if held in order and target in order:
            if order.index(str(target)) <= order.index(str(held)):
                yield Fault(
                    place=(*place, "to"), what=f"objects cannot move there from {held}", value=shown(target),
                    remedy="remove the rule" if held == order[-1] else "name a colder class",
                )  # fmt: skip
            held = target


def _archive_days(dataset: Raw) -> Iterator[Fault]:
    first, last = _days(dataset, "archive_access_days"), _days(dataset, "deep_archive_access_days")
    if first is not None and last is not None and last <= first:
        yield Fault(
            place=("dataset", "deep_archive_access_days"), what="not later than archive_access_days",
            value=shown(last), remedy=f"write more than {first}",
        )  # fmt: skip


def _days(table: Raw, key: str) -> int | None:
    value = table.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None

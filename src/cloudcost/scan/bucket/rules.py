"""A bucket's lifecycle configuration as rules of a project file, as far as they hold for all that is scanned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cloudcost.catalog.aws.storage_classes import later_classes
from cloudcost.domain.lifecycle import LifecycleRule

Raw = Mapping[str, Any]


def rules_of(configuration: Raw, prefix: str) -> tuple[tuple[LifecycleRule, ...], tuple[str, ...]]:
    """Return the rules, and a sentence for each thing that no rule of a project file can say.

    Parameters
    ----------
    configuration : mapping
        As GetBucketLifecycleConfiguration answers.
    prefix : str
        Of what is scanned.

    Examples
    --------
    >>> rule = {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": "img/"}, "Expiration": {"Days": 9}}
    >>> rules_of({"Rules": [rule]}, "img/2026/")[0][0].expire_after_days
    9
    >>> rules_of({"Rules": [rule]}, "")[1]
    ("rule 'a' is left out: it holds for keys that begin with 'img/' alone",)
    """
    rules: list[LifecycleRule] = []
    notes: list[str] = []
    for raw in configuration.get("Rules", ()):
        if raw.get("Status") != "Enabled":
            continue
        name = repr(raw.get("ID", ""))
        condition, least = _filter(raw, prefix)
        if condition is None:
            continue
        if condition:
            notes.append(f"rule {name} is left out: {condition}")
            continue
        notes += [f"of rule {name} is left out: {what}" for what in _unsaid(raw)]
        rules += _actions(raw, least)
    if configuration.get("TransitionDefaultMinimumObjectSize") == "varies_by_storage_class" and _moves_all(rules):
        notes.append(
            "the bucket moves objects of any size to archive classes (varies_by_storage_class): min_object_size"
        )
    return tuple(sorted(rules, key=_order)), tuple(notes)


def _filter(raw: Raw, prefix: str) -> tuple[str | None, int | None]:
    """Return why a rule does not hold for all, empty where it does, None where for nothing; and its least size."""
    given = raw.get("Filter", {})
    parts: Raw = {**given, **given.get("And", {})}
    own = str(parts.get("Prefix", raw.get("Prefix", "")) or "")
    if "Tag" in parts or parts.get("Tags"):
        return "it holds for objects with tags, which a listing does not show", None
    if not prefix.startswith(own):
        return (f"it holds for keys that begin with {own!r} alone" if own.startswith(prefix) else None), None
    if "ObjectSizeLessThan" in parts:
        return f"it holds for objects under {parts['ObjectSizeLessThan']} bytes alone", None
    least = parts.get("ObjectSizeGreaterThan")
    return "", None if least is None else max(int(least), 1)  # a project file has no size of nothing


def _actions(raw: Raw, least: int | None) -> Iterator[LifecycleRule]:
    for move in raw.get("Transitions", ()):
        if move.get("StorageClass") in later_classes() and "Date" not in move:
            days = int(move.get("Days", 0))
            yield LifecycleRule(storage_class=move["StorageClass"], after_days=days, min_object_bytes=least)
    for move in raw.get("NoncurrentVersionTransitions", ()):
        if move.get("StorageClass") in later_classes():
            yield LifecycleRule(
                storage_class=move["StorageClass"], noncurrent_after_days=int(move.get("NoncurrentDays", 0)),
                keep_newest=int(move.get("NewerNoncurrentVersions", 0)), min_object_bytes=least,
            )  # fmt: skip
    expiration = raw.get("Expiration", {})
    if "Days" in expiration:
        yield LifecycleRule(expire_after_days=int(expiration["Days"]), min_object_bytes=least)
    old = raw.get("NoncurrentVersionExpiration", {})
    if "NoncurrentDays" in old:
        yield LifecycleRule(
            noncurrent_expire_after_days=int(old["NoncurrentDays"]),
            keep_newest=int(old.get("NewerNoncurrentVersions", 0)), min_object_bytes=least,
        )  # fmt: skip
    abort = raw.get("AbortIncompleteMultipartUpload", {})
    if "DaysAfterInitiation" in abort:
        yield LifecycleRule(abort_incomplete_after_days=int(abort["DaysAfterInitiation"]))


def _unsaid(raw: Raw) -> Iterator[str]:
    if any("Date" in move for move in raw.get("Transitions", ())) or "Date" in raw.get("Expiration", {}):
        yield "what it does on a date"
    moves = [*raw.get("Transitions", ()), *raw.get("NoncurrentVersionTransitions", ())]
    for name in sorted({str(move.get("StorageClass")) for move in moves} - set(later_classes())):
        yield f"a move to {name}"


def _moves_all(rules: Sequence[LifecycleRule]) -> bool:
    return any(rule.storage_class in ("GLACIER", "DEEP_ARCHIVE") and not rule.min_object_bytes for rule in rules)


def _order(rule: LifecycleRule) -> tuple[int, int, int]:
    """Put moves in order of time, and of coldness, as a project file has them."""
    rank = later_classes().index(rule.storage_class) if rule.storage_class else 99
    return rank, rule.after_days or 0, rule.noncurrent_after_days or 0

"""What lifecycle rules do to a version of the data set, and when: move it, let it expire.

S3 looks at its rules once a day. The day on which a rule acts is the object's age in whole days, rounded up to the next
midnight UTC; what is of that age at midnight is acted upon then [1]_. Billing changes at that moment whenever the move
itself is done; into Intelligent-Tiering it changes with the move, which is taken to be done at once. A rule for current
versions does nothing to noncurrent ones and the reverse. Where several rules act at one moment, deleting comes before
moving, and of two moves the one into the colder class holds [2]_.

References
----------
.. [1] AWS, "Lifecycle configuration elements": an object of 2014-01-15 10:30 UTC and 3 days make 2014-01-19 00:00 UTC.
.. [2] AWS, "Examples of S3 Lifecycle configurations", conflicting actions. Read 2026-11-28.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from cloudcost.catalog.aws.access_tiers import access_tiers
from cloudcost.catalog.aws.lifecycle import default_smallest_bytes
from cloudcost.catalog.aws.storage_classes import storage_classes
from cloudcost.domain.lifecycle import LifecycleRule
from cloudcost.domain.objects import ObjectClass
from cloudcost.domain.project import Dataset
from cloudcost.figures import counted
from cloudcost.frozen import dataclass
from cloudcost.usage.s3.parts import parts_of

_DAY = timedelta(days=1)


def midnight(moment: datetime) -> datetime:
    """Return the next midnight UTC; a moment at midnight is its own.

    Examples
    --------
    >>> midnight(datetime(2014, 1, 18, 10, 30)), midnight(datetime(2014, 1, 18))
    (datetime.datetime(2014, 1, 19, 0, 0), datetime.datetime(2014, 1, 18, 0, 0))
    """
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return day if day == moment else day + _DAY


def rules_that_hold(lifecycle: tuple[LifecycleRule, ...], part: ObjectClass, day: date) -> tuple[LifecycleRule, ...]:
    """Return the rules as they hold for objects that are taken to be of one size.

    Parameters
    ----------
    lifecycle : tuple of LifecycleRule
    part : ObjectClass
    day : date
        On which the rules were written: S3 moves no small objects by default, and which it does has changed.

    Returns
    -------
    tuple of LifecycleRule
        Without the rules whose size filter leaves the objects out, and without the moves that the default prevents; a
        filter of a rule's own stands above the default.
    """
    objects, size = part.count, part.size_bytes
    holding: list[LifecycleRule] = []
    for rule in lifecycle:
        if rule.min_object_bytes is not None:
            if size > rule.min_object_bytes * objects:
                holding.append(rule)
        elif rule.storage_class is not None and size < default_smallest_bytes(rule.storage_class, day) * objects:
            holding.append(replace(rule, storage_class=None))
        else:
            holding.append(rule)
    return tuple(holding)


@dataclass(frozen=True, slots=True)
class Version:
    """One upload of the data set as one version of its objects.

    Parameters
    ----------
    created : datetime
    current_until : datetime
        When a further upload replaces it, it expires, or the bucket is emptied.
    noncurrent : bool
        Whether it stays as a noncurrent version from then on.
    gone : datetime
        When it is deleted for good.
    moves : tuple of (datetime, str)
        When a rule moves it, and to which class, in order of time.
    """

    created: datetime
    current_until: datetime
    noncurrent: bool
    gone: datetime
    moves: tuple[tuple[datetime, str], ...]


def versions(
    uploaded: list[datetime],
    until: datetime,
    rules: tuple[LifecycleRule, ...],
    storage_class: str,
    *,
    kept: bool,
    since: datetime,
) -> list[Version]:
    """Return every upload's version.

    Parameters
    ----------
    uploaded : list of datetime
        When each upload is done, in order of time.
    until : datetime
        When everything that is left is deleted.
    rules : tuple of LifecycleRule
        As `rules_that_hold` has them.
    storage_class : str
        That objects are uploaded to.
    kept : bool
        Whether the bucket keeps earlier versions.
    since : datetime
        A midnight before which no rule acts: what is old enough by then is acted upon at that moment.
    """
    replaced = [*uploaded[1:], until]
    expired = [_earliest((_due(each, rule.expire_after_days, since) for rule in rules), until) for each in uploaded]
    ended = [min(both) for both in zip(replaced, expired, strict=True)]
    made: list[Version] = []
    for number, created in enumerate(uploaded):
        end = ended[number]
        stays = kept and end < until
        gone = _expiry(rules, ended, number, until, since) if stays else end
        moves = list(_current_moves(rules, created, replaced[number], expired[number], gone, since))
        if stays:
            moves += _noncurrent_moves(rules, ended, number, until, gone, since)
        made.append(Version(created, end, stays, gone, _in_order(moves, storage_class)))
    return made


def _expiry(
    rules: tuple[LifecycleRule, ...], ended: list[datetime], number: int, until: datetime, since: datetime
) -> datetime:
    """Return when a noncurrent version is deleted."""
    dues = (_noncurrent_due(rule, rule.noncurrent_expire_after_days, ended, number, until, since) for rule in rules)
    return _earliest(dues, until)


def _earliest(moments: Iterable[datetime | None], until: datetime) -> datetime:
    return min((moment for moment in moments if moment is not None and moment < until), default=until)


def _due(made: datetime, days: int | None, since: datetime) -> datetime | None:
    """Return when a rule acts on what is so many days old; None without such a rule."""
    return None if days is None else max(midnight(made + days * _DAY), since)


def _noncurrent_due(
    rule: LifecycleRule, days: int | None, ended: list[datetime], number: int, until: datetime, since: datetime
) -> datetime | None:
    """Return when a rule acts on a noncurrent version: old enough, and with enough newer noncurrent ones."""
    due = _due(ended[number], days, since)
    if due is None or not rule.keep_newest:
        return due
    newest = number + rule.keep_newest
    if newest >= len(ended) or ended[newest] >= until:
        return None
    return max(due, midnight(ended[newest]))


def _current_moves(
    rules: tuple[LifecycleRule, ...],
    created: datetime,
    replaced: datetime,
    expired: datetime,
    gone: datetime,
    since: datetime,
) -> Iterator[tuple[datetime, str]]:
    for rule in rules:
        moved = _due(created, rule.after_days, since)
        if rule.storage_class and moved and moved < replaced and moved <= expired and moved < gone:
            yield moved, rule.storage_class


def _noncurrent_moves(
    rules: tuple[LifecycleRule, ...],
    ended: list[datetime],
    number: int,
    until: datetime,
    gone: datetime,
    since: datetime,
) -> Iterator[tuple[datetime, str]]:
    for rule in rules:
        moved = _noncurrent_due(rule, rule.noncurrent_after_days, ended, number, until, since)
        if rule.storage_class and moved and moved < gone:
            yield moved, rule.storage_class


def _in_order(moves: list[tuple[datetime, str]], storage_class: str) -> tuple[tuple[datetime, str], ...]:
    """Return the moves that are done: each into a colder class than the last, of several at once the coldest."""
    classes, done = storage_classes(), dict[datetime, str]()
    rank = classes[storage_class].rank
    for moved, target in sorted(moves, key=lambda move: (move[0], classes[move[1]].rank or 0)):
        colder = classes[target].rank
        if rank is not None and colder is not None and colder > rank:
            done[moved], rank = target, colder
    return tuple(done.items())


def lifecycle_assumptions(dataset: Dataset, day: date, read_until: datetime) -> list[str]:
    """Return, one sentence each, what the rules and tiers were taken to do.

    Parameters
    ----------
    dataset : Dataset
    day : date
        On which the rules were written.
    read_until : datetime
        When the bucket is read for the last time.
    """
    parts = parts_of(dataset)
    said = _too_small(dataset, parts, day)
    has_versions = dataset.versioning or any(not part.is_current for part in parts)
    if not has_versions and any(_of_noncurrent(rule) for rule in dataset.lifecycle):
        said.append("rules for noncurrent versions do nothing: the bucket keeps no versions (versioning)")
    tiered: set[str] = set()
    for part in parts:
        held = rules_that_hold(dataset.lifecycle, part, day)
        for name in {part.storage_class or "", *(rule.storage_class for rule in held if rule.storage_class)}:
            if part.size_bytes >= storage_classes()[name].monitored_bytes * part.count:
                tiered.add(name)
    for name in sorted(tiered):
        tiers = [f"{tier.unread_days}" for tier in access_tiers(name) if not tier.opt_in]
        if tiers:
            said.append(
                f"{name} moves what is not read to cheaper tiers after {' and '.join(tiers)} days: the data set is "
                f"taken to be read until {read_until:%Y-%m-%d}"
            )
    if any(part.age_days is not None for part in parts):
        said.append(
            "objects that lie there when the project begins are billed from then on; they are taken to have come into "
            "their class when they were made"
        )
    return said


def _too_small(dataset: Dataset, parts: tuple[ObjectClass, ...], day: date) -> list[str]:
    """Return which objects a rule would move, were they not too small."""
    moving = sum(1 for rule in dataset.lifecycle if rule.storage_class)
    left = [
        part
        for part in parts
        if sum(1 for rule in rules_that_hold(dataset.lifecycle, part, day) if rule.storage_class) < moving
    ]
    if not left:
        return []
    count, size = sum(part.count for part in left), sum(part.size_bytes for part in left)
    each = f"{-(-size // max(count, 1)):,} bytes"
    what = f"objects of {each}" if len(left) == len(parts) else f"{counted(count, 'object')} of {each} on average"
    return [
        f"{what} are too small for a lifecycle rule to move them; "
        "S3 moves none under 128 KiB unless a rule names a size (min_object_size)"
    ]


def _of_noncurrent(rule: LifecycleRule) -> bool:
    return rule.noncurrent_after_days is not None or rule.noncurrent_expire_after_days is not None

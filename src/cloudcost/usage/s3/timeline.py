"""Which version of the data set lies where, and from when to when: from the first upload to the last deletion.

Uploads are spread evenly over the project, the first at its start. With versioning a further one makes the version
before it noncurrent; without, it takes its place. What lifecycle rules do to either is said in `lifecycle`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache

from cloudcost.catalog.aws.access_tiers import access_tiers
from cloudcost.catalog.aws.restores import restores
from cloudcost.catalog.aws.storage_classes import storage_classes
from cloudcost.domain.lifecycle import LifecycleRule
from cloudcost.domain.project import Dataset, Project, RestoreTier
from cloudcost.frozen import dataclass
from cloudcost.usage.calendar import Window, window_of
from cloudcost.usage.s3.lifecycle import Version, rules_that_hold, versions


@dataclass(frozen=True, slots=True)
class Stay:
    """One version of the data set in one class.

    Parameters
    ----------
    storage_class : str
    window : Window
        From when to when; of no length where a rule moves it at once.
    moved : bool
        Whether a lifecycle rule brought it there.
    current_until : datetime or None
        Until when runs read this version; None for whoever asks for the readings alone.
    """

    storage_class: str
    window: Window
    moved: bool = False
    current_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Bucket:
    """What of a data set and a project says when which version lies where; its size does so by the rules that hold.

    Parameters
    ----------
    storage_class : str
        That objects are uploaded to.
    rules : tuple of LifecycleRule
        As `rules_that_hold` has them.
    uploads : int
        [count]
    versioning : bool
    start, end : datetime
        Of the project.
    """

    storage_class: str
    rules: tuple[LifecycleRule, ...]
    uploads: int
    versioning: bool
    start: datetime
    end: datetime

    def upload_time(self, number: int) -> datetime:
        """Return when an upload is done, to the second."""
        return self.start + timedelta(seconds=Window(self.start, self.end).seconds * number // self.uploads)


def bucket_of(project: Project) -> Bucket:
    """Return the project's bucket as the timeline needs it."""
    dataset = project.dataset
    rules = _rules(dataset, project.start) if dataset.lifecycle else ()
    return _bucket(
        dataset.storage_class, rules, dataset.uploads, dataset.versioning, project.start, project.duration_seconds
    )


@lru_cache(maxsize=1024)
def _rules(dataset: Dataset, start: date) -> tuple[LifecycleRule, ...]:
    return rules_that_hold(dataset, start)


@lru_cache(maxsize=1024)
def _bucket(
    storage_class: str,
    rules: tuple[LifecycleRule, ...],
    uploads: int,
    versioning: bool,
    start: date,
    duration_seconds: int,
) -> Bucket:
    window = window_of(start, duration_seconds)
    return Bucket(storage_class, rules, uploads, versioning, window.start, window.end)


@lru_cache(maxsize=1024)
def versions_of(bucket: Bucket, until: datetime) -> tuple[Version, ...]:
    """Return every upload as a version, until all is deleted."""
    uploaded = [bucket.upload_time(number) for number in range(bucket.uploads)]
    return tuple(versions(uploaded, until, bucket.rules, bucket.storage_class, kept=bucket.versioning))


@lru_cache(maxsize=1024)
def stays(bucket: Bucket, until: datetime) -> tuple[Stay, ...]:
    """Return every stay of every version in every class, until all is deleted."""
    return tuple(stay for version in versions_of(bucket, until) for stay in _stays(version, bucket.storage_class))


def _stays(version: Version, storage_class: str) -> list[Stay]:
    """Return the stays of one version, as rules move it."""
    made: list[Stay] = []
    current, since, moved = storage_class, version.created, False
    for moment, target in version.moves:
        made.append(Stay(current, Window(since, moment), moved, version.current_until))
        current, since, moved = target, moment, True
    made.append(Stay(current, Window(since, version.gone), moved, version.current_until))
    return made


def read_stays(project: Project) -> tuple[Stay, ...]:
    """Return the classes that the current version lies in while the project lasts, with when: what runs read."""
    return _read_stays(bucket_of(project))


@lru_cache(maxsize=1024)
def current_stays(bucket: Bucket) -> tuple[Stay, ...]:
    """Return the stays of each version while it is the current one and the project lasts, in order of time."""
    current: list[Stay] = []
    for stay in stays(bucket, bucket.end):
        end = stay.window.end if stay.current_until is None else min(stay.window.end, stay.current_until)
        if end > stay.window.start:
            current.append(Stay(stay.storage_class, Window(stay.window.start, end)))
    return tuple(current)


@lru_cache(maxsize=1024)
def _read_stays(bucket: Bucket) -> tuple[Stay, ...]:
    read: list[Stay] = []
    for stay in current_stays(bucket):
        begin = stay.window.start
        if read and read[-1].storage_class == stay.storage_class and read[-1].window.end == begin:
            begin = read.pop().window.start
        read.append(Stay(stay.storage_class, Window(begin, stay.window.end)))
    return tuple(read)


def unreadable_because(project: Project) -> str:
    """Return why the data set cannot be read while the project lasts; empty when it can."""
    return _unreadable(bucket_of(project), project.dataset.restore)


@lru_cache(maxsize=1024)
def _unreadable(bucket: Bucket, restore: RestoreTier | None) -> str:
    reached = bucket.start
    for stay in _read_stays(bucket):
        if stay.window.start > reached:
            break
        if not storage_classes()[stay.storage_class].readable:
            if restore is not None:
                if (stay.storage_class, restore) not in restores():
                    return f"{stay.storage_class} has no {restore} restores; write another tier for restore"
                reached = stay.window.end
                continue
            return (
                f"the data set lies in {stay.storage_class} from {stay.window.start.date()} on and cannot be read "
                "without being restored first; keep it in another class while runs last, or write restore"
            )
        reached = stay.window.end
    if reached < bucket.end:
        return (
            f"a lifecycle rule lets the data set expire on {reached.date()}, before the project ends; write a larger "
            "expire_after_days"
        )
    return ""


def tiers_of(
    stay: Stay, read_until: datetime, opted: Mapping[str, int | None], *, monitored: bool
) -> list[tuple[str, Window, int, int]]:
    """Return where within its class a version lies: in lower tiers the longer it is not read.

    Parameters
    ----------
    stay : Stay
    read_until : datetime
        When the bucket is read for the last time.
    opted : mapping
        Days without a reading by the key that activates a tier; None where it is not activated. [days]
    monitored : bool
        Whether its objects are large enough to be moved.

    Returns
    -------
    list of (str, Window, int, int)
        Usage type of the storage, when, and the overheads of each object there at the tier's own and at the Standard
        rate. [bytes]
    """
    rules = storage_classes()[stay.storage_class]
    steps = [(stay.window.start, rules.usage_type, rules.overhead_bytes, rules.standard_overhead_bytes)]
    if monitored:
        unread = max(stay.window.start, min(read_until, stay.current_until or read_until))
        known = [(opted[tier.opt_in] if tier.opt_in else tier.unread_days, tier) for tier in access_tiers(rules.name)]
        for days, tier in sorted(((days, tier) for days, tier in known if days is not None), key=lambda step: step[0]):
            begin = unread + timedelta(days=days)
            steps.append((begin, tier.usage_type, tier.overhead_bytes, tier.standard_overhead_bytes))
    ends = [min(step[0], stay.window.end) for step in steps[1:]] + [stay.window.end]
    return [
        (usage_type, Window(begin, end), overhead, standard)
        for (begin, usage_type, overhead, standard), end in zip(steps, ends, strict=True)
        if begin < end
    ]

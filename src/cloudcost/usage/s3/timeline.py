"""Which version of the data set lies where, and from when to when: from the first upload to the last deletion.

Uploads are spread evenly over the project, the first at its start. With versioning a further one makes the version
before it noncurrent; without, it takes its place. Objects that lie there when the project begins take the place of the
first upload, and rules act on them from then on. What lifecycle rules do to either is said in `lifecycle`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

from cloudcost.catalog.aws.access_tiers import access_tiers
from cloudcost.catalog.aws.restores import restores
from cloudcost.catalog.aws.storage_classes import storage_classes
from cloudcost.domain.lifecycle import LifecycleRule
from cloudcost.domain.objects import ObjectClass
from cloudcost.domain.project import Project, RestoreTier
from cloudcost.figures import counted
from cloudcost.frozen import dataclass
from cloudcost.usage.calendar import Window, project_window
from cloudcost.usage.s3.lifecycle import Version, rules_that_hold, versions
from cloudcost.usage.s3.parts import current_parts


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
    """What of equal objects and a project says when which version lies where; their size does so by the rules.

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
    age_days, noncurrent_days, newer_versions
        As `ObjectClass` has them.
    """

    storage_class: str
    rules: tuple[LifecycleRule, ...]
    uploads: int
    versioning: bool
    start: datetime
    end: datetime
    age_days: int | None = None
    noncurrent_days: int | None = None
    newer_versions: int = 0

    def upload_time(self, number: int) -> datetime:
        """Return when an upload is done, to the second."""
        return self.start + timedelta(seconds=Window(self.start, self.end).seconds * number // self.uploads)


def bucket_of(project: Project, part: ObjectClass) -> Bucket:
    """Return what the timeline needs of the project's bucket and equal objects in it."""
    dataset = project.dataset
    rules = _rules(dataset.lifecycle, part, project.start) if dataset.lifecycle else ()
    window = project_window(project)
    age = part.noncurrent_days if part.age_days is None else part.age_days
    held = (age, part.noncurrent_days, part.newer_versions)
    return _bucket(
        part.storage_class or "", rules, dataset.uploads, dataset.versioning, window.start, window.end, *held
    )


_rules = lru_cache(maxsize=1024)(rules_that_hold)
_bucket = lru_cache(maxsize=1024)(Bucket)
"""One value for equal ones, so that what is remembered of it is found without its hash being made of all rules."""


@lru_cache(maxsize=1024)
def versions_of(bucket: Bucket, until: datetime) -> tuple[Version, ...]:
    """Return every upload as a version, until all is deleted; of noncurrent objects the one that they are."""
    made = [bucket.upload_time(number) for number in range(bucket.uploads)]
    if bucket.age_days is not None:
        made[0] = bucket.start - timedelta(days=bucket.age_days)
    if bucket.noncurrent_days is not None:
        return (_old_version(bucket, made, until),)
    found = versions(made, until, bucket.rules, bucket.storage_class, kept=bucket.versioning, since=bucket.start)
    return tuple(found)


def _old_version(bucket: Bucket, made: list[datetime], until: datetime) -> Version:
    """Return what is noncurrent from before the project on: the first of those that were made one after the other.

    What replaced it is the current version, or newer ones that are noncurrent as well. Where the bucket keeps no more
    versions, nothing that happens later makes another noncurrent one.
    """
    replaced = bucket.start - timedelta(days=bucket.noncurrent_days or 0)
    later = made[1:] if bucket.versioning else []
    rules = bucket.rules
    if not bucket.versioning:
        rules = tuple([replace(rule, expire_after_days=None) for rule in rules])
    chain = [made[0], *[replaced] * (1 + bucket.newer_versions), *later]
    return versions(chain, until, rules, bucket.storage_class, kept=True, since=bucket.start)[0]


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


def read_stays(project: Project, part: ObjectClass) -> tuple[Stay, ...]:
    """Return the classes that the current version of objects lies in while the project lasts: what runs read."""
    return _read_stays(bucket_of(project, part))


@lru_cache(maxsize=1024)
def current_stays(bucket: Bucket) -> tuple[Stay, ...]:
    """Return the stays of each version while it is the current one and the project lasts, in order of time."""
    current: list[Stay] = []
    for stay in stays(bucket, bucket.end):
        end = stay.window.end if stay.current_until is None else min(stay.window.end, stay.current_until)
        begin = max(stay.window.start, bucket.start)
        if end > begin:
            current.append(Stay(stay.storage_class, Window(begin, end)))
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
    parts = current_parts(project.dataset)
    for part in parts:
        what = "the data set" if len(parts) == 1 else f"{counted(part.count, 'object')} of the data set"
        lies = "lies" if len(parts) == 1 or part.count == 1 else "lie"
        said = _unreadable(bucket_of(project, part), project.dataset.restore, what, lies)
        if said:
            return said
    return ""


@lru_cache(maxsize=1024)
def _unreadable(bucket: Bucket, restore: RestoreTier | None, what: str, lies: str) -> str:
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
                f"{what} {lies} in {stay.storage_class} from {stay.window.start.date()} on and cannot be read "
                "without being restored first; keep it in another class while runs last, or write restore"
            )
        reached = stay.window.end
    if reached < bucket.end:
        return (
            f"a lifecycle rule lets {what} expire on {reached.date()}, before the project ends; write a larger "
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

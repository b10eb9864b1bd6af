"""A bucket as S3 runs it, hour by hour: the slow oracle of the storage timeline, written apart from it.

It knows the classes' published rules only by figures of its own, keeps a list of versions, does at each full hour what
happens then, and counts what lies there during the hour. Nothing is computed from dates ahead of time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cloudcost.domain.lifecycle import LifecycleRule

KIB = 1024
RANK = {
    "STANDARD": 0, "STANDARD_IA": 1, "INTELLIGENT_TIERING": 2, "ONEZONE_IA": 3, "GLACIER_IR": 4, "GLACIER": 5,
    "DEEP_ARCHIVE": 6,
}  # fmt: skip
STORED = {
    "STANDARD": "TimedStorage-ByteHrs", "STANDARD_IA": "TimedStorage-SIA-ByteHrs",
    "ONEZONE_IA": "TimedStorage-ZIA-ByteHrs", "GLACIER_IR": "TimedStorage-GIR-ByteHrs",
    "GLACIER": "TimedStorage-GlacierByteHrs", "DEEP_ARCHIVE": "TimedStorage-GDA-ByteHrs",
}  # fmt: skip
FILLED = {
    "STANDARD_IA": "TimedStorage-SIA-SmObjects", "ONEZONE_IA": "TimedStorage-ZIA-SmObjects",
    "GLACIER_IR": "TimedStorage-GIR-SmObjects",
}  # fmt: skip
LEAST = {
    "STANDARD_IA": (30, "EarlyDelete-SIA"), "ONEZONE_IA": (30, "EarlyDelete-ZIA"),
    "GLACIER_IR": (90, "EarlyDelete-GIR"), "GLACIER": (90, "EarlyDelete-ByteHrs"),
    "DEEP_ARCHIVE": (180, "EarlyDelete-GDA"),
}  # fmt: skip
MOVED = {
    "STANDARD_IA": "Requests-Tier4", "ONEZONE_IA": "Requests-Tier4", "INTELLIGENT_TIERING": "Requests-Tier4",
    "GLACIER_IR": "Requests-GIR-Tier1", "GLACIER": "Requests-Tier3", "DEEP_ARCHIVE": "Requests-Tier3",
}  # fmt: skip
NEW_DEFAULT = datetime(2024, 9, 24, tzinfo=UTC)


@dataclass(kw_only=True)
class Held:
    """A version that exists."""

    storage_class: str
    created: datetime
    entered: datetime
    """Its class."""
    noncurrent_since: datetime | None = None
    number: int = 0
    """In the order in which a key's versions were made."""
    counts: bool = True
    """Whether it is of the objects that are asked for, not one that came after them."""


@dataclass(kw_only=True)
class Marker:
    """A delete marker of each object."""

    created: datetime
    noncurrent_since: datetime | None = None


@dataclass(kw_only=True)
class BucketByTheHour:
    """A bucket, what it is told, and what it has counted.

    Parameters
    ----------
    objects, object_bytes : int
        Of each upload. [count, bytes]
    storage_class : str
    rules : sequence of LifecycleRule
    rules_from : datetime
        When they were written.
    versioning : bool
    archive_days, deep_archive_days : int or None
    """

    objects: int
    object_bytes: int
    storage_class: str
    rules: Sequence[LifecycleRule]
    rules_from: datetime
    versioning: bool
    archive_days: int | None
    deep_archive_days: int | None
    age_days: int | None = None
    noncurrent_days: int | None = None
    newer_versions: int = 0
    versions: list[Held] = field(default_factory=list)
    counted: Counter[tuple[str, str]] = field(default_factory=Counter)
    markers: list[Marker] = field(default_factory=list)
    marker_hours: Counter[str] = field(default_factory=Counter)
    """Object-hours of delete markers by month."""
    current_by_the_hour: list[tuple[datetime, str]] = field(default_factory=list)
    """The class of the current version in each hour that there is one."""
    started: datetime = NEW_DEFAULT

    def run(self, start: datetime, until: datetime, uploads: Sequence[datetime], read_until: datetime) -> None:
        """Let time go by, from the start until everything is deleted."""
        now, self.started = start, start
        later = list(uploads)
        if self.age_days is not None:
            self._find_there(start, later.pop(0))
        while now < until:
            if now in later:
                self._upload(now)
            if now.hour == 0:
                self._rules_act(now)
            for version in self.versions:
                self._count_hour(version, now, read_until)
                if version.noncurrent_since is None:
                    self.current_by_the_hour.append((now, version.storage_class))
            self.marker_hours[_month(now)] += len(self.markers) * self.objects
            now += timedelta(hours=1)
        for version in list(self.versions):
            self._leave(version, until)

    def _find_there(self, start: datetime, first_upload: datetime) -> None:
        """Put what lies there already: the objects, and of noncurrent ones what came after them."""
        assert first_upload == start
        made = start - timedelta(days=self.age_days or 0)
        here = Held(storage_class=self.storage_class, created=made, entered=made)
        self.versions.append(here)
        if self.noncurrent_days is None:
            return
        here.noncurrent_since = replaced = start - timedelta(days=self.noncurrent_days)
        for number in range(1, self.newer_versions + 2):
            newer = Held(storage_class="STANDARD", created=replaced, entered=replaced, number=number, counts=False)
            newer.noncurrent_since = replaced if number <= self.newer_versions else None
            self.versions.append(newer)

    def _upload(self, now: datetime) -> None:
        for marker in [each for each in self.markers if each.noncurrent_since is None]:
            marker.noncurrent_since = now
        for version in [each for each in self.versions if each.noncurrent_since is None]:
            if self.versioning:
                version.noncurrent_since = now
            else:
                self._leave(version, now)
                self.versions.remove(version)
        number = max((version.number for version in self.versions), default=-1) + 1
        counts = self.noncurrent_days is None
        self.versions.append(
            Held(storage_class=self.storage_class, created=now, entered=now, number=number, counts=counts)
        )

    def _rules_act(self, now: datetime) -> None:
        """Let versions expire, then delete, then move; what moves as a current version still does as it expires."""
        wanted = {id(each): self._targets(each, now) for each in self.versions if each.noncurrent_since is None}
        for version in self.versions:
            expires = any(self._expires(rule, version, now) for rule in self.rules)
            if self.versioning and version.noncurrent_since is None and expires:
                version.noncurrent_since = now
                self.markers.append(Marker(created=now))
        for version in list(self.versions):  # the oldest first
            if any(self._deletes(rule, version, now) for rule in self.rules):
                self._leave(version, now)
                self.versions.remove(version)
        for marker in list(self.markers):  # the oldest first
            if self._cleans(marker, now):
                self.markers.remove(marker)
        for version in self.versions:
            targets = {*wanted.get(id(version), ()), *self._targets(version, now)}
            colder = [each for each in targets if RANK[each] > RANK[version.storage_class]]
            if colder:
                self._leave(version, now)
                version.storage_class = max(colder, key=lambda each: RANK[each])
                version.entered = now
                self.counted[MOVED[version.storage_class], _month(now)] += self.objects * version.counts

    def _cleans(self, marker: Marker, now: datetime) -> bool:
        rules = [rule for rule in self.rules if self._applies(rule)]
        if marker.noncurrent_since is not None:
            ages = [rule.noncurrent_expire_after_days for rule in rules if not rule.keep_newest]
            return any(each is not None and now - marker.noncurrent_since >= timedelta(days=each) for each in ages)
        ages = [rule.expire_after_days for rule in rules]
        alone = not self.versions and self.markers == [marker]
        return alone and any(each is not None and now - marker.created >= timedelta(days=each) for each in ages)

    def _targets(self, version: Held, now: datetime) -> list[str]:
        return [rule.storage_class for rule in self.rules if rule.storage_class and self._moves(rule, version, now)]

    def _applies(self, rule: LifecycleRule) -> bool:
        return rule.min_object_bytes is None or self.object_bytes > rule.min_object_bytes

    def _expires(self, rule: LifecycleRule, version: Held, now: datetime) -> bool:
        days = rule.expire_after_days
        return self._applies(rule) and days is not None and now - version.created >= timedelta(days=days)

    def _deletes(self, rule: LifecycleRule, version: Held, now: datetime) -> bool:
        if version.noncurrent_since is None:
            return not self.versioning and self._expires(rule, version, now)
        return self._old_enough(rule, rule.noncurrent_expire_after_days, version, now)

    def _old_enough(self, rule: LifecycleRule, days: int | None, version: Held, now: datetime) -> bool:
        if days is None or version.noncurrent_since is None or not self._applies(rule):
            return False
        newer = [each for each in self.versions if each.noncurrent_since is not None and each.number > version.number]
        return now - version.noncurrent_since >= timedelta(days=days) and len(newer) >= rule.keep_newest

    def _moves(self, rule: LifecycleRule, version: Held, now: datetime) -> bool:
        if rule.storage_class is None or not self._applies(rule):
            return False
        small = self.object_bytes < 128 * KIB
        archive = rule.storage_class in ("GLACIER", "DEEP_ARCHIVE")
        if small and rule.min_object_bytes is None and not (archive and self.rules_from < NEW_DEFAULT):
            return False
        if version.noncurrent_since is None:
            return rule.after_days is not None and now - version.created >= timedelta(days=rule.after_days)
        return self._old_enough(rule, rule.noncurrent_after_days, version, now)

    def _leave(self, version: Held, now: datetime) -> None:
        """Bill what is left of the least time in the class that a version leaves."""
        if version.storage_class not in LEAST or not version.counts:
            return
        days, usage_type = LEAST[version.storage_class]
        hours = days * 24 - int((now - version.entered) / timedelta(hours=1))
        if hours > 0:
            billed = max(self.object_bytes, 128 * KIB if version.storage_class in FILLED else 0)
            last = max(now - timedelta(hours=1), version.entered, self.started)
            self.counted[usage_type, _month(last)] += hours * self.objects * billed

    def _count_hour(self, version: Held, now: datetime, read_until: datetime) -> None:
        if not version.counts:
            return
        month, held = _month(now), version.storage_class
        usage_type = STORED.get(held) or self._tier(version, now, read_until)
        self.counted[usage_type, month] += self.objects * self.object_bytes
        if held in FILLED and self.object_bytes < 128 * KIB:
            self.counted[FILLED[held], month] += self.objects * (128 * KIB - self.object_bytes)
        if usage_type in (
            "TimedStorage-GlacierByteHrs", "TimedStorage-GDA-ByteHrs", "TimedStorage-INT-AA-ByteHrs",
            "TimedStorage-INT-DAA-ByteHrs",
        ):  # fmt: skip
            self.counted[usage_type, month] += self.objects * 32 * KIB
            self.counted["TimedStorage-ByteHrs", month] += self.objects * 8 * KIB
        if held == "INTELLIGENT_TIERING" and self.object_bytes >= 128 * KIB:
            self.counted["Monitoring-Automation-INT", month] += self.objects

    def _tier(self, version: Held, now: datetime, read_until: datetime) -> str:
        if self.object_bytes < 128 * KIB:
            return "TimedStorage-INT-FA-ByteHrs"
        # readings go on up to the moment at which a version is replaced or the last reading ends
        ended = read_until if version.noncurrent_since is None else min(read_until, version.noncurrent_since)
        unread = now - max(version.entered, min(ended, now))
        if self.deep_archive_days is not None and unread >= timedelta(days=self.deep_archive_days):
            return "TimedStorage-INT-DAA-ByteHrs"
        if self.archive_days is not None and unread >= timedelta(days=self.archive_days):
            return "TimedStorage-INT-AA-ByteHrs"
        if unread >= timedelta(days=90):
            return "TimedStorage-INT-AIA-ByteHrs"
        return "TimedStorage-INT-IA-ByteHrs" if unread >= timedelta(days=30) else "TimedStorage-INT-FA-ByteHrs"


def _month(moment: datetime) -> str:
    return f"{moment.year:04d}-{moment.month:02d}"

"""Objects of a bucket that are alike: as many, as big, as old, in one class."""

from __future__ import annotations

from cloudcost.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectClass:
    """Some of the data set's objects, taken to be of one size and one age.

    Parameters
    ----------
    count : int
        [count]
    size_bytes : int
        Of all of them together. [bytes]
    storage_class : str or None
        That they lie in, by S3's API; None for the data set's.
    age_days : int or None
        Whole days for which they lie there when the project begins; None for what is uploaded then. [days]
    noncurrent_days : int or None
        Whole days for which they are noncurrent versions when the project begins; None for what is current. [days]
    newer_versions : int
        Noncurrent versions of the same keys that are newer than these. [count]
    """

    count: int
    size_bytes: int
    storage_class: str | None = None
    age_days: int | None = None
    noncurrent_days: int | None = None
    newer_versions: int = 0

    @property
    def is_current(self) -> bool:
        """Whether they are what runs read."""
        return self.noncurrent_days is None


def rewritten(objects: tuple[ObjectClass, ...]) -> tuple[ObjectClass, ...]:
    """Return the current objects as they are once they are written anew: of no age, in the data set's own class."""
    return tuple([ObjectClass(count=each.count, size_bytes=each.size_bytes) for each in objects if each.is_current])


def scaled_objects(objects: tuple[ObjectClass, ...], images: int, size_bytes: int) -> tuple[ObjectClass, ...]:
    """Return classes of objects so many and so big that the current ones come to these sums exactly.

    Parameters
    ----------
    objects : tuple of ObjectClass
    images : int
        Current objects afterwards. [count]
    size_bytes : int
        Of the current ones afterwards. [bytes]

    Examples
    --------
    >>> small, large = ObjectClass(count=3, size_bytes=10), ObjectClass(count=1, size_bytes=90)
    >>> [(each.count, each.size_bytes) for each in scaled_objects((small, large), 8, 150)]
    [(6, 15), (2, 135)]
    """
    counts = sum(each.count for each in objects if each.is_current)
    sizes = sum(each.size_bytes for each in objects if each.is_current)
    made: list[ObjectClass] = []
    seen_count = seen_bytes = given_count = given_bytes = 0
    for each in objects:
        if each.is_current:
            seen_count, seen_bytes = seen_count + each.count, seen_bytes + each.size_bytes
            count = images * seen_count // max(counts, 1) - given_count
            size = size_bytes * seen_bytes // max(sizes, 1) - given_bytes
            given_count, given_bytes = given_count + count, given_bytes + size
        else:
            count = -(-each.count * images // max(counts, 1))
            size = -(-each.size_bytes * size_bytes // max(sizes, 1))
        made.append(_of_size(each, count, size))
    return tuple(made)


def _of_size(each: ObjectClass, count: int, size_bytes: int) -> ObjectClass:
    return ObjectClass(
        count=count, size_bytes=size_bytes, storage_class=each.storage_class, age_days=each.age_days,
        noncurrent_days=each.noncurrent_days, newer_versions=each.newer_versions,
    )  # fmt: skip

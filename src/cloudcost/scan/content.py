"""What a scan found, of whatever it looked at: what a project's `[dataset]` says, and what else is worth knowing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import Literal

from cloudcost.catalog.aws.storage_classes import STANDARD, storage_classes
from cloudcost.domain.lifecycle import LifecycleRule
from cloudcost.domain.objects import ObjectClass
from cloudcost.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSizes:
    """What the headers of image files say.

    Parameters
    ----------
    formats : mapping
        Files by format. [count]
    sizes : mapping
        Files by width and height, the most frequent first; the others are summed. [count]
    others : int
        Files of further sizes. [count]
    unread : int
        Files whose header says nothing that is known. [count]
    shorter_side_px : int
        Of the middle file, when all stand by their shorter side; 0 without any. [pixels]
    """

    formats: Mapping[str, int]
    sizes: Mapping[tuple[int, int], int]
    others: int
    unread: int
    shorter_side_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """Files that are equal to another one, byte for byte.

    Parameters
    ----------
    files : int
        That could go. [count]
    size_bytes : int
        Of them together. [bytes]
    examples : tuple of tuple of str
        Paths of equal files, the largest first.
    """

    files: int
    size_bytes: int
    examples: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What lies somewhere.

    Parameters
    ----------
    source : str
        As it was named: a folder, ``s3://bucket/prefix``, an inventory.
    kind : {"folder", "bucket", "inventory"}
    on : date
        Day at whose begin, UTC, ages count; for a folder the day of the scan.
    objects : tuple of ObjectClass
        All that was found; what its storage class is known for is `priced`.
    versioning : bool or None
        Whether the bucket keeps versions; None where that is not told.
    lifecycle : tuple of LifecycleRule
        Rules that hold for all that was scanned.
    incomplete_uploads, incomplete_bytes : int or None
        Uploads neither completed nor aborted, and their parts; None where they are not told. [count, bytes]
    delete_markers : int
        [count]
    others : int
        Files that are no images. [count]
    pictures : PictureSizes or None
    duplicates : Duplicates or None
        None where nobody asked.
    notes : tuple of str
        What the table cannot say, one sentence each.
    requests : mapping
        Requests of the scan itself by S3's names. [count]
    """

    source: str
    kind: Literal["folder", "bucket", "inventory"]
    on: date
    objects: tuple[ObjectClass, ...]
    versioning: bool | None = None
    lifecycle: tuple[LifecycleRule, ...] = ()
    incomplete_uploads: int | None = None
    incomplete_bytes: int | None = None
    delete_markers: int = 0
    others: int = 0
    pictures: PictureSizes | None = None
    duplicates: Duplicates | None = None
    notes: tuple[str, ...] = ()
    requests: Mapping[str, int] = field(default_factory=dict)

    @property
    def priced(self) -> tuple[ObjectClass, ...]:
        """The objects whose storage class is known here."""
        known = storage_classes()
        return tuple(each for each in self.objects if each.storage_class is None or each.storage_class in known)

    @property
    def storage_class(self) -> str:
        """The class that holds most of the current bytes."""
        held: dict[str, int] = {}
        for each in self.priced:
            if each.is_current:
                name = each.storage_class or STANDARD
                held[name] = held.get(name, 0) + each.size_bytes
        return max(held, key=lambda name: held[name], default=STANDARD)


def counts(objects: tuple[ObjectClass, ...], *, current: bool) -> tuple[int, int]:
    """Return how many objects are current, or noncurrent versions, and their bytes."""
    chosen = [each for each in objects if each.is_current == current]
    return sum(each.count for each in chosen), sum(each.size_bytes for each in chosen)

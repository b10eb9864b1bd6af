"""Going through a bucket page by page: objects or versions, then uploads that were never completed.

Versions of a key are listed from the newest to the oldest: what was listed just before is what made a version
noncurrent, at the moment from which it was there itself [1]_.

References
----------
.. [1] AWS, "ListObjectVersions", and "Lifecycle configuration elements": S3 counts noncurrent days from the creation of
   the successor. Read 2026-11-29.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from cloudcost.errors import InputError
from cloudcost.scan.bucket.client import ReadOnlyClient, Response
from cloudcost.scan.bucket.progress import ScanProgress
from cloudcost.scan.bucket.rules import rules_of
from cloudcost.scan.cells import Cells, next_midnight
from cloudcost.scan.content import Scan

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,254}")
"""A bucket's name, those of long ago included."""
Save = Callable[[ScanProgress], None]
"""Told how far the scan is, after every page."""


def bucket_and_prefix(source: str) -> tuple[str, str]:
    """Return the bucket and the prefix of an address.

    Raises
    ------
    InputError
        When it names no bucket.

    Examples
    --------
    >>> bucket_and_prefix("s3://my-bucket/images/cats")
    ('my-bucket', 'images/cats')
    """
    bucket, _, prefix = source.removeprefix("s3://").partition("/")
    if not _NAME.fullmatch(bucket):
        raise InputError(f"scan: no name of a bucket, {bucket!r}, write s3://bucket/prefix")
    return bucket, prefix


def scan_bucket(
    client: ReadOnlyClient, source: str, *, on: date, saved: ScanProgress | None = None, save: Save, most: int
) -> Scan:
    """Return what a bucket holds under a prefix.

    Parameters
    ----------
    client : ReadOnlyClient
    source : str
        ``s3://bucket/prefix``.
    on : date
        Day at whose begin, UTC, ages count: that of the next midnight.
    saved : ScanProgress or None
        How far an earlier attempt came.
    save : callable
        Told how far it is after every page.
    most : int
        Classes of objects in the result. [count]

    Raises
    ------
    InputError
        As `ReadOnlyClient.ask`.
    """
    bucket, prefix = bucket_and_prefix(source)
    status = client.ask("GetBucketVersioning", Bucket=bucket).get("Status")
    rules, notes = rules_of(client.ask("GetBucketLifecycleConfiguration", Bucket=bucket), prefix)
    edges = [rule.min_object_bytes + 1 for rule in rules if rule.min_object_bytes is not None]
    progress = saved or ScanProgress(source=source, on=on, versioned=bool(status), cells=Cells(edges))
    if saved is not None:
        client.requests.update(saved.requests)
    progress.requests = client.requests
    if progress.phase == "objects":
        _go_through(client, bucket, prefix, progress, save)
        progress.phase, progress.marker = "uploads", ("", "")
    if progress.phase == "uploads":
        _uploads(client, bucket, prefix, progress, save)
        progress.phase = "done"
    progress.cells.hold_at_most(most)
    if progress.cells.width > 1:
        notes = (*notes, f"ages are put together by {progress.cells.width} days, each the youngest of its time")
    if status == "Suspended":
        notes = (*notes, "versioning is suspended: old versions stay, and no more are made")
    return Scan(
        source=source,
        kind="bucket",
        on=progress.on,
        objects=progress.cells.classes(),
        versioning=status == "Enabled",
        lifecycle=rules,
        incomplete_uploads=progress.uploads,
        incomplete_bytes=progress.upload_bytes,
        delete_markers=progress.delete_markers,
        notes=notes,
        requests=dict(client.requests),
    )


def _go_through(client: ReadOnlyClient, bucket: str, prefix: str, progress: ScanProgress, save: Save) -> None:
    """Count every object, or every version, page by page."""
    more = True
    while more:
        key, version = progress.marker
        if progress.versioned:
            where = {"KeyMarker": key, "VersionIdMarker": version} if version else {"KeyMarker": key} if key else {}
            page = client.ask("ListObjectVersions", Bucket=bucket, Prefix=prefix, **where)
            _add_versions(page, progress)
            following = str(page.get("NextKeyMarker", "")), str(page.get("NextVersionIdMarker", ""))
        else:
            where = {"StartAfter": key} if key else {}
            page = client.ask("ListObjectsV2", Bucket=bucket, Prefix=prefix, **where)
            objects = page.get("Contents", ())
            for each in objects:
                _add(progress, each)
            following = (str(objects[-1]["Key"]) if objects else "", "")
        more = bool(page.get("IsTruncated")) and following != progress.marker
        if more:
            progress.marker = following
            save(progress)


def _add_versions(page: Response, progress: ScanProgress) -> None:
    listed = [(each, False) for each in page.get("Versions", ())]
    listed += [(each, True) for each in page.get("DeleteMarkers", ())]
    for each, is_marker in sorted(listed, key=_newest_first):
        if each["Key"] != progress.last_key:
            progress.last_key, progress.last_since, progress.newer = each["Key"], None, 0
        if is_marker:
            progress.delete_markers += 1
        elif each["IsLatest"]:
            _add(progress, each)
        else:
            _add(progress, each, since=progress.last_since or each["LastModified"], newer=progress.newer)
            progress.newer += 1
        progress.last_since = each["LastModified"]


def _newest_first(listed: tuple[Any, bool]) -> tuple[bytes, bool, float]:
    """Put versions and delete markers, which boto3 lists apart, into S3's order: by key, the newest first."""
    each, _ = listed
    return each["Key"].encode(), not each["IsLatest"], -each["LastModified"].timestamp()


def _add(progress: ScanProgress, each: Response, *, since: datetime | None = None, newer: int = 0) -> None:
    created = next_midnight(each["LastModified"])
    progress.cells.add(
        str(each.get("StorageClass") or "STANDARD"),
        int(each["Size"]),
        age_days=(progress.on - created).days,
        noncurrent_days=None if since is None else (progress.on - next_midnight(since)).days,
        newer_versions=newer,
    )


def _uploads(client: ReadOnlyClient, bucket: str, prefix: str, progress: ScanProgress, save: Save) -> None:
    """Count uploads that were neither completed nor aborted, and the bytes of their parts."""
    more = True
    while more:
        key, upload = progress.marker
        where = {"KeyMarker": key, "UploadIdMarker": upload} if key else {}
        page = client.ask("ListMultipartUploads", Bucket=bucket, Prefix=prefix, **where)
        for each in page.get("Uploads", ()):
            progress.uploads += 1
            progress.upload_bytes += _part_bytes(client, bucket, str(each["Key"]), str(each["UploadId"]))
        following = str(page.get("NextKeyMarker", "")), str(page.get("NextUploadIdMarker", ""))
        more = bool(page.get("IsTruncated")) and following != progress.marker
        if more:
            progress.marker = following
            save(progress)


def _part_bytes(client: ReadOnlyClient, bucket: str, key: str, upload: str) -> int:
    """Return the bytes of an upload's parts; none where it is gone meanwhile."""
    size, marker, more = 0, 0, True
    while more:
        where = {"PartNumberMarker": marker} if marker else {}
        page = client.ask("ListParts", Bucket=bucket, Key=key, UploadId=upload, **where)
        parts: Iterable[Response] = page.get("Parts", ())
        size += sum(int(part["Size"]) for part in parts)
        following = int(page.get("NextPartNumberMarker") or 0)
        more, marker = bool(page.get("IsTruncated")) and following > marker, following
    return size

"""Inventories of S3 as AWS writes them: gzipped CSV without a header or Parquet, with a manifest."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from tests.moto_bucket import CLASSES, NOW, Filled, Put

SCHEMA = "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag, StorageClass"
TAKEN = datetime(2026, 11, 22, 12, tzinfo=UTC)


def random_puts(count: int, *, seed: int = 3, versioned: bool = True) -> Filled:
    """Return versions of random keys, each key's in order of time, delete markers among them."""
    rng = random.Random(seed)
    last: dict[str, Put] = {}
    puts: list[Put] = []
    moments = sorted(NOW - timedelta(seconds=rng.randrange(1, 60 * 86400)) for _ in range(count))
    for number, moment in enumerate(moments):
        name = number if not versioned else rng.randrange(count // 2 + 1)
        key = f"{'images' if name % 3 else 'labels'}/ü a+{name}.jpg"
        when = moment.replace(hour=0, minute=0, second=0) if rng.random() < 0.05 else moment
        when = max(when, last[key].created + timedelta(seconds=1)) if key in last else when
        marker = versioned and key in last and rng.random() < 0.1
        size = 0 if marker else rng.choice((0, 1, 1023, 1024, 131_071, 131_072, 10**7, rng.randrange(10**6)))
        storage_class = "STANDARD" if marker else rng.choice(CLASSES)
        last[key] = Put(key=key, created=when, size=size, storage_class=storage_class, is_marker=marker)
        puts.append(last[key])
    return Filled(puts=puts, uploads=0, upload_bytes=0)


def rows_of(filled: Filled, *, seed: int = 5) -> list[dict[str, Any]]:
    """Return an inventory's rows, in no order."""
    newest = {put.key: put for put in filled.puts}
    rows = [
        {
            "Bucket": "bucket", "Key": put.key, "VersionId": f"v{number}", "IsLatest": newest[put.key] is put,
            "IsDeleteMarker": put.is_marker, "Size": None if put.is_marker else put.size,
            "LastModifiedDate": put.created, "ETag": None if put.is_marker else "e",
            "StorageClass": None if put.is_marker else put.storage_class,
        }
        for number, put in enumerate(filled.puts)
    ]  # fmt: skip
    random.Random(seed).shuffle(rows)
    return rows


def write_csv(folder: Path, rows: list[dict[str, Any]], *, schema: str = SCHEMA, files: int = 2) -> Path:
    """Write gzipped CSV files and their manifest; return the manifest."""
    names = [name.strip() for name in schema.split(",")]
    data = folder / "bucket" / "daily" / "data"
    data.mkdir(parents=True)
    entries = []
    for number in range(files):
        buffer = io.StringIO()
        writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for row in rows[number::files]:
            writer.writerow([_as_csv(name, row[name]) for name in names])
        path = data / f"{number}.csv.gz"
        path.write_bytes(gzip.compress(buffer.getvalue().encode()))
        entries.append({"key": f"far/bucket/daily/data/{path.name}", "size": path.stat().st_size, "MD5checksum": "0"})
    return write_manifest(folder / "bucket" / "daily" / "2026-11-22T12-00Z", "CSV", schema, entries)


def _as_csv(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S}.000Z"
    return quote_plus(value, safe="/-_.*") if name == "Key" else str(value)


def write_parquet(folder: Path, rows: list[dict[str, Any]], *, zoned: bool = False) -> Path:
    """Write a Parquet file and its manifest; return the manifest."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = {"Bucket": "bucket", "Key": "key", "VersionId": "version_id", "IsLatest": "is_latest",
             "IsDeleteMarker": "is_delete_marker", "Size": "size", "LastModifiedDate": "last_modified_date",
             "ETag": "e_tag", "StorageClass": "storage_class"}  # fmt: skip
    columns = {new: [row[old] for row in rows] for old, new in names.items()}
    moments = [each if zoned else each.replace(tzinfo=None) for each in columns["last_modified_date"]]
    arrays = {name: pa.array(values) for name, values in columns.items() if name != "last_modified_date"}
    arrays["last_modified_date"] = pa.array(moments, pa.timestamp("ms", tz="UTC" if zoned else None))
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(arrays), folder / "a.parquet")
    entry = {"key": "data/a.parquet", "size": (folder / "a.parquet").stat().st_size}
    return write_manifest(folder, "Parquet", "message s3.inventory { }", [entry])


def write_manifest(folder: Path, form: str, schema: str, entries: list[dict[str, Any]], **more: Any) -> Path:
    """Write a manifest; return it."""
    folder.mkdir(parents=True, exist_ok=True)
    document = {
        "sourceBucket": "bucket", "destinationBucket": "arn:aws:s3:::far", "version": "2016-11-30",
        "creationTimestamp": str(int(TAKEN.timestamp() * 1000)), "fileFormat": form, "fileSchema": schema,
        "files": entries, **more,
    }  # fmt: skip
    path = folder / "manifest.json"
    path.write_text(json.dumps(document))
    return path

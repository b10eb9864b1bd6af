"""An S3 Inventory of ten million objects against DuckDB's bare sum by class: ``python -m benchmarks.inventory``.

The inventory is made once in a folder, in AWS's own form: gzipped CSV (or Parquet) without a header, every cell quoted,
with its manifest. Both sides run in turn, each in a process of its own, best of several; the peak of memory is that of
the scan's process. ``--versions SHARE`` makes that share of the rows old versions, whose keys are then sorted.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SCHEMA = "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag, StorageClass"
NAMES = ("bucket", "key", "version_id", "is_latest", "is_delete_marker", "size", "last_modified_date", "e_tag",
         "storage_class")  # fmt: skip
TAKEN_MS = 1_795_348_800_000


def make(folder: Path, rows: int, form: str, share: float, files: int = 8) -> None:
    """Write an inventory of so many rows into a folder."""
    import duckdb

    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    keys = round(rows * (1 - share))
    for number in range(files):
        begin, end = rows * number // files, rows * (number + 1) // files
        made = f"""SELECT 'my-bucket' AS bucket, 'images/class' || (k % 997) || '/img_' || k || '.jpg' AS key,
            md5(i::VARCHAR) AS version_id, i < {keys} AS is_latest, FALSE AS is_delete_marker,
            (CASE WHEN hash(i) % 10 < 3 THEN hash(i * 7) % 131072 ELSE hash(i * 3) % 3000000 END)::BIGINT AS size,
            CAST(TIMESTAMP '2026-08-01' + to_seconds((hash(i * 11) % 9000000)::BIGINT) AS TIMESTAMP_MS)
                AS last_modified_date,
            md5((i * 3)::VARCHAR) AS e_tag,
            (['STANDARD', 'STANDARD_IA', 'GLACIER', 'INTELLIGENT_TIERING'])[(1 + hash(i * 13) % 4)::BIGINT]
                AS storage_class
            FROM (SELECT range AS i, range % {keys} AS k FROM range({begin}, {end}))"""
        path = folder / (f"{number}.csv.gz" if form == "CSV" else f"{number}.parquet")
        if form == "CSV":
            moment = "strftime(last_modified_date::TIMESTAMP, '%Y-%m-%dT%H:%M:%S.000Z') AS last_modified_date"
            made = f"SELECT COLUMNS(*)::VARCHAR FROM (SELECT * REPLACE ({moment}) FROM ({made}))"
            how = "(FORMAT csv, HEADER false, FORCE_QUOTE *, COMPRESSION gzip)"
        else:
            how = "(FORMAT parquet)"
        duckdb.sql(f"COPY ({made}) TO '{path}' {how}")
        entries.append({"key": f"far/data/{path.name}", "size": path.stat().st_size})
    document = {
        "sourceBucket": "my-bucket", "creationTimestamp": str(TAKEN_MS), "fileFormat": form, "fileSchema": SCHEMA,
        "files": entries,
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(document))


def bare(folder: Path, form: str) -> int:
    """Sum up by class as one does by hand; return the objects."""
    from cloudcost.scan.inventory.read import connected

    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in NAMES)
    source = (
        f"read_csv('{folder}/*.csv.gz', columns = {{{columns}}}, auto_detect = false, header = false, delim = ',', "
        "quote = '\"', escape = '\"')"
        if form == "CSV"
        else f"read_parquet('{folder}/*.parquet')"
    )
    with connected() as connection:
        query = f"SELECT storage_class, count(*), sum(CAST(size AS BIGINT)) FROM {source} GROUP BY storage_class"
        return sum(row[1] for row in connection.execute(query).fetchall())


def scanned(folder: Path, _: str) -> int:
    """Scan it; return the objects."""
    from cloudcost.scan.inventory.read import scan_inventory

    return sum(each.count for each in scan_inventory(folder, most=300).objects)


SIDES: dict[str, Callable[[Path, str], int]] = {"bare": bare, "scan": scanned}


def side(name: str, folder: Path, form: str) -> None:
    """Run one side and print its objects, seconds and peak memory: the child's part."""
    begin = time.perf_counter()
    objects = SIDES[name](folder, form)
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"objects": objects, "seconds": seconds, "peak_bytes": peak}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "cloudcost-inventory")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--form", choices=("CSV", "Parquet"), default="CSV")
    parser.add_argument("--versions", type=float, default=0.0)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--side", choices=SIDES)
    given = parser.parse_args()
    folder = given.folder / f"{given.form}-{given.rows}-{given.versions}"
    if given.side:
        side(given.side, folder, given.form)
        return
    if not (folder / "manifest.json").exists():
        make(folder, given.rows, given.form, given.versions)
    best: dict[str, float] = {}
    peak: dict[str, int] = {}
    ratios = []
    for _ in range(given.times):
        now: dict[str, float] = {}
        for name in SIDES:
            command = [sys.executable, "-m", "benchmarks.inventory", *sys.argv[1:], "--side", name]
            told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            assert told["objects"] == given.rows
            now[name] = told["seconds"]
            best[name] = min(best.get(name, told["seconds"]), told["seconds"])
            peak[name] = max(peak.get(name, 0), told["peak_bytes"])
        ratios.append(now["scan"] / now["bare"])
    for name in SIDES:
        print(f"{name}: {best[name]:.2f} s, peak {peak[name] / 2**20:,.0f} MiB")
    print(f"ratio: {best['scan'] / best['bare']:.2f} (each turn: {', '.join(f'{each:.2f}' for each in ratios)})")


if __name__ == "__main__":
    main()

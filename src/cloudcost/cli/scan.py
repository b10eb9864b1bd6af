"""Look at what is really there, and print the [dataset] table of a project file, with size classes and ages.

  cloudcost scan data/images --duplicates
  cloudcost scan s3://my-bucket/images --resume scan.json > dataset.toml
  cloudcost scan --inventory inventory/2026-11-28T01-00Z/manifest.json
  cloudcost scan --sql athena --table my_inventory > query.sql
  cloudcost scan --sql-result rows.csv

A bucket is only read, with the credentials that boto3 finds (extra s3); what the scan itself costs is said first.
An inventory of S3 is read by DuckDB (extra data); where one machine is not enough, --sql prints the statement that does
the same, and --sql-result reads what it gave.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from cloudcost.cli.common import add_format_argument, parse_date, tell, today_of
from cloudcost.errors import InputError
from cloudcost.render.outputs import FORMATS, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from cloudcost.scan.bucket.progress import ScanProgress
    from cloudcost.scan.content import Scan

ADDRESS = "s3://"
MOST_CLASSES = 300
"""Tables that a project file is still pleasant with. [count]"""
SAVE_SECONDS = 1.0
"""Between two writings of the progress. [s]"""
DIALECTS = ("duckdb", "athena", "trino", "spark")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this verb."""
    parser.add_argument("source", metavar="FOLDER|s3://BUCKET/PREFIX", nargs="?", help="what is looked at")
    parser.add_argument("--duplicates", action="store_true", help="of a folder: find files that are equal")
    parser.add_argument("--iam-policy", action="store_true", help="print the least policy that a scan of it takes")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="keep the progress in it, and go on from it")
    parser.add_argument("--inventory", metavar="PATH", help="manifest.json of an S3 Inventory, or the folder of it")
    parser.add_argument("--prefix", default="", help="of an inventory: the keys that begin so")
    parser.add_argument("--sql", choices=DIALECTS, help="print the statement that sums up an inventory")
    parser.add_argument("--table", default="inventory", help="of --sql: the table (default: %(default)s)")
    parser.add_argument("--current-only", action="store_true", help="of --sql: the table lists no old versions")
    parser.add_argument("--sql-result", type=Path, metavar="FILE", help="the CSV that the statement of --sql gave")
    parser.add_argument(
        "--classes", type=_classes, default=MOST_CLASSES, metavar="N",
        help="classes of objects at most; beyond, ages are put together (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--today", type=parse_date, metavar="DATE", help="take this day for today (YYYY-MM-DD)")
    add_format_argument(parser, ("toml", *FORMATS))


def _classes(text: str) -> int:
    """Return a number of classes (for argparse)."""
    from cloudcost.project.checks.limits import MAX_CLASSES

    if not text.isascii() or not text.isdigit() or len(text) > 9 or not 10 <= int(text) <= MAX_CLASSES:
        raise argparse.ArgumentTypeError(f"classes are a whole number from 10 to {MAX_CLASSES:,}, not {text!r}")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """Scan, print what was found, and return the exit code."""
    _require_one_source(arguments)
    if arguments.sql:
        from cloudcost.scan.inventory.statement import statement

        sys.stdout.write(
            statement(
                arguments.sql, table=arguments.table, prefix=arguments.prefix, versions=not arguments.current_only
            )
        )
        return 0
    if arguments.iam_policy:
        from cloudcost.scan.bucket.listing import bucket_and_prefix
        from cloudcost.scan.bucket.policy import least_policy

        sys.stdout.write(least_policy(*bucket_and_prefix(arguments.source)))
        return 0
    _print(_scan(arguments), arguments.format)
    return 0


def _require_one_source(arguments: argparse.Namespace) -> None:
    """Refuse none, two, and flags that say nothing of the one."""
    named = [name for name in ("source", "inventory", "sql", "sql_result") if getattr(arguments, name) is not None]
    if len(named) != 1:
        raise InputError("scan: one of a folder, s3://bucket/prefix, --inventory, --sql and --sql-result is looked at, "
                         f"{len(named)} are named, name one")  # fmt: skip
    is_bucket = named == ["source"] and arguments.source.startswith(ADDRESS)
    wrong = [
        flag
        for flag, given, fits in (
            ("--duplicates", arguments.duplicates, named == ["source"] and not is_bucket),
            ("--iam-policy", arguments.iam_policy, is_bucket),
            ("--resume", arguments.resume is not None, is_bucket),
            ("--prefix", bool(arguments.prefix), named[0] in ("inventory", "sql")),
            ("--current-only", arguments.current_only, named == ["sql"]),
            ("--table", arguments.table != "inventory", named == ["sql"]),
        )
        if given and not fits
    ]
    if wrong:
        raise InputError(*(f"{flag}: says nothing of what is looked at, {flag}, leave it out" for flag in wrong))


def _scan(arguments: argparse.Namespace) -> Scan:
    if arguments.inventory is not None:
        from cloudcost.scan.inventory.read import scan_inventory

        return scan_inventory(Path(arguments.inventory), prefix=arguments.prefix, most=arguments.classes)
    if arguments.sql_result is not None:
        from cloudcost.scan.inventory.result import scan_result

        return scan_result(arguments.sql_result, on=_next_day(arguments), most=arguments.classes)
    if arguments.source.startswith(ADDRESS):
        return _bucket(arguments)
    from cloudcost.scan.folder_content import scan_images

    path = Path(arguments.source).expanduser()
    return scan_images(path, on=today_of(arguments), duplicates=arguments.duplicates)


def _next_day(arguments: argparse.Namespace) -> date:
    """Return the day at whose begin ages count: lifecycle rules look at the next midnight, UTC."""
    if arguments.today is not None:
        day: date = arguments.today
        return day
    return datetime.now(UTC).date() + timedelta(days=1)


def _bucket(arguments: argparse.Namespace) -> Scan:
    from cloudcost.files.writing import require_writable
    from cloudcost.scan.bucket.client import ReadOnlyClient
    from cloudcost.scan.bucket.cost import cost_sentence, spent_sentence
    from cloudcost.scan.bucket.listing import bucket_and_prefix, scan_bucket
    from cloudcost.scan.bucket.progress import load

    source, on = arguments.source, _next_day(arguments)
    bucket_and_prefix(source)
    saved = None
    if arguments.resume is not None:
        saved = load(arguments.resume, source)
        require_writable(arguments.resume, flag="--resume")
    client = ReadOnlyClient(source)
    tell(cost_sentence(source, client.region, on))
    if saved is not None:
        tell(f"{arguments.resume}: going on after {saved.objects:,} objects, ages as of {saved.on}")
    scan = scan_bucket(client, source, on=on, saved=saved, save=_saver(arguments.resume), most=arguments.classes)
    if arguments.resume is not None:
        arguments.resume.unlink(missing_ok=True)
    tell(spent_sentence(source, scan.requests, client.region, on))
    return scan


def _saver(path: Path | None) -> Callable[[ScanProgress], None]:
    """Return what is told after each page how far the scan is: it keeps that, and shows it on a terminal."""
    last = [monotonic()]

    def save(progress: ScanProgress) -> None:
        if monotonic() - last[0] < SAVE_SECONDS:
            return
        if path is not None:
            from cloudcost.scan.bucket.progress import save as write

            write(progress, path)
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{progress.objects:,} objects and versions\x1b[K\r")
            sys.stderr.flush()
        last[0] = monotonic()

    return save


def _print(scan: Scan, style: str) -> None:
    from cloudcost.render.listings.outputs import ScanOutput

    if style == "toml":
        sys.stdout.write(ScanOutput(_for_a_file(scan)).toml())
    else:
        sys.stdout.write(written(ScanOutput(scan), style))  # type: ignore[arg-type]


def _for_a_file(scan: Scan) -> Scan:
    """Return the scan without rules that a project file refuses: S3 takes some that contradict each other."""
    from cloudcost.project.checks.lifecycle import lifecycle_faults
    from cloudcost.render.listings.scans import rule_table

    rules = [rule_table(rule) for rule in scan.lifecycle]
    table = {"storage_class": scan.storage_class, "lifecycle": rules}
    if not any(lifecycle_faults(table)):
        return scan
    said = "the bucket's rules are left out, since a project file takes none that contradict each other (--format json)"
    return replace(scan, lifecycle=(), notes=(*scan.notes, said))

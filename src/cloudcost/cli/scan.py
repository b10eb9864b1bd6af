"""Look at what is really there, and print the [dataset] table of a project file, with size classes and ages.

  cloudcost scan data/images --duplicates
  cloudcost scan s3://my-bucket/images --resume scan.json > dataset.toml

A bucket is only read, with the credentials that boto3 finds (extra s3); what the scan itself costs is said first.
"""

from __future__ import annotations

import argparse
import sys
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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this verb."""
    parser.add_argument("source", metavar="FOLDER|s3://BUCKET/PREFIX", nargs="?", help="what is looked at")
    parser.add_argument("--duplicates", action="store_true", help="of a folder: find files that are equal")
    parser.add_argument("--iam-policy", action="store_true", help="print the least policy that a scan of it takes")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="keep the progress in it, and go on from it")
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
    if arguments.iam_policy:
        from cloudcost.scan.bucket.listing import bucket_and_prefix
        from cloudcost.scan.bucket.policy import least_policy

        sys.stdout.write(least_policy(*bucket_and_prefix(arguments.source)))
        return 0
    _print(_scan(arguments), arguments.format)
    return 0


def _require_one_source(arguments: argparse.Namespace) -> None:
    """Refuse none, and flags that say nothing of the one."""
    if arguments.source is None:
        raise InputError("scan: nothing to look at, no value, name a folder or s3://bucket/prefix")
    is_bucket = arguments.source.startswith(ADDRESS)
    wrong = [
        flag
        for flag, given, fits in (
            ("--duplicates", arguments.duplicates, not is_bucket),
            ("--iam-policy", arguments.iam_policy, is_bucket),
            ("--resume", arguments.resume is not None, is_bucket),
        )
        if given and not fits
    ]
    if wrong:
        raise InputError(*(f"{flag}: says nothing of what is looked at, {flag}, leave it out" for flag in wrong))


def _scan(arguments: argparse.Namespace) -> Scan:
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

    output = ScanOutput(scan)
    sys.stdout.write(output.toml() if style == "toml" else written(output, style))  # type: ignore[arg-type]

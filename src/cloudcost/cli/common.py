"""Arguments that several verbs share: dates, the output format, where to write."""

from __future__ import annotations

import argparse
import os
from datetime import UTC, date, datetime
from pathlib import Path

from cloudcost.errors import InputError, OutputError

FORMATS = ("text", "json", "csv", "md")


def parse_date(text: str) -> date:
    """Return the day written as ``YYYY-MM-DD`` (for argparse)."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a date is written YYYY-MM-DD, not {text!r}") from None


def add_format_argument(parser: argparse.ArgumentParser, formats: tuple[str, ...] = FORMATS) -> None:
    """Add ``--format``."""
    parser.add_argument("--format", choices=formats, default=formats[0], help="output format (default: %(default)s)")


def add_date_arguments(parser: argparse.ArgumentParser) -> None:
    """Add ``--today`` and ``--as-of``."""
    parser.add_argument("--today", type=parse_date, metavar="DATE", help="take this day for today (YYYY-MM-DD)")
    parser.add_argument("--as-of", type=parse_date, metavar="DATE", help="use the prices of this day (default: today)")


def today_of(arguments: argparse.Namespace) -> date:
    """Return today: ``--today``, else SOURCE_DATE_EPOCH, else the clock (UTC).

    Raises
    ------
    InputError
        When SOURCE_DATE_EPOCH is not a whole number of seconds.
    """
    if arguments.today is not None:
        day: date = arguments.today
        return day
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return datetime.now(UTC).date()
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date()
    except (ValueError, OverflowError, OSError):
        raise InputError(
            f"environment:SOURCE_DATE_EPOCH: not a number of seconds since 1970, {epoch!r}, unset it or use --today"
        ) from None


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all: to a neighbour first, then renamed into place.

    Raises
    ------
    OutputError
        When the path cannot be written.
    """
    import tempfile

    data = content.encode() if isinstance(content, str) else content
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        reason = error.strerror or type(error).__name__
        raise OutputError(f"{path}: cannot be written, {reason}, choose another path") from None

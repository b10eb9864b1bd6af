"""Check project files: every fault of every file at once, and how many of their options can be had.

  cloudcost validate project.toml
  cloudcost validate projects/*.toml

A file is right when compare would answer it: its keys and values, the names of networks, machines, devices and
regions in it, and the files that it names. Exit code 2 where one is not; the faults are on stderr, the files that are
right on stdout. It fits a hook of pre-commit, which names all files that changed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cloudcost.cli.common import HERE, add_date_arguments, tell_all, today_of
from cloudcost.errors import InputError
from cloudcost.figures import counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from cloudcost.results.estimate import Estimate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument(
        "projects", metavar="PROJECT.toml", nargs="*", default=[str(HERE)], help=f"project files (default: ./{HERE})"
    )
    add_date_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Check each file; return the exit code."""
    today = today_of(args)
    code = 0
    for path in dict.fromkeys(args.projects):
        try:
            options = _answered(path, today, args.as_of)
        except InputError as error:
            tell_all([_placed(fault, path) for fault in error.faults])
            code = error.exit_code
            continue
        had = sum(each.feasible for each in options)
        sys.stdout.write(f"{path}: right, {had} of {counted(len(options), 'option')} can be had\n")
    return code


def _answered(path: str, today: date, as_of: date | None) -> Sequence[Estimate]:
    """Return the estimates of a file's options.

    Raises
    ------
    InputError
        With every fault of the file.
    """
    from cloudcost.analysis.compare import compare
    from cloudcost.project.file import read_project

    return compare(read_project(Path(path), today=today), today=today, as_of=as_of).options


def _placed(fault: str, path: str) -> str:
    """Return a fault under the path that was given: several of the files may have one name."""
    name = Path(path).name
    return f"{path}{fault.removeprefix(name)}" if fault.startswith(f"{name}:") else fault

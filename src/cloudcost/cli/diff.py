"""Hold two answers against each other, option by option and line by line: added, removed, changed, by how much.

cloudcost diff before.toml after.toml
cloudcost diff project.toml --as-of 2025-05-01
cloudcost diff before.json after.json --format md --fail-over 5
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cloudcost.cli.common import (
    add_date_arguments,
    add_format_argument,
    format_of,
    parse_usd,
    screen_of,
    tell,
    today_of,
)
from cloudcost.errors import InputError

if TYPE_CHECKING:
    from datetime import date

    from cloudcost.results.difference import Side


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("before", metavar="BEFORE", help="a project file, or JSON that compare or estimate wrote")
    parser.add_argument(
        "after", nargs="?", metavar="AFTER", help="the other one; without it the same project, with --as-of"
    )
    parser.add_argument(
        "--fail-over", type=parse_usd, metavar="USD", help="exit 1 if the cheapest option costs more than this more"
    )
    parser.add_argument("--no-assumed", action="store_true", help="never assume a price that a region or a day lacks")
    add_format_argument(parser)
    add_date_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Compare and print; return the exit code: 1 over the limit, 3 where one side has no feasible option."""
    from cloudcost.analysis.difference.differ import difference
    from cloudcost.render.outputs import DifferenceOutput, written

    today = today_of(args)
    if args.after is None and args.as_of is None:
        raise InputError("diff: a second answer, missing, name another file, or a day with --as-of")
    if args.after is None:
        before, after = _side(args.before, args, today, args.as_of), _side(args.before, args, today, None)
    else:
        before, after = (_side(path, args, today, args.as_of) for path in (args.before, args.after))
    found = difference(before, after)
    sys.stdout.write(written(DifferenceOutput(found, screen=screen_of(args)), format_of(args)))
    increase = found.increase_usd
    if increase is None:
        tell("one of the two has no option that can be done")
        return 3
    if args.fail_over is not None and increase > args.fail_over:
        tell(f"the cheapest option costs {increase:.2f} USD more, over {args.fail_over} USD")
        return 1
    return 0


def _side(path: str, args: argparse.Namespace, today: date, as_of: date | None) -> Side:
    """Return the answer that a file gives: JSON as it stands there, a project as it is priced now or on a day."""
    from cloudcost.analysis.difference.sides import side_of, side_of_json

    if path.endswith((".json", ".json.gz")):
        if as_of is not None:
            raise InputError(f"{path}: holds its prices already, --as-of {as_of}, give --as-of to project files alone")
        return side_of_json(Path(path))
    from cloudcost.analysis.compare import compare
    from cloudcost.project.file import read_project

    project = read_project(Path(path), today=today)
    comparison = compare(project, today=today, as_of=as_of, allow_assumed=not args.no_assumed)
    return side_of(comparison, path if as_of is None else f"{path}, prices of {as_of}")

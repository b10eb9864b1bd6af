"""Why the answer of a project is as it is: what decides, what would change it, what would cost less.

cloudcost why project.toml
cloudcost why project.toml --format json
"""

from __future__ import annotations

import argparse
import sys

from cloudcost.cli.common import (
    add_date_arguments,
    add_format_argument,
    add_project_argument,
    format_of,
    read_project_argument,
    screen_of,
    tell_feasible,
    tell_warnings,
    today_of,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    add_project_argument(parser)
    parser.add_argument("--no-assumed", action="store_true", help="never assume a price that a region or a day lacks")
    add_format_argument(parser)
    add_date_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Explain and print; return the exit code: 3 where no option is feasible."""
    from cloudcost.analysis.compare import compare
    from cloudcost.analysis.effort import require_effort
    from cloudcost.analysis.reasons import reasons_of
    from cloudcost.render.outputs import ReasonsOutput, written

    today = today_of(args)
    project = read_project_argument(args.project, today)
    require_effort(project, "explanation")
    comparison = compare(project, today=today, as_of=args.as_of, allow_assumed=not args.no_assumed)
    tell_warnings(comparison.warnings, output=args.format)
    sys.stdout.write(
        written(ReasonsOutput(comparison, reasons_of(comparison), screen=screen_of(args)), format_of(args))
    )
    return 0 if tell_feasible(comparison, told=args.format in ("text", "md") and sys.stdout.isatty()) else 3

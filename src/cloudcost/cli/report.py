"""Write one self-contained HTML page about a project: the verdict, figures, sliders, every bill, every source.

cloudcost report -o report.html
cloudcost report project.toml -o report.html --seed 7
"""

from __future__ import annotations

import argparse
from dataclasses import replace

from cloudcost.cli.common import (
    add_date_arguments,
    add_project_argument,
    add_simulation_arguments,
    project_inputs,
    read_project_argument,
    tell,
    tell_feasible,
    tell_warnings,
    today_of,
)
from cloudcost.files.writing import require_writable, write_whole


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    add_project_argument(parser)
    parser.add_argument(
        "-o",
        "--output",
        default="report.html",
        metavar="FILE.html",
        help="where to write the page (default: %(default)s)",
    )
    parser.add_argument("--force", action="store_true", help="overwrite a page that is there")
    parser.add_argument("--no-assumed", action="store_true", help="never assume a price that a region or a day lacks")
    add_simulation_arguments(parser)
    add_date_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Write the page; return the exit code: 3 where no option is feasible, and the page says why."""
    from cloudcost.analysis.compare import compare
    from cloudcost.analysis.effort import require_effort
    from cloudcost.analysis.layouts.search import best_layouts
    from cloudcost.analysis.report.write import report_html

    today = today_of(args)
    require_writable(args.output, inputs=project_inputs(args.project), overwrite=args.force)
    project = read_project_argument(args.project, today)
    require_effort(project, "page")
    comparison = compare(
        project,
        today=today,
        as_of=args.as_of,
        allow_assumed=not args.no_assumed,
        draws=args.draws,
        seed=args.seed,
        budget_usd=args.budget,
        deadline_seconds=args.deadline,
    )
    tell_warnings(comparison.warnings)
    comparison = replace(comparison, layouts=best_layouts(comparison))
    write_whole(args.output, report_html(comparison))
    tell(f"wrote {args.output}")
    return 0 if tell_feasible(comparison) else 3

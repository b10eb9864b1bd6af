"""Compare the options of a project: what each costs, how long it takes, how sure that is.

Without a file ./project.toml is compared; where there is none, the bundled student project.

  cloudcost compare
  cloudcost compare project.toml --explain
  cloudcost compare project.toml --layout
  cloudcost compare project.toml --budget 75 --deadline "4 days"
  cloudcost compare project.toml --format json --fail-over 50
  cloudcost compare project.toml --plot answer.png
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from cloudcost.cli.common import (
    add_assumptions_argument,
    add_date_arguments,
    add_format_argument,
    add_project_argument,
    add_simulation_arguments,
    format_of,
    parse_usd,
    project_inputs,
    read_project_argument,
    screen_of,
    tell,
    tell_feasible,
    tell_warnings,
    today_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    from cloudcost.render.outputs import Format, Output
    from cloudcost.render.tables.screen import Screen
    from cloudcost.results.comparison import Comparison


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    add_project_argument(parser)
    parser.add_argument(
        "--explain", action="store_true", help="show every bill, and what would flip the verdict; in JSON the reasons"
    )
    parser.add_argument(
        "--layout", action="store_true", help="find the cheapest layout of the data set for the cheapest option"
    )
    parser.add_argument(
        "--fail-over", type=parse_usd, metavar="USD", help="exit 1 if the cheapest feasible total is over this"
    )
    parser.add_argument("--no-assumed", action="store_true", help="never assume a price that a region or a day lacks")
    parser.add_argument(
        "--plot", metavar="PATH", help="write a figure into this .svg or .png file, or all as both into this folder"
    )
    parser.add_argument(
        "--figure",
        choices=("totals", "break-even", "cost-and-time", "tornado"),
        help="which figure --plot writes into a file (default: totals)",
    )
    add_simulation_arguments(parser)
    add_assumptions_argument(parser)
    add_format_argument(parser)
    add_date_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Compare and print; return the exit code."""
    from cloudcost.analysis.compare import compare
    from cloudcost.analysis.effort import require_effort, require_pairs
    from cloudcost.render.outputs import written

    today = today_of(args)
    project = read_project_argument(args.project, today)
    reasoned = args.explain and args.format in ("text", "json")
    if args.plot is not None or reasoned:
        require_effort(project, "explanation")
    if reasoned and args.format == "json":
        require_pairs(project)
    target = _plot_target(args)  # before anything is computed
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
    if args.layout:
        comparison = _with_layouts(comparison)
    tell_warnings(comparison.warnings, output=args.format)
    style = format_of(args)
    sys.stdout.write(written(_output(comparison, style, explain=args.explain, screen=screen_of(args)), style))
    if args.explain and args.format == "text":
        sys.stdout.write("\n" + _what_matters(comparison, args))
    if target is not None:
        _write_plots(comparison, target, args.figure)
    return exit_code(comparison, args)


def _with_layouts(comparison: Comparison) -> Comparison:
    """Return the comparison with the layouts of the data set for its best option; says so where there is none."""
    from dataclasses import replace

    from cloudcost.analysis.layouts.search import best_layouts

    layouts = best_layouts(comparison)
    if layouts is None:
        tell("--layout: no option is feasible, so that none has a layout to better")
    return replace(comparison, layouts=layouts)


def _plot_target(args: argparse.Namespace) -> Path | None:
    """Return where figures go, a file or a folder that is there; None where none are asked for."""
    if args.plot is None and args.figure is None:
        return None
    from pathlib import Path

    from cloudcost.errors import InputError
    from cloudcost.files.writing import require_folder, require_writable

    if args.plot is None:
        raise InputError(f"--figure: {args.figure!r} without a file, add --plot FILE.svg or --plot FILE.png")
    path = Path(args.plot)
    if not path.suffix or args.plot.endswith(("/", os.sep)) or path.is_dir():
        if args.figure is not None:
            raise InputError(f"--figure: all figures go into the folder {args.plot!r}, name a file with --plot instead")
        return require_folder(args.plot, flag="--plot")
    from cloudcost.render.figures.figure import require_suffix
    from cloudcost.render.figures.raster import require_raster

    if require_suffix(path, flag="--plot") == ".png":
        require_raster()
    require_writable(path, inputs=project_inputs(args.project), flag="--plot")
    return path


def _write_plots(comparison: Comparison, target: Path, figure: str | None) -> None:
    """Write one figure into a file, or all into a folder, and say what was written."""
    from cloudcost.analysis.report.plots import figure_of, write_plots

    if not target.is_dir():
        tell(f"wrote {figure_of(comparison, figure or 'totals').save(target)}")
        return
    written, lacking = write_plots(comparison, target)
    for path in written:
        tell(f"wrote {path}")
    if lacking:
        tell(f"--plot: figures as SVG only; {lacking}")


def _what_matters(comparison: Comparison, args: argparse.Namespace) -> str:
    """Return what would flip the verdict, what moves the total and what would cost less."""
    from cloudcost.analysis.compare import context_of
    from cloudcost.analysis.matters.what_matters import what_matters
    from cloudcost.render.reasons.sensitivity import what_matters_text

    context = context_of(
        comparison.project, today=comparison.today, as_of=args.as_of, allow_assumed=not args.no_assumed
    )
    return what_matters_text(what_matters(comparison.project, context, estimates=comparison.options))


def _output(comparison: Comparison, output: Format, *, explain: bool, screen: Screen) -> Output:
    """Return what is printed; the reasons, which take long, are for JSON alone."""
    from cloudcost.render.outputs import ComparisonOutput

    if not explain or output != "json":
        return ComparisonOutput(comparison, explain, screen=screen)
    from cloudcost.analysis.reasons import reasons_of

    return ComparisonOutput(comparison, explain, reasons_of(comparison), screen)


def exit_code(comparison: Comparison, args: argparse.Namespace) -> int:
    """Return 3 when no option is feasible, 1 when a limit was passed, else 0."""
    if not tell_feasible(comparison, told=args.format in ("text", "md") and sys.stdout.isatty()):
        return 3
    if args.fail_over is not None:
        totals = [each.total_usd for each in comparison.options if each.feasible and each.total_usd is not None]
        if min(totals) > args.fail_over:
            tell(f"the cheapest feasible option costs {min(totals):.2f} USD, over {args.fail_over} USD")
            return 1
    return 0

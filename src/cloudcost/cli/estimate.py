"""One option's bill, line by line: what is metered, at which price, from which source and day.

cloudcost estimate project.toml --option "EC2 g4dn.xlarge"
cloudcost estimate project.toml --option laptop --explain
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from cloudcost.cli.common import (
    add_assumptions_argument,
    add_date_arguments,
    add_format_argument,
    add_project_argument,
    add_simulation_arguments,
    format_of,
    named_option,
    parse_usd,
    read_project_argument,
    screen_of,
    tell,
    tell_warnings,
    today_of,
)
from cloudcost.render.outputs import FORMATS
from cloudcost.units import BillingMonth


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    add_project_argument(parser)
    parser.add_argument("--option", required=True, metavar="NAME", help="name of the option in the project file")
    parser.add_argument("--explain", action="store_true", help="show quantity x tier x price of each line")
    parser.add_argument("--fail-over", type=parse_usd, metavar="USD", help="exit 1 if the total is over this")
    parser.add_argument("--no-assumed", action="store_true", help="never assume a price that a region or a day lacks")
    add_simulation_arguments(parser)
    add_assumptions_argument(parser)
    add_format_argument(parser, (*FORMATS, "focus"))
    add_date_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Estimate one option and print it; return the exit code."""
    from cloudcost.analysis.compare import compare
    from cloudcost.render.outputs import EstimateOutput, written

    today = today_of(args)
    project = read_project_argument(args.project, today)
    option = named_option(project, args.option)
    comparison = compare(
        replace(project, options=(option,)),
        today=today,
        as_of=args.as_of,
        allow_assumed=not args.no_assumed,
        draws=args.draws,
        seed=args.seed,
        budget_usd=args.budget,
        deadline_seconds=args.deadline,
    )
    tell_warnings(comparison.warnings, output=args.format)
    [estimate] = comparison.options
    if args.format == "focus":
        from cloudcost.render.focus import focus_csv

        tags = {"project": project.name, "option": estimate.name}
        sys.stdout.write(focus_csv(estimate.lines, month=BillingMonth.of(project.start), tags=tags))
    else:
        output = EstimateOutput(
            estimate, comparison.warnings, args.explain, comparison.price_book, screen_of(args), project.show_currency
        )
        sys.stdout.write(written(output, format_of(args)))
    if estimate.total_usd is None:
        tell(f"{estimate.name}: {estimate.reason}")
        return 3
    if args.fail_over is not None and estimate.total_usd > args.fail_over:
        tell(f"{estimate.name} costs {estimate.total_usd:.2f} USD, over {args.fail_over} USD")
        return 1
    return 0

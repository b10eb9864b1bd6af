"""Find the best machine of the whole price book: every type, region and way to buy, beside the project's own options.

cloudcost choose project.toml
cloudcost choose project.toml --budget 50 --max-hours 24 --top 5
cloudcost choose project.toml --gpu L4 --gpu A10G --purchase spot --region us-east-1
"""

from __future__ import annotations

import argparse
import sys

from cloudcost.cli.common import (
    add_assumptions_argument,
    add_date_arguments,
    add_format_argument,
    add_project_argument,
    format_of,
    parse_draws,
    parse_usd,
    read_project_argument,
    screen_of,
    tell,
    tell_feasible,
    tell_warnings,
    today_of,
)

PURCHASES = ("on-demand", "spot", "reserved", "savings-plan")  # as analysis.choose.wanted, loaded with the answer alone


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    add_project_argument(parser)
    parser.add_argument("--budget", type=parse_usd, metavar="USD", help="only what costs no more than this")
    parser.add_argument("--max-hours", type=_hours, metavar="H", help="only what is done in so many hours")
    parser.add_argument("--provider", action="append", metavar="NAME", help="only this one; may be repeated: aws, gcp")
    parser.add_argument("--region", action="append", metavar="NAME", help="only this one; may be repeated")
    parser.add_argument("--gpu", action="append", metavar="NAME", help="only GPUs with this name; may be repeated")
    parser.add_argument("--purchase", action="append", choices=PURCHASES, help="only this way to buy; may be repeated")
    parser.add_argument("--top", type=_count, default=10, metavar="N", help="rows shown (default: %(default)s)")
    parser.add_argument("--draws", type=parse_draws, default=0, metavar="N", help="scenarios (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the scenarios (default: %(default)s)")
    parser.add_argument("--no-assumed", action="store_true", help="never assume a price that a region or a day lacks")
    add_assumptions_argument(parser)
    add_format_argument(parser)
    add_date_arguments(parser)


def _hours(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1e6:
        raise argparse.ArgumentTypeError(f"no number of hours above 0, {text!r}, write 24")
    return value


def _count(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text[:6]) <= 1000):
        raise argparse.ArgumentTypeError(f"no number from 1 to 1,000, {text!r}, write 10")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Choose and print; return the exit code: 3 where nothing can do it."""
    from cloudcost.analysis.choose.search import OTHER, choose
    from cloudcost.analysis.choose.wanted import wanted_of
    from cloudcost.analysis.compare import context_of
    from cloudcost.render.outputs import ChoiceOutput, written

    today = today_of(args)
    project = read_project_argument(args.project, today)
    context = context_of(project, today=today, as_of=args.as_of, allow_assumed=not args.no_assumed)
    wanted = wanted_of(
        context.book,
        providers=args.provider or (),
        regions=args.region or (),
        gpus=args.gpu or (),
        purchases=args.purchase or (),
        budget_usd=args.budget,
        max_hours=args.max_hours,
        flag="--",
    )
    choice = choose(project, context, wanted, top=args.top, draws=args.draws, seed=args.seed)
    if choice.left_out.get(OTHER) == choice.considered:
        tell("no row of the price book is of the provider, region, GPU and purchase asked for")
    tell_warnings(choice.comparison.warnings, output=args.format)
    sys.stdout.write(written(ChoiceOutput(choice, screen=screen_of(args)), format_of(args)))
    return 0 if tell_feasible(choice.comparison, told=args.format in ("text", "md") and sys.stdout.isatty()) else 3

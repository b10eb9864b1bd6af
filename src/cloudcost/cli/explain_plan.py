"""`explain BILL --project`: the bill held against an option of a project, and what it measures put into the project."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cloudcost.cli.common import named_option, project_path, read_project_argument, tell, tell_wrapped, today_of
from cloudcost.errors import InputError
from cloudcost.files.writing import require_writable, write_whole

if TYPE_CHECKING:
    import argparse

    from cloudcost.analysis.explain.measured import MeasuredPlan
    from cloudcost.domain.bills import ReadBill
    from cloudcost.domain.project import Option, Project
    from cloudcost.project.edit import KeyEdit
    from cloudcost.results.explanation import Explanation, PlanBesideBill

DRAWS = 2000
"""Scenarios behind the band of a plan, as `estimate` has them. [count]"""
_GIB_DIGITS = 4


def add_plan_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of a plan."""
    parser.add_argument("--project", metavar="P.toml", help="hold the bill against this plan, cause by cause")
    parser.add_argument(
        "--option", metavar="NAME", help="of the project (default: its only one, else the likest to the bill)"
    )
    parser.add_argument(
        "--save-measured",
        action="store_const",
        const="yes",
        help="set hours_per_run of the option and size of the data set to what the bill has, in the project or in -o",
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="where --save-measured writes (default: the project)")


def plan_options(args: argparse.Namespace) -> dict[str, object]:
    """Return the options that mean something beside a project alone."""
    return {"--option": args.option, "--save-measured": args.save_measured, "-o": args.output}


def live_objects(args: argparse.Namespace) -> tuple[int | None, tuple[str, ...]]:
    """Return the bytes of the live objects, and what is said of them: as stated, else the data set that has versions.

    A plan without versioning parts nothing: what is more than planned may be a larger data set.
    """
    dataset = read_project_argument(args.project, today_of(args)).dataset
    if args.live is not None or not dataset.versioning or dataset.location != "s3" or not dataset.size_bytes:
        return args.live, ()
    from cloudcost.figures import figure

    size = figure(dataset.size_bytes / 2**30, _GIB_DIGITS)
    return dataset.size_bytes, (f"Live objects are taken as planned, {size} GiB; --live states what is there.",)


def held_against_plan(args: argparse.Namespace, bill: ReadBill, explanation: Explanation) -> PlanBesideBill:
    """Return the bill held against the option of the project, after what it measures is saved, if that is asked for.

    Raises
    ------
    InputError
        When no option is named and none is the likest, the option has no total, or what is measured cannot be saved.
    """
    from cloudcost.analysis.explain.plan import beside_plan

    if args.save_measured is None and args.output is not None:
        raise InputError(f"-o: stated without --save-measured, {args.output}, add it, or leave -o out")
    if args.save_measured is not None:
        require_writable(args.output or args.project, inputs=args.bills)
    project = read_project_argument(args.project, today_of(args))
    option = _option(args, project, explanation)
    from cloudcost.analysis.compare import compare

    planned = compare(replace(project, options=(option,)), today=today_of(args), draws=DRAWS, seed=1)
    [estimate] = planned.options
    if estimate.total_usd is None:
        raise InputError(f"{args.project}:option: {option.name!r} has no total, {estimate.reason}, name another")
    plan = beside_plan(explanation, estimate, project=project.name, price_book=planned.price_book)
    if args.save_measured is not None:
        from cloudcost.analysis.explain.measured import measure

        found = measure(bill, plan, project, option, today=today_of(args), live_bytes=args.live)
        _save(args, found, project.options.index(option))
    return plan


def _option(args: argparse.Namespace, project: Project, explanation: Explanation) -> Option:
    """Return the option that is named, the only one, or the likest to the bill, which is said.

    Raises
    ------
    InputError
        When none is the likest.
    """
    from cloudcost.analysis.compare import compare
    from cloudcost.analysis.explain.plan import likeliest

    if args.option is not None:
        return named_option(project, args.option)
    if len(project.options) == 1:
        return project.options[0]
    estimates = [each for each in compare(project, today=today_of(args)).options if each.total_usd is not None]
    found = likeliest(explanation, estimates)
    if found is None:
        names = ", ".join(each.name for each in project.options)
        raise InputError(f"{args.project}:--option: not stated, '', name the one that was taken: {names}")
    tell_wrapped(
        [f"held against option {found.name}, which the bill is likest to; --option names another"], output=args.format
    )
    return named_option(project, found.name)


def _save(args: argparse.Namespace, found: MeasuredPlan, index: int) -> None:
    """Write the project with what is measured, whole or not at all, and say what that is.

    Raises
    ------
    InputError
        Where a key cannot be set without changing more.
    """
    from cloudcost.project.edit import edited
    from cloudcost.project.file import parse_tables, project_text

    tell_wrapped(list(found.said), output=args.format)
    edits = _edits(found, index)
    target = args.output or args.project
    if not edits:
        tell(f"{target}: not written, nothing to change")
        return
    path = Path(project_path(args.project) or args.project)
    text = edited(project_text(path), edits, file=path.name)
    parse_tables(text, file=path.name)
    write_whole(target, text)
    tell(f"wrote {os.fspath(target)}")


def _edits(found: MeasuredPlan, index: int) -> list[KeyEdit]:
    from cloudcost.project.edit import KeyEdit

    edits = []
    if found.hours_per_run is not None:
        hours = repr(found.hours_per_run)
        edits.append(
            KeyEdit(table="option", index=index, key="hours_per_run", value=hours, instead_of="seconds_per_step")
        )
    if found.size_bytes is not None:
        size = f'"{found.size_bytes / 2**30:.{_GIB_DIGITS}g} GiB"'
        edits.append(KeyEdit(table="dataset", index=None, key="size", value=size))
    return edits

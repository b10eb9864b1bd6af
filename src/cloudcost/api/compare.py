"""The main job from Python, and two answers held against each other."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from cloudcost.analysis.compare import compare as compare_options
from cloudcost.api.asked import count_of, seed_of, usd_of
from cloudcost.api.days import day_or_none, today_or
from cloudcost.api.projects import ProjectLike, path_of, project_from
from cloudcost.errors import InputError
from cloudcost.results.comparison import Comparison
from cloudcost.results.difference import Difference, Side

DRAWS = 2000
"""Scenarios unless others are asked for: as the command line has it. [count]"""
MOST_DRAWS = 1_000_000
"""Chances are then known to 0.1 %, beyond what stands behind them. [count]"""


def compare(
    project: ProjectLike,
    *,
    today: date | str | None = None,
    as_of: date | str | None = None,
    allow_assumed: bool = True,
    draws: int = DRAWS,
    seed: int = 1,
    budget_usd: Decimal | float | str | None = None,
    deadline_seconds: int | None = None,
) -> Comparison:
    """Return the options of a project, cheapest first, as ``cloudcost compare`` prints them.

    Parameters
    ----------
    project : Project, str, Path or mapping
        A project, the path of its file, or its tables as `make_project` takes them.
    today : date or str, optional
        The clock's day unless given.
    as_of : date or str, optional
        Take prices, rates and machines as they were on this day, whatever the project's.
    allow_assumed : bool
        Whether a price that is not known in a region may be assumed by the stated rule.
    draws : int
        Scenarios from which bands and probabilities are taken; 0 for none. [count]
    seed : int
        Of the scenarios.
    budget_usd : Decimal, number or str, optional
        Ask how likely each option stays within it. [USD]
    deadline_seconds : int, optional
        Ask how likely each option is done in so much calendar time. [s]

    Raises
    ------
    ProjectFileError
        With every fault of the project.
    InputError
        When an argument is none, or the project so large that the answer would take minutes.

    Examples
    --------
    60,000 images of 110 kB are 6.6 GB; one training of 38 epochs takes 4 h at 0.526 USD an hour, started once:

    >>> comparison = compare({
    ...     "dataset": {"images": 60_000, "size": "6.6 GB"},
    ...     "training": {"network": "resnet50", "epochs": 38},
    ...     "option": {"name": "EC2", "kind": "ec2", "instance": "g4dn.xlarge", "hours_per_run": 4},
    ... }, today="2026-11-22", draws=0)
    >>> [float(line.amount_usd) // 0.526 for line in comparison.best.lines if "g4dn" in line.usage_type]
    [4.0]
    """
    day = today_or(today)
    return compare_options(
        project_from(project, today=day),
        today=day,
        as_of=day_or_none(as_of, name="as_of"),
        allow_assumed=allow_assumed,
        draws=count_of(draws, "draws", most=MOST_DRAWS),
        seed=seed_of(seed),
        budget_usd=usd_of(budget_usd, "budget_usd"),
        deadline_seconds=None if deadline_seconds is None else count_of(deadline_seconds, "deadline_seconds"),
    )


def diff(
    before: ProjectLike | Comparison,
    after: ProjectLike | Comparison | None = None,
    *,
    as_of: date | str | None = None,
    today: date | str | None = None,
    allow_assumed: bool = True,
) -> Difference:
    """Return two answers held against each other, line by line, as ``cloudcost diff`` does.

    Parameters
    ----------
    before, after : Comparison, Project, str, Path or mapping
        An answer, a project that is compared first, or the path of either: JSON that ``compare`` wrote, or a project
        file. Without `after`, the same project at the prices of `as_of` and at today's.
    as_of : date or str, optional
        Take the prices of this day, for both where two are given.
    today : date or str, optional
        The clock's day unless given.
    allow_assumed : bool
        Whether a price that is not known in a region may be assumed by the stated rule.

    Raises
    ------
    InputError
        When a file cannot be read, or neither `after` nor `as_of` is given.

    Examples
    --------
    >>> tables = {"dataset": {"images": 60_000, "size": "6.6 GB"}, "training": {"network": "resnet50", "epochs": 38},
    ...           "option": {"name": "EC2", "kind": "ec2", "instance": "g4dn.xlarge", "hours_per_run": 4}}
    >>> diff(tables, tables, today="2026-11-22").increase_usd == 0
    True
    """
    from cloudcost.analysis.difference.differ import difference

    day, then = today_or(today), day_or_none(as_of, name="as_of")
    if after is None and then is None:
        raise InputError("diff: a second answer, missing, give another one, or a day by as_of")
    if after is None:
        if isinstance(before, Comparison):
            before = before.project
        first = _side(before, day, then, allow_assumed=allow_assumed)
        return difference(first, _side(before, day, None, allow_assumed=allow_assumed))
    return difference(*(_side(each, day, then, allow_assumed=allow_assumed) for each in (before, after)))


def _side(given: ProjectLike | Comparison, today: date, as_of: date | None, *, allow_assumed: bool) -> Side:
    """Return an answer: as it stands in JSON or in a comparison, a project as it is priced now or on a day."""
    from cloudcost.analysis.difference.sides import side_of, side_of_json

    if isinstance(given, Comparison):
        return side_of(given, given.project.name)
    if isinstance(given, str | Path):
        path = path_of(given, "diff")
        if path.name.endswith((".json", ".json.gz")):
            if as_of is not None:
                raise InputError(
                    f"{given}: holds its prices already, --as-of {as_of}, give --as-of to project files alone"
                )
            return side_of_json(path)
    project = project_from(given, today=today)
    name = str(given) if isinstance(given, str | Path) else project.name
    comparison = compare_options(project, today=today, as_of=as_of, allow_assumed=allow_assumed)
    return side_of(comparison, name if as_of is None else f"{name}, prices of {as_of}")

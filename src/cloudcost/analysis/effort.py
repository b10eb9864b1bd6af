"""How much work an answer about a project takes, told before it is begun: what would take minutes is refused.

Every option is priced for every CNN and month, and every pair is looked at for where one option overtakes the other;
what decides between them varies each input of each. Measured on 2026-11-28 on one core, projects of 4 to 300 options
that all differ, 2 to 100 CNNs and 1 to 120 months, processor time per unit: compared in 0.1 to 0.4 ms, explained in 1.2
to 3.8 ms, written as a page in 2.5 to 6.2 ms; at the limits at most half a minute, and 350 MB as text, 550 MB as JSON.
"""

from __future__ import annotations

from math import ceil
from typing import Literal

from cloudcost.domain.kinds import facts_of
from cloudcost.domain.project import Project
from cloudcost.errors import InputError

Answer = Literal["comparison", "explanation", "page"]

LIMITS: dict[Answer, int] = {"comparison": 60_000, "explanation": 7_000, "page": 4_500}
"""Most that is taken on; about half a minute. [options x CNNs x months]"""
REMEDIES: dict[Answer, str] = {
    "comparison": "give fewer options or CNNs, or a shorter time",
    "explanation": "leave out --explain and --plot, or give fewer options or CNNs, or a shorter time",
    "page": "take compare, or give fewer options or CNNs, or a shorter time",
}
MOST_DRAWN = 20_000_000
"""Amounts that a simulation draws; 15 s. [scenarios x options x CNNs]"""
UPLOADS = 30
"""Stays of an upload in one class and month that are metered in the time in which one option is priced. [count]"""
MOST_PAIRS = 2_000
"""Pairs of options whose break-even is looked for over five quantities; 64 options, about half a minute. [count]"""
STRAIGHT_PAIRS = 6
"""Pairs of machines in AWS that are worth one other pair: their bills have few pieces, those of Colab's packs and of
copies out of AWS thousands; 8 us against 0.3 ms, but 2 kB each where JSON tells all of them. [count]"""
OVERHEAD = 3
"""CNNs, and months, that what does not depend on their number is worth. [count]"""


def effort_of(project: Project) -> int:
    """Return how much work a project is. [options x CNNs x months]"""
    months = OVERHEAD + _months(project)
    dataset = project.dataset
    stays = (dataset.uploads - 1) * (1 + len(dataset.lifecycle))
    options, straight = len(project.options), sum(facts_of(option).in_aws for option in project.options)
    priced = options * (OVERHEAD + len(project.trainings)) * months
    pairs = _pairs(options) - _pairs(straight) + _pairs(straight) // STRAIGHT_PAIRS
    return priced + pairs + stays * months // UPLOADS


def _pairs(options: int) -> int:
    return options * (options - 1) // 2


def _months(project: Project) -> int:
    return ceil(project.duration_seconds / (730 * 3600)) + project.keep_months


def require_effort(project: Project, answer: Answer, *, draws: int = 0) -> None:
    """Refuse an answer that would take minutes.

    Parameters
    ----------
    project : Project
    answer : {"comparison", "explanation", "page"}
    draws : int
        Scenarios of the simulation. [count]

    Raises
    ------
    InputError
        When it is too much work; the message says how much and what to leave out.
    """
    options, cnns = len(project.options), len(project.trainings)
    if effort_of(project) > LIMITS[answer]:
        raise InputError(
            f"{project.name}: too much for one {answer}, {options:,} options x {cnns:,} CNNs over "
            f"{_months(project):,} months and {project.dataset.uploads:,} uploads, {REMEDIES[answer]}"
        )
    if draws * options * cnns > MOST_DRAWN:
        most = MOST_DRAWN // (options * cnns)
        raise InputError(
            f"--draws: too many scenarios for {options:,} options and {cnns:,} CNNs, {draws:,}, give at most {most:,}"
        )


def require_pairs(project: Project) -> None:
    """Refuse the break-even of more pairs of options than are looked for in half a minute.

    Raises
    ------
    InputError
        When there are more.
    """
    options = len(project.options)
    pairs = _pairs(options)
    if pairs > MOST_PAIRS:
        raise InputError(
            f"{project.name}: too many pairs of options for their break-even, {pairs:,} of {options:,} options, "
            f"leave out --explain, take --format text, or give fewer options"
        )

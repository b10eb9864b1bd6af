"""The pass itself: every rule over the project and each option, and each sentence told once."""

from __future__ import annotations

from collections.abc import Sequence

from cloudcost.analysis.nonsense.rule import OptionRule, Subject, Whole
from cloudcost.analysis.nonsense.rules import OPTION_RULES, PROJECT_RULES
from cloudcost.domain.project import Project
from cloudcost.options.dataset import with_counted_folder
from cloudcost.options.model import Context, OptionModel
from cloudcost.results.estimate import Estimate

MOST_OF_A_RULE = 5
"""Sentences that a rule tells before it counts the others. [count]"""
MOST_NAMED = 3
"""Options that a warning names before it counts the others. [count]"""


def nonsense_in(
    project: Project, pairs: Sequence[tuple[OptionModel | None, Estimate]], context: Context
) -> tuple[str, ...]:
    """Return a sentence for each thing in a project that makes no sense, the project's before the options'.

    Parameters
    ----------
    project : Project
    pairs : sequence of (OptionModel or None, Estimate)
        Of its options, in the file's order.
    context : Context

    Raises
    ------
    InputError
        When the data set's folder cannot be counted.
    """
    project = with_counted_folder(project, context.timing)
    whole = Whole(project=project, context=context)
    said = [sentence for rule in PROJECT_RULES for sentence in rule.found(whole, rule.limit)]
    subjects = [
        Subject(project=project, option=option, model=model, estimate=estimate, context=context)
        for option, (model, estimate) in zip(project.options, pairs, strict=True)
    ]
    for rule in OPTION_RULES:
        said += _of_options(rule, subjects)
    return tuple(dict.fromkeys(said))


def _of_options(rule: OptionRule, subjects: Sequence[Subject]) -> list[str]:
    """Return what a rule finds in the options, those that share a sentence together, the first few sentences."""
    owners: dict[str, list[str]] = {}
    for subject in subjects:
        for sentence in rule.found(subject, rule.limit):
            owners.setdefault(sentence, []).append(subject.option.name)
    said = [f"{_names(names)}: {sentence}" for sentence, names in owners.items()]
    more = len(said) - MOST_OF_A_RULE
    return said if more <= 0 else [*said[:MOST_OF_A_RULE], f"{more:,} more of this kind ({rule.name})"]


def _names(names: Sequence[str]) -> str:
    """Return the options that share a sentence; beyond a few they are counted.

    Examples
    --------
    >>> _names(["a", "b"]), _names(["a", "b", "c", "d", "e"])
    ('a, b', 'a, b, c and 2 more')
    """
    names = list(dict.fromkeys(names))
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")

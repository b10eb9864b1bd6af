"""The pass itself: every rule over the project and each option, and each sentence told once."""

from __future__ import annotations

from collections.abc import Sequence

from cloudcost.analysis.dataset import with_counted_folder
from cloudcost.analysis.model import Context, OptionModel
from cloudcost.analysis.nonsense.rule import Subject
from cloudcost.analysis.nonsense.rules import OPTION_RULES, PROJECT_RULES
from cloudcost.analysis.results import Estimate
from cloudcost.domain.project import Project

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
    project = with_counted_folder(project, context.clock)
    said = [sentence for rule in PROJECT_RULES for sentence in rule.found(project, rule.limit)]
    owners: dict[str, list[str]] = {}
    subjects = [
        Subject(project=project, option=option, model=model, estimate=estimate, context=context)
        for option, (model, estimate) in zip(project.options, pairs, strict=True)
    ]
    for rule in OPTION_RULES:
        for subject in subjects:
            for sentence in rule.found(subject, rule.limit):
                owners.setdefault(sentence, []).append(subject.option.name)
    return (*dict.fromkeys(said), *(f"{_names(names)}: {sentence}" for sentence, names in owners.items()))


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

"""What stands in an option's way, apart from prices and the calendar: every obstacle, not only the first one met.

Whoever mends one obstacle should not meet the next only then, so that all of them are told, the worst first: a machine
that cannot be had, a CNN that does not fit into its memory, data that cannot be read or has no room.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cloudcost.domain.project import Training
from cloudcost.figures import size_words
from cloudcost.options.times.trainings import Timed
from cloudcost.usage.machines.runs import RunPlan, SessionTooShortError, in_sessions

ALSO = "; also, "
"""Between two reasons why an option is none to choose."""


def together(reasons: Iterable[str]) -> str:
    """Return reasons as one text in their order, each once; empty where there is none.

    Examples
    --------
    >>> together(["it is retired", "", "the disk is too small", "it is retired"])
    'it is retired; also, the disk is too small'
    """
    told = [reason for reason in reasons if reason]
    return ALSO.join(dict.fromkeys(told)) if told else ""


def memory_obstacles(trainings: Sequence[Training], timed: Sequence[Timed]) -> list[str]:
    """Return, for each CNN that is too large for the GPU's memory, that it is and what would fit."""
    return [_memory_obstacle(training, each) for training, each in zip(trainings, timed, strict=True)]


def _memory_obstacle(training: Training, timed: Timed) -> str:
    if timed.step.fits_memory is not False:
        return ""
    largest = timed.step.largest_batch or 0
    remedy = f"the largest batch that fits is {largest}" if largest else "not even a batch of 1 fits"
    needs = "" if timed.step.memory_bytes is None else f" needs {size_words(timed.step.memory_bytes)} and"
    return f"{training.name} at batch {training.batch}{needs} does not fit into the GPU's memory; {remedy}"


def session_plans(
    trainings: Sequence[Training], timed: Sequence[Timed], session_seconds: float | None
) -> tuple[list[RunPlan], list[str]]:
    """Return the plans of runs, cut into sessions where those end, and what cannot be finished in sessions.

    Parameters
    ----------
    session_seconds : float or None
        Longest session; None where none ends. [s]
    """
    plans: list[RunPlan] = []
    obstacles: list[str] = []
    for training, each in zip(trainings, timed, strict=True):
        plan = each.plan
        if session_seconds is not None:
            try:
                plan = in_sessions(plan, session_seconds=session_seconds, training=training)
            except SessionTooShortError as error:
                obstacles.append(f"{training.name}: {error}")
        plans.append(plan)
    return plans, obstacles

"""What matters: which inputs move the answer, what would flip it, what is worth a look, and what would cost less."""

from __future__ import annotations

from collections.abc import Sequence

from cloudcost.analysis.effort import require_effort
from cloudcost.analysis.estimate import estimate_model
from cloudcost.analysis.matters.flips import find_flips
from cloudcost.analysis.matters.option_parameters import option_parameters
from cloudcost.analysis.matters.parameters import Parameter
from cloudcost.analysis.matters.pareto import pareto_front
from cloudcost.analysis.matters.project_parameters import project_parameters
from cloudcost.analysis.matters.suggestions.best import suggestions
from cloudcost.analysis.matters.tornado import tornado
from cloudcost.analysis.matters.what_if import Board, board_of
from cloudcost.domain.project import Project
from cloudcost.options.model import Context, OptionModel
from cloudcost.results.estimate import Estimate
from cloudcost.results.matters import FlipPoint, WhatMatters


def parameters_of(board: Board) -> tuple[Parameter, ...]:
    """Return every input of a project that can be varied by name: the project's own first, then the options'."""
    level = board.context.timing.level
    return (*project_parameters(board.project, level), *option_parameters(board.models, level))


def what_matters(
    project: Project,
    context: Context,
    *,
    models: Sequence[OptionModel] = (),
    estimates: Sequence[Estimate] = (),
    with_suggestions: bool = True,
) -> WhatMatters:
    """Return what moves the answer of a project, what flips it, and what would cost less.

    Parameters
    ----------
    project : Project
    context : Context
        Of the comparison.
    models : sequence of OptionModel, optional
        Of the project's options, where they were built before.
    estimates : sequence of Estimate, optional
        Of the project's options, where they were made before.
    with_suggestions : bool
        Whether to price suggestions too, which takes about as long as the rest.

    Raises
    ------
    InputError
        When the project names a CNN or a folder that cannot be read, or is too large to be looked into.
    """
    require_effort(project, "explanation")
    board = board_of(project, context, models)
    parameters = parameters_of(board)
    known = estimates or [estimate_model(model) for model in board.models]
    best, second = board.best, board.runner_up
    return WhatMatters(
        best="" if best is None else best.name,
        runner_up="" if second is None else second.name,
        tornado=tornado(parameters, board),
        flips=all_flips(parameters, board),
        front=pareto_front(known),
        suggestions=suggestions(board) if with_suggestions else (),
    )


def all_flips(parameters: Sequence[Parameter], board: Board) -> tuple[FlipPoint, ...]:
    """Return the flips of every input, the nearest in its own spread first."""
    found = [flip for parameter in parameters for flip in find_flips(parameter, board)]
    return tuple(sorted(found, key=_nearness))


def _nearness(flip: FlipPoint) -> tuple[bool, float]:
    return flip.distance_sd is None, flip.distance_sd or 0.0

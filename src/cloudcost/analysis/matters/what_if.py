"""Where the options of a project stand when one input is changed: totals, who can do it, and who is the answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from decimal import Decimal

from cloudcost.analysis.matters.parameters import Parameter
from cloudcost.domain.kinds import facts_of
from cloudcost.domain.project import Option, Project
from cloudcost.errors import CatalogError, TimingError
from cloudcost.frozen import dataclass
from cloudcost.options.dataset import with_counted_folder
from cloudcost.options.model import Context, OptionModel, build_model


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """One option under one project.

    Parameters
    ----------
    name : str
    is_local : bool
    total_usd : Decimal or None
        As an estimate prints it; None where it cannot be priced or timed. [USD]
    can : bool
        Whether it is feasible, priced and can be counted on.
    reason : str
        Why not feasible; empty otherwise.
    hours : float
        Wall time of all runs, which breaks ties. [h]
    """

    name: str
    is_local: bool
    total_usd: Decimal | None
    can: bool
    reason: str = ""
    hours: float = 0.0


def placing_of(project: Project, option: Option, context: Context) -> Placing:
    """Return where an option stands."""
    try:
        return placing_of_model(build_model(project, option, context))
    except (CatalogError, TimingError) as error:
        return Placing(
            name=option.name, is_local=facts_of(option).at_home, total_usd=None, can=False, reason=str(error)
        )


def placing_of_model(model: OptionModel) -> Placing:
    """Return where an option stands at the expected runs.

    Raises
    ------
    PriceNotFoundError
        When prices are missing.
    """
    counts = [training.runs.expected for training in model.project.trainings]
    total = model.bill.total_usd(counts)
    reason = model.reason(counts)
    return Placing(
        name=model.option.name,
        is_local=facts_of(model.option).at_home,
        total_usd=total,
        can=not reason and model.machine.guaranteed,
        reason=reason,
        hours=sum(run.wall_seconds * count for run, count in zip(model.runs, counts, strict=True)) / 3600,
    )


def winner(placings: Iterable[Placing]) -> Placing | None:
    """Return the cheapest that can do it, of equals the fastest, then the first by name; None where none can."""
    able = [(each.total_usd, each) for each in placings if each.can and each.total_usd is not None]
    return min(able, key=lambda pair: (pair[0], pair[1].hours, pair[1].name))[1] if able else None


@dataclass(slots=True)
class Board:
    """A project's options at their assumed inputs, and at any one input changed; remembered.

    Parameters
    ----------
    project : Project
        With its folder counted.
    context : Context
    models : tuple of OptionModel
        Of the options that could be modelled.
    base : tuple of Placing
        In the project's order.
    """

    project: Project
    context: Context
    models: tuple[OptionModel, ...]
    base: tuple[Placing, ...]
    _asked: dict[tuple[str, float, str], Placing] = field(default_factory=dict)
    _projects: dict[tuple[str, float], Project] = field(default_factory=dict)

    @property
    def best(self) -> Placing | None:
        """The answer as things are assumed."""
        return winner(self.base)

    @property
    def runner_up(self) -> Placing | None:
        """The next of those that can do it."""
        best = self.best
        return winner(each for each in self.base if best is not None and each.name != best.name)

    def at(self, parameter: Parameter, value: float, names: Iterable[str] | None = None) -> list[Placing]:
        """Return where options stand with one input changed, in the project's order; all options by default."""
        wanted = None if names is None else set(names)
        return [
            self._one(parameter, value, index)
            for index, each in enumerate(self.base)
            if wanted is None or each.name in wanted
        ]

    def _one(self, parameter: Parameter, value: float, index: int) -> Placing:
        base = self.base[index]
        if value == parameter.value or not parameter.touches(base.name):
            return base
        key = (parameter.name, value, base.name)
        if key not in self._asked:
            place = (parameter.name, value)
            if place not in self._projects:
                self._projects[place] = parameter.at(self.project, value)
            self._asked[key] = self._estimate(parameter, self._projects[place], index)
        return self._asked[key]

    def _estimate(self, parameter: Parameter, changed: Project, index: int) -> Placing:
        option = changed.options[index]
        if not parameter.meters:
            model = next((each for each in self.models if each.option.name == option.name), None)
            if model is None:
                return self.base[index]
            return placing_of_model(model.under(changed, option))
        return placing_of(changed, option, self.context)


def settled(project: Project, context: Context) -> Project:
    """Return the project with its folder counted, so that its data set can be varied.

    Raises
    ------
    InputError
        When the folder cannot be counted.
    """
    counted = with_counted_folder(project, context.timing)
    return replace(counted, dataset=replace(counted.dataset, folder=None))


def board_of(project: Project, context: Context, models: Sequence[OptionModel] = ()) -> Board:
    """Return the board of a project.

    Parameters
    ----------
    models : sequence of OptionModel, optional
        Of its options, where they were built before with the same context.

    Raises
    ------
    InputError
        When the project names a CNN or a folder that cannot be read.
    """
    project = settled(project, context)
    known = {model.option.name: model for model in models}
    found: list[OptionModel] = []
    base: list[Placing] = []
    for option in project.options:
        try:
            model = known.get(option.name) or build_model(project, option, context)
            base.append(placing_of_model(model))
            found.append(model)
        except (CatalogError, TimingError) as error:
            is_local = facts_of(option).at_home
            base.append(Placing(name=option.name, is_local=is_local, total_usd=None, can=False, reason=str(error)))
    return Board(project=project, context=context, models=tuple(found), base=tuple(base))

"""What a rule of the pass is: a name, a limit with its unit and reason, and what finds the nonsense."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cloudcost.domain.network import Network
from cloudcost.domain.project import Option, Project, Training
from cloudcost.errors import InputError
from cloudcost.frozen import dataclass
from cloudcost.options.model import Context, OptionModel
from cloudcost.results.estimate import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A project with its folder counted, and what its comparison holds fixed."""

    project: Project
    context: Context

    def network(self, training: Training) -> Network | None:
        """Return a training's CNN where it can be had without running anybody's code; None elsewhere."""
        timing = self.context.timing
        if timing.would_run_code(training):
            return None
        try:
            return timing.network(training)
        except InputError:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One option of a project with what was made of it.

    Parameters
    ----------
    project : Project
        With its folder counted.
    option : Option
    model : OptionModel or None
        None where it could not be priced or timed.
    estimate : Estimate
    context : Context
    """

    project: Project
    option: Option
    model: OptionModel | None
    estimate: Estimate
    context: Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of the pass.

    Parameters
    ----------
    name : str
        What it looks at, in a few words.
    limit : float
        From which it warns.
    unit : str
        Of the limit, and on which side of it the nonsense lies.
    reason : str
        Why the limit lies there.
    """

    name: str
    limit: float
    unit: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRule(Rule):
    """A rule about the project; `found` gets it and the limit, and yields a sentence for each thing that is odd."""

    found: Callable[[Whole, float], Iterable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionRule(Rule):
    """A rule about one option; its sentences do not name the option, since several may share one."""

    found: Callable[[Subject, float], Iterable[str]]

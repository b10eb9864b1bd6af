"""The answer in four short parts: what to take, its price and time, its risk, and the next best."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudcost.domain.kinds import KINDS
from cloudcost.figures import time_words
from cloudcost.frozen import dataclass
from cloudcost.render.tables.cells import usd_cell
from cloudcost.render.words import percent

if TYPE_CHECKING:
    from cloudcost.results.comparison import Comparison
    from cloudcost.results.estimate import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerParts:
    """What a verdict says, part by part; empty where there is nothing to say.

    Parameters
    ----------
    answer : str
        The option, and where it is.
    price_and_time : str
    risk : str
        Of missing the deadline and the budget; empty without scenarios.
    next_best : str
    """

    answer: str
    price_and_time: str = ""
    risk: str = ""
    next_best: str = ""

    def record(self) -> dict[str, str | None]:
        """Return the parts as JSON has them, null where there is nothing to say."""
        return {
            "answer": self.answer,
            "price_and_time": self.price_and_time or None,
            "risk": self.risk or None,
            "next_best": self.next_best or None,
        }

    def named(self) -> list[tuple[str, str]]:
        """Return each part that is not empty under its name."""
        parts = (
            ("Answer", self.answer),
            ("Price and time", self.price_and_time),
            ("Risk", self.risk),
            ("Next best", self.next_best),
        )
        return [(name, said) for name, said in parts if said]


def answer_parts(comparison: Comparison, *, where: str = "") -> AnswerParts:
    """Return the answer of a comparison in four parts.

    Parameters
    ----------
    comparison : Comparison
    where : str
        Where the best option is, in words; empty for its place alone.
    """
    best = comparison.best
    if best is None:
        return AnswerParts(answer=comparison.verdict)
    others = (each for each in comparison.options if each.feasible and each.guaranteed and each is not best)
    following = next(others, None)
    return AnswerParts(
        answer=f"{best.name}, {where or _place(best)}",
        price_and_time=f"{usd_cell(best)} USD, {_time(best)}",
        risk=_risk(comparison, best),
        next_best="" if following is None else f"{following.name}, {usd_cell(following)} USD, {_time(following)}",
    )


def _place(option: Estimate) -> str:
    return "on your own machine" if KINDS[option.kind].at_home else "in the cloud"


def _time(option: Estimate) -> str:
    return time_words((option.calendar_hours or 0.0) * 3600)


def _risk(comparison: Comparison, best: Estimate) -> str:
    """Return how likely the best option is late, and over what was asked for; empty without scenarios."""
    sure, asked = best.uncertainty, comparison.uncertainty
    if sure is None:
        return ""
    given = time_words(comparison.project.duration_seconds)
    said = [f"{percent(1 - sure.probability_within_duration)} that it takes longer than {given}"]
    if sure.probability_within_deadline is not None and asked is not None and asked.deadline_seconds is not None:
        wanted = time_words(asked.deadline_seconds)
        said.append(f"{percent(1 - sure.probability_within_deadline)} that it takes longer than {wanted}")
    if sure.probability_within_budget is not None:
        said.append(f"{percent(1 - sure.probability_within_budget)} that it costs more than the budget")
    return "; ".join(said)

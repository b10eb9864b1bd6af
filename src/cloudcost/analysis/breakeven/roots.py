"""Quantities over which the difference of two totals is straight, or straight in the inverse: exact crossings.

Each function returns stretches: where each begins, and the sign of a's total less b's in it (-1: a is cheaper).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field, replace
from decimal import Decimal
from fractions import Fraction

from cloudcost.analysis.matters.changes import with_local
from cloudcost.domain.project import Option, Project
from cloudcost.frozen import dataclass
from cloudcost.options.model import Context, OptionModel, build_model
from cloudcost.pricing.bill.pieces import Curve, combine
from cloudcost.units import HOURS_PER_MONTH
from cloudcost.usage.chosen import machines_of

Stretch = tuple[Fraction, int]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two options of a project; a changed project has them under the same names.

    Parameters
    ----------
    project : Project
    a, b : str
    context : Context
    known : dict
        Exact totals by option and value of one quantity, which the pairs of a project share. [USD]
    """

    project: Project
    a: str
    b: str
    context: Context
    known: dict[tuple[str, int], Fraction] = field(default_factory=dict)

    def models(self, project: Project) -> tuple[OptionModel, OptionModel]:
        """Return both options' models under a project."""
        first, second = (build_model(project, option_of(project, name), self.context) for name in (self.a, self.b))
        return first, second

    def difference(self, change: Callable[[int], Project], value: int) -> Fraction:
        """Return a's exact total less b's at the expected runs, with the project changed to a value. [USD]"""
        return self._total(self.a, change, value) - self._total(self.b, change, value)

    def _total(self, name: str, change: Callable[[int], Project], value: int) -> Fraction:
        if (name, value) not in self.known:
            project = change(value)
            model = build_model(project, option_of(project, name), self.context)
            self.known[name, value] = exact_total(model)
        return self.known[name, value]


def option_of(project: Project, name: str) -> Option:
    """Return the option of that name; raise KeyError when there is none."""
    for option in project.options:
        if option.name == name:
            return option
    raise KeyError(name)


def exact_total(model: OptionModel) -> Fraction:
    """Return a model's total at the expected runs, unrounded. [USD]

    Raises
    ------
    PriceNotFoundError
        When prices are missing.
    """
    counts = [training.runs.expected for training in model.project.trainings]
    return model.bill.curve(1, 1, counts).at(1)


def machine_hours(model: OptionModel) -> Fraction:
    """Return the billed hours of all expected runs. [h]"""
    counts = [training.runs.expected for training in model.project.trainings]
    return Fraction(sum(run.billed_seconds * count for run, count in zip(model.runs, counts, strict=True)), 3600)


def project_months(project: Project) -> Fraction:
    """Return the project's duration in months of 730 h. [months]"""
    return Fraction(project.duration_seconds, HOURS_PER_MONTH * 3600)


def hours_stretches(pair: Pair, reference: Option) -> list[Stretch]:
    """Walk the exact pieces of both totals over whole hours a month on the reference's machine.

    Raises
    ------
    ValueError
        When the project has no runs, so that an hour of its mix of CNNs is not defined.
    """
    project = pair.project
    hours = machine_hours(build_model(project, reference, pair.context))
    if not hours:
        raise ValueError("a project without runs has no hours of training")
    weights = [training.runs.expected * project_months(project) / hours for training in project.trainings]
    last = HOURS_PER_MONTH * machines_of(project, reference)
    first, second = (model.bill.curve(1, last, weights) for model in pair.models(project))
    difference = combine([(1, first), (-1, second)], first=1, last=last)
    return [(Fraction(n), sign) for n, sign in curve_signs(difference)]


def curve_signs(curve: Curve) -> Iterator[tuple[int, int]]:
    """Yield the stretches of n by a curve's sign, each by its first n.

    Examples
    --------
    3 - n is positive up to 2, zero at 3 and negative from 4 on:

    >>> list(curve_signs(Curve.straight(1, 10, Fraction(3), Fraction(-1))))
    [(1, 1), (3, 0), (4, -1)]
    """
    ends = [piece[0] - 1 for piece in curve.pieces[1:]] + [curve.last]
    for (start, constant, slope), end in zip(curve.pieces, ends, strict=True):
        cuts = {start}
        if slope:
            zero = -constant / slope
            cuts |= {-(-zero.numerator // zero.denominator), zero.numerator // zero.denominator + 1}
        for cut in sorted(cuts):
            if start <= cut <= end:
                value = constant + slope * cut
                yield cut, (value > 0) - (value < 0)


def electricity_stretches(pair: Pair, low: Fraction, high: Fraction) -> list[Stretch]:
    """Solve for the price that every machine of one's own of the pair pays. [USD/kWh]"""
    payers = frozenset({pair.a, pair.b})

    def paying(usd: int) -> Project:
        return with_local(pair.project, lambda machine: replace(machine, electricity_usd_per_kwh=Decimal(usd)), payers)

    return list(_Line.through(pair, paying, (0, 1)).signs(low, high))


def utilisation_stretches(pair: Pair, low: Fraction, high: Fraction) -> list[Stretch]:
    """Solve in the inverse of the utilisation, in which a share of a machine's life is straight. [1]"""
    names = frozenset({pair.a, pair.b})

    def used(inverse: int) -> Project:
        return with_local(pair.project, lambda machine: replace(machine, utilisation=1 / inverse), names)

    signs = list(_Line.through(pair, used, (1, 2)).signs(1 / high, 1 / low))
    ends = [*(1 / inverse for inverse, _ in signs[1:]), low]
    return [(end, sign) for end, (_, sign) in zip(reversed(ends), reversed(signs), strict=True)]


@dataclass(frozen=True, slots=True)
class _Line:
    """A difference of totals that is straight in a quantity: ``constant + slope * value``."""

    constant: Fraction
    slope: Fraction

    @classmethod
    def through(cls, pair: Pair, change: Callable[[int], Project], at: tuple[int, int]) -> _Line:
        """Return the line through the differences at two neighbouring whole values."""
        first, second = (pair.difference(change, value) for value in at)
        slope = second - first
        return cls(first - slope * at[0], slope)

    def signs(self, low: Fraction, high: Fraction) -> Iterator[tuple[Fraction, int]]:
        """Yield the sign just above `low` and, where it changes in the range, that above the root."""
        root = -self.constant / self.slope if self.slope else None
        if root is not None and low < root < high:
            rising = 1 if self.slope > 0 else -1
            yield low, -rising
            yield root, rising
            return
        middle = self.constant + self.slope * (low + high) / 2
        yield low, (middle > 0) - (middle < 0)

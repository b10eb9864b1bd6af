"""Optimizers: how many moments each keeps beside the weights, and which calls its update makes."""

from __future__ import annotations

from datetime import date
from functools import cache

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.frozen import dataclass

_COLUMNS = ("name", "moments", "update", "as_of", "source", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizerFacts:
    """What is known of an optimizer.

    Parameters
    ----------
    moments : int
        Tensors of the parameters' size that it keeps between steps. [count]
    update : tuple of (str, int)
        The calls per tensor of parameters, and how many tensors of its shape each reads.
    as_of : date
    source : str
        Key of a `Source`.
    """

    moments: int
    update: tuple[tuple[str, int], ...]
    as_of: date
    source: str

    @property
    def copies(self) -> int:
        """Parameter-sized tensors in memory: weights, gradients, moments. [count]"""
        return 2 + self.moments


@cache
def optimizers() -> dict[str, OptimizerFacts]:
    """Return the optimizers by name."""
    return {
        name: OptimizerFacts(
            moments=int(moments),
            update=tuple((call, int(reads)) for call, _, reads in (each.partition(":") for each in update.split("|"))),
            as_of=date.fromisoformat(as_of),
            source=source,
        )
        for name, moments, update, as_of, source, _ in read_table(DATA / "optimizers.csv", _COLUMNS)
    }


def optimizer_facts(name: str) -> OptimizerFacts:
    """Return what is known of an optimizer.

    Raises
    ------
    ValueError
        When there is none of that name.

    Examples
    --------
    >>> optimizer_facts("adam").copies
    4
    """
    found = optimizers().get(name)
    if found is None:
        raise ValueError(f"optimizer {name!r} is none of {', '.join(optimizers())}")
    return found

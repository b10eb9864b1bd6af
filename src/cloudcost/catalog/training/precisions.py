"""Arithmetic of a training: the bytes in which activations are kept, and those of a copy of the weights."""

from __future__ import annotations

from datetime import date
from functools import cache

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.frozen import dataclass

_COLUMNS = ("name", "activation_bytes", "weight_bytes", "weight_copy_bytes", "as_of", "source", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecisionFacts:
    """What is known of a precision.

    Parameters
    ----------
    activation_bytes : int
        Of a number that the backward pass reads again. [bytes]
    weight_bytes : int
        Of a parameter, its gradient and each moment of the optimizer. [bytes]
    weight_copy_bytes : int
        Of a copy of a parameter beside it; 0 where there is none. [bytes]
    as_of : date
    source : str
        Key of a `Source`.
    """

    activation_bytes: int
    weight_bytes: int
    weight_copy_bytes: int
    as_of: date
    source: str


@cache
def precisions() -> dict[str, PrecisionFacts]:
    """Return the precisions by name."""
    return {
        name: PrecisionFacts(
            activation_bytes=int(activation),
            weight_bytes=int(weight),
            weight_copy_bytes=int(weight_copy),
            as_of=date.fromisoformat(as_of),
            source=source,
        )
        for name, activation, weight, weight_copy, as_of, source, _ in read_table(DATA / "precisions.csv", _COLUMNS)
    }


def precision_facts(name: str) -> PrecisionFacts:
    """Return what is known of a precision.

    Raises
    ------
    ValueError
        When there is none of that name.

    Examples
    --------
    >>> precision_facts("amp").activation_bytes
    2
    """
    found = precisions().get(name)
    if found is None:
        raise ValueError(f"precision {name!r} is none of {', '.join(precisions())}")
    return found

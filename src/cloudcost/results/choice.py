"""The machines of the whole price book, ranked for one project."""

from __future__ import annotations

from collections.abc import Mapping

from cloudcost.frozen import dataclass
from cloudcost.results.comparison import Comparison
from cloudcost.results.matters import FrontPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class BookChoice:
    """The best of all that the book has, as a comparison of them, and what became of the rest.

    Parameters
    ----------
    comparison : Comparison
        Of the project's own options and the best of the book, cheapest first.
    considered : int
        Rows of the book: each machine, in each region, however bought. [count]
    priced : int
        Of those, that were estimated in full, or shown to cost more than the best by their hours alone. [count]
    left_out : mapping of str to int
        The rest, by why. [count]
    front : tuple of FrontPoint
        Of all that qualify, those that no other beats in both cost and time; cheapest first.
    """

    comparison: Comparison
    considered: int
    priced: int
    left_out: Mapping[str, int]
    front: tuple[FrontPoint, ...]

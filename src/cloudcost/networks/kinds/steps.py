"""How PyTorch runs an operation, said without PyTorch: modules and functions by name, one after the other."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Step(NamedTuple):
    """One module or function.

    Parameters
    ----------
    name : str
        A class of ``torch.nn`` (``"Conv2d"``), made once, or a function of ``torch`` (``"flatten"``), called with what
        is read first. ``"Scale"`` is a tensor of trainable factors, of which the argument is the shape.
    arguments, named
        Of the class, or of the function behind what it reads.
    reads : {"one", "list", "pairs"}
        Whether a function gets the one tensor, all of them as a list, or two at a time from the left.
    """

    name: str
    arguments: tuple[object, ...] = ()
    named: tuple[tuple[str, object], ...] = ()
    reads: Literal["one", "list", "pairs"] = "one"


def step(name: str, *arguments: object, **named: object) -> Step:
    """Return a step that reads one tensor."""
    return Step(name=name, arguments=arguments, named=tuple(named.items()))

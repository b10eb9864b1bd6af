"""Which operation reads what, where a network JSON leaves it out.

Shapes mostly tell: an operation reads what was written just before if that has the right shape, else the latest tensor
of that shape, one that nobody has read yet before any other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cloudcost.domain.network import Network, Op, Shape


def wired(network: Network) -> Network:
    """Return the network with the sources of every operation, guessed by shape where they are not stated.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from cloudcost.networks.registry import named_network
    >>> whole = named_network("squeezenet1_1")  # branches that a concatenation joins
    >>> bare = replace(whole, ops=tuple(replace(op, sources=()) for op in whole.ops))
    >>> all(set(a.sources) == set(b.sources) for a, b in zip(wired(bare).ops, whole.ops, strict=True))
    True
    """
    if all(op.sources for op in network.ops):
        return network
    written: list[tuple[str, Shape]] = [("", network.input)]
    unread = {""}
    ops: list[Op] = []
    for op in network.ops:
        if not op.sources:
            op = replace(op, sources=_guess(op, written, unread))
        unread.difference_update(op.sources)
        unread.add(op.name)
        written.append((op.name, op.output))
        ops.append(op)
    return replace(network, ops=tuple(ops))


def _guess(op: Op, written: list[tuple[str, Shape]], unread: set[str]) -> tuple[str, ...]:
    previous, last_shape = written[-1]
    if len(op.inputs) == 1 and last_shape == op.inputs[0]:
        return (previous,)
    chosen: list[str] = []
    for shape in op.inputs:
        fitting = [name for name, size in reversed(written) if size == shape and name not in chosen]
        fresh = [name for name in fitting if name in unread]
        chosen.append((fresh or fitting or [previous])[0])
    return tuple(chosen)

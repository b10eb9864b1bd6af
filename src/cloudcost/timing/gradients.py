"""Which gradients a training step computes, operation by operation.

A gradient flows from the loss down to the first operation that trains something and no further: below it nothing is
kept and nothing runs backward. A frozen operation above it passes the gradient of its input on and has none of its own.
Nothing flows through what runs under ``no_grad``. Regions of activation checkpointing are run again on the way back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cloudcost.networks.checks import trained_parameters, trains_kernel
from cloudcost.networks.counts import macs
from cloudcost.networks.kinds.table import kind_of
from cloudcost.timing.wiring import wired

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cloudcost.domain.network import Network, Op


class Gradients(NamedTuple):
    """What the backward pass computes of one operation.

    Parameters
    ----------
    sources : tuple of bool
        Of each tensor read: whether its gradient is computed.
    kernel : bool
        Whether that of its weights is.
    backward : bool
        Whether it has a backward pass at all.
    again : bool
        Whether its forward pass runs once more, before that.
    """

    sources: tuple[bool, ...]
    kernel: bool
    backward: bool
    again: bool = False

    @property
    def usual(self) -> bool:
        """Whether its forward and its backward pass run once each."""
        return self.backward and not self.again


def step_gradients(network: Network) -> tuple[Gradients, ...]:
    """Return what the backward pass of a step computes, for each operation of a wired network.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from cloudcost.networks.registry import named_network
    >>> whole = named_network("lenet5")
    >>> ops = tuple(replace(op, trained=op is whole.ops[-1]) for op in whole.ops)  # the last layer alone
    >>> [each.backward for each in step_gradients(replace(whole, ops=ops))].count(True)
    1
    """
    flows = {"": False}
    found: list[Gradients] = []
    for op in network.ops:
        sources = tuple(flows[source] and not op.no_grad for source in op.sources)
        backward = any(sources) or trained_parameters(op) > 0
        flows[op.name] = backward
        found.append(Gradients(sources=sources, kernel=trains_kernel(op), backward=backward))
    again = _run_again(network, found)
    return tuple(each._replace(again=op.name in again) for op, each in zip(network.ops, found, strict=True))


def passes_of(gradients: Gradients) -> tuple[str, ...]:
    """Return the passes of a product that a step computes: forward, gradient of the weights, gradient of the input.

    Examples
    --------
    >>> passes_of(Gradients(sources=(True,), kernel=False, backward=True))  # a frozen layer above a trained one
    ('fwd', 'dx')
    """
    ahead = ("fwd", "fwd") if gradients.again else ("fwd",)
    behind = ("dw",) * gradients.kernel + ("dx",) * any(gradients.sources)
    return (*ahead, *(behind if gradients.backward else ()))


def step_macs(network: Network) -> int:
    """Return the multiply-accumulates of one step of one image: forward and the gradients that are computed.

    Examples
    --------
    >>> from cloudcost.networks.registry import named_network
    >>> step_macs(named_network("lenet5"))  # three times 416,520, but for the gradient of the images, 117,600
    1131960
    """
    network = wired(network)
    pairs = zip(network.ops, step_gradients(network), strict=True)
    return sum(macs(op) * len(passes_of(gradients)) for op, gradients in pairs)


def _run_again(network: Network, gradients: Iterable[Gradients]) -> frozenset[str]:
    """Return the operations that the backward pass runs forward again: of each region as far as something is kept.

    PyTorch stops a region's second run when it has found everything that the backward pass reads, so what comes behind
    that (an addition at its end, a last convolution, which keeps what it reads alone) runs once.
    """
    found: list[str] = []
    regions: dict[str, list[tuple[Op, bool]]] = {}
    for op, each in zip(network.ops, gradients, strict=True):
        if op.checkpoint:
            regions.setdefault(op.checkpoint, []).append((op, each.backward))
    for members in regions.values():
        kept = [place for place, (op, backward) in enumerate(members) if backward and kind_of(op).keeps != "nothing"]
        if kept:
            last, _ = members[kept[-1]]
            runs = kind_of(last).keeps != "input" or kind_of(last).group == "norm"
            found += [op.name for op, _ in members[: kept[-1] + runs]]
    return frozenset(found)

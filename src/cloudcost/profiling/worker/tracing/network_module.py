"""A module that runs a `Network`: any named network or network JSON can be timed without a definition in torch."""

from __future__ import annotations

from typing import assert_never

import torch
from torch import nn

from cloudcost.domain.network import Network, Op
from cloudcost.networks.kinds.steps import Step
from cloudcost.networks.kinds.table import kind_of


class NetworkModule(nn.Module):
    """Runs the operations in order; outputs that nobody reads (auxiliary heads) are stacked along the batch.

    Parameters
    ----------
    network : Network

    Raises
    ------
    UnknownOpError
        For an operation of a kind that has no record.
    """

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network
        first = _first_channels(network)
        self.parts = nn.ModuleList(_Part(op, first.get(op.name, 0)) for op in network.ops)
        read = {source for op in network.ops for source in op.sources}
        shape = network.ops[-1].output
        self.outputs = tuple(op.name for op in network.ops if op.name not in read and op.output == shape)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Run every operation."""
        values: dict[str, torch.Tensor] = {"": images}
        previous = ""
        for op, part in zip(self.network.ops, self.parts, strict=True):
            reads = [values[source] for source in (op.sources or (previous,))]
            values[op.name] = part(*reads)
            previous = op.name
        outputs = [values[name] for name in self.outputs]
        return outputs[0] if len(outputs) == 1 else torch.cat(outputs)


def _first_channels(network: Network) -> dict[str, int]:
    """Return the first channel of each part: parts of one tensor follow one another in the order of execution."""
    first: dict[str, int] = {}
    taken: dict[str, int] = {}
    for op in network.ops:
        if kind_of(op).part:
            first[op.name] = taken.get(op.sources[0], 0) % max(op.inputs[0][0], 1)
            taken[op.sources[0]] = taken.get(op.sources[0], 0) + op.output[0]
    return first


class _Part(nn.Module):
    """Runs one operation, step by step as its kind's record says."""

    def __init__(self, op: Op, first: int) -> None:
        super().__init__()
        self.rank = len(op.output) + 1
        self.steps = nn.ModuleList(_module(step) for step in kind_of(op).steps(op, first))

    def forward(self, *reads: torch.Tensor) -> torch.Tensor:
        """Run every step on what the step before gave."""
        first, *rest = self.steps
        value: torch.Tensor = first(*reads) if len(reads) == 1 else first(*(_raised(x, self.rank) for x in reads))
        for step in rest:
            value = step(value)
        return value


def _raised(value: torch.Tensor, rank: int) -> torch.Tensor:
    """Return a vector of one value per channel as a map of one pixel, so that it joins maps."""
    return value[..., None, None] if value.dim() < rank else value


def _module(step: Step) -> nn.Module:
    if step.name == "Scale":
        return _Scale(*step.arguments)  # type: ignore[arg-type]
    if step.name[0].isupper():
        made: nn.Module = getattr(nn, step.name)(*step.arguments, **dict(step.named))
        return made
    return _Function(step)


class _Function(nn.Module):
    def __init__(self, step: Step) -> None:
        super().__init__()
        self.step = step

    def forward(self, *reads: torch.Tensor) -> torch.Tensor:
        function = getattr(torch, self.step.name)
        arguments, named = self.step.arguments, dict(self.step.named)
        value: torch.Tensor
        match self.step.reads:
            case "one":
                value = function(*reads, *arguments, **named)
            case "list":
                value = function(reads, *arguments, **named)
            case "pairs":
                value = reads[0]
                for other in reads[1:]:
                    value = function(value, other, *arguments, **named)
            case _:
                assert_never(self.step.reads)
        return value


class _Scale(nn.Module):
    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.ones(shape))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.factor

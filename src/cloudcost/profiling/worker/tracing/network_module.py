"""A module that runs a `Network`: any named network or network JSON can be timed without a definition in torch."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle, groupby
from typing import assert_never

import torch
from torch import nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from cloudcost.domain.network import Network, Op
from cloudcost.frozen import dataclass
from cloudcost.networks.checks import trained_parameters, trains_kernel
from cloudcost.networks.kinds.joins import part_axis
from cloudcost.networks.kinds.steps import Step
from cloudcost.networks.kinds.table import kind_of
from cloudcost.networks.shapes import elements
from cloudcost.profiling.worker.tracing.stand_ins import STAND_INS
from cloudcost.timing.wiring import wired


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
        self._ops, self._images = _with_inputs(wired(network))
        first = _first_channels(self._ops)
        self.parts = nn.ModuleList(_trained(_Part(op, first.get(op.name, 0)), op) for op in network.ops)
        read = {source for op in self._ops for source in op.sources}
        shape = network.ops[-1].output
        self.outputs = tuple(op.name for op in network.ops if op.name not in read and op.output == shape)
        self.runs = _runs(self._ops, self.outputs)

    def forward(self, *images: torch.Tensor) -> torch.Tensor:
        """Run every operation on a tensor for each of the network's inputs."""
        values = dict(zip(self._images, images, strict=True))
        for run in self.runs:
            reads = [values[name] for name in run.reads]
            again = run.region and torch.is_grad_enabled()
            wrote = checkpoint(self._run, run, *reads, use_reentrant=False) if again else self._run(run, *reads)
            values |= dict(zip(run.writes, wrote, strict=True))
        outputs = [values[name] for name in self.outputs]
        return outputs[0] if len(outputs) == 1 else torch.cat(outputs)

    def _run(self, run: _Run, *reads: torch.Tensor) -> list[torch.Tensor]:
        """Return what others read of some operations in a row."""
        values = dict(zip(run.reads, reads, strict=True))
        for place in run.places:
            op = self._ops[place]
            with torch.set_grad_enabled(torch.is_grad_enabled() and not op.no_grad):
                values[op.name] = self.parts[place](*(values[source] for source in op.sources))
        return [values[name] for name in run.writes]


def _with_inputs(network: Network) -> tuple[tuple[Op, ...], tuple[str, ...]]:
    """Return the operations with a name for each input that they read, and those names.

    Operations say of what size the input is that they read; inputs of one size are read in turn: the same work.
    """
    shapes = (network.input, *network.more_inputs)
    names = ("", *(f"\0input {number}" for number in range(1, len(shapes))))  # no operation is named so
    sizes = [elements(shape) for shape in shapes]
    alike = {size: cycle([name for name, other in zip(names, sizes, strict=True) if other == size]) for size in sizes}

    def named(op: Op) -> Op:
        pairs = zip(op.sources, op.inputs, strict=True)
        return replace(op, sources=tuple(name if name else next(alike[elements(shape)]) for name, shape in pairs))

    return tuple(named(op) if "" in op.sources else op for op in network.ops), names


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """Operations in a row that are in one region of activation checkpointing, or in none.

    Parameters
    ----------
    region : str
    places : tuple of int
        Their places in the network.
    reads, writes : tuple of str
        Names of the tensors that they read of others, and that others read of them.
    """

    region: str
    places: tuple[int, ...]
    reads: tuple[str, ...]
    writes: tuple[str, ...]


def _runs(whole: tuple[Op, ...], outputs: tuple[str, ...]) -> tuple[_Run, ...]:
    runs = []
    for region, members in groupby(enumerate(whole), key=lambda each: each[1].checkpoint):
        places = tuple(place for place, _ in members)
        ops = whole[places[0] : places[-1] + 1]
        own = {op.name for op in ops}
        others = {source for op in whole if op.name not in own for source in op.sources} | {*outputs}
        reads = dict.fromkeys(source for op in ops for source in op.sources if source not in own)
        writes = tuple(op.name for op in ops if op.name in others)
        runs.append(_Run(region=region, places=places, reads=tuple(reads), writes=writes))
    return tuple(runs)


def _trained(part: nn.Module, op: Op) -> nn.Module:
    """Return a part whose parameters are trained as its operation says, and that normalises as it says."""
    trained = trained_parameters(op)
    for parameter in part.parameters():
        parameter.requires_grad = bool(trained) and (trains_kernel(op) or parameter.dim() == 1)
    return part.eval() if op.eval_mode else part


def _first_channels(ops: tuple[Op, ...]) -> dict[str, int]:
    """Return the first channel of each part: parts of one tensor follow one another in the order of execution."""
    first: dict[str, int] = {}
    taken: dict[str, int] = {}
    for op in ops:
        if kind_of(op).part:
            axis = part_axis(op)
            first[op.name] = taken.get(op.sources[0], 0) % max(op.inputs[0][axis], 1)
            taken[op.sources[0]] = taken.get(op.sources[0], 0) + op.output[axis]
    return first


class _Part(nn.Module):
    """Runs one operation, step by step as its kind's record says."""

    def __init__(self, op: Op, first: int) -> None:
        super().__init__()
        self.rank = len(op.output) + 1
        self.broadcasts = op.kind not in ("matmul", "attention", "copy")
        self.steps = nn.ModuleList(_module(step) for step in kind_of(op).steps(op, first))

    def forward(self, *reads: torch.Tensor) -> torch.Tensor:
        """Run every step on what the step before gave."""
        first, *rest = self.steps
        raised = self.broadcasts and len(reads) > 1
        value: torch.Tensor = first(*(_raised(x, self.rank) for x in reads)) if raised else first(*reads)
        for step in rest:
            value = step(value)
        return value


def _raised(value: torch.Tensor, rank: int) -> torch.Tensor:
    """Return a vector of one value per channel as a map of one pixel, so that it joins maps."""
    return value.reshape(*value.shape, *(1,) * (rank - value.dim())) if value.dim() < rank else value


def _module(step: Step) -> nn.Module:
    if step.name in STAND_INS:
        return STAND_INS[step.name](*step.arguments)
    if step.name[0].isupper():
        made: nn.Module = getattr(nn, step.name)(*step.arguments, **dict(step.named))
        return made
    return _Function(step)


class _Function(nn.Module):
    def __init__(self, step: Step) -> None:
        super().__init__()
        self.step = step

    def forward(self, *reads: torch.Tensor) -> torch.Tensor:
        function = getattr(torch, self.step.name, None) or getattr(functional, self.step.name)
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

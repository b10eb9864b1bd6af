"""From a network's operations to the calls of one training step (forward, loss, backward, optimizer).

The rules are those of eager PyTorch, one in each record of `cloudcost.networks.kinds`, checked call by call against
recorded steps. Gradients of a tensor that several
operations read are summed by `add`; which gradients there are, `cloudcost.timing.gradients` says.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from cloudcost.catalog.training.optimizers import optimizer_facts, optimizers
from cloudcost.networks.checks import parameter_tensors as tensor_sizes
from cloudcost.networks.kinds.launches import Dims
from cloudcost.networks.kinds.table import kind_of
from cloudcost.timing.calls.framework import Call, launched, plain
from cloudcost.timing.gradients import step_gradients
from cloudcost.timing.wiring import wired

if TYPE_CHECKING:
    from cloudcost.domain.network import Network, Op, Shape


def step_calls(network: Network, batch: int, optimizer: str = "momentum") -> tuple[Call, ...]:
    """Return the calls of one training step.

    Parameters
    ----------
    network : Network
    batch : int
        [images]
    optimizer : {"sgd", "momentum", "adam"}

    Raises
    ------
    UnknownOpError
        For an operation kind without a rule.
    ValueError
        For an optimizer without one, or a batch below 1.
    """
    if optimizer not in optimizers() or batch < 1:
        raise ValueError(f"a step has an optimizer of {', '.join(optimizers())} and a batch of 1 or more")
    network = wired(network)
    forward: list[Call] = []
    backward: list[Call] = []
    flows: set[str] = set()
    for op, gradients in zip(network.ops, step_gradients(network), strict=True):
        ahead, behind = kind_of(op).calls(op, batch, gradients.sources)
        forward += [launched("forward", launch) for launch in ahead]
        if gradients.again:
            backward += [replace(launched("forward", launch), phase="backward") for launch in ahead]
        if gradients.backward:
            flows.add(op.name)
            backward += [launched("backward", launch) for launch in behind]
    backward += _gradient_sums(network, batch, flows)
    last = network.ops[-1].output
    loss_forward, loss_backward = _loss(batch, last)
    return (*forward, *loss_forward, *loss_backward, *backward, *_updates(network, optimizer))


def _gradient_sums(network: Network, batch: int, flows: set[str]) -> list[Call]:
    readers: defaultdict[str, list[Op]] = defaultdict(list)
    for op in network.ops:
        for source in op.sources:
            if not op.no_grad:
                readers[source].append(op)
    calls: list[Call] = []
    for op in network.ops:
        parts = [reader.output for reader in readers[op.name] if kind_of(reader).part]
        others = len(readers[op.name]) - len(parts)
        shape: Dims = (batch, *op.output)
        if op.name in flows and parts:
            calls.append(plain("backward", "cat", tuple((batch, *part) for part in parts), shape))
        if op.name in flows:
            calls += [plain("backward", "add", (shape, shape), shape)] * max(others + bool(parts) - 1, 0)
    return calls


def _loss(batch: int, output: Shape) -> tuple[list[Call], list[Call]]:
    scores: Dims = (batch, *output)
    return (
        [plain("forward", "_log_softmax", (scores,), scores), plain("forward", "nll_loss_forward", (scores,), ())],
        [
            plain("backward", "nll_loss_backward", (scores,), scores),
            plain("backward", "_log_softmax_backward_data", (scores, scores), scores),
        ],
    )


def _updates(network: Network, optimizer: str) -> list[Call]:
    calls: list[Call] = []
    update = optimizer_facts(optimizer).update
    for op in network.ops:
        for size in tensor_sizes(op):
            calls += [plain("optimizer", name, ((size,),) * count, (size,)) for name, count in update]
    return calls


def parameter_tensors(network: Network) -> int:
    """Return how many tensors the trained parameters are in. [count]"""
    return sum(len(tensor_sizes(op)) for op in network.ops)

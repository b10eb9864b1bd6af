"""From any `nn.Module` to `cloudcost.network/1`: every torch function that the forward pass calls, with shapes.

The module runs once on the meta device, which knows shapes and computes nothing, with two images. A
TorchFunctionMode sees what the module calls before autograd takes it apart: in-place variants, operators (``x + y``),
functional calls and methods alike. A tensor is followed by identity from the operation that wrote it; what does not
come from the images (weights, constants) is no operation.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.overrides import TorchFunctionMode, resolve_name

from cloudcost.domain.network import Network, Op, Shape
from cloudcost.errors import NetworkError
from cloudcost.networks.checks import op_faults
from cloudcost.networks.kinds.traces import Chain, Node, Seen
from cloudcost.profiling.worker.tracing.rules import ALIASES, RULES, call_short_name
from cloudcost.profiling.worker.tracing.training import Regions, Trail, checkpoint_regions, in_training_mode, with_cuts

BATCH = 2
"""Images that the traced pass runs on: one would make batch normalisation refuse maps of one pixel."""
PASSES = 4
"""Passes with other random numbers until one uses every parameter; the fullest stands for the step. [count]"""

_WRITES = frozenset({"setitem", "__setitem__"})
"""Calls that return nothing and change one of their arguments."""


@dataclass(slots=True)
class _Scope:
    """Which module is running, for the names of operations."""

    names: Mapping[int, str]
    stack: list[str] = field(default_factory=list)

    @property
    def current(self) -> str:
        return self.stack[-1] if self.stack else ""


class _Tracer(TorchFunctionMode):
    """Collects operations while the module runs."""

    def __init__(self, scope: _Scope, image: torch.Tensor, regions: Regions) -> None:
        super().__init__()
        self.scope = scope
        self.regions = regions
        self.trails: dict[str, Trail] = {}
        self._trained: dict[int, bool] = {}
        self._owned: dict[str, dict[int, int]] = {}
        self._seen: tuple[dict[int, int], dict[str, bool]] = ({}, {})
        self.ops: list[Op] = []
        self.nodes: dict[int, Node] = {id(image): Node(name="", shape=tuple(image.shape[1:]))}
        self.carried: dict[int, dict[int, int]] = {}
        self.kept: list[object] = [image]
        self.parameters: dict[int, int] = {}
        self.last_call = ""
        self._taken: set[str] = set()

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: Sequence[type],
        args: Sequence[object] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        named = dict(kwargs or {})
        short = call_short_name(func)
        inputs = list(tensors_in([*args, *named.values()]))
        reads = [tensor for tensor in inputs if id(tensor) in self.nodes]
        before = [self.nodes[id(tensor)] for tensor in reads]
        carried = {node.name: tensor.requires_grad for tensor, node in zip(reads, before, strict=True)}
        self.last_call = resolve_name(func) or short
        result = func(*args, **named)
        outputs = list(tensors_in([result]))
        if not outputs:
            if reads and short in _WRITES:
                raise NetworkError(
                    f"{self.last_call} in {self._where()} writes into part of a tensor, which has no operation kind, "
                    "use torch.cat or torch.stack there"
                )
            return result
        self.kept.append((args, named, result))
        if not reads:
            self._carry(inputs, outputs)
            return result
        if short in ALIASES:
            for tensor in outputs:
                self.nodes[id(tensor)] = before[0]
            return result
        rule = RULES.get(short)
        if rule is None:
            raise NetworkError(
                f"{self.last_call} in {self._where()} has no operation kind, "
                "write the layer with operations that have one (docs/how-to/bring-your-own-cnn.md)"
            )
        weights = self._weights(inputs)
        self._seen = weights, carried
        seen = Seen(func=short, args=tuple(args), named=named, nodes=tuple(before), reads=tuple(reads), weights=weights)
        made = rule(seen, [tuple(tensor.shape[1:]) for tensor in outputs])
        for tensor, entry in zip(outputs, made, strict=False):
            self.nodes[id(tensor)] = self._written(entry, carries=tensor.requires_grad)
        return result

    def _where(self) -> str:
        return self.scope.current or "the module itself"

    def _carry(self, inputs: Sequence[torch.Tensor], outputs: Sequence[torch.Tensor]) -> None:
        """Remember which parameters a tensor made of weights holds (weight normalisation and the like)."""
        held = self._weights(inputs)
        for tensor in outputs:
            if not isinstance(tensor, nn.Parameter):
                self.carried[id(tensor)] = held

    def _weights(self, inputs: Sequence[torch.Tensor]) -> dict[int, int]:
        held: dict[int, int] = {}
        for tensor in inputs:
            if isinstance(tensor, nn.Parameter):
                held[id(tensor)] = tensor.numel()
                self._trained[id(tensor)] = tensor.requires_grad
            held |= self.carried.get(id(tensor), {}) if id(tensor) not in self.nodes else {}
        return held

    def _written(self, entry: Op | Node | Chain, *, carries: bool) -> Node:
        """Return what wrote an output: an operation or several are added, an earlier one is taken as it is."""
        if isinstance(entry, Node):
            return entry
        if isinstance(entry, Op):
            return self._emit(entry, carries)
        made: list[Node] = []
        for op in entry.ops:
            sources = tuple(made[int(name[1:])].name if name.startswith("#") else name for name in op.sources)
            made.append(self._emit(replace(op, sources=sources), carries))
        return made[-1]

    def _emit(self, op: Op, carries: bool) -> Node:
        base = self.scope.current
        leaf = base if base and base not in self._taken else f"{base}.{op.kind}".lstrip(".")
        name, number = leaf, 1
        while name in self._taken:
            number += 1
            name = f"{leaf}_{number}"
        self._taken.add(name)
        placed = self._as_trained(replace(op, name=name, checkpoint=self.regions.current))
        self.ops.append(placed)
        _, carried = self._seen
        self.trails[name] = Trail(
            enabled=torch.is_grad_enabled(),
            carries=carries,
            wanted=tuple(carried.get(source, carries) for source in placed.sources),
        )
        return Node(name=name, shape=placed.output)

    def _as_trained(self, op: Op) -> Op:
        """Return an operation as it is trained: not at all, wholly, or its bias alone."""
        held, _ = self._seen
        if not op.parameters:
            return op
        some = {tensor: count for tensor, count in held.items() if self._trained[tensor]}
        if not some or not torch.is_grad_enabled():
            return replace(op, trained=False)
        self._owned[op.name] = some
        part = replace(op, parameters=sum(some.values()))
        return op if len(some) == len(held) or op_faults(part) else part

    def finish(self, output: torch.Tensor) -> None:
        """Mark what no gradient reaches, and add up the parameters that one does."""
        self.ops = list(with_cuts(self.ops, self.trails, [self.nodes[id(output)].name]))
        for op in self.ops:
            if not op.no_grad:
                self.parameters |= self._owned.get(op.name, {})


def tensors_in(values: Sequence[object]) -> Iterator[torch.Tensor]:
    """Yield the tensors in nested lists, tuples and dicts, in order."""
    for value in values:
        if isinstance(value, torch.Tensor):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from tensors_in(value)
        elif isinstance(value, dict):
            yield from tensors_in(list(value.values()))


def traced(module: nn.Module, image: tuple[int, ...], name: str) -> Network:
    """Return a module's forward pass (training mode) as a network.

    Parameters
    ----------
    module : nn.Module
        On any device; it is neither changed nor computed.
    image : (C, H, W)
        Shape of one image.
    name : str
        Of the network.

    Raises
    ------
    NetworkError
        When the module does not run on images of that shape, calls something that no operation kind stands for, or
        does not return one tensor; the message names the call and the module it is in.

    Notes
    -----
    Parameters that take part in several operations count once.

    Examples
    --------
    >>> net = traced(nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(inplace=True)), (3, 32, 32), "two layers")
    >>> [(op.kind, op.output) for op in net.ops], net.parameters
    ([('conv2d', (8, 30, 30)), ('relu', (8, 30, 30))], 224)
    """
    clone = _on_meta(module)
    trainable = sum({id(each): each.numel() for each in clone.parameters() if each.requires_grad}.values())
    best: _Tracer | None = None
    for seed in range(PASSES):
        tracer = _one_pass(clone, image, name, seed)
        if best is None or sum(tracer.parameters.values()) > sum(best.parameters.values()):
            best = tracer
        if sum(best.parameters.values()) >= trainable:
            break
    assert best is not None
    used = sum(best.parameters.values())
    notes = () if used >= trainable else (_unused(name, used, trainable),)
    return Network(name=name, input=image, ops=tuple(best.ops), parameters=used, notes=notes)


def _unused(name: str, used: int, trainable: int) -> str:
    return (
        f"{name}: {trainable - used:,} of {trainable:,} trainable parameters take no part in the step that was traced "
        "(a layer that is skipped at random, never called, or run without gradients), so they are not trained in the "
        "prediction"
    )


def _one_pass(clone: nn.Module, image: tuple[int, ...], name: str, seed: int) -> _Tracer:
    """Return what one forward pass calls; what it draws at random follows from the seed.

    Raises
    ------
    NetworkError
        As `traced`.
    """
    scope = _Scope({id(part): path for path, part in clone.named_modules()})
    batch = torch.empty(BATCH, *image, device="meta")
    with _following(scope), _drawing(seed), torch.enable_grad(), checkpoint_regions() as regions:
        tracer = _Tracer(scope, batch, regions)
        try:
            with tracer:
                output = clone(batch)
        except NetworkError as error:
            raise NetworkError(f"{name}: {error}") from None
        except Exception as error:
            raise NetworkError(_refusal(name, scope.current, tracer.last_call, image, error)) from None
    if not isinstance(output, torch.Tensor):
        what = type(output).__name__ + (f" of {len(output)}" if isinstance(output, (tuple, list)) else "")
        raise NetworkError(
            f"{name}:output: the module returns a {what} instead of one tensor, "
            "let the factory return a module that gives the one output to train on"
        )
    if not tracer.ops or id(output) not in tracer.nodes:
        raise NetworkError(f"{name}:output: what the module returns does not depend on the images")
    tracer.finish(output)
    return tracer


def _on_meta(module: nn.Module) -> nn.Module:
    memo: dict[int, object] = {}
    if any(nn.parameter.is_lazy(tensor) for tensor in module.parameters()):
        raise NetworkError(
            f"{type(module).__name__}: has lazy layers, whose shapes the first images decide, give their sizes in full"
        )
    for tensor in [*module.parameters(), *module.buffers()]:
        empty = torch.empty_like(tensor, device="meta")
        if isinstance(tensor, nn.Parameter):
            empty = nn.Parameter(empty, requires_grad=tensor.requires_grad)
        memo[id(tensor)] = empty
    try:
        clone = copy.deepcopy(module, memo)
    except Exception as error:
        raise NetworkError(
            f"{type(module).__name__}: cannot be copied for tracing ({error}), "
            "leave out what is no module, parameter or buffer"
        ) from None
    return in_training_mode(clone)


@contextmanager
def _drawing(seed: int) -> Iterator[None]:
    """Let random numbers follow from a seed for a while: layers that are dropped at random give one answer."""
    mine, theirs = random.getstate(), np.random.get_state()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        random.seed(seed)
        np.random.seed(seed)
        try:
            yield
        finally:
            random.setstate(mine)
            np.random.set_state(theirs)


@contextmanager
def _following(scope: _Scope) -> Iterator[None]:
    def enter(part: nn.Module, _: object) -> None:
        scope.stack.append(scope.names.get(id(part), type(part).__name__))

    def leave(_: nn.Module, __: object, ___: object) -> None:
        scope.stack.pop()

    handles = (register_module_forward_pre_hook(enter), register_module_forward_hook(leave))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _refusal(name: str, where: str, call: str, image: Shape, error: Exception) -> str:
    size = "x".join(map(str, image))
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    place = f"{where or 'the module itself'}, at {call or 'its first call'}"
    lowered = reason.lower()
    if "too small" in lowered or "greater than actual input size" in lowered or "kernel size" in lowered:
        return f"{name}: {place}: an image of {size} is too small for this network ({reason}), use a larger one"
    if "meta" in lowered or isinstance(error, NotImplementedError):
        return f"{name}: {place}: needs the values of a tensor, which shapes alone do not give ({reason})"
    return f"{name}: {place}: does not run on images of {size} ({type(error).__name__}: {reason})"

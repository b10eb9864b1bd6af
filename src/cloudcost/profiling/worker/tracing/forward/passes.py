"""A module's forward pass as a network: one pass, or several where random numbers decide what runs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

from cloudcost.domain.network import Network, Shape
from cloudcost.errors import NetworkError
from cloudcost.networks.checks import trained_parameters
from cloudcost.profiling.worker.tracing.clone import materialise, on_meta
from cloudcost.profiling.worker.tracing.forward.aten import AtenTracer
from cloudcost.profiling.worker.tracing.forward.recorder import Recorder, Scope
from cloudcost.profiling.worker.tracing.forward.refusals import refusal
from cloudcost.profiling.worker.tracing.forward.shares import BATCH, per_image
from cloudcost.profiling.worker.tracing.forward.tracer import FunctionTracer
from cloudcost.profiling.worker.tracing.outputs import output_tensors
from cloudcost.profiling.worker.tracing.training import checkpoint_regions, in_training_mode
from cloudcost.timing.predict import predict_step

PASSES, MORE_PASSES = 16, 64
"""Passes with other random numbers, where a module draws any; more where the passes differ and are short. [count]"""
SHORT = 150
"""Operations of a pass that takes some hundredths of a second to trace. [count]"""
LIKE, LIKE_BATCH = "T4", 32
"""Device and batch on which the times of passes are compared: their ratio hardly depends on either. [images]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """A module's forward pass.

    Parameters
    ----------
    network : Network
    outputs : tuple of Shape
        What the module returns, per image.
    """

    network: Network
    outputs: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class _Pass:
    recorder: Recorder
    outputs: tuple[Shape, ...]
    drew: bool

    @property
    def signature(self) -> tuple[object, ...]:
        return tuple((op.kind, op.inputs, op.output, op.parameters) for op in self.recorder.ops)


def traced(module: nn.Module, shapes: Sequence[Shape], name: str) -> Traced:
    """Return a module's forward pass (training mode) as a network.

    Parameters
    ----------
    module : nn.Module
        On any device; it is neither changed nor computed.
    shapes : sequence of Shape
        Of each input, per image.
    name : str
        Of the network.

    Raises
    ------
    NetworkError
        When the module does not run on such inputs, calls something that no operation kind stands for, decides by
        the values of a tensor, or returns nothing that comes from the images; the message names the call and the
        module it is in.

    Notes
    -----
    Parameters that take part in several operations count once.

    Examples
    --------
    >>> net = traced(nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(inplace=True)), [(3, 32, 32)], "two layers").network
    >>> [(op.kind, op.output) for op in net.ops], net.parameters
    ([('conv2d', (8, 30, 30)), ('relu', (8, 30, 30))], 224)
    """
    try:
        clone = in_training_mode(on_meta(module))
    except NetworkError as error:
        raise NetworkError(f"{name}: {error}") from None
    passes = [_one_pass(clone, shapes, name, 0)]
    if passes[0].drew:
        passes += [_one_pass(clone, shapes, name, seed) for seed in range(1, PASSES)]
        if len({each.signature for each in passes}) > 1 and len(passes[0].recorder.ops) <= SHORT:
            passes += [_one_pass(clone, shapes, name, seed) for seed in range(PASSES, MORE_PASSES)]
    seconds = _seconds(passes, shapes)
    slowest = passes[seconds.index(max(seconds))]
    network = _network(name, slowest, shapes)
    share = round(sum(seconds) / len(seconds) / max(seconds), 4)
    trainable = sum({id(each): each.numel() for each in clone.parameters() if each.requires_grad}.values())
    held = sum({id(each): each.numel() for each in clone.parameters()}.values())
    frozen = [f"{name}: {network.parameters:,} of {held:,} parameters are trained"] if trainable < held else []
    notes = (*frozen, *_notes(network, seconds, share, trainable))
    return Traced(network=replace(network, notes=notes, share=share), outputs=slowest.outputs)


def _network(name: str, of: _Pass, shapes: Sequence[Shape]) -> Network:
    """Return the network that a pass is."""
    own = sum(map(trained_parameters, of.recorder.ops))
    used = min(sum(of.recorder.parameters.values()), own)
    first, *more = (tuple(shape) for shape in shapes)
    return Network(name=name, input=first, ops=tuple(of.recorder.ops), parameters=used, more_inputs=tuple(more))


def _seconds(passes: Sequence[_Pass], shapes: Sequence[Shape]) -> list[float]:
    """Return what a step of each pass takes, as the timing model has it on one device; of one alone, 1. [s]"""
    if len({each.signature for each in passes}) == 1:
        return [1.0] * len(passes)
    known: dict[tuple[object, ...], float] = {}
    for each in passes:
        if each.signature not in known:
            alone = _network("pass", each, shapes)
            known[each.signature] = predict_step(alone, batch=LIKE_BATCH, device=LIKE).seconds
    return [known[each.signature] for each in passes]


def _notes(network: Network, seconds: Sequence[float], share: float, trainable: int) -> Iterator[str]:
    if min(seconds) < max(seconds):
        yield (
            f"{network.name}: runs other layers from step to step at random; of {len(seconds)} passes tried "
            f"{seconds.count(max(seconds))} took the longest, and all took {share:.0%} of that on average, which is "
            "the time that is told; memory and parameters are those of the longest"
        )
    used = network.parameters
    if used < trainable:
        yield (
            f"{network.name}: {trainable - used:,} of {trainable:,} trainable parameters take no part in the step "
            "that was traced (a layer that is skipped at random, never called, or run without gradients), so they "
            "are not trained in the prediction"
        )


def _one_pass(clone: nn.Module, shapes: Sequence[Shape], name: str, seed: int) -> _Pass:
    scope = Scope({id(part): path for path, part in clone.named_modules()})
    with _following(scope), _drawing(seed) as drew, checkpoint_regions() as regions:
        recorder = Recorder(scope, regions)
        try:
            materialise(clone, shapes)
            number = _number(clone)
            images = [torch.empty(BATCH, *shape, device="meta", dtype=number) for shape in shapes]
            recorder.begin(images)
            with torch.enable_grad(), AtenTracer(recorder), FunctionTracer(recorder):
                output = clone(*images)
        except NetworkError as error:
            raise NetworkError(f"{name}: {error}") from None
        except Exception as error:
            raise NetworkError(f"{name}: {refusal(clone, scope, recorder, shapes, error)}") from None
        changed = drew()
    tensors = [tensor for tensor in output_tensors(output) if recorder.node(tensor) is not None]
    if not tensors or not recorder.ops:
        what = "no tensor" if not output_tensors(output) else "nothing that depends on the images"
        raise NetworkError(
            f"{name}:output: the module returns {what} ({type(output).__name__}), let it return its outputs"
        )
    for tensor in tensors:
        recorder.read(tensor)
    recorder.finish(tensors)
    return _Pass(recorder, tuple(per_image(tensor) for tensor in tensors), changed)


def _number(module: nn.Module) -> torch.dtype:
    """Return the type of the numbers that a module's parameters are, where all are of one; what it reads is, too."""
    found = {each.dtype for each in module.parameters() if each.is_floating_point()}
    return found.pop() if len(found) == 1 else torch.float32


@contextmanager
def _drawing(seed: int) -> Iterator[Callable[[], bool]]:
    """Let random numbers follow from a seed for a while; what is yielded tells whether any were drawn."""
    mine, theirs = random.getstate(), np.random.get_state()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        random.seed(seed)
        np.random.seed(seed)
        before = _states()
        try:
            yield lambda: _states() != before
        finally:
            random.setstate(mine)
            np.random.set_state(theirs)


def _states() -> tuple[object, ...]:
    numbers = np.random.get_state(legacy=False)["state"]
    drawn = torch.random.get_rng_state().tolist()
    return random.getstate(), numbers["pos"], numbers["key"].tobytes(), drawn


@contextmanager
def _following(scope: Scope) -> Iterator[None]:
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

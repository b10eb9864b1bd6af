"""A module's forward pass as a network: one pass, or several where random numbers decide what runs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

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

PASSES = 16
"""Passes with other random numbers, where a module draws any: the fullest stands for the step. [count]"""


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
    fullest = max(passes, key=lambda each: (sum(each.recorder.parameters.values()), len(each.recorder.ops)))
    own = sum(map(trained_parameters, fullest.recorder.ops))
    used = min(sum(fullest.recorder.parameters.values()), own)
    trainable = sum({id(each): each.numel() for each in clone.parameters() if each.requires_grad}.values())
    held = sum({id(each): each.numel() for each in clone.parameters()}.values())
    frozen = [f"{name}: {used:,} of {held:,} parameters are trained"] if trainable < held else []
    notes = (*frozen, *_notes(name, passes, fullest, used, trainable))
    first, *more = (tuple(shape) for shape in shapes)
    network = Network(
        name=name, input=first, ops=tuple(fullest.recorder.ops), parameters=used, notes=notes, more_inputs=tuple(more)
    )
    return Traced(network=network, outputs=fullest.outputs)


def _notes(name: str, passes: Sequence[_Pass], fullest: _Pass, used: int, trainable: int) -> Iterator[str]:
    alike = sum(each.signature == fullest.signature for each in passes)
    if alike < len(passes):
        ran = sum(len(each.recorder.ops) for each in passes) / len(passes) / len(fullest.recorder.ops)
        yield (
            f"{name}: skips layers at random; the fullest pass stands for every step ({alike} of {len(passes)} "
            f"passes tried were that full, all ran {ran:.0%} of its operations on average), "
            "so the time is that of such a step"
        )
    if used < trainable:
        yield (
            f"{name}: {trainable - used:,} of {trainable:,} trainable parameters take no part in the step that was "
            "traced (a layer that is skipped at random, never called, or run without gradients), so they are not "
            "trained in the prediction"
        )


def _one_pass(clone: nn.Module, shapes: Sequence[Shape], name: str, seed: int) -> _Pass:
    scope = Scope({id(part): path for path, part in clone.named_modules()})
    with _following(scope), _drawing(seed) as drew, checkpoint_regions() as regions:
        recorder = Recorder(scope, regions)
        try:
            materialise(clone, shapes)
            images = [torch.empty(BATCH, *shape, device="meta") for shape in shapes]
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

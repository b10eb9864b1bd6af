"""How a module trains: which of its parts are in training mode, what is checkpointed, where no gradient flows."""

from __future__ import annotations

import inspect
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import torch
from torch import nn
from torch.utils import checkpoint as checkpointing

from cloudcost.domain.network import Op

OwnStep = Callable[..., object]
_own_steps: weakref.WeakKeyDictionary[nn.Module, OwnStep] = weakref.WeakKeyDictionary()


def remember_step(module: nn.Module, step: OwnStep) -> None:
    """Keep what a factory gave with its module: a function of module and inputs that returns the loss."""
    _own_steps[module] = step


def own_step(module: nn.Module) -> OwnStep | None:
    """Return the function that computes the loss of a module, where its factory gave one."""
    return _own_steps.get(module)


def in_training_mode(module: nn.Module) -> nn.Module:
    """Return the module, ready to be trained as its maker left it.

    A module in evaluation mode as a whole, as loading weights leaves it, is put into training mode. One in training
    mode with parts in evaluation mode (frozen batch normalisation) stays so; a `train` of its own has its say.
    """
    own = any(type(part).train is not nn.Module.train for part in module.modules())
    if own or not module.training or all(part.training for part in module.modules()):
        module.train()
    return module


@dataclass(slots=True)
class Regions:
    """Which region of activation checkpointing is running."""

    count: int = 0
    depth: int = 0

    @property
    def current(self) -> str:
        """Name of the outermost region, empty outside."""
        return f"region {self.count}" if self.depth else ""

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Enter a region, or one within it."""
        self.count += not self.depth
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1


@contextmanager
def checkpoint_regions() -> Iterator[Regions]:
    """Tell regions of ``torch.utils.checkpoint`` while a forward pass is traced; each is run once, as it stands.

    Notes
    -----
    What PyTorch looks up in its own module is replaced meanwhile, so that a `checkpoint` which was imported by name is
    seen too. A re-entrant region none of whose inputs carries a gradient has none, as PyTorch warns.
    """
    regions = Regions()

    def plain(*_: object, **__: object) -> Iterator[None]:
        with regions.inside():
            yield

    def reentrant(function: Callable[..., object], _: bool, *args: object) -> object:
        carries = any(isinstance(value, torch.Tensor) and value.requires_grad for value in args)
        with regions.inside(), torch.set_grad_enabled(carries and torch.is_grad_enabled()):
            return function(*args)

    inner: Any = inspect.getmodule(checkpointing.CheckpointFunction)
    stand_ins = {
        "_checkpoint_without_reentrant_generator": plain,
        "CheckpointFunction": SimpleNamespace(apply=reentrant),
    }
    before = {name: getattr(inner, name) for name in stand_ins}
    for name, stand_in in stand_ins.items():
        setattr(inner, name, stand_in)
    try:
        yield regions
    finally:
        for name, own in before.items():
            setattr(inner, name, own)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """What autograd would record of one operation.

    Parameters
    ----------
    enabled : bool
        Whether gradients are recorded where it runs.
    carries : bool
        Whether what it writes carries a gradient.
    wanted : tuple of bool
        Of each source: whether what it reads of it carries one; a detached tensor does not.
    beside : tuple of str
        What else it reads that carries one, where its kind has no place for it: weights that are computed from images.
    """

    enabled: bool
    carries: bool
    wanted: tuple[bool, ...]
    beside: tuple[str, ...] = ()


def with_cuts(ops: Sequence[Op], trails: Mapping[str, Trail], outputs: Sequence[str]) -> tuple[Op, ...]:
    """Return the operations, those marked `no_grad` from which no gradient path leads to an output.

    Parameters
    ----------
    ops : sequence of Op
        In execution order.
    trails : mapping
        By name.
    outputs : sequence of str
        Names of the operations that wrote what the loss is of.
    """
    reached = {name for name in outputs if trails[name].carries}
    for op in reversed(ops):
        trail = trails[op.name]
        if op.name in reached and trail.enabled:
            reached.update(source for source, wanted in zip(op.sources, trail.wanted, strict=True) if wanted)
            reached.update(trail.beside)
    cut = {op.name for op in ops if not trails[op.name].enabled or (trails[op.name].carries and op.name not in reached)}
    return tuple(replace(op, no_grad=True, trained=False) if op.name in cut else op for op in ops)

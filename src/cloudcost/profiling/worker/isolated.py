"""Timing each distinct operation of a training step alone, without running the CNN.

The step is listed on fake tensors, which know shapes and compute nothing. Each signature is then run on tensors of
its shapes, laid out in one block of memory: forward and backward operations with their data in the caches, as the
operation before has left it in a real step; updates of parameters with cold data, as they are after a backward pass.
"""

from __future__ import annotations

import copy
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from statistics import median

import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode

from cloudcost.domain.network import Shape
from cloudcost.frozen import dataclass
from cloudcost.profiling.plan import Plan
from cloudcost.profiling.worker.measure import signature_values
from cloudcost.profiling.worker.probe import SECOND, Probe, calm_places, clock_for, pace
from cloudcost.profiling.worker.signature import describe
from cloudcost.profiling.worker.steps import StepSettings, TrainingStep, settings_of
from cloudcost.timing.calls.framework import Call, Phase

_LEAST_BLOCK = 64 * 2**20
"""Bytes of the block that tensors are cut from, at least: larger than most caches. [bytes]"""
_LEAST, _MOST = 7, 40
"""Calm times of each signature that are enough, and times at most. [count]"""
_SECONDS = 12.0
"""At most so long. [s]"""
_ALIGN = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """A tensor as recipe: what it takes to make one like it."""

    size: tuple[int, ...]
    stride: tuple[int, ...]
    dtype: torch.dtype

    @property
    def numbers(self) -> int:
        return 1 + sum((size - 1) * stride for size, stride in zip(self.size, self.stride, strict=True) if size)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recipe:
    call: Call
    func: torch._ops.OpOverload
    args: object
    kwargs: object


class _Lister(TorchDispatchMode):
    """Keeps the first call of each signature as a recipe, and counts the others."""

    def __init__(self) -> None:
        super().__init__()
        self.phase: Phase = "forward"
        self.recipes: dict[tuple[str, str], _Recipe] = {}
        self.counts: Counter[tuple[str, str]] = Counter()

    def __torch_dispatch__(
        self,
        func: torch._ops.OpOverload,
        types: Sequence[type],
        args: Sequence[object] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        named = kwargs or {}
        result = func(*args, **named)
        call = describe(self.phase, func, args, named, result)
        if call is not None:
            place = (call.phase, call.key)
            self.counts[place] += 1
            if place not in self.recipes:
                self.recipes[place] = _Recipe(call=call, func=func, args=_frozen(list(args)), kwargs=_frozen({**named}))
        return result


def _frozen(value: object) -> object:
    if isinstance(value, torch.Tensor):
        return _Shape(size=tuple(value.shape), stride=tuple(value.stride()), dtype=value.dtype)
    if isinstance(value, (list, tuple)):
        return [_frozen(part) for part in value]
    if isinstance(value, dict):
        return {key: _frozen(part) for key, part in value.items()}
    return value


def list_step(module: nn.Module, image: Shape | tuple[Shape, ...], batch: int, settings: StepSettings) -> _Lister:
    """Return the signatures of one training step, without computing it.

    Parameters
    ----------
    module : nn.Module
    image : Shape or tuple of Shape
        Of one image, or of each input.
    batch : int
        [images]
    settings : StepSettings
    """
    lister = _Lister()
    with FakeTensorMode(allow_non_fake_inputs=True) as mode:
        memo = {id(tensor): _fake(tensor, mode) for tensor in [*module.parameters(), *module.buffers()]}
        step = TrainingStep(copy.deepcopy(module, memo), image, batch, settings)
        step.run()
        with lister:
            step.run(lambda phase: setattr(lister, "phase", phase))
    return lister


def _fake(tensor: torch.Tensor, mode: FakeTensorMode) -> object:
    fake = mode.from_tensor(tensor.detach())
    return nn.Parameter(fake, requires_grad=tensor.requires_grad) if isinstance(tensor, nn.Parameter) else fake


class _Block:
    """One block of memory that tensors are cut from, each further on than the last."""

    def __init__(self, most_numbers: int) -> None:
        self.memory = torch.full((max(most_numbers * 2, _LEAST_BLOCK // 4),), 0.5)
        self.whole: dict[torch.dtype, torch.Tensor] = {}
        self.at = 0

    def cut(self, shape: _Shape) -> torch.Tensor:
        if shape.dtype not in (torch.float32, torch.float64):
            if not shape.dtype.is_floating_point:
                return torch.zeros(shape.size, dtype=shape.dtype)
            return torch.full((shape.numbers,), 0.5, dtype=shape.dtype).as_strided(shape.size, shape.stride)
        numbers = shape.numbers
        if self.at + numbers > self.memory.numel():
            self.at = 0
        part = self.memory[self.at : self.at + numbers]
        self.at += -(-numbers // _ALIGN) * _ALIGN
        return part.as_strided(shape.size, shape.stride)

    def filled(self, value: object) -> object:
        if isinstance(value, _Shape):
            return self.cut(value)
        if isinstance(value, list):
            return [self.filled(part) for part in value]
        if isinstance(value, dict):
            return {key: self.filled(part) for key, part in value.items()}
        return value


def _numbers(value: object) -> int:
    if isinstance(value, _Shape):
        return value.numbers
    if isinstance(value, list):
        return sum(_numbers(part) for part in value)
    return 0


def time_alone(
    module: nn.Module, batch: int, plan: Plan, *, known_pace: float | None = None
) -> tuple[list[dict[str, object]], float]:
    """Return each signature's time, as JSON values for the parent process, and the machine's pace. [s]

    Parameters
    ----------
    module : nn.Module
    batch : int
        [images]
    plan : Plan
    known_pace : float, optional
        The pace that an earlier process found. [s]
    """
    lister = list_step(module, plan.inputs, batch, settings_of(plan))
    torch.set_flush_denormal(True)  # weights that decay over many repeats would slow the arithmetic down
    clock = clock_for(plan.threads)
    probe = Probe(clock)
    block = _Block(max((_numbers(recipe.args) for recipe in lister.recipes.values()), default=1))
    times: dict[tuple[str, str], list[float]] = {place: [] for place in lister.recipes}
    around: dict[tuple[str, str], list[float]] = {place: [] for place in lister.recipes}
    probes: list[float] = []
    begun = time.perf_counter()
    with torch.no_grad():
        for recipe in lister.recipes.values():
            _once(recipe, block, clock)  # warm-up
        for number in range(_MOST):
            if number >= _LEAST:
                fastest = pace(probes, known_pace)
                if all(len(calm_places(values, fastest)) >= _LEAST for values in around.values()):
                    break
            if number > 2 and time.perf_counter() - begun > _SECONDS:
                break
            before = probe.seconds()
            for place, recipe in lister.recipes.items():
                times[place].append(_once(recipe, block, clock))
                after = probe.seconds()
                around[place].append(max(before, after))
                probes.append(after)
                before = after
    fastest = pace(probes or [probe.seconds()], known_pace)
    found: list[dict[str, object]] = []
    for place, recipe in lister.recipes.items():
        kept = [times[place][number] for number in calm_places(around[place], fastest)] or times[place]
        count = lister.counts[place]
        found.append(signature_values(recipe.call, batch=batch, count=count, seconds=median(kept), times=kept))
    return found, fastest


def _once(recipe: _Recipe, block: _Block, clock: Callable[[], int]) -> float:
    args, kwargs = block.filled(recipe.args), block.filled(recipe.kwargs)
    assert isinstance(args, list)
    assert isinstance(kwargs, dict)
    if recipe.call.phase != "optimizer":
        recipe.func(*args, **kwargs)
    start = clock()
    recipe.func(*args, **kwargs)
    return (clock() - start) / SECOND

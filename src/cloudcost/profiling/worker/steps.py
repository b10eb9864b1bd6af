"""One training step of a real CNN: forward, loss, backward, optimizer, with phases that a watcher can follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from math import prod
from typing import Any, assert_never, cast

import torch
from torch import nn

from cloudcost.domain.network import Shape
from cloudcost.domain.project import Optimizer, Precision
from cloudcost.errors import InputError
from cloudcost.frozen import dataclass
from cloudcost.networks.shapes import shapes_of
from cloudcost.profiling.plan import Plan
from cloudcost.profiling.worker.tracing.outputs import output_tensors
from cloudcost.profiling.worker.tracing.training import in_training_mode, own_step
from cloudcost.timing.calls.framework import Phase

LEARNING_RATE = 1e-4
"""Small enough that the numbers of a few steps on random images stay finite; the time does not depend on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSettings:
    """How the step is run.

    Parameters
    ----------
    device : str
        ``cpu`` or ``cuda``.
    precision, optimizer
    channels_last : bool
    """

    device: str = "cpu"
    precision: Precision = "fp32"
    optimizer: Optimizer = "momentum"
    channels_last: bool = False


def settings_of(plan: Plan) -> StepSettings:
    """Return how a plan wants its steps run."""
    return StepSettings(
        device=plan.device, precision=plan.precision, optimizer=plan.optimizer, channels_last=plan.channels_last
    )


def make_optimizer(model: nn.Module, name: Optimizer) -> torch.optim.Optimizer:
    """Return the optimizer over the trainable parameters.

    Raises
    ------
    InputError
        When there is none.
    """
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if not parameters:
        raise InputError("network:parameters: none is trainable, 0, let the factory leave requires_grad on")
    match name:
        case "sgd":
            return torch.optim.SGD(parameters, LEARNING_RATE)
        case "momentum":
            return torch.optim.SGD(parameters, LEARNING_RATE, momentum=0.9)
        case "adam":
            return torch.optim.Adam(parameters, LEARNING_RATE)
        case _:
            assert_never(name)


def targets_for(outputs: Sequence[torch.Tensor]) -> list[torch.Tensor | None]:
    """Return the targets of `loss_of`: class 0 everywhere, None for single outputs.

    Raises
    ------
    InputError
        When there is no output that carries a gradient.
    """
    if not outputs:
        raise InputError(
            "network:output: the module returns no tensor that carries a gradient, "
            "let the factory return a module that gives the outputs to train on"
        )
    return [
        None
        if output.dim() < 2 or output.shape[1] == 1
        else torch.zeros((output.shape[0], *output.shape[2:]), dtype=torch.long, device=output.device)
        for output in outputs
    ]


def loss_of(outputs: Sequence[torch.Tensor], targets: Sequence[torch.Tensor | None]) -> torch.Tensor:
    """Return the sum over outputs: cross-entropy over the second axis, or the mean square of single outputs."""
    losses = [
        output.float().square().mean() if target is None else nn.functional.cross_entropy(output, target)
        for output, target in zip(outputs, targets, strict=True)
    ]
    whole, *others = losses
    for loss in others:
        whole = whole + loss
    return whole


class TrainingStep:
    """A model with its optimizer and one batch of random images.

    Parameters
    ----------
    model : nn.Module
    image : Shape or tuple of Shape
        Of one image, or of each input.
    batch : int
        [images]
    settings : StepSettings
    optimizer : torch.optim.Optimizer, optional
        Of another batch size of the same model: its state is shared.
    """

    def __init__(
        self,
        model: nn.Module,
        image: Shape | tuple[Shape, ...],
        batch: int,
        settings: StepSettings,
        *,
        optimizer: torch.optim.Optimizer | None = None,
    ) -> None:
        self._own = own_step(model)
        self.model = in_training_mode(model if settings.device == "cpu" else model.to(settings.device))
        if settings.channels_last:
            self.model = cast("Any", self.model).to(memory_format=torch.channels_last)
        self.optimizer = optimizer or make_optimizer(self.model, settings.optimizer)
        self.inputs = [_drawn(shape, batch, settings) for shape in shapes_of(image)]
        self.settings = settings
        self._targets: list[torch.Tensor | None] = []
        self._steps = 0
        half = settings.device != "cpu"
        self.scaler = torch.amp.GradScaler(settings.device) if settings.precision == "amp" and half else None
        self._half = torch.float16 if half else torch.bfloat16

    @property
    def parameters(self) -> int:
        """Trainable parameters. [count]"""
        return sum(prod(p.shape) for p in self.model.parameters() if p.requires_grad)

    @property
    def tensors(self) -> int:
        """Trainable parameter tensors. [count]"""
        return sum(1 for p in self.model.parameters() if p.requires_grad)

    def _cast(self) -> AbstractContextManager[object]:
        if self.settings.precision == "amp":
            return torch.autocast(self.settings.device, dtype=self._half)
        return nullcontext()

    def _loss(self) -> torch.Tensor:
        """Return the loss of one forward pass: by the factory's own function, else of all outputs."""
        if self._own is not None:
            found = self._own(self.model, *self.inputs)
            losses = [tensor for tensor in output_tensors(found) if tensor.requires_grad]
            if not losses:
                raise InputError(
                    f"network:step: the factory's function returned {type(found).__name__} without a gradient, "
                    "let it return the loss"
                )
            return torch.stack([loss.sum() for loss in losses]).sum() if len(losses) > 1 else losses[0].sum()
        outputs = [tensor for tensor in output_tensors(self.model(*self.inputs)) if tensor.requires_grad]
        if not self._steps:
            self._targets = targets_for(outputs)
        return loss_of(outputs, self._targets)

    def run(self, phase: Callable[[Phase], None] | None = None) -> None:
        """Take one step; `phase` is told when a phase begins."""
        tell = phase or _nobody
        tell("forward")
        with self._cast():
            loss = self._loss()
        tell("backward")
        (loss if self.scaler is None else self.scaler.scale(loss)).backward()
        tell("optimizer")
        if self.scaler is None:
            self.optimizer.step()
        else:
            self.scaler.step(self.optimizer)
            self.scaler.update()
        self.optimizer.zero_grad(set_to_none=True)
        self._steps += 1


def _drawn(shape: Shape, batch: int, settings: StepSettings) -> torch.Tensor:
    layout = torch.channels_last if settings.channels_last and len(shape) == 3 else torch.contiguous_format
    return torch.randn(batch, *shape, device=settings.device).contiguous(memory_format=layout)


def _nobody(phase: Phase) -> None:
    """Listen to nothing."""

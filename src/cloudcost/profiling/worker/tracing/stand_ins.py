"""Modules that stand for what a network description does not say in full: the same bytes, parameters and gradients."""

from __future__ import annotations

from math import prod

import torch
from torch import nn


class Scale(nn.Module):
    """Multiplies by trainable factors of a shape."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.ones(shape))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scale each number."""
        return x * self.factor


class Weighs(nn.Module):
    """Lets so many parameters take part in a tensor."""

    def __init__(self, parameters: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(parameters))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Add the mean of the parameters."""
        return x + self.weight.mean()


class Sized(nn.Module):
    """Writes a tensor of a shape with the numbers that are read, over again where they are too few."""

    def __init__(self, output: tuple[int, ...], parameters: int) -> None:
        super().__init__()
        self.output = output
        self.weight = nn.Parameter(torch.zeros(parameters)) if parameters else None

    def forward(self, *reads: torch.Tensor) -> torch.Tensor:
        """Copy."""
        batch = reads[0].shape[0]
        parts = [x.reshape(batch, -1) for x in reads]
        if self.weight is not None:
            parts.append(self.weight.expand(batch, -1))
        flat, numbers = torch.cat(parts, 1) if len(parts) > 1 else parts[0], prod(self.output)
        if flat.shape[1] < numbers:
            flat = flat.repeat(1, -(-numbers // flat.shape[1]))
        return flat[:, :numbers].reshape(batch, *self.output).clone()


class First(nn.Module):
    """Takes the first of several outputs, as of a recurrent layer."""

    def forward(self, outputs: tuple[torch.Tensor, ...]) -> torch.Tensor:
        """Leave the others."""
        return outputs[0]


STAND_INS: dict[str, type[nn.Module]] = {"Scale": Scale, "Weighs": Weighs, "Sized": Sized, "First": First}
"""By the name of a step."""

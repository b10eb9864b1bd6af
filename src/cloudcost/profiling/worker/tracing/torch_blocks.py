"""The building blocks of `torch_networks`."""

from __future__ import annotations

import torch
from torch import nn


def conv_bn(
    width: int,
    out: int,
    kernel: int,
    stride: int,
    *,
    groups: int = 1,
    activation: type[nn.Module] | None = nn.ReLU,
) -> list[nn.Module]:
    """Return convolution ("same" padding, no bias), batch norm and activation."""
    layers: list[nn.Module] = [
        nn.Conv2d(width, out, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(out),
    ]
    return layers if activation is None else [*layers, activation(inplace=True)]


class BasicBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut."""

    expansion = 1

    def __init__(self, width: int, inner: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(*conv_bn(width, inner, 3, stride), *conv_bn(inner, inner, 3, 1, activation=None))
        same = stride == 1 and width == inner
        self.short = None if same else nn.Sequential(*conv_bn(width, inner, 1, stride, activation=None))
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Add the shortcut before the last activation."""
        out = self.body(x)
        out += x if self.short is None else self.short(x)
        return self.relu(out)


class Bottleneck(nn.Module):
    """1x1, 3x3 (with the stride), 1x1 to four times the width."""

    expansion = 4

    def __init__(self, width: int, inner: int, stride: int) -> None:
        super().__init__()
        out = inner * self.expansion
        self.body = nn.Sequential(
            *conv_bn(width, inner, 1, 1), *conv_bn(inner, inner, 3, stride), *conv_bn(inner, out, 1, 1, activation=None)
        )
        same = stride == 1 and width == out
        self.short = None if same else nn.Sequential(*conv_bn(width, out, 1, stride, activation=None))
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Add the shortcut before the last activation."""
        out = self.body(x)
        out += x if self.short is None else self.short(x)
        return self.relu(out)


class Fire(nn.Module):
    """Squeeze to few channels, expand by 1x1 and 3x3 side by side."""

    def __init__(self, width: int, squeeze: int, expand: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(width, squeeze, 1)
        self.narrow = nn.Conv2d(squeeze, expand, 1)
        self.wide = nn.Conv2d(squeeze, expand, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Concatenate both expansions."""
        x = torch.relu_(self.squeeze(x))
        return torch.cat([torch.relu_(self.narrow(x)), torch.relu_(self.wide(x))], 1)


class SqueezeExcite(nn.Module):
    """Weigh the channels by a small network on their means."""

    def __init__(self, width: int, inner: int, activation: type[nn.Module], gate: type[nn.Module]) -> None:
        super().__init__()
        self.weigh = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(width, inner, 1), activation(), nn.Conv2d(inner, width, 1), gate()
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Multiply each channel by its weight."""
        return self.weigh(x) * x


class InvertedResidual(nn.Module):
    """Expand by 1x1 (unless the width stays), depthwise convolution, optional squeeze, project; shortcut if it fits."""

    def __init__(
        self,
        width: int,
        inner: int,
        out: int,
        kernel: int,
        stride: int,
        activation: type[nn.Module],
        squeeze: int = 0,
        squeeze_activation: type[nn.Module] = nn.ReLU,
        gate: type[nn.Module] = nn.Sigmoid,
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = [] if inner == width else conv_bn(width, inner, 1, 1, activation=activation)
        layers += conv_bn(inner, inner, kernel, stride, groups=inner, activation=activation)
        layers += [SqueezeExcite(inner, squeeze, squeeze_activation, gate)] if squeeze else []
        self.body = nn.Sequential(*layers, *conv_bn(inner, out, 1, 1, activation=None))
        self.shortcut = stride == 1 and width == out

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Add the input where the shapes agree."""
        return x + self.body(x) if self.shortcut else self.body(x)


class DenseBlock(nn.Module):
    """Each layer reads the concatenation of all before it."""

    def __init__(self, width: int, count: int, growth: int, bottleneck: int) -> None:
        super().__init__()
        inner = growth * bottleneck
        self.layers = nn.ModuleList(
            nn.Sequential(
                nn.BatchNorm2d(width + growth * index),
                nn.ReLU(inplace=True),
                nn.Conv2d(width + growth * index, inner, 1, bias=False),
                nn.BatchNorm2d(inner),
                nn.ReLU(inplace=True),
                nn.Conv2d(inner, growth, 3, padding=1, bias=False),
            )
            for index in range(count)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Concatenate the input and every layer's output."""
        features = [x]
        for layer in self.layers:
            features.append(layer(torch.cat(features, 1)))
        return torch.cat(features, 1)


class ShuffleUnit(nn.Module):
    """Half of the channels pass, the other half is convolved; then the channels are interleaved."""

    def __init__(self, width: int, out: int, stride: int) -> None:
        super().__init__()
        half = out // 2
        entry = half if stride == 1 else width
        self.left: nn.Module | None = None
        if stride > 1:
            self.left = nn.Sequential(
                *conv_bn(width, width, 3, stride, groups=width, activation=None), *conv_bn(width, half, 1, 1)
            )
        self.right = nn.Sequential(
            *conv_bn(entry, half, 1, 1),
            *conv_bn(half, half, 3, stride, groups=half, activation=None),
            *conv_bn(half, half, 1, 1),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Interleave both halves."""
        if self.left is None:
            left, right = x.chunk(2, 1)
            out = torch.cat([left, self.right(right)], 1)
        else:
            out = torch.cat([self.left(x), self.right(x)], 1)
        batch, channels, height, width = out.shape
        return out.view(batch, 2, channels // 2, height, width).transpose(1, 2).reshape(batch, channels, height, width)


class LayerNorm2d(nn.LayerNorm):
    """Layer norm over the channels of a feature map."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Normalise with the channels last, then put them back."""
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)

    def __init__(self, width: int) -> None:
        super().__init__(width, eps=1e-6)


class ConvNeXtBlock(nn.Module):
    """7x7 depthwise, layer norm, a two-layer network per pixel, a learned scale, a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(width, width, 7, padding=3, groups=width)
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.perceptron = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.scale = nn.Parameter(torch.full((width, 1, 1), 1e-6))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Add the scaled branch."""
        y = self.depthwise(x).permute(0, 2, 3, 1)
        y = self.perceptron(self.norm(y)).permute(0, 3, 1, 2)
        return x + self.scale * y

"""RegNet X and Y (Radosavovic et al. 2020, arXiv:2003.13678), as torchvision defines them.

Block widths follow a line, u = w0 + wa j, snapped to w0 wm^k and to multiples of 8 (equations 2 to 4 of the paper).
"""

from __future__ import annotations

from functools import partial
from itertools import groupby
from math import log

from cloudcost.networks.builder import Builder, Tensor
from cloudcost.networks.families.recipe import Recipe, classify, conv_bn, divisible, squeeze_excite


def _stages(depth: int, w0: int, wa: float, wm: float, group: int) -> list[tuple[int, int, int]]:
    """Return channels, blocks and group width of each stage."""
    widths = []
    for block in range(depth):
        exponent = round(log((w0 + wa * block) / w0) / log(wm))
        widths.append(round(w0 * wm**exponent / 8) * 8)
    stages = []
    for width, blocks in groupby(widths):
        fitting = min(group, width)
        stages.append((divisible(width, fitting), len(list(blocks)), fitting))
    return stages


def _block(b: Builder, x: Tensor, channels: int, stride: int, group: int, *, gated: bool) -> Tensor:
    skipped = x
    if stride != 1 or x.shape[0] != channels:
        with b.scope("proj"):
            skipped = conv_bn(b, x, channels, stride=stride, activation=None)
    y = conv_bn(b, x, channels)
    y = conv_bn(b, y, channels, 3, stride=stride, groups=channels // group)
    if gated:
        y = squeeze_excite(b, y, round(0.25 * x.shape[0]))
    return b.relu(b.add(skipped, conv_bn(b, y, channels, activation=None)))


def _regnet(b: Builder, classes: int, *, line: tuple[int, int, float, float, int], gated: bool) -> None:
    x = conv_bn(b, b.input, 32, 3, stride=2)
    for stage, (channels, blocks, group) in enumerate(_stages(*line), start=1):
        for block in range(blocks):
            with b.scope(f"stage{stage}.{block}"):
                x = _block(b, x, channels, 2 if block == 0 else 1, group, gated=gated)
    classify(b, x, classes)


_Y = {
    "400mf": (16, 48, 27.89, 2.09, 8), "800mf": (14, 56, 38.84, 2.4, 16), "1_6gf": (27, 48, 20.71, 2.65, 24),
    "3_2gf": (21, 80, 42.63, 2.66, 24), "8gf": (17, 192, 76.82, 2.19, 56), "16gf": (18, 200, 106.23, 2.48, 112),
    "32gf": (20, 232, 115.89, 2.53, 232), "128gf": (27, 456, 160.83, 2.52, 264),
}  # fmt: skip
_X = {
    "400mf": (22, 24, 24.48, 2.54, 16), "800mf": (16, 56, 35.73, 2.28, 16), "1_6gf": (18, 80, 34.01, 2.25, 24),
    "3_2gf": (25, 88, 26.31, 2.25, 48), "8gf": (23, 80, 49.56, 2.88, 120), "16gf": (22, 216, 55.59, 2.1, 128),
    "32gf": (23, 320, 69.86, 2.0, 168),
}  # fmt: skip
"""Blocks, w0, wa, wm and group width (tables 8 and 9 of the paper, rounded as torchvision has them)."""

NETWORKS = {
    f"regnet_{letter}_{size}": Recipe(draw=partial(_regnet, line=line, gated=letter == "y"))
    for letter, lines in (("y", _Y), ("x", _X))
    for size, line in lines.items()
}

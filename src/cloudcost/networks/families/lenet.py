"""LeNet-5 (LeCun et al. 1998) with full connections between its maps and ReLU, as it is taught today."""

from __future__ import annotations

from cloudcost.networks.builder import Builder
from cloudcost.networks.families.recipe import Recipe


def _lenet5(b: Builder, classes: int) -> None:
    x = b.max_pool(b.relu(b.conv(b.input, 6, 5)), 2)
    x = b.max_pool(b.relu(b.conv(x, 16, 5)), 2)
    x = b.flatten(x)
    x = b.relu(b.linear(x, 120))
    x = b.relu(b.linear(x, 84))
    b.linear(x, classes)


NETWORKS = {"lenet5": Recipe(draw=_lenet5, image_px=32, channels=1, classes=10, aliases=("lenet",))}

"""U-Net (Ronneberger et al. 2015, arXiv:1505.04597), padded and with batch norm, as its most used version has it.

Classes are per pixel. Where a size is odd, the enlarged map is padded to the one it is joined with.
"""

from __future__ import annotations

from cloudcost.networks.builder import Builder, Tensor
from cloudcost.networks.families.recipe import Recipe, conv_bn


def _double(b: Builder, x: Tensor, channels: int) -> Tensor:
    return conv_bn(b, conv_bn(b, x, channels, 3), channels, 3)


def _fitted(b: Builder, x: Tensor, to: Tensor) -> Tensor:
    rows, columns = to.shape[1] - x.shape[1], to.shape[2] - x.shape[2]
    if rows == columns == 0:
        return x
    return b.pad(x, (rows // 2, columns // 2, rows - rows // 2, columns - columns // 2))


def _unet(b: Builder, classes: int) -> None:
    with b.scope("down1"):
        maps = [_double(b, b.input, 64)]
    for level, channels in enumerate((128, 256, 512, 1024), start=2):
        with b.scope(f"down{level}"):
            maps.append(_double(b, b.max_pool(maps[-1], 2), channels))
    x = maps.pop()
    for level, channels in enumerate((512, 256, 128, 64), start=1):
        with b.scope(f"up{level}"):
            skipped = maps.pop()
            x = b.conv_transpose(x, channels, 2, stride=2)
            x = _double(b, b.concat(skipped, _fitted(b, x, skipped)), channels)
    b.conv(x, classes, 1)


NETWORKS = {"unet": Recipe(draw=_unet, image_px=256, classes=1, aliases=("u_net",))}

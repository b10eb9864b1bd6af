"""Swin transformers (Liu et al. 2021, arXiv:2103.14030; v2: 2021, arXiv:2111.09883), as torchvision defines them.

Attention runs within windows of the map, shifted by half a window in every second block, as an explicit product and
softmax: the shares of every window are written to memory. Stochastic depth is a `dropout` in every block but the first,
whose probability is 0.
"""

from __future__ import annotations

from functools import partial
from math import ceil

from cloudcost.networks.builder import Builder, Tensor
from cloudcost.networks.families.recipe import Recipe

_BIAS_NET = 512
"""Hidden numbers of the small network that gives v2 its bias of positions. [count]"""


def _windows(b: Builder, x: Tensor, window: int, shift: bool) -> tuple[Tensor, bool]:
    """Return the tokens of each window, and whether the windows are shifted: not where one holds the whole map."""
    height, width, channels = x.shape
    rows, columns = ceil(height / window), ceil(width / window)
    padded = (rows * window, columns * window, channels)
    x = b.copy(x, shape=padded, function="pad")
    shift = shift and (window < padded[0] or window < padded[1])
    if shift:
        x = b.copy(x, shape=padded, function="roll")
    tiled = b.permute(b.reshape(x, (rows, window, columns, window, channels)), (0, 2, 1, 3, 4))
    return b.reshape(tiled, (rows * columns, window * window, channels)), shift


def _back(b: Builder, x: Tensor, shape: tuple[int, ...], window: int, shift: bool) -> Tensor:
    height, width, channels = shape
    rows, columns = ceil(height / window), ceil(width / window)
    whole = b.permute(b.reshape(x, (rows, columns, window, window, channels)), (0, 2, 1, 3, 4))
    x = b.reshape(whole, (rows * window, columns * window, channels))
    if shift:
        x = b.copy(x, shape=x.shape, function="roll")
    return x if x.shape == shape else b.copy(x, shape=shape, function="slice")


def _shares(b: Builder, query: Tensor, key: Tensor, window: int, *, shifted: bool, cosine: bool) -> Tensor:
    heads = query.shape[1]
    if cosine:
        query, key = (b.operation("normalize", x, function="normalize", calls=2) for x in (query, key))
        shares = b.scale(b.matmul(query, b.transpose(key)), parameters=heads)
        shares = b.scale(shares, parameters=3 * _BIAS_NET + _BIAS_NET * heads)
    else:
        shares = b.matmul(b.scale(query), b.transpose(key))
        shares = b.scale(shares, parameters=(2 * window - 1) ** 2 * heads)
    return b.softmax(b.operation("elementwise", shares, function="add") if shifted else shares)


def _attention(b: Builder, x: Tensor, heads: int, window: int, *, shift: bool, cosine: bool) -> Tensor:
    shape, channels = x.shape, x.shape[-1]
    tokens, shift = _windows(b, x, window, shift)
    count, places, _ = tokens.shape
    head = channels // heads
    qkv = b.reshape(b.linear(tokens, 3 * channels), (count, places, 3, heads, head))
    parts = b.split(b.permute(qkv, (2, 0, 3, 1, 4)), (1, 1, 1))
    query, key, value = (b.reshape(part, (count, heads, places, head)) for part in parts)
    shares = _shares(b, query, key, window, shifted=shift, cosine=cosine)
    mixed = b.permute(b.matmul(shares, value), (0, 2, 1, 3))
    return _back(b, b.linear(b.reshape(mixed, (count, places, channels)), channels), shape, window, shift)


def _mlp(b: Builder, x: Tensor) -> Tensor:
    return b.linear(b.gelu(b.linear(x, 4 * x.shape[-1])), x.shape[-1])


def _block(b: Builder, x: Tensor, heads: int, window: int, *, shift: bool, second: bool, drop: bool) -> Tensor:
    def branch(y: Tensor) -> Tensor:
        return b.dropout(y) if drop else y

    attend = partial(_attention, b, heads=heads, window=window, shift=shift, cosine=second)
    norm = partial(b.layer_norm, channels_last=True)
    if second:  # normalised behind, not before
        x = b.add(x, branch(norm(attend(x))))
        return b.add(x, branch(norm(_mlp(b, x))))
    x = b.add(x, branch(attend(norm(x))))
    return b.add(x, branch(_mlp(b, norm(x))))


def _merge(b: Builder, x: Tensor, *, second: bool) -> Tensor:
    height, width, channels = x.shape
    rows, columns = ceil(height / 2), ceil(width / 2)
    x = b.copy(b.copy(x, shape=(2 * rows, 2 * columns, channels), function="pad"),
               shape=(rows, columns, 4 * channels), function="cat")  # fmt: skip
    if second:
        return b.layer_norm(b.linear(x, 2 * channels, bias=False), channels_last=True)
    return b.linear(b.layer_norm(x, channels_last=True), 2 * channels, bias=False)


def _swin(
    b: Builder, classes: int, *, width: int, blocks: tuple[int, ...], heads: tuple[int, ...], window: int, second: bool
) -> None:
    x = b.permute(b.conv(b.input, width, 4, stride=4), (1, 2, 0))
    x = b.layer_norm(x, channels_last=True)
    for stage, (count, head_count) in enumerate(zip(blocks, heads, strict=True)):
        if stage > 0:
            x = _merge(b, x, second=second)
        for block in range(count):
            with b.scope(f"stage{stage + 1}.{block}"):
                x = _block(b, x, head_count, window, shift=block % 2 == 1, second=second, drop=stage + block > 0)
    x = b.permute(b.layer_norm(x, channels_last=True), (2, 0, 1))
    b.linear(b.flatten(b.global_avg_pool(x)), classes)


_SIZES = {
    "t": {"width": 96, "blocks": (2, 2, 6, 2), "heads": (3, 6, 12, 24)},
    "s": {"width": 96, "blocks": (2, 2, 18, 2), "heads": (3, 6, 12, 24)},
    "b": {"width": 128, "blocks": (2, 2, 18, 2), "heads": (4, 8, 16, 32)},
}
_NAMES = {"t": "tiny", "s": "small", "b": "base"}

NETWORKS = {
    f"swin_{size}": Recipe(
        draw=partial(_swin, window=7, second=False, **sizes),  # type: ignore[arg-type]
        aliases=(f"swin_{_NAMES[size]}", f"swin_{_NAMES[size]}_patch4_window7_224"),
    )
    for size, sizes in _SIZES.items()
} | {
    f"swin_v2_{size}": Recipe(
        draw=partial(_swin, window=8, second=True, **sizes),  # type: ignore[arg-type]
        image_px=256,
        aliases=(f"swinv2_{_NAMES[size]}", f"swinv2_{_NAMES[size]}_window8_256"),
    )
    for size, sizes in _SIZES.items()
}

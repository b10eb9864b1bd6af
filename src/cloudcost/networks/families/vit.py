"""Vision transformers (Dosovitskiy et al. 2020, arXiv:2010.11929), as torchvision defines them.

An image becomes tokens of one patch each, a class token before them; the embedding of positions grows with the image.
The attention is one function (``scaled_dot_product_attention``): which kernel computes it, the device decides.
"""

from __future__ import annotations

from functools import partial

from cloudcost.networks.builder import Builder, Tensor
from cloudcost.networks.families.recipe import Recipe


def _self_attention(b: Builder, x: Tensor, heads: int) -> Tensor:
    tokens, width = x.shape
    qkv = b.reshape(b.linear(x, 3 * width), (tokens, 3, width))
    parts = b.split(b.permute(qkv, (1, 0, 2)), (1, 1, 1))
    query, key, value = (b.reshape(part, (heads, tokens, width // heads)) for part in parts)  # read as they lie
    mixed = b.attention(query, key, value)
    return b.linear(b.reshape(b.permute(mixed, (1, 0, 2)), (tokens, width)), width)


def _block(b: Builder, x: Tensor, heads: int, inner: int) -> Tensor:
    x = b.add(_self_attention(b, b.layer_norm(x, channels_last=True), heads), x)
    y = b.linear(b.gelu(b.linear(b.layer_norm(x, channels_last=True), inner)), x.shape[-1])
    return b.add(x, y)


def _vit(b: Builder, classes: int, *, patch: int, width: int, layers: int, heads: int, inner: int) -> None:
    patches = b.conv(b.input, width, patch, stride=patch)
    count = patches.shape[1] * patches.shape[2]
    tokens = b.permute(b.reshape(patches, (width, count)), (1, 0))
    x = b.operation("concat", tokens, output=(count + 1, width), parameters=width, name="class_token")
    x = b.scale(x, parameters=(count + 1) * width, name="position")
    for layer in range(layers):
        with b.scope(f"layer{layer + 1}"):
            x = _block(b, x, heads, inner)
    x = b.layer_norm(x, channels_last=True)
    first = b.operation("split", x, output=(1, width), name="first_token")
    b.linear(b.flatten(first), classes)


_BASE = {"width": 768, "layers": 12, "heads": 12, "inner": 3072}
_LARGE = {"width": 1024, "layers": 24, "heads": 16, "inner": 4096}
_HUGE = {"width": 1280, "layers": 32, "heads": 16, "inner": 5120}


def _recipe(patch: int, sizes: dict[str, int], *aliases: str) -> Recipe:
    return Recipe(draw=partial(_vit, patch=patch, **sizes), aliases=aliases)  # type: ignore[arg-type]


NETWORKS = {
    "vit_b_16": _recipe(16, _BASE, "vit_base_patch16_224"),
    "vit_b_32": _recipe(32, _BASE, "vit_base_patch32_224"),
    "vit_l_16": _recipe(16, _LARGE, "vit_large_patch16_224"),
    "vit_l_32": _recipe(32, _LARGE, "vit_large_patch32_224"),
    "vit_h_14": _recipe(14, _HUGE, "vit_huge_patch14_224"),
    "deit_tiny": _recipe(
        16, {"width": 192, "layers": 12, "heads": 3, "inner": 768}, "deit_tiny_patch16_224", "vit_tiny_patch16_224"
    ),
    "deit_small": _recipe(
        16, {"width": 384, "layers": 12, "heads": 6, "inner": 1536}, "deit_small_patch16_224", "vit_small_patch16_224"
    ),
    "deit_base": _recipe(16, _BASE, "deit_base_patch16_224"),
}

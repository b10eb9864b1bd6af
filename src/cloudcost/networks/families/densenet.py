"""DenseNet (Huang et al. 2016, arXiv:1608.06993), as torchvision defines it."""

from __future__ import annotations

from functools import partial

from cloudcost.networks.builder import Builder, Tensor
from cloudcost.networks.families.recipe import Recipe, classify, conv_bn


def _dense_layer(b: Builder, features: list[Tensor], growth: int) -> Tensor:
    x = b.concat(*features) if len(features) > 1 else features[0]
    x = b.conv(b.relu(b.batch_norm(x)), 4 * growth, 1, bias=False)
    return b.conv(b.relu(b.batch_norm(x)), growth, 3, padding=1, bias=False)


def _densenet(b: Builder, classes: int, *, growth: int, blocks: tuple[int, ...], width: int) -> None:
    x = conv_bn(b, b.input, width, 7, stride=2)
    x = b.max_pool(x, 3, stride=2, padding=1)
    for block, layers in enumerate(blocks):
        features = [x]
        for layer in range(layers):
            with b.scope(f"denseblock{block + 1}.{layer}"):
                features.append(_dense_layer(b, features, growth))
        x = b.concat(*features)
        if block < len(blocks) - 1:
            with b.scope(f"transition{block + 1}"):
                x = b.conv(b.relu(b.batch_norm(x)), x.shape[0] // 2, 1, bias=False)
                x = b.avg_pool(x, 2)
    classify(b, b.relu(b.batch_norm(x)), classes)


NETWORKS = {
    "densenet121": Recipe(draw=partial(_densenet, growth=32, blocks=(6, 12, 24, 16), width=64)),
    "densenet161": Recipe(draw=partial(_densenet, growth=48, blocks=(6, 12, 36, 24), width=96)),
    "densenet169": Recipe(draw=partial(_densenet, growth=32, blocks=(6, 12, 32, 32), width=64)),
    "densenet201": Recipe(draw=partial(_densenet, growth=32, blocks=(6, 12, 48, 32), width=64)),
}

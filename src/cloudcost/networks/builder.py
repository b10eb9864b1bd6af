"""A CNN written down layer by layer; every shape and parameter count follows.

Each method takes the tensors it reads, adds one operation and returns the tensor that it writes. The order of the
calls is the order of execution. Nothing is computed but shapes: no numbers flow.

>>> b = Builder("tiny", (3, 32, 32))
>>> x = b.relu(b.conv(b.input, 8, 3, padding="same"))
>>> x = b.linear(b.flatten(b.global_avg_pool(x)), 10)
>>> network = b.build()
>>> network.parameters  # 3 x 3 x 3 x 8 + 8, and 8 x 10 + 10
314
"""

from __future__ import annotations

from cloudcost.networks.layers.base import Padding, Pair, Tensor
from cloudcost.networks.layers.convolutions import ConvolutionLayers
from cloudcost.networks.layers.elementwise import ElementwiseLayers
from cloudcost.networks.layers.joins import JoiningLayers
from cloudcost.networks.layers.pools import PoolLayers
from cloudcost.networks.layers.products import ProductLayers

__all__ = ["Builder", "Padding", "Pair", "Tensor"]


class Builder(ConvolutionLayers, ProductLayers, ElementwiseLayers, PoolLayers, JoiningLayers):
    """Collects the operations of one network.

    Parameters
    ----------
    name : str
    input : Shape
        Of one sample: (C, H, W) of an image, (C, L) of a sequence, (C, D, H, W) of a volume.

    Notes
    -----
    `kernel`, `stride` and `dilation` are one int or (height, width). `padding` is one int, (vertical, horizontal),
    (top, left, bottom, right), "valid" or "same" (TensorFlow's, which may be asymmetric). `name` is optional
    everywhere: operations are numbered by kind within the current `scope`. `shares` names an earlier operation whose
    parameters this one uses again: the network counts them once. `l2` marks a kernel with an L2 penalty that each
    step computes (Keras regularisers).
    """

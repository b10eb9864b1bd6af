"""How much work an operation is, per sample and forward.

One multiply-accumulate (MAC) is 2 FLOPs. As in the published counts, convolutions and linear maps alone have MACs;
what the other operations cost is the bytes that they move, which the timing model counts.
"""

from __future__ import annotations

from cloudcost.domain.network import Network, Op
from cloudcost.networks.kinds.table import kind_of


def macs(op: Op) -> int:
    """Return the multiply-accumulates of one forward pass of one sample, bias additions not counted.

    Notes
    -----
    Convolution: each output value takes (channels / groups) kernel_h kernel_w MACs. Transposed convolution: each
    input value gives as many to every output channel of its group. Linear: each output value takes one MAC per input
    feature.

    Examples
    --------
    A 3x3 convolution from 2 to 4 channels over 5x5 pixels, 4 x 5 x 5 x 2 x 3 x 3:

    >>> macs(Op(kind="conv2d", name="a", inputs=((2, 5, 5),), output=(4, 5, 5), kernel=(3, 3), padding=(1, 1, 1, 1)))
    1800
    """
    rule = kind_of(op).macs
    return 0 if rule is None else rule(op)


def network_macs(network: Network, *, auxiliary: bool = True) -> int:
    """Return the multiply-accumulates of one forward pass of one image.

    Parameters
    ----------
    network : Network
    auxiliary : bool, default True
        Count the auxiliary heads, which only training runs; published figures leave them out.

    Examples
    --------
    >>> from cloudcost.networks.registry import named_network
    >>> network_macs(named_network("lenet5"))  # 117,600 + 240,000 + 48,000 + 10,080 + 840
    416520
    """
    return sum(macs(op) for op in network.ops if auxiliary or not is_auxiliary(op))


def is_auxiliary(op: Op) -> bool:
    """Return whether an operation of a named network belongs to an auxiliary head."""
    return op.name.startswith("aux")

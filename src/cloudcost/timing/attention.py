"""What products of two activations and attention ask of a device, and which kernel computes an attention.

Three numbers, in the order of the columns attn.flop, attn.byte and attn.calls: GFLOP, GB and thousands of calls, of a
forward and a backward pass. The rules of the kernels are rows of ``attention_kernels.csv``.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from cloudcost.catalog.devices import find_device
from cloudcost.catalog.training.attention import AttentionKernel, attention_kernels
from cloudcost.networks.kinds.products import attention_matrix, attention_sizes
from cloudcost.timing.rates.convolution import TILE, Array

if TYPE_CHECKING:
    from cloudcost.domain.network import Op


@cache
def first_kernel(device: str, *, half: bool) -> int:
    """Return the place of the first kernel that runs on a device, the last one for a device that is not known.

    Examples
    --------
    >>> [attention_kernels()[first_kernel(name, half=True)].name for name in ("A100", "T4", "Radeon RX 6800")]
    ['flash', 'efficient', 'plain']
    """
    known = find_device(device)
    capability = "" if known is None else known.compute_capability
    kernels = attention_kernels()
    return next(k for k, kernel in enumerate(kernels) if kernel.runs_on(capability, half=half))


def kernels_of(op: Op) -> tuple[AttentionKernel, ...]:
    """Return which kernel computes an attention, for each kernel that may be the first which a device has."""
    kernels = attention_kernels()
    head = (attention_sizes(op) or (0, 0, 0, 0, 0))[3]
    return tuple(
        next(kernel for kernel in kernels[first:] if kernel.takes(head=head, mask=op.mask))
        for first in range(len(kernels))
    )


def product_work(times: int, rows: int, inner: int, columns: int) -> Array:
    """Return what so many products of two activations ask for, gradients of both among it.

    Notes
    -----
    Each of the three products wastes what a multiplier's tile does not fill, as convolutions do.
    """
    read_written = times * (rows * inner + inner * columns + rows * columns)
    fill_rows, fill_inner, fill_columns = (1 + TILE / side for side in (rows, inner, columns))
    waste = fill_rows * fill_columns + fill_rows * fill_inner + fill_inner * fill_columns
    return np.array([2e-9 * times * rows * inner * columns * waste, 3 * 4e-9 * read_written, 3e-3])


def attention_work(op: Op, kernel: AttentionKernel) -> tuple[Array, float]:
    """Return what an attention asks for by a kernel, and the numbers of the softmax that it runs by itself. [GB]

    Notes
    -----
    One kernel reads queries, keys, values and the output, three times over in both passes together, and computes seven
    products of the size of a matrix of shares: two forward, and five backward, of which one is that of the forward
    pass again. In plain PyTorch two products and a softmax write the matrix to memory.
    """
    heads, queries, keys, head, values = attention_sizes(op) or (0, 0, 0, 0, 0)
    matrix = attention_matrix(op)
    if kernel.keeps_matrix:
        asks = product_work(heads, queries, head, keys) + product_work(heads, queries, keys, values)
        return kernel.work * asks, 4e-9 * matrix
    share = 0.5 if op.mask == "causal" else 1.0
    flop = 2e-9 * share * matrix * (4 * head + 3 * values)
    tokens = heads * (queries * (head + values) + keys * (head + values))
    return np.array([kernel.work * flop, 3 * 4e-9 * tokens, 3e-3]), 0.0

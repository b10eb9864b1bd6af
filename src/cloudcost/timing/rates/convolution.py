"""The effective work of a convolution's three passes: FLOPs times what a matrix product with small sides wastes.

Every size factor is a straight line of the batch, so that a network keeps nine numbers per convolution and a step at
any batch costs a few products. The physics: ``docs/explanation/timing-model.md``.
"""

from __future__ import annotations

import numpy as np

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

TILE = 32.0
"""Side of the multiplier's tile, in elements of the matrix product; chosen by the study on PROFET's steps. [1]"""
HALO = 4.0
"""Rows and columns of padding that a kernel larger than 1x1 adds to the work; the same study. [pixels]"""
WINOGRAD_LIMIT_GB = 8.0
"""Transformed tiles above which a direct algorithm runs; the same study. [GB]"""
ROOM_SHARE = 1.25
"""Transformed tiles that a device with so much memory left for them still takes, over that memory: it holds some of
them at a time. Of 1 to 2.5, with which the steps of VGG that fill the memory, 25 to 50 % slower than without, come out
best. [1]"""
TINY_MAP = 16.0
"""Maps of at most so many pixels take an extra cost; the same study. [pixels]"""


def effort_lines(conv: Array) -> Array:
    """Return each pass's effective GFLOP as slope and intercept over the batch.

    Parameters
    ----------
    conv : float64, shape (12, convolutions)
        As `cloudcost.timing.rates.features.NetworkFeatures.conv`.

    Returns
    -------
    float64, shape (9, convolutions)
        Slope and intercept of forward, slope of the weights' gradient, slope and intercept of the input's gradient,
        1 where that is computed; slope of Winograd's products (infinite where it does not exist) [GFLOP], slope and
        intercept of its transformed tiles [GB].

    Notes
    -----
    With F = 2e-9 B oh ow kh kw ci co: forward F (r_o + 32 / P) (1 + 32 / co); weights F (1 + 32 / (kh kw ci))
    (1 + 32 / co); input F (r_i + 32 / Q) (1 + 32 / ci) times the waste of strides; r = (1 + 4/h)(1 + 4/w), P and Q the
    pixels written and read.
    """
    ih, iw, ci, oh, ow, co, kh, kw, stride, groups, has_dx, has_winograd = conv
    ci_g, co_g, kk = ci / groups, co / groups, kh * kw
    per_pixel = 2e-9 * kk * ci_g * co
    flop = per_pixel * oh * ow
    wide = kk > 1
    halo_out = np.where(wide, (1 + HALO / oh) * (1 + HALO / ow), 1.0)
    halo_in = np.where(wide, (1 + HALO / ih) * (1 + HALO / iw), 1.0)
    ratio = (ih * iw) / (oh * ow)
    waste = np.maximum(1.0, np.where(wide, ratio / stride, ratio))
    fill_in, fill_out = 1 + TILE / ci_g, 1 + TILE / co_g
    tiles = np.ceil(oh / 2) * np.ceil(ow / 2)
    return np.stack(
        [
            flop * halo_out * fill_out,
            per_pixel * TILE * fill_out,
            flop * (1 + TILE / (kk * ci_g)) * fill_out,
            flop * halo_in * fill_in * waste,
            flop * TILE / (ih * iw) * fill_in * waste,
            has_dx,
            np.where(has_winograd > 0, 32e-9 * tiles * ci * co, np.inf),
            64e-9 * tiles * (ci + co),
            64e-9 * ci * co,
        ]
    )


def efforts(lines: Array, batch: Array, balance: float, room: Array | None = None) -> tuple[Array, Array, Array]:
    """Return the effective GFLOP of forward, weights' gradient and input's gradient.

    Parameters
    ----------
    lines : float64, shape (9, convolutions)
    batch : float64, shape (batches,)
        [images]
    balance : float
        Peak rate over bandwidth; infinite where Winograd's algorithm is not used. [FLOP/byte]
    room : float64, shape (batches, convolutions), optional
        Memory left for transformed tiles; unlimited unless given. [GB]

    Returns
    -------
    three of float64, shape (batches, convolutions)
    """
    b = batch[:, None]
    forward = b * lines[0] + lines[1]
    weights = b * lines[2]
    inputs = b * lines[3] + lines[4]
    if np.isfinite(balance):
        moved = b * lines[7] + lines[8]
        limit = WINOGRAD_LIMIT_GB if room is None else np.minimum(WINOGRAD_LIMIT_GB, room)
        winograd = np.where(moved <= limit, b * lines[6] + moved * balance, np.inf)
        forward, weights, inputs = (np.minimum(effort, winograd) for effort in (forward, weights, inputs))
    return forward, weights, inputs * lines[5]


def classes(conv: Array) -> Array:
    """Return the columns that a convolution's FLOPs go to, float64 of shape (2, convolutions, 5).

    The first axis is the map that a pass writes, output or input: it decides whether the map is tiny.
    """
    ih, iw, _, oh, ow, _, kh, kw, stride, _, _, _ = conv
    pointwise = kh * kw == 1
    plain = (kh == 3) & (kw == 3) & (stride == 1)
    large = np.minimum(kh, kw) >= 5
    chosen = np.stack([pointwise, plain, large, ~(pointwise | plain | large)])
    return np.stack(
        [np.vstack([chosen, ~pointwise & (pixels <= TINY_MAP)]).T.astype(np.float64) for pixels in (oh * ow, ih * iw)]
    )


PLACES = 8
"""Coordinates of a convolution's place among others."""
PIXELS_UNIT = 3.0
"""Unit of the first, the pixels written. [doublings]"""


def layer_work(
    conv: Array, lines: Array, columns: Array, passes: Array, batch: float, balance: float, room: Array | None = None
) -> Array:
    """Return the work of each convolution by itself, in the columns of its three passes.

    Parameters
    ----------
    conv, lines, columns, passes : float64
        As `cloudcost.timing.rates.features.NetworkFeatures.conv`, `lines`, `classes` and `passes`.
    batch : float
        [images]
    balance : float
    room : float64, shape (1, convolutions), optional
        As `efforts`.

    Returns
    -------
    float64, shape (convolutions, 3, 9)
        [GFLOP, GB, 1000 calls]
    """
    ih, iw, ci, oh, ow, co, kh, kw, _, groups, has_dx, _ = conv
    work = np.empty((conv.shape[1], 3, 9))
    for way, effort in enumerate(efforts(lines, np.array([batch]), balance, room)):
        work[:, way, :5] = effort[0][:, None] * columns[way // 2]
    work[:, :, 5] = (4e-9 * batch * ih * iw * ci)[:, None]
    work[:, :, 6] = (4e-9 * batch * oh * ow * co)[:, None]
    work[:, :, 7] = (4e-9 * kh * kw * ci * co / groups)[:, None]
    work[:, :, 8] = 1e-3
    work *= passes.T[:, :, None]
    work[:, 2, 5:] *= has_dx[:, None]
    return work


def places_of(conv: Array, batch: float | Array) -> Array:
    """Return where convolutions lie among all, so that those one unit apart run alike on a device.

    Parameters
    ----------
    conv : float64, shape (12, convolutions)
    batch : float or float64, shape (convolutions,)
        [images]

    Returns
    -------
    float64, shape (convolutions, 8)
        Doublings of the pixels written in units of 3, of a group's channels read and written in units of 2, of the
        map's side in units of 3, of the kernel's area in units of 1.5, of the stride; 1 where the kernel is not square;
        doublings of the groups.
    """
    _, _, ci, oh, ow, co, kh, kw, stride, groups, _, _ = conv
    return np.stack(
        [
            np.log2(batch * oh * ow) / PIXELS_UNIT,
            np.log2(ci / groups) / 2,
            np.log2(co / groups) / 2,
            np.log2(oh * ow) / 6,
            np.log2(kh * kw) / 1.5,
            np.log2(stride),
            (kh != kw).astype(np.float64),
            np.log2(groups),
        ],
        axis=1,
    )

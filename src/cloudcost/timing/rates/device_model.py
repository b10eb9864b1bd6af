"""What is known about the speed of one device: the parameters of the form, how sure they are, and where they come from.

A device model is plain data; `device_file` reads and writes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from math import inf
from typing import TYPE_CHECKING, Literal

from cloudcost.frozen import dataclass
from cloudcost.timing.rates.equation import Array, sheet_scale

if TYPE_CHECKING:
    from cloudcost.domain.project import Precision
    from cloudcost.timing.rates.layers.process import LayerProcess


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DeviceModel:
    """The speed of one device at one precision.

    Parameters
    ----------
    device : str
    names : tuple of str
        Other names of devices that it stands for.
    precision : str
    channels_last : bool
        Whether it speaks of that memory format.
    basis : {"fitted", "transferred"}
    stack : str
        Key of the software that was measured, e.g. ``tf2.5``.
    stack_text : str
    peak_gflop_s, bandwidth_gb_s : float
        Rates that the coefficients are relative to. [10**9 FLOP/s, 10**9 bytes/s]
    memory_bytes : float or None
        [bytes]
    winograd : bool
        Whether 3x3 convolutions may use Winograd's algorithm (not on tensor cores).
    half_bytes : bool
        Whether activations move in half precision.
    autocasts : bool
        Whether some of them stay in fp32 then, as under automatic mixed precision.
    fuses : bool
        Whether convolution, bias and activation run as one forward kernel (TensorFlow's graphs).
    parameters : float64, shape (parameters,)
        See `cloudcost.timing.rates.equation`.
    covariance : float64, shape (parameters - 1, parameters - 1)
        Of all but the last.
    launch_seconds : float64, shape (12,), optional
        Of each class of call on a host of factor 1; then the host's parameters count calls, not layer records. [s]
    product_factor : float
        Time of a FLOP of a linear map of tokens against that of a 1x1 convolution: above 1 where matrix products stay
        in FP32 and convolutions round to TF32. [1]
    cache_gb : float
        Last-level cache that spares traffic to memory. [10**9 bytes]
    cache_share, cache_reach : float
        Up to which share it spares bytes, and of tensors of how many times its size. [1]
    residual_sd : float
        Error that the form leaves in any cell, of the log. [1]
    host_residual_sd : float, optional
        The same where the host rules the step, whose calls are counted; then the residual and the device's own error
        count by the device's share of the time. [1]
    device_sd : float
        Error of the whole device, for transferred models. [1]
    host_sd : float
        Of the log of what a launch costs on the host. [1]
    shared_share : float
        Share of the variance that other devices have in common for one CNN. [1]
    process : LayerProcess, optional
        How far its convolutions run off the form, where layers tell.
    ranges : mapping of str to float
        Largest share of a step's time that each column had in the measurements.
    varieties : frozenset of str
        Convolutions that were measured: dilated, grouped, transposed.
    calibrated : int
        Runs of the machine itself that it was scaled by. [count]
    provenance : mapping of str to str
        Source, commit, rows, date.
    """

    device: str
    names: tuple[str, ...] = ()
    precision: Precision = "fp32"
    channels_last: bool = False
    basis: Literal["fitted", "transferred"] = "fitted"
    stack: str
    stack_text: str
    peak_gflop_s: float
    bandwidth_gb_s: float
    memory_bytes: float | None = None
    winograd: bool = True
    half_bytes: bool = False
    autocasts: bool = False
    product_factor: float = 1.0
    fuses: bool = False
    parameters: Array
    covariance: Array
    launch_seconds: Array | None = None
    cache_gb: float = 0.0
    cache_share: float = 0.0
    cache_reach: float = 0.0
    residual_sd: float
    host_residual_sd: float | None = None
    device_sd: float = 0.0
    host_sd: float = 0.0
    shared_share: float = 0.0
    process: LayerProcess | None = None
    ranges: Mapping[str, float] = field(default_factory=dict)
    varieties: frozenset[str] = frozenset()
    calibrated: int = 0
    provenance: Mapping[str, str] = field(default_factory=dict)

    @property
    def balance(self) -> float:
        """Peak rate over bandwidth; infinite where Winograd's algorithm is not used. [FLOP/byte]"""
        return self.peak_gflop_s / self.bandwidth_gb_s if self.winograd else inf

    @property
    def scale(self) -> Array:
        """What turns a network's work into seconds at a coefficient of 1, float64 of shape (columns,)."""
        return sheet_scale(self.peak_gflop_s, self.bandwidth_gb_s, half_bytes=self.half_bytes)

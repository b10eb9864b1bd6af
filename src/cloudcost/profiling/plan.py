"""What is to be profiled and how: the order that goes to the worker processes. No torch in here."""

from __future__ import annotations

from dataclasses import asdict, field
from typing import TYPE_CHECKING, Any, Literal

from cloudcost.domain.project import Optimizer, Precision
from cloudcost.errors import InputError
from cloudcost.frozen import dataclass

if TYPE_CHECKING:
    from cloudcost.domain.network import Shape
    from cloudcost.files.documents import JsonValue


CLOCK = 1.3
"""The clock of a processor moves by less from minute to minute (17 % were seen); sharing a core costs more. [1]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When a batch size has been timed long enough.

    Parameters
    ----------
    warmup : int
        Steps that are not counted. [count]
    least, most : int
        Plain steps per process. [count]
    half_width : float
        Bootstrap 95 % half width of the median plain step, relative, at which to stop. [1]
    seconds : float
        At most so long per batch size and process. [s]
    """

    warmup: int = 3
    least: int = 5
    most: int = 40
    half_width: float = 0.03
    seconds: float = 30.0


QUICK = Limits(warmup=1, least=3, most=10, half_width=0.05, seconds=6.0)
"""For `--quick`: a first impression within half a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One run of the harness.

    Parameters
    ----------
    network : str
        A named network, a path of a network JSON, ``package.module:factory``, or a library's as ``timm:NAME``.
    image : (C, H, W)
        Shape of one image; of another rank for sequences and volumes.
    more_inputs : tuple of Shape
        Of the further inputs, per image.
    batches : tuple of int
        Two or more each; at least two of them unless `quick` or `mode` is "operations". [images]
    classes : int or None
        Outputs. [count]
    kwargs : dict
        Passed to the factory.
    device : {"cpu", "cuda"}
    precision, optimizer, channels_last
    cudnn_benchmark : bool
        Whether cuDNN tries its algorithms on each shape; off as in a loop that does not ask for it.
    threads : int
        [count]
    repeats : int
        Worker processes, one after the other. [count]
    processes : int
        2 or more: DistributedDataParallel as well. [count]
    freeze : "backbone", int or None
        What of a network that is described here is not trained.
    quick : bool
    mode : {"step", "operations"}
    limits : Limits
    memory_bytes : int or None
        A worker may not take more; None: what the machine has available. [bytes]
    """

    network: str
    image: tuple[int, ...]
    batches: tuple[int, ...]
    classes: int | None = None
    kwargs: dict[str, JsonValue] = field(default_factory=dict)
    device: Literal["cpu", "cuda"] = "cpu"
    precision: Precision = "fp32"
    optimizer: Optimizer = "momentum"
    channels_last: bool = False
    cudnn_benchmark: bool = False
    threads: int = 1
    repeats: int = 3
    processes: int = 1
    freeze: str | int | None = None
    quick: bool = False
    mode: Literal["step", "operations"] = "step"
    limits: Limits = field(default_factory=Limits)
    memory_bytes: int | None = None
    more_inputs: tuple[Shape, ...] = ()

    def __post_init__(self) -> None:
        if not self.batches or min(self.batches) < 2:
            raise InputError(
                f"--batch: batches of 2 images or more, {','.join(map(str, self.batches)) or 'none':.60}, "
                "a single image runs other code and tells nothing about larger batches"
            )
        if len(set(self.batches)) < 2 and not self.quick and self.mode == "step":
            raise InputError(
                f"--batch: at least two batch sizes, {self.batches[0]}, other batches follow from two (--batch 2,8) "
                "or give --quick"
            )
        if self.precision == "tf32" and self.device != "cuda":
            raise InputError("--precision: tf32 is a precision of CUDA devices, 'tf32', use fp32 or amp on a CPU")
        if self.mode == "operations" and self.device != "cpu":
            raise InputError(
                f"--ops-only: operations are timed alone on a CPU only, {self.device!r}, leave one of them out"
            )
        for flag, value, most in (
            ("--threads", self.threads, 1024), ("--repeats", self.repeats, 1000), ("--processes", self.processes, 1024),
            ("--batch", max(self.batches), 2**24), ("--classes", 1 if self.classes is None else self.classes, 2**24),
            ("--input", max(self.image), 2**16),
        ):  # fmt: skip
            if not 1 <= value <= most:
                raise InputError(f"{flag}: at least 1 and at most {most}, {value!s:.30}, take a number between them")

    @property
    def inputs(self) -> tuple[Shape, ...]:
        """Shape of each input, per image."""
        return (self.image, *self.more_inputs)

    def message(self) -> dict[str, JsonValue]:
        """Return the plan as JSON values for a worker."""
        return asdict(self)

    @classmethod
    def of_message(cls, message: dict[str, JsonValue]) -> Plan:
        """Return the plan that a worker was sent."""
        fields: dict[str, Any] = dict(message)
        fields["limits"] = Limits(**fields["limits"])
        fields["image"], fields["batches"] = tuple(fields["image"]), tuple(fields["batches"])
        fields["more_inputs"] = tuple(map(tuple, fields["more_inputs"]))
        return cls(**fields)

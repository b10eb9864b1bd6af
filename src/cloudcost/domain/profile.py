"""A profile: what the training step of one real CNN took on one real machine, operation by operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from cloudcost.domain.project import Optimizer, Precision
from cloudcost.frozen import dataclass

if TYPE_CHECKING:
    from cloudcost.domain.network import Network

Clock = Literal["thread-cpu", "wall", "cuda"]
"""``thread-cpu``: CPU time of the one thread; ``wall``: wall time, with several threads; ``cuda``: wall time of steps
with the device synchronised, kernel time of operations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What a measurement depends on besides the CNN; no names of hosts, users or paths.

    Parameters
    ----------
    torch : str
        Version of PyTorch.
    backend : str
        ``oneDNN 3.7.1`` or ``cuDNN 9.1.0, CUDA 12.6``.
    device : {"cpu", "cuda"}
    processor : str
        Model of the CPU or GPU that ran the CNN.
    host_processor : str
        Model of the CPU.
    threads : int
        Of intra-operation parallelism. [count]
    affinity : int
        Logical CPUs that the process may use. [count]
    allocator : str
        ``no-mmap, no-trim`` where freed memory is kept, ``default`` elsewhere.
    precision : str
        ``fp32``, ``tf32`` or ``amp``.
    channels_last : bool
    clock : Clock
    cudnn_benchmark : bool or None
        Of `torch.backends.cudnn`; None on a CPU, and where a profile was made before it was recorded (it was on).
    memory_bytes : int or None
        Of the machine, or of the GPU. [bytes]
    system : str
        Operating system and machine type.
    python : str
    """

    torch: str
    backend: str
    device: Literal["cpu", "cuda"]
    processor: str
    host_processor: str
    threads: int
    affinity: int
    allocator: str
    precision: Precision
    channels_last: bool
    clock: Clock
    cudnn_benchmark: bool | None = None
    memory_bytes: int | None = None
    system: str = ""
    python: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """The steps of one batch size, over all processes.

    Parameters
    ----------
    batch : int
        [images]
    seconds : float
        Median calm plain step of the process in the middle (by all batch sizes), by the environment's clock. A step
        is calm when the probes around it were about as fast as any. [s]
    wall_seconds : float
        The same of its wall time. [s]
    process_seconds : tuple of float
        Each process's median calm plain step. [s]
    quantiles : (float, float, float, float, float)
        10, 25, 50, 75 and 90 % of all plain steps, disturbed ones too. [s]
    repeats : int
        Plain steps, all processes. [count]
    disturbed_share : float
        Share of them that was put aside, because something slowed the machine down meanwhile. [1]
    half_width : float
        Worst over processes: bootstrap 95 % half width of the median, relative. [1]
    calls : int
        Operations per step. [count]
    operations_seconds : float or None
        Sum of the operations' medians; None where steps were timed as a whole. [s]
    closure : float or None
        |operations + overhead - step| / step, the overhead per call being the profile's; without the overhead where
        one process timed one batch size, which would make it 0. [1]
    closure_without_overhead : float or None
        |operations - step| / step. [1]
    involuntary_switches : float
        Per step. [count]
    joules : float or None
        Energy of a step, the mean over all; None where nothing says. [J]
    """

    batch: int
    seconds: float
    wall_seconds: float
    process_seconds: tuple[float, ...]
    quantiles: tuple[float, float, float, float, float]
    repeats: int
    half_width: float
    calls: int
    operations_seconds: float | None
    closure: float | None
    closure_without_overhead: float | None
    disturbed_share: float = 0.0
    involuntary_switches: float = 0.0
    joules: float | None = None

    @property
    def spread(self) -> float:
        """Range between processes relative to the median; 0 for a single process. [1]"""
        return (max(self.process_seconds) - min(self.process_seconds)) / self.seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class OpRecord:
    """All calls of one signature at one batch size.

    Parameters
    ----------
    batch : int
        [images]
    phase : {"forward", "backward", "optimizer"}
    op, key, kind : str
        As `cloudcost.timing.calls.framework.Call` has them.
    count : int
        Calls per step. [count]
    seconds : float
        Per call: the median over steps of the signature's total in a step, divided by `count`. [s]
    quantiles : (float, float, float)
        10, 50 and 90 % of all calls. [s]
    flops, read_bytes, written_bytes, weight_bytes : float
        [FLOP], [bytes]
    """

    batch: int
    phase: Literal["forward", "backward", "optimizer"]
    op: str
    key: str
    kind: str
    count: int
    seconds: float
    quantiles: tuple[float, float, float]
    flops: float
    read_bytes: float
    written_bytes: float
    weight_bytes: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadingRecord:
    """How fast images become input.

    Parameters
    ----------
    images_per_second_per_core : float
        JPEG decode, resize to the input's size and normalise on one core. [images/s]
    image_px : int
        [pixels]
    source : {"folder", "synthetic"}
        Whose JPEGs: the data set's, or 500 x 375 px made for the purpose.
    images : int
        Decoded. [count]
    disk_bytes_per_second : float or None
        Reading the data set's files, the page cache bypassed where the system allows. [bytes/s]
    """

    images_per_second_per_core: float
    image_px: int
    source: Literal["folder", "synthetic"]
    images: int
    disk_bytes_per_second: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyRecord:
    """Mean power while training.

    Parameters
    ----------
    watts : float
        [W]
    source : {"rapl", "nvml", "estimate"}
        ``estimate``: thermal design power times the share of the cores in use.
    note : str
    """

    watts: float
    source: Literal["rapl", "nvml", "estimate"]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunicationRecord:
    """DistributedDataParallel at one batch per process; wall time.

    Parameters
    ----------
    backend : {"gloo", "nccl"}
    processes : int
        [count]
    batch : int
        Per process. [images]
    parameters, tensors : int
        Trainable numbers and tensors. [count]
    step_seconds : float
        With gradients averaged. [s]
    no_sync_seconds : float
        Without. [s]
    all_reduce : tuple of (int, float)
        Bytes of one flat all-reduce and its seconds. [bytes], [s]
    """

    backend: Literal["gloo", "nccl"]
    processes: int
    batch: int
    parameters: int
    tensors: int
    step_seconds: float
    no_sync_seconds: float
    all_reduce: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Everything that `cloudcost profile` found out.

    Parameters
    ----------
    created : str
        Day, ``YYYY-MM-DD``.
    mode : {"step", "operations"}
        ``operations``: each distinct operation alone, the CNN as a whole was not run and there are no steps.
    quick : bool
        One process, looser stopping rule.
    interrupted : bool
        Stopped by the user: what was finished is here.
    processes : int
        Processes that contributed. [count]
    optimizer : {"sgd", "momentum", "adam"}
    environment : Environment
    network : Network
        Without operations where it cannot be traced.
    reason : str or None
        Why steps were timed as a whole, without operations.
    steps : tuple of StepRecord
        By batch, ascending.
    ops : tuple of OpRecord
    overhead_seconds : float
        Fitted time per call between the operations, one number for all batches; may be negative. [s]
    pace_seconds : float or None
        What a fixed probe took beside the times that stand here, while nothing disturbed the machine; None where
        nothing probed. [s]
    loading : LoadingRecord or None
    energy : EnergyRecord or None
    communication : CommunicationRecord or None
    warnings : tuple of str
    """

    created: str
    mode: Literal["step", "operations"] = "step"
    quick: bool = False
    interrupted: bool = False
    processes: int
    optimizer: Optimizer = "momentum"
    environment: Environment
    network: Network
    reason: str | None = None
    steps: tuple[StepRecord, ...]
    ops: tuple[OpRecord, ...]
    overhead_seconds: float
    pace_seconds: float | None = None
    loading: LoadingRecord | None = None
    energy: EnergyRecord | None = None
    communication: CommunicationRecord | None = None
    warnings: tuple[str, ...] = ()

    @property
    def closure(self) -> float | None:
        """Worst closure over batches; None without steps. [1]"""
        return max((step.closure for step in self.steps if step.closure is not None), default=None)

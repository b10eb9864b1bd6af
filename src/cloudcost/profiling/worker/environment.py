"""What a measurement depends on besides the CNN, read from torch and the system."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

import torch

from cloudcost.domain.profile import Clock, Environment
from cloudcost.profiling.plan import Plan


def clock_of(plan: Plan) -> Clock:
    """Return which clock a plan is timed by: CPU time counts spinning once there is more than one thread."""
    if plan.device == "cuda":
        return "cuda"
    return "thread-cpu" if plan.threads == 1 else "wall"


def read_environment(plan: Plan, *, allocator: str, affinity: int) -> Environment:
    """Return the environment of this process.

    Parameters
    ----------
    plan : Plan
    allocator : str
        As `process.keep_freed_memory` returned it.
    affinity : int
        Logical CPUs that the process may use. [count]
    """
    cuda = plan.device == "cuda"
    return Environment(
        torch=torch.__version__,
        backend=_cuda_backend() if cuda else f"oneDNN {_onednn_version()}",
        device=plan.device,
        processor=torch.cuda.get_device_name(0) if cuda else processor_model(),
        host_processor=processor_model(),
        threads=torch.get_num_threads(),
        affinity=affinity,
        allocator=allocator,
        precision=plan.precision,
        channels_last=plan.channels_last,
        clock=clock_of(plan),
        cudnn_benchmark=torch.backends.cudnn.benchmark if cuda else None,
        memory_bytes=torch.cuda.get_device_properties(0).total_memory if cuda else _machine_memory(),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
    )


def processor_model() -> str:
    """Return the CPU's model as the system names it, with the count of logical CPUs left out."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return platform.processor() or platform.machine()
    fields = {}
    for line in text.partition("\n\n")[0].splitlines():
        key, _, value = line.partition(":")
        fields[key.strip()] = value.strip()
    name = fields.get("model name", "") or platform.machine()
    if "cpu family" in fields:
        name += f" (family {fields['cpu family']}, model {fields.get('model', '?')})"
    return re.sub(r"\s+", " ", name)


def _onednn_version() -> str:
    match = re.search(r"MKL-DNN v([\d.]+)", torch.__config__.show())
    return match[1] if match else "unknown"


def _cuda_backend() -> str:
    version = torch.backends.cudnn.version() or 0
    return f"cuDNN {version}, CUDA {torch.version.cuda}"


def _machine_memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return None


def throttled_periods() -> int:
    """Return how often the system has held this container or a core back so far; 0 where it does not say. [count]"""
    total = 0
    for path in (Path("/sys/fs/cgroup/cpu.stat"), Path("/sys/fs/cgroup/cpu/cpu.stat")):
        try:
            match = re.search(r"^nr_throttled (\d+)", path.read_text(encoding="ascii"), re.MULTILINE)
        except OSError:
            continue
        total += int(match[1]) if match else 0
    for path in Path("/sys/devices/system/cpu").glob("cpu[0-9]*/thermal_throttle/core_throttle_count"):
        try:
            total += int(path.read_text(encoding="ascii"))
        except (OSError, ValueError):
            continue
    return total

"""Setting up a worker process before torch is imported: allocator, processors, a limit on memory. No torch in here."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_MAX = -1, -2, -4
"""Parameters of glibc's mallopt(3)."""
_PR_SET_PDEATHSIG = 1
_KEPT_BYTES = 2**30
"""What the heap grows by and keeps at its top. [bytes]"""


def keep_freed_memory() -> str:
    """Tell glibc to keep freed blocks instead of giving them back, and return what the allocator does now.

    By default each step maps and faults in its large blocks anew, which doubled the time of AlexNet at 64 px.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return "default"
    done = mallopt(_M_MMAP_MAX, 0) and mallopt(_M_TRIM_THRESHOLD, 2**31 - 1) and mallopt(_M_TOP_PAD, _KEPT_BYTES // 16)
    return "no-mmap, no-trim" if done else "default"


def end_with_parent() -> None:
    """Have the system kill this process when its parent ends in any way, where it can (Linux, prctl(2))."""
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    except (AttributeError, OSError):
        return


def pin(threads: int, rank: int = 0) -> int:
    """Bind the process to as many logical CPUs as it has threads, and return how many it may use. [count]

    Parameters
    ----------
    threads : int
        [count]
    rank : int
        Of several processes that run at the same time: each gets CPUs of its own while there are enough. [count]
    """
    if not hasattr(os, "sched_setaffinity"):
        return os.cpu_count() or 1
    allowed = sorted(os.sched_getaffinity(0))
    last = len(allowed) - rank * threads % len(allowed)  # from the end: interrupts tend to arrive at the first ones
    os.sched_setaffinity(0, allowed[max(last - threads, 0) : last])
    return len(os.sched_getaffinity(0))


def available_bytes() -> int | None:
    """Return the memory that a new process may take without swapping; None where the system does not say. [bytes]"""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:  # noqa: PTH123 (a file of the kernel's)
            for line in file:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return None


def limit_memory(limit_bytes: int | None) -> None:
    """Let allocations beyond the limit fail in this process, so that no other process is killed for them.

    Parameters
    ----------
    limit_bytes : int or None
        None: what the machine has available now. [bytes]
    """
    limit = available_bytes() if limit_bytes is None else limit_bytes
    if limit is None or not sys.platform.startswith("linux"):
        return
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))

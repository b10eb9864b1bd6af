"""Who computes the chunks of a sweep: this process, several processes, or a Dask cluster. Rows come in one order."""

from __future__ import annotations

import gc
import os
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cloudcost.analysis.sweep.chunks import run_chunk
from cloudcost.analysis.sweep.job import Job
from cloudcost.errors import CloudCostError, InputError, MissingExtraError

if TYPE_CHECKING:
    from concurrent.futures import Future

AHEAD = 4
"""Chunks per worker that are asked for before the first is written: enough to keep all busy, little to hold. [count]"""
PATIENCE_SECONDS = 20
"""Until a cluster that does not answer is given up. [s]"""


def usable_cores() -> int:
    """Return the cores that this process may use. [count]"""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def chunks_of(job: Job, *, workers: int | None = None, dask: str | None = None) -> Iterator[bytes]:
    """Yield the chunks of a job in order, whoever computes them.

    Parameters
    ----------
    job : Job
    workers : int, optional
        Processes; all usable cores without it. One computes here. [count]
    dask : str, optional
        Address of a Dask scheduler, which then does all.

    Raises
    ------
    MissingExtraError
        When Dask is asked for and not installed.
    InputError
        When no scheduler answers at the address, or its workers cannot import this library.
    """
    payload = pickle.dumps(job)
    if dask is not None:
        return _on_cluster(job, payload, dask)
    count = min(workers or usable_cores(), job.chunks)
    if count <= 1:
        return (run_chunk(payload, number) for number in range(job.chunks))
    return _in_processes(job, payload, count)


def _in_processes(job: Job, payload: bytes, workers: int) -> Iterator[bytes]:
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context, resource_tracker

    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin_worker)

    def submit(number: int) -> Future[bytes]:
        with _held_signals():  # it may start a process
            return pool.submit(run_chunk, payload, number)

    if os.name == "posix":
        resource_tracker.ensure_running()  # by the first process it would be started, and let signals through again
    try:
        yield from _in_order(
            job.chunks,
            AHEAD * workers,
            submit,
            lambda task: task.result(),
        )
    except BrokenProcessPool:
        raise InputError(
            "--workers: a process was ended from outside, maybe for its memory, give fewer workers"
        ) from None
    finally:  # killed while one of them writes, they would never be done with: they end after their chunks
        pool.shutdown(cancel_futures=True)


@contextmanager
def _held_signals() -> Iterator[None]:
    """Let signals wait, and the processes that start meanwhile never see them: they would end in tracebacks."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_worker() -> None:
    """Let Ctrl-C end the process that writes, which ends the others; look for garbage as rarely as `__main__` does."""
    import threading

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})  # by which the pool ends the rest of a broken one
    gc.set_threshold(100_000)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End when the process that writes has ended, however it did: a killed one takes nobody with it."""
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _on_cluster(job: Job, payload: bytes, address: str) -> Iterator[bytes]:
    from importlib.util import find_spec

    if find_spec("distributed") is None:
        raise MissingExtraError("dask", "a sweep on a cluster")
    from distributed import Client

    connect: Any = Client
    try:
        client = connect(address, timeout=PATIENCE_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            f'--dask:{address}: no Dask scheduler answers, "{reason}", start one with: dask scheduler'
        ) from None
    return _from_client(job, payload, client)


def _from_client(job: Job, payload: bytes, client: Any) -> Iterator[bytes]:
    try:
        ahead = AHEAD * max(len(client.nthreads()), 1)
        sent = client.scatter(payload, broadcast=True, hash=True)
        yield from _in_order(
            job.chunks,
            ahead,
            lambda number: client.submit(run_chunk, sent, number, pure=False),
            lambda future: future.result(),
        )
    except ImportError as error:
        raise InputError(f"--dask: the workers cannot import cloudcost, {error}, install it there as well") from None
    except CloudCostError:
        raise
    finally:
        client.close()


def _in_order(chunks: int, ahead: int, submit: Callable[[int], Any], result: Callable[[Any], bytes]) -> Iterator[bytes]:
    """Yield the results of submitted chunks in order, so many under way that nobody waits and little is held."""
    under_way: deque[Any] = deque()
    for number in range(chunks):
        under_way.append(submit(number))
        if len(under_way) >= ahead:
            yield result(under_way.popleft())
    while under_way:
        yield result(under_way.popleft())

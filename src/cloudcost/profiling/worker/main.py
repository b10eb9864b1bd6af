"""The worker process: reads a plan on stdin, answers with one JSON object per line on stdout.

Events: ``environment``, ``network``, ``progress``, ``batch``, ``throttled``, ``communication``, ``done``, ``error``.
torch is imported only after the allocator, the processors and the memory limit are set. What the user's module prints
goes to stderr.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, TextIO, TypeVar

from cloudcost.errors import ChangingCallsError, CloudCostError
from cloudcost.networks.registry import is_factory
from cloudcost.profiling.plan import Plan
from cloudcost.profiling.process import end_with_parent, keep_freed_memory, limit_memory, pin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import nn

    from cloudcost.domain.network import Network
    from cloudcost.profiling.worker.measure import TimedSteps

T = TypeVar("T")


def main() -> int:
    """Run the plan that stdin holds."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    end_with_parent()
    channel = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    message = json.loads(sys.stdin.readline())
    plan = Plan.of_message(message["plan"])
    try:
        if "rank" in message:
            _take_part(plan, message, channel)
        else:
            _measure(plan, message, channel)
    except CloudCostError as error:
        _send(channel, "error", {"text": str(error), "exit_code": error.exit_code})
        return 1
    except MemoryError:
        _send(channel, "error", {"text": _memory_text(plan, plan.batches[0]), "exit_code": 2})
        return 1
    _send(channel, "done", {})
    return 0


def _send(channel: TextIO, event: str, fields: Mapping[str, object]) -> None:
    channel.write(json.dumps({"event": event, **fields}) + "\n")
    channel.flush()


def _prepare(plan: Plan, rank: int = 0) -> tuple[str, int]:
    allocator = keep_freed_memory()
    affinity = pin(plan.threads, rank) if plan.device == "cpu" else os.cpu_count() or 1
    os.environ["OMP_NUM_THREADS"] = str(plan.threads)
    if plan.device == "cpu":
        limit_memory(plan.memory_bytes)
    import torch

    torch.manual_seed(0)
    torch.set_num_threads(plan.threads)
    if plan.device == "cuda":
        from cloudcost.profiling.worker.cuda import require_devices, set_precision

        require_devices(plan.processes)
        set_precision(plan.precision, search=plan.cudnn_benchmark)
    return allocator, affinity


def _measure(plan: Plan, message: Mapping[str, object], channel: TextIO) -> None:
    allocator, affinity = _prepare(plan)

    from cloudcost.networks.json_file import network_document
    from cloudcost.profiling.worker.environment import read_environment, throttled_periods
    from cloudcost.profiling.worker.tracing.module_network import planned_module

    environment = read_environment(plan, allocator=allocator, affinity=affinity)
    _send(channel, "environment", {"environment": asdict(environment)})
    module = planned_module(plan)
    network, reason = _traced(module, plan)
    _send(channel, "network", {"network": network_document(network), "reason": reason})
    known = message.get("pace")
    known_pace = float(known) if isinstance(known, (int, float)) else None
    if plan.mode == "operations":
        _measure_alone(module, plan, channel, known_pace)
        return
    before = throttled_periods()
    try:
        _measure_steps(module, plan, channel, known_pace, watch=reason is None)
    except ChangingCallsError as error:
        if reason is not None:
            raise
        _send(channel, "network", {"network": network_document(network), "reason": _sentence(error)})
        _measure_steps(module, plan, channel, known_pace, watch=False)
    if throttled_periods() > before:
        _send(channel, "throttled", {})


def _traced(module: nn.Module, plan: Plan) -> tuple[Network, str | None]:
    """Return the CNN of a module; one without operations, and why, where it cannot be traced but its steps be timed."""
    from cloudcost.domain.network import Network
    from cloudcost.errors import NetworkError
    from cloudcost.profiling.worker.tracing.module_network import network_of_module
    from cloudcost.profiling.worker.tracing.training import in_training_mode

    try:
        return network_of_module(module, plan.network, plan.inputs, plan.classes), None
    except NetworkError as error:
        if plan.mode == "operations" or not is_factory(plan.network):
            raise
        trained = {id(each): each.numel() for each in in_training_mode(module).parameters() if each.requires_grad}
        first, *others = plan.inputs
        bare = Network(name=plan.network, input=first, ops=(), parameters=sum(trained.values()), more_inputs=(*others,))
        return bare, _sentence(error)


def _sentence(error: CloudCostError) -> str:
    """Return an error in one line."""
    return " ".join(str(error).split()).removesuffix(_ADVICE)[:_LONGEST_REASON]


_ADVICE = ", time whole steps of it with cloudcost profile"
"""What a tracer says where it is not asked for whole steps."""
_LONGEST_REASON = 600
"""Characters of why a module was timed as a whole. [count]"""


def _measure_alone(module: nn.Module, plan: Plan, channel: TextIO, known_pace: float | None) -> None:
    from cloudcost.profiling.worker.isolated import time_alone

    for number, batch in enumerate(plan.batches):
        _report(channel, batch, 0, number / len(plan.batches))
        found, pace = guarded(plan, batch, partial(time_alone, module, batch, plan, known_pace=known_pace))
        known_pace = pace
        _send(channel, "batch", {"batch": batch, "ops": found, "plain": [], "calm": True, "pace": pace})


def _measure_steps(module: nn.Module, plan: Plan, channel: TextIO, known_pace: float | None, *, watch: bool) -> None:
    if plan.device == "cuda":
        _measure_cuda(module, plan, channel, watch=watch)
    else:
        _measure_in_turn(module, plan, channel, known_pace, watch=watch)


def _measure_cuda(module: nn.Module, plan: Plan, channel: TextIO, *, watch: bool) -> None:
    from cloudcost.profiling.worker.cuda import CudaTimer
    from cloudcost.profiling.worker.energy import energy_meter
    from cloudcost.profiling.worker.measure import summary
    from cloudcost.profiling.worker.steps import TrainingStep, settings_of

    meter = energy_meter(plan.device)
    for number, batch in enumerate(plan.batches):

        def tell(steps: int, share: float, batch: int = batch, number: int = number) -> None:
            _report(channel, batch, steps, (number + share) / len(plan.batches))

        def work(batch: int = batch, tell: Callable[[int, float], None] = tell) -> TimedSteps:
            step = TrainingStep(module, plan.inputs, batch, settings_of(plan))
            return CudaTimer(step, plan, meter.joules, watch=watch).measure(batch, tell)

        tell(0, 0.0)
        _send(channel, "batch", {**summary(guarded(plan, batch, work), None), "energy_source": meter.source})


def _measure_in_turn(module: nn.Module, plan: Plan, channel: TextIO, known_pace: float | None, *, watch: bool) -> None:
    from cloudcost.profiling.worker.energy import energy_meter
    from cloudcost.profiling.worker.measure import Loop, summary

    meter = energy_meter(plan.device)
    loop = Loop(module, plan, known_pace, meter.joules, watch=watch)

    def present() -> None:
        for timed in loop.timed.values():
            _send(channel, "batch", {**summary(timed, loop.pace), "energy_source": meter.source})

    for batch in plan.batches:
        _report(channel, batch, 0, 0.0)
        guarded(plan, batch, partial(loop.prepare, batch))
    gc.collect()
    gc.disable()
    presented = False
    while not loop.finished:
        for batch in plan.batches:
            guarded(plan, batch, partial(loop.once, batch))
            _report(channel, batch, len(loop.timed[batch].plain), min(1.0, loop.share))
        if loop.presentable and not presented:  # an interrupt keeps this
            present()
            presented = True
    present()


def _report(channel: TextIO, batch: int, steps: int, share: float) -> None:
    _send(channel, "progress", {"batch": batch, "steps": steps, "share": share})


def guarded(plan: Plan, batch: int, work: Callable[[], T]) -> T:
    """Run the user's module, and turn what torch raises into one clear line.

    Parameters
    ----------
    plan : Plan
    batch : int
        At work, for messages. [images]
    work : callable
        Takes nothing; what it returns is returned.

    Raises
    ------
    InputError, NetworkError
        Naming the network, the batch and a remedy.
    """
    import torch

    from cloudcost.errors import InputError, NetworkError

    try:
        return work()
    except CloudCostError:
        raise
    except (torch.OutOfMemoryError, MemoryError):
        raise InputError(_memory_text(plan, batch)) from None
    except (Exception, SystemExit) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        lowered = reason.lower()
        if "allocate memory" in lowered or "out of memory" in lowered or "not enough memory" in lowered:
            raise InputError(_memory_text(plan, batch)) from None
        if "modified by an inplace operation" in lowered:
            raise NetworkError(
                f"{plan.network}: an in-place operation overwrites numbers that the backward pass needs, "
                "take inplace=False or x = x + y there"
            ) from None
        raise NetworkError(
            f"{plan.network}: a training step at batch {batch} failed, {type(error).__name__}: {reason}, "
            "try one step of it by hand; a factory may return (module, step), step(module, images) giving the loss"
        ) from None


def _memory_text(plan: Plan, batch: int) -> str:
    where = "the GPU" if plan.device == "cuda" else "this machine"
    return f"--batch: {batch} images of {plan.network} do not fit into the memory of {where}, take a smaller batch"


def _take_part(plan: Plan, message: Mapping[str, object], channel: TextIO) -> None:
    rank = int(str(message["rank"]))
    _prepare(plan, rank)
    from cloudcost.profiling.worker.distributed import take_part

    work = partial(take_part, plan, rank=rank, rendezvous=str(message["rendezvous"]))
    found = guarded(plan, plan.batches[-1], work)
    _send(channel, "communication", {"communication": found})


if __name__ == "__main__":
    sys.exit(main())

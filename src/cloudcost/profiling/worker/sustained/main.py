"""The worker process: reads an order on stdin, takes steps for so long, answers with one JSON object.

The last third counts: a cool card starts above the clock that it can hold, and a laptop's limit comes after a minute.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import torch

from cloudcost.profiling.worker.cuda import set_precision
from cloudcost.profiling.worker.environment import processor_model
from cloudcost.profiling.worker.steps import StepSettings, TrainingStep
from cloudcost.profiling.worker.tracing.factory import build_module

BLOCK_SECONDS = 1.0
"""Steps are waited for together, about so long: a training waits for none of them. [s]"""
COUNTED = 1 / 3
"""Share of the time, the last, that counts. [1]"""


def sustained(order: dict[str, Any]) -> dict[str, Any]:
    """Return what the steps of an order took; a batch that does not fit is halved until one does."""
    cuda = order["device"] == "cuda"
    if cuda:
        set_precision(order["precision"], search=False)  # as in a loop that does not ask for it
    batch = order["batch"]
    while True:
        try:
            return _timed(order, batch, cuda)
        except torch.OutOfMemoryError:
            if batch < 4:
                raise
            batch //= 2
            torch.cuda.empty_cache()


def _timed(order: dict[str, Any], batch: int, cuda: bool) -> dict[str, Any]:
    image = tuple(order["image"])
    settings = StepSettings(
        device=order["device"],
        precision=order["precision"],
        optimizer=order["optimizer"],
        channels_last=order["channels_last"],
    )
    step = TrainingStep(build_module(order["network"], image, None, {}), image, batch, settings)
    wait: Callable[[], object] = torch.cuda.synchronize if cuda else (lambda: None)
    for _ in range(3):
        step.run()
    wait()
    ends, each = _blocks(step.run, wait, order["seconds"])
    last = ends[-1] * (1 - COUNTED)
    counted = [seconds for end, seconds in zip(ends, each, strict=True) if end >= last]
    return {
        "batch": batch,
        "seconds": median(counted),
        "first_seconds": each[0],
        "blocks": len(each),
        "device": torch.cuda.get_device_name(0) if cuda else processor_model(),
    }


def _blocks(run: Callable[[], object], wait: Callable[[], object], seconds: float) -> tuple[list[float], list[float]]:
    """Return when blocks of steps ended, since the begin, and the seconds of a step in each."""
    begun = time.perf_counter()
    ends: list[float] = []
    each: list[float] = []
    steps = 1
    while not ends or ends[-1] < seconds:
        start = time.perf_counter()
        for _ in range(steps):
            run()
        wait()
        now = time.perf_counter()
        each.append((now - start) / steps)
        ends.append(now - begun)
        steps = max(1, min(500, round(BLOCK_SECONDS / each[-1])))
    return ends, each


def main() -> int:
    """Run the order that stdin holds."""
    order = json.loads(sys.stdin.read())
    if order["device"] == "cuda" and not torch.cuda.is_available():
        answer: dict[str, Any] = {"error": "--device: PyTorch sees no CUDA device here, 'cuda', take cpu"}
    else:
        if order["device"] == "cpu":
            torch.set_num_threads(order["threads"])
        answer = sustained(order)
    sys.stdout.write(f"{json.dumps(answer)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

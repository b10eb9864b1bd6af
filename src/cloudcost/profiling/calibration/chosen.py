"""Time the two CNNs that tell most of a machine, for minutes each: one that the host rules, one that the device rules.

A launch-bound network tells what a launch costs on this computer, a compute-bound one what the device reaches and
holds; together they calibrate a known device (`cloudcost fit --device`). No torch in here.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from cloudcost.catalog.devices import find_device
from cloudcost.domain.project import Optimizer, Precision
from cloudcost.errors import TimingError
from cloudcost.frozen import dataclass

CHOSEN: tuple[tuple[str, str, int], ...] = (
    ("shufflenet_v2_x1_0", "launch-bound", 8),
    ("vgg16", "compute-bound", 32),
)
"""Name, which side of the machine it tells of, batch. These two families tell most on the desktop and the Radeons that
were left out (benchmarks/accuracy/calibrated.py)."""
MINUTES = 3.0
"""For each: clocks sink for one or two. [min]"""
_WORKER = [sys.executable, "-m", "cloudcost.profiling.worker.sustained.main"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be timed.

    Parameters
    ----------
    device : {"cpu", "cuda"}
    precision, optimizer, channels_last
    image_px : int
        [px]
    minutes : float
        For each CNN. [min]
    threads : int
        Of a CPU. [count]
    """

    device: str
    precision: Precision
    optimizer: Optimizer
    channels_last: bool
    image_px: int
    minutes: float
    threads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedStep:
    """A step of one CNN in the last third of its minutes.

    Parameters
    ----------
    network, side : str
    batch : int
        That fitted. [images]
    seconds, first_seconds : float
        At the end, and in the first second. [s]
    device : str
        As the catalogue names it, else as PyTorch does.
    """

    network: str
    side: str
    batch: int
    seconds: float
    first_seconds: float
    device: str


def time_chosen(order: Order, tell: Callable[[str], None]) -> list[TimedStep]:
    """Return the steps of the chosen CNNs; `tell` is told which one begins.

    Raises
    ------
    TimingError
        When a worker fails; its last line says why.
    """
    found = []
    for network, side, batch in CHOSEN:
        tell(f"{network} ({side}), batch {batch}, {order.minutes:g} min")
        answer = _answer(order, network, batch)
        known = find_device(answer["device"])
        found.append(
            TimedStep(
                network=network,
                side=side,
                batch=answer["batch"],
                seconds=answer["seconds"],
                first_seconds=answer["first_seconds"],
                device=answer["device"] if known is None else known.name,
            )
        )
    return found


def _answer(order: Order, network: str, batch: int) -> dict[str, Any]:
    message = {
        "network": network, "batch": batch, "image": [3, order.image_px, order.image_px], "device": order.device,
        "precision": order.precision, "optimizer": order.optimizer, "channels_last": order.channels_last,
        "seconds": 60 * order.minutes, "threads": order.threads,
    }  # fmt: skip
    done = subprocess.run(_WORKER, input=json.dumps(message), capture_output=True, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    answer = json.loads(lines[-1]) if done.returncode == 0 and lines else {}
    if "seconds" not in answer:
        why = answer.get("error") or (done.stderr.strip().splitlines() or ["no answer"])[-1]
        raise TimingError(f"profile --calibrate: {network} could not be timed, {why:.200}")
    return dict(answer)

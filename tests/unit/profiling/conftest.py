"""Profiles as the harness would write them, made up without torch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from cloudcost.domain.profile import Environment, OpRecord, Profile, StepRecord
from cloudcost.networks.registry import named_network
from cloudcost.timing.calls.expand import step_calls
from cloudcost.timing.calls.framework import Call

ENVIRONMENT = Environment(
    torch="2.13.0", backend="oneDNN 3.12.0", device="cpu", processor="a CPU", host_processor="a CPU", threads=1,
    affinity=1, allocator="no-mmap, no-trim", precision="fp32", channels_last=False, clock="thread-cpu",
)  # fmt: skip

MakeProfile = Callable[..., Profile]


def true_seconds(call: Call) -> float:
    """Return what a call takes on the made-up machine: 10 us, 20 GFLOP/s, 5 GB/s."""
    return 1e-5 + call.flops / 20e9 + (call.read_bytes + call.written_bytes + call.weight_bytes) / 5e9


@pytest.fixture(scope="session")
def make_profile() -> MakeProfile:
    """Return a function that makes a profile of a named network."""

    def make(
        name: str = "squeezenet1_1",
        *,
        batches: tuple[int, ...] = (2, 8),
        image_px: int = 64,
        environment: Environment = ENVIRONMENT,
        mode: str = "step",
        slowdown: float = 1.0,
        overhead: float = 2e-6,
    ) -> Profile:
        network = named_network(name, image_px=image_px)
        steps: list[StepRecord] = []
        ops: list[OpRecord] = []
        for batch in batches:
            calls = step_calls(network, batch)
            counts = Counter((call.phase, call.key) for call in calls)
            by_place = {(call.phase, call.key): call for call in calls}
            total = sum(true_seconds(call) for call in calls)
            for place, call in by_place.items():
                seconds = true_seconds(call) * (1.0 if mode == "step" else 1 / slowdown)
                ops.append(
                    OpRecord(
                        batch=batch, phase=call.phase, op=call.op, key=call.key, kind=call.kind, count=counts[place],
                        seconds=seconds, quantiles=(seconds, seconds, seconds), flops=call.flops,
                        read_bytes=call.read_bytes, written_bytes=call.written_bytes, weight_bytes=call.weight_bytes,
                    )
                )  # fmt: skip
            seconds = total + overhead * len(calls)
            steps.append(
                StepRecord(
                    batch=batch, seconds=seconds, wall_seconds=seconds, process_seconds=(seconds,) * 3,
                    quantiles=(seconds,) * 5, repeats=15, half_width=0.01, calls=len(calls), operations_seconds=total,
                    closure=0.0, closure_without_overhead=overhead * len(calls) / seconds,
                )
            )  # fmt: skip
        return Profile(
            created="2026-11-22", mode=mode, processes=3, environment=environment, network=network,  # type: ignore[arg-type]
            steps=tuple(steps) if mode == "step" else (), ops=tuple(ops), overhead_seconds=overhead,
        )  # fmt: skip

    return make

"""Steps of frozen networks, measured on this CPU against what the model of this machine predicts of them.

    python -m benchmarks.frozen [--times 15] [--px 64] [--batch 8] [--networks resnet18,squeezenet1_1]

Each network runs as a whole and in seven ways of training less, in one process and in turn, by the profile harness. The
machine's model is fitted to the whole network alone, so that every frozen step is predicted from times of another one.
Printed are steps over the whole network's step, measured (ratio of medians of calm steps) and predicted, the ratio that
is predicted of a T4, and the most memory that a step takes beside weights and moments, measured and predicted without
the workspace of convolutions. Ends with 1 where a ratio is off by more than a tenth.
"""

from __future__ import annotations

import argparse
import gc
import sys
from dataclasses import replace
from itertools import accumulate
from statistics import median

import torch

from cloudcost.domain.network import Network, Op
from cloudcost.networks.checks import trained_parameters
from cloudcost.networks.freezing import frozen, stage_numbers
from cloudcost.networks.registry import named_network
from cloudcost.profiling.assemble import Gathered, assemble
from cloudcost.profiling.fit import fit_machine
from cloudcost.profiling.plan import Limits, Plan
from cloudcost.profiling.process import keep_freed_memory, pin
from cloudcost.profiling.worker.environment import read_environment
from cloudcost.profiling.worker.measure import Loop, summary
from cloudcost.profiling.worker.steps import TrainingStep, settings_of
from cloudcost.profiling.worker.tracing.network_module import NetworkModule
from cloudcost.timing.calls.own_machine import CallModel, predict_machine_step
from cloudcost.timing.memory import kept_elements
from cloudcost.timing.predict import predict_step

NETWORKS = ("resnet18", "mobilenet_v2", "shufflenet_v2_x1_0", "squeezenet1_1")
WITHIN = 0.10
"""Of the measured ratio. [1]"""


def ways(whole: Network) -> dict[str, Network]:
    """Return the network as a whole and in each way of training less."""
    backbone = frozen(whole, "backbone")
    numbers = stage_numbers(whole)
    half = max(numbers.values()) // 2
    behind = {op.name for op in whole.ops if numbers.get(op.name, half + 1) > half}

    def running(network: Network) -> Network:
        return _with(network, tuple(replace(op, eval_mode=op.kind == "batch_norm") for op in network.ops))

    no_grad = tuple(replace(op, no_grad=op.name in numbers) for op in whole.ops)
    suffix = tuple(replace(op, trained=op.name not in behind) for op in whole.ops)
    regions = tuple(
        replace(op, checkpoint=f"stage {numbers[op.name]}" if op.name in numbers else "") for op in whole.ops
    )
    return {
        "whole": whole,
        "frozen backbone": backbone,
        "frozen half": frozen(whole, half),
        "frozen suffix": _with(whole, suffix),
        "running statistics": running(whole),
        "backbone, running": running(backbone),
        "features under no_grad": _with(whole, no_grad),
        "checkpointed stages": replace(whole, ops=regions),
    }


def _with(network: Network, ops: tuple[Op, ...]) -> Network:
    return replace(network, ops=ops, parameters=sum(map(trained_parameters, ops)))


def measured(
    described: dict[str, Network], plan: Plan, times: int, allocator: str, affinity: int
) -> tuple[dict[str, float], CallModel]:
    """Return the median calm step of each way [s], and the machine's model from the whole network."""
    batch = plan.batches[0]
    loops = {way: Loop(NetworkModule(network), plan, None, lambda: None) for way, network in described.items()}
    for loop in loops.values():
        loop.prepare(batch)
    gc.collect()
    gc.disable()
    for _ in range(times):
        for loop in loops.values():
            loop.once(batch)
    gc.enable()
    pace = min(loop.pace for loop in loops.values())
    found = {way: summary(loop.timed[batch], pace) for way, loop in loops.items()}
    environment = read_environment(plan, allocator=allocator, affinity=affinity)
    gathered = Gathered(environment=environment, network=described["whole"], batches=[found["whole"]])
    profile = assemble(plan, gathered, created="2026-11-29")
    seconds: dict[str, float] = {}
    for way, each in found.items():
        calm = each["plain"]
        assert isinstance(calm, list)
        seconds[way] = median(calm)
    return seconds, fit_machine([("whole", profile)], spread=False)


def peak_bytes(network: Network, batch: int) -> int:
    """Return the most that is allocated during a step beside weights, moments and images. [bytes]"""
    plan = Plan(network=network.name, image=network.input, batches=(batch,), quick=True)
    step = TrainingStep(NetworkModule(network), network.input, batch, settings_of(plan))
    step.run()
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True) as profiler:
        step.run()
    recorded = profiler.profiler
    assert recorded is not None
    assert recorded.kineto_results is not None
    events = [event for event in recorded.kineto_results.events() if event.name() == "[memory]"]
    held = accumulate(event.nbytes() for event in sorted(events, key=lambda event: event.start_ns()))
    return int(max(held))


def main(arguments: list[str]) -> int:
    """Measure, predict, print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=15, help="steps of each way (default: %(default)s)")
    parser.add_argument("--px", type=int, default=64, help="default: %(default)s")
    parser.add_argument("--batch", type=int, default=8, help="default: %(default)s")
    parser.add_argument("--networks", default=",".join(NETWORKS), help="default: %(default)s")
    asked = parser.parse_args(arguments)
    allocator, affinity = keep_freed_memory(), pin(1)
    torch.manual_seed(0)
    torch.set_num_threads(1)
    off = 0
    print(f"PyTorch {torch.__version__}, one thread, {asked.px} px, batch {asked.batch}, {asked.times} steps each\n")
    heads = f"{'network':20}{'way':25}{'ms':>8}{'measured':>10}{'predicted':>11}{'off':>8}{'T4':>7}"
    print(f"{heads}{'peak MB':>9}{'predicted':>11}")
    for name in asked.networks.split(","):
        described = ways(named_network(name, image_px=asked.px))
        plan = Plan(network=name, image=described["whole"].input, batches=(asked.batch,), quick=True, limits=Limits())
        seconds, model = measured(described, plan, asked.times, allocator, affinity)
        predicted = {
            way: predict_machine_step(model, network, asked.batch).seconds for way, network in described.items()
        }
        on_gpu = {way: predict_step(network, batch=64, device="T4").seconds for way, network in described.items()}
        peaks = {way: peak_bytes(network, asked.batch) for way, network in described.items()}
        needs = {
            way: 4 * (asked.batch * kept_elements(network) + network.parameters) for way, network in described.items()
        }
        for way in described:
            real, told = seconds[way] / seconds["whole"], predicted[way] / predicted["whole"]
            off += abs(told / real - 1) > WITHIN
            print(
                f"{name:20}{way:25}{1e3 * seconds[way]:8.1f}{real:10.3f}{told:11.3f}{told / real - 1:+8.1%}"
                f"{on_gpu[way] / on_gpu['whole']:7.2f}{peaks[way] / 1e6:9.1f}{needs[way] / 1e6:11.1f}"
            )
    print(f"\n{off} off by more than {WITHIN:.0%}")
    return 1 if off else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""Profiling for real: small CNNs, worker processes, and everything that can go wrong with them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

pytest.importorskip("torch", reason="the extra torch is not installed")

from cloudcost.errors import InputError, NetworkError, TimingError  # noqa: E402
from cloudcost.profiling.communicate import fit_communication, run_communication  # noqa: E402
from cloudcost.profiling.plan import QUICK, Limits, Plan  # noqa: E402
from cloudcost.profiling.record import parse_profile, to_json  # noqa: E402
from cloudcost.profiling.run import Progress, run_profile  # noqa: E402
from cloudcost.profiling.worker.dispatch import Watcher  # noqa: E402
from cloudcost.profiling.worker.main import guarded  # noqa: E402
from cloudcost.profiling.worker.measure import Loop, summary  # noqa: E402
from cloudcost.profiling.worker.tracing.factory import build_module, call_factory  # noqa: E402
from cloudcost.profiling.worker.tracing.trace import trace_module  # noqa: E402
from cloudcost.timing.calls.expand import step_calls  # noqa: E402

SHORT = Limits(warmup=1, least=3, most=4, seconds=2.0)


def _plan(network: str, *, batches: tuple[int, ...] = (2, 4), repeats: int = 1, **more: Any) -> Plan:
    fields: dict[str, Any] = {"image": (3, 16, 16), "limits": SHORT, "repeats": repeats, **more}
    return Plan(network=network, batches=batches, **fields)


def test_what_a_module_prints_does_not_disturb_the_record(nets: Path) -> None:
    profile = run_profile(_plan("mynets:Talks"), created="2026-11-22")
    assert [step.batch for step in profile.steps] == [2, 4]


def test_a_profile_holds_steps_operations_and_environment(nets: Path) -> None:
    seen: list[Progress] = []
    plan = _plan("mynets:small", classes=5, kwargs={"width": 4}, repeats=2)
    profile = run_profile(plan, created="2026-11-22", on_progress=seen.append)
    assert [step.batch for step in profile.steps] == [2, 4]
    assert 2 == profile.processes == len(profile.steps[0].process_seconds)
    assert all(step.seconds > 0 and step.closure is not None and step.closure < 0.5 for step in profile.steps)
    assert {"forward", "backward", "optimizer"} == {op.phase for op in profile.ops}
    assert profile.network.ops[-1].output == (5,)
    assert profile.environment.clock == "thread-cpu"
    assert profile.environment.threads == 1
    assert seen
    assert all(0 <= progress.share <= 1 for progress in seen)
    text = to_json(profile)
    assert text == to_json(parse_profile(text))
    import getpass
    import platform

    for secret in (str(nets), str(Path.home()), platform.node(), getpass.getuser()):
        assert len(secret) < 4 or secret not in text
    expected = Counter((call.phase, call.key) for call in step_calls(profile.network, 4))
    assert expected == {(op.phase, op.key): op.count for op in profile.ops if op.batch == 4}


def _loop(plan: Plan, module: Any) -> Loop:
    loop = Loop(module, plan, None, lambda: None)
    loop.prepare(4)
    return loop


@pytest.mark.parametrize("settings", [{"precision": "amp"}, {"channels_last": True}, {"optimizer": "adam"}])
def test_precision_memory_format_and_optimizer(nets: Path, settings: dict[str, Any]) -> None:
    loop = _loop(_plan("mynets:small", **settings), call_factory("mynets:small", 5, {}))
    while not loop.finished:
        loop.once(4)
    timed = loop.timed[4]
    ops = {call.op for call in timed.calls}
    assert len(timed.plain) == len(timed.watched) >= 3
    assert ("_to_copy" in ops) == (settings.get("precision") == "amp")
    assert ("addcdiv" in ops) == (settings.get("optimizer") == "adam")
    assert min(timed.plain) > 0


def test_operations_alone_have_the_signatures_of_the_step(nets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cloudcost.profiling.worker import isolated

    monkeypatch.setattr(isolated, "_MOST", 3)  # which signatures there are does not depend on how often they run
    module = call_factory("mynets:small", 5, {})
    found, pace = isolated.time_alone(module, 4, _plan("mynets:small"))
    assert pace > 0
    network = trace_module(module, (3, 16, 16), "small")
    expected = Counter((call.phase, call.key) for call in step_calls(network, 4))
    assert expected == {(op["phase"], op["key"]): op["count"] for op in found}
    assert all(float(str(op["seconds"])) > 0 for op in found)


def test_a_lazy_module_takes_its_sizes_from_the_images(nets: Path) -> None:
    module = build_module("mynets:lazy", (3, 16, 16), None, {})
    assert trace_module(call_factory("mynets:lazy", None, {}), (3, 16, 16), "lazy").parameters == 3 * 4 * 9 + 4
    assert sum(each.numel() for each in module.parameters()) == 3 * 4 * 9 + 4


def test_no_worker_outlives_its_parent(nets: Path) -> None:
    command = [sys.executable, "-m", "cloudcost", "profile", "mynets:Forever", "--input", "3,16,16", "--batch", "2,4"]
    parent = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    pid = Path("pid")
    deadline = time.monotonic() + 60
    while not pid.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    worker = int(pid.read_text(encoding="ascii"))
    parent.terminate()
    parent.wait()
    while Path(f"/proc/{worker}").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path(f"/proc/{worker}").exists()


def test_two_processes_average_their_gradients(nets: Path) -> None:
    record = run_communication(_plan("mynets:small", processes=2, batches=(2, 4)))
    assert (record.backend, record.processes, record.batch) == ("gloo", 2, 4)
    assert record.step_seconds > 0
    assert len(record.all_reduce) == 3
    line = fit_communication([record])
    assert line is not None
    assert line.per_parameter >= 0


def test_a_killed_process_ends_the_others_at_once(nets: Path) -> None:
    start = time.monotonic()
    with pytest.raises(TimingError, match=r"was killed \(SIGKILL\)"):
        run_communication(_plan("mynets:KilledOnce", processes=2, batches=(2, 4)))
    assert time.monotonic() - start < 60  # torch would have it wait for half an hour


@pytest.mark.parametrize(
    ("name", "error", "said"),
    [
        ("Overwrites", NetworkError, "an in-place operation overwrites numbers"),
        ("Changes", TimingError, "change from step to step"),
        ("Frozen", InputError, "network:parameters: none is trainable"),
        ("Exits", NetworkError, "failed, SystemExit: 3"),
    ],
)
def test_a_step_that_fails_has_one_clear_line(nets: Path, name: str, error: type[Exception], said: str) -> None:
    plan = _plan(f"mynets:{name}")

    def work() -> None:
        loop = _loop(plan, call_factory(plan.network, None, {}))
        for _ in range(3):
            loop.once(4)

    with pytest.raises(error, match=said) as caught:
        guarded(plan, 4, work)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("network", "error", "said"),
    [
        ("resnet81", NetworkError, "unknown network 'resnet81'; did you mean resnet18"),
        ("alexnet", NetworkError, "too small"),
        ("missing.json", NetworkError, "cannot be read"),
        ("mynets:raises", InputError, "the factory raised KeyError.*no weights there"),
        ("mynets:exits", InputError, "the factory raised SystemExit: 5"),
    ],
)
def test_a_network_that_cannot_be_made(nets: Path, network: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        build_module(network, (3, 16, 16), None, {})


def test_keywords_are_for_factories_alone() -> None:
    with pytest.raises(InputError, match="only a factory takes them"):
        build_module("resnet18", (3, 64, 64), None, {"width": 2})


def test_a_killed_worker_leaves_one_clear_line(nets: Path) -> None:
    with pytest.raises(TimingError, match=r"was killed \(SIGKILL\), nothing was written") as caught:
        run_profile(_plan("mynets:Killed"), created="2026-11-22")
    assert "\n" not in str(caught.value)


def test_out_of_memory_names_the_batch(nets: Path) -> None:
    plan = _plan("mynets:small", batches=(400_000, 400_001), memory_bytes=1000 * 2**20)
    with pytest.raises(InputError, match="400000 images of mynets:small do not fit into the memory"):
        run_profile(plan, created="2026-11-22")


@pytest.mark.parametrize("during", [1, 2])
def test_an_interrupt_keeps_what_is_finished(nets: Path, during: int) -> None:
    """In the first process, once every batch size has steps enough; in the second, at any time."""

    def interrupt(progress: Progress) -> None:
        if progress.process == during and progress.steps > (3 if during == 1 else 0):
            raise KeyboardInterrupt

    endless = Limits(warmup=1, least=3, most=1000, half_width=0.0, seconds=5.0 if during == 1 else 0.5)
    profile = run_profile(_plan("mynets:small", repeats=2, limits=endless), created="2026-11-22", on_progress=interrupt)
    assert profile.interrupted
    assert profile.processes == 1
    assert [step.batch for step in profile.steps] == [2, 4]
    assert any("interrupted" in warning for warning in profile.warnings)


def test_what_disturbs_the_machine_is_put_aside(nets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every second pair of steps runs while the probe is slow, and is itself made slower."""
    slow = [False]
    loop = _loop(_plan("mynets:small"), call_factory("mynets:small", 5, {}))
    step = loop._steps[4][0]
    run = step.run

    def hindered(phase: Any = None) -> None:
        run(phase)
        if slow[0]:
            end = time.thread_time_ns() + 30_000_000
            while time.thread_time_ns() < end:
                pass

    monkeypatch.setattr(step, "run", hindered)
    monkeypatch.setattr(loop._probe, "seconds", lambda: 0.002 if slow[0] else 0.001)
    for number in range(12):
        slow[0] = number % 2 == 1
        loop.once(4)
    found: Any = summary(loop.timed[4], loop.pace)
    assert found["calm"]
    assert len(found["every"]) == 12
    assert sorted(found["plain"]) == sorted(found["every"][::2])  # whatever a step takes on this machine today
    never: Any = summary(loop.timed[4], 0.0005)  # an earlier process found a much faster machine
    assert not never["calm"]
    assert len(never["plain"]) == 12


def test_an_interrupt_before_anything_is_finished_writes_nothing(nets: Path) -> None:
    def interrupt(progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_profile(_plan("mynets:small"), created="2026-11-22", on_progress=interrupt)


def test_a_quick_profile_is_bounded_more_tightly() -> None:
    assert QUICK.seconds < Limits().seconds
    assert QUICK.most < Limits().most


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_updates_of_all_parameters_at_once_are_calls(nets: Path, optimizer: Any) -> None:
    """As optimizers make them on CUDA: `foreach` reads and writes as many numbers in fewer calls."""
    from cloudcost.profiling.worker.steps import StepSettings, TrainingStep

    def updates(foreach: bool) -> tuple[int, float]:
        plan = _plan("mynets:small", optimizer=optimizer)
        module = call_factory("mynets:small", 5, {})
        step = TrainingStep(module, plan.image, 4, StepSettings(optimizer=optimizer))
        for group in step.optimizer.param_groups:
            group["foreach"] = foreach
        step.run()
        watcher = Watcher(time.thread_time_ns)
        with watcher:
            step.run(lambda phase: setattr(watcher, "phase", phase))
        calls = [call for call in watcher.calls if call is not None and call.phase == "optimizer"]
        assert all(call.kind.endswith("_update") for call in calls)
        return len(calls), sum(call.written_bytes for call in calls)

    (many, written), (few, at_once) = updates(False), updates(True)
    assert few < many
    assert at_once == (written if optimizer != "adam" else pytest.approx(written, rel=0.15))


def test_a_missing_cuda_device_is_said_in_one_line(nets: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device")
    with pytest.raises(InputError, match=r"PyTorch sees no CUDA device here, 'cuda', .* or take cpu") as caught:
        run_profile(_plan("mynets:small", device="cuda"), created="2026-11-22")
    assert "\n" not in str(caught.value)


def test_ranges_of_the_cuda_backend_number_the_calls(nets: Path) -> None:
    """What can be checked of it without a CUDA device: every call has its own range, in order."""
    from torch.profiler import ProfilerActivity, profile

    from cloudcost.profiling.worker.cuda import Ranges, range_seconds
    from cloudcost.profiling.worker.steps import StepSettings, TrainingStep

    step = TrainingStep(call_factory("mynets:small", 5, {}), (3, 16, 16), 4, StepSettings())
    step.run()
    ranges = Ranges()
    with profile(activities=[ProfilerActivity.CPU]) as seen, ranges:
        step.run(lambda phase: setattr(ranges, "phase", phase))
    network = trace_module(step.model, (3, 16, 16), "small")
    expected = Counter((call.phase, call.key) for call in step_calls(network, 4))
    assert expected == Counter((call.phase, call.key) for call in ranges.calls if call is not None)
    times = range_seconds(seen.events(), len(ranges.calls), "cpu_time_total")
    assert all(seconds > 0 for seconds in times)

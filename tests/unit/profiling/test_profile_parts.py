"""Plan, gathering, energy and loading, each on its own."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cloudcost.domain.profile import Profile
from cloudcost.errors import InputError, MissingExtraError, TimingError
from cloudcost.profiling import run
from cloudcost.profiling.assemble import Gathered, assemble, fitted_overhead, weighted_median
from cloudcost.profiling.plan import Plan
from cloudcost.profiling.worker import loading
from cloudcost.profiling.worker.energy import energy_meter, estimated_energy
from cloudcost.profiling.worker.tracing.trace import trace_factory

MakeProfile = Callable[..., Profile]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"batches": (1, 8)}, "batches of 2 images or more"),
        ({"batches": ()}, "batches of 2 images or more"),
        ({"batches": (8,)}, "at least two batch sizes"),
        ({"precision": "tf32"}, "tf32 is a precision of CUDA"),
        ({"threads": 0}, "at least 1"),
        ({"device": "cuda", "mode": "operations"}, "timed alone on a CPU only"),
    ],
)
def test_a_plan_that_makes_no_sense(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        Plan(**{"network": "resnet18", "image": (3, 64, 64), "batches": (2, 8), **fields})


def test_a_plan_arrives_as_it_was_sent() -> None:
    plan = Plan(network="a:b", image=(3, 8, 8), batches=(2, 8), kwargs={"width": 4}, optimizer="adam")
    assert Plan.of_message(plan.message()) == plan


def test_one_batch_is_enough_when_quick_or_for_operations() -> None:
    assert Plan(network="a", image=(3, 8, 8), batches=(8,), quick=True).batches == (8,)
    assert Plan(network="a", image=(3, 8, 8), batches=(8,), mode="operations").batches == (8,)


def test_without_torch_the_message_is_the_line_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cloudcost.profiling.run.find_spec", lambda _: None)
    monkeypatch.setattr("cloudcost.profiling.worker.tracing.trace.find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"pip install torch"):
        run.require_torch()
    with pytest.raises(MissingExtraError, match=r"pip install torch"):
        trace_factory("a:b", (3, 8, 8))


def _batch(size: int, plain: list[float], *, calls: int = 2, op: float = 0.04, **more: object) -> dict[str, Any]:
    fields = {"phase": "forward", "op": "relu", "key": f"relu {size}", "kind": "relu", "count": calls, "batch": size}
    fields |= {"seconds": op, "quantiles": [op, op, op], "flops": 0.0, "read_bytes": 1.0, "written_bytes": 1.0}
    return {
        "batch": size, "plain": plain, "wall": [1.3 * value for value in plain], "switches": 3, "joules": None,
        "energy_source": "", "half_width": 0.01, "calls": calls, "ops": [fields], "every": plain, "calm": True,
        "plain_calm": more.get("calm", True), "wall_total": 1.3 * sum(plain),
        "pace": 0.001, **more,
    }  # fmt: skip


def test_the_process_in_the_middle_stands_for_all(make_profile: MakeProfile) -> None:
    plan = Plan(network="squeezenet1_1", image=(3, 64, 64), batches=(2, 8))
    batches = [_batch(2, [0.1, 0.1, 0.1]), _batch(2, [0.1, 0.12, 0.1]), _batch(2, [0.2, 0.2, 0.2])]
    base = make_profile()
    gathered = Gathered(environment=base.environment, network=base.network, batches=batches, throttled=True)
    profile = assemble(plan, gathered, created="2026-11-22")
    step = profile.steps[0]
    assert step.seconds == 0.1
    assert step.process_seconds == (0.1, 0.1, 0.2)
    assert step.spread == pytest.approx(1.0)
    assert step.repeats == 9
    assert step.closure_without_overhead == pytest.approx(0.2)
    assert step.closure == pytest.approx(0.0)
    assert profile.overhead_seconds == pytest.approx(0.01)
    assert profile.pace_seconds == 0.001
    said = "\n".join(profile.warnings)
    for word in ("processes differ by 100.0%", "wall time is 1.30 x CPU time", "throttled"):
        assert word in said


def test_a_disturbed_process_stands_for_others_only_when_all_were(make_profile: MakeProfile) -> None:
    base = make_profile()
    plan = Plan(network="squeezenet1_1", image=(3, 64, 64), batches=(2, 8))

    def profile_of(*batches: dict[str, Any]) -> Profile:
        gathered = Gathered(environment=base.environment, network=base.network, batches=batches)
        return assemble(plan, gathered, created="2026-11-22")

    calm, slow = _batch(2, [0.1] * 3), _batch(2, [0.2] * 3, calm=False)
    some = profile_of(slow, slow, calm)
    assert some.steps[0].seconds == 0.1
    assert some.steps[0].disturbed_share == pytest.approx(2 / 3)
    assert some.steps[0].quantiles[2] == 0.2
    assert (
        "67% of the steps were put aside, something shared the processor; with them the median is +100%"
        in "\n".join(some.warnings)
    )
    every = profile_of(slow, slow)
    assert every.steps[0].seconds == 0.2
    assert every.steps[0].disturbed_share == 1.0
    assert any("disturbed all the time" in warning for warning in every.warnings)


def test_steps_put_aside_count_for_quantiles_and_energy_alone(make_profile: MakeProfile) -> None:
    base = make_profile()
    batch = _batch(2, [0.1] * 3, every=[0.1] * 3 + [0.3], joules=8.0, energy_source="rapl")
    plan = Plan(network="squeezenet1_1", image=(3, 64, 64), batches=(2, 8))
    profile = assemble(
        plan, Gathered(environment=base.environment, network=base.network, batches=[batch]), created="2026-11-22"
    )
    step = profile.steps[0]
    assert (step.seconds, step.repeats, step.joules) == (0.1, 4, 2.0)
    assert step.disturbed_share == pytest.approx(0.25)
    assert step.quantiles[4] > 0.2


def test_overhead_is_least_in_relative_error() -> None:
    small, large = _batch(2, [0.1] * 3), _batch(8, [1.0] * 3, op=0.3)
    assert fitted_overhead([small, large]) == pytest.approx(0.01)  # the small step counts ten times as much
    assert fitted_overhead([]) == 0.0
    assert weighted_median([3.0], [0.0]) == 3.0


def test_rapl_counters_are_read_and_added(tmp_path: Path) -> None:
    for number, energy in ((0, 5_000_000), (1, 2_500_000)):
        zone = tmp_path / f"intel-rapl:{number}"
        zone.mkdir()
        (zone / "energy_uj").write_text(f"{energy}\n", encoding="ascii")
    (tmp_path / "intel-rapl:0:0").mkdir()  # a part of package 0, counted already
    meter = energy_meter("cpu", tmp_path)
    assert (meter.source, meter.joules()) == ("rapl", 7.5)


def test_without_a_counter_nothing_is_said(tmp_path: Path) -> None:
    meter = energy_meter("cpu", tmp_path)
    assert (meter.source, meter.joules()) == ("", None)


def test_a_worker_that_dies_while_it_writes_is_reported_as_dead() -> None:
    plan = Plan(network="resnet18", image=(3, 64, 64), batches=(2, 8))
    code = "import os, signal; print('{\"event\": \"bat', end='', flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    words = io.StringIO()
    with (
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process,
        pytest.raises(TimingError, match=r"was killed \(SIGKILL\)"),
    ):
        list(run.listen(process, words, plan))


def test_one_batch_of_one_process_cannot_close(make_profile: MakeProfile) -> None:
    base = make_profile()
    plan = Plan(network="squeezenet1_1", image=(3, 64, 64), batches=(2,), quick=True)
    gathered = Gathered(environment=base.environment, network=base.network, batches=[_batch(2, [0.1] * 3)])
    step = assemble(plan, gathered, created="2026-11-22").steps[0]
    assert step.closure == step.closure_without_overhead == pytest.approx(0.2)


def test_few_images_are_warned_of_where_they_run_other_code(make_profile: MakeProfile) -> None:
    base = make_profile()
    plan = Plan(network="squeezenet1_1", image=(3, 64, 64), batches=(2, 8))

    def warnings(size: int, kind: str, threads: int = 1) -> str:
        batch = _batch(size, [0.1] * 3)
        batch["ops"][0]["kind"] = kind
        environment = replace(base.environment, threads=threads)
        gathered = Gathered(environment=environment, network=base.network, batches=[batch])
        return "\n".join(assemble(plan, gathered, created="2026-11-22").warnings)

    said = "other code from 16 images on"
    assert said in warnings(8, "conv_1x1_few_odd")
    assert said not in warnings(16, "conv_1x1_odd")
    assert said not in warnings(8, "relu")
    assert said not in warnings(8, "conv_1x1_few", threads=2)


def test_an_estimate_calls_itself_one() -> None:
    record = estimated_energy(100.0, 1, 4)
    assert (record.watts, record.source) == (25.0, "estimate")
    assert "estimate" in record.note


def test_joules_per_step_come_from_the_counter(make_profile: MakeProfile) -> None:
    base = make_profile()
    batches = [{**_batch(2, [0.1] * 4), "joules": 8.0, "energy_source": "rapl"}]
    plan = Plan(network="squeezenet1_1", image=(3, 64, 64), batches=(2, 8))
    profile = assemble(
        plan, Gathered(environment=base.environment, network=base.network, batches=batches), created="2026-11-22"
    )
    assert profile.steps[0].joules == 2.0
    assert profile.energy is not None
    assert profile.energy.source == "rapl"
    assert profile.energy.watts == pytest.approx(8.0 / (4 * 0.13))


def test_loading_without_pillow_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cloudcost.profiling.worker.loading.find_spec", lambda _: None)
    assert loading.measure_loading(64) is None


def test_loading_a_folder_times_its_disk_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    monkeypatch.setattr(loading, "_SECONDS", 0.05)
    image.new("RGB", (40, 30), "red").save(tmp_path / "a.jpg")
    record = loading.measure_loading(16, tmp_path)
    assert record is not None
    assert record.source == "folder"
    assert record.images_per_second_per_core > 0
    assert record.disk_bytes_per_second is not None
    made_up = loading.measure_loading(16)
    assert made_up is not None
    assert (made_up.source, made_up.disk_bytes_per_second) == ("synthetic", None)


def test_a_data_folder_that_holds_no_images(tmp_path: Path) -> None:
    pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    with pytest.raises(InputError, match="no JPEG file"):
        loading.measure_loading(16, tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        loading.measure_loading(16, tmp_path / "none")
    (tmp_path / "bad.jpg").write_bytes(b"not an image")
    with pytest.raises(InputError, match=r"bad\.jpg cannot be decoded"):
        loading.measure_loading(16, tmp_path)


def test_an_interrupted_profile_says_so(make_profile: MakeProfile) -> None:
    base = make_profile()
    gathered = Gathered(environment=replace(base.environment, clock="wall", threads=2), network=base.network,
                        batches=[_batch(2, [0.1] * 3)], interrupted=True)  # fmt: skip
    plan = Plan(network="squeezenet1_1", image=(3, 64, 64), batches=(2, 8), threads=2)
    profile = assemble(plan, gathered, created="2026-11-22")
    assert profile.interrupted
    assert any("wall time, since CPU time counts waiting" in warning for warning in profile.warnings)


def test_operations_alone_are_medians_over_processes(make_profile: MakeProfile) -> None:
    base = make_profile()
    batches = [_batch(2, [], op=seconds) for seconds in (0.03, 0.01, 0.02)]
    plan = Plan(network="squeezenet1_1", image=(3, 64, 64), batches=(2,), mode="operations")
    gathered = Gathered(environment=base.environment, network=base.network, batches=batches)
    profile = assemble(plan, gathered, created="2026-11-22")
    assert [op.seconds for op in profile.ops] == [0.02]
    assert profile.steps == ()
    assert profile.processes == 3

"""A device model of the machine, from profiles of a machine whose truth is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cloudcost.domain.profile import CommunicationRecord, Profile
from cloudcost.errors import InputError, MixedEnvironmentError
from cloudcost.networks.registry import named_network
from cloudcost.profiling.communicate import fit_communication
from cloudcost.profiling.fit import fit_machine, leave_one_out, pace_faults, timed_signatures
from cloudcost.timing.calls.expand import step_calls
from cloudcost.timing.calls.own_machine import call_seconds, predict_calls, predict_machine_step
from cloudcost.timing.calls.own_machine_file import from_json, machine_of_file, read_machine, to_json
from cloudcost.timing.predict import predict_forward, predict_step

MakeProfile = Callable[..., Profile]
NAMES = ("squeezenet1_1", "resnet18", "mobilenet_v2", "alexnet")


def _named(make_profile: MakeProfile, names: tuple[str, ...] = NAMES, **more: object) -> list[tuple[str, Profile]]:
    return [(f"{name}.json", make_profile(name, **more)) for name in names]


def test_an_unseen_network_is_predicted(make_profile: MakeProfile) -> None:
    model = fit_machine(_named(make_profile), spread=False)
    truth = make_profile("resnet34", batches=(4,)).steps[0].seconds
    step = predict_machine_step(model, named_network("resnet34", image_px=64), 4)
    assert step.seconds == pytest.approx(truth, rel=0.02)
    assert step.interval_seconds[0] < step.seconds < step.interval_seconds[1]
    assert step.basis == "fitted"


def test_timed_operations_are_used_first(make_profile: MakeProfile) -> None:
    named = _named(make_profile)
    model = fit_machine(named, spread=False)
    profile = named[1][1]
    calls = step_calls(profile.network, 8)
    assert predict_calls(model, calls).timed_share == 1.0
    assert predict_calls(model, calls).seconds == pytest.approx(profile.steps[1].seconds, rel=1e-4)
    assert predict_calls(model, calls, use_timed=False).timed_share == 0.0


def test_leaving_one_out_leaves_its_steps_out(make_profile: MakeProfile) -> None:
    rows = leave_one_out(_named(make_profile), alone=False)
    assert {row[0] for row in rows} == set(NAMES)
    assert all(predicted == pytest.approx(measured, rel=0.3) for _, _, measured, predicted in rows)
    assert leave_one_out(_named(make_profile), alone=True) == []


def test_times_alone_are_turned_into_times_inside_a_step(make_profile: MakeProfile) -> None:
    named = _named(make_profile)
    alone = [make_profile(name, mode="operations", slowdown=1.25) for name in (*NAMES, "resnet34")]
    timed = timed_signatures([*(profile for _, profile in named), *alone])
    truth = {op.key: op.seconds for op in make_profile("resnet34").ops}
    errors = [abs(timed[key] / seconds - 1) for key, seconds in truth.items()]
    assert sum(errors) / len(errors) < 0.02


def test_the_file_keeps_the_model(make_profile: MakeProfile, tmp_path: Path) -> None:
    model = fit_machine(_named(make_profile))
    path = tmp_path / "device.json"
    path.write_text(to_json(model), encoding="utf-8")
    read = read_machine(path)
    assert to_json(read) == to_json(model)
    assert model.sd > 0
    assert machine_of_file(str(path)) is not None
    network = named_network("resnet18", image_px=64)
    step = predict_step(network, batch=8, device=str(path), optimizer="momentum")
    assert step.seconds == predict_machine_step(model, network, 8).seconds
    assert 0.2 < predict_forward(network, batch=8, device=str(path)) < 0.5


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("{", "["), "not JSON"),
        (("cloudcost.device/1", "cloudcost.device/7"), "not a machine's device model"),
        (('"sd":', '"timed_sdd": 0.1, "sd":'), r"device.json:timed_sdd: unknown key, 0.1, did you mean timed_sd\?"),
        (('"communication": null', '"communication": {"processes": 2, "per_tenser": 0}'), "per_tenser: unknown key"),
        (('"sd": 0.25,', ""), "sd: missing"),
        (('"overhead_seconds": 2e-06', '"overhead_seconds": "x"'), "not a device model"),
        (('"overhead_seconds": 2e-06', '"overhead_seconds": NaN'), "NaN is no number of JSON"),
        (('"overhead_seconds": 2e-06', '"overhead_seconds": 1e400'), "not JSON, 1e400 is beyond the largest number"),
        (('"overhead_seconds": 2e-06', '"overhead_seconds": 1' + "0" * 400), "not a device model, int too large"),
        (('"sd": 0.25', '"sd": 1e300'), "sd is 1e\\+300, not between 1e-06 and 10"),
        (
            ('"communication": null', '"communication": {"processes": 1e400}'),
            "not JSON, 1e400 is beyond the largest number",
        ),
    ],
)
def test_a_file_that_is_no_machine(make_profile: MakeProfile, change: tuple[str, str], said: str) -> None:
    text = to_json(fit_machine(_named(make_profile, ("alexnet",)), spread=False))
    with pytest.raises(InputError, match=said):
        from_json(text.replace(change[0], change[1], 1), where="device.json")


def test_another_precision_is_refused(make_profile: MakeProfile) -> None:
    model = fit_machine(_named(make_profile, ("alexnet",)), spread=False)
    with pytest.raises(InputError, match="precision: its profiles have 'fp32', not 'amp'"):
        predict_machine_step(model, named_network("alexnet", image_px=64), 8, precision="amp")


def test_another_stack_is_refused(make_profile: MakeProfile) -> None:
    model = fit_machine(_named(make_profile, ("alexnet",)), spread=False)
    network = named_network("alexnet", image_px=64)
    with pytest.raises(InputError, match=r"stack: its profiles are of PyTorch, not 'tf2\.5'"):
        predict_machine_step(model, network, 8, stack="tf2.5")
    plain = predict_machine_step(model, network, 8)
    for stack in ("torch", "PyTorch", "torch 2.13.0"):
        assert predict_machine_step(model, network, 8, stack=stack) == plain


def test_kinds_never_timed_stand_out_and_widen_the_band(make_profile: MakeProfile) -> None:
    model = fit_machine(_named(make_profile, ("alexnet",)), spread=False)
    network = named_network("convnext_tiny", image_px=64)
    step = predict_machine_step(model, network, 8)
    known = predict_machine_step(model, named_network("alexnet", image_px=64), 16)
    assert step.unseen_share > known.unseen_share
    assert step.own_sd > known.own_sd
    gelu = next(call for call in step_calls(network, 8) if call.op == "gelu")
    assert call_seconds(model, gelu)[1] == "unseen"
    assert call_seconds(model, gelu)[0] > 0


def test_environments_and_kinds_of_runs(make_profile: MakeProfile) -> None:
    one, other = make_profile("alexnet"), make_profile("resnet18")
    two_threads = replace(other, environment=replace(other.environment, threads=2))
    with pytest.raises(MixedEnvironmentError, match="threads"):
        fit_machine([("a", one), ("b", two_threads)])
    with pytest.raises(InputError, match="no profile of whole steps"):
        fit_machine([("a", make_profile("alexnet", mode="operations"))])


def test_profiles_of_a_slower_machine_are_named(make_profile: MakeProfile) -> None:
    calm = replace(make_profile("alexnet"), pace_seconds=0.001)
    slow = replace(make_profile("resnet18"), pace_seconds=0.0014)
    steps = (replace(slow.steps[0], disturbed_share=1.0), slow.steps[1])
    busy = replace(slow, pace_seconds=0.0012, steps=steps)
    older = make_profile("mobilenet_v2")
    assert pace_faults([("a", calm), ("b", older)]) == pace_faults([]) == ()
    assert pace_faults([("a", calm), ("b", slow)]) == (
        "b: the machine was 40% slower than for a, its times are too long, profile it again",
    )
    assert pace_faults([("a", calm), ("b", busy)]) == (
        "b: batch 2 was disturbed all the time, its times are too long, profile it again",
    )


def _communication(parameters: int, tensors: int, seconds: float) -> CommunicationRecord:
    return CommunicationRecord(
        backend="gloo", processes=2, batch=8, parameters=parameters, tensors=tensors, step_seconds=1.0 + seconds,
        no_sync_seconds=1.0, all_reduce=((4 * parameters, seconds / 2),),
    )  # fmt: skip


def test_several_processes_are_predicted_as_they_were_profiled(make_profile: MakeProfile) -> None:
    network = named_network("alexnet", image_px=64)
    record = _communication(network.parameters, 16, 5e-9 * network.parameters + 1e-4 * 16)
    named = [("a", replace(make_profile("alexnet"), communication=record)), ("b", make_profile("resnet18"))]
    model = fit_machine(named, spread=False)
    assert from_json(to_json(model), where="d.json").communication == model.communication
    one = predict_machine_step(model, network, 8).seconds
    two = predict_machine_step(model, network, 8, processes=2).seconds
    assert two - one == pytest.approx(record.step_seconds - record.no_sync_seconds)
    with pytest.raises(InputError, match=r"no profile with 3 processes, 2 of them, profile a CNN with --processes 3"):
        predict_machine_step(model, network, 8, processes=3)
    without = fit_machine(named[1:], spread=False)
    with pytest.raises(InputError, match=r"no profile with 2 processes, none, "):
        predict_machine_step(without, network, 8, processes=2)


def test_casts_of_mixed_precision_are_not_forgotten(make_profile: MakeProfile) -> None:
    profile = make_profile("alexnet")
    batch = profile.steps[-1].batch
    total = sum(op.count * op.seconds for op in profile.ops if op.batch == batch)
    cast = replace(
        profile.ops[-1], op="_to_copy", key="_to_copy 1", kind="_to_copy", batch=batch, count=2, seconds=0.05 * total
    )
    model = fit_machine([("a", replace(profile, ops=(*profile.ops, cast)))], spread=False)
    assert model.unlisted_share == pytest.approx(0.1, rel=1e-3)
    assert fit_machine([("a", profile)], spread=False).unlisted_share == 0.0
    calls = step_calls(profile.network, batch)
    bare = predict_calls(replace(model, unlisted_share=0.0), calls).seconds
    assert predict_calls(model, calls).seconds == pytest.approx(bare + 0.1 * total, rel=1e-3)


def test_operations_of_something_else_are_refused(make_profile: MakeProfile) -> None:
    profile = make_profile("alexnet")
    weird = replace(profile, ops=tuple(replace(op, op="weird") for op in profile.ops))
    with pytest.raises(InputError, match="the profile of alexnet has no operation of that network"):
        fit_machine([("a", weird)], spread=False)


def test_a_cnn_unlike_all_others_does_not_stop_the_fit(make_profile: MakeProfile) -> None:
    named = _named(make_profile)
    ops = tuple(op for op in named[0][1].ops if op.kind != "product")
    without = [(f"{number}", replace(named[0][1], ops=ops)) for number in range(3)]
    assert [row[0] for row in leave_one_out([*without, named[1]], alone=False)] == ["squeezenet1_1"] * 6
    assert fit_machine([*without, named[1]]).sd > 0


def test_communication_is_a_line_in_parameters_and_tensors() -> None:
    sizes = ((1_000_000, 50), (11_000_000, 62), (60_000_000, 16))
    line = fit_communication([_communication(p, t, 5e-9 * p + 1e-4 * t) for p, t in sizes])
    assert line is not None
    assert line.seconds(25_000_000, 161) == pytest.approx(5e-9 * 25e6 + 1e-4 * 161)
    alone = fit_communication([_communication(1_000_000, 50, 0.01)])
    assert alone is not None
    assert alone.seconds(1_000_000, 50) == pytest.approx(0.01)
    assert fit_communication([]) is None

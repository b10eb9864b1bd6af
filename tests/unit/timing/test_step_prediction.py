"""Predicted steps: laws, published ranges, anchors, bands and refusals, on the shipped device models."""

from __future__ import annotations

import json
from dataclasses import replace
from math import hypot, log
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples

from cloudcost.domain.network import Network, Op
from cloudcost.domain.project import Precision
from cloudcost.domain.timing import StepTime
from cloudcost.errors import InputError, TimingError, UnknownDeviceError
from cloudcost.networks.registry import named_network
from cloudcost.timing.anchors import RUN_NOISE
from cloudcost.timing.bands import interval
from cloudcost.timing.communication import SEVERAL_STACKS
from cloudcost.timing.predict import Measured, default_link, predict_forward, predict_step
from cloudcost.timing.rates.coefficients import COLUMNS, INDEX, LATER
from cloudcost.timing.rates.device_file import from_json, read_device_model, to_json, write_device_model
from cloudcost.timing.rates.library import DATA, PRECISIONS, shipped_models
from cloudcost.timing.rates.shipped import shipped_from_json
from cloudcost.timing.rates.workload import modelled_step, network_features

RESNET50 = named_network("resnet50")
FITTED = ("K80", "M60", "T4", "V100")


def _rate(device: str, batch: int = 32, **more: object) -> float:
    return batch / predict_step(RESNET50, batch=batch, device=device, **more).seconds  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("device", "low", "high"), [("K80", 33, 52), ("M60", 60, 69), ("T4", 102, 116), ("V100", 242, 371)]
)
def test_resnet50_lies_within_what_is_published(device: str, low: float, high: float) -> None:
    # images/s of one GPU, fp32, 224 px, across frameworks and years (tf_cnn_benchmarks, Torch7, NVIDIA, Lambda)
    assert low <= _rate(device, batch=64) <= high


@given(device=st.sampled_from(FITTED), batch=st.integers(1, 400))
@settings(max_examples=50, deadline=None)
def test_a_larger_batch_takes_longer_and_more_memory(device: str, batch: int) -> None:
    small = predict_step(RESNET50, batch=batch, device=device)
    large = predict_step(RESNET50, batch=2 * batch, device=device)
    assert small.seconds < large.seconds
    assert small.memory_bytes is not None
    assert large.memory_bytes is not None
    assert small.memory_bytes < large.memory_bytes
    assert (large.fits_memory is False) or (small.fits_memory is True)


@given(device=st.sampled_from([*FITTED, "A100", "H100"]), gpus=st.integers(1, 7), batch=st.sampled_from([16, 64]))
@settings(max_examples=examples(40), deadline=None)
def test_another_gpu_never_shortens_the_step_of_one_batch(device: str, gpus: int, batch: int) -> None:
    stack = "tf2.5" if device in SEVERAL_STACKS else None  # several of these are otherwise of another stack than one
    fewer = predict_step(RESNET50, batch=batch, device=device, gpus=gpus, stack=stack)
    more = predict_step(RESNET50, batch=batch, device=device, gpus=gpus + 1, stack=stack)
    assert fewer.seconds <= more.seconds
    assert (gpus + 1) / more.seconds > 0.9 * gpus / fewer.seconds


def test_bands_hold_what_they_claim_when_simulated() -> None:
    step = predict_step(RESNET50, batch=32, device="T4")
    rng = np.random.default_rng(7)
    shared, own = rng.standard_normal(200_000), rng.standard_normal(200_000)
    draws = step.seconds * np.exp(step.shared_sd * shared + step.own_sd * own)
    low, high = step.interval_seconds
    assert np.mean((draws >= low) & (draws <= high)) == pytest.approx(0.8, abs=0.005)


@given(level=st.floats(0.01, 0.99), shared=st.floats(0, 1), own=st.floats(0.001, 1))
def test_a_higher_level_never_narrows_the_band(level: float, shared: float, own: float) -> None:
    low, high = interval(1.0, shared, own, level)
    lower, higher = interval(1.0, shared, own, (1 + level) / 2)
    assert lower <= low <= 1 <= high <= higher


@pytest.mark.parametrize(("device", "stack", "share"), [("K80", "tf2.5", 0.5), ("T4", "torch", 0.95)])
def test_stating_the_assumed_stack_narrows_the_band_and_keeps_the_median(device: str, stack: str, share: float) -> None:
    unknown = predict_step(RESNET50, batch=32, device=device)
    stated = predict_step(RESNET50, batch=32, device=device, stack=stack)
    assert stated.seconds == unknown.seconds
    assert _spread(stated) < share * _spread(unknown)


def test_a_measured_step_is_what_comes_back() -> None:
    known = predict_step(RESNET50, batch=32, device="T4", measured={"T4": 0.5})
    assert known.basis == "measured"
    assert known.seconds == pytest.approx(0.5, rel=0.02)
    assert _spread(known) < 0.03


def test_a_run_elsewhere_moves_the_estimate_towards_it_and_narrows_the_band() -> None:
    plain = predict_step(RESNET50, batch=32, device="T4")
    slow = 1.3 * predict_step(RESNET50, batch=32, device="V100").seconds
    anchored = predict_step(RESNET50, batch=32, device="T4", measured={"V100": slow})
    assert anchored.basis == "anchored"
    assert 1.0 < anchored.seconds / plain.seconds < 1.3
    assert _spread(anchored) < _spread(plain)


@given(
    device=st.sampled_from(["T4", "RTX 3060", "M3 Max", "RX 6800"]),
    px=st.sampled_from([32, 64, 224]),
    batch=st.sampled_from([32, 64, 1024]),
    stack=st.sampled_from([None, "torch"]),
    factor=st.floats(0.7, 1.4),
)
@settings(max_examples=examples(60), deadline=None)
def test_a_run_elsewhere_is_an_anchor_where_it_tells_something_and_never_by_its_own_value(
    device: str, px: int, batch: int, stack: str | None, factor: float
) -> None:
    """Said of a step is what weighs a twentieth or more; what weighs less moves it by less than runs differ."""
    run = named_network("resnet50", image_px=px)
    there = predict_step(run, batch=batch, device="V100", stack=stack).seconds

    def known(times: float) -> StepTime:
        one = Measured(device="V100", seconds=times * there, batch=batch, network=run)
        return predict_step(RESNET50, batch=32, device=device, stack=stack, measured=[one])

    plain = predict_step(RESNET50, batch=32, device=device, stack=stack)
    step, weight = known(factor), log(known(1.4).seconds / plain.seconds) / log(1.4)
    assert step.basis == ("anchored" if weight * log(1.5) > RUN_NOISE else plain.basis)
    assert ("tells next to nothing" in " ".join(step.notes)) == (step.basis != "anchored")
    if step.basis != "anchored":
        assert abs(log(step.seconds / plain.seconds)) < RUN_NOISE


@given(device=st.sampled_from(FITTED), batch=st.sampled_from([8, 32, 128]), factor=st.floats(0.5, 2.0))
@settings(max_examples=examples(40), deadline=None)
def test_an_anchor_never_widens_the_band(device: str, batch: int, factor: float) -> None:
    plain = predict_step(RESNET50, batch=32, device="T4")
    there = predict_step(RESNET50, batch=batch, device=device).seconds
    measured = [Measured(device=device, seconds=factor * there, batch=batch)]
    assert _spread(predict_step(RESNET50, batch=32, device="T4", measured=measured)) <= _spread(plain) + 1e-12


SETTINGS: tuple[dict[str, Any], ...] = (
    {"channels_last": True}, {"precision": "tf32"}, {"precision": "amp"}, {"precision": "bf16"}, {"precision": "half"},
    {"stack": "torch-compile"}, {"stack": "tf2.5"}, {"stack": "tuned"}, {"optimizer": "adam"},
    {"cudnn_benchmark": True}, {"cudnn_benchmark": False}, {"host": "desktop-windows"},
)  # fmt: skip


@pytest.mark.parametrize(
    "device", ["K80", "GTX 1080", "T4", "A10G", "RTX 3090", "H100", "RX 6800", "M3 Max", "Ryzen 5 3600"]
)
def test_a_setting_that_changes_nothing_is_said_to(device: str) -> None:
    """Each either changes the time or its band, is refused, is what the device runs anyway, or has a note."""
    plain = predict_step(RESNET50, batch=32, device=device)
    for setting in SETTINGS:
        try:
            step = predict_step(RESNET50, batch=32, device=device, **setting)
        except TimingError:
            continue
        if (step.seconds, step.interval_seconds) == (plain.seconds, plain.interval_seconds):
            anyway = setting.get("cudnn_benchmark") is (device not in ("T4", "A10G"))
            assert anyway or set(step.notes) - set(plain.notes), setting


def test_a_nearer_run_on_the_same_device_counts_more() -> None:
    shifts = []
    for batch in (16, 256):
        there = predict_step(RESNET50, batch=batch, device="T4").seconds
        measured = [Measured(device="T4", seconds=1.2 * there, batch=batch)]
        shifts.append(predict_step(RESNET50, batch=32, device="T4", stack="tf2.5", measured=measured).seconds)
    assert shifts[0] > shifts[1] > predict_step(RESNET50, batch=32, device="T4").seconds


def test_an_unmeasured_device_has_the_wider_band() -> None:
    fitted = predict_step(RESNET50, batch=32, device="T4")
    generic = predict_step(RESNET50, batch=32, device="L4", precision="amp")
    assert generic.basis == "transferred"
    assert _spread(generic) > _spread(fitted)


def test_mixed_precision_helps_only_tensor_cores() -> None:
    assert _rate("K80", precision="amp") == _rate("K80")
    assert _rate("T4", precision="amp", batch=64) > 1.5 * _rate("T4", batch=64)


def test_newer_gpus_are_faster() -> None:
    rates = [_rate(device, precision="amp", batch=128) for device in ("T4", "V100", "A100", "H100")]
    assert rates == sorted(rates)


def test_operations_never_measured_are_said() -> None:
    step = predict_step(named_network("convnext_tiny"), batch=32, device="V100")
    assert step.unseen_share > 0
    assert predict_step(named_network("vgg16"), batch=32, device="V100").unseen_share < 0.01


def test_what_does_not_fit_says_how_much_is_missing() -> None:
    step = predict_step(RESNET50, batch=512, device="T4")
    assert step.fits_memory is False
    assert step.largest_batch is not None
    fitting = predict_step(RESNET50, batch=step.largest_batch, device="T4")
    assert fitting.fits_memory is True
    assert any("GB of memory are missing" in note for note in step.notes)


def test_adam_is_slower_and_larger_than_sgd() -> None:
    plain = predict_step(RESNET50, batch=8, device="T4")
    adam = predict_step(RESNET50, batch=8, device="T4", optimizer="adam")
    assert adam.seconds > plain.seconds
    assert (adam.memory_bytes or 0) > (plain.memory_bytes or 0)


def test_a_forward_pass_is_about_a_third() -> None:
    assert 0.2 < predict_forward(RESNET50, batch=64, device="V100") < 0.45


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"batch": 0}, "a batch is at least 1 image, not 0"),
        ({"gpus": 0}, "at least 1 GPU"),
        ({"optimizer": "lion"}, "'lion' is none of"),
        ({"precision": "int4"}, "'int4' is none of"),
        ({"measured": {"T4": 0.0}}, "above 0 s"),
        ({"gpus": 2, "link": "wifi"}, "'wifi' is none of"),
        ({"level": 1.0}, "between 0 and 1"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(more: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        predict_step(RESNET50, **{"batch": 32, "device": "T4", **more})  # type: ignore[arg-type]


def test_an_unknown_device_names_its_neighbours() -> None:
    with pytest.raises(UnknownDeviceError, match="T4"):
        predict_step(RESNET50, batch=32, device="T44")


@pytest.mark.parametrize("device", ["MI300X", "Arc A770"])
def test_without_a_model_nothing_is_guessed(device: str) -> None:
    with pytest.raises(TimingError, match="no timing model"):
        predict_step(RESNET50, batch=32, device=device)


def test_device_models_survive_their_file(tmp_path: Path) -> None:
    shipped = next(model for model in shipped_models() if model.device == "T4")
    path = tmp_path / "mine.json"
    write_device_model(replace(shipped, device="mine"), path)
    again = read_device_model(path)
    assert np.allclose(again.parameters, shipped.parameters, atol=1e-4)
    own = predict_step(RESNET50, batch=32, device=str(path))
    expected = predict_step(RESNET50, batch=32, device="T4", stack="tf2.5").seconds
    assert own.seconds == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("asked", [each for each in PRECISIONS if each != "bf16"])  # which V100 has not
@pytest.mark.parametrize("theirs", ["fp32", "amp"])
@pytest.mark.parametrize("formats", [(False, False), (True, False), (False, True), (True, True)])
def test_a_device_model_speaks_for_what_it_was_fitted_at_alone(
    asked: Precision, theirs: Precision, formats: tuple[bool, bool], tmp_path: Path
) -> None:
    shipped = next(model for model in shipped_models() if model.device == "T4")
    path = str(tmp_path / "mine.json")
    write_device_model(replace(shipped, precision=theirs, channels_last=formats[0]), Path(path))
    more = {"precision": asked, "channels_last": formats[1]}
    fits = asked in (theirs, "default")
    if fits and formats[0] == formats[1]:
        assert predict_step(RESNET50, batch=8, device=path, **more).basis == "fitted"  # type: ignore[arg-type]
        assert 0 < predict_forward(RESNET50, batch=8, device=path, **more) < 1  # type: ignore[arg-type]
        return
    for measured, device in (({}, path), ({path: 0.2}, "V100")):
        with pytest.raises(InputError) as caught:
            predict_step(RESNET50, batch=8, device=device, measured=measured, **more)  # type: ignore[arg-type]
        said = str(caught.value)
        assert (f"mine.json:precision: this device model is of '{theirs}', not '{asked}'" in said) != fits
        assert ("mine.json:channels_last: " in said) == (formats[0] != formats[1])


def test_another_stack_than_the_measured_one_is_said_and_wide(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    write_device_model(next(model for model in shipped_models() if model.device == "T4"), path)
    same, other = (predict_step(RESNET50, batch=32, device=str(path), stack=stack) for stack in ("tf2.5", "tuned"))
    assert any("nothing with tuned" in note for note in other.notes)
    assert not any("measured with" in note.lower() for note in same.notes)
    assert same.interval_seconds[1] < other.interval_seconds[1]


def test_a_device_model_with_a_fault_names_its_place() -> None:
    shipped = next(model for model in shipped_models() if model.device == "T4")
    with pytest.raises(InputError, match=r"x.json:schema: not .*'other/1'"):
        from_json(to_json(shipped).replace("cloudcost.device/1", "other/1"), "x.json")
    text = to_json(shipped)
    start = text.index('"bn.byte": ')
    negative = text[:start] + '"bn.byte": -1' + text[text.index(",", start) :]
    with pytest.raises(InputError, match=r"x.json:coefficients.bn.byte: a coefficient is above 0 and up to 1e\+06, -1"):
        from_json(negative, "x.json")
    with pytest.raises(InputError, match="not JSON"):
        from_json("{", "x.json")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("covariance.7.3", 10**77, "covariance[7]: not numbers within 9, a number of many digits"),
        ("covariance.7.3", 1e30, "covariance[7]: not numbers within 9, 1e+30"),
        ("covariance.7.7", -0.5, "covariance: no covariance, a combination has a variance below 0"),
        ("covariance.7", [1.0], "covariance[7]: not a list of 8"),
        ("covariance", {}, "covariance: not 54 rows"),
        ("coefficients.bn.byte", 0, "coefficients.bn.byte: a coefficient is above 0"),
        ("coefficients", None, "coefficients: not an object, null"),
        ("host", {}, "host.host_seconds: a coefficient is above 0 and up to 1e+06, null"),
        ("peak_gflop_s", "fast", "peak_gflop_s: not a number from 0.001 to 1e+09, 'fast'"),
        ("shared_share", 1, "shared_share: not a number from 0 to 0.9, 1"),
        ("residual_sd", True, "residual_sd: not a number from 0 to 3, True"),
        ("memory_bytes", -1, "memory_bytes: not a number from 1 to 1e+18, -1"),
        ("precision", "fp8", "precision: none of default, fp32, tf32, amp, bf16, half, 'fp8'"),
        ("winograd", 1, "winograd: neither true nor false, 1"),
        ("device", 4, "device: not a text, 4"),
        ("names", "T4", "names: not a list of texts, 'T4'"),
        ("pricision", "fp32", "pricision: unknown key, 'fp32', did you mean precision?"),
        ("coefficients.bn.bytes", 1, "coefficients.bn.bytes: unknown key, 1, did you mean bn.byte?"),
        ("host.sharpness", 1, "host.sharpness: unknown key, 1, did you mean sharpness_less_1?"),
        ("ranges.bn.bites", 0.1, "ranges.bn.bites: unknown key, 0.1, did you mean bn.byte?"),
        ("ranges", {"bn.byte": 7}, "ranges.bn.byte: not a number from 0 to 1, 7"),
    ],
)
def test_every_number_of_a_device_model_is_looked_at(key: str, value: object, said: str) -> None:
    shipped = next(model for model in shipped_models() if model.device == "T4")
    document: Any = json.loads(to_json(shipped))
    first, _, rest = key.partition(".")
    if not rest:
        document[first] = value
    elif first == "covariance":
        place = [int(part) for part in rest.split(".")]
        row = document[first] if len(place) == 1 else document[first][place[0]]
        row[place[-1]] = value
    else:
        document[first][rest] = value
    with pytest.raises(InputError) as caught:
        from_json(json.dumps(document), "x.json")
    assert f"x.json:{said}" in str(caught.value)


def test_a_device_model_from_before_the_later_columns_is_read_and_predicts_as_it_did() -> None:
    shipped = next(model for model in shipped_models() if model.device == "T4")
    document: Any = json.loads(to_json(shipped))
    places = [k for k, column in enumerate(COLUMNS) if column.name in LATER]
    for name in LATER:
        del document["coefficients"][name]
        document["ranges"].pop(name, None)
    document["covariance"] = [
        [cell for j, cell in enumerate(row) if j not in places]
        for i, row in enumerate(document["covariance"])
        if i not in places
    ]
    old = from_json(json.dumps(document), "old.json")
    assert old.parameters[INDEX["attn.flop"]] == pytest.approx(log(COLUMNS[INDEX["attn.flop"]].prior))
    one, other = (modelled_step(model, network_features(RESNET50), 32) for model in (old, shipped))
    assert (one.seconds, one.variance) == pytest.approx((other.seconds, other.variance), rel=1e-3)


def test_a_network_that_computes_nothing_has_a_largest_batch() -> None:
    flat = Op(kind="flatten", name="a", sources=("",), inputs=((3, 4, 4),), output=(48,))
    network = Network(name="flat", input=(3, 4, 4), ops=(flat,), parameters=0)
    assert predict_step(network, batch=8, device="T4").largest_batch == 14_400_000_000 // (4 * 48)


def test_shipped_models_say_where_they_come_from() -> None:
    models = shipped_models()
    assert {model.device for model in models} >= {*FITTED}
    for model in models:
        assert {"source", "rows", "fitted"} <= set(model.provenance)
        assert model.stack
        assert np.isfinite(model.parameters).all()


def test_links_follow_the_form_of_the_card() -> None:
    assert default_link("A100-PCIe-40GB") == "pcie"
    assert default_link("H100") == "nvlink"


def _spread(step: StepTime) -> float:
    low, high = step.interval_seconds
    assert log(high / low) / 2 / 1.2815515655 == pytest.approx(hypot(step.shared_sd, step.own_sd), rel=1e-6)
    return hypot(step.shared_sd, step.own_sd)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_shipped_file_is_named_by_the_precision_of_its_models(precision: str) -> None:
    named = [model for file in DATA.glob(f"*-{precision}.json") for model in shipped_from_json(file.read_text("utf-8"))]
    assert sorted(model.device for model in named) == sorted(
        model.device for model in shipped_models() if model.precision == precision
    )

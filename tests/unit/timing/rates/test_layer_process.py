"""The process over convolutions: where it moves times, how sure it is, and what a damaged file says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudcost.errors import InputError
from cloudcost.networks.registry import named_network
from cloudcost.timing.rates.convolution import places_of
from cloudcost.timing.rates.device_file import from_json, to_json
from cloudcost.timing.rates.device_model import DeviceModel
from cloudcost.timing.rates.equation import PRIOR, SIZE, Array, Work, seconds, sheet_scale
from cloudcost.timing.rates.features import features_of
from cloudcost.timing.rates.fitting import LayerRows, Measurements, fit
from cloudcost.timing.rates.layers.fit import fit_layers
from cloudcost.timing.rates.layers.process import landmarks_among, likeness
from cloudcost.timing.rates.library import DATA
from cloudcost.timing.rates.workload import modelled_step, network_features

PEAK, BANDWIDTH = 8000.0, 300.0
NAMES = ("resnet18", "vgg11", "resnet34", "alexnet")


def _shipped(device: str) -> DeviceModel:
    return from_json((DATA / f"{device}-fp32.json").read_text(encoding="utf-8"), device)


T4 = _shipped("t4")


def _measured(slower_3x3: float) -> Measurements:
    """Return steps by the form alone, but for 3x3 convolutions, which run so many times slower."""
    device: list[Array] = []
    slow: list[Array] = []
    records, gigabytes, layers, places, rows = [], [], [], [], []
    scale = sheet_scale(PEAK, BANDWIDTH)
    for name in NAMES:
        features = features_of(named_network(name, image_px=96))
        wide = (features.conv[6] == 3) & (features.conv[7] == 3)
        for batch in (8, 32, 128):
            each = features.layers(batch, PEAK / BANDWIDTH, None)
            asked = features.at([batch], PEAK / BANDWIDTH)[0]
            layers.append(each * scale[:27].reshape(3, 9))
            places.append(places_of(features.conv, batch))
            rows.append(np.full(len(each), len(device)))
            device.append(asked * scale)
            slow.append(each[wide].sum(axis=0).ravel() * scale[:27])
            records.append(features.records)
            gigabytes.append(features.input_gb * batch)
    work = Work(device=np.array(device), records=np.array(records), input_gb=np.array(gigabytes))
    slower = replace(work, device=work.device.copy())
    slower.device[:, :27] += (slower_3x3 - 1) * np.array(slow)
    return Measurements(
        work=work,
        seconds=seconds(PRIOR, slower),
        layers=LayerRows(work=np.concatenate(layers), places=np.concatenate(places), rows=np.concatenate(rows)),
    )


def test_layers_add_up_to_the_work_of_the_step() -> None:
    features = features_of(named_network("resnet18"))
    whole = features.at([16], 20.0)[0, :27]
    assert np.allclose(features.layers(16, 20.0, None).sum(axis=0).ravel(), whole)


def test_a_process_finds_which_convolutions_run_slower() -> None:
    rows = _measured(1.15)
    layered = fit_layers([rows], fit([rows]), {})
    _, factors = layered.processes[0].deviations(rows.layers.places)
    wide = np.isclose(rows.layers.places[:, 4], np.log2(9) / 1.5)
    times = rows.layers.work * np.exp(layered.fit.parameters[0, :27]).reshape(3, 9)
    form = rows.layers.work * np.exp(PRIOR[:27]).reshape(3, 9)
    ratio = (times.sum(axis=2) * factors).sum(axis=1) / form.sum(axis=(1, 2))
    assert np.average(ratio[wide]) > 1.05 * np.average(ratio[~wide])


def test_times_by_the_form_leave_a_process_of_nothing() -> None:
    rows = _measured(1.0)
    base = fit([rows], start=PRIOR[None, :])
    layered = fit_layers([rows], base, {})
    _, factors = layered.processes[0].deviations(rows.layers.places)
    assert np.allclose(factors, 1.0, atol=0.02)
    assert layered.fit.parameters.shape == (1, SIZE)


def test_far_from_every_landmark_the_form_rules() -> None:
    assert T4.process is not None
    far = T4.process.landmarks[:1] + 50.0
    _, factors = T4.process.deviations(far)
    assert np.allclose(factors, 1.0)


@given(batch=st.integers(1, 512), name=st.sampled_from(["resnet18", "vgg11", "mobilenet_v2"]))
@settings(max_examples=25, deadline=None)
def test_a_process_moves_a_step_by_little_and_keeps_a_variance(batch: int, name: str) -> None:
    features = network_features(named_network(name))
    one = modelled_step(T4, features, batch)
    plain = modelled_step(replace(T4, process=None, memory_bytes=None), features, batch)
    assert one.variance > 0
    unlimited = modelled_step(replace(T4, memory_bytes=None), features, batch)
    assert abs(np.log(unlimited.seconds / plain.seconds)) < 0.3


def test_slopes_by_the_weights_are_those_of_the_logarithm() -> None:
    assert T4.process is not None
    features = network_features(named_network("resnet18"))
    before = modelled_step(T4, features, 32)
    step = 1e-5
    for way, landmark in ((0, 0), (1, 5), (2, 20)):
        weights = T4.process.weights.copy()
        weights[way, landmark] += step
        moved = modelled_step(replace(T4, process=replace(T4.process, weights=weights)), features, 32)
        numeric = np.log(moved.seconds / before.seconds) / step
        sure = np.zeros_like(T4.process.covariance)
        place = way * len(T4.process.landmarks) + landmark
        sure[place, place] = 1.0
        alone = replace(T4.process, covariance=sure, cross=np.zeros_like(T4.process.cross))
        model = replace(T4, process=alone, covariance=np.zeros_like(T4.covariance))
        assert modelled_step(model, features, 32).variance == pytest.approx(numeric**2, rel=1e-3, abs=1e-12)


def test_less_memory_never_makes_a_step_faster() -> None:
    features = network_features(named_network("vgg11"))
    times = [modelled_step(replace(T4, memory_bytes=1e9 * gb), features, 64).seconds for gb in (1, 4, 8, 16, 1000)]
    assert times == sorted(times, reverse=True)
    assert times[0] > 1.1 * times[-1]


def test_landmarks_are_places_apart() -> None:
    rows = _measured(1.0)
    chosen = landmarks_among(rows.layers.places, 20)
    alike = likeness(chosen, chosen) - np.eye(len(chosen))
    assert len(chosen) == 20
    assert alike.max() < 0.999


def test_a_written_process_reads_as_itself() -> None:
    again = from_json(to_json(T4), "t4")
    assert again.process is not None
    assert T4.process is not None
    assert np.array_equal(again.process.weights, T4.process.weights)
    assert np.array_equal(again.process.covariance, T4.process.covariance)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"process_cross"', '"process_other"', "process_cross: missing beside"),
        ('"process_landmarks": [', '"process_landmarks": [[1],', "process_landmarks[0]: not a list of 8"),
        ('"process_weights": [', '"process_weights": [[],', "process_weights: not 3 rows"),
        ('"process_covariance": [', '"process_covariance": [[9e9],', "process_covariance: not 108 rows"),
        ('"process_landmarks": [', '"process_landmarks": 3, "more": [', "process_landmarks: not a list of 1 to 500"),
    ],
)
def test_a_damaged_process_is_told(old: str, new: str, fault: str) -> None:
    text = (DATA / "t4-fp32.json").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(InputError) as told:
        from_json(text.replace(old, new, 1), "t4.json")
    assert any(fault in line for line in str(told.value).splitlines())

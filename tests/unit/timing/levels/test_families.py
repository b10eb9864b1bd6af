"""Devices of which few whole steps are known: Apple's GPUs and processors; and those of which none is."""

from __future__ import annotations

import csv
from math import log
from pathlib import Path

import pytest

from cloudcost.catalog.devices import device, devices
from cloudcost.catalog.tables import sources
from cloudcost.catalog.training.untimed import untimed
from cloudcost.errors import TimingError
from cloudcost.networks.registry import named_network
from cloudcost.timing.known import known_device
from cloudcost.timing.levels.families import families
from cloudcost.timing.predict import predict_step
from cloudcost.timing.rates.library import model_for


def test_every_device_has_a_time_in_fp32_or_a_refusal_that_says_what_to_state() -> None:
    bases = {each.name: known_device(each).times["fp32"] for each in devices().values()}
    stated = {devices()[name].architecture for name, basis in bases.items() if basis == "stated"}
    assert set(bases.values()) == {"fitted", "transferred", "stated"}
    for name in ("Arc A770", "RX 580", "MI300X", "B200"):
        with pytest.raises(TimingError, match="state hours_per_run or seconds_per_step, or --measured"):
            model_for(device(name), "fp32")
    assert {"Xe-HPG", "Xe2", "GCN", "CDNA3", "Blackwell-DC"} <= stated
    assert not stated & {"Apple", "Ada", "Hopper", "RDNA3", "RDNA4", "Blackwell"}
    assert known_device(device("Arc A770")).times["fp32"] == "stated"


def test_families_have_sources() -> None:
    assert set(families()) == {"Apple", "cpu"}
    assert {each.source for each in families().values()} <= set(sources())
    assert {source for _, source in untimed().values()} <= set(sources())
    assert set(untimed()) <= {each.architecture for each in devices().values()}


@pytest.mark.parametrize(("slower", "faster"), [("M1", "M1 Pro"), ("M1 Pro", "M1 Max"), ("M3", "M3 Max"), ("M2", "M4")])
def test_a_larger_chip_is_faster(slower: str, faster: str) -> None:
    network = named_network("resnet50")
    times = [predict_step(network, batch=32, device=name).seconds for name in (slower, faster)]
    assert times[1] < times[0]


def test_a_machine_that_shares_its_memory_is_not_said_to_fit() -> None:
    step = predict_step(named_network("vgg16"), batch=512, device="M1")
    assert step.fits_memory is None
    assert step.basis == "transferred"


@pytest.mark.parametrize("name", ["M3 Max", "Ryzen 7 5800X"])
def test_mixed_precision_is_taken_as_fp32_and_said(name: str) -> None:
    network = named_network("resnet18")
    plain = predict_step(network, batch=8, device=name)
    mixed = predict_step(network, batch=8, device=name, precision="amp")
    assert mixed.seconds == plain.seconds
    assert any("fp32" in note for note in mixed.notes)


def test_a_family_under_another_stack_is_refused() -> None:
    with pytest.raises(TimingError, match=r"no timing model for M3 Max under tf2.5: its family was timed with PyTorch"):
        model_for(device("M3 Max"), stack="tf2.5")


def test_published_epochs_of_apple_lie_in_the_band(shared_data: Path) -> None:
    """ResNet-50 at 224 px under PyTorch, where loading hides behind the step."""
    inside, errors = [], []
    with (shared_data / "timings" / "apple_and_nvidia_resnet50_epochs.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["framework"] != "pytorch" or row["image_px"] != "224" or "Apple" not in row["device"]:
                continue
            batch = int(row["batch"])
            measured = batch / float(row["images_per_s_if_all_train_images"])
            step = predict_step(named_network("resnet50", classes=101), batch=batch, device=row["device"])
            inside.append(step.interval_seconds[0] <= measured <= step.interval_seconds[1])
            errors.append(abs(log(step.seconds / measured)))
    assert len(inside) == 9
    assert sum(inside) >= 8
    assert sorted(errors)[len(errors) // 2] < 0.25

"""A device that no model knows: a step that was measured there is its time, in that setting and nowhere else."""

from __future__ import annotations

import pytest

from cloudcost.catalog.devices import device, devices
from cloudcost.errors import TimingError, UnknownDeviceError
from cloudcost.networks.registry import named_network
from cloudcost.timing.calibration.calibration import base_model
from cloudcost.timing.predict import Measured, predict_step
from cloudcost.timing.rates.library import SHEET_SD, has_relatives, state_time

RESNET18 = named_network("resnet18")
UNTIMED = [name for name, each in devices().items() if each.kind == "gpu" and each.architecture != "Apple"]
UNTIMED = [name for name in UNTIMED if not has_relatives(device(name))]


def test_some_devices_have_no_relatives_and_those_of_measured_generations_do() -> None:
    assert {"B200", "B300", "MI300X", "Arc A770", "RX 580"} <= set(UNTIMED)
    assert not {"T4", "RTX 5090", "H200", "L40S", "RX 9070 XT", "GTX 1650"} & set(UNTIMED)


@pytest.mark.parametrize("name", UNTIMED)
def test_each_of_them_is_refused_with_a_way_on_that_is_one(name: str) -> None:
    with pytest.raises(TimingError, match="no timing model for") as told:
        predict_step(RESNET18, batch=8, device=name)
    assert state_time(name) in str(told.value)
    step = predict_step(RESNET18, batch=8, device=name, measured={name: 0.25})
    assert (step.seconds, step.basis) == (0.25, "measured")
    assert (step.fits_memory is None) == (device(name).memory_bytes is None)
    assert base_model(name, "server", "torch", "default", channels_last=False).device_sd == SHEET_SD


@pytest.mark.parametrize(
    "other",
    [
        Measured(device="MI300X", seconds=0.25, batch=16),
        Measured(device="MI300X", seconds=0.25, gpus=2),
        Measured(device="MI300X", seconds=0.25, precision="amp"),
        Measured(device="MI300X", seconds=0.25, network=named_network("resnet34")),
        Measured(device="Arc A770", seconds=0.25),
    ],
)
def test_a_step_in_another_setting_is_no_time_of_this_one(other: Measured) -> None:
    with pytest.raises(TimingError, match="no timing model for MI300X"):
        predict_step(RESNET18, batch=8, device="MI300X", measured=[other])


def test_a_device_that_is_in_no_table_can_be_stated_too() -> None:
    step = predict_step(RESNET18, batch=8, device="TPU v4", measured={"TPU v4": 0.03})
    assert (step.seconds, step.basis, step.fits_memory) == (0.03, "measured", None)
    with pytest.raises(UnknownDeviceError):
        predict_step(RESNET18, batch=8, device="TPU v4", measured={"TPU v5": 0.03})


def test_a_step_on_such_a_device_leaves_others_as_they_are_and_says_so() -> None:
    plain = predict_step(RESNET18, batch=8, device="T4")
    other = predict_step(RESNET18, batch=8, device="T4", measured={"MI300X": 0.25})
    assert (plain.seconds, plain.basis, plain.interval_seconds) == (other.seconds, other.basis, other.interval_seconds)
    assert other.notes == (*plain.notes, "A step on MI300X tells nothing of other devices: no model knows it.")

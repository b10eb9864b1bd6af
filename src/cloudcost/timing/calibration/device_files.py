"""Which device the file of a model is of: a calibration, a GPU's device model, or a machine that was profiled."""

from __future__ import annotations

from pathlib import Path

from cloudcost.catalog.devices import find_device
from cloudcost.frozen import dataclass
from cloudcost.timing.calibration.calibration_file import calibration_of_file
from cloudcost.timing.calls.own_machine_file import machine_of_file
from cloudcost.timing.rates.library import model_from_file


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFile:
    """What a device model's file says of itself.

    Parameters
    ----------
    name : str
        Of the device, as the file has it.
    device : str or None
        Of the catalogue; None where it is none of that.
    host : str
        Of the table of hosts; empty where the file says nothing of it.
    origin : str
        What its times rest on.
    """

    name: str
    device: str | None
    host: str
    origin: str


def read_device_file(path: str) -> DeviceFile:
    """Return what a device model's file is of.

    Raises
    ------
    InputError
        When the file cannot be read, or holds neither a model nor a calibration.
    """
    calibration = calibration_of_file(path)
    if calibration is not None:
        count = len(calibration.runs)
        runs = "1 measured step" if count == 1 else f"{count} measured steps"
        origin = f"the model of the {calibration.device} in {calibration.host}, calibrated by {runs}"
        return _file(calibration.device, calibration.host, f"{origin} of {calibration.created}")
    machine = machine_of_file(path)
    if machine is not None:
        return _file(machine.name, "", f"operations that were timed on {machine.name}")
    model = model_from_file(Path(path))
    return _file(model.device, "", f"a device model of the {model.device}")


def _file(name: str, host: str, origin: str) -> DeviceFile:
    known = find_device(name)
    return DeviceFile(name=name, device=None if known is None else known.name, host=host, origin=origin)

"""A machine that is timed by a file of the user's, a calibration or a device model, which an option has as its device.

The file stands for the device that it is of wherever something else is asked than times: power, launch day, memory.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cloudcost.catalog.devices import is_device_file
from cloudcost.domain.project import Option
from cloudcost.errors import InputError
from cloudcost.options.times.context import TimingContext
from cloudcost.usage.machines.machine import Machine


def machine_with_file(option: Option, timing: TimingContext, machine_of: Callable[[Option], Machine]) -> Machine:
    """Return an option's machine, timed by the file that it names as its device where it names one.

    Parameters
    ----------
    option : Option
    timing : TimingContext
        Knows the folder that relative paths start from.
    machine_of : callable
        Returns the machine of an option that names a device of the catalogue.

    Raises
    ------
    InputError
        When the file cannot be read, holds no model, or is of another machine than the option says.
    """
    if option.device is None or not is_device_file(option.device):
        return machine_of(option)
    from cloudcost.timing.calibration.device_files import read_device_file

    place, path = f"{timing.file}:option.{option.name}", str(timing.folder / option.device)
    try:
        found = read_device_file(path)
    except InputError as error:
        raise InputError(*(f"{place}.device: {fault}" for fault in error.faults)) from None
    stated = option.hours_per_run is not None or option.seconds_per_step is not None
    if option.host is not None and not stated and option.host != found.host:
        theirs = f"is of {found.host}" if found.host else "holds its machine whole"
        raise InputError(f"{place}.host: {option.device} {theirs}, {option.host!r}, remove host or name another file")
    if found.device is None and option.local is not None and option.local.watts is None:
        raise InputError(f"{place}.watts: not given, and {found.name} is in no table of devices, state watts = 200")
    machine = machine_of(replace(option, device=found.device))
    if machine.instance is not None and machine.instance.device != found.device:
        held = machine.instance.device or machine.instance.accelerator or "no GPU"
        raise InputError(
            f"{place}.device: {option.device} is of the {found.name}, not of {held}, which {option.instance} holds, "
            "remove device"
        )
    if stated:
        return machine
    note = f"times by {option.device}: {found.origin}"
    return replace(machine, model_file=path, notes=(*machine.notes, note))

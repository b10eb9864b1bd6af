"""From files of measurements to a device model: of a known device scaled, or of this machine alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cloudcost.catalog.devices import device as named_device
from cloudcost.catalog.near import did_you_mean
from cloudcost.catalog.training.hosts import host as named_host
from cloudcost.catalog.training.hosts import usual_host
from cloudcost.domain.profile import Profile
from cloudcost.errors import CatalogError, InputError, repeated
from cloudcost.profiling.calibration.runs import Usual, read_runs
from cloudcost.profiling.fit import fit_machine
from cloudcost.profiling.record import read_profile
from cloudcost.timing.calibration.calibrate import calibrate
from cloudcost.timing.calibration.calibration import Calibration
from cloudcost.timing.calls.own_machine import CallModel
from cloudcost.timing.levels.compose import STACKS, TORCH


def fitted_machine(paths: Sequence[str]) -> tuple[CallModel, list[tuple[str, Profile]]]:
    """Return the device model of the machine that profiles were made on, and the profiles by their paths.

    Raises
    ------
    InputError
        With every file that cannot be read.
    """
    faults: list[str] = []
    named: list[tuple[str, Profile]] = []
    for path in dict.fromkeys(paths):
        try:
            named.append((path, read_profile(path)))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(*faults)
    return fit_machine(named), named


def fitted_calibration(
    paths: Sequence[str], *, device: str, host: str | None, stack: str | None, created: date
) -> Calibration:
    """Return by what the model of a known device is scaled on the machine of some runs.

    Raises
    ------
    InputError
        When the device, the host or the stack is not known, or a file cannot be read.
    """
    try:
        known = named_device(device)
        around = usual_host(known).name if host is None else named_host(host).name
    except CatalogError as error:
        raise InputError(f"fit: {error}") from None
    if stack is not None and stack not in STACKS:
        near = did_you_mean(stack, STACKS, otherwise="take one")
        raise InputError(f"fit:--stack: none of {', '.join(STACKS)}, {repeated(stack)}, {near}")
    software = stack or TORCH
    usual = Usual(device=known.name, host=None if host is None else around, stack=software)
    runs, system = read_runs(paths, usual)
    return calibrate(known.name, runs, host=around, stack=software, created=created.isoformat(), system=system)

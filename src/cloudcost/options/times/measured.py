"""What a profile of this CNN says about an option: its own time on the machine that was profiled, a anchor elsewhere.

A profile made on a GPU of the device table anchors the predictions for all devices. One made on a CPU is the time of
local options that train on that CPU; of a GPU it tells nothing, and that is said.
"""

from __future__ import annotations

from dataclasses import replace
from math import exp
from typing import TYPE_CHECKING

from cloudcost.catalog.devices import device
from cloudcost.domain.kinds import facts_of
from cloudcost.domain.network import Network
from cloudcost.domain.profile import Profile
from cloudcost.domain.project import Option, Training
from cloudcost.domain.timing import StepTime
from cloudcost.errors import InputError, MixedEnvironmentError, UnknownDeviceError
from cloudcost.usage.machines.machine import Machine

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

OF_A_CPU = "the profile was made on a processor, which tells nothing of a GPU: its time comes from the model alone"


def read_measured(path: Path, *, place: str) -> Profile:
    """Return the profile that a training names.

    Raises
    ------
    InputError
        When it cannot be read; the message has the project file's key.
    """
    from cloudcost.profiling.record import read_profile

    try:
        return read_profile(path)
    except InputError as error:
        raise InputError(*(f"{place}: {fault}" for fault in error.faults)) from None
    except ValueError:
        raise InputError(f"{place}: no valid path, {str(path)!r}, correct it") from None


def check_profile(
    profile: Profile, training: Training, *, place: str, network: Network | None = None
) -> tuple[str, ...]:
    """Return in what a profile differs from its training without being useless, one sentence each.

    Parameters
    ----------
    profile : Profile
    training : Training
    place : str
        Project file and key, for messages.
    network : Network, optional
        The training's, where something besides the profile says what it is.

    Raises
    ------
    InputError
        When it was made with images of another size or of another CNN, or holds no step.
    """
    from cloudcost.profiling.use import profile_faults, same_layers, same_training

    found = profile_faults(
        profile,
        image_px=training.image_px,
        inputs=training.inputs,
        precision=training.precision,
        optimizer=training.optimizer,
        channels_last=training.channels_last,
        cudnn_benchmark=bool(training.cudnn_benchmark),
    )
    fatal = [each for each in found if "px" in each or "no step" in each]
    if training.freeze is not None and not profile.network.ops:
        fatal.append("it holds whole steps of a module that cannot be traced, of which freeze changes nothing")
    elif network is not None and not same_layers(profile.network, network):
        fatal.append(f"its CNN is {profile.network.name}, whose layers are not those of {training.network}")
    elif network is not None and not same_training(profile.network, network):
        fatal.append(f"it trains other layers of {profile.network.name} than the training, which --freeze says")
    if fatal:
        raise InputError(*(f"{place}: {each}, {training.profile!r}, profile the CNN anew" for each in fatal))
    return tuple(f"{training.name}: of its profile, {each}" for each in found)


def check_environments(profile: Profile, others: Mapping[str, Profile], training: Training, *, place: str) -> None:
    """Refuse a profile that was made in another environment than the project's others on the same kind of device.

    Precision and memory format belong to a training and may differ.

    Parameters
    ----------
    profile : Profile
    others : mapping of str to Profile
        By path, as the project names them.
    training : Training
    place : str
        Project file and key, for messages.

    Raises
    ------
    InputError
        Naming the first difference.
    """
    from cloudcost.profiling.record import require_one_environment

    mine = profile.environment
    alike = [
        (path, replace(other.environment, precision=mine.precision, channels_last=mine.channels_last))
        for path, other in others.items()
        if other.environment.device == mine.device
    ]
    try:
        require_one_environment([*alike, (str(training.profile), mine)])
    except MixedEnvironmentError as error:
        raise InputError(f"{place}: {error}") from None


def profiled_device(profile: Profile) -> str | None:
    """Return the name of the GPU that was profiled as the device table has it; None for a CPU or an unknown GPU."""
    if profile.environment.device != "cuda":
        return None
    try:
        return device(profile.environment.processor).name
    except UnknownDeviceError:
        return None


def is_profiled_machine(profile: Profile, option: Option, machine: Machine) -> bool:
    """Return whether an option trains on the machine that was profiled: a local one that names no other device."""
    if not facts_of(option).at_home or machine.gpus != 1:
        return False
    if machine.device is None:
        return True
    if profile.environment.device == "cuda":
        return profiled_device(profile) == machine.device
    return device(machine.device).kind == "cpu"


def measured_step(profile: Profile, batch: int, *, level: float) -> StepTime:
    """Return the profile's own time of a step at a batch size.

    Parameters
    ----------
    batch : int
        [images]
    level : float
        Probability that the band claims. [1]
    """
    from statistics import NormalDist

    from cloudcost.profiling.use import step_seconds

    seconds, sd = step_seconds(profile, batch)
    reach = exp(NormalDist().inv_cdf((1 + level) / 2) * sd)
    environment = profile.environment
    return StepTime(
        seconds=seconds,
        interval_seconds=(seconds / reach, seconds * reach),
        level=level,
        shared_sd=0.0,
        own_sd=sd,
        basis="measured",
        stack=f"PyTorch {environment.torch}, {environment.backend}",
        notes=(f"measured on {environment.processor}, {environment.threads} threads",),
    )

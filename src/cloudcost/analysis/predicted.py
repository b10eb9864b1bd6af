"""Seconds per step of a CNN on each of several devices and machines: which are asked for, and what can be told."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, get_args

from cloudcost.domain.project import Optimizer, Precision
from cloudcost.errors import InputError, TimingError, listed, repeated
from cloudcost.figures import figure
from cloudcost.frozen import dataclass
from cloudcost.render.listings.predictions import PredictedStep, Predictions
from cloudcost.render.tables.columns import plain

if TYPE_CHECKING:
    from cloudcost.domain.devices import Instance
    from cloudcost.domain.network import Network
    from cloudcost.domain.timing import StepTime

DEFAULT_DEVICES = ("K80", "M60", "T4", "L4", "A10G", "V100", "A100", "H100")
"""Listed where neither a device nor an instance is named."""
LARGEST_BATCH = 1_000_000
"""A larger batch is taken for a mistake. [images]"""
LARGEST_GPUS = 16
"""GPUs of one machine, at most. [count]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepQuestion:
    """On what, and how, a CNN is trained; as `cloudcost.timing.predict.predict_step` has it.

    Parameters
    ----------
    batch : int
        Per GPU. [images]
    devices, instances : tuple of str
        Without either, devices that a cloud rents out.
    gpus : int or None
        Of one machine; None for one, or all of an instance. [count]
    link, precision, optimizer, channels_last, stack, cudnn_benchmark, host
    measured : mapping of str to float
        Steps of this CNN at this batch, by device. [s]
    """

    batch: int
    devices: tuple[str, ...] = ()
    instances: tuple[str, ...] = ()
    gpus: int | None = None
    link: str | None = None
    precision: Precision = "default"
    optimizer: Optimizer = "sgd"
    channels_last: bool = False
    stack: str | None = None
    cudnn_benchmark: bool | None = None
    host: str | None = None
    measured: Mapping[str, float] = field(default_factory=dict)


def predicted_steps(network: Network, question: StepQuestion) -> Predictions:
    """Return the time of a step on each device and machine that is asked for.

    Raises
    ------
    InputError
        With every fault of the question, ``predict:ARGUMENT: what, value, remedy``.
    TimingError
        When no model can tell of any of them.
    """
    check_question(question)
    _check_measured(question, network)
    rows: list[PredictedStep] = []
    targets, faults = _targets(question)
    for device, instance, gpus in targets:
        try:
            step = _predict(network, question, device, instance, gpus)
        except TimingError as error:
            faults.append(error)
            continue
        rows.append(PredictedStep(device=device, instance=instance, gpus=gpus, step=step))
    if not rows:
        raise type(faults[0])(listed(list(dict.fromkeys(map(str, faults)))))
    return Predictions(
        network=network,
        batch=question.batch,
        precision=question.precision,
        rows=tuple(rows),
        untold=tuple(str(fault) for fault in faults),
        stack=question.stack,
        host=question.host,
    )


def check_question(question: StepQuestion) -> None:
    """Refuse counts that are none, and names that are not known.

    Raises
    ------
    InputError
        With every fault, ``predict:ARGUMENT: what, value, remedy``.
    """
    faults = []
    if not 1 <= question.batch <= LARGEST_BATCH:
        faults.append(f"predict:batch: 1 to {LARGEST_BATCH:,} images per GPU, not {question.batch}")
    if question.gpus is not None and not 1 <= question.gpus <= LARGEST_GPUS:
        faults.append(f"predict:gpus: 1 to {LARGEST_GPUS} of one machine, not {question.gpus}")
    faults += _unknown_names(question)
    faults += _no_files(question.devices)
    faults += _own_hosts(question)
    if question.host is not None:
        from cloudcost.catalog.training.hosts import host
        from cloudcost.errors import CatalogError

        try:
            host(question.host)
        except CatalogError as error:
            what, _, remedy = str(error).partition("; ")
            faults.append(f"predict:host: {plain(what)}, {remedy}")
    if question.stack is not None:
        from cloudcost.catalog.near import did_you_mean
        from cloudcost.timing.levels.compose import plain_stack
        from cloudcost.timing.possible import known_stacks

        stacks = known_stacks(question.devices)
        if plain_stack(question.stack) not in {plain_stack(each) for each in stacks}:
            known = f"known are {', '.join(stacks)}"
            remedy = did_you_mean(question.stack, stacks, 1, otherwise=known)
            remedy = remedy if remedy == known else f"{remedy} {known}"
            faults.append(f"predict:stack: no measurement is of this stack, {plain(question.stack)!r}, {remedy}")
    if faults:
        raise InputError(*faults)


def _no_files(devices: Sequence[str]) -> list[str]:
    """Return a fault for each device that is written as a path, of what is no device model's file by its name."""
    from cloudcost.catalog.devices import find_device, is_device_file

    return [
        f"predict:device: no device model's file, {plain(name)!r}, such a file ends in .json"
        for name in devices
        if "/" in name and not is_device_file(name) and find_device(name) is None
    ]


def _own_hosts(question: StepQuestion) -> list[str]:
    """Return a fault for each device model's file beside a host: its times are of the host that it was measured in."""
    from cloudcost.catalog.devices import is_device_file

    if question.host is None:
        return []
    return [
        f"predict:host: {plain(name)} has a host of its own, {plain(question.host)!r}, leave out the host or the file"
        for name in question.devices
        if is_device_file(name)
    ]


def _unknown_names(question: StepQuestion) -> list[str]:
    """Return a fault for each name that is none of the few that there are."""
    from cloudcost.catalog.near import did_you_mean
    from cloudcost.timing.communication import LINKS

    asked: dict[str, tuple[str | None, Sequence[str]]] = {
        "precision": (question.precision, get_args(Precision)),
        "optimizer": (question.optimizer, get_args(Optimizer)),
        "link": (question.link, tuple(LINKS)),
    }
    faults = []
    for key, (name, known) in asked.items():
        if name is not None and name not in known:
            near = did_you_mean(str(name), known)
            listing = f"{near} known are {', '.join(known)}".strip()
            faults.append(f"predict:{key}: not known, {repeated(plain(str(name)))}, {listing}")
    return faults


def _check_measured(question: StepQuestion, network: Network) -> None:
    """Refuse steps that are faster than the device computes, or longer than anybody waits."""
    from cloudcost.catalog.devices import find_device, is_device_file, unknown_device
    from cloudcost.timing.possible import MOST_SECONDS, least_seconds

    faults = []
    for device, seconds in question.measured.items():
        if device not in question.devices and not is_device_file(device) and find_device(device) is None:
            what, remedy = unknown_device(device)
            faults.append(f"predict:measured: {what} {plain(device)!r}, {remedy}")
            continue
        least = least_seconds(network, question.batch, device, question.precision)
        text = repr(f"{plain(device)}={seconds:g}")
        if not 0 < seconds < math.inf:
            faults.append(f"predict:measured: seconds above 0, {text}, give those of one step")
        elif seconds < least:
            faults.append(
                f"predict:measured: faster than {plain(device)} computes, {text}, a step of this batch takes "
                f"{figure(least)} s at its peak"
            )
        elif seconds > MOST_SECONDS:
            faults.append(f"predict:measured: longer than {MOST_SECONDS:,.0f} s, {text}, give the seconds of one step")
    if faults:
        raise InputError(*faults)


def _targets(question: StepQuestion) -> tuple[list[tuple[str, Instance | None, int]], list[TimingError]]:
    """Return what to predict for, and the instances that no model can speak for."""
    devices, instances = question.devices, question.instances
    if not devices and not instances:
        devices = DEFAULT_DEVICES
    targets: list[tuple[str, Instance | None, int]] = [(name, None, question.gpus or 1) for name in devices]
    faults = []
    for name in instances:
        try:
            targets.append(_instance_target(name, question.gpus))
        except TimingError as error:
            faults.append(error)
    return targets, faults


def _instance_target(name: str, gpus: int | None) -> tuple[str, Instance | None, int]:
    from cloudcost.catalog.devices import find_device
    from cloudcost.catalog.instances import instance

    found = instance(name)
    if found.device is None and not found.accelerator and find_device(found.name) is not None:
        return found.name, found, gpus or 1
    if found.device is None:
        what = found.accelerator or "no GPU"
        raise TimingError(f"no timing model for {name}: it has {what}, choose a GPU type or give --device")
    if found.gpu_count < 1:
        raise TimingError(
            f"no timing model for {name}: it holds {found.gpu_count} of a {found.device}, choose a whole GPU"
        )
    if gpus is not None and gpus > found.gpu_count:
        raise InputError(f"predict:gpus: {name} has {found.gpu_count} GPU, not {gpus}, choose a larger machine type")
    return found.device, found, gpus or int(found.gpu_count)


def _predict(
    network: Network,
    question: StepQuestion,
    device: str,
    instance: Instance | None,
    gpus: int,
) -> StepTime:
    from cloudcost.catalog.devices import find_device, is_device_file
    from cloudcost.timing.predict import predict_step

    # a step on a device that is in no table holds there alone, where that device is asked for too
    elsewhere = {name for name in question.devices if not is_device_file(name) and find_device(name) is None} - {device}
    return predict_step(
        network,
        batch=question.batch,
        device=device,
        gpus=gpus,
        link=question.link,
        precision=question.precision,
        optimizer=question.optimizer,
        channels_last=question.channels_last,
        stack=question.stack,
        cudnn_benchmark=question.cudnn_benchmark,
        host=question.host,
        measured={name: seconds for name, seconds in question.measured.items() if name not in elsewhere},
        instance=instance,
    )

"""Seconds per training step of a CNN on a device, with a band and where the estimate comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import exp, hypot, log, log2, prod, sqrt
from typing import TYPE_CHECKING

from cloudcost.catalog.devices import device as catalogued
from cloudcost.catalog.devices import find_device, is_device_file
from cloudcost.catalog.training.hosts import host as named_host
from cloudcost.catalog.training.hosts import usual_host
from cloudcost.catalog.training.optimizers import optimizer_facts
from cloudcost.domain.project import Precision
from cloudcost.domain.timing import Basis, StepTime
from cloudcost.errors import TimingError, UnknownDeviceError
from cloudcost.frozen import dataclass
from cloudcost.timing.anchors import Known, Parts, Place, correct, tells
from cloudcost.timing.bands import CLOSE, interval
from cloudcost.timing.beside.notes import loader_notes, memory_notes, release_notes
from cloudcost.timing.beside.search import search_effect
from cloudcost.timing.beside.stated import Measured, stated_step
from cloudcost.timing.communication import SEVERAL_STACKS
from cloudcost.timing.levels.compose import TORCH, plain_stack
from cloudcost.timing.memory import USABLE, largest_batch, step_bytes
from cloudcost.timing.rates.device_model import DeviceModel
from cloudcost.timing.rates.library import PRECISIONS
from cloudcost.timing.rates.stepping import cell_of, default_link, model_of, seconds_on
from cloudcost.timing.rates.workload import ModelledStep, kept_on, modelled_step, network_features

if TYPE_CHECKING:
    from cloudcost.catalog.training.hosts import Host
    from cloudcost.domain.devices import Instance
    from cloudcost.domain.network import Network
    from cloudcost.timing.calls.own_machine import CallModel

LIKELY_STACK_SD = 0.08
"""The same where PyTorch is assumed, not stated: releases, cuDNN's choice of algorithms, settings. [1]"""
STACK_SD = 0.22
"""Of the log: how far software stacks differ on one CNN and GPU. Published ResNet-50 figures of one GPU differ by up
to 1.5, in 2018-2021 by up to 2.0; calibrated on the published rows of fitted devices. [1]"""
OWN_PART = 0.1
"""Share of a cell's variance that not even its neighbours on the same device have in common. [1]"""
UNSEEN_SD = 0.5
"""Of the log, of time in operations or ranges that no measurement covers. [1]"""
LARGE_SD = 0.3
"""Of the log, of time in convolutions of 5x5 and larger: libraries switch between direct products and Fourier
transforms there, which one coefficient for all of them cannot follow. [1]"""

UNUSED = "Measured steps do not change the times of a machine's own device model: they are not used here."


def predict_step(
    network: Network,
    *,
    batch: int,
    device: str,
    gpus: int = 1,
    link: str | None = None,
    precision: Precision = "default",
    optimizer: str = "sgd",
    channels_last: bool = False,
    stack: str | None = None,
    cudnn_benchmark: bool | None = None,
    host: str | Host | None = None,
    measured: Mapping[str, float] | Sequence[Measured] = (),
    instance: Instance | None = None,
    level: float = 0.8,
) -> StepTime:
    """Return the time of one training step.

    Parameters
    ----------
    network : Network
    batch : int
        Per GPU. [images]
    device : str
        Name of a device (``T4``), or the path of a device model (ends in ``.json``).
    gpus : int
        Of one machine. [count]
    link : {"pcie", "nvlink", "network"}, optional
        How they reach one another; from the device unless given.
    precision : {"default", "fp32", "tf32", "amp", "bf16", "half"}
        ``default`` is PyTorch's: TF32 convolutions with FP32 matrix products where there is TF32, else FP32.
    optimizer : {"sgd", "momentum", "adam"}
    channels_last : bool
        Memory format.
    stack : {"torch", "torch-compile", "tf2.5", "tuned"}, optional
        The software that will run. Unless given eager PyTorch 2 is assumed (TensorFlow 2.5 on a K80 and an M60, which
        were measured with that alone), with a slightly wider band.
    cudnn_benchmark : bool, optional
        Whether PyTorch will try cuDNN's algorithms on each shape; off, as its default, unless stated.
    host : str or Host, optional
        The computer around the GPU (``g5``, ``desktop-wsl2``, ``ryzen-7000``); the instance's, or where such devices
        are usually found, unless given.
    measured : mapping of str to float, or sequence of Measured
        Times of this CNN [s]; a mapping names the device and speaks of the same batch and settings.
    instance : Instance, optional
        Gives the host, and the vCPUs: notes where decoding images there would be slower than the step.
    level : float
        Probability that the band claims.

    Raises
    ------
    UnknownDeviceError
        When there is no such device; the message names the nearest.
    TimingError
        When no model can tell.
    UnknownOpError
        When the network has an operation without features.
    InputError
        When a device model's file is of another precision or memory format, or a machine's of another stack.
    ValueError
        When a number makes no sense: a batch or a count below 1.
    """
    _check(batch, gpus, precision, optimizer)
    machine = _own_machine(device)
    if machine is not None:
        from cloudcost.timing.calls.own_machine import predict_machine_step

        own = predict_machine_step(
            machine,
            network,
            batch,
            optimizer=optimizer,
            precision=precision,
            channels_last=channels_last,
            stack=stack,
            processes=gpus,
            level=level,
        )
        return replace(own, notes=(*own.notes, UNUSED)) if measured else own
    features = network_features(network)
    stack = None if stack is None else plain_stack(stack)
    steps = _as_measured(measured)
    try:
        around = host_of(device, host, instance)
        model, note = model_of(device, precision, channels_last, stack, around)
    except (UnknownDeviceError, TimingError):
        known_step = stated_step(
            steps, network, batch=batch, device=device, gpus=gpus, precision=precision, optimizer=optimizer,
            stack=stack, level=level,
        )  # fmt: skip
        if known_step is None:
            raise
        return known_step
    notes = [note] if note else []
    if channels_last and not model.channels_last:
        notes.append(f"Under {model.stack} the software lays tensors out by itself: channels last changes nothing.")
    if not is_device_file(device):
        notes += release_notes(catalogued(device), model.stack)
    one = cell_of(model, features, batch, device, channels_last, stack=stack, host=around)
    parts = error_parts(model, one, stack)
    sheet = find_device(model.device)
    if sheet is not None:
        search_sd, said_of_it = search_effect(
            sheet, model.stack, asked=cudnn_benchmark, stack_stated=stack is not None, calibrated=model.calibrated > 0
        )
        parts = replace(parts, stack=hypot(parts.stack, search_sd))
        notes += [said_of_it] if said_of_it else []
    known, basis, said = _known(
        steps,
        _Asked(network, device, batch, gpus, precision, optimizer, channels_last, stack, link, model, around),
    )
    notes += said
    shift, shared_sd, own_sd = correct(parts, model.device, cell_place(network, batch), known)
    if basis == "anchored" and not tells(parts, model.device, cell_place(network, batch), known):
        basis = None
        notes.append("What was measured elsewhere tells next to nothing here: the step stays the model's.")
    seconds = seconds_on(model, features, one, gpus, link, optimizer) * network.share * exp(shift)
    if gpus > 1 and stack is None and not known and model.device in SEVERAL_STACKS:
        seconds *= SEVERAL_STACKS[model.device]
        notes.append(f"Several {model.device}: measured with TensorFlow 1.2 and Torch7 (2017), faster than one here.")
    if basis is None:
        basis = model.basis
    kept = kept_on(model, features)
    need = step_bytes(
        kept,
        features.parameters,
        batch=batch,
        optimizer=optimizer,
        precision=_real(model, precision),
        frozen=features.frozen,
    )
    fits, largest = None, None
    if model.memory_bytes is not None:
        fits = need <= USABLE * model.memory_bytes
        largest = largest_batch(
            kept,
            features.parameters,
            memory_bytes=model.memory_bytes,
            optimizer=optimizer,
            precision=_real(model, precision),
            frozen=features.frozen,
        )
        notes += memory_notes(need, model.memory_bytes, largest)
    if instance is not None:
        notes += loader_notes(instance, batch * gpus, network.input[-1], seconds)
    if parts.stack >= STACK_SD and basis == model.basis:
        other = f"nothing with {stack}" if stack else "another software stack may differ"
        notes.append(f"Measured with {model.stack_text}; {other}, which the band holds.")
    if one.unseen > 0.05:
        notes.append(f"{100 * one.unseen:.0f} % of the time goes to layers unlike those timed: the band is wider.")
    return StepTime(
        seconds=seconds,
        interval_seconds=interval(seconds, shared_sd, own_sd, level),
        level=level,
        shared_sd=shared_sd,
        own_sd=own_sd,
        basis=basis,
        fits_memory=fits,
        largest_batch=largest,
        memory_bytes=need,
        stack=model.stack,
        unseen_share=min(one.unseen, 1.0),
        notes=tuple(notes),
    )


def predict_forward(
    network: Network, *, batch: int, device: str, precision: Precision = "default", channels_last: bool = False
) -> float:
    """Return the share of a training step that a forward pass alone takes, as in validation. [1]

    Raises
    ------
    UnknownDeviceError, TimingError
        As `predict_step`.
    """
    _check(batch, 1, precision, "sgd")
    machine = _own_machine(device)
    if machine is not None:
        from cloudcost.timing.calls.own_machine import forward_share

        return forward_share(machine, network, batch)
    model, _ = model_of(device, precision, channels_last)
    return modelled_step(model, network_features(network), batch).forward


def _own_machine(device: str) -> CallModel | None:
    """Return the machine that a device model's file holds; None for a GPU."""
    if not is_device_file(device):
        return None
    from cloudcost.timing.calls.own_machine_file import machine_of_file

    return machine_of_file(device)


@dataclass(frozen=True, slots=True)
class _Asked:
    network: Network
    device: str
    batch: int
    gpus: int
    precision: Precision
    optimizer: str
    channels_last: bool
    stack: str | None
    link: str | None
    model: DeviceModel
    host: Host | None


def host_of(device: str, host: str | Host | None, instance: Instance | None = None) -> Host | None:
    """Return the host that was stated, or an instance's; None for the one that a device is usually found in.

    Raises
    ------
    CatalogError
        When there is no host of that name.
    """
    if is_device_file(device):
        return None
    if isinstance(host, str):
        return named_host(host)
    if host is None and instance is not None:
        return usual_host(catalogued(device), instance)
    return host


def _check(batch: int, gpus: int, precision: str, optimizer: str) -> None:
    if batch < 1:
        raise ValueError(f"a batch is at least 1 image, not {batch}")
    if gpus < 1:
        raise ValueError(f"a machine trains on at least 1 GPU, not {gpus}")
    if precision not in PRECISIONS:
        raise ValueError(f"precision {precision!r} is none of {', '.join(PRECISIONS)}")
    optimizer_facts(optimizer)


def error_parts(model: DeviceModel, one: ModelledStep, stack: str | None) -> Parts:
    """Return the standard deviations of a cell's log error, by part; `stack` is what will run, None if unknown."""
    matched = _same_stack(stack or (model.stack if model.calibrated else TORCH), model.stack)
    assumed = LIKELY_STACK_SD if stack is None and not model.calibrated else 0.0
    left, by_device = model.residual_sd**2, 1.0
    if model.host_residual_sd is not None:
        by_device = 1 - one.host_share
        left = model.residual_sd**2 * by_device + model.host_residual_sd**2 * one.host_share
    spread = CLOSE**2 * (left + one.variance) + (UNSEEN_SD * one.unseen) ** 2 + (LARGE_SD * one.large) ** 2
    return Parts(
        stack=assumed if matched else STACK_SD,
        whole_device=hypot(model.device_sd * by_device, model.host_sd * one.host_share),
        network=sqrt(model.shared_share * spread),
        device=sqrt((1 - OWN_PART - model.shared_share) * spread),
        own=sqrt(OWN_PART * spread),
    )


def cell_place(network: Network, batch: int) -> Place:
    """Return where a cell lies among image sizes and batches, in doublings."""
    return log2(prod(network.input[1:])) / 2, log2(batch)


def _same_stack(one: str, other: str) -> bool:
    return "".join(one.lower().split()) == "".join(other.lower().split())


def _as_measured(measured: Mapping[str, float] | Sequence[Measured]) -> tuple[Measured, ...]:
    if isinstance(measured, Mapping):
        measured = [Measured(device=name, seconds=seconds) for name, seconds in measured.items()]
    for one in measured:
        if not one.seconds > 0:
            raise ValueError(f"a measured time is above 0 s, not {one.seconds} on {one.device}")
    return tuple(measured)


def _known(measured: Sequence[Measured], asked: _Asked) -> tuple[list[Known], Basis | None, list[str]]:
    """Return the anchors, the basis that they give, and what is said of those that give none."""
    known: list[Known] = []
    notes: list[str] = []
    basis: Basis | None = None
    for one in measured:
        precision = one.precision or asked.precision
        batch = one.batch or asked.batch
        network = one.network or asked.network
        here = one.device == asked.model.device
        host = asked.host if here else None
        name = asked.device if here else one.device  # a calibrated device is not scaled a second time
        try:
            model, _ = model_of(name, precision, asked.channels_last, asked.stack, host)
        except TimingError:
            notes.append(f"A step on {one.device} tells nothing of other devices: no model knows it.")
            continue
        features = network_features(network)
        there = cell_of(model, features, batch, name, asked.channels_last, stack=asked.stack, host=host)
        predicted = seconds_on(model, features, there, one.gpus, asked.link, asked.optimizer) * network.share
        same_device = model.device == asked.model.device
        known.append(
            Known(
                residual=log(one.seconds / predicted),
                parts=error_parts(model, there, asked.stack),
                device=model.device,
                place=cell_place(network, batch),
            )
        )
        if basis != "measured":
            basis = "measured" if same_device else "anchored"
    return known, basis, notes


def _real(model: DeviceModel, precision: Precision) -> Precision:
    return precision if model.half_bytes or precision not in ("amp", "bf16", "half") else "fp32"


__all__ = ["Measured", "default_link", "predict_forward", "predict_step"]

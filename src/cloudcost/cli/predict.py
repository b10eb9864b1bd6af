"""Seconds per training step of a CNN on devices and instances, with a band and where each figure comes from.

NETWORK is a torchvision name, a network JSON file (its own size holds), package.module:factory (needs the extra
torch), or timm:NAME, torchvision:NAME, smp:NAME where that package is installed. The batch is per GPU. A device is a
GPU's name or a device model's file; an instance stands for its GPUs. Without either, devices that a cloud rents out
are listed.

  cloudcost predict resnet50 --batch 64 --device T4 --device V100
  cloudcost predict my_cnn.json --batch 32 --instance g4dn.xlarge --stack tf2.5
  cloudcost predict resnet50 --batch 64 --device A100 --precision amp --measured T4=0.59
  cloudcost predict my_nets:make_net --input 1,28,28 --classes 10 --batch 64 --device T4
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, get_args

from cloudcost.cli.common import (
    add_format_argument,
    add_freeze_argument,
    format_of,
    screen_of,
    tell_all,
    tell_wrapped,
    with_freeze,
)
from cloudcost.cli.network_arguments import NETWORK_HELP, add_size_arguments, request_of
from cloudcost.domain.project import Optimizer, Precision
from cloudcost.errors import InputError, TimingError, listed
from cloudcost.figures import figure
from cloudcost.render.listings.outputs import PredictionsOutput
from cloudcost.render.listings.predictions import PredictedStep, Predictions
from cloudcost.render.outputs import written
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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("network", metavar="NETWORK", help=NETWORK_HELP)
    add_size_arguments(parser)
    parser.add_argument("--batch", type=_whole, required=True, metavar="B", help="images per step and GPU")
    add_freeze_argument(parser)
    parser.add_argument("--device", action="append", default=[], metavar="NAME", help="a GPU or a device model's file")
    parser.add_argument("--instance", action="append", default=[], metavar="TYPE", help="a machine type, p3.2xlarge")
    parser.add_argument("--gpus", type=_whole, metavar="K", help="GPUs (default: 1, or the instance's)")
    parser.add_argument("--link", choices=("pcie", "nvlink", "network"), help="between GPUs (default: the device's)")
    parser.add_argument(
        "--precision",
        choices=get_args(Precision),
        default="default",
        help="default: as PyTorch has it, TF32 convolutions where there is TF32, else fp32",
    )
    parser.add_argument("--channels-last", action="store_true", help="memory format (default: channels first)")
    parser.add_argument("--optimizer", choices=get_args(Optimizer), default="sgd", help="default: %(default)s")
    parser.add_argument(
        "--stack", metavar="KEY", help="software: torch, torch-compile, tf2.5, tuned (default: torch is assumed)"
    )
    parser.add_argument(
        "--cudnn-benchmark", action=argparse.BooleanOptionalAction, help="cuDNN's search for algorithms (default: off)"
    )
    parser.add_argument("--host", metavar="NAME", help="computer around the GPU: g5, desktop-wsl2, ryzen-7000-windows")
    parser.add_argument(
        "--measured",
        action="append",
        default=[],
        metavar="DEVICE=SECONDS",
        help="a measured step of this CNN at this batch",
    )
    add_format_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Predict and print; return the exit code."""
    from cloudcost.profiling.requests import requested_network

    _check_ranges(args)
    network = with_freeze(requested_network(request_of(args)), args)
    tell_wrapped(network.notes, output=args.format)
    measured = _measured(args.measured)
    _check_measured(measured, network, args)
    rows: list[PredictedStep] = []
    targets, faults = _targets(args)
    for device, instance, gpus in targets:
        try:
            step = _predict(network, args, device, instance, gpus, measured)
        except TimingError as error:
            faults.append(error)
            continue
        rows.append(PredictedStep(device=device, instance=instance, gpus=gpus, step=step))
    if not rows:
        raise type(faults[0])(listed(list(dict.fromkeys(map(str, faults)))))
    tell_all([str(fault) for fault in faults])
    found = Predictions(network=network, batch=args.batch, precision=args.precision, rows=tuple(rows))
    sys.stdout.write(written(PredictionsOutput(found, screen=screen_of(args)), format_of(args)))
    return 0


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a whole number, not {text!r}") from None


def _check_ranges(args: argparse.Namespace) -> None:
    faults = []
    if not 1 <= args.batch <= LARGEST_BATCH:
        faults.append(f"predict:--batch: 1 to {LARGEST_BATCH:,} images per GPU, not {args.batch}")
    if args.gpus is not None and not 1 <= args.gpus <= LARGEST_GPUS:
        faults.append(f"predict:--gpus: 1 to {LARGEST_GPUS} of one machine, not {args.gpus}")
    if args.host is not None:
        from cloudcost.catalog.training.hosts import host
        from cloudcost.errors import CatalogError

        try:
            host(args.host)
        except CatalogError as error:
            what, _, remedy = str(error).partition("; ")
            faults.append(f"predict:--host: {plain(what)}, {remedy}")
    if args.stack is not None:
        from cloudcost.catalog.near import did_you_mean
        from cloudcost.timing.levels.compose import plain_stack
        from cloudcost.timing.possible import known_stacks

        stacks = known_stacks(args.device)
        if plain_stack(args.stack) not in {plain_stack(each) for each in stacks}:
            known = f"known are {', '.join(stacks)}"
            remedy = did_you_mean(args.stack, stacks, 1, otherwise=known)
            remedy = remedy if remedy == known else f"{remedy} {known}"
            faults.append(f"predict:--stack: no measurement is of this stack, {plain(args.stack)!r}, {remedy}")
    if faults:
        raise InputError(*faults)


def _check_measured(measured: dict[str, float], network: Network, args: argparse.Namespace) -> None:
    """Refuse steps that are faster than the device computes, or longer than anybody waits."""
    from cloudcost.timing.possible import MOST_SECONDS, least_seconds

    faults = []
    for device, seconds in measured.items():
        least = least_seconds(network, args.batch, device, args.precision)
        text = repr(f"{plain(device)}={seconds:g}")
        if seconds < least:
            faults.append(
                f"predict:--measured: faster than {plain(device)} computes, {text}, a step of this batch takes "
                f"{figure(least)} s at its peak"
            )
        elif seconds > MOST_SECONDS:
            faults.append(
                f"predict:--measured: longer than {MOST_SECONDS:,.0f} s, {text}, give the seconds of one step"
            )
    if faults:
        raise InputError(*faults)


def _measured(texts: Sequence[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    faults = []
    for text in texts:
        device, _, number = text.rpartition("=")
        try:
            seconds = float(number)
        except ValueError:
            seconds = math.nan
        if not device or not 0 < seconds < math.inf:
            faults.append(f"predict:--measured: DEVICE=SECONDS above 0 such as T4=0.123, not {text!r}")
        elif device in found:
            faults.append(f"predict:--measured: {device} twice, {text!r}, keep one")
        else:
            found[device] = seconds
    if faults:
        raise InputError(*faults)
    return found


def _targets(args: argparse.Namespace) -> tuple[list[tuple[str, Instance | None, int]], list[TimingError]]:
    """Return what to predict for, and the instances that no model can speak for."""
    devices: list[str] = args.device
    instances: list[str] = args.instance
    if not devices and not instances:
        devices = list(DEFAULT_DEVICES)
    targets: list[tuple[str, Instance | None, int]] = [(name, None, args.gpus or 1) for name in devices]
    faults = []
    for name in instances:
        try:
            targets.append(_instance_target(name, args.gpus))
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
        raise InputError(f"predict:--gpus: {name} has {found.gpu_count} GPU, not {gpus}, choose a larger machine type")
    return found.device, found, gpus or int(found.gpu_count)


def _predict(
    network: Network,
    args: argparse.Namespace,
    device: str,
    instance: Instance | None,
    gpus: int,
    measured: dict[str, float],
) -> StepTime:
    from cloudcost.catalog.devices import find_device
    from cloudcost.timing.predict import predict_step

    # a step on a device that is in no table holds there alone, where that device is asked for too
    elsewhere = {name for name in args.device if not name.endswith(".json") and find_device(name) is None} - {device}
    return predict_step(
        network,
        batch=args.batch,
        device=device,
        gpus=gpus,
        link=args.link,
        precision=args.precision,
        optimizer=args.optimizer,
        channels_last=args.channels_last,
        stack=args.stack,
        cudnn_benchmark=args.cudnn_benchmark,
        host=args.host,
        measured={name: seconds for name, seconds in measured.items() if name not in elsewhere},
        instance=instance,
    )

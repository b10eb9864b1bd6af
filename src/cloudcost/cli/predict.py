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
import re
import sys
from collections.abc import Sequence
from typing import get_args

from cloudcost.analysis.predicted import StepQuestion, predicted_steps
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
from cloudcost.errors import InputError
from cloudcost.render.listings.outputs import PredictionsOutput
from cloudcost.render.outputs import written


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

    network = with_freeze(requested_network(request_of(args)), args)
    tell_wrapped(network.notes, output=args.format)
    question = StepQuestion(
        batch=args.batch,
        devices=tuple(args.device),
        instances=tuple(args.instance),
        gpus=args.gpus,
        link=args.link,
        precision=args.precision,
        optimizer=args.optimizer,
        channels_last=args.channels_last,
        stack=args.stack,
        cudnn_benchmark=args.cudnn_benchmark,
        host=args.host,
        measured=_measured(args.measured),
    )
    try:
        found = predicted_steps(network, question)
    except InputError as error:
        raise type(error)(*(_with_flags(fault) for fault in error.faults)) from None
    tell_all(found.untold)
    sys.stdout.write(written(PredictionsOutput(found, screen=screen_of(args)), format_of(args)))
    return 0


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a whole number, not {text!r}") from None


def _with_flags(fault: str) -> str:
    """Return a fault with the flag in place of the argument that it names."""
    return re.sub(r"^predict:([a-z])", r"predict:--\1", fault)


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

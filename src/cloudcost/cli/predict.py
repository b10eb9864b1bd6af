"""Seconds per training step of a CNN on devices and instances, with a band and where each figure comes from.

NETWORK is a torchvision name, a network JSON file (its own size holds) or package.module:factory (needs the extra
torch). The batch is per GPU. A device is a GPU's name or a device model's file; an instance stands for its GPUs.
Without either, devices that a cloud rents out are listed.

  cloudcost predict resnet50 --batch 64 --device T4 --device V100
  cloudcost predict my_cnn.json --batch 32 --instance g4dn.xlarge --stack tf2.5
  cloudcost predict resnet50 --batch 64 --device A100 --precision amp --measured T4=0.59
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import math
import sys
from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, assert_never

from cloudcost.cli.common import add_format_argument, format_of, tell_all, tell_wrapped
from cloudcost.errors import InputError, TimingError, listed
from cloudcost.figures import figure
from cloudcost.render.columns import plain

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
    parser.add_argument("network", metavar="NETWORK", help="a network's name, a network .json, package.module:factory")
    parser.add_argument("--image-px", type=_whole, metavar="N", help="height and width of the images (named networks)")
    parser.add_argument("--batch", type=_whole, required=True, metavar="B", help="images per step and GPU")
    parser.add_argument("--device", action="append", default=[], metavar="NAME", help="a GPU or a device model's file")
    parser.add_argument("--instance", action="append", default=[], metavar="TYPE", help="a machine type, p3.2xlarge")
    parser.add_argument("--gpus", type=_whole, metavar="K", help="GPUs (default: 1, or the instance's)")
    parser.add_argument("--link", choices=("pcie", "nvlink", "network"), help="between GPUs (default: the device's)")
    parser.add_argument("--precision", choices=("fp32", "tf32", "amp"), default="fp32", help="default: %(default)s")
    parser.add_argument("--channels-last", action="store_true", help="memory format (default: channels first)")
    parser.add_argument("--optimizer", choices=("sgd", "momentum", "adam"), default="sgd", help="default: %(default)s")
    parser.add_argument(
        "--stack", metavar="KEY", help="the software that will run: tf2.5 where it is the measured one (narrower band)"
    )
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
    _check_ranges(args)
    network = _network(args.network, args.image_px)
    tell_wrapped(network.notes, output=args.format)
    measured = _measured(args.measured)
    _check_measured(measured, network, args)
    rows: list[Row] = []
    targets, faults = _targets(args)
    for device, instance, gpus in targets:
        try:
            step = _predict(network, args, device, instance, gpus, measured)
        except TimingError as error:
            faults.append(error)
            continue
        rows.append((device, instance, gpus, step))
    if not rows:
        raise type(faults[0])(listed(list(dict.fromkeys(map(str, faults)))))
    tell_all([str(fault) for fault in faults])
    sys.stdout.write(_render(args, network, rows))
    return 0


Row = tuple[str, "Instance | None", int, "StepTime"]


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
    if args.stack is not None:
        from cloudcost.catalog.near import did_you_mean
        from cloudcost.timing.possible import known_stacks

        stacks = known_stacks(args.device)
        if args.stack.casefold() not in {each.casefold() for each in stacks}:
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


def _network(name: str, image_px: int | None) -> Network:
    if name.endswith(".json"):
        from cloudcost.networks.json_file import read_network

        network = read_network(name)
        if image_px is not None and network.input[1:] != (image_px, image_px):
            size = f"{network.input[1]}x{network.input[2]}"
            raise InputError(f"predict:--image-px: {name} holds a network for {size} px, leave out --image-px")
        return network
    from cloudcost.networks.registry import is_factory, named_network

    if is_factory(name):
        from cloudcost.profiling.worker.tracing.trace import trace_factory

        px = 224 if image_px is None else image_px
        traced: Network = trace_factory(name, input=(3, px, px))
        return traced
    return named_network(name, image_px=image_px)


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
    from cloudcost.catalog.instances import instance

    found = instance(name)
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
    from cloudcost.timing.predict import predict_step

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
        measured=measured,
        instance=instance,
    )


def _render(args: argparse.Namespace, network: Network, rows: Sequence[Row]) -> str:
    style = format_of(args)
    match style:
        case "json":
            return _json(args, network, rows)
        case "csv":
            return _csv(rows)
        case "md":
            return _markdown(args.batch, rows)
        case "text":
            return _text(args, network, rows)
        case _:
            assert_never(style)


def _json(args: argparse.Namespace, network: Network, rows: Sequence[Row]) -> str:
    gpus = {row[2] for row in rows}
    document = {
        "schema": "cloudcost.prediction/1",
        "network": network.name,
        "image_px": network.input[-1],
        "batch": args.batch,
        "global_batch": args.batch * gpus.pop() if len(gpus) == 1 else None,
        "precision": args.precision,
        "predictions": [
            {
                "device": device if instance is None else instance.device,
                "instance": None if instance is None else instance.name,
                "gpus": count,
                "global_batch": args.batch * count,
                "seconds_per_iteration": step.seconds,
                "interval_seconds": list(step.interval_seconds),
                "level": step.level,
                "images_per_second": args.batch * count / step.seconds,
                "fits_memory": step.fits_memory,
                "largest_batch": step.largest_batch,
                "memory_bytes": step.memory_bytes,
                "basis": step.basis,
                "stack": step.stack,
                "unseen_share": step.unseen_share,
                "notes": list(step.notes),
            }
            for device, instance, count, step in rows
        ],
    }
    return json.dumps(document, indent=2) + "\n"


WIDTH = 80
"""Columns of text output; no row of notes is wider. [characters]"""

_HEADS = ("device", "instance", "gpus", "s/step", "80 % band", "images/s", "fits", "largest batch", "basis")


def _cells(batch: int, row: Row) -> tuple[str, ...]:
    device, instance, gpus, step = row
    low, high = step.interval_seconds
    fits = {True: "yes", False: "no", None: "?"}[step.fits_memory]
    return (
        plain(device),
        "" if instance is None else instance.name,
        str(gpus),
        figure(step.seconds, 4),
        f"{figure(low)} - {figure(high)}",
        figure(batch * gpus / step.seconds, 4),
        fits,
        "?" if step.largest_batch is None else str(step.largest_batch),
        step.basis,
    )


def _text(args: argparse.Namespace, network: Network, rows: Sequence[Row]) -> str:
    height, width = network.input[1:]
    title = f"{plain(network.name)}, {height}x{width} px, batch {args.batch} per GPU, {args.precision}\n\n"
    table = [_HEADS, *(_cells(args.batch, row) for row in rows)]
    keep = [k for k in range(len(_HEADS)) if any(cells[k] for cells in table[1:])]
    widths = [max(len(cells[k]) for cells in table) for k in keep]
    lines = ["  ".join(cells[k].ljust(w) for k, w in zip(keep, widths, strict=True)).rstrip() for cells in table]
    notes: dict[str, list[str]] = {}
    for device, instance, _, step in rows:
        for note in step.notes:
            notes.setdefault(note, []).append(device if instance is None else instance.name)
    said = [
        row
        for note, where in notes.items()
        for row in wrap(f"{plain(', '.join(dict.fromkeys(where)))}: {note}", WIDTH, subsequent_indent="  ")
    ]
    return title + "\n".join(lines) + "\n" + ("\n" + "\n".join(said) + "\n" if said else "")


def _markdown(batch: int, rows: Sequence[Row]) -> str:
    lines = [f"| {' | '.join(_HEADS)} |", f"|{'---|' * len(_HEADS)}"]
    lines += [f"| {' | '.join(_cells(batch, row))} |" for row in rows]
    return "\n".join(lines) + "\n"


_CSV_HEADS = (
    "device", "instance", "gpus", "seconds_per_iteration", "low_seconds", "high_seconds", "level", "fits_memory",
    "largest_batch", "basis", "stack", "unseen_share",
)  # fmt: skip


def _csv(rows: Sequence[Row]) -> str:
    from cloudcost.render.columns import csv_cell

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_CSV_HEADS)
    for device, instance, gpus, step in rows:
        low, high = step.interval_seconds
        fits = "" if step.fits_memory is None else str(step.fits_memory).lower()
        largest = "" if step.largest_batch is None else step.largest_batch
        machine = "" if instance is None else instance.name
        times = (f"{value:.6g}" for value in (step.seconds, low, high))
        writer.writerow(
            (
                csv_cell(device),
                machine,
                gpus,
                *times,
                step.level,
                fits,
                largest,
                step.basis,
                csv_cell(step.stack),
                f"{step.unseen_share:.3g}",
            )
        )
    return out.getvalue()

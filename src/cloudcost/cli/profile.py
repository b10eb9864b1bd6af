"""Time a real training step of a real CNN on this machine, operation by operation (needs the extra torch).

NETWORK is a name of `cloudcost networks`, a network JSON, package.module:factory, a function of yours that returns
a torch.nn.Module (looked for in the current folder too; it gets the number of classes as `classes` or `num_classes`
if it has such a parameter), or timm:NAME, torchvision:NAME, smp:NAME where that package is installed. The file that is
written serves `profile = "..."` of a project, and `cloudcost fit`.

  cloudcost profile resnet18 --image-px 64 --batch 2,8 -o runs/here.json
  cloudcost profile mypackage.nets:make_net --input 3,64,64 --classes 10 --batch 4,16 -o runs/mine.json
  cloudcost profile resnet18 --image-px 64 --batch 8 --quick -o runs/quick.json
  cloudcost profile --calibrate --device cuda -o runs/here.csv

--calibrate times the two named CNNs that tell most of a machine, one that its host rules and one that its device rules,
three minutes each, of which the last counts; `cloudcost fit --device NAME runs/here.csv` scales a known device by them.
"""

from __future__ import annotations

import argparse
import gzip
import math
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from cloudcost.cli.common import (
    add_format_argument,
    add_freeze_argument,
    format_of,
    parse_date,
    tell_warnings,
    today_of,
)
from cloudcost.cli.network_arguments import NETWORK_HELP, add_size_arguments, request_of
from cloudcost.cli.progress import ProgressBar
from cloudcost.domain.project import Optimizer
from cloudcost.errors import InputError, repeated
from cloudcost.files.writing import require_writable, write_whole
from cloudcost.render.listings.outputs import ProfileOutput
from cloudcost.render.outputs import written

if TYPE_CHECKING:
    from cloudcost.domain.network import Shape
    from cloudcost.profiling.plan import Plan
    from cloudcost.profiling.requests import NetworkRequest
    from cloudcost.profiling.run import Progress


PRECISIONS = ("default", "fp32", "tf32", "amp")
"""Those that steps can be timed at."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("network", metavar="NETWORK", nargs="?", help=NETWORK_HELP)
    parser.add_argument("--batch", metavar="B,B", help="two batch sizes or more, each 2 or more: 2,8")
    parser.add_argument("-o", "--output", metavar="FILE", help="profile JSON to write (default: only the summary)")
    add_size_arguments(parser)
    add_freeze_argument(parser)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="default: %(default)s")
    parser.add_argument(
        "--precision",
        choices=PRECISIONS,
        default="default",
        help="default: PyTorch's own, TF32 convolutions",
    )
    parser.add_argument("--optimizer", choices=get_args(Optimizer), default="momentum", help="default: %(default)s")
    parser.add_argument("--channels-last", action="store_true", help="memory format NHWC")
    parser.add_argument("--cudnn-benchmark", action="store_true", help="let cuDNN search for algorithms (default: off)")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="threads of one step (default: 1)")
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="fresh worker processes (default: 3)")
    parser.add_argument("--processes", type=int, default=1, metavar="N", help="2 or more: also data-parallel training")
    parser.add_argument("--quick", action="store_true", help="one process, a looser stopping rule; marked in the file")
    parser.add_argument(
        "--calibrate",
        nargs="?",
        type=float,
        const=3.0,
        metavar="MINUTES",
        help="time two CNNs for fit --device",
    )
    parser.add_argument("--ops-only", action="store_true", help="time each distinct operation alone, not the CNN")
    parser.add_argument("--data", metavar="FOLDER", help="data set whose JPEGs and disk are timed too")
    parser.add_argument("--tdp", type=_watts, metavar="WATTS", help="thermal design power, if no counter is readable")
    parser.add_argument("--today", type=parse_date, metavar="DATE", help="take this day for today (YYYY-MM-DD)")
    add_format_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Profile, write, print a summary; return the exit code."""
    from cloudcost.profiling.run import require_torch, run_profile
    from cloudcost.profiling.side_measurements import completed
    from cloudcost.profiling.worker.loading import check_folder

    if arguments.calibrate is not None:
        from cloudcost.cli.calibrate import calibrate

        return calibrate(arguments)
    if arguments.network is None or arguments.batch is None:
        raise InputError("profile: NETWORK and --batch are needed, or --calibrate")
    plan = _plan(arguments)
    path = None if arguments.output is None else Path(arguments.output)
    if path is not None:
        require_writable(arguments.output)
    folder = None if arguments.data is None else Path(arguments.data)
    if folder is not None:
        check_folder(folder)
    require_torch()
    created = today_of(arguments).isoformat()
    bar = ProgressBar()

    def tell_progress(progress: Progress) -> None:
        bar.show(progress.share, _said(progress))

    with _one_interrupt():
        try:
            profile = run_profile(plan, created=created, on_progress=tell_progress)
        finally:
            bar.clear()
        if not profile.interrupted:
            profile = completed(profile, plan, folder=folder, tdp_watts=arguments.tdp, tell=_warn)
        output = ProfileOutput(profile, path)
        if path is not None:
            content = output.json()
            packed = gzip.compress(content.encode(), mtime=0) if path.suffix == ".gz" else content
            write_whole(path, packed)
    sys.stdout.write(written(output, format_of(arguments)))
    tell_warnings(profile.warnings, output=arguments.format)
    return 130 if profile.interrupted else 0


def _warn(text: str) -> None:
    tell_warnings([text])


@contextmanager
def _one_interrupt() -> Iterator[None]:
    """Let the first Ctrl-C end the measuring, and ignore those that follow while what was measured is being written."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def first(_: int, __: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _watts(text: str) -> float:
    """Return a power above 0 (for argparse)."""
    try:
        watts = float(text)
    except ValueError:
        watts = math.nan
    if not 0 < watts < 100_000:
        raise argparse.ArgumentTypeError(f"watts above 0, not {text!r}")
    return watts


def _plan(arguments: argparse.Namespace) -> Plan:
    from cloudcost.profiling.plan import QUICK, Limits, Plan

    request = request_of(arguments)
    image, *more = _inputs(request)
    return Plan(
        network=arguments.network,
        image=image,
        more_inputs=tuple(more),
        batches=tuple(sorted(set(_numbers(arguments.batch, "--batch")))),
        classes=arguments.classes,
        kwargs=dict(request.kwargs),
        device=arguments.device,
        precision="fp32" if arguments.device == "cpu" and arguments.precision == "default" else arguments.precision,
        optimizer=arguments.optimizer,
        channels_last=arguments.channels_last,
        cudnn_benchmark=arguments.cudnn_benchmark,
        threads=arguments.threads,
        repeats=arguments.repeats,
        processes=arguments.processes,
        freeze=arguments.freeze,
        quick=arguments.quick,
        mode="operations" if arguments.ops_only else "step",
        limits=QUICK if arguments.quick else Limits(),
    )


def _inputs(request: NetworkRequest) -> tuple[Shape, ...]:
    from cloudcost.profiling.requests import requested_inputs

    inputs, stated = requested_inputs(request)
    if not stated:
        raise InputError(f"--input: needed for a factory, missing for {request.network!r}, such as --input 3,64,64")
    return inputs


def _numbers(text: str, flag: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise InputError(f"{flag}: whole numbers with commas between them, not {repeated(text)}") from None


def _said(progress: Progress) -> str:
    return (
        f"{progress.share:4.0%} process {progress.process}/{progress.processes}, batch {progress.batch}, "
        f"{progress.steps} steps"
    )

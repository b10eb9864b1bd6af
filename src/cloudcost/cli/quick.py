"""Answer one question without a file: where does this training cost least, over the whole price book and your own GPU.

cloudcost quick resnet50 --images 60000 --epochs 38 --runs 15 --gpu "RTX 4060 Laptop"
cloudcost quick vgg16 --images 20000 --epochs 10 --runs 3 --size "3 GB" --days 7 --budget 50
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path

from cloudcost.cli.common import (
    add_assumptions_argument,
    add_date_arguments,
    add_format_argument,
    format_of,
    screen_of,
    tell,
    tell_feasible,
    tell_warnings,
    today_of,
)
from cloudcost.cli.quick_facts import all_of, budget, gpus_of, missing_fact, whole
from cloudcost.errors import CloudCostError, InputError

_ASKED = {
    "network": "Which CNN (resnet50, vgg16, mobilenet_v2 ...)? ",
    "images": "How many images? ",
    "epochs": "How many epochs a run? ",
    "runs": "How many runs until it is good enough? ",
}

_PARSED: dict[str, Callable[[str], object]] = {
    "network": lambda text: _known_network(text or "nothing"),
    "images": lambda text: whole("--images", text, 10**12),
    "epochs": lambda text: whole("--epochs", text, 10**6),
    "runs": lambda text: whole("--runs", text, 10**6),
}
"""What refuses an answer that cannot be read."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("network", nargs="?", metavar="NETWORK", help="a torchvision name, or a network JSON")
    parser.add_argument("--images", metavar="N", help="of the data set")
    parser.add_argument("--epochs", metavar="E", help="of a run")
    parser.add_argument("--runs", metavar="R", help="whole trainings until the result is acceptable")
    parser.add_argument("--size", metavar="SIZE", help='of the data set: "7 GB" (default: 110 kB an image)')
    parser.add_argument(
        "--gpu", metavar="NAME", help='your own: "RTX 4060 Laptop", "2x RTX 3090"; without it cloud alone'
    )
    parser.add_argument("--days", default="4", metavar="D", help="time that there is (default: %(default)s)")
    parser.add_argument("--batch", default="32", metavar="B", help="images a step and GPU (default: %(default)s)")
    parser.add_argument("--image-px", default="224", metavar="N", help="side of the images (default: %(default)s)")
    parser.add_argument("--country", default="USA", metavar="NAME", help="for electricity (default: %(default)s)")
    parser.add_argument("--watts", metavar="W", help="of your machine at the wall, where none is known of the GPU")
    parser.add_argument("--region", default="us-east-1", metavar="NAME", help="of the bucket (default: %(default)s)")
    parser.add_argument("--budget", type=budget, metavar="USD", help="only what costs no more than this")
    parser.add_argument("--currency", type=_currency, metavar="MXN=18.4", help="second column, one USD in it")
    add_assumptions_argument(parser)
    parser.add_argument("--save", metavar="FILE.toml", help="write the project file that this stands for")
    add_date_arguments(parser)
    add_format_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Answer and print; return the exit code: 3 where nothing can do it."""
    from cloudcost.analysis.quick import QuickQuestion, quick
    from cloudcost.catalog.own.electricity import require_country
    from cloudcost.files.writing import require_writable, write_whole
    from cloudcost.render.outputs import QuickOutput, written

    told = _told(args)
    all_of(
        {
            "NETWORK": lambda: _known_network(told["network"]),
            "--images": lambda: _PARSED["images"](told["images"]),
            "--epochs": lambda: _PARSED["epochs"](told["epochs"]),
            "--runs": lambda: _PARSED["runs"](told["runs"]),
            "--gpu": lambda: _known_gpu(args.gpu or ""),
            "--days": lambda: _days(args.days),
            "--country": lambda: require_country(args.country, flag="--country"),
        }
    )
    gpus, gpu = gpus_of(args.gpu or "")
    if args.save is not None:
        require_writable(args.save, overwrite=False, flag="--save")
    if args.gpu is not None and not args.gpu.strip():
        raise InputError(f"--gpu: no name of a GPU, {args.gpu!r}, leave it out for the cloud alone")
    if args.size is not None and not args.size.strip():
        raise InputError(f"--size: not stated, {args.size!r}, write it with its unit, such as '7 GB', or leave it out")
    question = QuickQuestion(
        network=told["network"],
        images=whole("--images", told["images"], 10**12),
        epochs=whole("--epochs", told["epochs"], 10**6),
        runs=whole("--runs", told["runs"], 10**6),
        size=args.size or "",
        gpu=gpu,
        gpus=gpus,
        days=_days(args.days),
        batch=whole("--batch", args.batch, 10**6),
        image_px=whole("--image-px", args.image_px, 65_536),
        budget_usd=args.budget,
        country=args.country,
        watts=None if args.watts is None else _number("--watts", args.watts, "watts", "250"),
        region=args.region,
        currency=args.currency,
    )
    answer = quick(question, today=today_of(args), as_of=args.as_of)
    tell_warnings(answer.choice.comparison.warnings, output=args.format)
    sys.stdout.write(written(QuickOutput(answer, screen=screen_of(args)), format_of(args)))
    if args.save is not None:
        write_whole(args.save, answer.project_text)
        tell(f"wrote {args.save}; next: edit it, then cloudcost compare {Path(args.save)}")
    return 0 if tell_feasible(answer.choice.comparison, told=args.format == "text") else 3


def _told(args: argparse.Namespace) -> dict[str, str]:
    """Return the four facts that a question needs; on a terminal they are asked for where none is told.

    Raises
    ------
    InputError
        With each that is missing.
    """
    told = {name: getattr(args, name) for name in _ASKED}
    missing = [name for name, value in told.items() if value is None]
    if len(missing) == len(told) and sys.stdin.isatty() and sys.stderr.isatty():
        told = {name: _answered(question, _PARSED[name]) for name, question in _ASKED.items()}
        args.gpu = args.gpu or _answered("Your own GPU, such as RTX 4060 Laptop (Enter: none)? ", _known_gpu) or None
        missing = [name for name, value in told.items() if not value]
    if missing:
        raise InputError(missing_fact(args, missing))
    return told


def _answered(question: str, parsed: Callable[[str], object]) -> str:
    """Return what is typed, asked again until it can be read; empty at the end of the input."""
    while True:
        sys.stderr.write(question)
        sys.stderr.flush()
        line = sys.stdin.readline()
        try:
            parsed(line.strip())
        except CloudCostError as error:
            if line:
                tell(str(error))
                continue
        return line.strip()


def _known_network(name: str) -> object:
    from cloudcost.networks.registry import is_factory, named_network

    return None if name.endswith(".json") or is_factory(name) else named_network(name)


def _known_gpu(name: str) -> object:
    from cloudcost.catalog.devices import device

    _, plain = gpus_of(name)
    return device(plain) if plain else None


def _currency(text: str) -> tuple[str, str]:
    """Return a currency and what one US dollar is in it, written MXN=18.4 (for argparse)."""
    code, equals, rate = (part.strip() for part in text.partition("="))
    if not (equals and code.isascii() and code.isalpha() and re.fullmatch(r"\d{1,12}(\.\d{1,12})?", rate)):
        raise argparse.ArgumentTypeError(f"a currency is written MXN=18.4, one US dollar in it, not {text[:40]!r}")
    return code.upper(), rate


def _days(text: str) -> float:
    """Return days written as a number, or as a time with its unit: 4, 4 days, 2 weeks, 36 h. [days]"""
    from cloudcost.units import parse_duration

    try:
        return _number("--days", text)
    except InputError as refused:
        try:
            return _number("--days", f"{parse_duration(text) / 86_400:.15g}")
        except ValueError:
            raise refused from None


def _number(flag: str, text: str, unit: str = "days", example: str = "4") -> float:
    try:
        value = float(text.lower().removesuffix("days").removesuffix("day").removesuffix("w").strip())
    except ValueError:
        value = 0.0
    if not 0 < value <= 36_500:
        raise InputError(f"{flag}: no number of {unit} above 0, {text[:40]!r}, write {example}")
    return value

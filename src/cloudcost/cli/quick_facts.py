"""The facts of a quick question as people write them: counts, budgets, GPUs; what reads in two ways is refused.

A shell takes ``$50`` for ``0``, many countries write 60.000 for 60,000, and a machine may have ``2x RTX 3090``.
"""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

from cloudcost.cli.common import parse_usd
from cloudcost.errors import CloudCostError, InputError

MEANT = {
    "network": "NETWORK (resnet50)",
    "images": "--images (pictures of the data set)",
    "epochs": "--epochs (times that a run goes through all images)",
    "runs": "--runs (whole trainings until it is good enough, 1 for one)",
}
"""The facts that a question needs, in words."""
_EXAMPLE = {"network": "resnet50", "images": "60000", "epochs": "38", "runs": "15"}
_EXAMPLES = {"--images": "60000", "--image-px": "224", "--batch": "32", "--epochs": "38"}
_MANY = {"k": 10**3, "thousand": 10**3, "m": 10**6, "million": 10**6, "mio": 10**6}
_COUNT = re.compile(r"(?P<figure>[+-]?[\d.,_ ]*\d)\s*(?P<many>k|thousand|m|million|mio)?", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}([,_ ]\d{3})+|\d+(_\d+)*")
_TIMES = re.compile(
    r"(?P<before>\d{1,4}) ?[x×*] ?(?P<name>\S.*)|(?P<plain>[2-9]|1\d) +(?P<named>[a-z].*)"
    r"|(?P<first>.*\S) +[x×*] ?(?P<after>\d{1,4})",
    re.IGNORECASE,
)
_OTHER_MONEY = re.compile(r"[€£¥₹]|\b(eur|euros?|gbp|mxn|pesos?|inr|chf|cad|brl|jpy)\b", re.IGNORECASE)


def missing_fact(args: argparse.Namespace, missing: list[str]) -> str:
    """Return what is missing in words, and the command that was typed with it."""
    words = []
    for name, example in _EXAMPLE.items():
        told = getattr(args, name)
        words += [] if name == "network" else [f"--{name}"]
        words.append(shlex.quote(example if told is None else told))
    for name in ("size", "gpu"):
        told = getattr(args, name)
        words += [f"--{name}", shlex.quote(told)] if told else []
    flags = ", ".join(MEANT[each] for each in missing)
    return f"quick: missing, {flags}; as in: cloudcost quick {' '.join(words)}"


def all_of(parsers: Mapping[str, Callable[[], object]]) -> None:
    """Try each parser and refuse with all faults at once.

    Raises
    ------
    InputError
        With a line for each that refuses.
    """
    faults: list[str] = []
    for flag, parser in parsers.items():
        try:
            parser()
        except CloudCostError as error:
            said = str(error)
            faults.append(said if said.startswith("--") else f"{flag}: {said}")
    if faults:
        raise InputError(*faults)


def whole(flag: str, text: str, most: int) -> int:
    """Return a count, written plainly or as people group and shorten it: 60000, 60,000, 60_000, 60k, 1.2M.

    Raises
    ------
    InputError
        For what is no count, and for what may be two: 60.000, and 1,5.

    Examples
    --------
    >>> whole("--images", "60,000", 10**6), whole("--images", "1.28 million", 10**9)
    (60000, 1280000)
    """
    found = _COUNT.fullmatch(text.strip())
    figure, many = (found["figure"], found["many"] or "") if found else ("", "")
    if re.fullmatch(r"\d{1,3}(\.\d{3})+", figure) and not many:
        raise InputError(f"{flag}: a decimal point or thousands, {text[:40]!r}, write {figure.replace('.', '')}")
    if "," in figure and not _GROUPED.fullmatch(figure):
        raise InputError(f"{flag}: a decimal comma or thousands, {text[:40]!r}, write it without the comma")
    try:
        value = Decimal(re.sub(r"[,_ ]", "", figure) or "0") * _MANY.get(many.lower(), 1)
    except ArithmeticError:
        value = Decimal(0)
    if not 1 <= value <= most or value != int(value):
        example = _EXAMPLES.get(flag, "15")
        raise InputError(f"{flag}: no whole number from 1 to {most:,}, {text[:40]!r}, write {example}{_files(text)}")
    return int(value)


def _files(text: str) -> str:
    """Return how to count the files of a folder that stands for a number; empty where none does."""
    if not ("/" in text or "\\" in text or (text.strip() and Path(text).is_dir())):
        return ""
    return f"; to count the files of a folder: find {shlex.quote(text[:40])} -type f | wc -l"


def gpus_of(text: str) -> tuple[int, str]:
    """Return how many GPUs a machine has, and which.

    Raises
    ------
    InputError
        For a memory in a GPU's place, and for no GPU.

    Examples
    --------
    >>> gpus_of("2x RTX 3090"), gpus_of("RTX 3090 x2"), gpus_of("2 RTX 3090"), gpus_of("1080 Ti")
    ((2, 'RTX 3090'), (2, 'RTX 3090'), (2, 'RTX 3090'), (1, '1080 Ti'))
    >>> gpus_of("RTX 3090")
    (1, 'RTX 3090')
    """
    plain = text.strip()
    if re.fullmatch(r"\d+([.,]\d+)? ?gi?b( v?ram)?", plain, re.IGNORECASE):
        raise InputError(f"--gpu: a size of memory, {text[:40]!r}, write the GPU's name, which nvidia-smi shows")
    found = _TIMES.fullmatch(plain)
    if found is None:
        return 1, plain
    count = int(found["before"] or found["plain"] or found["after"])
    if not 1 <= count <= 1024:
        raise InputError(f"--gpu: no count of GPUs from 1 to 1,024, {text[:40]!r}, write '2x RTX 3090'")
    return count, found["name"] or found["named"] or found["first"]


def budget(text: str) -> Decimal:
    """Return a budget in USD, above 0 (for argparse); another currency, or what reads in two ways, is refused."""
    if _OTHER_MONEY.search(text):
        raise argparse.ArgumentTypeError(
            f"a budget is in USD, not {text[:40]!r}: write the dollars; --currency EUR=0.92 shows a second column"
        )
    plain = re.sub(r"[$ ]|usd|dollars?", "", text, flags=re.IGNORECASE)
    if re.fullmatch(r"[1-9]\d{0,2}(\.\d{3})+", plain) or (
        "," in plain and not _GROUPED.fullmatch(plain.partition(".")[0])
    ):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} reads in two ways, write 1500 or 1.50")
    amount = parse_usd(plain.replace(",", ""))
    if not amount:
        raise argparse.ArgumentTypeError(
            f"a budget is above 0 USD, not {text[:40]!r}: a shell takes $50 for 0, write 50 or '$50'"
        )
    return amount

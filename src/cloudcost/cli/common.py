"""Arguments that several verbs share: dates, the output format, where to write."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

from cloudcost.errors import InputError, abridged, listed, repeated
from cloudcost.project.checks.limits import FIRST_DAY, LAST_DAY
from cloudcost.render.outputs import FORMATS, Format

if TYPE_CHECKING:
    from typing import TextIO

    from cloudcost.catalog.books.book import PriceBook
    from cloudcost.domain.network import Network
    from cloudcost.domain.project import Option, Project
    from cloudcost.render.tables.screen import Screen
    from cloudcost.results.comparison import Comparison

LONGEST_LINE = 1200
"""Characters of a line on stderr: a key of 100,000 is not repeated whole. [count]"""
HERE = Path("project.toml")
"""Taken where no project file is named."""
MOST_DRAWS = 1_000_000
"""Scenarios: chances are then known to 0.1 %, beyond what stands behind them. [count]"""
FOR_PROGRAMS = frozenset({"json", "csv"})
"""Formats beside which every sentence on stderr is one line."""
USUAL_COLUMNS = 80
"""Width of what is no terminal. [columns]"""
LEAST_SCREEN, MOST_SCREEN = 60, 200
"""Widths that tables are written for. [columns]"""
LEAST_COLUMNS = 40
"""Below it sentences are unreadable. [columns]"""


def parse_date(text: str) -> date:
    """Return the day written as ``YYYY-MM-DD`` (for argparse)."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or text != day.isoformat():
        raise argparse.ArgumentTypeError(f"a date is written YYYY-MM-DD, not {text!r}")
    if not FIRST_DAY <= day <= LAST_DAY:
        raise argparse.ArgumentTypeError(f"a date lies between {FIRST_DAY} and {LAST_DAY}, not {text!r}")
    return day


COST_BASES = ("unblended", "amortized", "net")
"""As `results.explanation.CostBasis`, which is loaded with the answer alone; the first is the default."""


def add_cost_argument(parser: argparse._ActionsContainer) -> None:
    """Add ``--cost`` to a verb that reads bills; None where it is left out."""
    parser.add_argument(
        "--cost",
        choices=COST_BASES,
        help="unblended (the default) sums to the bill, amortized puts commitments to what used them, net is after "
        "discounts",
    )


def add_freeze_argument(parser: argparse._ActionsContainer) -> None:
    """Add ``--freeze``: what of a network is not trained."""
    parser.add_argument(
        "--freeze",
        type=_what_to_freeze,
        metavar="backbone|N",
        help="what is not trained: all before the head, or so many stages from the images on",
    )


def _what_to_freeze(text: str) -> str | int:
    if text == "backbone":
        return text
    if text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= 1000 and len(text) <= 4:
        return int(text)
    raise argparse.ArgumentTypeError(f"backbone, or a number of stages from 1 on, not {repeated(text)}")


def with_freeze(network: Network, arguments: argparse.Namespace) -> Network:
    """Return the network as ``--freeze`` wants it.

    Raises
    ------
    NetworkError
        When it has fewer stages.
    """
    if arguments.freeze is None:
        return network
    from cloudcost.networks.freezing import frozen

    return frozen(network, arguments.freeze)


def add_format_argument(parser: argparse.ArgumentParser, formats: tuple[str, ...] = FORMATS) -> None:
    """Add ``--format``."""
    parser.add_argument("--format", choices=formats, default=formats[0], help="output format (default: %(default)s)")


def screen_of(arguments: argparse.Namespace) -> Screen:
    """Return what text on stdout is written for: the terminal's width, else 80 columns, or what COLUMNS says."""
    from cloudcost.render.tables.screen import FULL, MAYBE, Screen

    try:
        (FULL + MAYBE).encode(sys.stdout.encoding or "ascii")
        blocks = True
    except (UnicodeEncodeError, LookupError):
        blocks = False
    width = min(max(_columns(sys.stdout), LEAST_SCREEN), MOST_SCREEN)
    return Screen(width=width, blocks=blocks, assumptions=getattr(arguments, "assumptions", False), flags=True)


def add_assumptions_argument(parser: argparse.ArgumentParser) -> None:
    """Add ``--assumptions``: in text they are counted, in the other formats all are there."""
    parser.add_argument("--assumptions", action="store_true", help="show all that was assumed, not only how much")


def format_of(arguments: argparse.Namespace) -> Format:
    """Return the output format that was asked for, one of `FORMATS`."""
    style: Format = arguments.format
    return style


def add_project_argument(parser: argparse.ArgumentParser) -> None:
    """Add the project file, which may be left out."""
    said = f"a project file (default: ./{HERE}, else the bundled reto)"
    parser.add_argument("project", metavar="PROJECT.toml", nargs="?", help=said)


def add_date_arguments(parser: argparse.ArgumentParser) -> None:
    """Add ``--today`` and ``--as-of``."""
    parser.add_argument("--today", type=parse_date, metavar="DATE", help="take this day for today (YYYY-MM-DD)")
    parser.add_argument(
        "--as-of", type=parse_date, metavar="DATE", help="take prices, rates and machines as on this day"
    )


def today_of(arguments: argparse.Namespace) -> date:
    """Return today: ``--today``, else SOURCE_DATE_EPOCH, else the clock (UTC).

    Raises
    ------
    InputError
        When SOURCE_DATE_EPOCH is not a whole number of seconds, or of a day before there were prices.
    """
    from cloudcost.api.days import today_or

    return today_or(arguments.today)


def tell(text: str) -> None:
    """Print a line to stderr: no control characters, and no more than a screen of it."""
    from cloudcost.render.tables.columns import plain

    print(shortened(plain(text)), file=sys.stderr)


def tell_all(lines: Sequence[str]) -> None:
    """Print lines to stderr, those after the first 20 as a number."""
    for line in listed(lines).split("\n") if lines else ():
        tell(line)


def tell_wrapped(sentences: Sequence[str], *, output: str) -> None:
    """Print sentences to stderr, those after the first 20 as a number.

    Parameters
    ----------
    sentences : sequence of str
    output : str
        The format of stdout: for people sentences are wrapped to the terminal's width, for programs each is a line.
    """
    if output in FOR_PROGRAMS:
        tell_all(sentences)
        return
    from cloudcost.render.tables.columns import wrap

    for sentence in listed(sentences).split("\n") if sentences else ():
        tell_all(wrap(shortened(sentence), stderr_columns(), others="  "))


def stderr_columns() -> int:
    """Return the width of the terminal that stderr is; 80 where it is none. [columns]"""
    return max(_columns(sys.stderr), LEAST_COLUMNS)


def _columns(stream: TextIO) -> int:
    """Return what COLUMNS says, else the width of the terminal that a stream is; 80 where it is none. [columns]"""
    stated = os.environ.get("COLUMNS", "")
    if stated.isdecimal() and int(stated):
        return int(stated)
    try:
        return os.get_terminal_size(stream.fileno()).columns or USUAL_COLUMNS
    except (AttributeError, ValueError, OSError):  # closed, or no terminal
        return USUAL_COLUMNS


def shortened(text: str) -> str:
    """Return a text with its middle left out where it is longer than `LONGEST_LINE`."""
    text = abridged(text)
    if len(text) <= LONGEST_LINE:
        return text
    return f"{text[: LONGEST_LINE // 2]} … {text[-LONGEST_LINE // 4 :]}"


def parse_filter(text: str) -> str:
    """Return a part of a name that is looked for: it has a letter or a digit (for argparse)."""
    if not any(each.isalnum() for each in text):
        raise argparse.ArgumentTypeError(f"a filter has a letter or a digit, not {text!r}; leave it out for all")
    return text


def parse_usd(text: str) -> Decimal:
    """Return an amount of dollars, not negative: 75, $75, 75 USD (for argparse)."""
    written = text.strip().removeprefix("$").removesuffix("$").removesuffix("USD").strip()
    try:
        amount = Decimal(written)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise argparse.ArgumentTypeError(f"an amount of USD is a number that is not negative, not {text!r}")
    return amount


def parse_seconds(text: str) -> int:
    """Return the seconds of a duration such as ``4 days`` (for argparse)."""
    from cloudcost.units import parse_duration

    try:
        return parse_duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def parse_draws(text: str) -> int:
    """Return a number of scenarios, 0 for none (for argparse)."""
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) > MOST_DRAWS:
        raise argparse.ArgumentTypeError(f"a number of scenarios is a whole number up to {MOST_DRAWS:,}, not {text!r}")
    return int(text)


def add_simulation_arguments(parser: argparse.ArgumentParser) -> None:
    """Add ``--seed``, ``--draws``, ``--budget`` and ``--deadline``."""
    parser.add_argument("--seed", type=int, default=1, help="of the simulation (default: %(default)s)")
    parser.add_argument(
        "--draws", type=parse_draws, default=2000, help="scenarios of the simulation, 0 for none (default: %(default)s)"
    )
    parser.add_argument("--budget", type=parse_usd, metavar="USD", help="show how likely each option stays within it")
    parser.add_argument(
        "--deadline", type=parse_seconds, metavar="DURATION", help='show how likely each option meets it: "4 days"'
    )


def project_path(path: str | None) -> str | None:
    """Return the project file that is read: the one named, else ./project.toml; None where it is the bundled one."""
    return str(HERE) if path is None and HERE.is_file() else path


def project_inputs(path: str | None) -> list[str | Path]:
    """Return the project file that is read, if any: no output may take its place."""
    read = project_path(path)
    return [] if read is None else [read]


def read_project_argument(path: str | None, today: date) -> Project:
    """Return the project of a file; where none is named, of ./project.toml, else the bundled one, which is said.

    Raises
    ------
    ProjectFileError
        With every fault of the file.
    """
    path = project_path(path)
    if path is None:
        say_bundled()
        from cloudcost.project.bundled import bundled_project_text
        from cloudcost.project.file import parse_project

        return parse_project(bundled_project_text("reto"), name="reto.toml", today=today)
    from cloudcost.project.file import read_project

    return read_project(Path(path), today=today)


def named_option(project: Project, name: str) -> Option:
    """Return the option of that name.

    Raises
    ------
    InputError
        When the project has none.
    """
    found = next((each for each in project.options if each.name == name), None)
    if found is not None:
        return found
    from cloudcost.results.comparison import no_such_option

    said = no_such_option(name, [each.name for each in project.options])
    raise InputError(f"{project.path or 'reto'}:option: {said}")


def tell_warnings(warnings: Iterable[str], *, output: str = "text") -> None:
    """Print warnings to stderr, wrapped unless stdout is for programs."""
    tell_wrapped([f"warning: {warning}" for warning in warnings], output=output)


def say_bundled() -> None:
    """Say on stderr that the bundled example is shown, since no file is named and none lies here."""
    print(f"this is the bundled example (reto), since there is no ./{HERE} here", file=sys.stderr)


def tell_feasible(comparison: Comparison, *, told: bool = False) -> bool:
    """Return whether any option is feasible; where none is, say why on stderr, one line for each option.

    With `told`, the same screen says it already in words, and only that is said.
    """
    if any(each.feasible for each in comparison.options):
        return True
    reasons = [f"{each.name}: {each.reason}" for each in comparison.options]
    tell_all(["no option is feasible; the reason of each stands above"] if told else reasons)
    return False


def require_region(verb: str, name: str, book: PriceBook) -> None:
    """Refuse a region in which neither AWS nor another cloud has a price.

    Raises
    ------
    InputError
        With the nearest that there is.
    """
    from cloudcost.catalog.aws.regions import regions
    from cloudcost.catalog.near import did_you_mean
    from cloudcost.catalog.providers import providers

    known = {*regions(), *(place for each in providers() for place in book.regions(each.service))}
    if name not in known:
        near = did_you_mean(name, known, otherwise="cloudcost regions lists them")
        raise InputError(f"{verb}:--region: no such region, {name!r}, {near}")

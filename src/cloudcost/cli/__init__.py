"""The command line: argparse, one module per verb, each loaded only when its verb is asked for.

stdout is data; progress, warnings and errors go to stderr. Exit codes: 0 done, 1 a limit was passed, 2 bad input or
usage, an unwritable output or a missing extra, 3 a price or a model is missing, 130 interrupted, 143 terminated.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from errno import EBADF
from importlib import import_module

from cloudcost.cli import signals, streams
from cloudcost.errors import CloudCostError

TYPE_CHECKING = False  # as in `cloudcost`: typing's own costs more than the help
if TYPE_CHECKING:
    from typing import NoReturn

    from _typeshed import SupportsWrite

VERBS = {
    "quick": "answer one question without a file: where does this training cost least",
    "compare": "compare the options of a project (default: ./project.toml, else a bundled one)",
    "choose": "the best machine of the whole price book, every region and way to buy",
    "why": "what decides the answer of a project, what would change it, what would cost less",
    "diff": "hold two answers against each other, line by line",
    "estimate": "one option's bill, line by line",
    "price": "price a CSV of metered usage",
    "explain": "where the money of a bill went, by cause; or what could have made an amount",
    "predict": "seconds per training step of a CNN on devices and instances",
    "networks": "list the named CNNs, or print one as JSON",
    "devices": "list the known GPUs and processors, or print all that is known of one",
    "instances": "list the known machine types, with what an hour costs in a region",
    "regions": "list the known regions, with how much is known of each",
    "countries": "list the countries whose price of electricity is known",
    "profile": "time a real CNN on this machine (extra torch)",
    "fit": "make a device model of this machine from profiles",
    "sweep": "price a grid or a random sample of projects",
    "report": "write one self-contained HTML page about a project",
    "init": "write a commented project file",
    "validate": "check project files: every fault of every file at once",
    "prices": "look into the price book",
    "scan": "what a folder or a bucket really holds, as the [dataset] table of a project file",
    "schema": "print the JSON Schema of a project file",
    "completion": "print a script that completes names in your shell (extra completion)",
}

LONGEST_MESSAGE = 400
"""Characters of a usage error: an argument of thousands of digits is not repeated whole."""


class Formatter(argparse.HelpFormatter):
    """argparse's own, made for each argument that is added: it would load shutil, with its archives, for the width."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


class VerbFormatter(Formatter, argparse.RawDescriptionHelpFormatter):
    """The same, which leaves the lines of a verb's description as they stand."""


def _columns() -> int:
    """Return the width of the terminal, as shutil tells it."""
    stated = os.environ.get("COLUMNS", "")
    if stated.isdecimal() and int(stated):
        return int(stated)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):  # closed, or no terminal
        return 80


class Parser(argparse.ArgumentParser):
    """argparse with one clear line per usage error instead of the whole usage."""

    def error(self, message: str) -> NoReturn:
        """Print one line and end with exit code 2."""
        from cloudcost.render.tables.columns import plain

        if len(message) > LONGEST_MESSAGE:
            message = f"{message[: LONGEST_MESSAGE // 2]} … {message[-20:]}"
        self.exit(2, f"{self.prog}: {plain(message)}{self._near(message)} (see {self.prog} --help)\n")

    def _near(self, message: str) -> str:
        """Return the flag of the verb that one which it does not have resembles; empty for any other message."""
        _, found, unknown = message.partition("unrecognized arguments: --")
        if not found:
            left = message.startswith("unrecognized arguments: ")
            return "; a name or a size of several words goes in quotes, such as 'RTX 3070'" if left else ""
        from cloudcost.catalog.near import did_you_mean

        verbs = [action.choices for action in self._actions if isinstance(action.choices, dict)]
        flags = [flag for verb in verbs for child in verb.values() for flag in child._option_string_actions]
        near = did_you_mean(f"--{unknown.split()[0]}" if unknown else "--", flags)
        return f"; {near}" if near else ""

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        """Print help; argparse would say nothing of a full disk."""
        if file is not None and file is sys.stdout:
            file.write(message)
        else:
            super()._print_message(message, file)


def build_parser(verb: str | None, *, whole: bool = False) -> Parser:
    """Return the parser, with the arguments of `verb` alone: with `whole` those of all."""
    parser = Parser(
        prog="cloudcost",
        description="What training your CNNs costs and how long it takes, in the cloud and on your own machine.",
        formatter_class=Formatter,
    )
    parser.add_argument("--version", action="store_true", help="print the version and end")
    subparsers = parser.add_subparsers(
        dest="verb", metavar="VERB", title="verbs", parser_class=Parser, prog="cloudcost"
    )
    for name, summary in VERBS.items():
        if name == verb or whole:
            module = import_module(f"cloudcost.cli.{name}")
            child = subparsers.add_parser(
                name,
                help=summary,
                description=module.__doc__,
                formatter_class=VerbFormatter,
                allow_abbrev=False,
            )
            module.add_arguments(child)
            child.set_defaults(run=module.run)
        else:
            subparsers.add_parser(name, help=summary, add_help=False, formatter_class=Formatter)
    return parser


def run(arguments: list[str]) -> int:
    """Run one command line.

    Parameters
    ----------
    arguments : list of str
        Without the program's name.

    Returns
    -------
    int
        The exit code.
    """
    streams.replace_closed()
    told = sys.stderr
    sys.stderr = streams.Words(told)  # what is not its own is the stream's
    try:
        return _run_told(arguments)
    finally:
        sys.stderr = told


def _run_told(arguments: list[str]) -> int:
    """Run one command line, its errors told; return the exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal without UTF-8 shows escapes and does not stop
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except Exception as error:  # one that is no error of its own, if a signal came meanwhile: Python 3.11 wraps it
        if signals.received:
            return signals.told(signals.received[0])
        if not isinstance(error, CloudCostError | OSError):
            raise
        return _failed(error)
    except KeyboardInterrupt:
        return signals.told(signals.INTERRUPT)
    except signals.Terminated:
        return signals.told(signals.TERMINATE)
    return code


def _run(arguments: list[str]) -> int:
    """Parse and run a command line; return its exit code."""
    verb = next((word for word in arguments if not word.startswith("-")), None)
    if verb is not None and verb not in VERBS:
        from difflib import get_close_matches

        from cloudcost.cli.common import tell

        near = get_close_matches(verb[:60], VERBS, 1)
        remedy = f"did you mean {near[0]}?" if near else "see cloudcost --help"
        tell(f"cloudcost: no verb {verb!r}; {remedy}")
        return 2
    try:
        parser = build_parser(verb)
        parsed = parser.parse_args(arguments)
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else 2
    if parsed.version:
        from cloudcost._version import __version__

        print(f"cloudcost {__version__}")
        return 0
    if verb is None:
        parser.print_help()
        return 0
    code: int = parsed.run(parsed)
    return code


def _failed(error: CloudCostError | OSError) -> int:
    """Tell an error of ours, or that a file or stdout is out of reach; return the exit code."""
    from cloudcost.cli.common import tell

    if isinstance(error, CloudCostError):
        for line in str(error).split("\n"):
            tell(line)
        return error.exit_code
    if error.filename is not None:
        tell(f"{error.filename}: cannot be read, {error.strerror or type(error).__name__}, choose another file")
        return 2
    streams.discard_stdout()
    if isinstance(error, BrokenPipeError):
        return 0
    remedy = "give it a file or a pipe" if error.errno == EBADF else "free some space"
    tell(f"stdout: cannot be written, {error.strerror or type(error).__name__}, {remedy}")
    return 2

"""Write the tables of `cli.md` from the parsers: ``python docs/reference/make_cli.py``."""

from __future__ import annotations

import argparse
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from cloudcost.cli import VERBS, build_parser

PAGE = Path(__file__).parent / "cli.md"
BEGIN, END = "<!-- verbs: begin -->", "<!-- verbs: end -->"


def children(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the parsers of a parser's verbs."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def flags(action: argparse.Action) -> str:
    """Return how an argument is written on the command line."""
    value = action.metavar if isinstance(action.metavar, str) else (action.dest.upper() if action.nargs != 0 else "")
    if action.choices is not None and action.metavar is None:
        value = "\\|".join(map(str, action.choices))
    if not action.option_strings:
        return f"`{action.metavar or action.dest}`"
    return ", ".join(f"`{flag} {value}`" if value else f"`{flag}`" for flag in action.option_strings)


def meaning(action: argparse.Action) -> str:
    """Return the help text with its default filled in."""
    text = re.sub(r"\s+", " ", action.help or "") % {"default": action.default, "prog": "cloudcost"}
    repeated = isinstance(action, argparse._AppendAction) and "repeat" not in text
    required = bool(action.option_strings) and action.required
    return text.replace("|", "\\|") + (" (may be repeated)" if repeated else "") + (" (required)" if required else "")


def table(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield the rows of a parser's arguments."""
    yield "| argument | meaning |"
    yield "|---|---|"
    for action in parser._actions:
        if isinstance(action, (argparse._HelpAction, argparse._SubParsersAction)):
            continue
        yield f"| {flags(action)} | {meaning(action)} |"


def described(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield the verb's description: prose as it is, command lines as a block."""
    commands: list[str] = []
    for line in inspect.cleandoc(parser.description or "").splitlines():
        if line.strip().startswith("cloudcost "):
            commands.append(line.strip())
        else:
            yield line
    if commands:
        yield from ("", "```sh", *commands, "```")


def section(name: str, parser: argparse.ArgumentParser, level: int) -> Iterator[str]:
    """Yield one verb's section, and those of its own verbs."""
    yield from (f"{'#' * level} {name}", "")
    yield from described(parser)
    inner = children(parser)
    if not inner:
        yield from ("", *table(parser))
    for child, one in inner.items():
        yield ""
        yield from section(f"{name} {child}", one, level + 1)


def verbs() -> str:
    """Return the sections of all verbs."""
    lines: list[str] = []
    for verb in VERBS:
        lines += [*section(verb, children(build_parser(verb))[verb], 2), ""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def page(text: str) -> str:
    """Return the page with its sections made anew."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{verbs()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

"""Print a script that completes verbs, flags and names in a shell (extra completion).

  cloudcost completion bash > ~/.local/share/bash-completion/completions/cloudcost
  cloudcost completion zsh > ~/.zfunc/_cloudcost

Names of devices stand with hyphens for blanks, which cloudcost reads as the same: RTX-3060.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from functools import cache

SHELLS = ("bash", "zsh", "tcsh")
_OF_A_FILE = ("FILE", "PATH", "DIR", "TOML", "CSV", "JSON", "BILL", "RUNS", "FOLDER", "USAGE")
"""What a placeholder of a file or a folder has in it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("shell", choices=SHELLS, help="the shell that reads the script")


def run(args: argparse.Namespace) -> int:
    """Print the script; return the exit code.

    Raises
    ------
    MissingExtraError
        Without shtab.
    """
    try:
        import shtab
    except ImportError:
        from cloudcost.errors import MissingExtraError

        raise MissingExtraError("completion", "completing names in a shell") from None
    from cloudcost.cli import build_parser

    parser = build_parser(None, whole=True)
    for verb in _verbs(parser):
        for action in verb._actions:
            if action.choices is None and action.nargs != 0:
                _complete(action, shtab.FILE)
    sys.stdout.write(shtab.complete(parser, shell=args.shell) + "\n")
    return 0


def _verbs(parser: argparse.ArgumentParser) -> Iterable[argparse.ArgumentParser]:
    """Yield the parsers of all verbs, and of what they have verbs of their own."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield child
                yield from _verbs(child)


def _complete(action: argparse.Action, file: object) -> None:
    """Tell an argument what it can be completed with: names that are known, or files."""
    known = _names(action.dest)
    if known:
        action.choices = known
        return
    words = (action.metavar,) if isinstance(action.metavar, str) else action.metavar or (action.dest.upper(),)
    if any(part in word.upper() for word in words for part in _OF_A_FILE):
        action.complete = file  # type: ignore[attr-defined]


@cache
def _names(dest: str) -> tuple[str, ...]:
    """Return the names that an argument takes, blanks as hyphens; none where it takes no names."""
    found = _KNOWN.get(dest)
    return () if found is None else tuple(name.replace(" ", "-") for name in found())


def _devices() -> Iterable[str]:
    from cloudcost.catalog.devices import devices

    return devices()


def _instances() -> Iterable[str]:
    from cloudcost.catalog.instances import instances

    return instances()


def _regions() -> Iterable[str]:
    from cloudcost.catalog.aws.regions import regions

    return regions()


def _networks() -> Iterable[str]:
    from cloudcost.networks.registry import network_names

    return network_names()


def _countries() -> Iterable[str]:
    from cloudcost.catalog.own.electricity import electricity_countries

    return electricity_countries()


def _providers() -> Iterable[str]:
    from cloudcost.catalog.providers import providers

    return (each.name for each in providers())


_KNOWN: dict[str, Callable[[], Iterable[str]]] = {
    "device": _devices,
    "gpu": _devices,
    "instance": _instances,
    "region": _regions,
    "network": _networks,
    "country": _countries,
    "provider": _providers,
}
"""Arguments that take names, by where argparse keeps them."""

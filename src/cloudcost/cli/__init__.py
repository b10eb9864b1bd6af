"""The command line: argparse, one module per verb, each loaded only when its verb is asked for."""

from __future__ import annotations


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code."""
    raise NotImplementedError

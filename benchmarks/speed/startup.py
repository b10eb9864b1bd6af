"""Whole programs: what a user waits for, against an interpreter that does nothing or only imports pandas."""

from __future__ import annotations

from benchmarks.speed.measure import Ratio, compare_calls, interpreter


def import_cloudcost() -> Ratio:
    """`import cloudcost` against a bare start."""
    return compare_calls(
        "import cloudcost",
        interpreter("-c", "import cloudcost"),
        "a bare interpreter",
        interpreter("-c", "pass"),
        limit=1.5,
        repeats=15,
    )


def print_help() -> Ratio:
    """`cloudcost --help` against a bare start."""
    return compare_calls(
        "cloudcost --help",
        interpreter("-m", "cloudcost", "--help"),
        "a bare interpreter",
        interpreter("-c", "pass"),
        limit=6.0,
        repeats=15,
    )


def compare_reto() -> Ratio:
    """`cloudcost compare` on the bundled project against importing pandas."""
    return compare_calls(
        "cloudcost compare (the bundled reto)",
        interpreter("-m", "cloudcost", "compare"),
        'python -c "import pandas"',
        interpreter("-c", "import pandas"),
        limit=1.0,
        repeats=7,
    )

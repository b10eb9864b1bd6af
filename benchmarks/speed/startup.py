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
    """`cloudcost compare` on the bundled project, its four days within one month, against importing pandas."""
    return _compare("2026-11-22", "the bundled reto")


def compare_over_a_month_end() -> Ratio:
    """The same from a day whose four days reach into the next month: whole runs then lie in either."""
    return _compare("2026-11-28", "reto over a month's end")


def _compare(today: str, what: str) -> Ratio:
    return compare_calls(
        f"cloudcost compare ({what})",
        interpreter("-m", "cloudcost", "compare", "--today", today),
        'python -c "import pandas"',
        interpreter("-c", "import pandas"),
        limit=1.0,
        repeats=7,
    )

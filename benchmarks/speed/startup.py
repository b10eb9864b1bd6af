"""Whole programs: what a user waits for, against an interpreter that does nothing or only imports pandas.

Both sides have their bytecode written, as installed packages have. `compare_without_bytecode` takes the environment as
it is: in a checkout where PYTHONDONTWRITEBYTECODE is set, a third of its time goes into compiling.
"""

from __future__ import annotations

from tempfile import TemporaryDirectory

from benchmarks.speed.measure import Ratio, compare_calls, interpreter

BUNDLED = ("-m", "cloudcost", "compare", "--today", "2026-11-22")
"""The bundled project, its four days within one month."""
OVER_A_MONTH_END = (*BUNDLED[:-1], "2026-11-28")
"""From a day whose four days reach into the next month: whole runs then lie in either."""


def import_cloudcost() -> Ratio:
    """`import cloudcost` against a bare start."""
    return _against_a_bare_start("import cloudcost", ("-c", "import cloudcost"), limit=1.5)


def print_help() -> Ratio:
    """`cloudcost --help` against a bare start."""
    return _against_a_bare_start("cloudcost --help", ("-m", "cloudcost", "--help"), limit=6.0)


def compare_reto() -> Ratio:
    """`cloudcost compare` on the bundled project against importing pandas."""
    with TemporaryDirectory() as bytecode:
        return _against_pandas("cloudcost compare (the bundled reto)", BUNDLED, bytecode=bytecode, limit=1.0)


def compare_over_a_month_end() -> Ratio:
    """The same over a month's end."""
    with TemporaryDirectory() as bytecode:
        return _against_pandas("cloudcost compare (over a month's end)", OVER_A_MONTH_END, bytecode=bytecode, limit=1.0)


def compare_without_bytecode() -> Ratio:
    """`cloudcost compare` on the bundled project in this environment as it is."""
    return _against_pandas("cloudcost compare (this environment)", BUNDLED, bytecode=None, limit=1.2)


def _against_a_bare_start(name: str, arguments: tuple[str, ...], *, limit: float) -> Ratio:
    with TemporaryDirectory() as bytecode:
        return compare_calls(
            name,
            interpreter(*arguments, bytecode=bytecode),
            "a bare interpreter",
            interpreter("-c", "pass", bytecode=bytecode),
            limit=limit,
            repeats=15,
        )


def _against_pandas(name: str, arguments: tuple[str, ...], *, bytecode: str | None, limit: float) -> Ratio:
    return compare_calls(
        name,
        interpreter(*arguments, bytecode=bytecode),
        'python -c "import pandas"',
        interpreter("-c", "import pandas", bytecode=bytecode),
        limit=limit,
        repeats=7,
    )

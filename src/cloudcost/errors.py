"""Every error that cloudcost raises on purpose, as one tree.

::

    CloudCostError
    ├── InputError              a file or an argument of the user's is wrong           (exit 2)
    │   ├── ProjectFileError    a project file; carries every fault at once
    │   ├── UsageFileError      a usage CSV; carries every fault at once
    │   ├── NetworkError        a network JSON or a CNN that does not fit together
    │   └── DownloadError       a file cannot be had from an address, or is not what was asked for
    ├── CatalogError            what is asked for is not in the shipped tables         (exit 3)
    │   ├── PriceNotFoundError  no such price in the price book
    │   ├── UnknownInstanceError, UnknownDeviceError, UnknownRegionError
    ├── TimingError             no model can tell the time that is asked for           (exit 3)
    │   ├── UnknownOpError      an operation kind that the model does not know
    │   ├── MixedEnvironmentError  measurements of different environments put together
    │   └── ChangingCallsError     a CNN calls other operations from step to step
    ├── OutputError             a path that cannot be written                          (exit 2)
    └── MissingExtraError       an optional dependency is not installed                (exit 2)

A message is one line: what is wrong, where, the value, and what to do about it. Wrong argument values of library
functions raise `ValueError`, as everywhere in Python; only `cli/` turns errors into exit codes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST_LISTED = 20
"""Faults that a message lists; the others are counted: nobody reads on, and a file may have a million. [count]"""


LONGEST_NAME = 200
"""Characters of a name or a value that a message repeats: one of 100,000 is not repeated whole. [count]"""
LONGEST_TOLD = 60
"""Characters of a value that is of the wrong kind. [count]"""
_LONG = re.compile(rf"(?<!\w)'[^'\n]{{{LONGEST_NAME},}}'(?!\w)|[^\s']{{{LONGEST_NAME},}}")
"""A quoted text, or one without blanks; an apostrophe within a word quotes nothing."""


def repeated(value: object) -> str:
    """Return a value that is wrong as a message repeats it: what Python writes for it, cut where that is long.

    Examples
    --------
    >>> repeated(None), repeated("7 apples"), repeated(10**5000)
    ('None', "'7 apples'", 'a number of over 4,300 digits')
    >>> repeated("x" * 1000)[-3:], len(repeated("x" * 1000))
    ('xx…', 60)
    """
    try:
        said = repr(value)
    except ValueError:  # Python writes no number of so many digits
        return "a number of over 4,300 digits" if isinstance(value, int) else type(value).__name__
    except Exception:  # whatever a class of the caller's does
        return type(value).__name__
    return said if len(said) <= LONGEST_TOLD else f"{said[: LONGEST_TOLD - 1]}…"


def abridged(text: str) -> str:
    """Return a message whose long names are cut: what says what is wrong with them is not lost behind them.

    Examples
    --------
    >>> abridged("no price book '" + "x" * 1000 + "'; there is one")[-25:]
    "xxxxxxxxx…'; there is one"
    >>> said = "the GPU's memory " + 60 * "is too small " + "and the machine's own disk"
    >>> abridged(said) == said
    True
    """
    return _LONG.sub(_cut, text) if len(text) > LONGEST_NAME else text


def _cut(found: re.Match[str]) -> str:
    long = found[0]
    quoted = long.startswith("'")
    return f"{long[:LONGEST_NAME]}…{chr(39) if quoted else ''}"


def listed(faults: Sequence[str], *, more: int = 0) -> str:
    """Return faults as lines, those after the first `MOST_LISTED` as a number.

    Parameters
    ----------
    faults : sequence of str
    more : int
        Faults that were counted and not kept. [count]

    Examples
    --------
    >>> listed(["a.csv:2: no unit, '', fill it in"] * 22).splitlines()[-1]
    '... and 2 more'
    """
    left = len(faults) - MOST_LISTED + more
    shown = [*faults[:MOST_LISTED]]
    return "\n".join([*shown, f"... and {left:,} more"] if left > 0 else shown)


class CloudCostError(Exception):
    """Root of the tree; `exit_code` is what the command line ends with."""

    exit_code = 2

    def __init__(self, *said: object) -> None:
        super().__init__(*(abridged(each) if isinstance(each, str) else each for each in said))


class InputError(CloudCostError):
    """A file or an argument of the user's is wrong.

    Parameters
    ----------
    *faults : str
        One line each, `file:key: what, value, remedy`; the text of the error lists the first `MOST_LISTED`.
    more : int
        Faults that were counted and not kept. [count]
    """

    def __init__(self, *faults: str, more: int = 0) -> None:
        super().__init__(listed(faults, more=more))
        self.faults: tuple[str, ...] = faults


class ProjectFileError(InputError):
    """A project file has faults; all of them are listed."""


class UsageFileError(InputError):
    """A usage CSV has faults; all of them are listed."""


class NetworkError(InputError):
    """A network description is inconsistent, or the image is too small for the network."""


class DownloadError(InputError):
    """A file cannot be had from an address, or what came is not what was asked for; no other try would help.

    Parameters
    ----------
    *faults : str
        As of `InputError`.
    more : int
        As of `InputError`.
    status : int or None
        Of HTTP, which the server answered with; 404 of a file that is not in a folder.
    unreachable : bool
        Whether nothing came of the server at all, so that its other files need not be tried.
    """

    def __init__(self, *faults: str, more: int = 0, status: int | None = None, unreachable: bool = False) -> None:
        super().__init__(*faults, more=more)
        self.status = status
        self.unreachable = unreachable


class CatalogError(CloudCostError):
    """What is asked for is not in the shipped tables."""

    exit_code = 3


class PriceNotFoundError(CatalogError):
    """The price book holds no such price; the message names the nearest that it has."""


class UnknownInstanceError(CatalogError):
    """No instance type of that name."""


class UnknownDeviceError(CatalogError):
    """No device of that name."""


class UnknownRegionError(CatalogError):
    """No region of that name."""


class TimingError(CloudCostError):
    """No model can tell the time that is asked for."""

    exit_code = 3


class UnknownOpError(TimingError):
    """An operation kind that the timing model does not know; it is never counted as zero seconds."""


class MixedEnvironmentError(TimingError):
    """Measurements of different environments were put together."""


class ChangingCallsError(TimingError):
    """A CNN calls other operations from step to step: its steps can be timed as a whole alone."""


class OutputError(CloudCostError):
    """A path cannot be written; nothing was left half written."""


EXTRA_PACKAGES = {
    "torch": "torch", "parquet": "pyarrow", "dask": "distributed", "data": "duckdb", "s3": "boto3",
    "strategies": "hypothesis", "completion": "shtab", "plot": "resvg-py",
}  # fmt: skip
"""What each extra of pyproject.toml installs; a test compares the two."""


class MissingExtraError(CloudCostError):
    """An optional dependency is not installed; the message is the pip line to type.

    It names the packages themselves, which are on the index whether this library was installed from there or not.

    Examples
    --------
    >>> str(MissingExtraError("torch", "profiling a network"))
    "profiling a network needs the extra 'torch': pip install torch"
    """

    def __init__(self, extra: str, purpose: str) -> None:
        super().__init__(f"{purpose} needs the extra '{extra}': pip install {EXTRA_PACKAGES[extra]}")
        self.extra = extra

"""Reading a project file: from a path or a text to a `Project`, or every fault of it at once.

The first step of the chain. Paths within the file (`profile`, `folder`, network JSONs) are kept as they stand; the
analysis loads them.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from cloudcost.errors import ProjectFileError

if TYPE_CHECKING:
    from cloudcost.domain.project import Project
    from cloudcost.project.keys.tables import ProjectFile

LONGEST_FILE = 2**20
"""Bytes that a project file may have; more is something else, and /dev/zero has no end."""


def read_project(path: Path, *, today: date) -> Project:
    """Return the project that a file states.

    Parameters
    ----------
    path : Path
        The file, TOML in UTF-8.
    today : date
        First day of a project whose file has no `start`.

    Raises
    ------
    ProjectFileError
        With every fault of the file, one line each, `file:key: what, value, remedy`.
    """
    return _project_of(_text_of(path), file=path.name or str(path), stem=path.stem, today=today, path=str(path))


def parse_project(text: str, *, name: str, today: date) -> Project:
    r"""Return the project that a text states.

    Parameters
    ----------
    text : str
        TOML.
    name : str
        The file's name, for messages and, without its ending, for a project that has no name.
    today : date
        First day of a project that has no `start`.

    Raises
    ------
    ProjectFileError
        With every fault, one line each.

    Examples
    --------
    >>> project = parse_project(
    ...     '[dataset]\nimages = 60000\nsize = "6.6 GB"\n[[training]]\nnetwork = "resnet50"\nepochs = 38\n'
    ...     '[[option]]\nkind = "ec2"\ninstance = "g4dn.xlarge"\n',
    ...     name="small.toml", today=date(2026, 11, 22))
    >>> project.name, project.dataset.size_bytes, project.trainings[0].runs.expected, project.options[0].name
    ('small', 6600000000, 1, 'ec2 g4dn.xlarge')
    """
    return _project_of(text, file=name, stem=Path(name).stem, today=today, path=name)


def _project_of(text: str, *, file: str, stem: str, today: date, path: str) -> Project:
    from cloudcost.project.convert import project_of

    return project_of(parse_tables(text, file=file), name=stem or "project", today=today, path=path)


def parse_tables(text: str, *, file: str) -> ProjectFile:
    """Return the tables of a project file as they stand, checked.

    Parameters
    ----------
    text : str
        TOML.
    file : str
        The file's name, for messages.

    Raises
    ------
    ProjectFileError
        With every fault, one line each.
    """
    return checked_tables(_parse_toml(text, file), file=file)


def raw_tables(text: str, *, file: str) -> dict[str, object]:
    """Return a project file as TOML has it, unchecked, decimal numbers as Decimal.

    Raises
    ------
    ProjectFileError
        When the text is not TOML.
    """
    return _parse_toml(text, file)


def project_text(path: Path) -> str:
    """Return the text of a project file.

    Raises
    ------
    ProjectFileError
        When the file cannot be read.
    """
    return _text_of(path)


def checked_tables(raw: Mapping[str, object], *, file: str) -> ProjectFile:
    """Return a file's tables, checked.

    Parameters
    ----------
    raw : mapping
        As TOML has them.
    file : str
        The file's name, for messages.

    Raises
    ------
    ProjectFileError
        With every fault, one line each.
    """
    from pydantic_core import ValidationError

    from cloudcost.project.checks.combinations import rule_faults
    from cloudcost.project.checks.names.looked_up import name_faults
    from cloudcost.project.keys.validator import read_file

    error = None
    try:
        tables = read_file(raw)
    except ValidationError as refused:
        error = refused
    told = [*rule_faults(raw), *name_faults(raw)]
    if error is None and not told:
        return tables
    from cloudcost.project.faults import model_faults, project_file_error, without_echoes

    found = [] if error is None else model_faults(error, raw)
    raise project_file_error(file, without_echoes([*found, *told]))


def _text_of(path: Path) -> str:
    from cloudcost.files.reading import TooLargeError, read_bounded

    file = path.name or str(path)
    try:
        data = read_bounded(path, LONGEST_FILE)
    except TooLargeError:
        raise ProjectFileError(
            f"{file}:file: no project file, over {LONGEST_FILE} bytes, choose another file"
        ) from None
    except FileNotFoundError:
        raise ProjectFileError(f"{file}:file: no such file, {str(path)!r}, {_missing_file_remedy(path)}") from None
    except IsADirectoryError:
        raise ProjectFileError(f"{file}:file: a folder, {str(path)!r}, name the file in it") from None
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "no valid path"
        raise ProjectFileError(f"{file!r}:file: cannot be read, {reason}, choose another file") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProjectFileError(
            f"{file}:file: not a text in UTF-8, byte {data[error.start]:#04x} at {error.start}, save it as UTF-8"
        ) from None


def _missing_file_remedy(path: Path) -> str:
    from cloudcost.catalog.near import nearest

    try:
        beside = {entry.stem: entry.name for entry in path.parent.iterdir() if entry.suffix == ".toml"}
    except OSError:
        return "check the folder's name"
    near = nearest(path.stem, beside)
    return f"did you mean {beside[near[0]]}?" if near else "cloudcost init writes one"


def _parse_toml(text: str, file: str) -> dict[str, object]:
    if not text.strip():
        raise ProjectFileError(f"{file}:file: empty, {len(text)} characters, cloudcost init writes one to start from")
    if "\0" in text:
        raise ProjectFileError(f"{file}:file: not a text, a byte of zero, choose another file")
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise ProjectFileError(_syntax_fault(str(error), text, file)) from None
    except RecursionError:
        raise ProjectFileError(f"{file}:file: nested too deeply, lists in lists, remove the brackets") from None
    except (ValueError, ArithmeticError):
        raise ProjectFileError(f"{file}:file: a number that cannot be read, too many digits, shorten it") from None


def _syntax_fault(message: str, text: str, file: str) -> str:
    """Return the line of a TOML error; its message ends with ``(at line 3, column 8)`` or ``(at end of document)``."""
    from cloudcost.project.fault import shown

    reason, _, place = message.rpartition(" (at ")
    reason = (reason or message)[:1].lower() + (reason or message)[1:]
    lines = text.splitlines() or [""]
    number = len(lines)
    if place.startswith("line "):
        digits = place.removeprefix("line ").partition(",")[0]
        number = min(int(digits), len(lines)) if digits.isdigit() else number
    reason = "".join(char if char.isprintable() else "?" for char in reason).replace("\n", " ")
    return f"{file}:line {number}: not TOML ({reason}), {shown(lines[number - 1].strip())}, correct that line"

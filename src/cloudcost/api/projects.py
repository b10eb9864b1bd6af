"""A project from a file, from a text, or from tables in code: the same keys, the same checks, the same messages."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from errno import ENAMETOOLONG
from pathlib import Path
from typing import TypeAlias

from cloudcost.api.asked import text_of
from cloudcost.api.days import today_or
from cloudcost.domain.project import Project
from cloudcost.errors import InputError, repeated
from cloudcost.project import file as project_file

Table: TypeAlias = Mapping[str, object]
ProjectLike: TypeAlias = Project | str | Path | Mapping[str, object]
"""A project, the path of its file, or its tables."""
MADE = "project"
"""Where a project that was made in code has its faults, and its name where none is stated."""
_LISTS = ("training", "option", "left_on")
"""Tables that a file may have several of."""


def read_project(path: str | Path, *, today: date | str | None = None) -> Project:
    """Return the project that a file states.

    Parameters
    ----------
    path : str or Path
        The file, TOML in UTF-8.
    today : date or str, optional
        First day of a project whose file has no `start`; the clock's day unless given.

    Raises
    ------
    ProjectFileError
        With every fault of the file, one line each, `file:key: what, value, remedy`.
    """
    return project_file.read_project(path_of(path, "read_project:path"), today=today_or(today))


def parse_project(text: str, *, name: str = MADE, today: date | str | None = None) -> Project:
    r"""Return the project that a text states.

    Parameters
    ----------
    text : str
        TOML.
    name : str
        The file's name, for messages and, without its ending, for a project that has no name.
    today : date or str, optional
        First day of a project that has no `start`; the clock's day unless given.

    Raises
    ------
    ProjectFileError
        With every fault, one line each.

    Examples
    --------
    >>> project = parse_project(
    ...     '[dataset]\nimages = 60000\nsize = "6.6 GB"\n[[training]]\nnetwork = "resnet50"\nepochs = 38\n'
    ...     '[[option]]\nkind = "ec2"\ninstance = "g4dn.xlarge"\n', name="small.toml")
    >>> project.name, project.dataset.size_bytes, project.trainings[0].runs.expected, project.options[0].name
    ('small', 6600000000, 1, 'ec2 g4dn.xlarge')
    """
    if not isinstance(text, str):
        raise InputError(f"parse_project:text: no text, {repeated(text)}, write TOML, or give tables to make_project")
    label = text_of(name, "parse_project:name", "small.toml") or MADE
    return project_file.parse_project(text, name=label, today=today_or(today))


def make_project(*, today: date | str | None = None, **tables: object) -> Project:
    """Return the project of tables that are written in code: each table of the file is an argument.

    Parameters
    ----------
    today : date or str, optional
        First day of a project that states no `start`; the clock's day unless given.
    **tables : mapping, or sequence of mappings
        ``project``, ``dataset``, ``training``, ``option``, ``left_on``, with the keys of the project file. A single
        training or option needs no list; a value of None is a key that is left out.

    Raises
    ------
    ProjectFileError
        With every fault, one line each, as of a file.

    Examples
    --------
    >>> project = make_project(
    ...     project={"name": "leaves", "duration": "4 days"},
    ...     dataset={"images": 20_000, "size": "2.4 GB"},
    ...     training={"network": "resnet18", "batch": 64, "epochs": 30, "runs": {"low": 4, "mode": 8, "high": 16}},
    ...     option=[{"kind": "ec2", "instance": kind} for kind in ("g4dn.xlarge", "g5.xlarge")],
    ... )
    >>> project.name, project.dataset.size_bytes, [option.name for option in project.options]
    ('leaves', 2400000000, ['ec2 g4dn.xlarge', 'ec2 g5.xlarge'])
    """
    from cloudcost.project.convert import project_of

    raw = toml_tables(tables)
    return project_of(project_file.checked_tables(raw, file=MADE), name=MADE, today=today_or(today))


def project_from(given: ProjectLike, *, today: date) -> Project:
    """Return the project that is given as such, by the path of its file, or by its tables.

    Raises
    ------
    ProjectFileError
        With every fault of the file or the tables.
    InputError
        When it is something else.
    """
    if isinstance(given, Project):
        return given
    if isinstance(given, Mapping):
        _check_table_names(given)
        return make_project(today=today, **given)
    return project_file.read_project(path_of(given, "project"), today=today)


def path_of(given: object, name: str) -> Path:
    """Return a path, given as such or as text.

    Raises
    ------
    InputError
        When it is neither.
    """
    if isinstance(given, str | os.PathLike):
        try:
            os.lstat(given)
        except ValueError:
            raise InputError(f"{name}: no valid path, {repeated(given)}, give another one") from None
        except OSError as fault:
            if fault.errno == ENAMETOOLONG:
                raise InputError(f"{name}: a path that is too long, {repeated(given)}, give another one") from None
        return Path(given)
    raise InputError(f"{name}: no path, {repeated(given)}, give a text or a Path")


def toml_tables(tables: Mapping[str, object]) -> dict[str, object]:
    """Return tables of Python values as TOML's reader would have them: exact numbers, lists, nothing that is None.

    Examples
    --------
    >>> toml_tables({"project": {"tax_rate": 0.16, "region": None}, "option": {"name": "lab"}})
    {'project': {'tax_rate': Decimal('0.16')}, 'option': [{'name': 'lab'}]}
    """
    found = {str(name): _toml_value(value) for name, value in tables.items() if value is not None}
    return {name: [value] if name in _LISTS and isinstance(value, dict) else value for name, value in found.items()}


def _check_table_names(tables: Mapping[str, object]) -> None:
    """Refuse names of tables that are no text; what text they are is checked with the rest."""
    for name in tables:
        if not isinstance(name, str):
            raise InputError(
                f"{MADE}: no name of a table, {repeated(name)}, name it project, dataset, training or option"
            )


def _toml_value(value: object) -> object:
    """Return a value as TOML's reader would have it; what it never has is left to the checks."""
    if isinstance(value, bool | str | bytes | int | Decimal):
        return value
    if isinstance(value, float):
        return Decimal(repr(float(value)))
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _toml_value(each) for key, each in value.items() if each is not None}
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:  # a number of NumPy's or pandas'
        return _toml_value(value.item())
    if isinstance(value, Iterable):
        return [_toml_value(each) for each in value]
    return value

"""What `--over KEY=...` names: a key of a project file, with the tables that it stands in.

``project.duration``, ``dataset.size``, ``training.batch`` (of all trainings), ``training.resnet50.batch`` (of one),
``training.checkpoint.size``, ``option.instance`` (of all options whose kind has that key), ``option.laptop.watts``,
``left_on.quantity`` (of all that is left on), ``left_on.0.quantity`` (of the first, numbered as messages do).
Names may have dots and blanks: the longest name that fits is meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from cloudcost.catalog.near import did_you_mean
from cloudcost.domain.project import Project
from cloudcost.errors import InputError
from cloudcost.frozen import dataclass
from cloudcost.project.keys.facts import key_forms, kinds_with

TableName = Literal["project", "dataset", "training", "option", "left_on"]
TABLES: dict[TableName, str] = {
    "project": "ProjectTable",
    "dataset": "DatasetTable",
    "training": "TrainingTable",
    "option": "OptionTable",
    "left_on": "LeftOnTable",
}
LISTS: tuple[TableName, ...] = ("training", "option", "left_on")
"""Tables of which a file may have several."""
NESTED = {"checkpoint": "CheckpointTable", "runs": "CountTable", "epochs": "CountTable"}
"""Keys that may hold a table of their own."""
FIXED = ("name",)
"""Keys that say which row is which, and so stay as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweptKey:
    """A key that takes several values.

    Parameters
    ----------
    text : str
        As it was typed, and as its column is called.
    table : {"project", "dataset", "training", "option", "left_on"}
    rows : tuple of int
        Positions in the list of tables that it is set in; none for the other tables.
    path : tuple of str
        Within the table: ``("batch",)``, ``("checkpoint", "size")``.
    form : str
        What it takes, as `key_forms` calls it: ``int``, ``float``, ``usd``, ``size``, ``text`` ...
    """

    text: str
    table: TableName
    rows: tuple[int, ...]
    path: tuple[str, ...]
    form: str

    @property
    def of_runs(self) -> bool:
        """Whether only numbers of runs change with it."""
        return self.table == "training" and self.path[0] == "runs"


def find_key(text: str, project: Project) -> SweptKey:
    """Return the key that a text names.

    Raises
    ------
    InputError
        When there is no such key, or no row that has it; the message names the nearest.

    Examples
    --------
    >>> from datetime import date
    >>> from cloudcost.project.bundled import bundled_project_text
    >>> from cloudcost.project.file import parse_project
    >>> reto = parse_project(bundled_project_text("reto"), name="reto", today=date(2026, 11, 22))
    >>> find_key("training.vgg16.batch", reto).rows, find_key("training.batch", reto).rows
    ((1,), (0, 1, 2))
    """
    for table in TABLES:
        if text.startswith(f"{table}."):
            found = _in_table(text, table, text.removeprefix(f"{table}."), project)
            if found is not None:
                return found
    near = did_you_mean(text, _known(project), 2, "cloudcost schema lists the keys of each table")
    raise InputError(f'--over:{text}: no such key, "{text}", {near}')


def _in_table(text: str, table: TableName, rest: str, project: Project) -> SweptKey | None:
    rows: tuple[int, ...] = ()
    form = _form(table, rest)
    if table in LISTS:
        names = _names(table, project)
        fitting = [name for name in names if rest.startswith(f"{name}.") and _form(table, rest[len(name) + 1 :])]
        if fitting:
            name = max(fitting, key=len)
            rows, rest = (names.index(name),), rest[len(name) + 1 :]
            form = _form(table, rest)
        elif form:
            rows = _rows_with(table, rest.partition(".")[0], project)
            if not rows and table == "left_on":
                raise InputError(f'--over:{text}: the project has none, "left_on", add a table [[left_on]]')
            if not rows:
                kinds = ", ".join(kinds_with(rest))
                raise InputError(f'--over:{text}: no option has it, "{rest}", it belongs to kind {kinds}')
    if not form:
        return None
    return SweptKey(text=text, table=table, rows=rows, path=tuple(rest.split(".")), form=form)


def _names(table: TableName, project: Project) -> list[str]:
    """Return what the rows of a list of tables are called; what is left on has no names and is numbered."""
    if table == "left_on":
        return [str(row) for row in range(len(project.left_on))]
    return [each.name for each in (project.trainings if table == "training" else project.options)]


def _rows_with(table: TableName, key: str, project: Project) -> tuple[int, ...]:
    if table != "option":
        return tuple(range(len(_names(table, project))))
    having = kinds_with(key)
    return tuple(row for row, option in enumerate(project.options) if option.kind in having)


def _form(table: TableName, path: str) -> str:
    """Return what a key of a table takes; empty for one that is not there or stays fixed."""
    key, _, below = path.partition(".")
    if not below:
        return "" if key in FIXED else key_forms(TABLES[table]).get(key, "")
    if table == "training" and key in NESTED:
        return key_forms(NESTED[key]).get(below, "")
    return ""


def _known(project: Project) -> Iterator[str]:
    """Yield every key that could be swept, for near-misses."""
    rows = {table: _names(table, project) for table in LISTS}
    for table, model in TABLES.items():
        for key in key_forms(model):
            paths = [key, *(f"{key}.{below}" for below in key_forms(NESTED[key]))] if key in NESTED else [key]
            for path in paths:
                if path not in FIXED:
                    yield f"{table}.{path}"
                    yield from (f"{table}.{name}.{path}" for name in rows.get(table, ()))

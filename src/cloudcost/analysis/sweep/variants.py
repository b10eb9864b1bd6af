"""The project at each point of a sweep, read table by table as the project file's own reader would.

A table is read again only when a key in it takes another value, and what is equal stays the same object, on which the
kernel builds. A table that cannot be read is a reason why rows are not feasible.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING, TypeVar, cast

from cloudcost.analysis.sweep.keys import LISTS, TABLES, SweptKey, TableName
from cloudcost.analysis.sweep.values import Drawn, Values
from cloudcost.domain.project import Count, Dataset, Option, Project, Training
from cloudcost.errors import ProjectFileError
from cloudcost.frozen import dataclass
from cloudcost.project.checks.combinations import rule_faults
from cloudcost.project.checks.names.looked_up import name_faults
from cloudcost.project.checks.raw import STATED_TIMES
from cloudcost.project.convert import dataset_of, option_of, project_of, training_of
from cloudcost.project.file import checked_tables
from cloudcost.project.keys.validator import ReadTable, changed_table, read_table
from cloudcost.usage.chosen import store_of, with_bucket_placed

if TYPE_CHECKING:
    from cloudcost.project.keys.option_table import OptionTable
    from cloudcost.project.keys.tables import DatasetTable, ProjectFile, TrainingTable

Raw = Mapping[str, object]
Point = tuple[object, ...]
"""By key: the position of a listed value, or the value that was drawn."""
MOST_KEPT = 2048
"""Variants of one table that are kept before all are forgotten. [count]"""
_TOLD_APART = frozenset({"text", "choice", "bool", "moment"})
"""Forms of keys whose values rules look at; of others, only whether they are 0 (tables are always looked at)."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A project of the sweep.

    Parameters
    ----------
    project : Project or None
        Without options, and with one run of each training; None where it cannot be read.
    options : tuple of Option or str
        Each option, or why it cannot be read.
    runs : tuple of int
        Of each training. [count]
    reason : str
        Why the project cannot be read; empty otherwise.
    """

    project: Project | None
    options: tuple[Option | str, ...]
    runs: tuple[int, ...]
    reason: str = ""


class Variants:
    """Reads the projects of a sweep (mutable: it remembers what was read).

    Parameters
    ----------
    raw : mapping
        The project file as TOML has it.
    project : Project
        What it states.
    keys : sequence of SweptKey
    values : sequence of Values
        Of each key.
    file : str
        The file's name, for messages.
    today : date
    """

    def __init__(
        self, raw: Raw, project: Project, keys: Sequence[SweptKey], values: Sequence[Values], *, file: str, today: date
    ) -> None:
        self.raw = named(raw, project)
        self._base = project
        self._keys = keys
        self._values = values
        self._file = file
        self.today = today
        self._touching = {
            (table, row): [index for index, key in enumerate(keys) if key.table == table and _holds(key, row)]
            for table in TABLES
            for row in self._rows(table)
        }
        self._standing = [index for index, key in enumerate(keys) if key.table == "left_on"]
        self._seen: dict[tuple[object, ...], object] = {}
        self._start: dict[tuple[TableName, int], ReadTable | None] = {}
        self._ruled: set[tuple[object, ...]] = set()
        self._plain: dict[tuple[object, ...], Training] = {}
        self._projects: dict[tuple[int, ...], tuple[tuple[object, ...], Project]] = {}
        self._faulty = any(key.table == "option" and key.path[0] in STATED_TIMES for key in keys)

    def _rows(self, table: TableName) -> range:
        return range(len(cast("list[Raw]", self.raw.get(table, [])))) if table in LISTS else range(1)

    def value(self, index: int, pick: object) -> object:
        """Return the value that a key takes, as TOML would have it."""
        values = self._values[index]
        return pick if isinstance(values, Drawn) else values.values[cast("int", pick)]

    def cell(self, index: int, pick: object) -> str:
        """Return the value that a key takes, as its column shows it."""
        values = self._values[index]
        return str(pick) if isinstance(values, Drawn) else values.cells[cast("int", pick)]

    def read(self, point: Point) -> Variant:
        """Return the project at a point."""
        options = tuple([self._part("option", row, point, self._option) for row in self._rows("option")])
        frame = self._part("project", 0, point, self._frame)
        dataset = self._part("dataset", 0, point, self._dataset)
        trainings = [self._part("training", row, point, self._training) for row in self._rows("training")]
        parts = (frame, dataset, *trainings)
        reasons = [part for part in parts if isinstance(part, str)]
        if reasons:
            return Variant(project=None, options=options, runs=(), reason="; ".join(dict.fromkeys(reasons)))
        pairs = cast("list[tuple[Training, int]]", trainings)
        plain = tuple([training for training, _ in pairs])
        project = self._project(cast("Project", frame), cast("Dataset", dataset), plain)
        return Variant(project=project, options=options, runs=tuple([runs for _, runs in pairs]))

    def _project(self, frame: Project, dataset: Dataset, trainings: tuple[Training, ...]) -> Project:
        key = (id(frame), id(dataset), *map(id, trainings))
        known = self._projects.get(key)  # what it holds is alive, so no other object has its id
        if known is None:
            project = replace(frame, dataset=dataset, trainings=trainings, options=())
            if store_of(project) is not None:  # the bucket's region follows from the options' regions
                beside = replace(project, options=self._base.options)
                project = replace(project, dataset=with_bucket_placed(beside).dataset)
            if len(self._projects) >= MOST_KEPT:
                self._projects.clear()
            known = self._projects[key] = (frame, dataset, *trainings), project
        return known[1]

    def _part(self, table: TableName, row: int, point: Point, read: Callable[[Raw, int, Point], T]) -> T | str:
        """Return one table's meaning at a point, or why it has none; read once for the same values."""
        touching = self._touching[table, row] + (self._standing if table == "project" else [])
        key = (table, row, *[point[index] for index in touching])
        if key in self._seen:
            return cast("T | str", self._seen[key])
        if len(self._seen) >= MOST_KEPT:
            self._seen.clear()
        merged = self.merged(table, row, point)
        part: T | str
        try:
            part = read(merged, row, point)
        except ProjectFileError as error:
            part = "; ".join(error.faults)
        self._seen[key] = part
        return part

    def merged(self, table: TableName, row: int, point: Point) -> dict[str, object]:
        """Return one table as TOML would have it at a point; as the file has it where there is none."""
        rows = self.raw.get(table, {})
        merged = dict(cast("list[Raw]", rows)[row] if table in LISTS else cast("Raw", rows))
        for index in self._touching[table, row] if point else ():
            path = self._keys[index].path
            if len(path) == 1:
                merged[path[0]] = self.value(index, point[index])
            else:
                inner = merged.get(path[0])
                merged[path[0]] = {
                    **(inner if isinstance(inner, Mapping) else {}),
                    path[1]: self.value(index, point[index]),
                }
        return merged

    def whole(self, point: Point) -> dict[str, object]:
        """Return the whole file as TOML would have it at a point."""
        whole: dict[str, object] = dict(self.raw)
        for table in TABLES:
            tables = [self.merged(table, row, point) for row in self._rows(table)]
            if tables:
                whole[table] = tables if table in LISTS else tables[0]
        return whole

    def _accepted(self, merged: Raw, table: TableName, row: int, point: Point) -> ReadTable:
        """Return a table with its defaults; what is wrong with one is told as for the whole file."""
        place = table, row
        if place not in self._start:
            self._start[place] = read_table(self.merged(table, row, ()), TABLES[table])
        read = self._start[place]
        if read is not None:
            changes = {self._keys[index].path[0] for index in self._touching[place]}
            read = changed_table(read, {key: merged[key] for key in changes}, TABLES[table])
        read = read or read_table(merged, TABLES[table])
        if read is None:
            tables = getattr(checked_tables(self.whole(point), file=self._file), table)
            read = tables[row] if table in LISTS else tables
        return cast("ReadTable", read)

    def _check(self, tables: Raw, table: TableName, row: int, point: Point) -> None:
        """Raise for what keys say together; asked once for values that no rule tells apart."""
        seen: list[object] = [table, row]
        for index in self._touching[table, row] + (self._standing if table == "project" else []):
            key, value = self._keys[index], self.value(index, point[index])
            if len(key.path) > 1 or isinstance(value, (list, dict)):
                seen.clear()
                break
            seen.append(value if key.form in _TOLD_APART else value == 0)
        if seen and tuple(seen) in self._ruled:
            return
        faults = [*rule_faults(tables), *name_faults(tables)]
        if faults:
            raise ProjectFileError(*(f"{fault.what}, {fault.value}, {fault.remedy}" for fault in faults))
        if seen:
            self._ruled.add(tuple(seen))

    def _frame(self, merged: Raw, row: int, point: Point) -> Project:
        accepted = self._accepted(merged, "project", row, point)
        rows = [self.merged("left_on", each, point) for each in self._rows("left_on")]
        standing = [self._accepted(table, "left_on", each, point) for each, table in enumerate(rows)]
        swept = {"option": self.raw["option"], "left_on": rows} if self._standing else {}
        self._check({"project": merged, **swept}, "project", row, point)
        data = read_table({"images": 1, "size": 1}, TABLES["dataset"])  # takes the place of the real one
        tables = SimpleNamespace(project=accepted, dataset=data, training=[], option=[], left_on=standing)
        return project_of(cast("ProjectFile", tables), name=self._base.name, today=self.today, path=self._base.path)

    def _dataset(self, merged: Raw, row: int, point: Point) -> Dataset:
        accepted = self._accepted(merged, "dataset", row, point)
        self._check({"dataset": merged}, "dataset", row, point)
        return dataset_of(cast("DatasetTable", accepted))

    def _training(self, merged: Raw, row: int, point: Point) -> tuple[Training, int]:
        accepted = self._accepted(merged, "training", row, point)
        options = (
            [self.merged("option", each, point) for each in self._rows("option")]
            if self._faulty
            else self.raw["option"]
        )
        known = [{key: 1 for key in STATED_TIMES if key in each} for each in cast("list[Raw]", options)]
        self._check({"training": [merged], "option": known}, "training", row, point)
        training = training_of(cast("TrainingTable", accepted), self._base.trainings[row].name)
        others = [index for index in self._touching["training", row] if not self._keys[index].of_runs]
        key = (row, *[point[index] for index in others])
        if len(self._plain) >= MOST_KEPT:
            self._plain.clear()
        plain = self._plain.setdefault(key, replace(training, runs=Count.fixed(1)))
        return plain, training.runs.expected

    def _option(self, merged: Raw, row: int, point: Point) -> Option:
        accepted = self._accepted(merged, "option", row, point)
        self._check({"project": self.raw["project"], "option": [merged]}, "option", row, point)
        return option_of(cast("OptionTable", accepted), self._base.options[row].name)


def named(raw: Raw, project: Project) -> dict[str, object]:
    """Return a project file's tables with the names that trainings and options have by default filled in."""
    filled: dict[str, object] = {"project": {}, **raw}
    names = {
        "training": [each.name for each in project.trainings],
        "option": [each.name for each in project.options],
    }
    for table, own in names.items():
        given = cast("list[Raw]", raw[table])
        filled[table] = [{**each, "name": name} for each, name in zip(given, own, strict=True)]
    return filled


def _holds(key: SweptKey, row: int) -> bool:
    return row in key.rows if key.table in LISTS else True

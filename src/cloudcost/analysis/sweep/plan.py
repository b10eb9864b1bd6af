"""From what a user asks for to a job: keys found, values checked one by one before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from cloudcost.analysis.compare import context_of
from cloudcost.analysis.sweep.job import Job
from cloudcost.analysis.sweep.keys import SweptKey, find_key
from cloudcost.analysis.sweep.values import Drawn, Values, parse_values
from cloudcost.analysis.sweep.variants import Point, Variants
from cloudcost.domain.project import Project
from cloudcost.errors import CatalogError, InputError, ProjectFileError
from cloudcost.project.checks.combinations import rule_faults
from cloudcost.project.checks.names.looked_up import name_faults
from cloudcost.project.convert import project_of
from cloudcost.project.file import checked_tables, raw_tables
from cloudcost.render.outputs import RowFormat

MOST_PROJECTS = 1_000_000_000
"""Projects of one sweep. [count]"""
MOST_FAULTS = 20
"""Faulty values that a message lists."""


def plan_sweep(
    text: str,
    *,
    file: str,
    path: str,
    over: Sequence[str],
    today: date,
    sample: int | None = None,
    seed: int = 1,
    as_of: date | None = None,
    allow_assumed: bool = True,
    form: RowFormat = "csv",
) -> Job:
    """Return the job of a sweep.

    Parameters
    ----------
    text, file, path : str
        The project file's text, its name for messages, and where it lies (empty for a bundled one).
    over : sequence of str
        ``KEY=VALUES`` each.
    today : date
    sample : int, optional
        Projects to draw at random; the whole grid without it. [count]
    seed : int
    as_of : date, optional
    allow_assumed : bool
    form : RowFormat

    Raises
    ------
    ProjectFileError
        When the project file has faults.
    InputError
        With every fault of the keys and values, one line each.

    Examples
    --------
    >>> from cloudcost.project.bundled import bundled_project_text
    >>> job = plan_sweep(bundled_project_text("reto"), file="reto.toml", path="", today=date(2026, 11, 22),
    ...                  over=["training.batch=16,32", "dataset.size=1:5 GB"])
    >>> job.projects, job.columns[:3]
    (10, ('training.batch', 'dataset.size', 'option'))
    """
    raw = raw_tables(text, file=file)
    project = project_of(checked_tables(raw, file=file), name=Path(file).stem or "project", today=today, path=path)
    keys: list[SweptKey] = []
    values: list[Values] = []
    faults: list[str] = []
    for each in over:
        try:
            key, stated = _split_over(each, project)
            values.append(parse_values(stated, key, sampled=sample is not None))
            keys.append(key)
        except InputError as error:
            faults += error.faults
    faults += _clashes(keys)
    if not faults:
        variants = Variants(raw, project, keys, values, file=file, today=today)
        faults = _value_faults(variants, keys, values, project, file)
    if faults:
        raise InputError(*faults[:MOST_FAULTS])
    job = Job(
        text=text, file=file, path=path, keys=tuple(keys), values=tuple(values), sample=sample, seed=seed, today=today,
        as_of=as_of, allow_assumed=allow_assumed, form=form,
    )  # fmt: skip
    if job.projects > MOST_PROJECTS:
        raise InputError(f"--over: too many projects, {job.projects:,}, at most {MOST_PROJECTS:,}: use --sample N")
    return job


def _split_over(text: str, project: Project) -> tuple[SweptKey, str]:
    """Return the key and its values; a name may have an equals sign, so the first that makes a key ends it."""
    first: InputError | None = None
    for position, char in enumerate(text):
        if char == "=":
            try:
                return find_key(text[:position].strip(), project), text[position + 1 :].strip()
            except InputError as error:
                first = first or error
    raise first or InputError(f'--over:{text}: no values, "{text}", write --over training.batch=16,32,64')


def _clashes(keys: Sequence[SweptKey]) -> list[str]:
    """Return a fault for each key that sets what an earlier one sets."""
    faults = []
    for index, key in enumerate(keys):
        for earlier in keys[:index]:
            shared = key.table == earlier.table and (key.rows == earlier.rows or set(key.rows) & set(earlier.rows))
            below = min(len(key.path), len(earlier.path))
            if shared and key.path[:below] == earlier.path[:below]:
                faults.append(f'--over:{key.text}: swept twice, "{earlier.text}", keep one of the two')
                break
    return faults


def _value_faults(
    variants: Variants, keys: Sequence[SweptKey], values: Sequence[Values], project: Project, file: str
) -> list[str]:
    """Return the faults of values that no other key could heal, each alone in the project as it stands."""
    faults: list[str] = []
    for index, (key, each) in enumerate(zip(keys, values, strict=True)):
        alone = Variants(variants.raw, project, [key], [each], file=file, today=variants.today)
        others = {(other.table, row) for at, other in enumerate(keys) if at != index for row in other.rows or (0,)}
        healed = any((key.table, row) in others for row in key.rows or (0,))
        picks = [each.at(0.0), each.at(1 - 2**-53)] if isinstance(each, Drawn) else range(len(each.values))
        for pick in picks:
            point: Point = (pick,)
            found: list[str] = []
            if not _clean(alone, key, point):
                found = _faults_of(alone.whole(point), key, file, healed=healed)
            elif key.path == ("network",):
                found = _network_faults(alone, key, point)
            elif key.path == ("price_book",):
                found = _book_faults(alone, key, point)
            faults += found
            if len(faults) >= MOST_FAULTS:
                return faults
    return faults


def _clean(variants: Variants, key: SweptKey, point: Point) -> bool:
    """Return whether every table that the key is in can be read."""
    read = variants.read(point)
    return not read.reason and not any(isinstance(read.options[row], str) for row in key.rows if key.table == "option")


def _faults_of(whole: Mapping[str, object], key: SweptKey, file: str, *, healed: bool) -> list[str]:
    """Return the reader's faults that a single value is to blame for.

    What keys say together is left to the rows where another swept key is in the same table, or where an option's
    value suits some of the options that it is set in. So are names, but for one that is known nowhere.
    """
    try:
        checked_tables(whole, file=file)
    except ProjectFileError as error:
        together = {each.line(file): each.place for each in rule_faults(whole)}
        names = name_faults(whole)
        wrong = {each.place[1] for each in names if each.place[0] == "option"}
        suits_some = key.table == "option" and wrong < set(key.rows)
        for each in names:
            if suits_some or (healed and not each.what.startswith("unknown")):
                together[each.line(file)] = each.place
        single = [line for line in error.faults if line not in together]
        if single:
            return [f"--over {key.text}: {line}" for line in dict.fromkeys(single)][:1]
        rows = {place[1] for place in together.values() if place[0] == key.table}
        some = key.table == "option" and len(rows) < len(key.rows)
        return [] if healed or some else [f"--over {key.text}: {line}" for line in error.faults][:1]
    return []


def _network_faults(variants: Variants, key: SweptKey, point: Point) -> list[str]:
    read = variants.read(point).project
    if read is None:
        return []
    try:
        context = context_of(read, today=variants.today)
        for row in key.rows:
            context.timing.network(read.trainings[row])
    except InputError as error:
        return [f"--over {key.text}: {line}" for line in error.faults]
    except CatalogError:
        return []
    return []


def _book_faults(variants: Variants, key: SweptKey, point: Point) -> list[str]:
    read = variants.read(point).project
    try:
        if read is not None:
            context_of(read, today=variants.today)
    except CatalogError as error:
        return [f"--over {key.text}: {error}"]
    return []

"""A grid or a random sample of projects from Python, as a DataFrame."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from cloudcost.analysis.sweep.plan import plan_sweep
from cloudcost.analysis.sweep.run import chunks_of
from cloudcost.analysis.sweep.write import write_stream
from cloudcost.api.asked import count_of, seed_of
from cloudcost.api.days import day_or_none, today_or
from cloudcost.api.projects import MADE, ProjectLike, path_of, toml_tables
from cloudcost.domain.project import Project
from cloudcost.errors import InputError, repeated
from cloudcost.project.file import project_text
from cloudcost.project.written import toml_text

if TYPE_CHECKING:
    import pandas as pd


def sweep(
    project: ProjectLike,
    over: Mapping[str, object],
    *,
    sample: int | None = None,
    seed: int = 1,
    workers: int | None = 1,
    dask: str | None = None,
    today: date | str | None = None,
    as_of: date | str | None = None,
    allow_assumed: bool = True,
) -> pd.DataFrame:
    """Return a row for each project of a grid, or of a random sample, and each option, as ``cloudcost sweep`` does.

    Parameters
    ----------
    project : str, Path or mapping
        The path of a project file, or its tables as `make_project` takes them.
    over : mapping of str to values
        By key (``training.batch``, ``option.NAME.instance`` ...): a list of values, or a text as the command takes it:
        ``"1:100:5"`` a stepped range, ``"log:1 GB..1000 GB"`` with `sample` a stretch to draw from.
    sample : int, optional
        Projects to draw at random; the whole grid without it. [count]
    seed : int
        Of the sample.
    workers : int, optional
        Processes; None for one per usable core. [count]
    dask : str, optional
        Address of a Dask scheduler, which then does all.
    today : date or str, optional
        The clock's day unless given.
    as_of : date or str, optional
        Take prices, rates and machines as they were on this day.
    allow_assumed : bool
        Whether a price that is not known in a region may be assumed by the stated rule.

    Returns
    -------
    pandas.DataFrame
        Columns as of the command; totals are exact Decimals. [USD], [h], [s]

    Raises
    ------
    ProjectFileError
        With every fault of the project.
    InputError
        With every fault of the keys and values.

    Examples
    --------
    Two batches and one option are two rows:

    >>> rows = sweep({
    ...     "dataset": {"images": 60_000, "size": "6.6 GB"}, "training": {"network": "resnet50", "epochs": 3},
    ...     "option": {"name": "EC2", "kind": "ec2", "instance": "g4dn.xlarge"},
    ... }, {"training.batch": [16, 32]}, today="2026-11-22")
    >>> rows["training.batch"].tolist(), bool(rows["hours"][0] > rows["hours"][1])
    ([16, 32], True)
    """
    from cloudcost.render.notebook.frames import frame_of_csv

    if not isinstance(over, Mapping) or not over:
        raise InputError(
            f"sweep:over: no keys with their values, {repeated(over)}, write {{'training.batch': [16, 32]}}"
        )
    text, file, path = _text_of(project)
    job = plan_sweep(
        text,
        file=file,
        path=path,
        over=[f"{key}={_values(values)}" for key, values in over.items()],
        today=today_or(today),
        sample=None if sample is None else count_of(sample, "sample", least=1),
        seed=seed_of(seed),
        as_of=day_or_none(as_of, name="as_of"),
        allow_assumed=allow_assumed,
    )
    rows = io.BytesIO()
    write_stream(job, chunks_of(job, workers=workers, dask=dask), rows, lambda _: None)
    return frame_of_csv(rows.getvalue().decode("utf-8"), texts=("option", "kind", "reason", "basis"))


def _text_of(given: ProjectLike) -> tuple[str, str, str]:
    """Return a project's text, its file's name for messages, and its path."""
    if isinstance(given, Project):
        raise InputError(
            f"sweep:project: no keys to vary, {repeated(given.name)}, give the path of its file, or its tables"
        )
    if isinstance(given, Mapping):
        return toml_text(toml_tables(given)), MADE, ""
    path = path_of(given, "sweep:project")
    return project_text(path), path.name or str(path), str(path)


def _values(values: object) -> str:
    """Return values as ``--over`` takes them."""
    if isinstance(values, str):
        return values
    several: Sequence[object] = list(values) if isinstance(values, Iterable) else [values]
    return ",".join(_value(each) for each in several)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, timedelta):
        return f"{Decimal(value // timedelta(seconds=1))} s"
    return str(value)

"""A chunk of a sweep: what any process, here or on a cluster, does to make rows of some projects.

A job is small and says everything, so that a chunk is a function of the job and its number alone.
"""

from __future__ import annotations

import csv
import io
import pickle
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import assert_never

from cloudcost.analysis.compare import context_of
from cloudcost.analysis.sweep.job import Job, Row
from cloudcost.analysis.sweep.kernel import Kernel, Outcome
from cloudcost.analysis.sweep.points import points
from cloudcost.analysis.sweep.variants import Point, Variant, Variants
from cloudcost.domain.project import Option, Project
from cloudcost.errors import CloudCostError
from cloudcost.money import LINE_PLACES
from cloudcost.pricing.bill.prices import UNIT
from cloudcost.project.convert import project_of
from cloudcost.project.file import checked_tables, raw_tables
from cloudcost.render.tables.columns import csv_cell


def run_chunk(job: bytes, number: int) -> bytes:
    """Return the rows of a chunk, as CSV without a header or as an Arrow stream.

    Parameters
    ----------
    job : bytes
        A pickled `Job`.
    number : int
        Of the chunk, from 0.
    """
    worker = _worker(job)
    rows = worker.rows(number)
    match worker.job.form:
        case "csv":
            buffer = io.StringIO()
            csv.writer(buffer, lineterminator="\n").writerows(_csv_rows(rows))
            return buffer.getvalue().encode()
        case "parquet":
            from cloudcost.analysis.sweep.arrow import arrow_bytes

            return arrow_bytes(worker.job, list(rows))
        case _:
            assert_never(worker.job.form)


def _csv_rows(rows: Iterable[tuple[tuple[str, ...], Row]]) -> Iterator[tuple[object, ...]]:
    """Yield the cells of rows; what repeats from row to row is looked at once: swept values, options, reasons."""
    of_point: tuple[str, ...] | None = None
    shown: tuple[str, ...] = ()
    names: dict[str, str] = {}
    for cells, row in rows:
        if cells is not of_point:
            of_point, shown = cells, tuple(map(csv_cell, cells))
        option = names.get(row.option) or names.setdefault(row.option, csv_cell(row.option))
        yield *shown, option, row.kind, row.feasible, row.reason and csv_cell(row.reason), *row[4:]


@lru_cache(maxsize=2)
def _worker(job: bytes) -> Worker:
    loaded: Job = pickle.loads(job)
    return Worker(loaded)


class Worker:
    """What one process keeps between the chunks of a sweep (mutable: it remembers what it read and priced)."""

    def __init__(self, job: Job) -> None:
        self.job = job
        raw = raw_tables(job.text, file=job.file)
        tables = checked_tables(raw, file=job.file)
        project = project_of(tables, name=Path(job.file).stem or "project", today=job.today, path=job.path)
        self.project = project
        self.variants = Variants(raw, project, job.keys, job.values, file=job.file, today=job.today)
        self._kernels: dict[str | None, Kernel | str] = {}
        self._order = self._runs_last()

    def _runs_last(self) -> list[int]:
        """Return the keys' positions in the order of the grid: numbers of runs, which are cheap, change fastest."""
        return sorted(range(len(self.job.keys)), key=lambda index: self.job.keys[index].of_runs)

    def points(self, number: int) -> Iterator[Point]:
        """Yield the points of a chunk, in the order of the keys."""
        job = self.job
        places = {index: place for place, index in enumerate(self._order)}
        ordered = [job.values[index] for index in self._order]
        for point in points(ordered, number, sample=job.sample, seed=job.seed):
            yield tuple([point[places[index]] for index in range(len(job.keys))])

    def rows(self, number: int) -> Iterator[tuple[tuple[str, ...], Row]]:
        """Yield the rows of a chunk: the swept keys' cells, and the rest."""
        variants = self.variants
        for point in self.points(number):
            cells = tuple([variants.cell(index, pick) for index, pick in enumerate(point)])
            for row in self._rows_of(variants.read(point)):
                yield cells, row

    def _rows_of(self, variant: Variant) -> list[Row]:
        """Return a project's rows, in the order of the file."""
        outcomes = self._outcomes(variant)
        best = _cheapest(outcomes)
        rows = []
        for index, (base, option, outcome) in enumerate(
            zip(self.project.options, variant.options, outcomes, strict=True)
        ):
            total = outcome.total
            rows.append(
                Row(
                    base.name,
                    base.kind if isinstance(option, str) else option.kind,
                    outcome.feasible,
                    outcome.reason,
                    None if total is None else usd_text(total),
                    outcome.hours,
                    outcome.wait_hours,
                    outcome.hours_per_run,
                    outcome.seconds_per_iteration,
                    outcome.basis,
                    index == best,
                )
            )
        return rows

    def _outcomes(self, variant: Variant) -> list[Outcome]:
        if variant.project is None:
            return [Outcome(False, variant.reason) for _ in variant.options]
        kernel = self._kernel(variant.project)
        if isinstance(kernel, str):
            return [Outcome(False, kernel) for _ in variant.options]
        readable = [option for option in variant.options if isinstance(option, Option)]
        priced = iter(kernel.outcomes(variant.project, readable, variant.runs))
        return [Outcome(False, option) if isinstance(option, str) else next(priced) for option in variant.options]

    def _kernel(self, project: Project) -> Kernel | str:
        """Return the kernel of the project's price book, or why there is none."""
        if project.price_book not in self._kernels:
            job = self.job
            try:
                context = context_of(project, today=job.today, as_of=job.as_of, allow_assumed=job.allow_assumed)
                self._kernels[project.price_book] = Kernel(context)
            except CloudCostError as error:
                self._kernels[project.price_book] = str(error)
        return self._kernels[project.price_book]


def usd_text(units: int) -> str:
    """Return whole 1e-10 USD as a decimal text without trailing zeros, as `decimal_string` writes it.

    Examples
    --------
    >>> usd_text(12_300_000_000), usd_text(-5), usd_text(20_000_000_000)
    ('1.23', '-0.0000000005', '2')
    """
    dollars, rest = divmod(abs(units), UNIT)
    text = f"{dollars}.{rest:0{LINE_PLACES}d}".rstrip("0") if rest else str(dollars)
    return f"-{text}" if units < 0 else text


def _cheapest(outcomes: Sequence[Outcome]) -> int | None:
    """Return which outcome a comparison would call the best: feasible, to be counted on, cheapest, first."""
    best: tuple[int, int] | None = None
    for index, outcome in enumerate(outcomes):
        if (
            outcome.feasible
            and outcome.guaranteed
            and outcome.total is not None
            and (best is None or outcome.total < best[0])
        ):
            best = outcome.total, index
    return None if best is None else best[1]

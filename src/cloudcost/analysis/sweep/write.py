"""Where the rows of a sweep go: a CSV or Parquet file that appears when it is whole, or a stream."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any, assert_never

from cloudcost.analysis.sweep.arrow import arrow_schema, require_parquet
from cloudcost.analysis.sweep.job import Job
from cloudcost.errors import InputError
from cloudcost.files.writing import open_whole
from cloudcost.render.outputs import ROW_FORMATS, RowFormat

FORMS: dict[str, RowFormat] = {f".{style}": style for style in ROW_FORMATS}
"""What the ending of a file's name asks for."""


def form_of(output: Path | str) -> RowFormat:
    """Return what a file is to hold, by the ending of its name.

    Raises
    ------
    InputError
        When the ending is neither ``.csv`` nor ``.parquet``.
    MissingExtraError
        When it is Parquet and pyarrow is not installed.
    """
    path = Path(output)
    form = FORMS.get(path.suffix.lower())
    if form is None:
        if path.exists() and not path.is_file() and not path.is_dir():
            return "csv"  # a device or a pipe
        raise InputError(f'-o:{path}: not a known ending, "{path.suffix}", write .csv or .parquet')
    if form == "parquet":
        require_parquet()
    return form


def header(job: Job) -> bytes:
    """Return the CSV line of the columns' names."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(job.columns)
    return buffer.getvalue().encode()


def write_stream(job: Job, chunks: Iterable[bytes], stream: IO[bytes], done: Callable[[int], None]) -> None:
    """Write the rows as CSV, chunk by chunk.

    Parameters
    ----------
    job : Job
    chunks : iterable of bytes
    stream : binary file
    done : callable
        Told the number of chunks that are written.
    """
    stream.write(header(job))
    for number, chunk in enumerate(chunks):
        stream.write(chunk)
        stream.flush()
        done(number + 1)


def part_of(path: Path | str) -> Path:
    """Return where the rows are kept that were written before an interruption."""
    return Path(f"{path}.part")


def write_file(job: Job, chunks: Callable[[], Iterable[bytes]], path: Path | str, done: Callable[[int], None]) -> None:
    """Write the rows to a file that appears when it is whole; an interruption leaves whole rows at `part_of` it.

    Raises
    ------
    OutputError
        When the path cannot be written.
    """
    with open_whole(path, keep=part_of(path)) as file:
        match job.form:
            case "csv":
                write_stream(job, chunks(), file, done)
            case "parquet":
                _write_parquet(job, chunks(), file, done)
            case _:
                assert_never(job.form)


def _write_parquet(job: Job, chunks: Iterable[bytes], file: Any, done: Callable[[int], None]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetWriter(file, arrow_schema(job)) as writer:
        for number, chunk in enumerate(chunks):
            writer.write_table(pa.ipc.open_stream(chunk).read_all())
            done(number + 1)

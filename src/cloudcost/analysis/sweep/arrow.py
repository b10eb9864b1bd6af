"""Rows of a sweep as Arrow columns, for Parquet (extra ``parquet``)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cloudcost.analysis.sweep.values import Drawn, Values
from cloudcost.errors import MissingExtraError

if TYPE_CHECKING:
    from cloudcost.analysis.sweep.job import Job, Row

PURPOSE = "writing Parquet"


def require_parquet() -> None:
    """Raise MissingExtraError where pyarrow is not installed."""
    from importlib.util import find_spec

    if find_spec("pyarrow") is None:
        raise MissingExtraError("parquet", PURPOSE)


def arrow_schema(job: Job) -> Any:
    """Return the columns' types: whole and decimal numbers of swept keys as such, everything else as text.

    Totals are decimal texts, as in CSV and JSON: exact, whoever reads them.
    """
    import pyarrow as pa

    text, number = pa.string(), pa.float64()
    swept = [(key.text, {"whole": pa.int64(), "real": number, "text": text}[_type(values)]) for key, values in _of(job)]
    rest = [
        ("option", text), ("kind", text), ("feasible", pa.bool_()), ("reason", text), ("total_usd", text),
        ("hours", number), ("wait_hours", number), ("hours_per_run", number), ("seconds_per_iteration", number),
        ("basis", text), ("cheapest", pa.bool_()),
    ]  # fmt: skip
    return pa.schema(swept + rest)


def _of(job: Job) -> list[tuple[Any, Values]]:
    return list(zip(job.keys, job.values, strict=True))


def _type(values: Values) -> str:
    """Return what a key's column holds."""
    if isinstance(values, Drawn):
        return "text" if values.unit else "whole" if values.whole else "real"
    kinds = {type(value) for value in values.values}
    if kinds == {int} and all(abs(value) < 2**63 for value in values.values if isinstance(value, int)):
        return "whole"
    return "real" if kinds <= {int, Decimal} else "text"


def arrow_bytes(job: Job, rows: Sequence[tuple[tuple[str, ...], Row]]) -> bytes:
    """Return rows as one Arrow stream."""
    import pyarrow as pa

    schema = arrow_schema(job)
    convert = {"whole": int, "real": float, "text": str}
    columns: list[list[Any]] = [
        [convert[_type(values)](cells[index]) for cells, _ in rows] for index, (_, values) in enumerate(_of(job))
    ]
    columns += [list(column) for column in zip(*(row for _, row in rows), strict=True)]
    arrays = [pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)]
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as stream:
        stream.write_batch(pa.record_batch(arrays, schema=schema))
    content: bytes = sink.getvalue().to_pybytes()
    return content

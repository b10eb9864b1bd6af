"""How far a scan of a bucket is, as a file that the same scan goes on from: sums and the place in the listing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import cast

from cloudcost.errors import InputError
from cloudcost.files.documents import JsonObject, read_document
from cloudcost.files.writing import write_whole
from cloudcost.json_text import json_text
from cloudcost.scan.cells import Cell, Cells

SCHEMA = "cloudcost.scan_progress/1"
"""History: 1 is the first."""
_REMEDY = "give the file of this scan, or remove it"


@dataclass(kw_only=True)
class ScanProgress:
    """What a scan knows so far (mutable).

    Parameters
    ----------
    source : str
        ``s3://bucket/prefix``.
    on : date
        Day at whose begin ages count.
    versioned : bool
        Whether versions are listed, not objects.
    cells : Cells
    phase : str
        ``objects``, ``uploads`` or ``done``.
    marker : tuple of str
        Last key, and version or upload, that was counted; empty at the begin.
    last_key, last_since, newer : str, datetime or None, int
        Of the key that was listed last: what came on top of the version that follows, and since when.
    delete_markers, uploads, upload_bytes : int
        [count, count, bytes]
    requests : Counter
        Of all attempts together. [count]
    """

    source: str
    on: date
    versioned: bool
    cells: Cells
    phase: str = "objects"
    marker: tuple[str, str] = ("", "")
    last_key: str | None = None
    last_since: datetime | None = None
    newer: int = 0
    delete_markers: int = 0
    uploads: int = 0
    upload_bytes: int = 0
    requests: Counter[str] = field(default_factory=Counter)

    @property
    def objects(self) -> int:
        """Objects and versions so far. [count]"""
        return sum(count for _, count, _ in self.cells)


def save(progress: ScanProgress, path: Path) -> None:
    """Write how far a scan is; the file appears whole or not at all."""
    since = progress.last_since
    document: dict[str, object] = {
        "schema": SCHEMA, "source": progress.source, "on": progress.on, "versioned": progress.versioned,
        "phase": progress.phase, "marker": list(progress.marker), "last_key": progress.last_key,
        "last_since": since and since.isoformat(), "newer": progress.newer,
        "delete_markers": progress.delete_markers, "uploads": progress.uploads, "upload_bytes": progress.upload_bytes,
        "requests": dict(progress.requests), **progress.cells.state(),
    }  # fmt: skip
    write_whole(path, json_text(document, indent=None))


def load(path: Path, source: str) -> ScanProgress | None:
    """Return how far a scan was; None where the file is not there yet.

    Raises
    ------
    InputError
        When the file is of another scan, or none of a scan.
    """
    if not path.exists():
        return None
    document = read_document(path, remedy=_REMEDY)
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise InputError(f"{path}: no progress of a scan, its schema is not {SCHEMA!r}, {_REMEDY}")
    if document.get("source") != source:
        raise InputError(f"{path}: progress of another scan, {document.get('source')!r}, {_REMEDY}")
    try:
        return _progress(document)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: no progress of a scan, {error!r}, {_REMEDY}") from None


def _progress(document: JsonObject) -> ScanProgress:
    edges = [int(cast("int", edge)) for edge in cast("list[object]", document["edges"])]
    cells = Cells(edges, most=int(cast("int", document["most"])))
    cells.width = int(cast("int", document["width"]))
    for row in cast("list[list[object]]", document["cells"]):
        *cell, count, size = row
        cells.put(Cell(*cell), int(cast("int", count)), int(cast("int", size)))  # type: ignore[arg-type]
    key, version = cast("list[str]", document["marker"])
    since = cast("str | None", document["last_since"])
    return ScanProgress(
        source=str(document["source"]),
        on=date.fromisoformat(str(document["on"])),
        versioned=bool(document["versioned"]),
        cells=cells,
        phase=str(document["phase"]),
        marker=(key, version),
        last_key=cast("str | None", document["last_key"]),
        last_since=None if since is None else datetime.fromisoformat(since),
        newer=int(cast("int", document["newer"])),
        delete_markers=int(cast("int", document["delete_markers"])),
        uploads=int(cast("int", document["uploads"])),
        upload_bytes=int(cast("int", document["upload_bytes"])),
        requests=Counter(cast("dict[str, int]", document["requests"])),
    )

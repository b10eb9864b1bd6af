"""The files of an S3 Inventory, as its manifest lists them: `manifest.json` beside the data, as AWS writes it.

References
----------
.. [1] AWS, "Amazon S3 Inventory": ``manifest.json`` with sourceBucket, creationTimestamp, fileFormat, fileSchema and
   files; keys of CSV files are URL-encoded. Read 2026-11-29.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import Literal, cast

from cloudcost.errors import InputError
from cloudcost.files.documents import JsonValue, read_document
from cloudcost.frozen import dataclass
from cloudcost.scan.cells import next_midnight

NAME = "manifest.json"
_REMEDY = "name the manifest.json of an S3 Inventory"
NEEDED = {"size": "Size", "last_modified_date": "Last modified", "storage_class": "Storage class"}
"""Columns without which there is no answer, and what the console calls the field to add."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """An inventory on this machine.

    Parameters
    ----------
    bucket : str
        That it lists.
    form : {"CSV", "Parquet"}
    columns : tuple of str
        Of CSV files, in order, as Athena's tables name them; empty of Parquet, which names its own.
    files : tuple of Path
    on : date
        Day at whose begin, UTC, ages count: the midnight after the inventory was taken.
    """

    bucket: str
    form: Literal["CSV", "Parquet"]
    columns: tuple[str, ...]
    files: tuple[Path, ...]
    on: date


def read_manifest(path: Path) -> Inventory:
    """Return the inventory of a manifest, or of the newest one in a folder.

    Raises
    ------
    InputError
        When there is none, it is of ORC files, or a file of it is not here whole.
    """
    place = _manifest_in(path)
    document = read_document(place, remedy=_REMEDY)
    if not isinstance(document, Mapping) or "files" not in document or "fileFormat" not in document:
        raise InputError(f"{place}: no manifest of an inventory, it has no files and fileFormat, {_REMEDY}")
    form = str(document["fileFormat"])
    if form.upper() == "ORC":
        raise InputError(
            f"{place}: an inventory of ORC files, which are not read here, let S3 write CSV or Parquet, or sum it up "
            "elsewhere: --sql athena"
        )
    if form not in ("CSV", "Parquet"):
        raise InputError(f"{place}:fileFormat: neither CSV nor Parquet, {form!r}, {_REMEDY}")
    files = document["files"]
    if not isinstance(files, list) or not files:
        raise InputError(f"{place}:files: an inventory of no files, {files!r}, wait for the next one")
    return Inventory(
        bucket=str(document.get("sourceBucket", "")),
        form=cast("Literal['CSV', 'Parquet']", form),
        columns=_columns(place, str(document.get("fileSchema", ""))) if form == "CSV" else (),
        files=tuple(_file(place, entry) for entry in files),
        on=_taken(place, document.get("creationTimestamp")),
    )


def _manifest_in(path: Path) -> Path:
    if not path.is_dir():
        return path
    found = sorted([*path.glob(NAME), *path.glob(f"*/{NAME}")], key=lambda each: str(each.parent))
    if not found:
        raise InputError(f"{path}: a folder without {NAME}, {str(path)!r}, {_REMEDY}")
    return found[-1]


def _columns(place: Path, schema: str) -> tuple[str, ...]:
    """Return the columns of CSV files: ``LastModifiedDate`` is ``last_modified_date``."""
    names = tuple(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip()).lower() for name in schema.split(","))
    if len(set(names)) < len(names) or not all(re.fullmatch(r"\w+", name) for name in names):
        raise InputError(f"{place}:fileSchema: no list of columns, {schema!r}, {_REMEDY}")
    require_columns(place, names)
    return names


def require_columns(place: Path, names: tuple[str, ...]) -> None:
    """Refuse an inventory that lacks what is asked of it.

    Raises
    ------
    InputError
        With every field that is missing.
    """
    missing = [words for name, words in NEEDED.items() if name not in names]
    if "is_latest" in names and "is_delete_marker" not in names:
        missing.append("Delete marker")
    if missing:
        raise InputError(*(
            f"{place}: the inventory has no field {words!r}, {', '.join(names)}, add it to the inventory's "
            "configuration" for words in missing
        ))  # fmt: skip


def _taken(place: Path, stated: JsonValue) -> date:
    """Return the midnight after the inventory was taken."""
    text = str(stated)
    if not text.isascii() or not text.isdigit() or len(text) > 14:
        raise InputError(f"{place}:creationTimestamp: no milliseconds since 1970, {text!r}, {_REMEDY}")
    return next_midnight(datetime.fromtimestamp(int(text) / 1000, UTC))


def _file(place: Path, entry: JsonValue) -> Path:
    """Return a file on this machine: the key's end below one of the folders above the manifest."""
    key = str(entry.get("key", "")) if isinstance(entry, Mapping) else ""
    parts = PurePosixPath(key).parts
    if not parts or ".." in parts or parts[0] == "/":
        raise InputError(f"{place}:files: no key of a file, {key!r}, {_REMEDY}")
    for path in _candidates(place, parts):
        if path.is_file():
            size = entry.get("size") if isinstance(entry, Mapping) else None
            if isinstance(size, int) and path.stat().st_size != size:
                raise InputError(
                    f"{path}: not whole, {path.stat().st_size:,} bytes where the manifest has {size:,}, copy it again"
                )
            return path
    raise InputError(f"{place}: a file of the inventory is not here, {key!r}, copy it: aws s3 sync")


def _candidates(place: Path, parts: tuple[str, ...]) -> Iterator[Path]:
    folders = list(place.absolute().parents)[:8]
    for first in range(len(parts)):
        for folder in folders:
            yield folder.joinpath(*parts[first:])

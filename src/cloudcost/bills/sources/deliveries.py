"""Which files of a folder are the bill: AWS delivers a month again and again, and each delivery holds all of it.

A manifest decides, which names the files of the newest delivery. Where there is none, the newest delivery of each
billing period counts: deliveries lie in folders of their own within the period's. What is left out is said.

References
----------
AWS, "Cost and Usage Report delivery" and "Data Exports delivery": ``20241001-20241101/ASSEMBLY/NAME-1.csv.gz`` with
``NAME-Manifest.json``; ``BILLING_PERIOD=2024-10/EXECUTION/NAME-00001.csv.gz``. Read on 2026-11-28.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from cloudcost.bills.sources.containers import STDIN
from cloudcost.errors import InputError
from cloudcost.files.documents import JsonValue, read_document
from cloudcost.frozen import dataclass

_ENDINGS = (".csv", ".csv.gz", ".csv.zip", ".zip", ".gz", ".parquet")
_PERIOD = re.compile(r"(\d{4})(\d{2})\d{2}-\d{8}|billing_period=(\d{4})-(\d{2}).*", re.IGNORECASE)
_MANIFEST = re.compile(r".*manifest\.json", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The files that are the bill, and what to say about the others."""

    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()


def delivered(paths: Sequence[Path]) -> Delivered:
    """Return the files that are the bill.

    Parameters
    ----------
    paths : sequence of Path
        Files, folders, patterns (``bills/*.csv``), ``-`` for stdin.

    Raises
    ------
    InputError
        When a folder or a pattern has no bill, or a manifest names files that are not there.
    """
    files: dict[Path, None] = {}
    notes: list[str] = []
    for path in paths:
        if path != STDIN and _is_folder(path):
            found, said = _of_folder(path)
            notes += said
        elif path != STDIN and _is_pattern(path):
            found = _of_pattern(path)
        else:
            found = [path]
        files.update(dict.fromkeys(found))
    kept, said = _newest(list(files))
    return Delivered(files=tuple(kept), notes=(*notes, *said))


def is_many(path: Path) -> bool:
    """Return whether a path stands for several files: a folder, or a pattern."""
    return _is_folder(path) or _is_pattern(path)


def _is_pattern(path: Path) -> bool:
    return any(mark in str(path) for mark in "*?[") and not os.path.lexists(path)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except ValueError:  # no valid path: reading it says so
        return False


def _of_pattern(path: Path) -> list[Path]:
    from glob import glob

    found = [Path(name) for name in sorted(glob(str(path), recursive=True)) if Path(name).is_file()]  # noqa: PTH207
    if not found:
        raise InputError(f"{path}: no file of that pattern, name a bill")
    return found


def _of_folder(folder: Path) -> tuple[list[Path], list[str]]:
    every = sorted(Path(root, name) for root, _, names in os.walk(folder) for name in names if not name.startswith("."))
    files = [path for path in every if path.name.lower().endswith(_ENDINGS)]
    if not files:
        raise InputError(f"{folder}: no CSV, gzip, zip or Parquet file in the folder, name a bill")
    kept: list[Path] = []
    notes: list[str] = []
    for period, named in _manifests(path for path in every if _MANIFEST.fullmatch(path.name)).items():
        manifest, keys = named
        listed = [_local(key, files, manifest) for key in keys]
        others = [path for path in files if _place(path)[0] == period and path not in listed]
        kept += listed
        files = [path for path in files if path not in listed and path not in others]
        if others:
            notes.append(f"{period}: {manifest} decides, {_left_out(len(others))} of older deliveries left out")
    return sorted([*kept, *files]), notes


def _left_out(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"


def _manifests(paths: Iterable[Path]) -> dict[str, tuple[Path, list[str]]]:
    """Return the manifest that decides for each period, the one next to the period's folder, and the files it names."""
    found: dict[str, tuple[Path, list[str]]] = {}
    for path in sorted(paths, key=lambda path: (-len(path.parts), path.stat().st_mtime)):
        document = read_document(path, remedy="delete it, and the newest delivery counts")
        period, keys = _period_of(document, path), _keys(document)
        if period and keys:
            found[period] = (path, keys)
    return found


def _keys(document: JsonValue) -> list[str]:
    if not isinstance(document, dict):
        return []
    keys = document.get("reportKeys") or document.get("dataFiles")
    return [each for each in keys if isinstance(each, str)] if isinstance(keys, list) else []


def _period_of(document: JsonValue, path: Path) -> str:
    period = _place(path)[0]
    span = document.get("billingPeriod") if isinstance(document, dict) else None
    start = span.get("start") if isinstance(span, dict) else None
    if not period and isinstance(start, str) and re.match(r"\d{6}", start):
        period = f"{start[:4]}-{start[4:6]}"
    return period


def _local(key: str, files: Sequence[Path], manifest: Path) -> Path:
    """Return the file that a manifest's key is: the one whose path agrees with most of the key's end."""
    parts = PurePosixPath(key).parts[::-1]

    def agreeing(path: Path) -> int:
        count = 0
        for one, other in zip(parts, path.parts[::-1], strict=False):
            if one != other:
                break
            count += 1
        return count

    best = max(files, key=agreeing, default=None)
    if best is None or not agreeing(best):
        raise InputError(f"{manifest}: names a file that is not there, {key!r}, download the whole delivery")
    return best


def _place(path: Path) -> tuple[str, str]:
    """Return the billing period that a file's folders name, and its delivery; empty where they name none.

    Examples
    --------
    >>> _place(Path("bills/20241001-20241101/4c0a/report-1.csv.gz"))
    ('2024-10', '4c0a')
    >>> _place(Path("bills/report-1.csv.gz"))
    ('', '')
    """
    folders = path.parts[:-1]
    for number, part in enumerate(folders):
        found = _PERIOD.fullmatch(part)
        if found is not None:
            year, month = (found[1], found[2]) if found[1] else (found[3], found[4])
            return f"{year}-{month}", "/".join(folders[number + 1 :])
    return "", ""


def _newest(files: list[Path]) -> tuple[list[Path], list[str]]:
    """Return the files without those of older deliveries, and what to say of these."""
    deliveries: dict[tuple[str, str], dict[str, list[Path]]] = {}
    for path in files:
        period, name = _place(path) if path != STDIN else ("", "")
        if period:
            above = str(path)[: str(path).rfind(period[:4])]
            deliveries.setdefault((above.split(period[:4])[0], period), {}).setdefault(name, []).append(path)
    dropped: set[Path] = set()
    notes = []
    for (_, period), found in deliveries.items():
        if len(found) < 2:
            continue
        newest = max(found, key=lambda name: _age(name, found[name]))
        older = [path for name, paths in found.items() if name != newest for path in paths]
        dropped.update(older)
        notes.append(
            f"{period}: delivered {len(found)} times, the newest is read, {newest or 'in the folder itself'}; "
            f"{_left_out(len(older))} of older ones left out"
        )
    return [path for path in files if path not in dropped], notes


def _age(name: str, paths: Sequence[Path]) -> tuple[str, float, str]:
    """Return what deliveries are ordered by: the instant in their names, else the files' times."""
    stamp = re.match(r"\d{4}-?\d{2}-?\d{2}T\d{2}[:-]?\d{2}[^/]*", name)
    return stamp[0] if stamp else "", max(path.stat().st_mtime for path in paths if path.exists()), name

"""What a scan found: the `[dataset]` table of a project file, text, JSON (`cloudcost.scan/1`), CSV and Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from cloudcost.catalog.aws.storage_classes import STANDARD
from cloudcost.domain.lifecycle import LifecycleRule
from cloudcost.domain.objects import ObjectClass
from cloudcost.figures import counted, size_words
from cloudcost.json_text import json_text, json_value
from cloudcost.render.tables.columns import plain, wrap
from cloudcost.render.tables.writer import csv_table, markdown_table, text_table
from cloudcost.scan.cells import EDGES
from cloudcost.scan.content import Scan, counts

SCHEMA = "cloudcost.scan/1"
"""History: 1 is the first."""
WIDTH = 80
"""[columns]"""
MOST_SHOWN = 8
"""Pixel sizes that a text names. [count]"""
_COLUMNS = ("count", "size_bytes", "storage_class", "age_days", "noncurrent_days", "newer_versions")
_RULE_KEYS = (
    ("to", "storage_class"), ("after_days", "after_days"), ("noncurrent_after_days", "noncurrent_after_days"),
    ("expire_after_days", "expire_after_days"),
    ("noncurrent_expire_after_days", "noncurrent_expire_after_days"), ("keep_newest", "keep_newest"),
    ("min_object_size", "min_object_bytes"), ("abort_incomplete_after_days", "abort_incomplete_after_days"),
)  # fmt: skip
"""Keys of a rule in the file, and what the value is called."""


def scan_toml(scan: Scan) -> str:
    """Return the `[dataset]` table for a project file; what it cannot say stands in comments above it."""
    comments = [said for each in _sentences(scan) for said in wrap(plain(each), WIDTH, first="# ", others="# ")]
    usual = scan.storage_class
    lines = [*comments, "[dataset]"]
    if scan.kind != "folder":
        lines.append(f"storage_class = {json_value(usual)}")
    if scan.versioning:
        lines.append("versioning = true")
    if scan.incomplete_bytes:
        lines.append(f"incomplete_uploads = {scan.incomplete_bytes}  # {size_words(scan.incomplete_bytes)}")
    if scan.lifecycle:
        lines += ["lifecycle = [", *(f"  {_rule(rule)}," for rule in scan.lifecycle), "]"]
    for each in scan.priced:
        lines += ["", "[[dataset.objects]]", f"count = {each.count}"]
        lines.append(f"size = {each.size_bytes}  # {size_words(each.size_bytes)}")
        if each.storage_class not in (None, usual):
            lines.append(f"storage_class = {json_value(each.storage_class)}")
        days = (("age_days", each.age_days), ("noncurrent_days", each.noncurrent_days))
        lines += [f"{key} = {value}" for key, value in days if value is not None]
        if each.newer_versions:
            lines.append(f"newer_versions = {each.newer_versions}")
    return "\n".join(lines) + "\n"


def _rule(rule: LifecycleRule) -> str:
    """Return a rule as an inline table."""
    return "{ " + ", ".join(f"{key} = {json_value(value)}" for key, value in rule_table(rule).items()) + " }"


def rule_table(rule: LifecycleRule) -> dict[str, object]:
    """Return a rule under the keys of a project file, those that say something."""
    values = ((key, getattr(rule, name)) for key, name in _RULE_KEYS)
    return {key: value for key, value in values if value is not None and (value or key != "keep_newest")}


def scan_text(scan: Scan) -> str:
    """Return what was found: sums, then sizes, classes and pixels as tables, then what is worth knowing."""
    lines = [row for each in _sentences(scan) for row in wrap(plain(each), WIDTH, others="  ")]
    lines += ["", *text_table(*_sizes_table(scan), right={1, 2, 3}).splitlines()]
    if scan.kind != "folder":
        lines += ["", *text_table(*_classes_table(scan), right={2, 3}).splitlines()]
    if scan.duplicates is not None and scan.duplicates.examples:
        lines += ["", "equal files", *(f"  {plain(' = '.join(paths))}" for paths in scan.duplicates.examples)]
    return "\n".join(lines) + "\n"


def scan_markdown(scan: Scan) -> str:
    """Return what was found as sentences and tables."""
    parts = ["\n".join(f"- {plain(each)}" for each in _sentences(scan)) + "\n"]
    parts.append(markdown_table(*_sizes_table(scan), right={1, 2, 3}))
    if scan.kind != "folder":
        parts.append(markdown_table(*_classes_table(scan), right={2, 3}))
    return "\n".join(parts)


def scan_csv(scan: Scan) -> str:
    """Return a row for each class of objects."""
    return csv_table(_COLUMNS, [[getattr(each, name) for name in _COLUMNS] for each in scan.objects])


def scan_json(scan: Scan) -> str:
    """Return `cloudcost.scan/1`."""
    current, old = counts(scan.objects, current=True), counts(scan.objects, current=False)
    pictures, duplicates = scan.pictures, scan.duplicates
    document: dict[str, object] = {
        "schema": SCHEMA,
        "source": scan.source,
        "kind": scan.kind,
        "as_of": scan.on,
        "current": {"count": current[0], "size_bytes": current[1]},
        "noncurrent": {"count": old[0], "size_bytes": old[1]},
        "versioning": scan.versioning,
        "incomplete_uploads": {"count": scan.incomplete_uploads, "size_bytes": scan.incomplete_bytes},
        "delete_markers": scan.delete_markers,
        "other_files": scan.others,
        "lifecycle": [rule_table(rule) for rule in scan.lifecycle],
        "pictures": None if pictures is None else {
            "formats": dict(pictures.formats),
            "sizes": [{"width": w, "height": h, "count": count} for (w, h), count in pictures.sizes.items()],
            "other_sizes": pictures.others,
            "unread": pictures.unread,
            "shorter_side_px": pictures.shorter_side_px,
        },
        "duplicates": None if duplicates is None else {
            "files": duplicates.files,
            "size_bytes": duplicates.size_bytes,
            "examples": [list(paths) for paths in duplicates.examples],
        },
        "requests": dict(scan.requests),
        "notes": list(scan.notes),
        "objects": [{name: getattr(each, name) for name in _COLUMNS} for each in scan.objects],
    }  # fmt: skip
    return json_text(document, indent=1, rows=["objects"])


def _sentences(scan: Scan) -> Iterator[str]:
    count, size = counts(scan.objects, current=True)
    noun = "image" if scan.kind == "folder" else "object"
    at = "" if scan.kind == "folder" else f", ages as of {scan.on} 00:00 UTC (start = {json_value(str(scan.on))})"
    yield f"{scan.source}: {counted(count, noun)}, {size_words(size)}{at}"
    old, old_size = counts(scan.objects, current=False)
    if old:
        yield f"{counted(old, 'old version')}, {size_words(old_size)}, billed like objects"
    if scan.delete_markers:
        yield f"{counted(scan.delete_markers, 'delete marker')}, each billed for the bytes of its key"
    if scan.incomplete_uploads:
        parts = "" if scan.incomplete_bytes is None else f", parts of {size_words(scan.incomplete_bytes)}, billed"
        yield f"{counted(scan.incomplete_uploads, 'upload')} neither completed nor aborted{parts}"
    small = [each for each in scan.priced if each.count and each.size_bytes < 128 * 1024 * each.count]
    if small and scan.kind != "folder":
        few = sum(each.count for each in small)
        yield f"{counted(few, 'object')} under 128 KiB: most rules leave them, infrequent classes bill them as 128 KiB"
    unknown = [each for each in scan.objects if each not in scan.priced]
    for name in sorted({each.storage_class or "" for each in unknown}):
        held = [each for each in unknown if each.storage_class == name]
        many, size = sum(each.count for each in held), sum(each.size_bytes for each in held)
        yield f"{counted(many, 'object')} in {name}, {size_words(size)}: a class without a price here, left out"
    if not any(each.is_current for each in scan.priced):
        yield "nothing here is current: a project file needs objects that runs read"
    if scan.others:
        yield f"{counted(scan.others, 'other file')} left out: no image by their endings"
    yield from _picture_sentences(scan)
    if scan.duplicates is not None:
        found = scan.duplicates
        files = f"{counted(found.files, 'file')} equal to another, {size_words(found.size_bytes)}"
        yield files if found.files else "no two files are equal"
    yield from scan.notes


def _picture_sentences(scan: Scan) -> Iterator[str]:
    found = scan.pictures
    if found is None:
        return
    yield "formats: " + _listed((name, count) for name, count in found.formats.items())
    if found.sizes:
        shown = list(islice(found.sizes.items(), MOST_SHOWN))
        left = sum(found.sizes.values()) - sum(count for _, count in shown) + found.others
        more = f", other sizes {left:,}" if left else ""
        sizes = _listed((f"{width} x {height}", count) for (width, height), count in shown)
        yield f"pixels: {sizes}{more}; the shorter side of the middle image has {found.shorter_side_px}"
    if found.unread:
        yield f"{counted(found.unread, 'file')} named as images, but damaged or of another format"


def _listed(pairs: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in pairs) or "none"


_Table = tuple[Sequence[str], list[list[str]]]


def _sizes_table(scan: Scan) -> _Table:
    """Return how many objects there are of which size, current ones and old versions together."""
    found: dict[int, list[int]] = {}
    for each in scan.objects:
        mean = each.size_bytes // max(each.count, 1)
        row = found.setdefault(sum(1 for edge in EDGES if edge <= mean), [0, 0])
        row[0], row[1] = row[0] + each.count, row[1] + each.size_bytes
    whole = max(sum(size for _, size in found.values()), 1)
    rows = [
        [_bounds(index), f"{count:,}", size_words(size), f"{100 * size / whole:.1f} %"]
        for index, (count, size) in sorted(found.items())
    ]
    return ("size of one", "count", "together", "share"), rows


def _bounds(index: int) -> str:
    edges = [_binary(edge) for edge in EDGES]
    if index == 0:
        return f"under {edges[0]}"
    return f"from {edges[-1]}" if index == len(edges) else f"{edges[index - 1]} to {edges[index]}"


def _binary(size: int) -> str:
    return f"{size // 1024} KiB" if size < 2**20 else f"{size // 2**20} MiB"


def _classes_table(scan: Scan) -> _Table:
    found: dict[tuple[str, str], list[ObjectClass]] = {}
    for each in scan.objects:
        found.setdefault((each.storage_class or STANDARD, "" if each.is_current else "old versions"), []).append(each)
    rows = [
        [name, what, f"{sum(each.count for each in of):,}", size_words(sum(each.size_bytes for each in of))]
        for (name, what), of in sorted(found.items())
    ]
    return ("class", "", "count", "together"), rows

"""What is wrong with the process in a device model's file, which may have been edited or damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cloudcost.timing.rates.convolution import PLACES
from cloudcost.timing.rates.equation import PROFILE_SCALE
from cloudcost.timing.rates.layers.process import KEYS, process_from_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cloudcost.files.documents import JsonObject, JsonValue

MOST_LANDMARKS = 500
FARTHEST = 100.0
"""Of a landmark's coordinate; a billion pixels lie at 10. [units of places]"""
LARGEST_WEIGHT = 3.0
"""Of the log: a factor of 20 either way. [1]"""
ROUNDING = 1e-3
"""Share of the largest eigenvalue that four digits of a covariance may put below zero. [1]"""


def process_faults(document: JsonObject) -> Iterator[tuple[str, str, JsonValue]]:
    """Yield the key, the fault and the value of whatever is wrong with a document's process; it may have none."""
    missing = [key for key in KEYS if key not in document]
    if missing == list(KEYS):
        return
    if missing:
        yield missing[0], f"missing beside the other keys of a process, {', '.join(KEYS)}", None
        return
    landmarks = document[KEYS[0]]
    count = len(landmarks) if isinstance(landmarks, list) else 0
    if not 0 < count <= MOST_LANDMARKS:
        yield KEYS[0], f"not a list of 1 to {MOST_LANDMARKS} places", count
        return
    size = 3 * count
    shapes: dict[str, tuple[Sequence[int], float]] = {
        "process_landmarks": ([PLACES] * count, FARTHEST),
        "process_weights": ([count] * 3, LARGEST_WEIGHT),
        "process_covariance": (range(1, size + 1), LARGEST_WEIGHT**2),
        "process_cross": ([size] * PROFILE_SCALE, LARGEST_WEIGHT**2),
    }
    faults = [fault for key, (lengths, most) in shapes.items() for fault in _faults(key, document[key], lengths, most)]
    yield from faults
    if faults:
        return
    process = process_from_json(document)
    assert process is not None
    values = np.linalg.eigvalsh(process.covariance)
    if values[0] < -ROUNDING * max(values[-1], 1e-12):
        yield "process_covariance", "no covariance, a combination has a variance below 0", float(f"{values[0]:.3g}")


def _faults(key: str, rows: JsonValue, lengths: Sequence[int], most: float) -> Iterator[tuple[str, str, JsonValue]]:
    """Yield what keeps rows from being numbers of these lengths, none above a size."""
    if not isinstance(rows, list) or len(rows) != len(lengths):
        yield f"{key}", f"not {len(lengths)} rows", len(rows) if isinstance(rows, list) else rows
        return
    for place, (row, length) in enumerate(zip(rows, lengths, strict=True)):
        if not isinstance(row, list) or len(row) != length:
            yield f"{key}[{place}]", f"not a list of {length}", len(row) if isinstance(row, list) else row
            continue
        for value in row:
            if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= most:
                yield f"{key}[{place}]", f"not a number within {most:g}", value
                break

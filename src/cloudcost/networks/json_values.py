"""Typed values out of a JSON document, with a fault noted for each that is something else."""

from __future__ import annotations

from collections.abc import Collection

from cloudcost.domain.network import Shape
from cloudcost.errors import MOST_LISTED
from cloudcost.files.documents import LONGEST_KEY, JsonObject, JsonValue, unknown_keys

AXES = {1: "[length]", 2: "[height, width]", 3: "[depth, height, width]"}
"""Axes of a map beside its channels, as a message names them."""
_MOST_AXES = 8
_MOST_SHAPES = 64
_LARGEST = 2**40
"""Larger sizes and counts are taken for a mistake."""


class Refused(Exception):  # noqa: N818
    """A value cannot be used; its fault has been noted."""


class ValueReader:
    """Reads values; notes where one cannot be used and raises `Refused`.

    Parameters
    ----------
    where : str
        What messages call the document.
    """

    def __init__(self, where: str) -> None:
        self._where = where
        self._faults: list[str] = []
        self._more = 0

    def _needed(self, entry: JsonObject, key: str, place: str) -> JsonValue:
        if entry.get(key) is None:
            raise self._refused(f"{place}.{key}", "missing")
        return entry[key]

    def _shape(self, value: JsonValue, place: str) -> Shape:
        if not isinstance(value, list) or not 1 <= len(value) <= _MOST_AXES:
            raise self._refused(place, f"a shape is [channels, height, width] or [values], not {shown(value)}")
        return tuple(self._integer(size, place, least=1) for size in value)

    def _sizes(self, entry: JsonObject, key: str, place: str, rank: int) -> tuple[int, ...]:
        """Return one number for each axis of a map, ones where none are stated."""
        value = entry.get(key)
        place = f"{place}.{key}"
        if value is None:
            return (1,) * rank
        if not isinstance(value, list):
            return (self._integer(value, place, least=1),) * rank
        if len(value) != rank:
            raise self._refused(place, f"{AXES[rank]} is needed, not {shown(value)}")
        return tuple(self._integer(size, place, least=1) for size in value)

    def _shapes(self, entry: JsonObject, key: str) -> list[Shape]:
        value = entry.get(key, [])
        if not isinstance(value, list) or len(value) > _MOST_SHAPES:
            raise self._refused(key, f"a list of at most {_MOST_SHAPES} shapes is needed, not {shown(value)}")
        return [self._shape(shape, f"{key}[{index}]") for index, shape in enumerate(value)]

    def _integer(self, value: JsonValue, place: str, *, least: int | None) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._refused(place, f"a whole number is needed, not {shown(value)}")
        if (least is not None and value < least) or abs(value) > _LARGEST:
            limits = f"{least} to 2^40" if least is not None else "-2^40 to 2^40"
            raise self._refused(place, f"a number from {limits} is needed, not {shown(value)}")
        return value

    def _flag(self, entry: JsonObject, key: str, place: str) -> bool | None:
        value = entry.get(key)
        if value is not None and not isinstance(value, bool):
            raise self._refused(f"{place}.{key}", f"true or false is needed, not {shown(value)}")
        return value

    def _note(self, place: str, what: str) -> None:
        if len(self._faults) == MOST_LISTED:
            self._more += 1
            return
        self._faults.append(f"{self._where}:{place}: {what}" if place else f"{self._where}: {what}")

    def _known_keys(self, entry: JsonObject, known: Collection[str], place: str) -> None:
        """Note each key that means nothing here: a misspelt one would be taken for one left out."""
        for key, remedy in unknown_keys(entry, known):
            where = f"{place}.{key[:LONGEST_KEY]}" if place else key[:LONGEST_KEY]
            self._note(where, f"unknown key, {shown(entry[key])}, {remedy}")

    def _refused(self, place: str, what: str) -> Refused:
        self._note(place, what)
        return Refused()


def shown(value: JsonValue) -> str:
    """Return a value as a message shows it: short."""
    if value is None:
        return "nothing"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _LARGEST:
        return "a far larger one" if value > 0 else "a far smaller one"
    written = repr(value[:60] if isinstance(value, list | str) else value)
    return written if len(written) <= 60 else f"{written[:57]}..."

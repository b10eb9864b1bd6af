"""JSON documents that a user hands in, read strictly and within limits: networks, profiles, device models.

No more than `reading.LARGEST` bytes packed or unpacked and `MOST_PARTS` values, no NaN and no infinities, no key twice,
no deeper than `DEEPEST`, no number beyond a float. What a document means is for its own reader to say.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Collection, Iterator, Mapping
from math import isfinite
from pathlib import Path
from typing import TypeAlias

from cloudcost.errors import MOST_LISTED, InputError
from cloudcost.files.reading import LARGEST, TooLargeError, read_bounded, unpacked

JsonValue: TypeAlias = bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None
JsonObject: TypeAlias = Mapping[str, JsonValue]

DEEPEST = 64
"""Lists and objects within one another; no document of this library has more than 6. [count]"""
MOST_PARTS = 4_000_000
"""Values, lists and objects, as commas and opening brackets tell; a list in Python takes 30 times its text. The largest
network, of 100,000 operations, has 2 million. [count]"""
LONGEST_KEY = 60
"""Of a key that is not known, messages show so much. [characters]"""
MOST_DIGITS = 4000
"""Digits of a whole number; Python itself reads no more than 4,300. [count]"""


def read_document(path: Path | str, *, remedy: str, error: type[InputError] = InputError) -> JsonValue:
    """Return the value that a JSON file holds; one packed by gzip is unpacked.

    Parameters
    ----------
    path : Path or str
    remedy : str
        What to do about a file that is none: "write it with cloudcost fit".
    error : type of InputError
        Raised in its place.

    Raises
    ------
    InputError
        When the file cannot be read, is too large, or is not JSON.
    """
    return parse_document(document_text(path, remedy=remedy, error=error), where=str(path), remedy=remedy, error=error)


def document_text(path: Path | str, *, remedy: str, error: type[InputError] = InputError) -> str:
    """Return the text of a JSON file, as `read_document` reads it.

    Raises
    ------
    InputError
        When the file cannot be read, is too large, or is not text.
    """
    where = str(path)
    try:
        data = unpacked(read_bounded(path))
    except TooLargeError:
        raise error(f"{where}: too large, over {LARGEST >> 20} MiB, {remedy}") from None
    except (OSError, EOFError, zlib.error) as fault:
        reason = os.strerror(fault.errno) if isinstance(fault, OSError) and fault.errno else str(fault)
        if isinstance(fault, TimeoutError):
            reason = "nobody writes into this pipe"
        raise error(f"{where}: cannot be read, {reason or type(fault).__name__}, {remedy}") from None
    except ValueError:
        raise error(f"{where!r}: cannot be read, no valid path, {remedy}") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise error(
            f"{where}: not JSON, no UTF-8 text: byte {data[fault.start]:#04x} at {fault.start}, {remedy}"
        ) from None


def parse_document(text: str, *, where: str, remedy: str, error: type[InputError] = InputError) -> JsonValue:
    """Return the value of a JSON text.

    Parameters
    ----------
    text : str
    where : str
        What messages call the text, usually its path.
    remedy, error
        As of `read_document`.

    Raises
    ------
    InputError
        When the text is not JSON, or what no document of this library can be.

    Examples
    --------
    >>> parse_document('{"width": 64}', where="a.json", remedy="write it anew")
    {'width': 64}
    """
    if len(text) > LARGEST:
        raise error(f"{where}: too large, over {LARGEST >> 20} MiB, {remedy}")
    if sum(map(text.count, ",[{")) > MOST_PARTS:
        raise error(f"{where}: too large, over {MOST_PARTS:,} values, {remedy}")
    try:
        value: JsonValue = json.loads(
            text, parse_constant=_no_number, parse_float=_finite, parse_int=_short, object_pairs_hook=_distinct
        )
        _require_shallow(value)
    except RecursionError:
        raise error(f"{where}: not JSON, nested too deeply, {remedy}") from None
    except json.JSONDecodeError as fault:
        raise error(f"{where}:line {fault.lineno}: not JSON, {_lower(fault.msg)}, {remedy}") from None
    except ValueError as fault:
        raise error(f"{where}: not JSON, {fault}, {remedy}") from None
    return value


def unknown_keys(entry: JsonObject, known: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield each key that means nothing in an object, and a remedy: a misspelt one would be taken for one left out.

    Parameters
    ----------
    entry : mapping
    known : collection of str
        The keys that mean something.

    Examples
    --------
    >>> [*unknown_keys({"kernal": 3, "bias": True}, ("kernel", "bias"))]
    [('kernal', 'did you mean kernel?')]
    """
    from difflib import get_close_matches

    strange = entry.keys() - set(known)
    for number, key in enumerate([key for key in entry if key in strange] if strange else ()):
        near = get_close_matches(key[:LONGEST_KEY], known, 1) if number < MOST_LISTED else ()  # looking is slow
        yield key, f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise ValueError(f"{digits[:30]} is beyond the largest number")
    return number


def _short(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(digits)


def _distinct(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twice[:60]!r} stands twice in one object")
    return found


def _require_shallow(value: JsonValue) -> None:
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [
            part
            for each in level
            if isinstance(each, list | dict)
            for part in (each.values() if isinstance(each, dict) else each)
            if isinstance(part, list | dict)
        ]
        if not level:
            return
    raise RecursionError

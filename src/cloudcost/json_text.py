"""The one writer of JSON documents: what every verb prints with ``--format json``, and every file that it writes.

A document begins with its schema. Money and quantities are decimal strings, days are ISO 8601, what is not known is
null, and a float has the shortest digits that read back as the same number; NaN and infinities are refused. Letters of
any script stay as they are; what a terminal would obey, and half a character, is written as an escape.

A new schema of a document is a constant beside its record, with its history.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from cloudcost.money import decimal_string

_ESCAPED = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls that the json module leaves as they are, marks that turn the direction of writing, half characters."""
_FIRST = ("schema", "$schema")


def json_text(
    document: Mapping[str, object], *, indent: int | None = 2, rows: Collection[str] = (), compact: bool = False
) -> str:
    r"""Return a document as JSON text with a line feed at its end.

    Parameters
    ----------
    document : mapping
        Its first key is the schema; keys stay in their order.
    indent : int or None
        Of each level; None: the value of each key on a line. [characters]
    rows : collection of str
        Keys whose parts stand on a line each, as the operations of a network.
    compact : bool
        Whether the parts of `rows` have no blanks.

    Raises
    ------
    ValueError
        When the first key is no schema, or a number is not finite.

    Examples
    --------
    >>> print(json_text({"schema": "a/1", "usd": Decimal("0.10"), "ops": [{"b": 1e-7}]}, indent=None, rows=["ops"]))
    {
     "schema": "a/1",
     "usd": "0.1",
     "ops": [
      {"b": 1e-07}
     ]
    }
    <BLANKLINE>
    """
    if next(iter(document), None) not in _FIRST:
        raise ValueError("a JSON document begins with its schema")
    if indent is not None and not rows:
        return json_value(document, indent=indent) + "\n"
    parts = []
    for key, value in document.items():
        if key in rows and value:
            written = _rows(value, compact=compact)
        else:
            written = json_value(value, indent=indent).replace("\n", "\n ")
        parts.append(f" {json_value(key)}: {written}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def json_value(value: object, *, indent: int | None = None, compact: bool = False) -> str:
    r"""Return a value as JSON text, by the rules of `json_text`.

    Examples
    --------
    >>> json_value({"name": "ca\x9bt", "usd": Decimal("1.50"), "day": date(2026, 11, 22), "hours": None})
    '{"name": "ca\\u009bt", "usd": "1.5", "day": "2026-11-22", "hours": null}'
    """
    text = json.dumps(
        value, indent=indent, ensure_ascii=False, allow_nan=False, default=_plain,
        separators=(",", ":") if compact else None,
    )  # fmt: skip
    return text if text.isascii() and "\x7f" not in text else escape_controls(text)


def escape_controls(json_text: str) -> str:
    r"""Return JSON text with the control characters written as escapes that the json module leaves as they are.

    Examples
    --------
    >>> escape_controls('"a\x9b31m"')
    '"a\\u009b31m"'
    """
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json_text)


def _rows(value: object, *, compact: bool) -> str:
    if isinstance(value, Mapping):
        lines = [f"  {json_value(key)}: {json_value(part, compact=compact)}" for key, part in value.items()]
        return "{\n" + ",\n".join(lines) + "\n }"
    assert isinstance(value, list | tuple)
    return "[\n" + ",\n".join(f"  {json_value(part, compact=compact)}" for part in value) + "\n ]"


def _plain(value: object) -> str:
    """Return what the json module does not know as text: exact numbers, days."""
    if isinstance(value, Decimal):
        return decimal_string(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is nothing that a JSON document holds")

"""Tables of a project as the text of a file: what was written in code, for those who read files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from cloudcost.errors import InputError, repeated

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_text(tables: Mapping[str, object]) -> str:
    """Return tables as TOML.

    Parameters
    ----------
    tables : mapping
        Of what TOML's reader returns: mappings, lists, texts, exact numbers, days.

    Raises
    ------
    InputError
        For a value that TOML cannot state.

    Examples
    --------
    >>> print(toml_text({"project": {"name": "a b"}, "option": [{"watts": Decimal("350.5"), "owned": True}]}), end="")
    project = { name = "a b" }
    option = [{ watts = 350.5, owned = true }]
    """
    return "".join(f"{_key(name)} = {_value(value, name)}\n" for name, value in tables.items())


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else quoted(name)


def _value(value: object, where: str) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return quoted(value)
        case int() | datetime() | date():
            return value.isoformat() if isinstance(value, date) else str(value)
        case Decimal():
            return _number(value)
        case Mapping():
            parts = [f"{_key(str(key))} = {_value(each, f'{where}.{key}')}" for key, each in value.items()]
            return f"{{ {', '.join(parts)} }}" if parts else "{}"
        case list() | tuple():
            return f"[{', '.join(_value(each, f'{where}[{at}]') for at, each in enumerate(value))}]"
        case _:
            raise InputError(
                f"project:{where}: no value of a project file, {repeated(value)}, write a text or a number"
            )


def _number(value: Decimal) -> str:
    """Return a number as TOML reads it as one that is not whole."""
    if not value.is_finite():
        return str(value).lower().replace("infinity", "inf")
    text = format(value, "f")
    return text if "." in text else f"{text}.0"


def quoted(text: str) -> str:
    r"""Return a text as TOML writes it.

    Examples
    --------
    >>> print(quoted('say "a"\n'))
    "say \"a\"\u000a"
    """
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04x}", plain) + '"'

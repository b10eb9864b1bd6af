"""Accepting a faultless project file without loading pydantic, which would be a third of every command's start.

The models of `tables` stay the one place that says what a key is; `keys` holds what this needs of them. Whatever is
not clearly right is left to the models, which know what to say about it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from cloudcost.project.checks.limits import FIRST_DAY, LAST_DAY, MAX_PLACES, QUANTITY_PLACES
from cloudcost.project.keys import Spec, key_specs
from cloudcost.units import MAX_BYTES, parse_duration, parse_size

if TYPE_CHECKING:
    from cloudcost.project.tables import ProjectFile


class _Doubt(Exception):  # noqa: N818 - not an error: it only says that the models have to be asked
    """A value that is not clearly right."""


def accepted(raw: Mapping[str, object]) -> ProjectFile | None:
    """Return a file's tables with defaults filled in, as the models would, or None where they have to be asked.

    Parameters
    ----------
    raw : mapping
        The file as TOML has it, decimal numbers as Decimal.
    """
    return cast("ProjectFile | None", accepted_table(raw, "ProjectFile"))


def accepted_table(raw: Mapping[str, object], name: str) -> SimpleNamespace | None:
    """Return one table with defaults filled in, or None where the models have to be asked.

    Parameters
    ----------
    raw : mapping
    name : str
        Of the model in `cloudcost.project.tables`.
    """
    try:
        return _table(raw, name)
    except _Doubt:
        return None


def changed_table(accepted: SimpleNamespace, changes: Mapping[str, object], name: str) -> SimpleNamespace | None:
    """Return an accepted table with some keys changed, or None where the models have to be asked.

    Parameters
    ----------
    accepted : SimpleNamespace
        As `accepted_table` returned it.
    changes : mapping
        Keys of the table and their values, as TOML has them.
    name : str
        Of the model.
    """
    specs = key_specs()[name]
    values = dict(vars(accepted))
    try:
        for key, value in changes.items():
            spec = specs[key]
            values[key] = _FORMS[spec["form"]](value, spec)
    except _Doubt:
        return None
    return SimpleNamespace(**values)


def _table(raw: object, name: str) -> SimpleNamespace:
    specs = key_specs()[name]
    if not isinstance(raw, Mapping) or not raw.keys() <= specs.keys():
        raise _Doubt
    values: dict[str, object] = {}
    for key, spec in specs.items():
        if key in raw:
            values[key] = _FORMS[spec["form"]](raw[key], spec)
        elif spec.get("required"):
            raise _Doubt
        else:
            values[key] = _default(spec)
    return SimpleNamespace(**values)


def _default(spec: Spec) -> object:
    default = spec["default"]
    if default is None:
        return None
    match spec["form"]:
        case "usd" | "quantity":
            return Decimal(default)
        case "float":
            return float(default)
        case "table":
            return _table({}, spec["table"])
        case "tables":
            return []
        case _:
            return default


def _within(value: int | float | Decimal, spec: Spec) -> None:
    below = "min" in spec and value < spec["min"]
    at_most = "over" in spec and value <= spec["over"]
    if below or at_most or ("max" in spec and value > spec["max"]):
        raise _Doubt


def _int(value: object, spec: Spec) -> int:
    if type(value) is not int:
        raise _Doubt
    _within(value, spec)
    return value


def _float(value: object, spec: Spec) -> float:
    if type(value) not in (int, Decimal) or not isinstance(value, int | Decimal):
        raise _Doubt
    if isinstance(value, Decimal) and not value.is_finite():
        raise _Doubt
    try:
        number = float(value) + 0.0  # -0 is 0
    except OverflowError:
        raise _Doubt from None
    _within(number, spec)
    return number


def _usd(value: object, spec: Spec, *, places: int = MAX_PLACES) -> Decimal:
    if type(value) is int:
        value = Decimal(value)
    if not isinstance(value, Decimal) or not value.is_finite():
        raise _Doubt
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -places:
        raise _Doubt
    _within(value, spec)
    return value or Decimal(0)


def _quantity(value: object, spec: Spec) -> Decimal:
    return _usd(value, spec, places=QUANTITY_PLACES)


def _text(value: object, spec: Spec) -> str:
    if type(value) is not str or not spec.get("min", 0) <= len(value) <= spec.get("max", 10**9):
        raise _Doubt
    return value


def _choice(value: object, spec: Spec) -> str:
    if type(value) is not str or value not in spec["choices"]:
        raise _Doubt
    return value


def _bool(value: object, _: Spec) -> bool:
    if type(value) is not bool:
        raise _Doubt
    return value


def _size(value: object, _: Spec) -> str | int:
    try:
        size_bytes = parse_size(value) if type(value) is str else value
    except ValueError:
        raise _Doubt from None
    if type(size_bytes) is not int or not 0 < size_bytes <= MAX_BYTES:
        raise _Doubt
    return cast("str | int", value)


def _duration(value: object, _: Spec) -> str:
    if type(value) is not str:
        raise _Doubt
    try:
        parse_duration(value)
    except ValueError:
        raise _Doubt from None
    return value


def _day(value: object, _: Spec) -> date:
    try:
        day = date.fromisoformat(value) if type(value) is str else value
    except ValueError:
        raise _Doubt from None
    if not isinstance(day, date) or isinstance(day, datetime) or not FIRST_DAY <= day <= LAST_DAY:
        raise _Doubt
    return day


def _moment(value: object, _: Spec) -> datetime:
    if type(value) is date and FIRST_DAY <= value <= LAST_DAY:
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if type(value) is not datetime or not FIRST_DAY <= value.date() <= LAST_DAY:
        raise _Doubt
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _count(value: object, spec: Spec) -> object:
    if isinstance(value, Mapping):
        return _table(value, "CountTable")
    if type(value) is list:
        if not 1 <= len(value) <= spec["longest"]:
            raise _Doubt
        return [_int(each, spec) for each in value]
    return _int(value, spec)


def _tables(value: object, spec: Spec) -> list[SimpleNamespace]:
    if isinstance(value, Mapping) and spec.get("single"):
        value = [value]
    if type(value) is not list or not spec.get("min", 0) <= len(value) <= spec["max"]:
        raise _Doubt
    return [_table(each, spec["table"]) for each in value]


_FORMS: Mapping[str, Callable[[Any, Spec], object]] = {
    "int": _int, "float": _float, "usd": _usd, "text": _text, "choice": _choice, "bool": _bool, "size": _size,
    "duration": _duration, "day": _day, "moment": _moment, "quantity": _quantity, "count": _count, "tables": _tables,
    "table": lambda value, spec: _table(value, spec["table"]),
}  # fmt: skip

"""The kinds of value that a project file's keys hold: money, plain numbers, sizes, durations, days.

pydantic's own messages never reach a user; what one of these refuses is told in a `fault`, which `faults` turns into a
line. TOML floats arrive as Decimal, so that 0.1 stays exact where it is money.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from cloudcost.domain.project import OptionKind
from cloudcost.frozen import dataclass
from cloudcost.project.checks.limits import (
    FIRST_DAY,
    LAST_DAY,
    MAX_COUNT,
    MAX_HOURS,
    MAX_PLACES,
    MAX_QUANTITY,
    MAX_REPEATS,
    MAX_USD,
    QUANTITY_PLACES,
)
from cloudcost.units import MAX_BYTES, parse_duration, parse_size


@dataclass(kw_only=True)
class Kinds:
    """Kinds of options that have a key, beside its type; a key without it belongs to all."""

    names: tuple[OptionKind, ...]
    needed: Mapping[OptionKind, str] = field(default_factory=dict)
    """An example of the value for each kind that cannot do without it."""


FAULT = "cloudcost"
"""Type of the errors raised here; their context holds ``what`` and ``remedy``."""


def fault(what: str, remedy: str) -> PydanticCustomError:
    """Return the error that becomes ``file:key: what, value, remedy``."""
    return PydanticCustomError(FAULT, "{what}", {"what": what, "remedy": remedy})


def _money(value: object) -> object:
    """Let whole numbers through as Decimal, and -0 as 0; leave the rest to the field."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, Decimal) and value.is_finite():
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and exponent < -MAX_PLACES:
            raise fault(f"has more than {MAX_PLACES} decimals", "round it")
        return value or Decimal(0)
    return value


def _number(value: object) -> object:
    """Let TOML floats, which arrive as Decimal, through as float, and -0 as 0."""
    return float(value) + 0.0 if isinstance(value, Decimal) else value


def _size(value: object) -> object:
    if isinstance(value, str):
        try:
            size_bytes = parse_size(value)
        except ValueError as error:
            if "at most 1 EiB" in str(error):
                raise fault("over 1 EiB", "give a smaller size") from None
            if value.strip().startswith("-"):
                raise fault("a negative size", 'write a size such as "48 GB"') from None
            raise fault("not a size", 'write a number and a unit such as "48 GB" or "1.5 GiB"') from None
    elif isinstance(value, int) and not isinstance(value, bool):
        size_bytes = value
        if size_bytes < 0:
            raise fault("a negative size", 'write a size such as "48 GB"')
        if size_bytes > MAX_BYTES:
            raise fault("over 1 EiB", "give a smaller size")
    else:
        raise fault("not a size", 'write a size such as "48 GB", or whole bytes')
    if size_bytes == 0:
        raise fault("a size of nothing", 'write a size such as "48 GB"')
    return value


def _duration(value: str) -> str:
    try:
        parse_duration(value)
    except ValueError:
        raise fault(
            "not a duration of over 0 and at most 100 years",
            'write a number and a unit such as "4 days", "36 hours" or "2 weeks"',
        ) from None
    return value


def _day(value: object) -> object:
    day: object = value
    if isinstance(value, str):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = None
    if not isinstance(day, date) or isinstance(day, datetime):
        raise fault("not a day", "write it as 2026-11-22, year first")
    if not FIRST_DAY <= day <= LAST_DAY:
        raise fault(f"not between {FIRST_DAY} and {LAST_DAY}", "correct the year")
    return day


def _moment(value: object) -> object:
    """Return a day or a time as a moment of UTC; a time without an offset is UTC already."""
    moment: object = value
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
    if isinstance(moment, date) and not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001 - its zone is set below
    if not isinstance(moment, datetime):
        raise fault("neither a day nor a time", "write it as 2026-11-22 or 2026-11-22T08:00:00Z")
    if not FIRST_DAY <= moment.date() <= LAST_DAY:
        raise fault(f"not between {FIRST_DAY} and {LAST_DAY}", "correct the year")
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _quantity(value: object) -> object:
    """Let whole numbers through as Decimal; leave the rest to the field."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, Decimal) and value.is_finite():
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and exponent < -QUANTITY_PLACES:
            raise fault(f"has more than {QUANTITY_PLACES} decimals", "round it")
    return value


Text = Annotated[str, Field(min_length=1, max_length=1000)]
Name = Annotated[str, Field(min_length=1, max_length=200)]

Whole = Annotated[int, Field(ge=0, le=MAX_COUNT)]
Positive = Annotated[int, Field(ge=1, le=MAX_COUNT)]
Repeats = Annotated[int, Field(ge=1, le=MAX_REPEATS)]

Days = Annotated[int, Field(ge=0, le=36_500)]
PositiveDays = Annotated[int, Field(ge=1, le=36_500)]

Hours = Annotated[float, Field(ge=0, le=MAX_HOURS), BeforeValidator(_number)]
PositiveHours = Annotated[float, Field(gt=0, le=MAX_HOURS), BeforeValidator(_number)]
HoursOfDay = Annotated[float, Field(ge=0, le=24), BeforeValidator(_number)]
TrainingHoursOfDay = Annotated[float, Field(gt=0, le=24), BeforeValidator(_number)]
Minutes = Annotated[float, Field(ge=0, le=10**5), BeforeValidator(_number)]
Seconds = Annotated[float, Field(gt=0, le=10**6), BeforeValidator(_number)]
Years = Annotated[float, Field(gt=0, le=100), BeforeValidator(_number)]
Watts = Annotated[float, Field(gt=0, le=10**6), BeforeValidator(_number)]
IdleWatts = Annotated[float, Field(ge=0, le=10**6), BeforeValidator(_number)]
Share = Annotated[float, Field(ge=0, le=1), BeforeValidator(_number)]
PositiveShare = Annotated[float, Field(gt=0, le=1), BeforeValidator(_number)]
Effectiveness = Annotated[float, Field(ge=1, le=10), BeforeValidator(_number)]
Mean = Annotated[float, Field(ge=1, le=MAX_REPEATS), BeforeValidator(_number)]
Dispersion = Annotated[float, Field(ge=0.001, le=10**6), BeforeValidator(_number)]

Usd = Annotated[
    Decimal,
    Field(ge=0, le=MAX_USD),
    BeforeValidator(_money),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": MAX_USD}),
]
Rate = Annotated[
    Decimal, Field(ge=0, le=1), BeforeValidator(_money), WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1})
]
Size = Annotated[
    str | int,
    BeforeValidator(_size),
    WithJsonSchema(
        {
            "anyOf": [
                {
                    "type": "string",
                    "pattern": r"^\s*\d+(\.\d+)?([eE]\+?\d{1,3})?\s*([KMGTPkmgtp][iI]?|[eE][iI])?[bB]\s*$",
                },
                {"type": "integer", "minimum": 1, "maximum": MAX_BYTES},
            ]
        }
    ),
]
Duration = Annotated[str, AfterValidator(_duration)]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Moment = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
Quantity = Annotated[
    Decimal,
    Field(gt=0, le=MAX_QUANTITY),
    BeforeValidator(_quantity),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": MAX_QUANTITY}),
]

"""The sorts of values that a project file's keys hold: each a type with its limits and, by name, how it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from cloudcost.domain.project import OptionKind
from cloudcost.frozen import dataclass
from cloudcost.project.checks.limits import (
    MAX_COUNT,
    MAX_HOURS,
    MAX_QUANTITY,
    MAX_REPEATS,
    MAX_USD,
)
from cloudcost.project.keys.conversions import (
    LARGEST_QUOTA,
    LARGEST_SIZE,
    MOST_INPUTS,
    MOST_STAGES,
    day,
    discounts,
    duration,
    input_shapes,
    keywords,
    moment,
    money,
    number,
    quantity,
    quotas,
    size,
    size_or_nothing,
    what_to_freeze,
)
from cloudcost.units import MAX_BYTES


@dataclass(kw_only=True)
class Kinds:
    """Kinds of options that have a key, beside its type; a key without it belongs to all."""

    names: tuple[OptionKind, ...]
    needed: Mapping[OptionKind, str] = field(default_factory=dict)
    """An example of the value for each kind that cannot do without it."""


Text = Annotated[str, Field(min_length=1, max_length=1000)]
Name = Annotated[str, Field(min_length=1, max_length=200)]

Whole = Annotated[int, Field(ge=0, le=MAX_COUNT)]
Positive = Annotated[int, Field(ge=1, le=MAX_COUNT)]
Repeats = Annotated[int, Field(ge=1, le=MAX_REPEATS)]

Days = Annotated[int, Field(ge=0, le=36_500)]
PositiveDays = Annotated[int, Field(ge=1, le=36_500)]

Hours = Annotated[float, Field(ge=0, le=MAX_HOURS), BeforeValidator(number)]
PositiveHours = Annotated[float, Field(gt=0, le=MAX_HOURS), BeforeValidator(number)]
HoursOfDay = Annotated[float, Field(ge=0, le=24), BeforeValidator(number)]
TrainingHoursOfDay = Annotated[float, Field(gt=0, le=24), BeforeValidator(number)]
Minutes = Annotated[float, Field(ge=0, le=10**5), BeforeValidator(number)]
Seconds = Annotated[float, Field(gt=0, le=10**6), BeforeValidator(number)]
Years = Annotated[float, Field(gt=0, le=100), BeforeValidator(number)]
Watts = Annotated[float, Field(gt=0, le=10**6), BeforeValidator(number)]
IdleWatts = Annotated[float, Field(ge=0, le=10**6), BeforeValidator(number)]
Share = Annotated[float, Field(ge=0, le=1), BeforeValidator(number)]
PositiveShare = Annotated[float, Field(gt=0, le=1), BeforeValidator(number)]
Effectiveness = Annotated[float, Field(ge=1, le=10), BeforeValidator(number)]
Mean = Annotated[float, Field(ge=1, le=MAX_REPEATS), BeforeValidator(number)]
Dispersion = Annotated[float, Field(ge=0.001, le=10**6), BeforeValidator(number)]

Usd = Annotated[
    Decimal,
    Field(ge=0, le=MAX_USD),
    BeforeValidator(money),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": MAX_USD}),
]
Rate = Annotated[
    Decimal, Field(ge=0, le=1), BeforeValidator(money), WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1})
]
_SIZE = r"^\s*\d+(\.\d+)?([eE]\+?\d{1,3})?\s*([KMGTPkmgtp][iI]?|[eE][iI])?[bB]\s*$"
Size = Annotated[
    str | int,
    BeforeValidator(size),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": _SIZE}, {"type": "integer", "minimum": 1, "maximum": MAX_BYTES}]}
    ),
]
_SHAPE = {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE}, "minItems": 1,
          "maxItems": 4}  # fmt: skip
Inputs = Annotated[
    list[list[int]],
    BeforeValidator(input_shapes),
    WithJsonSchema({"anyOf": [_SHAPE, {"type": "array", "items": _SHAPE, "minItems": 1, "maxItems": MOST_INPUTS}]}),
]
Keywords = Annotated[dict[str, Any], BeforeValidator(keywords), WithJsonSchema({"type": "object"})]
Quotas = Annotated[
    dict[str, int],
    BeforeValidator(quotas),
    WithJsonSchema(
        {
            "type": "object", "minProperties": 1,
            "additionalProperties": {"type": "integer", "minimum": 0, "maximum": LARGEST_QUOTA},
        }
    ),
]  # fmt: skip
Discounts = Annotated[
    dict[str, Decimal],
    BeforeValidator(discounts),
    WithJsonSchema(
        {
            "type": "object", "minProperties": 1,
            "additionalProperties": {"type": "number", "minimum": 0, "exclusiveMaximum": 1},
        }
    ),
]  # fmt: skip
Freeze = Annotated[
    str | int,
    BeforeValidator(what_to_freeze),
    WithJsonSchema({"anyOf": [{"enum": ["backbone"]}, {"type": "integer", "minimum": 1, "maximum": MOST_STAGES}]}),
]
SizeOrNothing = Annotated[
    str | int,
    BeforeValidator(size_or_nothing),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": _SIZE}, {"type": "integer", "minimum": 0, "maximum": MAX_BYTES}]}
    ),
]
Duration = Annotated[str, AfterValidator(duration)]
Day = Annotated[date, BeforeValidator(day), WithJsonSchema({"type": "string", "format": "date"})]
Moment = Annotated[datetime, BeforeValidator(moment), WithJsonSchema({"type": "string", "format": "date-time"})]
Quantity = Annotated[
    Decimal,
    Field(gt=0, le=MAX_QUANTITY),
    BeforeValidator(quantity),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": MAX_QUANTITY}),
]

"""The second currency of a project file."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field, WithJsonSchema

from cloudcost.catalog.currencies import currency_digits
from cloudcost.project.keys.conversions import money
from cloudcost.project.keys.table import Table
from cloudcost.project.keys.values import Day

if TYPE_CHECKING:
    CurrencyCode: TypeAlias = str
else:  # rows of a table, which no type checker reads
    CurrencyCode = Literal[tuple(currency_digits())]

MOST_UNITS = 10**7
"""More units of a currency than a dollar has ever bought for long. [units per USD]"""
ExchangeRate = Annotated[
    Decimal,
    Field(gt=0, le=MOST_UNITS),
    BeforeValidator(money),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": MOST_UNITS}),
]


class CurrencyTable(Table):
    """A currency that totals are shown in beside US dollars, in which all is computed."""

    code: CurrencyCode = Field(description="Of ISO 4217.", examples=["MXN"])
    rate: ExchangeRate = Field(description="What one US dollar is. [units per USD]", examples=[18.4])
    date: Day | None = Field(None, description="Day of that rate. [date]", examples=["2026-11-20"])

"""Uncertain counts of a project file, epochs and runs: a number, a list of past values, or a table."""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from cloudcost.project.keys.conversions import count_form
from cloudcost.project.keys.table import Table
from cloudcost.project.keys.values import Dispersion, Mean, Repeats


class CountTable(Table):
    """An uncertain count: `low`, `mode`, `high` (triangular), or `mean` (geometric), or `mean` and `dispersion`."""

    low: Repeats | None = Field(None, description="The least that is thought possible. [count]", examples=[6])
    mode: Repeats | None = Field(None, description="The likeliest; exact estimates use it. [count]", examples=[12])
    high: Repeats | None = Field(None, description="The most that is thought possible. [count]", examples=[20])
    mean: Mean | None = Field(
        None, description="Mean of a geometric count: tries until one succeeds, counted from 1. [count]", examples=[12]
    )
    dispersion: Dispersion | None = Field(
        None, description="Size parameter of a negative binomial with that `mean`; the smaller, the wider. [1]",
        examples=[3],
    )  # fmt: skip


CountValue = Annotated[
    Annotated[Repeats, Tag("number")]
    | Annotated[CountTable, Tag("table")]
    | Annotated[list[Repeats], Field(min_length=1, max_length=100_000), Tag("list")],
    Discriminator(count_form),
]

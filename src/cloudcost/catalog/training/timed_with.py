"""Whether the steps that a device's times rest on were timed with `cudnn.benchmark`, which PyTorch leaves off."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal, TypeAlias, cast

from cloudcost.catalog.tables import DATA, read_table

_COLUMNS = ("device", "cudnn_benchmark", "source", "note")
OTHERS = "*"
"""In place of a device: all others of which steps were measured."""
TimedWith: TypeAlias = Literal["on", "off", "both"]


@cache
def timed_with() -> Mapping[str, TimedWith]:
    """Return it by device; `OTHERS` for those without a row of their own.

    Examples
    --------
    >>> timed_with()["T4"], timed_with()[OTHERS]
    ('off', 'on')
    """
    rows = read_table(DATA / "timed_with.csv", _COLUMNS)
    return MappingProxyType({device: cast("TimedWith", setting) for device, setting, _, _ in rows})

"""How the values of a project file's keys are read: money, plain numbers, sizes, durations, days.

The validator calls these by their names; what one of them refuses is told in a `fault`, which `project.faults` turns
into a line. TOML floats arrive as Decimal, so that 0.1 stays exact where it is money. Nothing here loads pydantic.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from pydantic_core import PydanticCustomError

from cloudcost.project.checks.limits import FIRST_DAY, LAST_DAY, MAX_PLACES, QUANTITY_PLACES
from cloudcost.units import MAX_BYTES, parse_duration, parse_size

FAULT = "cloudcost"
"""Type of the errors raised here; their context holds ``what`` and ``remedy``."""


def fault(what: str, remedy: str) -> PydanticCustomError:
    """Return the error that becomes ``file:key: what, value, remedy``."""
    return PydanticCustomError(FAULT, "{what}", {"what": what, "remedy": remedy})


def money(value: object) -> object:
    """Let whole numbers through as Decimal, and -0 as 0; leave the rest to the field."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, Decimal) and value.is_finite():
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and exponent < -MAX_PLACES:
            raise fault(f"has more than {MAX_PLACES} decimals", "round it")
        return value or Decimal(0)
    return value


def number(value: object) -> object:
    """Let TOML floats, which arrive as Decimal, through as float, and -0 as 0."""
    return float(value) + 0.0 if isinstance(value, Decimal) else value


def size(value: object) -> object:
    """Return a size as it is written, refused where it is none."""
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


def size_or_nothing(value: object) -> object:
    """Return a size as it is written, which may be 0: a bucket holds empty objects."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value == 0 else size(value)


def what_to_freeze(value: object) -> object:
    """Return what of a network is not trained, as it is written."""
    counts = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_STAGES
    if value == "backbone" or counts:
        return value
    raise fault(
        f"not backbone, nor 1 to {MOST_STAGES} stages",
        'write "backbone", or how many stages are frozen; leave it out where all is trained',
    )


def input_shapes(value: object) -> object:
    """Return the shape of each input, one shape standing for a list of one."""
    given = [value] if isinstance(value, list) and value and all(isinstance(size, int) for size in value) else value
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_INPUTS or not all(map(_is_shape, given)):
        raise fault(
            f"not the shape of an image: 1 to 4 sizes from 1 to {LARGEST_SIZE:,}",
            "write [3, 64, 64], or a list of shapes where the network takes several inputs",
        )
    return given


def _is_shape(value: object) -> bool:
    return (
        isinstance(value, list)
        and 1 <= len(value) <= 4
        and all(isinstance(size, int) and not isinstance(size, bool) and 1 <= size <= LARGEST_SIZE for size in value)
    )


def keywords(value: object) -> object:
    """Return keyword arguments as JSON has them: decimal numbers as float."""
    if not isinstance(value, dict):
        raise fault("not a table of keyword arguments", "write {width = 64}")
    try:
        return {str(key): _plain(item) for key, item in value.items()}
    except TypeError:
        raise fault("a keyword argument that JSON has no form for", "write numbers, texts, lists and tables") from None


def quotas(value: object) -> object:
    """Return numbers by the code or the name of a quota, as they are: whole numbers, none below 0."""
    if not isinstance(value, dict) or not value:
        raise fault("not a table of quotas", 'write {"L-DB2E81BA" = 8}')
    for name, number in value.items():
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= LARGEST_QUOTA:
            raise fault(
                f"{str(name)[:40]} is no whole number of 0 to {LARGEST_QUOTA:,}", "write what Service Quotas shows"
            )
    return value


def discounts(value: object) -> object:
    """Return shares by the name of a provider or a service, as they are: decimals of 0 to under 1, 9 places at most."""
    if not isinstance(value, dict) or not value:
        raise fault("not a table of discounts", "write {aws = 0.07}")
    shares = {}
    for name, number in value.items():
        share = money(number)
        if not isinstance(share, Decimal) or not _is_share(share):
            raise fault(
                f"{str(name)[:40]} is no share of 0 to under 1 with at most {DISCOUNT_PLACES} decimals",
                "write 0.07 for 7 %",
            )
        shares[name] = share
    return shares


def _is_share(share: Decimal) -> bool:
    return share.is_finite() and 0 <= share < 1 and share == round(share, DISCOUNT_PLACES)


DISCOUNT_PLACES = 9
"""Of a share; prices times it stay exact. [decimals]"""
LARGEST_QUOTA = 10**9
"""A larger quota is taken for a mistake. [the quota's unit]"""


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    raise TypeError


LARGEST_SIZE = 65_536
"""A larger axis of an input is taken for a mistake. [count]"""
MOST_INPUTS = 16
"""Of one network. [count]"""
MOST_STAGES = 1000
"""More are a mistake. [count]"""


def duration(value: str) -> str:
    """Return a duration as it is written, refused where it is none."""
    try:
        parse_duration(value)
    except ValueError:
        raise fault(
            "not a duration of over 0 and at most 100 years",
            'write a number and a unit such as "4 days", "36 hours" or "2 weeks"',
        ) from None
    return value


def day(value: object) -> object:
    """Return a day, from a text, too."""
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


def moment(value: object) -> object:
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


def quantity(value: object) -> object:
    """Let whole numbers through as Decimal; leave the rest to the field."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, Decimal) and value.is_finite():
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and exponent < -QUANTITY_PLACES:
            raise fault(f"has more than {QUANTITY_PLACES} decimals", "round it")
    return value


def one_or_more(value: object) -> object:
    """Let a single table stand for a list of one."""
    return [value] if isinstance(value, dict) else value


def count_form(value: object) -> str:
    """Return which of `COUNT_FORMS` an uncertain count has."""
    return "table" if isinstance(value, dict) else "list" if isinstance(value, list | tuple) else "number"


COUNT_FORMS = ("number", "table", "list")
"""Tags of a count; they show up in the place of an error and are no keys."""

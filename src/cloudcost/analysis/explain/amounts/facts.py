"""What somebody remembers of a project: ``dataset=48GiB,images=60000,users=5`` -> `Facts`, every fault at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from cloudcost.catalog.amount_causes import console_labels
from cloudcost.catalog.aws.regions import regions
from cloudcost.catalog.instances import type_names
from cloudcost.catalog.near import did_you_mean, near_and_all
from cloudcost.errors import InputError
from cloudcost.results.candidates import Facts
from cloudcost.units import parse_size

Value: TypeAlias = int | bool | str | date | Fraction
DEFAULT_REGION = "us-east-1"
"""The console's own default, and where most beginners' resources are."""
MOST_USERS = 100_000
MOST_IMAGES = 10**12
FIRST_DAY = date(2006, 3, 14)
"""S3 opened."""
LAST_DAY = date(2100, 12, 31)
_BITS = {"kbit": 10**3, "mbit": 10**6, "gbit": 10**9}
_EXAMPLE = "dataset=48GiB,images=60000,users=5"


def parse_facts(text: str, *, today: date) -> Facts:
    """Return the facts of a text.

    Parameters
    ----------
    text : str
        Pairs ``key=value`` with commas between them; empty for none.
    today : date
        The day that is taken where none is stated.

    Raises
    ------
    InputError
        With every fault of the text.

    Examples
    --------
    >>> facts = parse_facts("dataset=48GiB, users=5", today=date(2026, 11, 22))
    >>> facts.dataset_bytes, facts.users, facts.region
    (51539607552, 5, 'us-east-1')
    """
    stated: dict[str, str] = {}
    found: dict[str, Value] = {}
    faults: list[str] = []
    for pair in text.split(","):
        key, sign, value = (part.strip() for part in pair.partition("="))
        if not pair.strip():
            continue
        if not sign:
            faults.append(f"--facts: not key=value, {pair.strip()[:60]!r}, write pairs such as {_EXAMPLE}")
        elif key not in _KEYS:
            remedy = near_and_all(key[:60], _KEYS, where="cloudcost explain --help")
            faults.append(f"--facts:{key[:60]}: unknown key, {value[:60]!r}, {remedy}")
        elif key in stated:
            faults.append(f"--facts:{key}: stated twice, {value[:60]!r}, keep one")
        else:
            stated[key] = value
            try:
                found[_KEYS[key][0]] = _KEYS[key][1](value)
            except ValueError as error:
                faults.append(f"--facts:{key}: {error}")
    opened, day = found.get("account_opened"), found.get("date", today)
    if isinstance(opened, date) and isinstance(day, date) and opened > day:
        faults.append(f"--facts:account_opened: after the day of the bill, {opened}, name a day up to {day}")
    if faults:
        raise InputError(*faults)
    values = {"region": DEFAULT_REGION, "date": today, **found}
    return Facts(**values, stated=tuple(stated.items()))  # type: ignore[arg-type]


def _size(text: str) -> int:
    try:
        size = parse_size(text)
    except ValueError:
        raise ValueError(f"not a size up to 1 EiB, {text[:60]!r}, write a size such as 48GiB or 7GB") from None
    if not size:
        raise ValueError(f"not over 0, {text[:60]!r}, write a size such as 48GiB")
    return size


def _count(most: int) -> Callable[[str], int]:
    def parsed(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,18}", text) or not 0 < int(text) <= most:
            raise ValueError(f"not a whole number from 1 to {most:,}, {text[:60]!r}, write it in plain digits")
        return int(text)

    return parsed


def _notebook(text: str) -> str:
    bare = text.removeprefix("ml.")
    if bare not in type_names("aws"):
        remedy = near_and_all(bare[:60], type_names("aws"), 1, where="cloudcost prices list --service AmazonSageMaker")
        raise ValueError(f"no machine type of AWS, {text[:60]!r}, {remedy}")
    return f"ml.{bare}"


def _label(text: str) -> str:
    for label in console_labels():
        if text.lower() in (label.lower(), f"amazon {label}".lower(), f"aws {label}".lower()):
            return label
    near = did_you_mean(text[:60], console_labels())
    raise ValueError(f"nothing is shown under it, {text[:60]!r}, {near or 'use one of'} {', '.join(console_labels())}")


def _switch(text: str) -> bool:
    if text.lower() not in _SWITCH:
        raise ValueError(f"not on or off, {text[:60]!r}, write on or off")
    return _SWITCH[text.lower()]


def _link(text: str) -> int:
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,6})?) ?([kmg]bit)(?:/s|ps)?", text.lower().replace("bps", "bit/s"))
    bits = int(Fraction(match[1]) * _BITS[match[2]]) if match else 0
    if not bits:
        raise ValueError(f"not a rate of a link, {text[:60]!r}, write it as 100Mbit/s or 1Gbit/s")
    return bits


def _tax(text: str) -> Fraction:
    if not re.fullmatch(r"0?\.\d{1,9}|0|1(\.0+)?", text):
        raise ValueError(f"not a share from 0 to 1, {text[:60]!r}, write 0.16 for 16 %")
    return Fraction(text)


def _region(text: str) -> str:
    if text not in regions():
        remedy = near_and_all(text[:60], regions(), where="cloudcost schema --format names")
        raise ValueError(f"no such region, {text[:60]!r}, {remedy}")
    return text


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or text != day.isoformat():
        raise ValueError(f"not a day, {text[:60]!r}, write it as YYYY-MM-DD")
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"not between {FIRST_DAY} and {LAST_DAY}, {text!r}, name the day of the bill")
    return day


_SWITCH = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False}
_KEYS: dict[str, tuple[str, Callable[[str], Value]]] = {
    "dataset": ("dataset_bytes", _size),
    "images": ("images", _count(MOST_IMAGES)),
    "users": ("users", _count(MOST_USERS)),
    "notebook": ("notebook", _notebook),
    "label": ("label", _label),
    "versioning": ("versioning", _switch),
    "link": ("link_bits_per_second", _link),
    "account_opened": ("account_opened", _day),
    "tax": ("tax", _tax),
    "region": ("region", _region),
    "date": ("date", _day),
}
"""Each key: the field that it sets, and how its value is read."""
KEYS = tuple(_KEYS)
"""What may be stated, for the help."""

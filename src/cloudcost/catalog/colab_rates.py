"""How many compute units Google Colab takes an hour for each accelerator, as users measured it on a day.

Google does not publish these rates and changes them. The one seen last up to a day holds; before the first one seen
that is carried back and marked, never past the beginning of compute units or of the device.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Literal, cast

from cloudcost.catalog.books.launches import is_before, launch_of
from cloudcost.catalog.devices import not_launched
from cloudcost.catalog.near import NAMES, near_and_all
from cloudcost.catalog.tables import DATA, read_table
from cloudcost.domain.prices import Grade
from cloudcost.errors import CatalogError, PriceNotFoundError
from cloudcost.frozen import dataclass

_RATE_COLUMNS = ("accelerator", "aliases", "device", "units_per_hour", "memory", "as_of", "grade", "source", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRate:
    """How many compute units an accelerator takes an hour, as seen on a day.

    Parameters
    ----------
    accelerator : str
        Colab's name: ``T4``, ``A100``, ``G4``, ``cpu``.
    device : str or None
        Name of the `Device`; None where the timing model has none (TPU, cpu).
    units_per_hour : Decimal
        [compute units per hour]
    memory : {"standard", "high", ""}
        Of the machine that was measured; empty where the source does not say.
    as_of : date
        The day of the measurement.
    grade : Grade
    source : str
        Key of a `Source`.
    note : str
    carried : bool
        Whether it was first seen after the day that it is used for; such a rate is ``assumed``.
    changes_on : date or None
        The day on which the next one was seen, where it is known to have changed.
    """

    accelerator: str
    device: str | None
    units_per_hour: Decimal
    memory: Literal["standard", "high", ""]
    as_of: date
    grade: Grade
    source: str
    note: str
    carried: bool = False
    changes_on: date | None = None


def units_per_hour(accelerator: str, on: date, *, high_memory: bool = False) -> UnitRate:
    """Return the rate of an accelerator that was seen last on a day; before the first one, that one carried back.

    Parameters
    ----------
    accelerator : str
        Colab's name or the device's; case does not count.
    on : date
    high_memory : bool
        With the larger memory, which takes more units. Without it a rate that was measured with it counts where no
        other is known.

    Raises
    ------
    CatalogError
        When the accelerator is not known.
    PriceNotFoundError
        When there were no compute units yet, or no such device; when its rate with high memory was not seen, or not
        since the rate changed.

    Examples
    --------
    >>> str(units_per_hour("T4", date(2022, 10, 7), high_memory=True).units_per_hour)
    '2.24'
    >>> str(units_per_hour("T4", date(2023, 12, 1)).units_per_hour), str(units_per_hour("T4", date(2026, 11, 22)).as_of)
    ('1.96', '2026-09-27')
    >>> units_per_hour("L4", date(2024, 2, 1)).carried
    True
    """
    rates = _rates_of(accelerator)
    first = min(rate.as_of for rate in rates)
    if on < first:
        began = _not_before(rates[0], on)
        if began:
            raise PriceNotFoundError(f"no compute-unit rate for {accelerator} on {on}; {began}, price a later day")
        return replace(units_per_hour(accelerator, first, high_memory=high_memory), carried=True, grade="assumed")
    seen = [rate for rate in rates if rate.as_of <= on]
    larger = [rate for rate in seen if rate.memory == "high"]
    smaller = [rate for rate in seen if rate.memory != "high"]
    newest = max(seen, key=lambda rate: rate.as_of)
    later = min((rate.as_of for rate in rates if rate.as_of > on), default=None)
    if not high_memory:
        found = max(smaller, key=lambda rate: rate.as_of) if smaller else newest
        return replace(found, changes_on=later)
    latest = max(larger, key=lambda rate: rate.as_of) if larger else None
    if latest is None or latest.as_of < newest.as_of:
        state = "none is known" if latest is None else f"the last is of {latest.as_of}, and rates changed since"
        raise PriceNotFoundError(
            f"no compute-unit rate for {accelerator} with high memory on {on}: {state}; read units an hour in the "
            'notebook and give the option\'s price as kind = "cloud" with usd_per_hour, or leave high_memory out'
        )
    return replace(latest, changes_on=later)


def accelerator_of(accelerator: str) -> tuple[str, str | None]:
    """Return Colab's name of an accelerator and the device that it is; None where the timing model knows none.

    Raises
    ------
    CatalogError
        When the accelerator is not known.

    Examples
    --------
    >>> accelerator_of("A100-40GB"), accelerator_of("none")
    (('A100', 'A100-40GB'), ('cpu', None))
    """
    known = _rates_of(accelerator)[0]
    return known.accelerator, known.device


def _rates_of(accelerator: str) -> list[UnitRate]:
    rates = [rate for names, rate in known_rates() if plain_name(accelerator) in names]
    if not rates:
        known = dict.fromkeys(rate.accelerator for _, rate in known_rates())
        near = near_and_all(accelerator, known, where=NAMES)
        raise CatalogError(f"no compute-unit rate for accelerator {accelerator!r}; {near}")
    return rates


def _not_before(rate: UnitRate, on: date) -> str:
    """Return what had not begun on a day: compute units, or the device itself; empty where both had."""
    units = launch_of("GoogleColab", "global", "ComputeUnits")
    if units is not None and is_before(units, on):
        return f"compute units began on {units.day}"
    return not_launched(rate.device, on)


def is_accelerator(name: str) -> bool:
    """Return whether Colab has, or had, an accelerator of that name.

    Examples
    --------
    >>> is_accelerator("tesla t4"), is_accelerator("T44")
    (True, False)
    """
    return any(plain_name(name) in names for names, _ in known_rates())


def accelerators() -> tuple[str, ...]:
    """Return Colab's names of the accelerators that have a rate.

    Examples
    --------
    >>> "T4" in accelerators()
    True
    """
    return tuple(dict.fromkeys(rate.accelerator for _, rate in known_rates()))


@cache
def known_rates() -> tuple[tuple[frozenset[str], UnitRate], ...]:
    """Return all rates, each with the plain names of its accelerator."""
    return tuple(
        (
            frozenset(plain_name(each) for each in (name, device, *aliases.split("|")) if each),
            UnitRate(
                accelerator=name,
                device=device or None,
                units_per_hour=Decimal(units),
                memory=cast(Literal["standard", "high", ""], memory),
                as_of=date.fromisoformat(as_of),
                grade=cast(Grade, grade),
                source=source,
                note=note,
            ),
        )
        for name, aliases, device, units, memory, as_of, grade, source, note in read_table(
            DATA / "colab.csv", _RATE_COLUMNS
        )
    )


def plain_name(name: str) -> str:
    """Return a name as it is compared: small letters, digits and ``+``.

    Examples
    --------
    >>> plain_name("A100 40GB"), plain_name("pro+")
    ('a10040gb', 'pro+')
    """
    return "".join(letter for letter in name.casefold() if letter.isalnum() or letter == "+")

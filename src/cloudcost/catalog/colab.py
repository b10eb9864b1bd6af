"""Google Colab's plans and compute units, and other free quotas that students use.

Google publishes neither the units an hour of each accelerator nor the quotas of the free plan: rates are measured by
users on a day, session lengths are as reported. None of it is guaranteed, and every row says where it is from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Literal, cast

from cloudcost.catalog.near import did_you_mean
from cloudcost.catalog.tables import DATA, read_table
from cloudcost.domain.prices import Grade
from cloudcost.errors import CatalogError, PriceNotFoundError

_RATE_COLUMNS = ("accelerator", "aliases", "device", "units_per_hour", "memory", "as_of", "grade", "source", "note")
_DISK_COLUMNS = ("accelerator", "disk_gib", "used_gib", "as_of", "grade", "source", "note")
_PLAN_COLUMNS = (
    "name", "aliases", "provider", "paid", "usd_per_month", "included_units", "session_hours", "idle_minutes",
    "weekly_gpu_hours", "gpus", "background", "guaranteed", "accelerators", "memory_gb", "disk_gb", "grade", "as_of",
    "source", "note",
)  # fmt: skip


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
    """

    accelerator: str
    device: str | None
    units_per_hour: Decimal
    memory: Literal["standard", "high", ""]
    as_of: date
    grade: Grade
    source: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ColabPlan:
    """A plan of Colab, or a free quota of another service.

    Parameters
    ----------
    name : str
        ``free``, ``pay-as-you-go``, ``pro``, ``pro+``; ``kaggle``, ``studio-lab``.
    provider : str
    paid : bool
        Whether compute units or a subscription are paid for.
    usd_per_month : Decimal
        Of the subscription. [USD per month]
    included_units : Decimal
        That come with the subscription. [compute units per month]
    session_hours : float or None
        Longest session. [h]
    idle_minutes : float or None
        After which an idle session ends, where known. [min]
    weekly_gpu_hours : float or None
        Quota, where there is one. [h per week]
    gpus : int
        Most in one session. [count]
    background : bool
        Whether a run goes on when the browser is closed.
    guaranteed : bool
        Whether the accelerator is promised; nowhere so far.
    accelerators : tuple of str
        That the plan may give.
    memory_gb, disk_gb : float or None
        [10**9 bytes]
    grade : Grade
    as_of : date
    source : str
        Key of a `Source`.
    note : str
    """

    name: str
    provider: str
    paid: bool
    usd_per_month: Decimal
    included_units: Decimal
    session_hours: float | None
    idle_minutes: float | None
    weekly_gpu_hours: float | None
    gpus: int
    background: bool
    guaranteed: bool
    accelerators: tuple[str, ...]
    memory_gb: float | None
    disk_gb: float | None
    grade: Grade
    as_of: date
    source: str
    note: str


def units_per_hour(accelerator: str, on: date, *, high_memory: bool = False) -> UnitRate:
    """Return the rate of an accelerator that was seen last on a day.

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
        When it was not seen until later; when its rate with high memory was not seen, or not since the rate changed.

    Examples
    --------
    >>> str(units_per_hour("T4", date(2022, 10, 7), high_memory=True).units_per_hour)
    '2.24'
    >>> str(units_per_hour("T4", date(2023, 12, 1)).units_per_hour), str(units_per_hour("T4", date(2026, 11, 22)).as_of)
    ('1.96', '2026-09-27')
    """
    rates = [rate for names, rate in _rates() if _plain(accelerator) in names]
    if not rates:
        known = dict.fromkeys(rate.accelerator for _, rate in _rates())
        near = did_you_mean(accelerator, known, 2, otherwise=f"known are {', '.join(known)}")
        raise CatalogError(f"no compute-unit rate for accelerator {accelerator!r}; {near}")
    seen = [rate for rate in rates if rate.as_of <= on]
    if not seen:
        first = min(rate.as_of for rate in rates)
        raise PriceNotFoundError(
            f"no compute-unit rate for {accelerator} on {on}; the first is of {first}, use a later day"
        )
    larger = [rate for rate in seen if rate.memory == "high"]
    smaller = [rate for rate in seen if rate.memory != "high"]
    newest = max(seen, key=lambda rate: rate.as_of)
    if not high_memory:
        return max(smaller, key=lambda rate: rate.as_of) if smaller else newest
    latest = max(larger, key=lambda rate: rate.as_of) if larger else None
    if latest is None or latest.as_of < newest.as_of:
        state = "none is known" if latest is None else f"the last is of {latest.as_of}, and rates changed since"
        raise PriceNotFoundError(
            f"no compute-unit rate for {accelerator} with high memory on {on}: {state}; read units an hour in the "
            'notebook and give the option\'s price as kind = "cloud" with usd_per_hour, or leave high_memory out'
        )
    return latest


def is_accelerator(name: str) -> bool:
    """Return whether Colab has, or had, an accelerator of that name.

    Examples
    --------
    >>> is_accelerator("tesla t4"), is_accelerator("T44")
    (True, False)
    """
    return any(_plain(name) in names for names, _ in _rates())


def accelerators() -> tuple[str, ...]:
    """Return Colab's names of the accelerators that have a rate.

    Examples
    --------
    >>> "T4" in accelerators()
    True
    """
    return tuple(dict.fromkeys(rate.accelerator for _, rate in _rates()))


def offered(plan_name: str, on: date, *, high_memory: bool = False) -> tuple[str, ...]:
    """Return the accelerators of a plan that have a rate on a day, so that an option could name them.

    Raises
    ------
    CatalogError
        When there is no plan of that name.

    Examples
    --------
    >>> offered("free", date(2026, 11, 22)), offered("pro", date(2022, 10, 20))
    (('T4', 'TPU v2', 'cpu'), ('T4', 'A100'))
    """
    return tuple(name for name in plan(plan_name).accelerators if _has_rate(name, on, high_memory=high_memory))


def _has_rate(accelerator: str, on: date, *, high_memory: bool) -> bool:
    try:
        units_per_hour(accelerator, on, high_memory=high_memory)
    except CatalogError:
        return False
    return True


def plan(name: str) -> ColabPlan:
    """Return a plan of Colab, or a free quota of another service.

    Raises
    ------
    CatalogError
        When there is none of that name.

    Examples
    --------
    >>> str(plan("pro").usd_per_month), str(plan("pro").included_units), plan("pro").guaranteed
    ('9.99', '100', False)
    """
    for names, found in _plans():
        if _plain(name) in names:
            return found
    known = [found.name for _, found in _plans()]
    raise CatalogError(f"no plan {name!r}; {did_you_mean(name, known, otherwise='known are ' + ', '.join(known))}")


def free_quotas() -> tuple[ColabPlan, ...]:
    """Return what can be had for nothing, none of it guaranteed.

    Examples
    --------
    >>> [quota.name for quota in free_quotas()]
    ['free', 'kaggle', 'studio-lab']
    """
    return tuple(found for _, found in _plans() if not found.paid)


@cache
def free_disk_bytes(accelerator: str) -> int | None:
    """Return what is free on the local disk beside an accelerator, as users see it; None where nobody said. [bytes]

    Examples
    --------
    >>> free_disk_bytes("T4") // 2**30, free_disk_bytes("TPU v2")
    (65, None)
    """
    asked = _plain(accelerator)
    names = {asked} | {name for known, _ in _rates() if asked in known for name in known}
    for name, disk, used, _, _, _, _ in read_table(DATA / "colab_disks.csv", _DISK_COLUMNS):
        if _plain(name) in names:
            return int((Decimal(disk) - Decimal(used)) * 2**30)
    return None


@cache
def _rates() -> tuple[tuple[frozenset[str], UnitRate], ...]:
    return tuple(
        (
            frozenset(_plain(each) for each in (name, device, *aliases.split("|")) if each),
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


@cache
def _plans() -> tuple[tuple[frozenset[str], ColabPlan], ...]:
    plans = []
    for row in read_table(DATA / "colab_plans.csv", _PLAN_COLUMNS):
        field = dict(zip(_PLAN_COLUMNS, row, strict=True))
        names = frozenset(_plain(each) for each in (field["name"], *field["aliases"].split("|")))
        found = ColabPlan(
            name=field["name"],
            provider=field["provider"],
            paid=field["paid"] == "yes",
            usd_per_month=Decimal(field["usd_per_month"]),
            included_units=Decimal(field["included_units"]),
            session_hours=_number(field["session_hours"]),
            idle_minutes=_number(field["idle_minutes"]),
            weekly_gpu_hours=_number(field["weekly_gpu_hours"]),
            gpus=int(field["gpus"]),
            background=field["background"] == "yes",
            guaranteed=field["guaranteed"] == "yes",
            accelerators=tuple(field["accelerators"].split("|")),
            memory_gb=_number(field["memory_gb"]),
            disk_gb=_number(field["disk_gb"]),
            grade=cast(Grade, field["grade"]),
            as_of=date.fromisoformat(field["as_of"]),
            source=field["source"],
            note=field["note"],
        )
        plans.append((names, found))
    return tuple(plans)


def _number(text: str) -> float | None:
    return float(text) if text else None


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum() or letter == "+")

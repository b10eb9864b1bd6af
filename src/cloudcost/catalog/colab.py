"""Google Colab's plans and disks, and other free quotas that students use.

Google does not publish the quotas of the free plan: session lengths and disks are as reported. None of it is
guaranteed, and every row says where it is from. Compute units are in `cloudcost.catalog.colab_rates`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import cast

from cloudcost.catalog.colab_rates import known_rates, plain_name, units_per_hour
from cloudcost.catalog.near import near_and_all
from cloudcost.catalog.tables import DATA, Row, read_table
from cloudcost.domain.prices import Grade
from cloudcost.errors import CatalogError
from cloudcost.frozen import dataclass

_COLAB = "Google Colab"
_DISK_COLUMNS = ("accelerator", "disk_gib", "used_gib", "as_of", "grade", "source", "note")
_PLAN_COLUMNS = (
    "name", "aliases", "provider", "paid", "usd_per_month", "included_units", "session_hours", "idle_minutes",
    "weekly_gpu_hours", "gpus", "background", "guaranteed", "accelerators", "vcpu", "memory_gb", "disk_gb",
    "grade", "as_of", "source", "note",
)  # fmt: skip


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
    vcpu : int or None
        Virtual CPUs beside any of them; None where it goes by the accelerator. [count]
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
    vcpu: int | None
    memory_gb: float | None
    disk_gb: float | None
    grade: Grade
    as_of: date
    source: str
    note: str

    @property
    def title(self) -> str:
        """Whose it is, in short: Colab, Kaggle, SageMaker Studio Lab."""
        return self.provider.removeprefix("Google ").removeprefix("Amazon ")

    @property
    def is_colab(self) -> bool:
        """Whether it is Google's."""
        return self.provider == _COLAB

    @property
    def hours_per_day(self) -> float:
        """Hours a day that are counted on: one session, and no more than the week's quota has in the mean. [h/day]"""
        limits = (self.session_hours, None if self.weekly_gpu_hours is None else self.weekly_gpu_hours / 7)
        return min((each for each in limits if each is not None), default=24.0)


def offered(plan_name: str, on: date, *, high_memory: bool = False) -> tuple[str, ...]:
    """Return the accelerators of a plan that had a rate by a day, so that an option could name them.

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
        return not units_per_hour(accelerator, on, high_memory=high_memory).carried
    except CatalogError:
        return False


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
        if plain_name(name) in names:
            return found
    known = [found.name for _, found in _plans()]
    raise CatalogError(f"no plan {name!r}; {near_and_all(name, known, 1, where='cloudcost schema')}")


def colab_plans() -> tuple[str, ...]:
    """Return the names of Colab's plans, and of the free quotas of others.

    Examples
    --------
    >>> colab_plans()
    ('free', 'pay-as-you-go', 'pro', 'pro+', 'kaggle', 'studio-lab')
    """
    return tuple(found.name for _, found in _plans())


def quota_names() -> tuple[str, ...]:
    """Return the names of free quotas that are not Colab's.

    Examples
    --------
    >>> quota_names()
    ('kaggle', 'studio-lab')
    """
    return tuple(found.name for _, found in _plans() if not found.is_colab)


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
    row = _disk_row(accelerator)
    return None if row is None else int((Decimal(row[1]) - Decimal(row[2])) * 2**30)


@cache
def disk_seen_on(accelerator: str) -> date | None:
    """Return the day on which the disk beside an accelerator was seen; None where nobody said.

    Examples
    --------
    >>> str(disk_seen_on("T4"))
    '2026-07-01'
    """
    row = _disk_row(accelerator)
    return None if row is None else date.fromisoformat(row[3])


def _disk_row(accelerator: str) -> Row | None:
    asked = plain_name(accelerator)
    names = {asked} | {name for known, _ in known_rates() if asked in known for name in known}
    rows = read_table(DATA / "colab_disks.csv", _DISK_COLUMNS)
    return next((row for row in rows if plain_name(row[0]) in names), None)


@cache
def colab_vcpu(accelerator: str) -> int | None:
    """Return the virtual CPUs beside an accelerator, as users see them; None where nobody said. [count]

    Examples
    --------
    >>> colab_vcpu("T4"), colab_vcpu("TPU v2")
    (2, None)
    """
    rows = read_table(DATA / "colab_cores.csv", ("accelerator", "vcpu", "as_of", "grade", "source", "note"))
    return next((int(row[1]) for row in rows if plain_name(row[0]) == plain_name(accelerator)), None)


@cache
def _plans() -> tuple[tuple[frozenset[str], ColabPlan], ...]:
    plans = []
    for row in read_table(DATA / "colab_plans.csv", _PLAN_COLUMNS):
        field = dict(zip(_PLAN_COLUMNS, row, strict=True))
        names = frozenset(plain_name(each) for each in (field["name"], *field["aliases"].split("|")))
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
            vcpu=int(field["vcpu"]) if field["vcpu"] else None,
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

"""The quota that machines of AWS need before they can be started: by class of instance, on spot apart.

EC2 counts the vCPUs of all that runs in a region, by class; SageMaker counts instances of each type. What an account
has is not known here: a new one has none of most classes, and a project may state what it has.
"""

from __future__ import annotations

import re
from functools import cache

from cloudcost.catalog.near import bare_name
from cloudcost.catalog.tables import DATA, read_table
from cloudcost.domain.devices import Instance
from cloudcost.frozen import dataclass

_COLUMNS = ("service", "purchase", "families", "code", "name", "unit", "new_account", "as_of", "source")
_FAMILY = re.compile(r"(?P<letters>[a-z]+)(?P<generation>\d*)")
_TYPE = "{type}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeededQuota:
    """A quota, and how much of it machines need.

    Parameters
    ----------
    code : str or None
        Of Service Quotas; None where each type has one of its own that is not known here.
    name : str
        As Service Quotas has it.
    needed : int
        Of all machines that run at once. [`unit`]
    unit : str
        What it counts: ``vCPUs`` or ``instances``.
    new_account : int or None
        What an account has at first; None where that differs. [`unit`]
    """

    code: str | None
    name: str
    needed: int
    unit: str
    new_account: int | None

    @property
    def called(self) -> str:
        """Its code and name, or the name alone."""
        return self.name if self.code is None else f"{self.code} ({self.name})"

    def is_named(self, text: str) -> bool:
        """Return whether a text is its code or its name, without regard to case and signs."""
        return bare_name(text) in {bare_name(self.name), bare_name(self.code or self.name)}


def needed_quota(service: str, purchase: str, instance: Instance, machines: int) -> NeededQuota | None:
    """Return what machines need, or None where their class is not known.

    Parameters
    ----------
    service : str
        ``AmazonEC2`` or ``AmazonSageMaker``; others have no quota here.
    purchase : str
        All but ``spot`` need the quota of on-demand instances: a reservation is a price, not a machine.
    instance : Instance
    machines : int
        That run at once. [count]

    Examples
    --------
    >>> from cloudcost.catalog.instances import instance
    >>> needed = needed_quota("AmazonEC2", "spot", instance("g4dn.12xlarge"), 2)
    >>> needed.code, needed.needed, needed.unit
    ('L-3819A6DF', 96, 'vCPUs')
    """
    bought = "spot" if purchase == "spot" else "on-demand"
    bare = instance.name.removeprefix("ml.")
    for row in _rows():
        if (row[0], row[1]) != (service, bought) or (row[2] and not _is_of(bare, row[2])):
            continue
        return NeededQuota(
            code=row[3] or None,
            name=row[4].replace(_TYPE, f"ml.{bare}"),
            needed=machines * (instance.vcpu if row[5] == "vCPUs" else 1),
            unit=row[5],
            new_account=int(row[6]) if row[6] else None,
        )
    return None


def is_quota(text: str) -> bool:
    """Return whether a text is the code or the name of a quota; that a type is one is not asked.

    Examples
    --------
    >>> is_quota("l-db2e81ba"), is_quota("ml.g5.xlarge for training job usage"), is_quota("L-00000000")
    (True, True, False)
    """
    said = bare_name(text)
    for row in _rows():
        name = bare_name(row[4].replace(_TYPE, ""))
        if said == bare_name(row[3] or row[4]) or said == name:
            return True
        if _TYPE in row[4] and text.strip().casefold().startswith("ml.") and said.endswith(name):
            return True
    return False


def quota_codes() -> tuple[str, ...]:
    """Return the codes that are known."""
    return tuple(row[3] for row in _rows() if row[3])


@cache
def _rows() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row) for row in read_table(DATA / "quotas.csv", _COLUMNS))


def _is_of(name: str, families: str) -> bool:
    """Return whether an instance type is of one of some families: ``p``, or ``p5`` of one generation."""
    found = _FAMILY.match(name)
    if found is None:
        return False
    return not {found["letters"], found["letters"] + found["generation"]}.isdisjoint(families.split())

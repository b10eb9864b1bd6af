"""The days on which machine families, regions and parts of services began: before them there was nothing to pay for.

A day may be the announcement's; the usage of its month is priced. What is not in the table is not known, and a price
is then carried back as far as its reader allows.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from cloudcost.catalog.instances import instance, provider_of
from cloudcost.catalog.tables import DATA, read_table
from cloudcost.domain.devices import Instance
from cloudcost.frozen import dataclass

_COLUMNS = ("kind", "name", "day", "source")
_MACHINE = re.compile(r"(?:^|[:-])(?:ml\.)?(?P<family>[a-z][a-z0-9-]*)\.(?P<size>[a-z0-9-]+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """What began on a day.

    Parameters
    ----------
    name : str
        A machine family or type, a region, or a usage type.
    day : date
    source : str
    """

    name: str
    day: date
    source: str


@cache
def launches() -> dict[tuple[str, str], Launch]:
    """Return all launches by kind (``machine``, ``region``, a service) and name."""
    return {
        (kind, name): Launch(name=name or kind, day=date.fromisoformat(day), source=source)
        for kind, name, day, source in read_table(DATA / "launches.csv", _COLUMNS)
    }


@cache
def launch_of(service: str, region: str, usage_type: str) -> Launch | None:
    """Return the last of the launches that a usage type had to wait for; None where none is known.

    Examples
    --------
    >>> str(launch_of("AmazonEC2", "us-east-1", "BoxUsage:g6.xlarge").day)
    '2024-04-04'
    >>> launch_of("AmazonSageMaker", "us-east-1", "Train:ml.g6.xlarge").name
    'g6'
    """
    known = launches()
    keys = [("region", region), (service, usage_type), (service, usage_type.partition(":")[0]), (service, "")]
    machine = _MACHINE.search(usage_type)
    if machine is not None and service in ("AmazonEC2", "AmazonSageMaker"):
        keys += [("machine", f"{machine['family']}.{machine['size']}"), ("machine", machine["family"])]
    return max((known[key] for key in keys if key in known), key=lambda launch: launch.day, default=None)


def is_before(launch: Launch, on: date) -> bool:
    """Return whether a day lies before the month in which something began; of usage only the month counts.

    Examples
    --------
    >>> [is_before(launch_of("AmazonEC2", "us-east-1", "BoxUsage:g6.xlarge"), date(2024, month, 1)) for month in (3, 4)]
    [True, False]
    """
    return on < launch.day.replace(day=1)


@cache
def machine_in(usage_type: str) -> Instance | None:
    """Return the machine type that a usage type bills; None where it bills something else.

    Examples
    --------
    >>> machine_in("Host:ml.p3.2xlarge").name, machine_in("NatGateway-Hours")
    ('p3.2xlarge', None)
    """
    found = _MACHINE.search(usage_type)
    name = "" if found is None else f"{found['family']}.{found['size']}"
    return instance(name) if provider_of(name) else None

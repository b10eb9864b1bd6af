"""Machine types that providers rent out: vCPU, memory, GPUs, network, and whether they can still be started.

A price list keeps types that nobody can start any more, so a type has a status with its source (by family, in
`data/instance_status.csv`). A type without an entry there is ``current``: it was in the list of types that the
figures are from, and nothing else is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Literal, cast

from cloudcost.catalog.near import near_and_all
from cloudcost.catalog.tables import DATA, Row, read_table
from cloudcost.domain.devices import Instance
from cloudcost.errors import UnknownInstanceError

_COLUMNS = (
    "name", "provider", "vcpu", "memory_gib", "device", "accelerator", "gpu_count", "network_gbps",
    "local_storage_gb", "source",
)  # fmt: skip
_STATUS_COLUMNS = ("family", "status", "status_from", "status_source")
_CURRENT = ["current", "", "no notice known; listed in the table that the figures are from"]
Status = Literal["current", "previous", "closed", "retired"]


@cache
def _rows() -> dict[str, Row]:
    return {row[0]: row for row in read_table(DATA / "instances.csv", _COLUMNS)}


@cache
def _statuses() -> dict[str, Row]:
    return {row[0]: row[1:] for row in read_table(DATA / "instance_status.csv", _STATUS_COLUMNS)}


@cache
def instance(name: str) -> Instance:
    """Return the machine type of that name.

    Parameters
    ----------
    name : str
        ``g4dn.xlarge``; ``ml.g4dn.xlarge`` is the same machine.

    Raises
    ------
    UnknownInstanceError
        When no such type is in the table; the message names the nearest.

    Examples
    --------
    >>> found = instance("ml.p3.8xlarge")
    >>> found.name, found.device, found.gpu_count, found.status
    ('p3.8xlarge', 'V100', Fraction(4, 1), 'retired')
    """
    bare = name.removeprefix("ml.")
    row = _rows().get(bare)
    if row is None:
        remedy = near_and_all(bare, _rows(), where="cloudcost prices list --service AmazonEC2")
        raise UnknownInstanceError(f"no instance type {name!r}; {remedy}")
    return _parse(row)


@cache
def instances() -> Mapping[str, Instance]:
    """Return all machine types by name."""
    return MappingProxyType({name: _parse(row) for name, row in _rows().items()})


def provider_of(name: str) -> str | None:
    """Return who rents out the machine type of that name (``aws``, ``gcp`` ...); None for one that is not known.

    Examples
    --------
    >>> provider_of("ml.g4dn.xlarge"), provider_of("g2-standard-4"), provider_of("g4d.xlarge")
    ('aws', 'gcp', None)
    """
    row = _rows().get(name.removeprefix("ml."))
    return None if row is None else row[1]


def type_names(provider: str) -> tuple[str, ...]:
    """Return the names of the machine types that a provider rents out.

    Examples
    --------
    >>> "g4dn.xlarge" in type_names("aws"), "g4dn.xlarge" in type_names("gcp")
    (True, False)
    """
    return tuple(name for name, row in _rows().items() if row[1] == provider)


@cache
def types_with_device() -> frozenset[str]:
    """Return the machine types of AWS whose device is known.

    Examples
    --------
    >>> "g4dn.xlarge" in types_with_device(), "m5.large" in types_with_device()
    (True, False)
    """
    return frozenset(name for name, each in instances().items() if each.provider == "aws" and each.device is not None)


def is_startable(instance: Instance, on: date) -> bool:
    """Return whether a machine of that type could be started on a day, by what is known of its status.

    Examples
    --------
    >>> is_startable(instance("p3.2xlarge"), date(2026, 11, 22)), is_startable(instance("p3.2xlarge"), date(2024, 1, 1))
    (False, True)
    """
    if instance.status in ("current", "previous"):
        return True
    return instance.status_from is not None and on < instance.status_from


def _parse(row: Row) -> Instance:
    name, provider, vcpu, memory, device, accelerator, gpus, network, storage, source = row
    family = name.partition(".")[0]
    status, since, status_source = _statuses().get(family, _CURRENT)
    return Instance(
        name=name,
        provider=provider,
        vcpu=int(vcpu),
        memory_gib=float(memory),
        device=device or None,
        accelerator=accelerator,
        gpu_count=Fraction(gpus),
        network_gbps=float(network) if network else None,
        local_storage_gb=float(storage),
        status=cast(Status, status),
        status_from=date.fromisoformat(since) if since else None,
        status_source=status_source,
        source=source,
    )

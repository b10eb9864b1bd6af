"""Machines of AWS's types, which EC2 and SageMaker rent out."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from cloudcost.catalog.devices import find_device
from cloudcost.catalog.instances import instance
from cloudcost.domain.devices import Instance
from cloudcost.units import GB
from cloudcost.usage.machines.machine import Machine


@lru_cache(maxsize=4096)
def rented(name: str) -> Machine:
    """Return a machine of one of AWS's types."""
    kind = instance(name)
    return Machine(
        device=kind.device or _processor(kind),
        gpus=max(int(kind.gpu_count), 1),
        instance=kind,
        vcpu=kind.vcpu,
        own_disk_bytes=int(kind.local_storage_gb * GB),
        notes=_share_note(kind.gpu_count, name),
    )


def _processor(kind: Instance) -> str | None:
    """Return the type's name where its processor is known, which then is the device."""
    return None if kind.accelerator or find_device(kind.name) is None else kind.name


def _share_note(count: Fraction, name: str) -> tuple[str, ...]:
    return () if count == 0 or count >= 1 else (f"{name} has {count} of a GPU; times are those of a whole one",)

"""Whether an option's machine is one thing: what it is said to hold against what is sold under its name, and by whom.

A price is that of the machine that is named. A device or a number of GPUs beside the name that the machine does not
have would be timed on one machine and billed on another; so would a machine of AWS under ``kind = "cloud"``, whose
disk, address and traffic are not those of another cloud.
"""

from __future__ import annotations

from collections.abc import Iterator

from cloudcost.catalog.devices import find_device
from cloudcost.catalog.instances import instances
from cloudcost.catalog.providers import find_provider
from cloudcost.domain.devices import Instance
from cloudcost.domain.kinds import aws_kind_of
from cloudcost.project.checks.raw import facts_of
from cloudcost.project.checks.rented_disks import disk_faults
from cloudcost.project.fault import Fault, Place, Raw, shown

AWS_NAMES = frozenset(["aws", "amazon", "amazon web services", "ec2", "amazonec2", "sagemaker", "amazonsagemaker"])
"""What people call AWS as a provider, in lower case."""


def machine_faults(option: Raw, place: Place) -> Iterator[Fault]:
    """Yield what does not fit together about the machine of an option that takes names of other clouds.

    Parameters
    ----------
    option : mapping
        Its table as TOML has it; names that are not known are left to others.
    place : tuple
        Of the table.
    """
    facts = facts_of(option)
    if facts is None or not facts.is_listed:
        return
    name = option.get("instance")
    known = instances().get(name.removeprefix("ml.")) if isinstance(name, str) else None
    yield from _of_aws(option, place, known)
    if known is not None and known.provider != "aws":
        yield from _held(option, place, known)
    yield from disk_faults(option, place, None if known is None else known.provider)


def _of_aws(option: Raw, place: Place, known: Instance | None) -> Iterator[Fault]:
    provider, name = option.get("provider"), option.get("instance")
    kind = aws_kind_of(name if isinstance(name, str) else "")
    remedy = f'use kind = "{kind}", which takes usd_per_hour as well'
    if isinstance(provider, str) and provider.lower().strip() in AWS_NAMES:
        yield Fault(
            place=(*place, "provider"), what="AWS is no other cloud: disk, address and traffic are billed its way",
            value=shown(provider), remedy=remedy,
        )  # fmt: skip
    elif known is not None and known.provider == "aws" and provider is None:
        yield Fault(place=(*place, "instance"), what="a machine of AWS", value=shown(name), remedy=remedy)


def _held(option: Raw, place: Place, known: Instance) -> Iterator[Fault]:
    """Yield where device or gpus are not what the machine holds."""
    stated, gpus = option.get("device"), option.get("gpus")
    count = max(int(known.gpu_count), 1) if known.gpu_count else 0
    if not count:
        if "usd_per_hour" not in option:
            yield from _of_bare_host(option, place, known)
        return
    if isinstance(stated, str) and stated and known.device is not None:
        found = find_device(stated)  # none is told as an unknown name
        if found is not None and found.name != known.device:
            yield Fault(
                place=(*place, "device"), what=f"{known.name} holds {_gpus(known)}", value=shown(stated),
                remedy=f"remove device, or name a machine that holds it{_sold_with(stated, known.provider)}",
            )  # fmt: skip
    if isinstance(gpus, int) and not isinstance(gpus, bool) and gpus > 0 and gpus != count:
        yield Fault(
            place=(*place, "gpus"), what=f"{known.name} holds {_gpus(known)} and is billed whole", value=shown(gpus),
            remedy="remove gpus, or name a machine of another size",
        )  # fmt: skip


def _of_bare_host(option: Raw, place: Place, known: Instance) -> Iterator[Fault]:
    """Yield the GPUs that are said to be in a host without one, whose price is not in the host's."""
    stated, gpus = option.get("device"), option.get("gpus")
    provider = find_provider(known.provider)
    seller = provider.service if provider else known.provider
    what = f"{known.name} is a host without a GPU, and {seller} bills the GPU apart from it"
    remedy = f"give usd_per_hour of host and GPU together, or name a machine with it{_sold_with(stated, seller)}"
    if isinstance(stated, str) and stated:
        found = find_device(stated)
        if found is not None and found.kind == "gpu":
            yield Fault(place=(*place, "device"), what=what, value=shown(stated), remedy=remedy)
    elif isinstance(gpus, int) and not isinstance(gpus, bool) and gpus > 0:
        yield Fault(place=(*place, "gpus"), what=what, value=shown(gpus), remedy=remedy)


def _gpus(known: Instance) -> str:
    if known.gpu_count < 1:
        return f"{known.gpu_count} of a {known.device or known.accelerator}"
    return f"{known.gpu_count} x {known.device or known.accelerator}"


def _sold_with(stated: object, provider: str) -> str:
    """Return, in brackets, the smallest machines of a provider that hold a device; empty where there are none."""
    found = find_device(stated) if isinstance(stated, str) else None
    if found is None:
        return ""
    sold = [each for each in instances().values() if each.provider == provider.lower() and each.device == found.name]
    sold.sort(key=lambda each: (each.gpu_count, each.vcpu))
    return f" ({', '.join(each.name for each in sold[:2])})" if sold else ""

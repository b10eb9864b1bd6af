"""Whether the disks that an option rents beside a machine of another cloud are sold there, and have a price."""

from __future__ import annotations

from collections.abc import Iterator

from cloudcost.catalog.near import near_and_all
from cloudcost.catalog.providers import find_provider
from cloudcost.catalog.stores.cloud_disks import cloud_disk, cloud_disks
from cloudcost.catalog.stores.object_stores import cloud_regions
from cloudcost.project.fault import Fault, Place, Raw, missing, shown


def disk_faults(option: Raw, place: Place, seller: str | None) -> Iterator[Fault]:
    """Yield a disk that its provider does not have, or whose price nothing tells.

    Parameters
    ----------
    seller : str or None
        Who rents out the machine type that the option names.
    """
    named, kind, volume = option.get("provider"), option.get("disk_type"), option.get("volume_gib")
    provider = find_provider(named) if isinstance(named, str) else find_provider(seller or "")
    asked = [key for key in ("disk_type", "volume_gib") if option.get(key)]
    if provider is None:
        if isinstance(kind, str) and kind:
            yield Fault(
                place=(*place, "disk_type"), what="no disk of this provider is known", value=shown(kind),
                remedy="remove it and count its price into usd_per_hour",
            )  # fmt: skip
        return
    known = cloud_disks(provider.name)
    if isinstance(kind, str) and kind and kind not in known:
        yield Fault(
            place=(*place, "disk_type"), what=f"no disk of {provider.title}", value=shown(kind),
            remedy=near_and_all(kind, known, where="docs/explanation/prices.md"),
        )  # fmt: skip
        return
    disk = cloud_disk(provider.name, kind if isinstance(kind, str) else None)
    most = 0 if disk is None else disk.largest_data_gib
    if disk is not None and isinstance(volume, int) and volume > disk.largest_data_gib:
        yield Fault(
            place=(*place, "volume_gib"), what=f"{disk.title} of {provider.title} has at most {most:,} GiB",
            value=shown(volume), remedy=f"write at most {most}",
        )  # fmt: skip
    if asked and cloud_regions(provider.name) and "usd_per_hour" in option and "region" not in option:
        yield missing((*place, "region"), f"the region of {provider.title} that the disk has its price in")

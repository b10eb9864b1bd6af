"""Disks, addresses and traffic of other clouds than AWS: which there are, under which names and when they are billed.

What each costs is in the price book, under the services and usage types that the rows name. A machine boots from a disk
of the same type as its data, from one of another type, or from its own disk, which is in its price.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, get_args

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.errors import CatalogError
from cloudcost.frozen import dataclass

_DISK_COLUMNS = (
    "provider", "name", "title", "service", "usage_type", "sizes", "boots", "usual", "billed", "least_gib",
    "taken_gib", "largest_gib", "as_of", "source", "note",
)  # fmt: skip
_TRAFFIC_COLUMNS = (
    "provider", "service", "egress_usage_type", "address_service", "address_usage_type", "as_of", "source", "note",
)  # fmt: skip
Billed = Literal["always", "running"]
"""When a disk is billed: while it exists, or while its machine runs."""
SAME, ONE = "self", "one"
"""Of `CloudDisk.boots`: a disk of this type for the system beside the data's; one disk for both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudDisk:
    """A type of disk that a provider rents out.

    Parameters
    ----------
    provider, name, title : str
        Whose, as project files have it, and as people read it.
    service, usage_type : str
        On bills and in the price book; of a disk in sizes the usage type begins so.
    sizes : tuple of (str, int)
        A name and what it holds, the least first: a disk is billed as the least that holds it. None: by the GiB. [GiB]
    boots : str
        What the system lies on: `SAME`, `ONE`, another disk's name, or empty for the machine's own disk.
    usual : bool
        Whether it is taken where nothing is said.
    billed : Billed
    least_gib, taken_gib, largest_gib : int
        Of the disk with the system: the size taken, and what an image takes of it; the largest there is. [GiB]
    """

    provider: str
    name: str
    title: str
    service: str
    usage_type: str
    sizes: tuple[tuple[str, int], ...] = ()
    boots: str = ""
    usual: bool = False
    billed: Billed = "always"
    least_gib: int = 0
    taken_gib: int = 0
    largest_gib: int

    @property
    def largest_data_gib(self) -> int:
        """What it holds of data at most, beside the system where one disk holds both. [GiB]"""
        return self.largest_gib - (self.taken_gib if self.boots == ONE else 0)

    def billed_as(self, gib: int) -> tuple[str, int]:
        """Return the usage type of a disk that holds so much, and the size that is billed. [GiB]

        Examples
        --------
        >>> disks = cloud_disks("azure") | cloud_disks("gcp")
        >>> disks["premium-ssd"].billed_as(100), disks["pd-ssd"].billed_as(100)
        (('PremiumSSD-P10', 128), ('Storage:pd-ssd', 100))
        """
        for name, size in self.sizes:
            if gib <= size:
                return f"{self.usage_type}-{name}", size
        if self.sizes:
            name, size = self.sizes[-1]
            return f"{self.usage_type}-{name}", size
        return self.usage_type, gib


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudTraffic:
    """How a provider bills what leaves it, and the addresses of machines; empty where neither is billed.

    Parameters
    ----------
    service, egress_usage_type, address_service, address_usage_type : str
    """

    service: str
    egress_usage_type: str
    address_service: str
    address_usage_type: str


@cache
def cloud_disks(provider: str) -> dict[str, CloudDisk]:
    """Return the disks that a provider rents out, by name; none of one that is not known.

    Examples
    --------
    >>> list(cloud_disks("runpod")), list(cloud_disks("my own cloud"))
    (['volume', 'network-volume', 'container'], [])
    """
    rows = [dict(zip(_DISK_COLUMNS, row, strict=True)) for row in read_table(DATA / "cloud_disks.csv", _DISK_COLUMNS)]
    return {row["name"]: _disk(row) for row in rows if row["provider"] == provider}


def _disk(row: dict[str, str]) -> CloudDisk:
    billed = next((each for each in get_args(Billed) if each == row["billed"]), None)
    if billed is None:
        raise CatalogError(f"cloud_disks.csv:{row['name']}: billed, {row['billed']!r}, one of {get_args(Billed)}")
    sizes = [size.split(":") for size in row["sizes"].split("|") if size]
    texts = {name: row[name] for name in ("provider", "name", "title", "service", "usage_type", "boots")}
    return CloudDisk(
        sizes=tuple((name, int(gib)) for name, gib in sizes),
        usual=row["usual"] == "yes",
        billed=billed,
        least_gib=int(row["least_gib"]),
        taken_gib=int(row["taken_gib"]),
        largest_gib=int(row["largest_gib"]),
        **texts,
    )


def cloud_disk(provider: str, name: str | None = None) -> CloudDisk | None:
    """Return the disk of that name, the usual one without a name; None where the provider has none known.

    Examples
    --------
    >>> usual = cloud_disk("azure")
    >>> usual.title if usual else None
    'premium SSD'
    """
    known = cloud_disks(provider)
    return next((each for each in known.values() if each.usual), None) if name is None else known.get(name)


@cache
def disk_services() -> frozenset[str]:
    """Return the services that bill disks of other clouds.

    Examples
    --------
    >>> "GCPDisks" in disk_services(), "GCP" in disk_services()
    (True, False)
    """
    return frozenset(row[3] for row in read_table(DATA / "cloud_disks.csv", _DISK_COLUMNS))


def boot_disk(disk: CloudDisk) -> CloudDisk | None:
    """Return the disk that a machine boots from beside one for its data; None where its own does, or the same one."""
    if disk.boots in ("", ONE):
        return None
    return disk if disk.boots == SAME else cloud_disk(disk.provider, disk.boots)


@cache
def cloud_traffic(provider: str) -> CloudTraffic | None:
    """Return how a provider bills traffic and addresses; None where that is not known.

    Examples
    --------
    >>> of = cloud_traffic("gcp")
    >>> of.egress_usage_type if of else None
    'Egress-Internet'
    """
    for name, service, egress, address_service, address, _, _, _ in read_table(
        DATA / "cloud_traffic.csv", _TRAFFIC_COLUMNS
    ):
        if name == provider:
            return CloudTraffic(
                service=service, egress_usage_type=egress, address_service=address_service, address_usage_type=address
            )
    return None

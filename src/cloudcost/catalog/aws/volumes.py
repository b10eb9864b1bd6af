"""Volumes beside AWS's machines: under which usage type they are billed, and how small and large they can be."""

from __future__ import annotations

from datetime import date
from functools import cache

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.errors import CatalogError
from cloudcost.frozen import dataclass

_COLUMNS = ("name", "usage_type", "least_gib", "taken_gib", "largest_gib", "as_of", "source", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeFacts:
    """What is known of a volume.

    Parameters
    ----------
    usage_type : str
        On a bill.
    least_gib, largest_gib : int
        The size that is taken where nothing asks for more, and the largest there is. [GiB]
    taken_gib : int
        What of it an image takes. [GiB]
    as_of : date
    source : str
        Key of a `Source`.
    """

    usage_type: str
    least_gib: int
    taken_gib: int
    largest_gib: int
    as_of: date
    source: str


@cache
def _volumes() -> dict[str, VolumeFacts]:
    return {
        name: VolumeFacts(
            usage_type=usage_type,
            least_gib=int(least),
            taken_gib=int(taken),
            largest_gib=int(largest),
            as_of=date.fromisoformat(as_of),
            source=source,
        )
        for name, usage_type, least, taken, largest, as_of, source, _ in read_table(DATA / "volumes.csv", _COLUMNS)
    }


def volume_facts(name: str) -> VolumeFacts:
    """Return what is known of a volume.

    Raises
    ------
    CatalogError
        Where the table has none of that name.

    Examples
    --------
    >>> volume_facts("sagemaker-training").least_gib, volume_facts("ec2-data").largest_gib
    (30, 65536)
    """
    found = _volumes().get(name)
    if found is None:
        raise CatalogError(f"volumes.csv:{name}: no such volume, one of {', '.join(_volumes())}")
    return found

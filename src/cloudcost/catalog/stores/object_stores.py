"""Object stores of other clouds than AWS: under which names they are billed, where they are, how far a machine is.

S3's own rules are many and stand in `cloudcost.catalog.aws.storage_classes`; of the others the class for data in use is
known alone. What each costs is in the price book, under the usage types that a store's row names.
"""

from __future__ import annotations

from functools import cache
from typing import get_args

from cloudcost.catalog.aws.regions import region as aws_region
from cloudcost.catalog.tables import DATA, read_table
from cloudcost.domain.project import Location
from cloudcost.frozen import dataclass

_STORE_COLUMNS = (
    "location", "provider", "service", "title", "storage_class", "storage_usage_type", "write_usage_type",
    "list_usage_type", "read_usage_type", "default_region", "keys_per_page", "part_bytes", "single_put_bytes",
    "as_of", "source", "note",
)  # fmt: skip
_REGION_COLUMNS = ("provider", "region", "country", "area", "source")
TO_INTERNET = "Egress-Internet"
"""Usage type of what leaves a store for the internet; with a country's code after it where that has a price of its
own."""
PRICED_APART = frozenset({("gcs", "AUS")})
"""Countries that traffic to the internet has another price to, by the store's `location`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectStore:
    """An object store of another cloud.

    Parameters
    ----------
    location : Location
        As a project file names it.
    provider : str
        Who runs it, as `cloudcost.catalog.providers` names it.
    service : str
        On bills and in the price book.
    title, storage_class : str
        As people read them.
    storage_usage_type, write_usage_type, list_usage_type, read_usage_type : str
        Of what is kept, and of its operations.
    default_region : str
        Where a bucket is taken to lie where nothing says so.
    keys_per_page : int
        That one listing returns at most. [count]
    part_bytes : int or None
        Objects are read, and large ones written, in parts of this size; None where one operation moves an object
        whole. [bytes]
    single_put_bytes : int or None
        The largest object that one operation writes; None where there is no such limit. [bytes]
    """

    location: Location
    provider: str
    service: str
    title: str
    storage_class: str
    storage_usage_type: str
    write_usage_type: str
    list_usage_type: str
    read_usage_type: str
    default_region: str
    keys_per_page: int
    part_bytes: int | None = None
    single_put_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudRegion:
    """A region of another cloud in which a bucket has a price.

    Parameters
    ----------
    name : str
    country : str
        ISO 3166 alpha-3.
    area : str
        Continent, as traffic between regions is priced by.
    """

    name: str
    country: str
    area: str


@cache
def object_stores() -> dict[str, ObjectStore]:
    """Return every store by its `location`.

    Examples
    --------
    >>> {name: store.service for name, store in object_stores().items()}
    {'gcs': 'GoogleCloudStorage', 'azure': 'AzureBlobStorage'}
    """
    rows = [dict(zip(_STORE_COLUMNS, row, strict=True)) for row in read_table(_STORES, _STORE_COLUMNS)]
    return {row["location"]: _store(row) for row in rows}


@cache
def store_services() -> frozenset[str]:
    """Return the services of the stores, as bills and the price book name them."""
    return frozenset(store.service for store in object_stores().values())


_STORES = DATA / "object_stores.csv"


def _store(row: dict[str, str]) -> ObjectStore:
    texts = {name: row[name] for name in _STORE_COLUMNS[1:10]}
    return ObjectStore(
        location=next(each for each in get_args(Location) if each == row["location"]),
        keys_per_page=int(row["keys_per_page"]),
        part_bytes=int(row["part_bytes"]) if row["part_bytes"] else None,
        single_put_bytes=int(row["single_put_bytes"]) if row["single_put_bytes"] else None,
        **texts,
    )


@cache
def cloud_regions(provider: str) -> dict[str, CloudRegion]:
    """Return the regions of a provider in which its store has prices, by name.

    Examples
    --------
    >>> cloud_regions("gcp")["us-central1"].area, len(cloud_regions("lambda"))
    ('north-america', 0)
    """
    rows = read_table(DATA / "cloud_regions.csv", _REGION_COLUMNS)
    return {
        name: CloudRegion(name=name, country=country, area=area)
        for of, name, country, area, _ in rows
        if of == provider
    }


def nearest_region(store: ObjectStore, aws: str) -> str:
    """Return the store's region in the country of a region of AWS, else on its continent, else the usual one.

    Examples
    --------
    >>> stores = object_stores()
    >>> nearest_region(stores["gcs"], "us-east-1"), nearest_region(stores["azure"], "eu-west-1")
    ('us-central1', 'northeurope')
    """
    near = aws_region(aws)
    known = cloud_regions(store.provider)
    default = known[store.default_region]
    in_order = (default, *known.values())
    here = next((each for each in in_order if each.country == near.country), None)
    around = next((each for each in in_order if each.area == near.area), default)
    return (here or around).name


def between_regions(store: ObjectStore, source: str, destination: str) -> str:
    """Return the usage type of what goes from one region of a provider to another.

    Examples
    --------
    >>> between_regions(object_stores()["gcs"], "us-central1", "europe-west4")
    'Egress-north-america-to-europe'
    """
    regions = cloud_regions(store.provider)
    return f"Egress-{regions[source].area}-to-{regions[destination].area}"


def to_aws(store: ObjectStore, region: str) -> str:
    """Return the usage type of what goes from a store to a region of AWS, over the internet.

    Raises
    ------
    UnknownRegionError
        When AWS has no such region.
    """
    country = aws_region(region).country
    return f"{TO_INTERNET}-{country}" if (store.location, country) in PRICED_APART else TO_INTERNET

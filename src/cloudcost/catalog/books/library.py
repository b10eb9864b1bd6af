"""The shipped tables as one library: which file holds what, and which prices follow from others by a rule."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from cloudcost.catalog.aws.regions import may_be_zone
from cloudcost.catalog.books import ec2_tables
from cloudcost.catalog.tables import DATA, Row, Shelf, files_of, places_in, price_files, rows_of
from cloudcost.domain.prices import Price, PriceKey

if TYPE_CHECKING:
    from cloudcost.catalog.books.price_source import PriceSource


class ShippedLibrary:
    """The tables in `data/`, read on demand."""

    def __init__(self) -> None:
        self._shelves: dict[tuple[str, str], Shelf] = {}

    def services(self) -> tuple[str, ...]:
        """Return the services that have prices; reads every table."""
        names = {service for path in price_files() for service, _ in places_in(path)}
        return tuple(sorted(names | {ec2_tables.SERVICE}))

    def regions(self, service: str) -> tuple[str, ...]:
        """Return the regions in which a service has prices."""
        names = {place for path in files_of(service) for owner, place in places_in(path) if owner == service}
        if service == ec2_tables.SERVICE:
            names.update(ec2_tables.ec2_regions() | ec2_tables.ec2_zones())
        return tuple(sorted(names))

    def shelf(self, service: str, region: str) -> Shelf:
        """Return the rows of a service in a region; empty where there are none."""
        key = (service, region)
        if key not in self._shelves:
            rows: list[Row] = ec2_tables.ec2_rows(region) if service == ec2_tables.SERVICE else []
            for path in files_of(service):
                rows.extend(rows_of(path, service, region))
            self._shelves[key] = Shelf(rows)
        return self._shelves[key]

    def derive(self, book: PriceSource, key: PriceKey, on: date) -> tuple[Price, ...]:
        """Return prices by rule: SageMaker's from EC2 and EBS, S3's from a later day, a zone's from its region."""
        if may_be_zone(key.region):
            from cloudcost.catalog.books.derived.zone_transfer import zone_transfer

            return zone_transfer(book, key, on)
        if key.service == "AmazonS3":
            from cloudcost.catalog.books.derived.unchanged_s3 import unchanged_price

            return unchanged_price(book, key, on)
        if key.service != "AmazonSageMaker":
            return ()
        from cloudcost.catalog.books.derived.sagemaker import derive_price

        return derive_price(book, key, on)

    def digest(self) -> str:
        """Return the sum over the names and the content of all shipped tables."""
        return _digest()


@cache
def _digest() -> str:
    from hashlib import sha256

    whole = sha256()
    for path in sorted(DATA.rglob("*.csv")):
        whole.update(f"{path.relative_to(DATA).as_posix()}\n".encode())
        whole.update(sha256(path.read_bytes()).digest())
    return whole.hexdigest()

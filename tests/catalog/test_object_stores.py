"""A bucket of another cloud has every price that it is billed by, wherever it may lie."""

from __future__ import annotations

from datetime import date

import pytest

from cloudcost.catalog.aws.regions import regions
from cloudcost.catalog.books.book import load_book
from cloudcost.catalog.providers import provider_of_service, providers
from cloudcost.catalog.stores.object_stores import (
    TO_INTERNET,
    ObjectStore,
    between_regions,
    cloud_regions,
    nearest_region,
    object_stores,
    store_services,
    to_aws,
)
from cloudcost.catalog.tables import DATA, GLOBAL, read_table, sources
from cloudcost.domain.prices import PriceKey

STORES = list(object_stores().values())
DAY = date(2026, 11, 1)


@pytest.mark.parametrize("store", STORES, ids=lambda store: store.location)
def test_every_region_has_a_price_of_all_that_is_metered_there(store: ObjectStore) -> None:
    book, places = load_book(), cloud_regions(store.provider)
    assert store.default_region in places
    assert set(book.regions(store.service)) - {GLOBAL} <= set(places)
    for place in places:
        kinds = {store.storage_usage_type, store.write_usage_type, store.list_usage_type, store.read_usage_type}
        kinds |= {TO_INTERNET, *(to_aws(store, region) for region in regions())}
        kinds |= {between_regions(store, place, other) for other in places if other != place}
        for kind in kinds:
            price = book.price(PriceKey(store.service, place, kind), DAY)
            assert price.unit == (
                "GB-Mo" if kind == store.storage_usage_type else "GB" if "Egress" in kind else "Requests"
            )


@pytest.mark.parametrize("store", STORES, ids=lambda store: store.location)
def test_a_store_is_its_provider_s_and_its_machines_stand_where_buckets_have_prices(store: ObjectStore) -> None:
    owner = provider_of_service(store.service)
    assert owner is not None
    assert owner.name == store.provider
    assert store.service in store_services()
    assert {place for each in providers() if each == owner for place in load_book().regions(each.service)} <= set(
        cloud_regions(store.provider)
    )


@pytest.mark.parametrize("region", list(regions()))
def test_the_nearest_region_is_on_the_same_continent_where_there_is_one(region: str) -> None:
    for store in STORES:
        found = cloud_regions(store.provider)[nearest_region(store, region)]
        around = [each for each in cloud_regions(store.provider).values() if each.area == regions()[region].area]
        assert found in around if around else found.name == store.default_region


def test_regions_and_stores_name_their_sources() -> None:
    rows = read_table(DATA / "cloud_regions.csv", ("provider", "region", "country", "area", "source"))
    assert {row[4] for row in rows} <= set(sources())
    assert {row[3] for row in rows} | {region.area for region in regions().values()} == {
        "africa", "asia", "europe", "middle-east", "north-america", "oceania", "south-america",
    }  # fmt: skip

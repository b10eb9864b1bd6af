"""Every price table that the book serves, whoever wrote it, keeps these rules."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest

from cloudcost.catalog.aws.regions import find_zone, regions
from cloudcost.catalog.books.book import book_names, load_book
from cloudcost.catalog.books.dated.rules import OLDEST, UNITS, row_faults
from cloudcost.catalog.books.launches import launch_of
from cloudcost.catalog.instances import instances
from cloudcost.catalog.providers import other_clouds
from cloudcost.catalog.tables import COLUMNS, DATA, GLOBAL, places_in, price_files, read_table, sources
from cloudcost.domain.devices import Instance
from cloudcost.domain.prices import GRADES, Price

COLLECTED = date(2026, 11, 29)
"""The day on which the sources were read; a later collection moves it."""
OTHER_PROVIDERS = other_clouds()


@pytest.fixture(scope="module")
def prices() -> tuple[Price, ...]:
    return tuple(load_book().prices())


def label(price: Price) -> str:
    return f"{price.service}/{price.region}/{price.usage_type}/{price.operation}/{price.purchase}/{price.as_of}"


def test_the_book_is_not_empty_and_its_date_is_its_newest_row(prices: tuple[Price, ...]) -> None:
    assert len(prices) > 18_000
    newest = max(price.as_of for price in prices)
    assert load_book().as_of == newest, "books.csv states the day of the newest row"


def test_no_price_is_negative_and_a_price_of_zero_says_why(prices: tuple[Price, ...]) -> None:
    for price in prices:
        for tier in price.tiers:
            assert tier.unit_price_usd >= 0, label(price)
            if tier.unit_price_usd == 0:
                assert price.note, f"{label(price)}: zero without a reason"


def test_a_low_price_is_not_above_the_high_one(prices: tuple[Price, ...]) -> None:
    for price in prices:
        if price.low_usd is not None:
            assert 0 < price.low_usd <= price.tiers[0].unit_price_usd, label(price)


def test_tiers_rise_from_zero_without_a_gap(prices: tuple[Price, ...]) -> None:
    for price in prices:
        assert price.tiers[0].from_quantity == 0, label(price)
        assert price.tiers[-1].up_to is None or price.note, f"{label(price)}: ends without a reason"
        for lower, upper in pairwise(price.tiers):
            assert lower.up_to == upper.from_quantity, label(price)
            assert lower.from_quantity < upper.from_quantity, label(price)


def test_units_grades_and_sources_are_known(prices: tuple[Price, ...]) -> None:
    known = sources()
    for price in prices:
        assert price.unit in UNITS, f"{label(price)}: unit {price.unit}"
        assert price.grade in GRADES, label(price)
        assert price.source in known, f"{label(price)}: source {price.source}"


def test_dates_are_in_order(prices: tuple[Price, ...]) -> None:
    for price in prices:
        assert OLDEST <= price.as_of <= load_book().as_of, label(price)
        if price.valid_from is not None and price.valid_until is not None:
            assert price.valid_from < price.valid_until, label(price)
        if price.valid_from is not None:
            assert price.valid_from <= load_book().as_of, label(price)


def test_every_row_has_a_first_day_and_its_sightings_lie_around_its_own(prices: tuple[Price, ...]) -> None:
    for price in prices:
        assert OLDEST <= price.first_day <= price.as_of, label(price)
        if price.seen_from is not None:
            assert price.valid_from is None, f"{label(price)}: a beginning that is known says all"
            assert price.seen_from < price.as_of, label(price)
        if price.confirmed_on is not None:
            assert price.as_of < price.confirmed_on <= COLLECTED, label(price)
        if price.valid_until is not None:
            assert price.first_day < price.valid_until, label(price)
            assert price.last_seen <= price.valid_until, label(price)


def test_no_price_is_known_of_a_day_before_there_was_what_it_is_for(prices: tuple[Price, ...]) -> None:
    for price in prices:
        launch = launch_of(price.service, price.region, price.usage_type)
        if launch is not None and price.seen_from is not None:
            assert price.seen_from >= launch.day.replace(day=1), label(price)


def test_the_prices_of_machines_with_gpus_are_young() -> None:
    """A warning that nearly every price deserves tells nothing: the machines that train have prices of this year."""
    rows = [
        price
        for price in load_book().prices(service="AmazonEC2")
        if price.valid_until is None and price.purchase == "on-demand"
    ]
    gpu = [price for price in rows if (machine := _machine(price)) and machine.device is not None]
    old = date(2025, 5, 28)  # 18 months before COLLECTED
    assert sum(price.last_seen < old for price in gpu) <= 0.05 * len(gpu)


def _machine(price: Price) -> Instance | None:
    return instances().get(price.usage_type.partition(":")[2])


def test_at_most_one_row_of_a_key_holds_on_any_day(prices: tuple[Price, ...]) -> None:
    """Spot alone may have several observations of one key, each of its own day."""
    rows: dict[tuple[str, ...], list[Price]] = defaultdict(list)
    for price in prices:
        seen = price.as_of.isoformat() if price.purchase == "spot" else ""
        rows[price.service, price.region, price.usage_type, price.operation, price.purchase, seen].append(price)
    for key, same in rows.items():
        spans = sorted((price.valid_from or date.min, price.valid_until or date.max) for price in same)
        for (_, end), (start, _) in pairwise(spans):
            assert end <= start, f"{key}: {spans}"


def test_regions_are_known_and_usage_types_carry_no_region_code(prices: tuple[Price, ...]) -> None:
    codes = {code for region in regions().values() for code in region.codes}
    for price in prices:
        if price.service in OTHER_PROVIDERS:
            continue
        assert price.region == GLOBAL or price.region in regions() or find_zone(price.region), label(price)
        head = price.usage_type.partition("-")[0]
        assert head not in codes or "-AWS-" in price.usage_type, label(price)


def test_a_file_holds_the_rows_of_the_service_in_its_name() -> None:
    for path in price_files():
        owner = path.name.partition("-")[0]
        for service, _ in places_in(path):
            assert owner == "other" or owner == service, path.name


def test_fields_have_no_stray_blanks() -> None:
    for path in price_files():
        for row in read_table(path, COLUMNS):
            assert all(field == field.strip() for field in row), f"{path.name}: {row}"


def test_sources_are_unique_sorted_and_were_read_by_the_day_of_the_book() -> None:
    keys = [
        row[0] for row in read_table(price_files()[0].parents[1] / "sources.csv", ("key", "title", "url", "read_on"))
    ]
    assert keys == sorted(set(keys))
    for source in sources().values():
        assert source.title
        assert source.read_on <= COLLECTED, source.key
        assert source.url == "" or source.url.startswith("https://") or source.url.startswith("http://"), source.key


NOTHING_TO_OPEN = ("general knowledge", "derived here", "own judgement", "address is not known")
"""Why a source has no address, as its title says it."""


def test_an_outsider_can_open_every_source_or_is_told_why_not(prices: tuple[Price, ...]) -> None:
    without = {source.key for source in sources().values() if not source.url}
    assert [key for key in without if not any(why in sources()[key].title for why in NOTHING_TO_OPEN)] == []
    official = {price.source for price in prices if price.grade in ("official", "real-bill")}
    assert without & official == set()


def test_every_source_of_a_table_is_listed() -> None:  # launches.csv says what announced a day in words
    for path in sorted(DATA.rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            if path.name not in ("sources.csv", "launches.csv") and "source" in (reader.fieldnames or ()):
                unknown = {row["source"] for row in reader} - sources().keys() - {""}
                assert unknown == set(), path.name


def test_each_row_is_found_by_its_own_key_on_a_day_when_it_holds(prices: tuple[Price, ...]) -> None:
    book = load_book()
    for price in prices:
        day = price.as_of
        if price.valid_from is not None:
            day = max(day, price.valid_from)
        if price.valid_until is not None and day >= price.valid_until:
            day = price.valid_until - timedelta(days=1)
        found = book.find(
            service=price.service,
            region=price.region,
            usage_type=price.usage_type,
            operation=price.operation,
            purchase=price.purchase,
            on=day,
        )
        assert found == price


def test_the_names_of_the_books_are_unique() -> None:
    assert len(set(book_names())) == len(book_names()) >= 1


def test_the_shipped_book_keeps_the_rules_that_the_books_of_users_are_held_to(prices: tuple[Price, ...]) -> None:
    assert list(row_faults(prices, sources=sources(), newest=load_book().as_of)) == []

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from cloudcost.catalog.books.book import PriceBook, load_book
from cloudcost.catalog.tables import parse_price, parse_tiers
from cloudcost.domain.prices import Price, Source, Tier
from cloudcost.errors import CatalogError, PriceNotFoundError, UnknownRegionError

TODAY = date(2026, 11, 22)


def price(
    usd: str = "1",
    *,
    service: str = "AmazonS3",
    region: str = "eu-west-1",
    usage_type: str = "A",
    operation: str = "",
    purchase: str = "on-demand",
    as_of: date = TODAY,
    begin: date | None = None,
    end: date | None = None,
) -> Price:
    return Price(
        service=service,
        region=region,
        usage_type=usage_type,
        operation=operation,
        purchase=purchase,
        unit="GB",
        tiers=(Tier(from_quantity=Decimal(0), up_to=None, unit_price_usd=Decimal(usd)),),
        as_of=as_of,
        valid_from=begin,
        valid_until=end,
        grade="official",
        source="list",
    )


def find(
    book: PriceBook,
    *,
    service: str = "AmazonS3",
    region: str = "eu-west-1",
    usage_type: str = "A",
    operation: str = "",
    purchase: str = "on-demand",
    on: date = TODAY,
) -> str:
    found = book.find(
        service=service, region=region, usage_type=usage_type, operation=operation, purchase=purchase, on=on
    )
    return str(found.tiers[0].unit_price_usd)


def test_a_row_holds_from_its_first_day_to_the_day_before_its_last() -> None:
    cut = date(2025, 6, 1)
    book = PriceBook.of([price("2", end=cut), price("1", begin=cut)])
    assert find(book, on=date(2025, 5, 31)) == "2"
    assert find(book, on=cut) == "1"


def test_of_several_observations_the_last_one_up_to_the_day_counts() -> None:
    book = PriceBook.of([price("1", as_of=date(2023, 1, 1)), price("2", as_of=date(2025, 1, 1))])
    assert find(book, on=TODAY) == "2"
    assert find(book, on=date(2024, 1, 1)) == "1"
    assert find(book, on=date(2020, 1, 1)) == "1"


def test_a_global_row_stands_in_where_the_region_has_none() -> None:
    book = PriceBook.of([price("3", region="global"), price("1", usage_type="B")])
    assert find(book, region="us-west-2") == "3"


def test_a_row_without_operation_serves_every_operation() -> None:
    book = PriceBook.of([price("1")])
    assert find(book, operation="PutObject") == "1"


def test_several_operations_must_be_told_apart() -> None:
    book = PriceBook.of([price("1", operation="X"), price("2", operation="Y")])
    assert find(book, operation="Y") == "2"
    with pytest.raises(PriceNotFoundError, match="name the operation: X, Y"):
        find(book)
    with pytest.raises(PriceNotFoundError, match="operations known: X, Y"):
        find(book, operation="Z")


def test_a_price_that_has_ended_says_when() -> None:
    book = PriceBook.of([price("1", end=date(2024, 2, 1))])
    with pytest.raises(PriceNotFoundError, match="its last price known ended on 2024-02-01"):
        find(book)


def test_unknown_parts_of_a_key_are_told_apart() -> None:
    book = PriceBook.of([price(), price(region="us-east-1", usage_type="Big"), price(purchase="spot", usage_type="C")])
    with pytest.raises(PriceNotFoundError, match=r"unknown service, did you mean AmazonS3\?"):
        find(book, service="AmazonS4")
    with pytest.raises(UnknownRegionError, match=r"in eu-west-9 \(book own\); did you mean eu-west-1\?"):
        find(book, region="eu-west-9")
    with pytest.raises(PriceNotFoundError, match="it has a price in us-east-1"):
        find(book, usage_type="Big")
    with pytest.raises(PriceNotFoundError, match="purchases known for it: spot"):
        find(book, usage_type="C", purchase="reserved-9y")
    with pytest.raises(PriceNotFoundError, match=r"Zzzzzz.*; use one of A, C"):
        find(book, usage_type="Zzzzzz")


def test_a_region_of_another_provider_is_judged_by_that_providers_own() -> None:
    book = PriceBook.of([price(service="Azure", region="eastus")])
    with pytest.raises(UnknownRegionError, match=r"did you mean eastus\?"):
        find(book, service="Azure", region="eastuss")


def test_every_message_is_one_line() -> None:
    book = load_book()
    with pytest.raises(UnknownRegionError) as failure:
        book.find(service="AmazonEC2", region="eu-west-9", usage_type="BoxUsage:p3.2xlarge", on=TODAY)
    assert str(failure.value) == (
        "no price for AmazonEC2/BoxUsage:p3.2xlarge/on-demand in eu-west-9 (book aws-2026-11); did you mean eu-west-1? "
        "cloudcost prices list --service AmazonEC2 lists all"
    )


def test_a_spot_price_that_is_not_known_names_the_other_purchases() -> None:
    match = "its spot price is known in no region; purchases known for it: on-demand, reserved-1y"
    with pytest.raises(PriceNotFoundError, match=match):
        load_book().find(
            service="AmazonEC2", region="us-east-1", usage_type="BoxUsage:m5.large", purchase="spot", on=TODAY
        )


@pytest.mark.parametrize("usage_type", ["SpotUsage:g4dn.xlarge", "BoxUsage:g4dn.xlarge"])
def test_a_spot_price_that_is_not_known_here_names_the_regions_in_which_it_is(usage_type: str) -> None:
    with pytest.raises(PriceNotFoundError, match=r"known in af-south-1, .* and \d+ more; purchases known for it: on-d"):
        load_book().find(service="AmazonEC2", region="us-gov-west-1", usage_type=usage_type, purchase="spot", on=TODAY)


def test_a_book_needs_a_price_and_knows_its_newest() -> None:
    with pytest.raises(ValueError, match="at least one price"):
        PriceBook.of([])
    book = PriceBook.of([price(as_of=date(2020, 1, 1)), price(usage_type="B", as_of=date(2021, 1, 1))], name="mine")
    assert (book.name, book.as_of) == ("mine", date(2021, 1, 1))
    assert book.services() == ("AmazonS3",)
    assert book.regions("AmazonS3") == ("eu-west-1",)
    assert [found.usage_type for found in book.prices()] == ["A", "B"]


def test_sources_are_found_by_key() -> None:
    own = Source(key="list", title="a list", url="", read_on=TODAY)
    assert PriceBook.of([price()], sources=[own]).source("list") == own
    assert load_book().source("karpenter").url.endswith("karpenter-provider-aws")
    with pytest.raises(CatalogError, match="no source 'karpentr'"):
        load_book().source("karpentr")


def test_only_shipped_books_can_be_loaded() -> None:
    with pytest.raises(CatalogError, match="no price book 'aws-2026-10'; did you mean aws-2026-11"):
        load_book("aws-2026-10")
    assert load_book() is load_book("aws-2026-11")


def test_a_found_price_is_kept() -> None:
    book = PriceBook.of([price()])
    first = book.find(service="AmazonS3", region="eu-west-1", usage_type="A", on=TODAY)
    assert book.find(service="AmazonS3", region="eu-west-1", usage_type="A", on=TODAY) is first


@pytest.mark.parametrize("text", ["", "x", "NaN", "1;0:2", "1;5:2;5:1", "1;9:2;5:1", "Infinity", "1;x:2"])
def test_tiers_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_tiers(text)


@pytest.mark.parametrize(("column", "text"), [(6, "much"), (9, "yesterday"), (14, "rumour"), (7, "x")])
def test_a_field_that_cannot_be_read_names_the_row(column: int, text: str) -> None:
    row = ["S", "r", "T", "", "spot", "GB", "1", "", "", "2026-01-01", "", "", "", "", "official", "k", ""]
    assert parse_price(row).unit == "GB"
    row[column] = text
    with pytest.raises(CatalogError, match="price table:S/r/T/spot: "):
        parse_price(row)

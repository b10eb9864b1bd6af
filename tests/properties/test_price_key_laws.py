"""One key for what is priced: the rows of a book, of usage and of a bill have it, and it asks what keywords ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from cloudcost.catalog.books.book import load_book
from cloudcost.domain.prices import Price, PriceKey
from cloudcost.domain.usage import RunUsage, Usage
from cloudcost.errors import CatalogError
from cloudcost.pricing.bill.lines import price_usage
from cloudcost.pricing.market import Market
from cloudcost.units import BillingMonth

ON = date(2026, 11, 22)
BOOK = load_book()
ROWS = [
    *BOOK.prices(service="AmazonS3", region="eu-west-1"),
    *BOOK.prices(service="AmazonSageMaker", region="us-east-1"),
]


@settings(max_examples=60)
@given(row=st.sampled_from(ROWS), region=st.sampled_from(("us-east-1", "eu-west-1", "eu-west-9")))
def test_a_key_asks_what_its_five_parts_ask_one_by_one(row: Price, region: str) -> None:
    key = row.key._replace(region=region)
    assert BOOK.rows(key) == BOOK.candidates(**key._asdict())
    for book in (BOOK, Market(BOOK)):
        assert _answer(book.price, key, ON) == _answer(book.find, **key._asdict(), on=ON)


def _answer(ask: Callable[..., Price], *parts: object, **named: object) -> Price | str:
    try:
        return ask(*parts, **named)
    except CatalogError as error:
        return str(error)


def test_usage_and_its_line_have_the_key_of_the_price() -> None:
    key = PriceKey("AmazonEC2", "us-east-1", "SpotUsage:g4dn.xlarge", purchase="spot")
    usage = Usage(**key._asdict(), month=BillingMonth(2026, 11), quantity=3600, unit="seconds")
    planned = RunUsage(**key._asdict(), month=BillingMonth(2026, 11), fixed=3600, unit="seconds")
    (line,) = price_usage([usage], BOOK, on=ON)
    assert usage.key == planned.key == line.key == BOOK.price(key, ON).key == key


def test_a_key_is_written_as_messages_have_it() -> None:
    assert str(PriceKey("AmazonS3", "eu-west-1", "A")) == "AmazonS3/A/on-demand in eu-west-1"
    assert str(PriceKey("AmazonS3", "eu-west-1", "A", "PutObject", "")) == "AmazonS3/A/PutObject in eu-west-1"

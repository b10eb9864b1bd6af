"""The table of causes of an amount: every row is priced somewhere, bounded, and says why, where and what to stop."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from cloudcost.catalog.amount_causes import RAREST, AmountCause, Limit, amount_causes, console_labels
from cloudcost.catalog.books.book import load_book
from cloudcost.catalog.tables import DATA, sources
from cloudcost.domain.prices import PriceKey
from cloudcost.pricing.lookup import find_price

DAYS = (date(2026, 11, 28), date(2021, 5, 15))


@pytest.mark.parametrize("cause", amount_causes(), ids=lambda cause: cause.name)
def test_a_cause_says_everything(cause: AmountCause) -> None:
    assert cause.limit in get_args(Limit)
    assert 1 <= cause.prior <= RAREST
    assert cause.title
    assert cause.reason
    assert cause.confirm
    assert cause.stop
    assert all(cause.console)
    assert ("*" in cause.usage_type) == bool(cause.types)
    assert bool(cause.service) == bool(cause.usage_type) == (cause.limit != "none")
    if cause.limit in ("pace", "network", "passes", "objects"):
        assert cause.most is not None


@pytest.mark.parametrize(
    "cause", [cause for cause in amount_causes() if cause.usage_type], ids=lambda cause: cause.name
)
def test_each_usage_type_has_a_price_in_us_east_1_on_some_day(cause: AmountCause) -> None:
    for name in cause.types or ("",):
        if name == "USE1":
            continue  # its own region
        key = PriceKey(cause.service, "us-east-1", cause.usage_type.replace("*", name), cause.operation)
        assert any(find_price(load_book(), key, day).price for day in DAYS)


def test_names_are_said_once_and_sources_are_known() -> None:
    names = [cause.name for cause in amount_causes()]
    assert len(names) == len(set(names))
    assert {"S3", "SageMaker", "EC2-Other"} <= set(console_labels())
    lines = (DATA / "amount_causes.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert {line.rsplit(",", 1)[1] for line in lines} <= set(sources())

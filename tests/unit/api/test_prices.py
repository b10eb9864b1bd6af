"""The price book as a DataFrame: what it holds, how it is narrowed, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

import cloudcost
from cloudcost.domain.prices import PriceKey
from cloudcost.render.notebook.price_frame import COLUMNS

DAY = "2026-11-22"


def test_rows_are_the_books_prices_tier_by_tier() -> None:
    book = cloudcost.load_book()
    frame = cloudcost.prices(service="AmazonS3", region="us-east-1", on=DAY)
    assert tuple(frame.columns) == COLUMNS
    tiers = frame[frame["usage_type"] == "TimedStorage-ByteHrs"]
    stored = book.price(PriceKey("AmazonS3", "us-east-1", "TimedStorage-ByteHrs"), date.fromisoformat(DAY))
    assert [tier.unit_price_usd for tier in stored.tiers] == list(tiers["usd"])
    assert [tier.from_quantity for tier in stored.tiers] == list(tiers["from_quantity"])
    assert set(frame["region"]) == {"us-east-1"}


def test_gpus_and_families_narrow_to_hours_of_their_machines() -> None:
    frame = cloudcost.prices(gpu="T4", region=["us-east-1", "eu-west-1"], purchase="on-demand", on=DAY)
    assert "g4dn.xlarge" in set(frame["instance"])
    assert set(frame["region"]) == {"us-east-1", "eu-west-1"}
    one = cloudcost.prices(family="g4dn", service="AmazonEC2", region="us-east-1", purchase="reserved", on=DAY)
    assert set(one["family"]) == {"g4dn"}
    assert set(one["purchase"]) >= {"reserved-1y-no-upfront", "reserved-3y-no-upfront"}
    four = frame[(frame["instance"] == "g4dn.12xlarge") & (frame["region"] == "us-east-1")].iloc[0]
    assert four["usd_per_gpu_hour"] == pytest.approx(float(four["usd"]) / 4)


def test_a_day_picks_the_price_that_held_and_history_shows_all() -> None:
    def asked(**days: object) -> list[Decimal]:
        found = cloudcost.prices(service="AmazonEC2", region="us-east-1", family="p5", purchase="on-demand", **days)  # type: ignore[arg-type]
        return sorted(found[found["instance"] == "p5.48xlarge"]["usd"])

    assert asked(on="2025-05-01") == [Decimal("98.32")]
    assert asked(on=DAY) == [Decimal("55.04")]
    assert asked(history=True) == [Decimal("55.04"), Decimal("98.32")]


def test_what_is_not_known_is_refused_all_at_once() -> None:
    with pytest.raises(cloudcost.InputError) as error:
        cloudcost.prices(service="AmazonEC3", region="us-east-9", family="g9000", gpu="Q9000", on=DAY)
    lines = str(error.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["service", "region", "family", "gpu"]
    assert "AmazonEC2" in lines[0]


def test_nothing_found_has_the_same_columns() -> None:
    frame = cloudcost.prices(service="AmazonS3", family="g5", on=DAY)
    assert len(frame) == 0
    assert tuple(frame.columns) == COLUMNS

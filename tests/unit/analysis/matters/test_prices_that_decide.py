"""The prices that an answer hangs on: which they are, how fresh, and what is said of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.projects import build_project, build_training

from cloudcost.analysis.compare import compare
from cloudcost.domain.local_machine import LocalMachine
from cloudcost.domain.project import Option
from cloudcost.render.reasons.deciding import deciding_records, deciding_sentence, deciding_words
from cloudcost.results.comparison import Comparison

TODAY = date(2026, 11, 29)
T4 = Option(name="T4", kind="ec2", instance="g4dn.xlarge")
A10G = Option(name="A10G", kind="ec2", instance="g5.xlarge")


def _compared(*options: Option, today: date = TODAY, as_of: date | None = None, **fields: Any) -> Comparison:
    training = build_training(runs=3, epochs=200)
    return compare(build_project(*options, trainings=(training,), **fields), today=today, as_of=as_of)


def test_machines_that_are_nearly_as_dear_decide_with_their_day_grade_and_change() -> None:
    comparison = _compared(T4, A10G)
    found = {each.key.usage_type: each for each in comparison.deciding_prices}
    assert {"BoxUsage:g4dn.xlarge", "BoxUsage:g5.xlarge"} <= set(found)
    assert comparison.best is not None
    [best, rival] = comparison.options
    for price in found.values():
        assert price.decides
        assert price.flips_at is not None
        assert price.becomes == rival.name
        assert price.last_seen >= date(2026, 9, 1)
        assert price.age_days == max((date(2026, 11, 2) - price.last_seen).days, 0)
    dear = found[f"BoxUsage:{'g4dn.xlarge' if best.name == 'T4' else 'g5.xlarge'}"]
    assert dear.flips_at is not None
    assert dear.flips_at > 1
    assert deciding_sentence(comparison).startswith("prices that decide: EC2 g")


def test_what_two_options_share_decides_nothing() -> None:
    keys = {each.key.service for each in _compared(T4, A10G).deciding_prices}
    assert "AmazonS3" not in keys


def test_the_prices_of_a_clear_answer_are_those_that_weigh_most_and_say_that_none_decides() -> None:
    machine = LocalMachine(owned=True, watts=170, electricity_usd_per_kwh=Decimal("0.01"))
    comparison = _compared(Option(name="Lab", kind="local", device="RTX 3060", local=machine), A10G)
    assert comparison.best is not None
    assert comparison.best.name == "Lab"
    assert not any(each.decides for each in comparison.deciding_prices)
    assert len(comparison.deciding_prices) == 2
    assert "no price decides alone" in deciding_sentence(comparison)


def test_a_users_own_price_has_no_age_and_two_of_one_machine_are_two_prices() -> None:
    dear = Option(name="quote 1", kind="ec2", instance="g4dn.xlarge", usd_per_hour=Decimal("0.5"))
    cheap = Option(name="quote 2", kind="ec2", instance="g4dn.xlarge", usd_per_hour=Decimal("0.4"))
    found = [each for each in _compared(dear, cheap).deciding_prices if each.grade == "stated"]
    assert {(each.options, each.age_days) for each in found} == {(("quote 1",), None), (("quote 2",), None)}
    prices = {each.options[0]: each.flips_at for each in found}
    assert prices["quote 1"] == pytest.approx(0.8)
    assert prices["quote 2"] == pytest.approx(1.25)


def test_one_option_alone_hangs_on_its_largest_price_and_is_warned_of_when_that_is_old() -> None:
    comparison = _compared(T4, start=date(2190, 1, 1))
    [price] = comparison.deciding_prices
    assert (price.flips_at, price.decides) == (None, False)
    assert any("1 of the largest prices is over 18 months old" in each for each in comparison.warnings)
    assert "the price that weighs most" in deciding_sentence(comparison)


def test_old_prices_that_decide_nothing_are_no_warning() -> None:
    there = Option(name="there", kind="ec2", instance="g4dn.xlarge", region="us-west-2")
    comparison = _compared(there, A10G)
    assert min(line.last_seen for line in comparison.option("there").lines if line.last_seen) < date(2024, 6, 1)
    assert not any("old" in each for each in comparison.warnings)


def test_nothing_feasible_hangs_on_nothing() -> None:
    comparison = _compared(T4, days=0, duration_seconds=60)
    assert comparison.best is None
    assert comparison.deciding_prices == ()
    assert (deciding_sentence(comparison), deciding_words(comparison)) == ("", "")


def test_credits_leave_unknown_where_the_answer_changes() -> None:
    comparison = _compared(T4, A10G, credits_usd=Decimal(1))
    assert comparison.deciding_prices
    assert all(each.flips_at is None for each in comparison.deciding_prices)


def test_tax_leaves_the_change_of_a_price_between_two_of_one_provider_where_it_is() -> None:
    plain, taxed = (
        {each.key: each.flips_at for each in _compared(T4, A10G, tax_rate=rate).deciding_prices}
        for rate in (Decimal(0), Decimal("0.16"))
    )
    assert taxed == pytest.approx(plain)


def test_json_names_key_value_days_grade_age_and_change() -> None:
    records = deciding_records(_compared(T4, A10G).deciding_prices)
    record = next(each for each in records if each["usage_type"] == "BoxUsage:g4dn.xlarge")
    assert record["key"] == "AmazonEC2/BoxUsage:g4dn.xlarge/on-demand in us-east-1"
    assert record["unit_price_usd"] == "0.526"
    assert record["grade"] == "third-party"
    flips_at, usd = record["flips_at"], record["flips_at_usd"]
    assert isinstance(flips_at, float)
    assert float(str(usd)) == pytest.approx(0.526 * flips_at, rel=1e-5)


@pytest.mark.parametrize(("as_of", "then"), [(date(2025, 5, 1), True), (None, False)])
def test_ages_count_to_the_day_that_is_asked_for(as_of: date | None, *, then: bool) -> None:
    comparison = _compared(T4, A10G, as_of=as_of, start=TODAY)
    assert ("then" in deciding_sentence(comparison) or "on the day asked for" in deciding_sentence(comparison)) == then

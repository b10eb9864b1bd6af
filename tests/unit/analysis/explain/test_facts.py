"""What somebody remembers: each key, each fault, all faults at once."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudcost.analysis.explain.amounts.facts import KEYS, parse_facts
from cloudcost.errors import InputError

TODAY = date(2026, 11, 28)
WHOLE = (
    "dataset=48GiB, images=60000,users=5,notebook=p2.xlarge,label=amazon s3,versioning=on,link=100Mbps,"
    "account_opened=2020-09-01,tax=0.16,region=eu-west-1,date=2021-05-15"
)


def test_each_key_is_read() -> None:
    facts = parse_facts(WHOLE, today=TODAY)
    assert (facts.dataset_bytes, facts.images, facts.users) == (48 * 2**30, 60_000, 5)
    assert (facts.notebook, facts.label, facts.versioning) == ("ml.p2.xlarge", "S3", True)
    assert (facts.link_bits_per_second, facts.tax, facts.region) == (10**8, Fraction(16, 100), "eu-west-1")
    assert (facts.account_opened, facts.date) == (date(2020, 9, 1), date(2021, 5, 15))
    assert tuple(key for key, _ in facts.stated) == KEYS


def test_nothing_stated_is_us_east_1_today() -> None:
    facts = parse_facts("", today=TODAY)
    assert (facts.region, facts.date, facts.dataset_bytes, facts.users) == ("us-east-1", TODAY, None, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dataste=1GB", "--facts:dataste: unknown key, '1GB', did you mean dataset"),
        ("foo", "--facts: not key=value, 'foo'"),
        ("users=5,users=6", "--facts:users: stated twice, '6'"),
        ("dataset=48", "--facts:dataset: not a size up to 1 EiB, '48'"),
        ("dataset=0GB", "--facts:dataset: not over 0"),
        ("images=60k", "--facts:images: not a whole number"),
        ("users=0", "--facts:users: not a whole number from 1 to 100,000"),
        ("notebook=ml.p2.xlage", "did you mean p2.xlarge"),
        ("label=S33", "--facts:label: nothing is shown under it, 'S33', did you mean S3"),
        ("versioning=maybe", "--facts:versioning: not on or off"),
        ("link=fast", "--facts:link: not a rate of a link"),
        ("link=0Mbit/s", "--facts:link: not a rate of a link"),
        ("tax=16", "--facts:tax: not a share from 0 to 1"),
        ("region=us-east-9", "--facts:region: no such region, 'us-east-9', did you mean us-east-"),
        ("date=2021-5-1", "--facts:date: not a day"),
        ("date=1999-01-01", "--facts:date: not between"),
        ("account_opened=2026-12-01", "--facts:account_opened: after the day of the bill"),
    ],
)
def test_a_fault_says_what_value_and_remedy(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_facts(text, today=TODAY)
    assert said in str(caught.value)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        parse_facts("dataste=1GB,images=60k,users=0,foo", today=TODAY)
    assert len(caught.value.faults) == 4


@settings(max_examples=30)
@given(st.text(max_size=40))
def test_no_text_makes_a_traceback(text: str) -> None:
    with suppress(InputError):
        parse_facts(text, today=TODAY)

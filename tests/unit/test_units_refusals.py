"""What sizes, durations and running times refuse."""

from __future__ import annotations

import math

import pytest

from cloudcost.units import EC2_RULE, parse_duration, parse_size


@pytest.mark.parametrize("seconds", [-1.0, math.inf, math.nan])
def test_a_running_time_is_finite_and_not_negative(seconds: float) -> None:
    with pytest.raises(ValueError, match="finite and not negative"):
        EC2_RULE.billed_seconds(seconds)


@pytest.mark.parametrize("text", ["48", "GB", "-1 GB", "48 XB", "nan GB"])
def test_a_size_is_a_number_and_a_unit(text: str) -> None:
    with pytest.raises(ValueError, match="a size is a number and one of"):
        parse_size(text)


def test_a_size_is_at_most_an_exbibyte() -> None:
    with pytest.raises(ValueError, match="at most 1 EiB"):
        parse_size("2 EiB")


@pytest.mark.parametrize("text", ["four days", "4 fortnights", "-4 days"])
def test_a_duration_is_a_number_and_a_unit(text: str) -> None:
    with pytest.raises(ValueError, match="a duration is a number and one of"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["0 days", "101 years"])
def test_a_duration_is_over_nothing_and_at_most_a_century(text: str) -> None:
    with pytest.raises(ValueError, match="over 0 and at most 100 years"):
        parse_duration(text)

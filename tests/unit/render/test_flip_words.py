"""Flips, suggestions and crossings in words."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Literal

import pytest

from cloudcost.render.words import (
    crossing_over_sentence,
    flip_condition,
    flip_distance,
    flip_sentence,
    front_sentence,
    likely_flips,
    odds_sentence,
)
from cloudcost.results.crossings import CrossingsOver
from cloudcost.results.matters import FlipPoint, Front, FrontPoint


def _flip(parameter: str, label: str, unit: str, assumed: float, value: float, **changes: object) -> FlipPoint:
    fields: dict[str, object] = {
        "parameter": parameter,
        "label": label,
        "unit": unit,
        "assumed": assumed,
        "value": value,
        "kept": value,
        "above": value > assumed,
        "best": "own",
        "becomes": "EC2",
        "moves": "",
        "reason": "",
        "distance_sd": 2.0,
        "chance": 0.2275,
        "plausible": True,
        "low": 0.1,
        "high": 0.7,
        "source": "assumed",
    }
    return FlipPoint(**{**fields, **changes})  # type: ignore[arg-type]


def test_the_issue_s_sentence() -> None:
    flip = _flip("electricity", "price of electricity", "USD/kWh", 0.11, 0.6103)
    assert flip_sentence(flip) == (
        "the verdict flips only if electricity costs more than 0.61 USD/kWh: then EC2 wins (0.11 assumed)"
    )


@pytest.mark.parametrize(
    ("flip", "said"),
    [
        (_flip("time:RTX", "time of a step on RTX", "x", 1, 2.3), "RTX is 2.3 times slower than estimated"),
        (_flip("time:RTX", "time of a step on RTX", "x", 1, 0.5), "RTX is 2 times faster than estimated"),
        (
            _flip("time", "time of a step on every option", "x", 1, 2),
            "every option is 2 times slower than estimated",
        ),
        (_flip("epochs", "epochs of a run", "x", 1, 3), "a run takes more than 3 times the epochs that are planned"),
        (_flip("dataset", "size of the data set", "GB", 7, 3), "the data set is smaller than 3 GB"),
        (_flip("duration", "time", "days", 4, 3), "the project has less than 3 days"),
        (_flip("hours_per_day", "hours", "h", 24, 18), "machines train less than 18 hours a day"),
        (_flip("keep_months", "months", "months", 1, 7), "everything is kept for 7 months or longer"),
        (_flip("runs", "runs of each CNN", "runs", 5, 7), "there are 7 or more runs of each CNN"),
        (_flip("runs:a", "runs of a", "runs", 5, 2), "there are 2 or fewer runs of a"),
        (_flip("uploads", "uploads", "uploads", 2, 9), "there are 9 or more uploads of the data set"),
        (_flip("tax_rate", "tax", "x", 0, 0.16), "tax is more than 16 %"),
        (_flip("credits", "credits", "USD", 0, 53.5), "there are more than 53.5 USD of AWS credits"),
        (_flip("purchase:own", "price of own", "USD", 2500, 1200), "own costs less than 1,200 USD"),
        (_flip("resale:own", "resale of own", "x", 0.5, 0.8), "the resale of own is above 0.8"),
        (_flip("startup", "start-up time", "x", 1, 8), "the start-up time is above 8 times what is assumed"),
        (_flip("idle:a", "idle hours a day of a", "h", 1, 8), "the idle hours a day of a are above 8 h"),
        (
            _flip("electricity:own", "price of electricity of own", "USD/kWh", 0.1, 0.05),
            "electricity of own costs less than 0.05 USD/kWh",
        ),
    ],
    ids=lambda value: value.parameter if isinstance(value, FlipPoint) else "",
)
def test_each_input_has_its_clause(flip: FlipPoint, said: str) -> None:
    assert flip_condition(flip) == said


def test_a_flip_to_nothing_and_one_by_the_calendar_say_so() -> None:
    nothing = _flip("duration", "time", "days", 4, 3, becomes="", reason="the runs take 90 h")
    assert flip_sentence(nothing).endswith("then no option can do it (4 assumed)")
    late = _flip("duration", "time", "days", 4, 3, reason="the runs take 90 h")
    assert flip_sentence(late).endswith("then EC2 wins, since own cannot do it (4 assumed)")


def test_the_distance_is_in_the_input_s_own_spread() -> None:
    flip = _flip("electricity", "price", "USD/kWh", 0.1, 0.6)
    assert flip_distance(flip) == "2.0 standard deviations away, within the plausible 0.1 to 0.7"
    unknown = _flip("electricity", "price", "USD/kWh", 0.1, 0.6, distance_sd=None)
    assert flip_distance(unknown) == "nothing is known of how uncertain it is"


def _crossing(quantity: Literal["hours", "months"], *at: int, first: str = "rent", last: str = "own") -> CrossingsOver:
    return CrossingsOver(
        quantity=quantity, unit="", a="rent", b="own", at=tuple(map(Fraction, at)), first_leader=first,
        last_leader=last, low=Fraction(1), high=Fraction(730), reference="rent",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("crossing", "said"),
    [
        (_crossing("hours", 120), "own wins over rent from 120 hours a month on rent on"),
        (_crossing("hours", last="rent"), "rent is cheaper than own from 1 to 730 hours a month on rent"),
        (_crossing("months", first="", last=""), "rent and own cost the same up to 730 months kept"),
        (
            _crossing("months", 3, 5, 9),
            "rent and own change places 3 times, first at 3, last at 9 months kept; own wins in the end",
        ),
    ],
)
def test_crossings_are_told_as_first_last_and_count(crossing: CrossingsOver, said: str) -> None:
    assert crossing_over_sentence(crossing) == said


def test_the_front_names_what_each_other_is_beaten_by() -> None:
    best = FrontPoint(name="a", total_usd=Decimal(1), calendar_hours=2.0)
    beaten = FrontPoint(name="b", total_usd=Decimal(3), calendar_hours=4.0, dominated_by="a")
    assert front_sentence(Front(front=(best,), dominated=(beaten,))) == (
        "no option is both cheaper and faster than a (1.00 USD, 2 h); beaten in both: b by a"
    )
    assert front_sentence(Front(front=(), dominated=())).startswith("no option can do it")


def test_a_share_of_nearly_the_whole_is_never_told_as_above_the_whole() -> None:
    for value in (0.99984, 0.999999, 0.99999999):
        said = flip_condition(_flip("resale:new", "resale of new", "x", 0.6, value))
        assert not said.endswith("above 1")
        assert 0.999 < float(said.rpartition(" ")[2]) < 1


def test_a_flip_beyond_anything_is_not_counted_to_a_tenth() -> None:
    flip = _flip("runs", "runs", "runs", 4, 1602, distance_sd=1085.6, plausible=False)
    assert flip_distance(flip).startswith("over 10 standard deviations away, beyond")


def test_a_value_below_one_of_its_unit_is_told_in_a_smaller_one() -> None:
    short = flip_sentence(_flip("duration", "time", "days", 4, 0.25))
    assert "if the project has less than 6 h: then EC2 wins (4 days assumed)" in short
    small = flip_sentence(_flip("dataset", "size of the data set", "GB", 2.4, 0.015))
    assert "if the data set is smaller than 15 MB: then EC2 wins (2.4 GB assumed)" in small
    assert flip_condition(_flip("runs:a", "runs of a", "runs", 3, 0)) == "there are no runs of a"


def test_odds_as_people_bet() -> None:
    slower = _flip("time:own", "time of a step on RTX 3060", "x", 1.0, 1.4, becomes="Colab T4")
    assert odds_sentence(slower) == "RTX 3060 is 1.4 times slower than estimated, about 1 in 4: then Colab T4 wins"
    unknown = _flip("time:own", "time of a step on RTX 3060", "x", 1.0, 1.4, chance=None, becomes="", reason="late")
    assert odds_sentence(unknown).endswith("nobody knows how likely: then no option can do it")


def test_only_what_is_likely_is_told_and_no_credits_that_nobody_has() -> None:
    likely = _flip("time:own", "time of a step on own", "x", 1.0, 1.4, chance=0.2)
    likelier = _flip("epochs", "epochs of a run", "x", 1.0, 1.4, chance=0.3)
    never = _flip("runs:a", "runs of a", "runs", 3, 9, chance=1e-6)
    unheard_of = _flip("credits", "credits of AWS", "USD", 0.0, 7.3, chance=0.8)
    stated = _flip("credits", "credits of AWS", "USD", 50.0, 70.0, chance=0.1)
    unknown = _flip("machines", "machines", "x", 1.0, 2.0, chance=None)
    flips = (never, unknown, stated, unheard_of, likely, likelier)
    assert likely_flips(flips) == [likelier, likely, stated, unknown]

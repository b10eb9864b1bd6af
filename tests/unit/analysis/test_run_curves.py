"""Exact pieces of a bill over the number of runs, and where two of them cross."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.projects import build_project, build_training

from cloudcost.analysis.breakeven.runs import all_crossings, crossings
from cloudcost.analysis.compare import context_of
from cloudcost.domain.prices import Price, Tier
from cloudcost.domain.project import Dataset, LocalMachine, Option
from cloudcost.options.model import OptionModel, build_model
from cloudcost.pricing.bill.pieces import Curve, at_most, combine, tier_curve
from cloudcost.pricing.tiers import Schedule, compile_price, exact_cost
from cloudcost.render.words import crossing_sentence
from cloudcost.results.crossings import Crossings

ZERO = Fraction(0)


def schedule(*tiers: tuple[int, int | None, str], pack: int | None = None) -> Schedule:
    rows = tuple(
        Tier(from_quantity=Decimal(low), up_to=None if high is None else Decimal(high), unit_price_usd=Decimal(usd))
        for low, high, usd in tiers
    )
    return compile_price(
        Price(
            service="s", region="r", usage_type="u", unit="GB", tiers=rows, as_of=date(2026, 1, 1), grade="official",
            source="s", pack=None if pack is None else Decimal(pack),
        )
    )  # fmt: skip


TIERS = schedule((0, 100, "3"), (100, 200, "2"), (200, None, "1"))


@pytest.mark.parametrize("fixed", [0, 50, 100, 101, 350])
@pytest.mark.parametrize("per_run", [0, 1, 7, 100, 1000])
@pytest.mark.parametrize("free", [0, 30, 100])
def test_a_curve_is_the_cost_at_every_number_of_runs(fixed: int, per_run: int, free: int) -> None:
    curve = tier_curve(TIERS, Fraction(fixed), Fraction(per_run), Fraction(free), 1, 400)
    for n in range(1, 401):
        assert curve.at(n) == exact_cost(TIERS, max(Fraction(fixed + per_run * n - free), ZERO))


@pytest.mark.parametrize("per_run", [0, 1, 3, 10, 25])
@pytest.mark.parametrize("fixed", [0, 5, 10])
def test_packs_make_steps(fixed: int, per_run: int) -> None:
    packs = schedule((0, None, "0.5"), pack=10)
    curve = tier_curve(packs, Fraction(fixed), Fraction(per_run), ZERO, 1, 60)
    for n in range(1, 61):
        assert curve.at(n) == 5 * -(-(fixed + per_run * n) // 10)


def test_a_quantity_that_falls_is_refused() -> None:
    with pytest.raises(ValueError, match="never falls"):
        tier_curve(TIERS, ZERO, Fraction(-1), ZERO, 1, 10)


def test_credits_are_the_least_of_two() -> None:
    rising = tier_curve(schedule((0, None, "2")), Fraction(1), Fraction(3), ZERO, 1, 50)
    capped = at_most(rising, Fraction(100))
    assert [capped.at(n) for n in range(1, 51)] == [min(2 * (1 + 3 * n), 100) for n in range(1, 51)]


def test_a_weighted_sum_of_curves_is_the_sum_at_every_n() -> None:
    one = tier_curve(TIERS, ZERO, Fraction(9), ZERO, 1, 80)
    two = tier_curve(schedule((0, None, "0.5"), pack=10), ZERO, Fraction(3), ZERO, 1, 80)
    both = combine([(Fraction(2), one), (Fraction(-1, 3), two)], first=1, last=80)
    assert [both.at(n) for n in range(1, 81)] == [2 * one.at(n) - two.at(n) / 3 for n in range(1, 81)]
    assert combine([], first=1, last=9).at(5) == 0
    assert isinstance(both, Curve)


TODAY = date(2026, 11, 2)
TRAINING = build_training()


def models(*options: Option, **changes: object) -> list[OptionModel]:
    frame = build_project(
        *options,
        start=TODAY,
        dataset=Dataset(images=10, size_bytes=1000, location="local", reader="stream"),
        trainings=(TRAINING,),
    )
    frame = replace(frame, **changes)  # type: ignore[arg-type]
    context = context_of(frame, today=TODAY)
    return [build_model(frame, option, context) for option in options]


def by_the_hour(name: str, usd: str) -> Option:
    return Option(name=name, kind="cloud", provider="x", device="T4", usd_per_hour=Decimal(usd), hours_per_run=1.0,
                  startup_minutes=0.0)  # fmt: skip


def bought(name: str, usd: int, watts: float = 1000.0, kwh: str = "0.1") -> Option:
    machine = LocalMachine(
        owned=False, purchase_usd=Decimal(usd), watts=watts, electricity_usd_per_kwh=Decimal(kwh)
    )  # fmt: skip
    return Option(name=name, kind="local", hours_per_run=1.0, local=machine)


def test_a_purchase_is_paid_back_after_so_many_runs() -> None:
    """1.1 USD a run in the cloud, 0.1 at home and 100 to buy it: alike at run 100, better from run 101 on."""
    found = crossings(*models(by_the_hour("cloud", "1.1"), bought("home", 100)))
    assert (found.at, found.first_leader, found.last_leader) == ((101,), "cloud", "home")
    untold = replace(found, most_runs=(found.horizon, found.horizon))
    assert crossing_sentence(untold) == "home wins over cloud from run 101 of each CNN on"


def test_a_tie_is_kept_by_the_earlier_leader() -> None:
    """At 100 runs both cost 110 USD: the cloud, cheaper until then, keeps the lead for that one run."""
    cloud, home = models(by_the_hour("cloud", "1.1"), bought("home", 100))
    assert cloud.bill.curve(1, 10_000).at(100) == home.bill.curve(1, 10_000).at(100) == 110
    assert crossings(cloud, home).at == crossings(home, cloud).at == (101,)


def test_a_hair_over_the_tie_changes_the_run() -> None:
    cloud, home = models(by_the_hour("cloud", "1.1000000001"), bought("home", 100))
    assert crossings(cloud, home).at == (100,)


def test_equal_options_never_change_places() -> None:
    found = crossings(*models(by_the_hour("one", "1.1"), by_the_hour("two", "1.1")))
    assert (found.at, found.first_leader, found.last_leader) == ((), "", "")
    assert crossing_sentence(found) == (
        "one and two cost the same up to 96 runs, the last that fits into the project's time with both"
    )


def test_beyond_the_horizon_nothing_is_looked_for() -> None:
    found = crossings(*models(by_the_hour("cloud", "1.1"), bought("home", 20_000)))
    assert (found.at, found.horizon) == ((), 10_000)
    untold = replace(found, most_runs=(found.horizon, found.horizon))
    assert crossing_sentence(untold) == f"cloud is cheaper than home at any number of runs up to {found.horizon:,}"


FIT = st.one_of(st.sampled_from((1, 99, 100, 101, 102, 10_000)), st.integers(1, 10_000))


@given(st.tuples(FIT, FIT), st.lists(st.integers(2, 10_000), max_size=3, unique=True).map(sorted))
def test_no_sentence_tells_of_runs_that_do_not_fit(most_runs: tuple[int, int], at: list[int]) -> None:
    leaders = ("home", "cloud")
    found = Crossings(
        a="home", b="cloud", at=tuple(at), first_leader="cloud", last_leader=leaders[len(at) % 2 == 0],
        most_runs=most_runs,
    )  # fmt: skip
    last = min(most_runs)
    assert found.in_time == tuple(n for n in at if n <= last)
    said = crossing_sentence(found)
    told = {int(number.replace(",", "")) for number in re.findall(r"\b\d[\d,]*", said)}
    assert {n for n in told if n > last} <= {max(most_runs), *at[:1]}
    assert ("counted without that limit" in said) == (bool(at) and not found.in_time)
    assert ("the last that fits" in said) == (last < found.horizon)
    if len(found.in_time) == 1:
        assert said.startswith("home wins over cloud ")
    if not found.in_time:
        assert said.startswith("cloud is cheaper than home ")


def test_runs_beyond_the_project_s_time_change_nothing_that_is_told() -> None:
    """100 runs of 1 h fit into 100 h, and the purchase is paid back at run 101."""
    found = crossings(*models(by_the_hour("cloud", "1.1"), bought("home", 100), duration_seconds=100 * 3600))
    assert (found.at, found.in_time, found.most_runs) == ((101,), (), (100, 100))
    assert crossing_sentence(found) == (
        "cloud is cheaper than home at any number of runs up to 100, the last that fits into the project's time with "
        "both; counted without that limit, home wins from run 101 on"
    )
    longer = crossings(*models(by_the_hour("cloud", "1.1"), bought("home", 100), duration_seconds=150 * 3600))
    assert crossing_sentence(longer) == (
        "home wins over cloud from run 101 of each CNN on, up to run 150, the last that fits into the project's time "
        "with both"
    )


def test_every_pair_is_crossed_once() -> None:
    found = all_crossings(models(by_the_hour("a", "1"), by_the_hour("b", "2"), bought("c", 10)))
    assert [(each.a, each.b) for each in found] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert found[1].at == (12,)  # 1 n against 10 + 0.1 n: 12 runs cost 12, or 11.2


def test_many_changes_are_told_as_first_last_and_count() -> None:
    colab = Option(name="colab", kind="colab", accelerator="T4", hours_per_run=6.0, startup_minutes=0.0)
    rented = replace(by_the_hour("rented", "0.107"), hours_per_run=6.0)
    found = crossings(*models(colab, rented))
    found = replace(found, most_runs=(found.horizon, found.horizon))
    assert len(found.at) > 2
    said = crossing_sentence(found)
    assert said.startswith("rented and colab change places ")
    assert f"last at run {found.at[-1]:,}" in said


def test_tax_and_credits_are_in_what_is_compared() -> None:
    """Tax of 100 % doubles what the cloud takes: 2.2 a run against 100 + 0.1."""
    found = crossings(*models(by_the_hour("cloud", "1.1"), bought("home", 100), tax_rate=Decimal(1)))
    assert found.at == (48,)  # 47 runs: 103.4 against 104.7; 48 runs: 105.6 against 104.8

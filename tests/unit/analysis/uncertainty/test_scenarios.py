"""Scenarios of the bundled project: reproducible, the same however they are cut, and right where one can count."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from math import exp, hypot
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloudcost.analysis.compare import context_of
from cloudcost.analysis.estimate import estimate_model
from cloudcost.analysis.uncertainty.scenarios import OptionScenarios, Sample, met_by, simulate
from cloudcost.analysis.uncertainty.scenarios import samples as samples_module
from cloudcost.analysis.uncertainty.scenarios import simulate as simulate_function
from cloudcost.analysis.uncertainty.scenarios.calendar import makespans
from cloudcost.analysis.uncertainty.scenarios.draws import CELL, Draws
from cloudcost.analysis.uncertainty.scenarios.runtimes import RunTotals, TrainingLaw, run_laws
from cloudcost.analysis.uncertainty.scenarios.simulate import shares_sold
from cloudcost.analysis.uncertainty.scenarios.spot_runs import stocks_of
from cloudcost.domain.project import Checkpoint, Count, LocalMachine, Option, Project
from cloudcost.options.model import OptionModel, build_model
from cloudcost.options.times.calendar import makespan
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.file import parse_project
from cloudcost.results.spreads import Spreads
from cloudcost.usage.machines.runs import in_sessions

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def project() -> Project:
    return parse_project(bundled_project_text("reto"), name="reto.toml", today=TODAY)


@pytest.fixture(scope="module")
def models(project: Project) -> list[OptionModel]:
    context = context_of(project, today=TODAY)
    return [build_model(project, option, context) for option in project.options]


def model_of(project: Project, **changes: object) -> OptionModel:
    """Return the model of the first option with these fields changed."""
    option = replace(project.options[0], **changes)  # type: ignore[arg-type]
    return build_model(project, option, context_of(project, today=TODAY))


def figures(results: tuple[OptionScenarios, ...]) -> list[object]:
    return [
        (each.name, each.cheapest, each.within_budget, each.within_deadline, each.within_duration, each.never,
         each.totals_usd.values.tobytes(), each.hours.values.tobytes())
        for each in results
    ]  # fmt: skip


def test_halving_the_blocks_changes_nothing(models: list[OptionModel]) -> None:
    asked = {"draws": 3 * CELL + 77, "seed": 3, "budget_usd": Decimal(60), "deadline_seconds": 4.5 * 86400}
    whole = figures(simulate(models, block=4 * CELL, **asked))  # type: ignore[arg-type]
    assert whole == figures(simulate(models, block=2 * CELL, **asked))  # type: ignore[arg-type]
    assert whole == figures(simulate(models, block=CELL, **asked))  # type: ignore[arg-type]


def test_the_same_seed_gives_the_same_and_another_seed_others(models: list[OptionModel]) -> None:
    first = figures(simulate(models, draws=500, seed=7))
    assert first == figures(simulate(models, draws=500, seed=7))
    assert first != figures(simulate(models, draws=500, seed=8))


def test_an_option_more_changes_nothing_for_the_others(models: list[OptionModel]) -> None:
    alone = simulate(models[2:4], draws=300)
    among = simulate(models, draws=300)[2:4]
    for one, other in zip(alone, among, strict=True):
        assert one.totals_usd.values.tobytes() == other.totals_usd.values.tobytes()
        assert (one.within_duration, one.never) == (other.within_duration, other.never)


def test_fewer_draws_are_the_first_of_more(models: list[OptionModel]) -> None:
    few, many = simulate(models[:1], draws=100), simulate(models[:1], draws=CELL + 5)
    assert few[0].totals_usd.values.tolist() == many[0].totals_usd.values[:100].tolist()


def test_nothing_uncertain_gives_the_exact_estimate_of_every_option(models: list[OptionModel]) -> None:
    for model, simulated in zip(models, simulate(models, draws=3, spreads=Spreads.none()), strict=True):
        estimate = estimate_model(model)
        assert [float(estimate.total_usd or 0)] * 3 == pytest.approx(simulated.totals_usd.values.tolist(), abs=1e-6)


def test_options_on_one_device_share_its_error(models: list[OptionModel]) -> None:
    by_name = {model.option.name: model for model in models}
    same = [by_name["SageMaker ml.g4dn.xlarge"], by_name["EC2 g4dn.xlarge"]]
    hours = [each.hours.values for each in simulate(same, draws=400, spreads=Spreads.only("step_times"))]
    assert np.corrcoef(hours[0], hours[1])[0, 1] > 0.999
    other = [by_name["SageMaker ml.g4dn.xlarge"], by_name["EC2 g6.xlarge"]]
    hours = [each.hours.values for each in simulate(other, draws=400, spreads=Spreads.only("step_times"))]
    assert abs(np.corrcoef(hours[0], hours[1])[0, 1]) < 0.9


def test_step_times_alone_give_the_quantiles_of_a_lognormal(models: list[OptionModel], project: Project) -> None:
    """One CNN on a machine of one's own: the hours are the work times exp(sd z)."""
    single = replace(project, trainings=(replace(project.trainings[0], checkpoint=None),))
    model = build_model(single, single.options[-1], context_of(single, today=TODAY))
    [timed] = model.timed
    sd = hypot(timed.step.shared_sd, timed.step.own_sd)
    assert timed.loader_seconds < timed.step.seconds * exp(-1.9 * sd)  # never binds within the quantiles asked for
    [simulated] = simulate([model], draws=60_000, spreads=Spreads.only("step_times"))
    work = model.plans[0].work_seconds * single.trainings[0].runs.expected / 3600
    for level, hours in zip((0.1, 0.5, 0.9), simulated.hours.quantiles((0.1, 0.5, 0.9)), strict=True):
        # 60,000 draws: the standard error of a quantile's log is at most 1.71 sd / 245
        assert work * exp(sd * NormalDist().inv_cdf(level)) == pytest.approx(hours, rel=4 * 1.71 * sd / 245)


def test_wider_spreads_give_wider_bands(models: list[OptionModel]) -> None:
    model = [next(model for model in models if model.option.name == "EC2 g6.xlarge")]
    widths = []
    for factor in (0.0, 0.5, 1.0, 2.0):
        [simulated] = simulate(model, draws=4000, spreads=replace(Spreads.none(), step_times=factor))
        low, high = simulated.totals_usd.quantiles((0.1, 0.9))
        widths.append(high - low)
    assert widths == sorted(widths)
    assert widths[0] < 1e-9 < widths[1]


def test_a_spot_stock_has_the_expected_mean(models: list[OptionModel], project: Project) -> None:
    model = next(model for model in models if model.option.purchase == "spot")
    laws = [TrainingLaw.of(each, Spreads.none()) for each in project.trainings]
    stocks = stocks_of(model, seed=1, scenarios=1000, spreads_of_work=[(0.0, 1.0, 1.0)] * 3)
    for stock, run, plan in zip(stocks, model.runs, model.plans, strict=True):
        work = plan.training_seconds + plan.validation_seconds
        assert run.billed_seconds == pytest.approx(stock.mean_billed.mean() * work)
        assert run.wall_seconds == pytest.approx(stock.mean_wall.mean() * work)
        assert not stock.never.any()
    only = Spreads.only("interruptions")
    drawn = [law.draw(Draws(seed=1, start=0, count=40_000)) for law in run_laws(model, laws, only, seed=1, scenarios=1)]
    for each, run in zip(drawn, model.runs, strict=True):
        assert run.billed_seconds * 5 == pytest.approx(each.billed.mean(), rel=0.02)
        assert each.wall.std() > 0.2 * each.wall.mean()


def test_spot_runs_without_checkpoints_may_never_finish(project: Project) -> None:
    weeks = replace(project.trainings[0], checkpoint=None)
    single = replace(project, trainings=(weeks,))
    spot = next(option for option in project.options if option.purchase == "spot")
    model = build_model(single, replace(spot, hours_per_run=6000.0), context_of(single, today=TODAY))
    [simulated] = simulate([model], draws=200)
    assert model.obstacle
    assert simulated.never > 100
    assert simulated.cheapest == 0


@pytest.mark.parametrize("hours", [3.0, 11.0, 23.0, 47.5, 60.0])
def test_sessions_are_cut_as_the_exact_plan_cuts_them(project: Project, hours: float) -> None:
    training = replace(project.trainings[0], epochs=Count.fixed(38), checkpoint=Checkpoint(size_bytes=10**8))
    single = replace(project, trainings=(training,))
    colab = Option(name="c", kind="colab", accelerator="T4", plan="free", hours_per_run=hours)
    model = build_model(single, colab, context_of(single, today=TODAY))
    spreads = Spreads.none()
    [law] = run_laws(model, [TrainingLaw.of(training, spreads)], spreads, seed=1, scenarios=1)
    drawn = law.draw(Draws(seed=1, start=0, count=2))
    cut = in_sessions(model.timed[0].plan, session_seconds=12 * 3600.0, training=training)
    assert drawn.starts.tolist() == [5.0 * cut.starts] * 2
    assert drawn.wall.tolist() == pytest.approx([5 * cut.wall_seconds] * 2, rel=1e-12)


def test_each_session_copies_the_data_set_anew(project: Project) -> None:
    """Twice the epochs need a second session, and with it twice the traffic out of S3, beyond the free 100 GB."""
    training = replace(project.trainings[0], epochs=Count.fixed(38), checkpoint=Checkpoint(size_bytes=10**8))
    colab = Option(name="c", kind="colab", accelerator="T4", hours_per_run=20.0)
    large = replace(project, trainings=(training,), dataset=replace(project.dataset, size_bytes=300 * 10**9))
    twice = Count(kind="list", expected=38, low=76, high=76, values=(76,))
    uncertain = replace(large, trainings=(replace(training, epochs=twice),))
    longer = replace(large, trainings=(replace(training, epochs=Count.fixed(76)),))
    context = context_of(project, today=TODAY)
    [simulated] = simulate([build_model(uncertain, colab, context)], draws=1, spreads=Spreads.only("epochs"))
    exact = build_model(longer, replace(colab, hours_per_run=40.0), context)
    assert exact.plans[0].starts == 2
    assert float(estimate_model(exact).total_usd or 0) == pytest.approx(simulated.totals_usd.values[0], abs=0.01)
    once = estimate_model(build_model(large, colab, context)).total_usd
    assert float(once or 0) < simulated.totals_usd.values[0] - 100


def test_unpromised_sessions_may_be_shorter_than_their_limit(project: Project, models: list[OptionModel]) -> None:
    free = next(model for model in models if model.option.plan == "free")
    laws = [TrainingLaw.of(each, Spreads.none()) for each in project.trainings]
    cuts = run_laws(free, laws, Spreads.only("shortest_session"), seed=1, scenarios=1)
    starts = cuts[0].draw(Draws(seed=1, start=0, count=4000)).starts
    assert set(starts.tolist()) == {5.0, 10.0}  # runs of 6.2 h in sessions of 6 to 12 h


def test_makespans_are_those_of_the_exact_schedule() -> None:
    rng = np.random.default_rng(1)
    for machines in (1, 2, 3, 7):
        counts, seconds = rng.integers(0, 9, (3, 50)).astype(float), rng.integers(1, 50, (3, 50)).astype(float)
        totals = [
            RunTotals(runs=n, billed=n * s, wall=n * s, starts=n, epochs=n, writes=n)
            for n, s in zip(counts, seconds, strict=True)
        ]
        expected = [
            makespan([(seconds[t, i] if counts[t, i] else 0.0, int(counts[t, i])) for t in range(3)], machines)
            for i in range(50)
        ]
        assert expected == pytest.approx(makespans(totals, machines).tolist())


def test_very_many_machines_take_the_bound_of_list_scheduling() -> None:
    ones = np.ones(1)
    totals = [RunTotals(runs=40 * ones, billed=ones, wall=400 * ones, starts=ones, epochs=ones, writes=ones)]
    assert makespan([(10.0, 40)], 20) <= makespans(totals, 20)[0] <= 400 / 20 + 10


def test_a_histogram_has_the_quantiles_of_all_values() -> None:
    rng = np.random.default_rng(1)
    values = rng.lognormal(size=300_000)
    sample = Sample(values.size, 4096)
    for start in range(0, values.size, 5000):
        sample.add(values[start : start + 5000])
    levels = (0.05, 0.1, 0.5, 0.9, 0.95)
    assert np.quantile(values, levels).tolist() == pytest.approx(sample.quantiles(levels), rel=2e-3)


def test_exact_quantiles_are_those_of_numpy() -> None:
    values = np.random.default_rng(1).normal(size=1001)
    for size in (1, 2, 3, 1001):
        sample = Sample(size, size)
        sample.add(values[:size])
        levels = (0.0, 0.1, 0.5, 0.87, 1.0)
        assert np.quantile(values[:size], levels, method="inverted_cdf").tolist() == list(sample.quantiles(levels))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.floats(0.0, 1.0))
def test_a_quantile_is_what_some_scenario_costs(packs: list[int], level: float) -> None:
    sample = Sample(len(packs), len(packs))
    sample.add(np.array([9.99 * count for count in packs]))
    [quantile] = sample.quantiles((level,))
    assert quantile in {9.99 * count for count in packs}
    assert sum(9.99 * count <= quantile for count in packs) >= level * len(packs) - 1e-6
    assert sum(9.99 * count < quantile for count in packs) <= level * len(packs) + 1e-6


def test_memory_bounds_what_is_kept() -> None:
    assert samples_module.kept_scenarios(100, 3, 12) == 100
    assert samples_module.kept_scenarios(10**8, 2, 12) == samples_module.EXACT
    many = samples_module.kept_scenarios(10**8, 1000, 12)
    assert many * 1000 * 12 <= samples_module.EXACT_BYTES
    assert many % CELL == 0


def test_more_scenarios_than_are_kept_give_nearly_the_same_quantiles(
    models: list[OptionModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = simulate(models[:1], draws=5 * CELL)[0].totals_usd.quantiles((0.1, 0.5, 0.9))
    monkeypatch.setattr(samples_module, "EXACT", CELL)
    binned = simulate(models[:1], draws=5 * CELL)[0].totals_usd.quantiles((0.1, 0.5, 0.9))
    assert exact != binned
    assert exact == pytest.approx(binned, rel=1e-3)


def test_a_forgotten_machine_costs_its_hours(project: Project) -> None:
    spreads = replace(Spreads.none(), forgotten_chance=0.25, forgotten_hours=8.0)
    model = model_of(project, kind="ec2", instance="g4dn.xlarge", notebook_instance=None)
    [simulated] = simulate([model], draws=40_000, spreads=spreads)
    exact = float(estimate_model(model).total_usd or 0)
    extra = simulated.totals_usd.values - exact
    assert np.count_nonzero(extra > 1e-6) / 40_000 == pytest.approx(0.25, abs=0.01)
    # 8 h of the machine at 0.526 USD and of its address at 0.005 USD, a quarter of the time
    assert extra.mean() == pytest.approx(0.25 * 8 * 0.531, rel=0.05)


def test_jobs_alone_cannot_be_forgotten(project: Project) -> None:
    spreads = replace(Spreads.none(), forgotten_chance=1.0)
    model = model_of(project, notebook_instance=None)
    [simulated] = simulate([model], draws=10, spreads=spreads)
    assert [float(estimate_model(model).total_usd or 0)] * 10 == pytest.approx(simulated.totals_usd.values.tolist())


@pytest.mark.parametrize("charge", ["cash", "share"])
def test_machine_and_electricity_prices_spread_what_they_price(project: Project, charge: str) -> None:
    machine = LocalMachine(
        owned=False, purchase_usd=Decimal(2000), resale=0.5, charge=charge, watts=400, country="MEX",  # type: ignore[arg-type]
    )  # fmt: skip
    model = model_of(project, kind="local", device="RTX 3090", local=machine, instance=None, hours_per_run=6.0)
    exact = float(estimate_model(model).total_usd or 0)
    for name in ("electricity_sd", "purchase_sd", "resale_sd"):
        [simulated] = simulate([model], draws=2000, spreads=Spreads.only(name))
        low, median, high = simulated.totals_usd.quantiles((0.1, 0.5, 0.9))
        assert low < exact < high
        assert median == pytest.approx(exact, rel=0.02)


def test_spot_prices_lie_between_the_lowest_and_the_highest_seen(project: Project) -> None:
    model = model_of(project, kind="ec2", instance="p3dn.24xlarge", region="eu-west-1", purchase="spot",
                     hours_per_run=1.0)  # fmt: skip
    [simulated] = simulate([model], draws=500, spreads=Spreads.only("spot_price"))
    exact = float(estimate_model(model).total_usd or 0)
    machine = sum(
        float(line.amount_usd) for line in estimate_model(model).lines if line.usage_type.startswith("SpotUsage")
    )
    lowest = exact - machine * (1 - 9.4929 / 9.586)
    assert lowest - 1e-6 <= simulated.totals_usd.values.min() < simulated.totals_usd.values.max() <= exact + 1e-6


def test_bad_numbers_are_refused(models: list[OptionModel]) -> None:
    with pytest.raises(ValueError, match="at least one scenario"):
        simulate(models, draws=0)
    with pytest.raises(ValueError, match="multiple of 4096"):
        simulate(models, draws=1, block=1000)
    with pytest.raises(ValueError, match="multiple of 4096"):
        Draws(seed=1, start=5, count=1)
    assert simulate_function([], draws=5) == ()


def test_spreads_refuse_what_is_no_spread() -> None:
    with pytest.raises(ValueError, match="electricity_sd"):
        Spreads(electricity_sd=-0.1)
    with pytest.raises(ValueError, match="a chance"):
        Spreads(forgotten_chance=1.5)
    with pytest.raises(ValueError, match="shortest session"):
        Spreads(shortest_session=0.0)
    with pytest.raises(ValueError, match="no spread named 'weather'"):
        Spreads.only("weather")
    assert Spreads.none().described() == ()
    assert {name for name, _, _ in Spreads().described()} >= {"step_times", "runs", "electricity_sd"}


def test_cores_that_nobody_states_are_assumed_told_and_drawn() -> None:
    """A home machine does not read for nothing: without `vcpu` decoding limits it as with the assumed 12, about."""
    text = (
        '[project]\nname = "p"\nduration = "9 days"\n[dataset]\nimages = 60000\nsize = "7 GB"\n'
        '[[training]]\nnetwork = "squeezenet1_1"\nbatch = 256\nepochs = 30\n[[option]]\nname = "PC"\nkind = "local"\n'
        'owned = true\ncountry = "DEU"\ndevice = "RTX 4090"\n'
    )
    unknown, known = (parse_project(text + more, name="p.toml", today=TODAY) for more in ("", "vcpu = 12\n"))
    models = [build_model(each, each.options[0], context_of(each, today=TODAY)) for each in (unknown, known)]
    seconds = [model.plans[0].work_seconds for model in models]
    assert seconds[0] == seconds[1] > 0
    assert any("vcpu" in said and "12 assumed" in said for said in models[0].assumptions)
    assert not any("vcpu" in said for said in models[1].assumptions)
    hours = []
    for model in models:
        [simulated] = simulate([model], draws=2000, spreads=Spreads.only("cores"))
        hours.append(simulated.hours.quantiles((0.1, 0.9)))
    assert hours[1][0] == pytest.approx(hours[1][1])  # known cores are certain
    assert 1.5 < hours[0][1] * 3600 / seconds[0] < 2.1  # half the cores, twice the time, where decoding limits
    assert hours[0][0] < 0.8 * hours[0][1]
    wide, narrow = (estimate_model(model).interval_seconds or (0.0, 0.0) for model in models)
    assert wide[1] > 1.3 * narrow[1]  # the band of the step knows it, too


@given(st.floats(0.01, 1.0), st.floats(0.0, 2.0))
def test_nobody_gets_more_for_a_used_machine_than_it_cost(share: float, sd: float) -> None:
    normal = np.linspace(-6, 6, 241)
    shares = shares_sold(share, sd, normal)
    assert shares.min() >= 0
    assert shares.max() <= 1
    assert np.all(np.diff(shares) >= -1e-12)
    assert shares[120] == pytest.approx(share)


@given(st.sampled_from(["cash", "share"]), st.floats(0.0, 1.0), st.integers(1, 3))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_bought_machine_never_costs_less_than_one_that_is_there(
    project: Project, charge: str, resale: float, machines: int
) -> None:
    own = LocalMachine(owned=True, watts=400, country="MEX")
    new = LocalMachine(
        owned=False, purchase_usd=Decimal(3200), resale=resale, charge=charge, watts=400, country="MEX",  # type: ignore[arg-type]
    )  # fmt: skip
    totals = []
    for local in (own, new):
        model = model_of(
            project, kind="local", device="RTX 3090", local=local, instance=None, machines=machines, hours_per_run=6.0,
        )  # fmt: skip
        [simulated] = simulate([model], draws=300)
        totals.append(simulated.totals_usd.values)
    assert np.all(totals[1] >= totals[0] - 1e-6)


def test_nothing_is_told_of_what_no_option_has(project: Project, models: list[OptionModel]) -> None:
    spreads = met_by([model for model in models if model.option.kind == "colab"], Spreads())
    told = {name for name, _, _ in spreads.described()}
    assert {"step_times", "runs"} <= told
    assert not told & {"spot_price", "interruptions", "purchase_sd", "resale_sd", "electricity_sd", "forgotten_chance"}
    every = {name for name, _, _ in met_by(models, Spreads()).described()}
    assert {"spot_price", "interruptions", "purchase_sd", "resale_sd", "electricity_sd", "forgotten_chance"} <= every
    assert "epochs" not in every


@pytest.mark.parametrize("name", [name for name, _, _ in Spreads().described()])
def test_what_is_not_told_moves_nothing(models: list[OptionModel], name: str) -> None:
    for model in models:
        if name in {told for told, _, _ in met_by([model], Spreads()).described()}:
            continue
        [alone] = simulate([model], draws=50, spreads=Spreads.only(name))
        [fixed] = simulate([model], draws=50, spreads=Spreads.none())
        assert alone.totals_usd.values.tobytes() == fixed.totals_usd.values.tobytes()


def test_what_nothing_promises_contends_where_it_alone_is_done_in_time(project: Project) -> None:
    free = next(option for option in project.options if option.name == "Colab free")
    slow = replace(project.options[0], hours_per_run=1000.0, seconds_per_step=None)
    few = tuple(replace(training, runs=Count.fixed(1)) for training in project.trainings)
    asked = replace(project, options=(slow, free), trainings=few)
    context = context_of(asked, today=TODAY)
    found = simulate([build_model(asked, option, context) for option in asked.options], draws=50)
    assert [each.cheapest for each in found] == [0, 50]
    both = replace(asked, options=(project.options[0], free))
    promised = simulate([build_model(both, option, context) for option in both.options], draws=50)
    assert promised[1].cheapest is None

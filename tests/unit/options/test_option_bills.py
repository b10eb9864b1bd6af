"""Whole bills of options by hand: Colab's packs and plans, machines of one's own, credits and tax, other clouds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.projects import build_project, build_training

from cloudcost.analysis.compare import compare, context_of
from cloudcost.analysis.estimate import estimate_option
from cloudcost.domain.project import Checkpoint, Count, Dataset, LocalMachine, Option, Project
from cloudcost.errors import CatalogError, InputError, UnknownDeviceError
from cloudcost.options.model import build_model
from cloudcost.results.estimate import Estimate

TODAY = date(2026, 11, 22)
DATASET = Dataset(images=1000, size_bytes=10**8, location="local", reader="stream")  # nothing is copied before a run
TRAINING = build_training(image_px=224, batch=32, epochs=10, runs=4)
COLAB = Option(name="o", kind="colab", accelerator="T4", hours_per_run=6.0, startup_minutes=0.0)
OWNED = LocalMachine(watts=310.0, idle_watts=60.0, electricity_usd_per_kwh=Decimal("0.2"))


def project(option: Option, **changes: object) -> Project:
    frame = build_project(option, start=TODAY, dataset=DATASET, trainings=(TRAINING,))
    return replace(frame, **changes)  # type: ignore[arg-type]


def estimated(option: Option, *, as_of: date | None = None, **changes: object) -> Estimate:
    frame = project(option, **changes)
    return estimate_option(frame, option, context_of(frame, today=TODAY, as_of=as_of))


def amounts(estimate: Estimate) -> dict[str, Decimal]:
    return {line.usage_type: line.amount_usd for line in estimate.lines}


def test_colab_units_are_bought_in_packs_of_100() -> None:
    """4 runs of 6 h are 24 h: 25.68 units at 1.07 an hour, one pack at 9.99."""
    estimate = estimated(COLAB)
    assert amounts(estimate) == {"ComputeUnits": Decimal("9.9900000000")}
    more = estimated(COLAB, trainings=(replace(TRAINING, runs=Count.fixed(16)),), duration_seconds=8 * 86_400)
    assert amounts(more) == {"ComputeUnits": Decimal("19.9800000000")}  # 102.7 units


@pytest.mark.parametrize(("days", "months"), [(4, 1), (30, 1), (31, 2)])
def test_a_subscription_is_paid_for_each_started_month_of_730_hours(days: int, months: int) -> None:
    estimate = estimated(replace(COLAB, plan="pro"), duration_seconds=days * 86_400)
    assert amounts(estimate) == {"ComputeUnits": Decimal("0E-10"), "Subscription:pro": months * Decimal("9.9900000000")}


def test_units_beyond_those_of_the_subscription_are_bought() -> None:
    frame = (replace(TRAINING, runs=Count.fixed(31)),)  # 186 h: 199 units, 100 of them included; and 250 h: 268 units
    estimate = estimated(replace(COLAB, plan="pro"), trainings=frame, duration_seconds=10 * 86_400)
    assert amounts(estimate)["ComputeUnits"] == Decimal("9.9900000000")
    twice = estimated(replace(COLAB, plan="pro"), trainings=frame, duration_seconds=40 * 86_400)
    assert amounts(twice)["ComputeUnits"] == Decimal("0E-10")  # two months include 200 units


def test_the_free_plan_costs_nothing_and_is_never_sure() -> None:
    estimate = estimated(replace(COLAB, plan="free"))
    assert (estimate.total_usd, estimate.feasible, estimate.guaranteed) == (Decimal(0), True, False)
    assert not estimate.lines


def test_the_free_plan_offers_half_of_the_day_on_one_machine() -> None:
    nine = (replace(TRAINING, runs=Count.fixed(9)),)
    estimate = estimated(replace(COLAB, plan="free"), trainings=nine, machines=3)
    assert "the runs take 54 h and 1 machine has 48 h in this time" in estimate.reason
    assert estimated(COLAB, trainings=nine, machines=3).feasible


def test_the_free_plan_has_no_a100() -> None:
    estimate = estimated(replace(COLAB, plan="free", accelerator="A100"))
    assert "plan free offers T4, TPU v2, cpu, not A100" in estimate.reason


def test_a_run_longer_than_a_session_needs_checkpoints() -> None:
    long = replace(COLAB, hours_per_run=30.0)
    without = estimated(long)
    assert "a: a run takes 30.0 h and a session ends after 24 h, and no checkpoint is written" in without.reason
    saving = replace(TRAINING, checkpoint=Checkpoint(size_bytes=10**6), runs=Count.fixed(1))
    with_checkpoints = estimated(replace(long, startup_minutes=30.0), trainings=(saving,))
    assert with_checkpoints.feasible
    # ten checkpoints, one each 3 h: 7 fit into a session of 23.5 h, which repeats 2.5 h; two starts of half an hour
    assert with_checkpoints.hours == pytest.approx(30 + 2.5 + 1, abs=1e-9)
    assert with_checkpoints.hours_per_run == 30.0


def test_one_s_own_machine_pays_for_energy_over_idle() -> None:
    estimate = estimated(Option(name="o", kind="local", hours_per_run=6.0, local=OWNED))
    assert amounts(estimate) == {"Electricity": Decimal("1.2000000000")}  # 250 W x 24 h = 6 kWh
    assert estimate.hours == 24.0


def test_a_purchase_made_before_stands_beside_the_total() -> None:
    paid = replace(OWNED, purchase_usd=Decimal(1500))
    estimate = estimated(Option(name="o", kind="local", hours_per_run=6.0, local=paid))
    assert estimate.total_usd == Decimal("1.2")
    assert estimate.beside == ("the machine itself is paid already (1,500.00 USD) and not in the total",)


def test_a_machine_to_buy_costs_its_price_less_its_resale() -> None:
    bought = replace(OWNED, owned=False, purchase_usd=Decimal(2000), resale=0.6)
    estimate = estimated(Option(name="o", kind="local", hours_per_run=6.0, local=bought), machines=2)
    assert amounts(estimate) == {
        "Electricity": Decimal("1.2000000000"),
        "Purchase": Decimal("4000.0000000000"),
        "Resale": Decimal("-2400.0000000000"),
    }
    count, beside = estimate.beside
    assert count == "2 machines are bought at 2,000.00 USD each"
    assert beside.startswith("share-of-life view: 24 h at 0.15 USD an hour of useful life = 3.65 USD")  # 800 / 5,256 h


def test_the_share_of_life_can_be_the_total() -> None:
    shared = replace(OWNED, owned=False, purchase_usd=Decimal(876), charge="share")
    estimate = estimated(Option(name="o", kind="local", hours_per_run=6.0, local=shared))
    assert amounts(estimate)["ShareOfLife"] == Decimal("4.0000000008")  # 24 h x 0.1666666667
    assert estimate.beside == ("cash view: 876.00 USD to buy, 0.00 USD back after 4 years",)


def test_electricity_by_country_says_where_its_price_is_from() -> None:
    mexican = replace(OWNED, electricity_usd_per_kwh=None, country="MEX")
    estimate = estimated(Option(name="o", kind="local", hours_per_run=6.0, local=mexican))
    [line] = estimate.lines
    assert line.grade == "third-party"
    assert any(said.startswith("electricity in Mexico: ") for said in estimate.assumptions)
    nowhere = replace(OWNED, electricity_usd_per_kwh=None)
    with pytest.raises(CatalogError, match="a local machine needs electricity_usd_per_kwh or country; state one"):
        estimated(Option(name="o", kind="local", hours_per_run=6.0, local=nowhere))
    unpriced = estimated(Option(name="o", kind="local", hours_per_run=6.0, local=replace(nowhere, country="Zimbabwe")))
    assert (unpriced.feasible, unpriced.lacks) == (False, "price")
    assert unpriced.reason == "no electricity price is known for Zimbabwe; state electricity_usd_per_kwh instead"


def test_watts_come_from_the_device_where_they_are_not_given() -> None:
    machine = replace(OWNED, watts=None)
    estimate = estimated(Option(name="o", kind="local", device="RTX 3090", hours_per_run=6.0, local=machine))
    assert any("W at the wall under training: 1 x RTX 3090" in said for said in estimate.assumptions)
    with pytest.raises(CatalogError, match="neither watts nor a device is given"):
        estimated(Option(name="o", kind="local", hours_per_run=6.0, local=machine))


def test_a_stated_time_with_watts_needs_no_known_device() -> None:
    option = Option(name="o", kind="local", device="my old laptop", hours_per_run=6.0, local=OWNED)
    assert estimated(option).total_usd == estimated(replace(option, device="RTX 3090")).total_usd
    with pytest.raises(UnknownDeviceError, match="my old laptop"):
        estimated(replace(option, hours_per_run=None))
    with pytest.raises(UnknownDeviceError, match="my old laptop"):
        estimated(replace(option, local=replace(OWNED, watts=None)))


EC2 = Option(name="o", kind="ec2", instance="g4dn.xlarge", hours_per_run=6.0, startup_minutes=0.0, volume_gib=0)


def test_credits_pay_aws_alone_and_tax_comes_last() -> None:
    estimate = estimated(EC2, credits_usd=Decimal(1000), tax_rate=Decimal("0.16"))
    assert [line.usage_type for line in estimate.lines][-2:] == ["Credits", "Tax"]
    assert estimate.total_usd == 0
    colab = estimated(COLAB, credits_usd=Decimal(1000), tax_rate=Decimal("0.16"))
    assert amounts(colab) == {"ComputeUnits": Decimal("9.9900000000"), "Tax": Decimal("1.5984000000")}


def test_tax_is_laid_on_what_credits_leave() -> None:
    before = estimated(EC2).total_usd
    assert before is not None
    estimate = estimated(EC2, credits_usd=Decimal(5), tax_rate=Decimal("0.1"))
    assert amounts(estimate)["Credits"] == Decimal("-5.0000000000")
    assert estimate.total_usd is not None
    assert abs(estimate.total_usd - (before - 5) * Decimal("1.1")) < Decimal("1e-9")


def test_one_s_own_electricity_is_taxed_already() -> None:
    estimate = estimated(Option(name="o", kind="local", hours_per_run=6.0, local=OWNED), tax_rate=Decimal("0.16"))
    assert estimate.total_usd == Decimal("1.2")


def test_several_cnns_add_up_and_the_weakest_basis_counts() -> None:
    other = replace(TRAINING, name="b", network="alexnet", runs=Count.fixed(2))
    both = estimated(COLAB, trainings=(TRAINING, other))
    assert (both.hours, both.hours_per_run, both.basis) == (36.0, 6.0, "measured")
    assert [(each.name, each.runs, each.hours_per_run) for each in both.trainings] == [("a", 4, 6.0), ("b", 2, 6.0)]


def test_seconds_per_step_hold_for_this_option_alone() -> None:
    option = replace(COLAB, hours_per_run=None, seconds_per_step=0.5)
    estimate = estimated(option)
    assert estimate.seconds_per_iteration == 0.5
    assert estimate.trainings[0].steps == 10 * 32
    assert estimate.hours_per_run == pytest.approx(160 / 3600)


def test_an_anchor_is_the_hours_on_its_device_and_rescales_others() -> None:
    anchored = (replace(TRAINING, hours_per_run=6.0, hours_per_run_on="T4"),)
    here = estimated(replace(COLAB, hours_per_run=None), trainings=anchored)
    assert (here.basis, here.hours_per_run) == ("measured", 6.0)
    faster = estimated(replace(EC2, instance="p3.2xlarge", hours_per_run=None), trainings=anchored)
    assert faster.basis == "anchored"
    assert faster.hours_per_run is not None
    assert faster.hours_per_run < 4


def test_start_up_and_restarts_are_in_the_hours_and_idle_is_not() -> None:
    option = replace(EC2, startup_minutes=15.0, idle_hours_per_day=6.0)
    estimate = estimated(option)
    assert estimate.hours == 4 * 6.25
    assert estimate.hours_per_run == 6.0
    lines = {line.usage_type: line for line in estimate.lines}
    assert lines["BoxUsage:g4dn.xlarge"].quantity == 4 * 6.25 + 24


def test_more_machines_finish_sooner_and_hours_a_day_later() -> None:
    ten = (replace(TRAINING, runs=Count.fixed(10)),)
    assert estimated(COLAB, trainings=ten).feasible
    assert not estimated(COLAB, trainings=ten, hours_per_day=12.0).feasible
    assert estimated(COLAB, trainings=ten, hours_per_day=12.0, machines=2).feasible


def test_an_archive_makes_an_option_infeasible_with_its_reason() -> None:
    estimate = estimated(EC2, dataset=replace(DATASET, storage_class="GLACIER"))
    assert not estimate.feasible
    assert "cannot be read without being restored first" in estimate.reason
    assert estimate.total_usd is not None


CLOUD = Option(name="o", kind="cloud", provider="gcp", instance="g2-standard-4", region="us-central1",
               hours_per_run=6.0, startup_minutes=0.0)  # fmt: skip


def test_another_cloud_is_priced_by_its_type_and_region() -> None:
    estimate = estimated(CLOUD)
    line, *disks = estimate.lines
    assert (line.service, line.region, line.usage_type) == ("GCP", "us-central1", "g2-standard-4")
    assert {each.service for each in disks} == {"GCPDisks", "GCPNetwork"}
    assert line.quantity == 24
    assert line.amount_usd == Decimal("16.9639680000")  # 24 h x 0.706832


def test_a_price_of_the_user_s_own_comes_before_the_book_s() -> None:
    own = estimated(replace(CLOUD, usd_per_hour=Decimal("0.5")))
    assert own.lines[0].amount_usd == Decimal(12)
    assert own.lines[0].source == "project file"
    unlisted = replace(CLOUD, provider=None, instance=None, region=None, device="T4", usd_per_hour=Decimal("0.25"))
    assert estimated(unlisted).total_usd == Decimal(6)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"provider": "gpc"}, "no provider 'gpc' of 'g2-standard-4' is known; state provider (azure, gcp, "),
        ({"region": None}, "option 'o' needs a region of GCP: "),
        ({"region": "us-centrall"}, "did you mean us-central1"),
        ({"provider": None, "instance": "g4dn.xlarge"}, 'g4dn.xlarge is a machine of AWS; use kind = "ec2"'),
        ({"instance": "g2-standard-5"}, "did you mean g2-standard-"),
    ],
)
def test_what_another_cloud_lacks_is_an_error(changes: dict[str, str | None], reason: str) -> None:
    with pytest.raises(CatalogError) as caught:
        estimated(replace(CLOUD, **changes))  # type: ignore[arg-type]
    assert reason in str(caught.value)


def test_a_machine_without_a_gpu_cannot_be_timed_but_by_what_is_stated() -> None:
    host = replace(CLOUD, provider=None, instance="n1-standard-4", hours_per_run=None)
    estimate = estimated(host)
    assert (estimate.feasible, estimate.total_usd, estimate.lacks) == (False, None, "time")
    assert "n1-standard-4 (no GPU); state hours_per_run or seconds_per_step" in estimate.reason
    assert estimated(replace(host, hours_per_run=6.0)).total_usd is not None


def test_a_provider_is_known_by_its_types() -> None:
    assert estimated(replace(CLOUD, provider=None)).lines[0].amount_usd == Decimal("16.963968")


def test_a_reservation_is_the_whole_term_at_the_effective_rate() -> None:
    option = replace(EC2, purchase="reserved-1y-no-upfront")
    lines = {line.usage_type: line for line in estimated(option).lines}
    reserved = lines["BoxUsage:g4dn.xlarge"]
    assert reserved.quantity == 8760
    assert reserved.unit_price_usd is not None
    assert reserved.amount_usd == 8760 * reserved.unit_price_usd


def test_a_data_set_named_by_its_folder_is_counted_once_for_all_options(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    for number in range(3):
        (tmp_path / "images" / f"{number}.jpg").write_bytes(b"x" * 1000)
    dataset = Dataset(images=0, size_bytes=0, folder="images")
    frame = project(EC2, dataset=dataset, options=(EC2, COLAB), path=str(tmp_path / "p.toml"))
    frame = replace(frame, options=(EC2, replace(COLAB, name="c")))
    model = build_model(frame, EC2, context_of(frame, today=TODAY))
    assert (model.project.dataset.images, model.project.dataset.size_bytes) == (3, 3000)
    assert all(each.feasible for each in compare(frame, today=TODAY).options)
    missing = replace(frame, dataset=replace(dataset, folder="imgs"))
    with pytest.raises(InputError, match=r"^p\.toml:dataset\.folder: no such folder"):
        compare(missing, today=TODAY)


def test_empty_images_are_no_data_set(tmp_path: Path) -> None:
    (tmp_path / "0.jpg").touch()
    dataset = Dataset(images=0, size_bytes=0, folder=str(tmp_path))
    with pytest.raises(InputError, match="images of 0 bytes together"):
        compare(project(EC2, dataset=dataset), today=TODAY)

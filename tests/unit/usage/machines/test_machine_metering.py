"""Billed machine time: EC2, SageMaker, Colab, other clouds, NAT gateways, local machines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.projects import build_project, build_training

from cloudcost.catalog.billing_rules import billing_rule
from cloudcost.domain.project import Checkpoint, Count, Dataset, LocalMachine, Option, Project, Training
from cloudcost.domain.usage import RunUsage
from cloudcost.options.kinds.local import local_prices
from cloudcost.units import GIB, BillingRule
from cloudcost.usage.assumptions import usage_assumptions
from cloudcost.usage.kinds.local import local_usage
from cloudcost.usage.machines.compute import MICRO, BilledRun, billed_run
from cloudcost.usage.machines.machine import Machine
from cloudcost.usage.machines.runs import RunPlan, SessionTooShortError, in_sessions, run_steps
from cloudcost.usage.option import machine_usage

EC2_RULE, SAGEMAKER_RULE = billing_rule("AmazonEC2"), billing_rule("AmazonSageMaker")
DAY = 86_400
DATASET = Dataset(images=10, size_bytes=10**6)
RUN = BilledRun(billed_seconds=7200, wall_seconds=7200.0)
PLAN = RunPlan(startup_seconds=0, download_seconds=0, training_seconds=7200, steps=10)
MACHINE = Machine(own_disk_bytes=0)


def project(*, machines: int = 1, start: date = date(2026, 11, 2), seconds: int = 4 * DAY) -> Project:
    return build_project(
        Option(name="o", kind="colab"),
        duration_seconds=seconds,
        start=start,
        machines=machines,
        dataset=DATASET,
        trainings=(build_training(epochs=5, runs=2),),
    )


def meter(option: Option, machine: Machine = MACHINE, frame: Project | None = None) -> list[RunUsage]:
    return machine_usage(frame or project(), option, [PLAN], [RUN], machine)


def totals(usages: list[RunUsage]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for usage in usages:
        fixed, per_run = found.get(usage.usage_type, (0, 0))
        found[usage.usage_type] = (fixed + usage.fixed, per_run + sum(usage.per_run))
    return found


def test_ec2_bills_runs_idle_hours_volumes_and_addresses() -> None:
    option = Option(name="o", kind="ec2", instance="g4dn.xlarge", idle_hours_per_day=0.5, volume_gib=30)
    idle = 4 * 1800
    assert totals(meter(option)) == {
        "BoxUsage:g4dn.xlarge": (idle, 7200),
        "EBS:VolumeUsage.gp3": (130 * GIB * 96, 0),  # root 100 GiB and data, through the project, also while stopped
        "PublicIPv4:InUseAddress": (idle, 7200),
    }


def test_each_machine_has_its_volumes_and_its_idle_time() -> None:
    option = Option(name="o", kind="ec2", instance="g4dn.xlarge", idle_hours_per_day=1.0, volume_gib=0)
    got = totals(meter(option, frame=project(machines=3)))
    assert got["BoxUsage:g4dn.xlarge"] == (3 * 4 * 3600, 7200)
    assert got["EBS:VolumeUsage.gp3"] == (3 * 100 * GIB * 96, 0)


def test_spot_machines_have_a_usage_type_of_their_own() -> None:
    option = Option(name="o", kind="ec2", instance="g4dn.xlarge", purchase="spot")
    assert totals(meter(option))["SpotUsage:g4dn.xlarge"] == (0, 7200)
    assert {usage.purchase for usage in meter(option) if usage.usage_type.startswith("SpotUsage")} == {"spot"}


@pytest.mark.parametrize(
    ("purchase", "hours"),
    [("reserved-1y-no-upfront", 8760), ("reserved-3y-all-upfront", 3 * 8760)],
)
def test_a_reservation_is_paid_for_its_whole_term(purchase: str, hours: int) -> None:
    option = Option(name="o", kind="ec2", instance="g4dn.xlarge", purchase=purchase)
    got = totals(meter(option, frame=project(machines=2)))
    assert got["BoxUsage:g4dn.xlarge"] == (2 * hours * 3600, 0)


def test_a_project_longer_than_the_term_needs_another_term() -> None:
    option = Option(name="o", kind="ec2", instance="g4dn.xlarge", purchase="reserved-1y-no-upfront")
    got = totals(meter(option, frame=project(seconds=366 * DAY)))
    assert got["BoxUsage:g4dn.xlarge"] == (2 * 8760 * 3600, 0)


def test_a_nat_gateway_takes_the_place_of_the_address_and_carries_the_reading() -> None:
    option = Option(name="o", kind="ec2", instance="g4dn.xlarge", nat=True)
    got = totals(meter(option))
    assert got["NatGateway-Hours"] == (96 * 3600, 0)
    assert got["NatGateway-Bytes"] == (0, 10**6)


@pytest.mark.parametrize("kind", ["ec2", "sagemaker"])
@pytest.mark.parametrize("machines", [1, 3])
def test_a_nat_gateway_has_one_address_of_its_own_for_as_long_as_it_exists(kind: str, machines: int) -> None:
    instance = "ml.g4dn.xlarge" if kind == "sagemaker" else "g4dn.xlarge"
    option = Option(name="o", kind=kind, instance=instance, nat=True, idle_hours_per_day=2.0)  # type: ignore[arg-type]
    got = totals(meter(option, frame=project(machines=machines, seconds=5 * 1800)))
    assert got["PublicIPv4:InUseAddress"] == (5 * 1800, 0)
    assert got["NatGateway-Hours"] == (3 * 3600, 0)


@pytest.mark.parametrize("has_local_storage", [False, True])
def test_a_warm_pool_keeps_its_volume_billed_where_the_type_has_no_disk(*, has_local_storage: bool) -> None:
    option = Option(name="o", kind="sagemaker", instance="ml.p3.2xlarge", idle_hours_per_day=1.5, volume_gib=40)
    got = totals(
        meter(option, Machine(own_disk_bytes=125 * 10**9 if has_local_storage else 0), frame=project(machines=2))
    )
    idle = 2 * 4 * 5400
    assert got["TrainWarmPool:ml.p3.2xlarge"] == (idle, 0)
    assert got.get("TrainWarmPool:VolumeUsage.gp2") == (None if has_local_storage else (40 * GIB * idle // 3600, 0))


def test_checkpoints_go_through_the_nat_gateway_too() -> None:
    option = Option(name="o", kind="ec2", instance="g4dn.xlarge", nat=True)
    frame = project()
    saving = replace(frame.trainings[0], checkpoint=Checkpoint(size_bytes=1000))
    got = totals(meter(option, frame=replace(frame, trainings=(saving,))))
    assert got["NatGateway-Bytes"] == (0, 10**6 + 5 * 1000)


def test_a_nat_gateway_bills_each_started_hour_of_each_month() -> None:
    option = Option(name="o", kind="sagemaker", instance="ml.g4dn.xlarge", nat=True)
    frame = project(start=date(2026, 11, 30), seconds=40 * 3600 + 1800)
    hours = [(str(use.month), use.fixed) for use in meter(option, frame=frame) if use.usage_type == "NatGateway-Hours"]
    assert hours == [("2026-11", 24 * 3600), ("2026-12", 17 * 3600)]


def test_sagemaker_bills_a_volume_only_where_the_machine_has_none() -> None:
    option = Option(name="o", kind="sagemaker", instance="ml.p3.2xlarge", volume_gib=30)
    assert totals(meter(option)) == {
        "Train:ml.p3.2xlarge": (0, 7200),
        "Train:VolumeUsage.gp2": (0, 30 * GIB * 2),
    }
    with_disk = meter(option, Machine(own_disk_bytes=125 * 10**9))
    assert totals(with_disk) == {"Train:ml.p3.2xlarge": (0, 7200)}


def test_a_notebook_runs_its_hours_and_its_volume_stays_all_the_time() -> None:
    option = Option(
        name="o", kind="sagemaker", instance="ml.g4dn.xlarge", notebook_instance="ml.t3.medium", notebook_hours=10.0
    )
    got = totals(meter(option, Machine(own_disk_bytes=125 * 10**9)))
    assert got["Notebk:ml.t3.medium"] == (36_000, 0)
    assert got["Notebk:VolumeUsage.gp2"] == (5 * GIB * 96, 0)


def test_idle_hours_of_sagemaker_are_warm_pools() -> None:
    option = Option(name="o", kind="sagemaker", instance="ml.g4dn.xlarge", idle_hours_per_day=2.0)
    got = totals(meter(option, Machine(own_disk_bytes=125 * 10**9)))
    assert got["TrainWarmPool:ml.g4dn.xlarge"] == (8 * 3600, 0)


def test_managed_spot_training_is_its_own_usage_type() -> None:
    option = Option(name="o", kind="sagemaker", instance="ml.g4dn.xlarge", purchase="spot")
    assert totals(meter(option, Machine(own_disk_bytes=125 * 10**9))) == {"TrSpt:ml.g4dn.xlarge": (0, 7200)}


def test_colab_counts_compute_units_and_the_free_plan_none() -> None:
    option = Option(name="o", kind="colab", accelerator="T4")
    machine = Machine(own_disk_bytes=0, units_per_hour_micro=1_070_000)
    assert totals(meter(option, machine)) == {"ComputeUnits": (0, 2_140_000)}
    assert meter(option, replace(machine, paid=False)) == []


def test_another_cloud_bills_its_type_in_its_own_region() -> None:
    option = Option(name="o", kind="cloud", instance="n1", provider="gcp", region="us-central1", idle_hours_per_day=1.0)
    usage, *_ = meter(option, Machine(own_disk_bytes=0, service="GCP"))
    assert (usage.service, usage.region, usage.usage_type) == ("GCP", "us-central1", "n1")
    assert (usage.fixed, usage.per_run) == (4 * 3600, (7200,))


def test_local_energy_counts_over_idle_and_times_the_pue() -> None:
    machine = LocalMachine(idle_watts=60.0, pue=1.1)
    [usage] = local_usage(project(), machine, 310.0, [RUN], machines=1)
    assert (usage.usage_type, usage.per_run) == ("Electricity", (250 * 7200 * 11 // 10 * MICRO,))  # 1,980,000 J


def test_a_machine_below_its_idle_power_uses_nothing_more() -> None:
    assert local_usage(project(), LocalMachine(idle_watts=100.0), 80.0, [RUN], machines=1) == []


def test_all_that_a_local_machine_meters() -> None:
    machine = LocalMachine(
        owned=False, purchase_usd=Decimal(876), upkeep_per_year=Decimal(876), value_per_hour=Decimal("0.5"),
        setup_hours=1.5, wage=Decimal(5),
    )  # fmt: skip
    option = Option(name="o", kind="local", local=machine)
    frame = project(machines=2)
    assert totals(meter(option, Machine(own_disk_bytes=0, watts=100.0), frame=frame)) == {
        "Electricity": (0, 720_000 * MICRO),
        "Upkeep": (2 * 4 * DAY, 0),
        "OtherUse": (0, 7200 * MICRO),
        "SetUp": (5400, 0),
        "Purchase": (2, 0),
    }
    prices = local_prices(
        machine, usd_per_kwh=Decimal("0.1"), electricity_source="s", electricity_grade="assumed", as_of=date(2026, 1, 1)
    )
    assert {price.usage_type: price.tiers[0].unit_price_usd for price in prices} == {
        "Electricity": Decimal("0.1"),
        "Upkeep": Decimal("0.1"),
        "OtherUse": Decimal("0.5"),
        "SetUp": Decimal(5),
        "Purchase": Decimal(876),
        "ShareOfLife": Decimal("0.1666666667"),  # 876 over 4 years, of which 15 % are useful: 5,256 h
    }


def test_the_share_of_life_view_charges_useful_hours_instead_of_the_purchase() -> None:
    machine = LocalMachine(owned=False, purchase_usd=Decimal(1000), charge="share")
    got = totals(local_usage(project(), machine, 100.0, [RUN], machines=1))
    assert got == {"Electricity": (0, 720_000 * MICRO), "ShareOfLife": (0, 7200 * MICRO)}


def test_a_local_option_without_a_machine_is_refused() -> None:
    with pytest.raises(ValueError, match="is local but has no machine"):
        meter(Option(name="o", kind="local"))


@pytest.mark.parametrize(
    ("seconds", "rule", "billed"),
    [(12.3, EC2_RULE, 60), (60.5, EC2_RULE, 61), (12.3, SAGEMAKER_RULE, 13), (12.3, BillingRule(), 13)],
)
def test_a_start_is_billed_by_the_provider_s_rule(seconds: float, rule: BillingRule, billed: int) -> None:
    plan = RunPlan(startup_seconds=0, download_seconds=0, training_seconds=seconds, steps=1)
    assert billed_run(plan, rule).billed_seconds == billed


def test_each_of_several_starts_is_rounded() -> None:
    plan = RunPlan(startup_seconds=10, download_seconds=0, training_seconds=50.0, steps=1, starts=3)
    run = billed_run(plan, EC2_RULE)
    assert (run.billed_seconds, run.wall_seconds, run.starts) == (180, 80.0, 3)


def test_float_noise_never_starts_another_second() -> None:
    plan = RunPlan(startup_seconds=0.0, download_seconds=0.0, training_seconds=7110 * (0.1 + 0.2) * 10, steps=1)
    assert plan.wall_seconds > 21_330
    assert billed_run(plan, EC2_RULE).billed_seconds == 21_330


def training(*, epochs: int = 20, saves: bool = True, every: int = 1) -> Training:
    return Training(
        name="a", network="a", image_px=1, batch=32, epochs=Count.fixed(epochs), runs=Count.fixed(1),
        checkpoint=Checkpoint(size_bytes=1, every_epochs=every) if saves else None,
    )  # fmt: skip


def test_a_run_that_fits_into_a_session_is_not_cut() -> None:
    plan = RunPlan(startup_seconds=1800, download_seconds=0, training_seconds=11.5 * 3600, steps=1)
    assert in_sessions(plan, session_seconds=12 * 3600, training=training(saves=False)) is plan


def test_a_longer_run_needs_checkpoints() -> None:
    plan = RunPlan(startup_seconds=1800, download_seconds=0, training_seconds=12 * 3600, steps=1)
    with pytest.raises(SessionTooShortError, match=r"a run takes 12\.5 h and a session ends after 12 h, and no check"):
        in_sessions(plan, session_seconds=12 * 3600, training=training(saves=False))


def test_a_checkpoint_must_come_within_a_session() -> None:
    plan = RunPlan(startup_seconds=1800, download_seconds=0, training_seconds=40 * 3600, steps=1)
    with pytest.raises(SessionTooShortError, match=r"before its first checkpoint after 20\.5 h"):
        in_sessions(plan, session_seconds=12 * 3600, training=training(epochs=4, every=2))


def test_a_multi_gpu_machine_takes_fewer_steps() -> None:
    dataset = Dataset(images=1000, size_bytes=1)
    assert run_steps(dataset, training(epochs=2)) == 2 * 32
    assert run_steps(dataset, training(epochs=2), gpus=4) == 2 * 8


def test_what_was_taken_for_granted_is_said() -> None:
    frame = project()
    saving = replace(
        frame,
        keep_months=2,
        dataset=replace(DATASET, size_bytes=10**9, versioning=True, uploads=2, reader="shards"),
        trainings=(training(),),
    )
    said = "\n".join(usage_assumptions(saving, Option(name="o", kind="ec2", instance="g4dn.xlarge"), [PLAN], MACHINE))
    for part in (
        "1.0 GB (1 GB = 10^9 bytes) in 8 objects", "keeps all 2 uploads", "root of 100 GiB", "stay in S3 for 2 months",
        "every checkpoint is kept as a version", "parts of that size",
    ):  # fmt: skip
        assert part in said
    for runs, told in ((saving, True), (frame, False)):  # nothing is said of checkpoints that nobody writes
        colab = usage_assumptions(runs, Option(name="o", kind="colab"), [PLAN], MACHINE)
        assert any("Google Drive" in each for each in colab) == told

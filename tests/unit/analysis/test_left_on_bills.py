"""What is left on counts in lines, totals, curves, scenarios and sweeps alike, and in each option's bill once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.projects import build_project, build_training

from cloudcost.analysis.compare import compare, context_of
from cloudcost.analysis.estimate import estimate_option, model_and_estimate
from cloudcost.analysis.uncertainty.scenarios import simulate
from cloudcost.domain.left_on import LeftOn
from cloudcost.domain.project import Dataset, LocalMachine, Option, Project
from cloudcost.money import exact_sum
from cloudcost.options.model import OptionModel
from cloudcost.results.estimate import Estimate
from cloudcost.results.spreads import Spreads

TODAY = date(2026, 11, 22)
EC2 = Option(name="ec2", kind="ec2", instance="g4dn.xlarge", hours_per_run=2.0)
JOBS = Option(name="jobs", kind="sagemaker", instance="ml.g4dn.xlarge", hours_per_run=2.0)
HOME = Option(
    name="home", kind="local", hours_per_run=2.0,
    local=LocalMachine(watts=300.0, electricity_usd_per_kwh=Decimal("0.2")),
)  # fmt: skip
LATE = datetime(2025, 12, 20, 7, 30, tzinfo=UTC)
ROWS = {
    "gateways": (LeftOn(service="AmazonEC2", usage_type="NatGateway-Hours", quantity=Decimal(2)), "0.045"),
    "endpoint": (LeftOn(service="AmazonSageMaker", usage_type="Host:ml.g5.2xlarge", until=LATE), "1.515"),
    "iops": (LeftOn(service="AmazonEC2", usage_type="EBS:VolumeP-IOPS.gp3", quantity=Decimal(13_000)), "0.005"),
    "snapshot": (LeftOn(service="AmazonEC2", usage_type="EBS:SnapshotUsage", quantity=Decimal("12.5"), until=LATE),
                 "0.05"),
    "space": (LeftOn(service="AmazonSageMaker", usage_type="Studio:ml.t3.medium", quantity=Decimal(3)), "0.05"),
    "writes": (LeftOn(service="AmazonS3", usage_type="Requests-Tier1", quantity=Decimal(10_000)), "0.000005"),
    "traffic": (LeftOn(service="AmazonS3", usage_type="DataTransfer-Out-Bytes", quantity=Decimal(500)), ""),
    "copy": (LeftOn(service="AmazonS3", usage_type="TimedStorage-ByteHrs", quantity=Decimal(60_000)), ""),
    "another": (LeftOn(service="AmazonEC2", usage_type="BoxUsage:g4dn.xlarge"), "0.526"),
    "volume": (LeftOn(service="AmazonEC2", usage_type="EBS:VolumeUsage.gp3", quantity=Decimal(40)), "0.08"),
}  # fmt: skip


def frame(*rows: LeftOn, **changes: object) -> Project:
    made = build_project(
        EC2,
        JOBS,
        HOME,
        days=45,
        start=date(2025, 9, 7),
        dataset=Dataset(images=10_000, size_bytes=10**10, downloads=1),
        trainings=(build_training(runs=3),),
        left_on=rows,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def estimated(option: Option, *rows: LeftOn, **changes: object) -> Estimate:
    project = frame(*rows, **changes)
    return estimate_option(project, option, context_of(project, today=TODAY))


def drawn(model: OptionModel) -> float:
    [simulated] = simulate([model], draws=2, spreads=Spreads.none())
    return float(simulated.totals_usd.values[0])


def added(option: Option, row: LeftOn) -> Decimal:
    after, before = estimated(option, row).total_usd, estimated(option).total_usd
    assert after is not None
    assert before is not None
    return after - before


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("option", [EC2, JOBS], ids=["ec2", "jobs"])
def test_every_engine_counts_what_is_left_on(name: str, option: Option) -> None:
    project = frame(*[ROWS[name][0]], credits_usd=Decimal(7), tax_rate=Decimal("0.1"))
    model, estimate = model_and_estimate(project, option, context_of(project, today=TODAY))
    assert model is not None
    total = exact_sum([line.amount_usd for line in estimate.lines])
    assert model.bill.total_usd([3]) == total
    assert abs(model.bill.curve(1, 9).at(3) - Fraction(total)) < Fraction(1, 10**8)
    assert drawn(model) == pytest.approx(float(total), rel=1e-9)  # floats


@pytest.mark.parametrize("name", [name for name, (_, usd) in ROWS.items() if usd])
def test_it_adds_its_price_times_its_quantity(name: str) -> None:
    row, usd = ROWS[name]
    lines = [line for line in estimated(JOBS, row).lines if line.usage_type == row.usage_type]
    others = [line for line in estimated(JOBS).lines if line.usage_type == row.usage_type]
    quantity = sum(line.quantity for line in lines) - sum(line.quantity for line in others)
    assert abs(Fraction(added(JOBS, row)) - quantity * Fraction(usd)) < Fraction(1, 10**8)
    assert all("left on: " in line.why for line in lines)


def test_a_machine_at_home_is_not_billed_for_what_stands_at_aws_unless_it_is_named() -> None:
    row = ROWS["endpoint"][0]
    assert added(HOME, row) == 0
    assert [said for said in estimated(HOME, row).assumptions if said.startswith("not counted: Host:ml.g5.2xlarge")]
    assert added(HOME, replace(row, option="home")) == added(JOBS, row) == added(EC2, row) > 0
    assert added(EC2, replace(row, option="home")) == 0


def test_what_has_no_price_there_leaves_the_option_without_one() -> None:
    row = LeftOn(service="AmazonEC2", usage_type="BoxUsage:p5e.48xlarge", region="eu-south-1")
    estimate = estimated(EC2, row)
    assert not estimate.feasible
    assert "BoxUsage:p5e.48xlarge" in estimate.reason
    assert estimated(HOME, row).feasible


def test_every_option_keeps_its_place_when_all_are_billed_for_the_same() -> None:
    project = frame(ROWS["endpoint"][0], options=(EC2, JOBS))
    alone = frame(options=(EC2, JOBS))
    gaps = []
    for each in (project, alone):
        first, second = (option.total_usd for option in compare(each, today=TODAY, draws=0).options)
        assert first is not None
        assert second is not None
        gaps.append(second - first)
    assert gaps[0] == gaps[1]


def test_what_is_left_on_and_dearer_than_the_machine_is_warned_of() -> None:
    told = compare(frame(ROWS["endpoint"][0], options=(EC2, JOBS)), today=TODAY, draws=0).warnings
    [warning] = [each for each in told if "over half of the total is what is left on (Host:ml.g5.2xlarge)" in each]
    assert "an earlier until in [[left_on]]" in warning


def test_excluded_says_nothing_of_what_is_stated() -> None:
    keys = LeftOn(service="awskms", usage_type="KMS-Keys")
    assert any("KMS" in said for said in compare(frame(), today=TODAY, draws=0).excluded)
    assert not any("KMS" in said for said in compare(frame(keys), today=TODAY, draws=0).excluded)

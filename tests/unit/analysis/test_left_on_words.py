"""What is left on is told as such: in what a total is mostly for, and in the verdict where it decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.projects import build_project, build_training

from cloudcost.analysis.compare import compare
from cloudcost.domain.left_on import LeftOn
from cloudcost.domain.project import Dataset, LocalMachine, Option
from cloudcost.money import exact_sum, format_usd
from cloudcost.render.comparison import comparison_text
from cloudcost.render.groups import LEFT_ON, by_group, group_of
from cloudcost.results.comparison import Comparison

TODAY = date(2026, 11, 22)
EC2 = Option(name="ec2", kind="ec2", instance="g4dn.xlarge", hours_per_run=2.0, nat=True)
JOBS = Option(name="jobs", kind="sagemaker", instance="ml.g4dn.xlarge", hours_per_run=2.0)
HOME = Option(
    name="home", kind="local", hours_per_run=2.0,
    local=LocalMachine(watts=300.0, electricity_usd_per_kwh=Decimal("0.2")),
)  # fmt: skip
ROWS = {
    "an endpoint": LeftOn(service="AmazonSageMaker", usage_type="Host:ml.g5.2xlarge"),
    "a gateway beside the option's own": LeftOn(service="AmazonEC2", usage_type="NatGateway-Hours"),
    "a volume beside the option's own": LeftOn(
        service="AmazonEC2", usage_type="EBS:VolumeUsage.gp3", quantity=Decimal(500)
    ),
    "a machine of the option's own type": LeftOn(service="AmazonEC2", usage_type="BoxUsage:g4dn.xlarge"),
    "storage in tiers": LeftOn(service="AmazonS3", usage_type="TimedStorage-ByteHrs", quantity=Decimal(60_000)),
    "traffic beyond what is free": LeftOn(
        service="AmazonS3", usage_type="DataTransfer-Out-Bytes", quantity=Decimal(5000)
    ),
}


def compared(*rows: LeftOn, options: tuple[Option, ...] = (EC2, JOBS, HOME), **changes: object) -> Comparison:
    project = build_project(
        *options,
        days=20,
        start=date(2026, 11, 7),
        dataset=Dataset(images=10_000, size_bytes=10**10),
        trainings=(build_training(runs=3),),
        left_on=rows,
    )
    return compare(replace(project, **changes), today=TODAY)  # type: ignore[arg-type]


@pytest.mark.parametrize(("credits_usd", "tax_rate"), [("0", "0"), ("30", "0"), ("30", "0.16")])
@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_the_group_is_what_the_bill_would_be_less(row: LeftOn, credits_usd: str, tax_rate: str) -> None:
    closing: dict[str, Any] = {"credits_usd": Decimal(credits_usd), "tax_rate": Decimal(tax_rate)}
    plain = compared(**closing)
    for each in compared(row, **closing).options:
        before = plain.option(each.name)
        groups = by_group(each.lines, each.left_on_usd)
        assert exact_sum(list(groups.values())) == each.total_usd
        if each.name == "home":
            assert LEFT_ON not in groups
            assert each.without_left_on_usd is None
            continue
        assert each.without_left_on_usd == before.total_usd
        own = by_group(before.lines)
        others = {name: amount for name, amount in groups.items() if amount and name not in (LEFT_ON, "credits", "tax")}
        assert others == {name: amount for name, amount in own.items() if amount and name not in ("credits", "tax")}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_line_that_is_left_on_alone_is_of_that_group(row: LeftOn) -> None:
    own = {(line.usage_type, line.month) for line in compared().option("jobs").lines}
    for line in compared(row).option("jobs").lines:
        alone = line.usage_type == row.usage_type and (line.usage_type, line.month) not in own
        assert (group_of(line) == LEFT_ON) == alone


def test_what_a_total_is_mostly_for_is_what_is_left_on_even_beside_the_option_s_own() -> None:
    row = replace(ROWS["a machine of the option's own type"], option="ec2")
    comparison = compared(row, options=(EC2,))
    assert "  left on 8" in comparison_text(comparison)
    assert any(
        "over half of the total is what is left on (BoxUsage:g4dn.xlarge)" in each for each in comparison.warnings
    )


def test_the_verdict_says_that_what_is_left_on_decides() -> None:
    bought = replace(HOME, local=replace(HOME.local, owned=False, purchase_usd=Decimal(300)))  # type: ignore[type-var]
    assert "left on" not in compared(options=(EC2, bought)).verdict
    assert compared(options=(EC2, bought)).verdict.startswith("Cloud: ec2")
    comparison = compared(ROWS["an endpoint"], options=(EC2, bought))
    ec2 = comparison.option("ec2")
    assert ec2.total_usd is not None
    assert ec2.without_left_on_usd is not None
    standing = format_usd(ec2.total_usd - ec2.without_left_on_usd)
    assert comparison.verdict.startswith("Local: home")
    assert f"; what is left on decides it (ec2 is billed {standing} USD and home nothing)" in comparison.verdict
    assert f"without it ec2 would win, at {format_usd(ec2.without_left_on_usd)} USD" in comparison.verdict


def test_the_verdict_says_how_much_of_a_difference_is_what_is_left_on() -> None:
    verdict = compared(ROWS["an endpoint"], options=(EC2, HOME)).verdict
    assert "of that is for what is left on, of which home is billed nothing: without it ec2 would cost" in verdict
    assert "left on" not in compared(ROWS["an endpoint"], options=(EC2, JOBS)).verdict  # both are billed the same

"""A total that is mostly not the machine is told, with what would avoid it; machines that are bought are counted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from cloudcost.analysis.compare import compare
from cloudcost.project.file import parse_project
from cloudcost.results.comparison import Comparison

TODAY = date(2026, 11, 22)
FRAME = """
[project]
name = "p"
duration = "30 days"
keep_months = {months}
[dataset]
images = 1000000
size = "120 GB"
reader = "shards"
[[training]]
network = "resnet18"
epochs = 50
runs = {runs}
[[option]]
name = "o"
hours_per_run = 10
"""
LOCAL = 'kind = "local"\nowned = true\nwatts = 300\nelectricity_usd_per_kwh = 0.2\n'
EC2 = 'kind = "ec2"\ninstance = "g5.xlarge"\n'
P3 = 'kind = "ec2"\ninstance = "p3.2xlarge"\nreader = "copy"\n'
CLOUD = 'kind = "cloud"\nprovider = "own"\ndevice = "T4"\nusd_per_hour = 0.05\n'


def compared(option: str, *, runs: int = 5, months: int = 0) -> Comparison:
    text = FRAME.format(runs=runs, months=months) + option
    return compare(parse_project(text, name="p.toml", today=TODAY), today=TODAY)


def warned(option: str, *, runs: int = 5, months: int = 0) -> str:
    told = [each for each in compared(option, runs=runs, months=months).warnings if "over half" in each]
    assert len(told) <= 1
    return told[0] if told else ""


@pytest.mark.parametrize(
    ("option", "names", "avoids"),
    [
        (LOCAL + 'reader = "shards"', "traffic (DataTransfer-Out-Bytes)", 'reader = "copy", which reads once in all'),
        (CLOUD, "traffic (DataTransfer-Out-Bytes)", "machines of AWS in us-east-1"),
        (CLOUD + 'reader = "stream"', "traffic (DataTransfer-Out-Bytes)", 'reader = "copy", which reads once a run'),
        (EC2 + 'region = "us-west-2"\nreader = "stream"', "traffic (USW2-AWS-Out-Bytes)", "or data_copy = true"),
        (EC2 + "volume_gib = 9000", "volumes (EBS:VolumeUsage.gp3)", "volume_gib = 0, since nothing is copied to it"),
        (P3 + "volume_gib = 9000", "volumes (EBS:VolumeUsage.gp3)", "a smaller volume_gib, or reader = "),
        (EC2 + "volume_gib = 800\nreader = 'copy'", "volumes (EBS:VolumeUsage.gp3)", "the machine's own disk holds"),
    ],
)
def test_what_is_over_half_of_a_total_and_not_the_machine_is_told(option: str, names: str, avoids: str) -> None:
    said = warned(option)
    assert said.startswith(f"o: over half of the total is {names}, not the machine; what would avoid it: ")
    assert avoids in said


def test_storage_that_is_kept_long_is_told() -> None:
    assert "is storage (TimedStorage-ByteHrs)" in warned(LOCAL, months=60)
    assert "fewer keep_months" in warned(LOCAL, months=60)


@pytest.mark.parametrize("option", [LOCAL, EC2, LOCAL.replace("owned = true", "purchase_usd = 900")])
def test_a_total_that_is_the_machine_is_not_told(option: str) -> None:
    assert warned(option, runs=20) == ""


def test_one_s_own_machine_reads_once_in_all_by_default() -> None:
    once = compared(LOCAL).options[0].total_usd
    each_epoch = compared(LOCAL + 'reader = "shards"').options[0].total_usd
    assert once is not None
    assert each_epoch is not None
    assert once < 10
    assert each_epoch > once + Decimal(2000)


def test_machines_that_are_bought_are_counted_in_the_verdict_and_beside_it() -> None:
    bought = LOCAL.replace("owned = true", "purchase_usd = 900")
    several = compared(bought + "machines = 4")
    assert "4 machines are bought for o" in several.verdict
    assert several.options[0].beside[0] == "4 machines are bought at 900.00 USD each"
    one = compared(bought)
    assert "bought" not in one.verdict
    assert not any("are bought" in each for each in one.options[0].beside)
    shared = compared(bought + "machines = 4\ncharge = 'share'")
    assert "bought" not in shared.verdict


def test_a_small_data_volume_is_not_told_as_what_would_avoid_a_large_root_volume() -> None:
    said = warned(EC2 + "reader = 'copy'\nusd_per_hour = 0.01\nvolume_gib = 20", runs=1)
    assert "is volumes (EBS:VolumeUsage.gp3)" in said
    assert "volume_gib = 0" not in said
    assert "a shorter duration" in said

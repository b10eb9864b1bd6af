from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from cloudcost.catalog.instances import instance, instances, is_startable
from cloudcost.errors import UnknownInstanceError

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("name", "device", "count", "vcpu"),
    [
        ("p2.16xlarge", "K80", "16", 64),
        ("g3.16xlarge", "M60", "4", 64),
        ("g4dn.xlarge", "T4", "1", 4),
        ("ml.g4dn.12xlarge", "T4", "4", 48),
        ("p3dn.24xlarge", "V100-32GB", "8", 96),
        ("p4d.24xlarge", "A100-40GB", "8", 96),
        ("p4de.24xlarge", "A100-80GB", "8", 96),
        ("p5en.48xlarge", "H200", "8", 192),
        ("g6f.large", "L4", "1/8", 2),
        ("g6f.4xlarge", "L4", "1/2", 16),
        ("g7e.2xlarge", "RTX PRO 6000", "1", 8),
        ("trn1.32xlarge", None, "16", 128),
        ("m5.large", None, "0", 2),
        ("Standard_NV6ads_A10_v5", "A10", "1/6", 6),
        ("a2-highgpu-1g", "A100-40GB", "1", 12),
    ],
)
def test_machines_hold_what_they_are_known_to_hold(name: str, device: str | None, count: str, vcpu: int) -> None:
    machine = instance(name)
    assert (machine.device, machine.gpu_count, machine.vcpu) == (device, Fraction(count), vcpu)


@pytest.mark.parametrize(
    ("name", "startable"),
    [
        ("g2.2xlarge", False), ("g3.4xlarge", False), ("g3s.xlarge", False), ("p2.xlarge", False),
        ("p3.2xlarge", False), ("p3dn.24xlarge", False), ("a1.large", True), ("g4dn.xlarge", True),
        ("p5.48xlarge", True),
    ],
)  # fmt: skip
def test_retired_types_cannot_be_started_today(name: str, startable: bool) -> None:
    assert is_startable(instance(name), TODAY) is startable


def test_a_retired_type_could_be_started_until_its_day() -> None:
    machine = instance("g3.4xlarge")
    assert is_startable(machine, date(2025, 10, 30))
    assert not is_startable(machine, date(2025, 10, 31))


def test_an_unknown_type_names_the_nearest() -> None:
    with pytest.raises(UnknownInstanceError, match=r"no instance type 'ml.g4dn.xlage'; did you mean g4dn.xlarge or"):
        instance("ml.g4dn.xlage")


def test_all_machines_are_the_ones_looked_up_singly() -> None:
    assert instances()["g5.xlarge"] == instance("g5.xlarge")
    assert len(instances()) > 1_400

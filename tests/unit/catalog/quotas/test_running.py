"""What quota machines need: classes, spot apart, and what no row is for."""

from __future__ import annotations

import pytest

from cloudcost.catalog.instances import instance, type_names, types_with_device
from cloudcost.catalog.quotas.running import is_quota, needed_quota, quota_codes

EC2, SAGEMAKER = "AmazonEC2", "AmazonSageMaker"
WITHOUT = {"p6-b200.48xlarge", "p6-b300.48xlarge"}
"""Types with a GPU of which no row says what spot quota they need."""


@pytest.mark.parametrize(
    ("name", "purchase", "code"),
    [
        ("g4dn.xlarge", "on-demand", "L-DB2E81BA"), ("g6e.xlarge", "reserved-1y-no-upfront", "L-DB2E81BA"),
        ("g5.xlarge", "spot", "L-3819A6DF"), ("p3.2xlarge", "on-demand", "L-417A185B"),
        ("p6-b200.48xlarge", "on-demand", "L-417A185B"), ("p4d.24xlarge", "spot", "L-7212CCBC"),
        ("p5en.48xlarge", "spot", "L-C4BD4855"), ("c7i-flex.large", "on-demand", "L-1216C47A"),
        ("x2gd.large", "on-demand", "L-7295265B"), ("trn1.2xlarge", "spot", "L-6B0D517C"),
    ],
)  # fmt: skip
def test_a_type_needs_the_quota_of_its_class(name: str, purchase: str, code: str) -> None:
    needed = needed_quota(EC2, purchase, instance(name), 1)
    assert needed is not None
    assert (needed.code, needed.needed, needed.unit) == (code, instance(name).vcpu, "vCPUs")


def test_every_type_that_trains_has_a_quota_and_a_new_account_none_of_it() -> None:
    for name in sorted(types_with_device() & set(type_names("aws"))):
        for purchase in ("on-demand", "spot"):
            needed = needed_quota(EC2, purchase, instance(name), 1)
            if needed is None:
                assert purchase == "spot", name
                assert name in WITHOUT
            elif instance(name).gpu_count:
                assert needed.new_account == 0, name


def test_no_row_stands_for_a_class_that_is_not_known() -> None:
    assert needed_quota(EC2, "spot", instance("p6-b200.48xlarge"), 1) is None
    assert needed_quota(EC2, "on-demand", instance("u-12tb1.112xlarge"), 1) is None
    assert needed_quota("Lambda", "on-demand", instance("g5.xlarge"), 1) is None


def test_sagemaker_counts_instances_of_a_type() -> None:
    needed = needed_quota(SAGEMAKER, "on-demand", instance("g4dn.xlarge"), 3)
    assert needed is not None
    assert needed.code is None
    assert (needed.name, needed.needed, needed.unit) == ("ml.g4dn.xlarge for training job usage", 3, "instances")


def test_codes_are_single_and_known() -> None:
    codes = quota_codes()
    assert len(codes) == len(set(codes))
    assert all(is_quota(code) for code in codes)
    assert not any(map(is_quota, ("", "L-1", "ml.", "training job usage of mine")))

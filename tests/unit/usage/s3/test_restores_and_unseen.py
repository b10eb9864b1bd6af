"""Restores, incomplete uploads and delete markers, by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.projects import build_project, build_training

from cloudcost.analysis.compare import compare
from cloudcost.catalog.aws.restores import restores
from cloudcost.catalog.aws.storage_classes import storage_classes
from cloudcost.domain.lifecycle import LifecycleRule
from cloudcost.domain.project import Dataset, Option, Project
from cloudcost.results.estimate import Estimate
from cloudcost.usage.s3.restores import restore_seconds
from cloudcost.usage.s3.unseen import marker_usage

TODAY = date(2026, 11, 2)
GIB = 2**30
BOX = Option(name="box", kind="ec2", instance="g4dn.xlarge", hours_per_run=1.0, volume_gib=0)


def project(days: int = 30, **data: object) -> Project:
    told = {"images": 1024, "size_bytes": 1024 * GIB, "reader": "stream", "storage_class": "DEEP_ARCHIVE", **data}
    dataset = Dataset(**told)  # type: ignore[arg-type]
    training = build_training(runs=1, epochs=1)
    return build_project(BOX, days=days, start=date(2026, 11, 1), dataset=dataset, trainings=(training,))


def box(project: Project) -> Estimate:
    return compare(project, today=TODAY).options[0]


def usd(estimate: Estimate, usage_type: str, operation: str = "") -> Decimal:
    lines = [each for each in estimate.lines if (each.key.usage_type, each.key.operation) == (usage_type, operation)]
    return sum((each.amount_usd for each in lines), Decimal(0))


@pytest.mark.parametrize(
    ("storage_class", "tier", "retrieval", "requests"),
    [
        # 1,024 GiB at 0.02 and 1,024 requests at 0.0001; bulk 0.0025 and 0.000025
        ("DEEP_ARCHIVE", "Standard", "20.48", "0.1024"),
        ("DEEP_ARCHIVE", "Bulk", "2.56", "0.0256"),
        # Flexible Retrieval: 0.01 and 0.00005; bulk free; expedited 0.03 and 0.01
        ("GLACIER", "Standard", "10.24", "0.0512"),
        ("GLACIER", "Bulk", "0", "0"),
        ("GLACIER", "Expedited", "30.72", "10.24"),
    ],
)
def test_a_restore_bills_bytes_requests_and_a_copy(
    storage_class: str, tier: str, retrieval: str, requests: str
) -> None:
    restored = box(project(storage_class=storage_class, restore=tier))
    way = restores()[storage_class, tier]  # type: ignore[index]
    assert restored.feasible, restored.reason
    assert usd(restored, *way.retrieval) == Decimal(retrieval)
    assert usd(restored, *way.requests) == Decimal(requests)
    month = Decimal("1024") * Decimal("0.023")  # the copy, all of November; 8 KB an object of metadata come on top
    metadata = Decimal(1024 * 8192) / GIB * Decimal("0.023")
    assert usd(restored, "TimedStorage-ByteHrs") == pytest.approx(month + metadata, abs=Decimal("1e-6"))
    assert any(f"which takes up to {way.hours:g} h"[:25] in each for each in restored.assumptions)


def test_an_archive_without_a_restore_cannot_be_read() -> None:
    assert "keep it in another class while runs last, or write restore" in box(project()).reason
    expedited = box(project(restore="Expedited"))
    assert expedited.reason == "DEEP_ARCHIVE has no Expedited restores; write another tier for restore"


def test_runs_wait_for_the_restore() -> None:
    """Two days less 12 hours are 36: a run of 36 h fits, one of 36.1 h does not."""
    two = project(days=2, restore="Standard")
    assert restore_seconds(two) == 12 * 3600
    reasons = [
        box(replace(two, options=(replace(BOX, hours_per_run=hours, startup_minutes=0.0),))).reason
        for hours in (36.0, 36.1)
    ]
    assert reasons[0] == ""
    assert "1 machine has 36 h" in reasons[1]


def test_parts_of_incomplete_uploads_are_billed_until_they_are_aborted() -> None:
    """20 GiB for 30 days at 0.023 are 0.46 USD; with a rule of 7 days, 7 of 30 of it."""
    plain = box(project(storage_class="STANDARD", size_bytes=GIB, incomplete_bytes=20 * GIB))
    without = box(project(storage_class="STANDARD", size_bytes=GIB))
    assert plain.total_usd is not None
    assert without.total_usd is not None
    assert plain.total_usd - without.total_usd == Decimal("0.46")
    rule = (LifecycleRule(abort_incomplete_after_days=7),)
    aborted = box(project(storage_class="STANDARD", size_bytes=GIB, incomplete_bytes=20 * GIB, lifecycle=rule))
    assert aborted.total_usd is not None
    assert aborted.total_usd - without.total_usd == pytest.approx(Decimal("0.46") * 7 / 30, abs=Decimal("1e-9"))


@pytest.mark.parametrize(("storage_class", "staging"), [("GLACIER", "TimedStorage-GlacierStaging"),
                                                        ("DEEP_ARCHIVE", "TimedStorage-GDA-Staging"),
                                                        ("STANDARD_IA", "TimedStorage-SIA-ByteHrs")])  # fmt: skip
def test_parts_on_their_way_to_an_archive_are_billed_as_standard(storage_class: str, staging: str) -> None:
    found = box(project(storage_class=storage_class, size_bytes=1024, incomplete_bytes=100 * GIB, restore="Standard"))
    rules = storage_classes()[storage_class]
    assert (rules.staging_usage_type or rules.usage_type) == staging
    rate = Decimal("0.0125") if storage_class == "STANDARD_IA" else Decimal("0.023")
    assert usd(found, staging) == pytest.approx(100 * rate, abs=Decimal("0.001"))


def test_a_delete_marker_lies_from_expiry_until_it_is_cleaned() -> None:
    """Expired after 2 days, its noncurrent version gone 3 days later: the marker lies for 3 days, 64 bytes each."""
    rules = (LifecycleRule(expire_after_days=2), LifecycleRule(noncurrent_expire_after_days=3))
    found = marker_usage(project(storage_class="STANDARD", versioning=True, lifecycle=rules), "us-east-1")
    assert Counter({str(each.month): each.fixed for each in found}) == {"2026-11": 1024 * 64 * 3 * 24}
    forever = (LifecycleRule(expire_after_days=2),)
    kept = marker_usage(project(storage_class="STANDARD", versioning=True, lifecycle=forever), "us-east-1")
    assert [each.fixed for each in kept] == [1024 * 64 * 28 * 24]
    assert marker_usage(project(storage_class="STANDARD", lifecycle=forever), "us-east-1") == []

"""Byte-hours of a data set by calendar month: versions, uploads, what is kept, classes, lifecycle, checkpoints."""

from __future__ import annotations

from datetime import date

import pytest
from tests.projects import build_project, build_training

from cloudcost.domain.lifecycle import LifecycleRule
from cloudcost.domain.project import Checkpoint, Dataset, Option, Project, Training
from cloudcost.domain.usage import RunUsage
from cloudcost.usage.calendar import project_window
from cloudcost.usage.checkpoints import checkpoint_storage
from cloudcost.usage.meter import Meter
from cloudcost.usage.s3.lifecycle import lifecycle_assumptions
from cloudcost.usage.s3.parts import current_parts
from cloudcost.usage.s3.storage import dataset_storage
from cloudcost.usage.s3.timeline import Stay, read_stays, unreadable_because

KIB = 1024
DAY = 86_400


def stays_of(frame: Project) -> tuple[Stay, ...]:
    """Return the stays of a data set whose objects are all alike."""
    [part] = current_parts(frame.dataset)
    return read_stays(frame, part)


def project(
    dataset: Dataset, *, start: date = date(2026, 11, 2), days: int = 4, keep_months: int = 0, every_epochs: int = 1
) -> Project:
    return build_project(
        Option(name="o", kind="colab"),
        days=days,
        start=start,
        keep_months=keep_months,
        dataset=dataset,
        trainings=(
            build_training(epochs=5, runs=2, checkpoint=Checkpoint(size_bytes=3600, every_epochs=every_epochs)),
        ),
    )


def by_type(usages: list[RunUsage]) -> dict[tuple[str, str], int]:
    """Return the fixed quantities by usage type and month."""
    totals: dict[tuple[str, str], int] = {}
    for usage in usages:
        key = (usage.usage_type, str(usage.month))
        totals[key] = totals.get(key, 0) + usage.fixed
    return totals


def test_storage_is_size_times_hours() -> None:
    got = by_type(dataset_storage(project(Dataset(images=1, size_bytes=1000)), "us-east-1"))
    assert got == {("TimedStorage-ByteHrs", "2026-11"): 1000 * 96}


def test_storage_is_split_at_the_month_border() -> None:
    got = by_type(dataset_storage(project(Dataset(images=1, size_bytes=1000), start=date(2026, 11, 29)), "us-east-1"))
    assert got == {
        ("TimedStorage-ByteHrs", "2026-11"): 1000 * 48,
        ("TimedStorage-ByteHrs", "2026-12"): 1000 * 48,
    }


def test_what_is_kept_stays_for_calendar_months_after_the_end() -> None:
    frame = project(Dataset(images=1, size_bytes=10), start=date(2027, 1, 27), keep_months=1)
    # 4 days of January and February up to 31 January, 00:00; then to 28 February 00:00
    assert by_type(dataset_storage(frame, "us-east-1")) == {
        ("TimedStorage-ByteHrs", "2027-01"): 10 * 24 * 5,
        ("TimedStorage-ByteHrs", "2027-02"): 10 * 24 * 27,
    }


def test_without_versioning_a_further_upload_replaces_the_one_before() -> None:
    dataset = Dataset(images=1, size_bytes=1000, uploads=3)
    assert by_type(dataset_storage(project(dataset), "us-east-1")) == {("TimedStorage-ByteHrs", "2026-11"): 96_000}


def test_with_versioning_each_upload_is_billed_until_the_end() -> None:
    dataset = Dataset(images=1, size_bytes=1000, uploads=3, versioning=True)
    # uploaded at hours 0, 32 and 64 of 96
    expected = 1000 * (96 + 64 + 32)
    assert by_type(dataset_storage(project(dataset), "us-east-1")) == {("TimedStorage-ByteHrs", "2026-11"): expected}


def test_uploads_at_odd_times_lose_no_time() -> None:
    dataset = Dataset(images=1, size_bytes=3600, uploads=7)
    assert by_type(dataset_storage(project(dataset), "us-east-1")) == {
        ("TimedStorage-ByteHrs", "2026-11"): 3600 * 96
    }  # seven stays of 49,371 or 49,372 s are 345,600 s together


@pytest.mark.parametrize(
    ("storage_class", "held", "small", "early", "days"),
    [
        ("STANDARD_IA", "TimedStorage-SIA-ByteHrs", "TimedStorage-SIA-SmObjects", "EarlyDelete-SIA", 30),
        ("ONEZONE_IA", "TimedStorage-ZIA-ByteHrs", "TimedStorage-ZIA-SmObjects", "EarlyDelete-ZIA", 30),
        ("GLACIER_IR", "TimedStorage-GIR-ByteHrs", "TimedStorage-GIR-SmObjects", "EarlyDelete-GIR", 90),
    ],
)
def test_small_objects_of_an_infrequent_class_are_billed_as_128_kib(
    storage_class: str, held: str, small: str, early: str, days: int
) -> None:
    dataset = Dataset(images=10, size_bytes=10 * 100 * KIB, storage_class=storage_class)
    assert by_type(dataset_storage(project(dataset), "us-east-1")) == {
        (held, "2026-11"): 10 * 100 * KIB * 96,
        (small, "2026-11"): 10 * 28 * KIB * 96,
        (early, "2026-11"): 10 * 128 * KIB * 24 * (days - 4),
    }


def test_objects_of_128_kib_have_no_filler_and_a_long_stay_no_early_deletion() -> None:
    dataset = Dataset(images=10, size_bytes=10 * 128 * KIB, storage_class="STANDARD_IA")
    got = by_type(dataset_storage(project(dataset, start=date(2026, 11, 1), days=30), "us-east-1"))
    assert got == {("TimedStorage-SIA-ByteHrs", "2026-11"): 10 * 128 * KIB * 720}


def test_archived_objects_carry_32_kib_at_their_rate_and_8_kib_at_standard() -> None:
    dataset = Dataset(images=10, size_bytes=10**6, storage_class="DEEP_ARCHIVE")
    got = by_type(dataset_storage(project(dataset, start=date(2027, 1, 1), days=31), "us-east-1"))
    assert got == {
        ("TimedStorage-GDA-ByteHrs", "2027-01"): (10**6 + 10 * 32 * KIB) * 744,
        ("TimedStorage-ByteHrs", "2027-01"): 10 * 8 * KIB * 744,
        ("EarlyDelete-GDA", "2027-01"): 10**6 * 24 * (180 - 31),
    }


def test_lifecycle_moves_objects_once_they_are_old_and_bills_the_move() -> None:
    dataset = Dataset(
        images=10, size_bytes=10**7, lifecycle=(LifecycleRule(storage_class="GLACIER", after_days=30),)
    )  # fmt: skip
    got = by_type(dataset_storage(project(dataset, start=date(2026, 10, 2), days=121), "us-east-1"))
    # 30 days of Standard: all of October but a day; then 91 days of GLACIER
    assert got["TimedStorage-ByteHrs", "2026-10"] == 10**7 * 24 * 30
    assert got["TimedStorage-GlacierByteHrs", "2026-11"] == (10**7 + 10 * 32 * KIB) * 720
    assert got["TimedStorage-ByteHrs", "2026-11"] == 10 * 8 * KIB * 720
    assert got["Requests-Tier3", "2026-11"] == 10
    assert not any(name.startswith("EarlyDelete") for name, _ in got)


def test_a_rule_later_than_the_end_moves_nothing() -> None:
    dataset = Dataset(images=1, size_bytes=1000, lifecycle=(LifecycleRule(storage_class="GLACIER", after_days=4),))
    assert by_type(dataset_storage(project(dataset), "us-east-1")) == {("TimedStorage-ByteHrs", "2026-11"): 96_000}


def test_a_rule_from_the_first_day_leaves_nothing_in_the_first_class() -> None:
    dataset = Dataset(
        images=10, size_bytes=10**7, lifecycle=(LifecycleRule(storage_class="INTELLIGENT_TIERING", after_days=0),)
    )
    assert by_type(dataset_storage(project(dataset), "us-east-1")) == {
        ("TimedStorage-INT-FA-ByteHrs", "2026-11"): 10**7 * 96,
        ("Monitoring-Automation-INT", "2026-11"): 10 * 96,
        ("Requests-Tier4", "2026-11"): 10,
    }


def test_small_objects_are_not_monitored() -> None:
    dataset = Dataset(images=10, size_bytes=10**4, storage_class="INTELLIGENT_TIERING")
    got = by_type(dataset_storage(project(dataset), "us-east-1"))
    assert got == {("TimedStorage-INT-FA-ByteHrs", "2026-11"): 10**4 * 96}


def test_runs_read_the_newest_upload_in_the_class_that_it_then_has() -> None:
    rule = LifecycleRule(storage_class="STANDARD_IA", after_days=30)
    dataset = Dataset(images=1, size_bytes=10**6, lifecycle=(rule,))
    stays = stays_of(project(dataset, days=40))
    assert [(stay.storage_class, stay.window.seconds) for stay in stays] == [
        ("STANDARD", 30 * DAY),
        ("STANDARD_IA", 10 * DAY),
    ]


def test_uploads_in_one_class_are_read_as_one_stay() -> None:
    stays = stays_of(project(Dataset(images=1, size_bytes=1000, uploads=5)))
    assert [(stay.storage_class, stay.window.seconds) for stay in stays] == [("STANDARD", 4 * DAY)]


def test_an_archive_cannot_be_read() -> None:
    reason = unreadable_because(project(Dataset(images=1, size_bytes=1000, storage_class="GLACIER")))
    assert "GLACIER from 2026-11-02 on and cannot be read" in reason
    assert unreadable_because(project(Dataset(images=1, size_bytes=1000, storage_class="GLACIER_IR"))) == ""


def test_an_archive_after_the_project_is_no_obstacle() -> None:
    rule = LifecycleRule(storage_class="DEEP_ARCHIVE", after_days=10)
    assert unreadable_because(project(Dataset(images=1, size_bytes=1, lifecycle=(rule,)), keep_months=6)) == ""


def checkpoints(frame: Project) -> list[RunUsage]:
    return checkpoint_storage(Meter(frame, "us-east-1"), "TimedStorage-ByteHrs")


def test_a_run_keeps_its_last_checkpoint_for_half_the_project_on_average() -> None:
    [usage] = checkpoints(project(Dataset(images=1, size_bytes=1)))
    assert (usage.fixed, usage.per_run) == (0, (3600 * 48,))


def test_with_versioning_every_checkpoint_of_a_run_is_kept() -> None:
    dataset = Dataset(images=1, size_bytes=1, versioning=True)
    [usage] = checkpoints(project(dataset, every_epochs=2))
    assert usage.per_run == (3 * 3600 * 48,)  # after epochs 2 and 4, and at the end


def test_checkpoints_stay_as_long_as_things_are_kept() -> None:
    frame = project(Dataset(images=1, size_bytes=1), start=date(2026, 11, 27), keep_months=1)
    november, december = checkpoints(frame)
    # the project fills 27-30 November; kept through December
    assert (november.per_run, december.per_run) == ((3600 * 48,), (3600 * 744,))


def test_checkpoints_grow_from_month_to_month() -> None:
    frame = project(Dataset(images=1, size_bytes=1), start=date(2026, 11, 29))
    november, december = checkpoints(frame)
    # half the runs end in each month: the first half is there for 24 h of November's 48 on average, all of December's
    assert (november.per_run, december.per_run) == ((3600 * 12,), (3600 * 36,))


def test_no_checkpoints_store_nothing() -> None:
    frame = project(Dataset(images=1, size_bytes=1))
    training = frame.trainings[0]
    plain = Training(
        name="b", network=training.network, image_px=32, batch=8, epochs=training.epochs, runs=training.runs
    )
    bare = build_project(
        duration_seconds=DAY, start=frame.start, dataset=frame.dataset, trainings=(plain,), options=frame.options
    )
    assert checkpoints(bare) == []


def test_a_data_set_that_expires_before_the_end_cannot_be_read() -> None:
    rule = LifecycleRule(expire_after_days=3)
    assert unreadable_because(project(Dataset(images=1, size_bytes=1, lifecycle=(rule,)), days=3)) == ""
    assert unreadable_because(project(Dataset(images=1, size_bytes=1, lifecycle=(rule,)), days=4)) == (
        "a lifecycle rule lets the data set expire on 2026-11-05, before the project ends; write a larger "
        "expire_after_days"
    )


def test_a_move_comes_before_the_delete_marker_of_the_same_midnight() -> None:
    rules = (LifecycleRule(storage_class="GLACIER_IR", after_days=2), LifecycleRule(expire_after_days=2))
    dataset = Dataset(images=1, size_bytes=10**6, lifecycle=rules, versioning=True)
    got = by_type(dataset_storage(project(dataset), "us-east-1"))
    assert got["Requests-GIR-Tier1", "2026-11"] == 1


@pytest.mark.parametrize(
    ("dataset", "said"),
    [
        (
            Dataset(images=1, size_bytes=1000, lifecycle=(LifecycleRule(storage_class="GLACIER", after_days=1),)),
            "objects of 1,000 bytes are too small for a lifecycle rule to move them; S3 moves none under 128 KiB "
            "unless a rule names a size (min_object_size)",
        ),
        (
            Dataset(images=1, size_bytes=1000, lifecycle=(LifecycleRule(noncurrent_expire_after_days=1),)),
            "rules for noncurrent versions do nothing: the bucket keeps no versions (versioning)",
        ),
        (
            Dataset(images=1, size_bytes=10**6, storage_class="INTELLIGENT_TIERING"),
            "INTELLIGENT_TIERING moves what is not read to cheaper tiers after 30 and 90 days: the data set is taken "
            "to be read until 2026-11-06",
        ),
    ],
    ids=["small", "noncurrent", "tiers"],
)
def test_what_rules_and_tiers_are_taken_to_do_is_said(dataset: Dataset, said: str) -> None:
    frame = project(dataset)
    assert lifecycle_assumptions(dataset, frame.start, project_window(frame).end) == [said]

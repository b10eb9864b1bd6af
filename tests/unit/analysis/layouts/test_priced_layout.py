"""What a layout saves, what changing to it costs and when that is paid, worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.projects import build_project, build_training

from cloudcost.analysis.compare import compare, context_of
from cloudcost.analysis.layouts.search import best_layouts, layouts_of
from cloudcost.domain.objects import ObjectClass
from cloudcost.domain.project import Dataset, LocalMachine, Option, Project

TODAY = date(2026, 11, 2)
GIB = 2**30


def project(*options: Option, **fields: object) -> Project:
    dataset = Dataset(images=1024, size_bytes=1024 * GIB, reader="stream")
    told = {"dataset": dataset, "days": 30, "keep_months": 11, "start": date(2026, 11, 1), **fields}
    trainings = (build_training(runs=1, epochs=1),)
    return build_project(*options, trainings=trainings, **told)  # type: ignore[arg-type]


BOX = Option(name="box", kind="ec2", instance="g4dn.xlarge", hours_per_run=1.0, volume_gib=0)


def test_a_rule_that_moves_what_is_no_longer_read() -> None:
    """1,024 GiB in Standard, 30 days used and 11 months kept: 12 months x 1,024 x 0.023 USD.

    After day 30 in Glacier Deep Archive: 11 x 1,024 x 0.00099, and 40 KB an object of index and metadata.
    """
    found = layouts_of(project(BOX), "box", context_of(project(BOX), today=TODAY))
    rule = next(each for each in found.singles if each.changed == ("lifecycle",))
    assert [each.storage_class for each in rule.layout.lifecycle] == ["DEEP_ARCHIVE"]
    assert [each.after_days for each in rule.layout.lifecycle] == [30]
    saved = 11 * 1024 * (Decimal("0.023") - Decimal("0.00099"))
    assert rule.saves_usd == pytest.approx(saved, rel=Decimal("0.001"))
    assert rule.change_usd == 0
    assert rule.paid_after_days == 0
    assert "it takes up to two days to read back" in rule.conditions[0]


def test_a_change_is_paid_by_what_is_saved_a_day() -> None:
    """Moving 1,024 objects to Standard-IA costs 1,024 x 0.01 / 1,000 USD; a day of it saves 1,024 x 0.0105 / 30.4."""
    found = layouts_of(project(BOX), "box", context_of(project(BOX), today=TODAY))
    colder = next(each for each in found.singles if each.changed == ("storage_class",))
    assert colder.saves_usd > 0
    assert colder.change_usd is not None
    assert colder.change_usd > 0
    assert colder.paid_after_days is not None
    assert 1 <= colder.paid_after_days <= found.days == 395 - 30


def test_the_best_option_is_asked_and_its_rivals_may_overtake_it() -> None:
    """One's own machine copies 1 TiB out of the bucket for some 83 USD; with the images on its disk it costs cents."""
    machine = LocalMachine(electricity_usd_per_kwh=Decimal("0.2"))
    home = Option(name="home", kind="local", device="RTX 3060", hours_per_run=1.0, local=machine)
    both = project(BOX, home, keep_months=0)
    compared = compare(both, today=TODAY)
    assert compared.best is not None
    assert compared.best.name == "box"
    found = best_layouts(compared)
    assert found is not None
    assert found.option == "box"
    assert found.overtaken_by is not None
    name, other = found.overtaken_by
    assert (name, other.layout.location) == ("home", "local")
    assert other.total_usd < found.best.total_usd <= found.present.total_usd


def test_what_is_not_feasible_has_no_layouts() -> None:
    never = project(Option(name="box", kind="ec2", instance="g4dn.xlarge", hours_per_run=10_000.0))
    assert best_layouts(compare(never, today=TODAY)) is None
    with pytest.raises(ValueError, match="box is not feasible, or has no price, as it is"):
        layouts_of(never, "box", context_of(never, today=TODAY))


def test_every_layout_is_accounted_for() -> None:
    found = layouts_of(project(BOX), "box", context_of(project(BOX), today=TODAY))
    assert found.considered > found.infeasible + found.unpriced + found.not_needed
    assert found.infeasible > 0


def test_earlier_versions_stay_in_their_bucket_and_go_with_it() -> None:
    """Another class moves what is current; archives, or another place, take the bucket's place with all in it."""
    listed = (
        ObjectClass(count=1024, size_bytes=1024 * GIB),
        ObjectClass(count=1024, size_bytes=1024 * GIB, age_days=90, noncurrent_days=30),
    )
    dataset = Dataset(images=1024, size_bytes=1024 * GIB, reader="stream", versioning=True, objects=listed)
    kept = project(BOX, dataset=dataset)
    found = layouts_of(kept, "box", context_of(kept, today=TODAY))
    [colder] = [each for each in found.singles if each.changed == ("storage_class",)]
    [archives] = [each for each in found.singles if each.changed == ("objects",)]
    gone = "what was there is deleted, earlier versions too"
    assert gone not in colder.conditions
    assert gone in archives.conditions
    assert archives.saves_usd > 12 * 1024 * Decimal("0.023") * Decimal("0.9") > colder.saves_usd

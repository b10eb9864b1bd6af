"""The best of the book is the best of all its rows, and every row is accounted for."""

from __future__ import annotations

import csv
import random
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.projects import build_project, build_training

import cloudcost
from cloudcost.analysis.choose.rows import book_rows
from cloudcost.analysis.choose.search import OTHER, choose
from cloudcost.analysis.choose.wanted import Wanted
from cloudcost.analysis.compare import context_of
from cloudcost.catalog.books.book import load_book
from cloudcost.domain.project import Count, Dataset, Project
from cloudcost.results.comparison import BookChoice

TODAY = date(2026, 11, 22)
DATA = Path(cloudcost.__file__).parent / "catalog" / "data"


def project(**fields: object) -> Project:
    training = build_training(
        network="resnet50", image_px=224, batch=32, epochs=5, runs=Count(kind="range", expected=3, low=2, high=4)
    )
    dataset = Dataset(images=60_000, size_bytes=7 * 10**9)
    return build_project(days=4, trainings=(training,), dataset=dataset, start=TODAY, **fields)


def chosen(wanted: Wanted, *, pruned: bool, top: int = 5) -> BookChoice:
    asked = project()
    return choose(asked, context_of(asked, today=TODAY), wanted, top=top, pruned=pruned)


def a_filter(seed: int) -> Wanted:
    """Return filters and limits at random, narrow enough to price all that is left."""
    drawn = random.Random(seed)
    gpus = tuple(drawn.sample(["T4", "L4", "A10G", "V100", "A100", "H100", "L40S", "K80", "T4G"], drawn.randint(1, 2)))
    return Wanted(
        gpus=gpus,
        providers=drawn.choice([(), (), ("ec2",), ("sagemaker",), ("gcp", "azure"), ("aws", "colab")]),
        regions=drawn.choice([(), ("us-east-1",), ("us-east-1", "eu-west-1", "sa-east-1"), ("eu-central-1", "")]),
        purchases=drawn.choice([("on-demand",), ("on-demand", "reserved"), ("on-demand", "spot")]),
        budget_usd=drawn.choice([None, Decimal(5), Decimal(20)]),
        max_hours=drawn.choice([None, 12.0, 48.0]),
    )


def same(wanted: Wanted) -> None:
    fast, slow = chosen(wanted, pruned=True), chosen(wanted, pruned=False)
    assert [(each.name, each.total_usd) for each in fast.comparison.options] == [
        (each.name, each.total_usd) for each in slow.comparison.options
    ]
    assert fast.front == slow.front
    assert (fast.considered, fast.priced, fast.left_out) == (slow.considered, slow.priced, slow.left_out)
    for each in (fast, slow):
        assert each.considered == each.priced + sum(each.left_out.values())


@pytest.mark.parametrize("seed", range(4))
def test_the_bound_changes_nothing(seed: int) -> None:
    same(a_filter(seed))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4, 20))
def test_the_bound_changes_nothing_whatever_is_asked(seed: int) -> None:
    same(a_filter(seed))


def test_every_row_of_the_tables_is_considered() -> None:
    """Counted from the files themselves: EC2's own form, reservations, spot, and the other clouds' tables."""
    found: Counter[tuple[str, str]] = Counter()
    for row in book_rows(load_book(), TODAY):
        found[row.kind, row.purchase.partition("-")[0]] += row.count
    own = list((DATA / "ec2").glob("*-*.csv"))
    listed = {(path.stem, row["instance_type"]) for path in own for row in rows_of(path)}
    with (DATA / "prices" / "AmazonEC2-history.csv").open(encoding="utf-8") as stream:
        earlier = list(csv.DictReader(stream))
    listed |= {
        (row["region"], row["usage_type"].partition(":")[2])
        for row in earlier
        if row["usage_type"].startswith("BoxUsage:") and row["purchase"] == "on-demand"
    }
    assert found["ec2", "on"] == len(listed)
    clouds = {
        (row["service"], row["region"], row["usage_type"], row["purchase"])
        for name in ("Azure", "GCP", "Lambda", "Paperspace", "RunPod")
        for row in rows_of(DATA / "prices" / f"{name}-gpu.csv")
    }
    machines = {row["name"] for row in rows_of(DATA / "instances.csv")}
    of_clouds = sum(count for (kind, _), count in found.items() if kind == "cloud")
    assert of_clouds == len([each for each in clouds if each[2] in machines])


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_filters_leave_what_is_asked_for() -> None:
    found = chosen(Wanted(gpus=("rtx pro 6000", "l4"), regions=("us-east-1",), purchases=("on-demand",)), pruned=True)
    names = [each.name for each in found.comparison.options]
    assert names
    assert all("us-east-1" in name for name in names)
    assert found.left_out[OTHER] > 10_000


def test_a_part_of_a_gpu_is_no_answer() -> None:
    """A g6f.large has an eighth of an L4: its time is not that of a whole one."""
    found = chosen(Wanted(gpus=("L4",), regions=("us-east-1",), providers=("ec2",)), pruned=True)
    assert not any("g6f" in each.name for each in found.comparison.options)
    assert found.left_out["a part of a GPU, whose time is not known"] > 0


def test_limits_hold_of_all_that_is_shown() -> None:
    wanted = Wanted(gpus=("L4", "T4"), regions=("us-east-1",), budget_usd=Decimal(6), max_hours=10.0)
    found = chosen(wanted, pruned=True, top=50)
    assert all(each.total_usd <= 6 and each.calendar_hours <= 10 for each in found.front)
    assert all(each.total_usd is not None and each.total_usd <= 6 for each in found.comparison.options)
    assert found.left_out.get("over the budget", 0) + found.left_out.get("over the hours", 0) > 0

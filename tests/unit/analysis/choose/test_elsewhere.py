"""One model of a machine answers for all places as a whole model of each row does, whatever the project is.

Random projects with all that makes bills depend on more than their own rows: credits, tax, support plans, the account's
age, what is left on, several machines, months' ends, price cuts, data in other clouds, checkpoints on spot capacity.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.projects import build_project, build_training

from cloudcost.analysis.choose.search import choose
from cloudcost.analysis.choose.wanted import Wanted
from cloudcost.analysis.compare import context_of
from cloudcost.domain.left_on import LeftOn
from cloudcost.domain.project import Checkpoint, Dataset, Project, Training

TODAY = date(2026, 11, 29)
STARTS = (
    date(2026, 11, 2),
    date(2026, 11, 28),  # into the next month
    date(2025, 5, 20),  # P4 and P5 became cheaper on 1 June
    date(2024, 3, 30),
    date(2020, 10, 20),  # SageMaker became cheaper in November
    date(2026, 12, 25),
)
GPUS = ("T4", "L4", "A10G", "V100", "A100", "H100", "L40S", "K80", "T4G")
LEFT_ON = LeftOn(service="AmazonEC2", usage_type="EBS:VolumeUsage.gp3", quantity=Decimal(50))


def a_training(name: str, drawn: random.Random) -> Training:
    return build_training(
        name=name,
        network=drawn.choice(("resnet18", "resnet50", "vgg16")),
        image_px=drawn.choice((64, 224)),
        batch=drawn.choice((8, 32, 128)),
        epochs=drawn.choice((1, 5, 40)),
        runs=drawn.choice((0, 1, 3, 12)),
        checkpoint=drawn.choice((None, Checkpoint(size_bytes=10**8), Checkpoint(size_bytes=10**9, every_epochs=5))),
        validation_images=drawn.choice((0, 1000)),
    )


def a_project(drawn: random.Random) -> Project:
    start = drawn.choice(STARTS)
    dataset = Dataset(
        images=60_000,
        size_bytes=drawn.choice((10**9, 7 * 10**9, 300 * 10**9)),
        reader=drawn.choice(("copy", "stream", "shards")),
        location=drawn.choice(("s3", "s3", "s3", "local", "gcs", "azure")),
        versioning=drawn.choice((False, True)),
        downloads=drawn.choice((0, 1)),
    )
    return build_project(
        days=drawn.choice((2, 4, 40)),
        start=start,
        dataset=dataset,
        trainings=tuple(a_training(name, drawn) for name in "ab"[: drawn.choice((1, 1, 2))]),
        region=drawn.choice(("us-east-1", "eu-west-1", "sa-east-1")),
        credits_usd=drawn.choice((Decimal(0), Decimal(0), Decimal(100))),
        tax_rate=drawn.choice((Decimal(0), Decimal("0.16"))),
        support_plan=drawn.choice((*[None] * 5, "business")),
        machines=drawn.choice((1, 1, 3)),
        hours_per_day=drawn.choice((24.0, 8.0)),
        keep_months=drawn.choice((0, 2)),
        account_opened=drawn.choice((None, None, start.replace(year=start.year - 1), start)),
        left_on=drawn.choice(((), (), (), (), (), (LEFT_ON,))),
    )


def a_question(drawn: random.Random) -> Wanted:
    regions = [(), ("us-east-1",), ("us-east-1", "eu-west-1", "sa-east-1", "mx-central-1"), ("eu-central-1", "")]
    return Wanted(
        gpus=tuple(drawn.sample(GPUS, drawn.choice((1, 2, 9)))),
        providers=drawn.choice([(), (), ("ec2",), ("sagemaker",), ("gcp", "azure"), ("aws", "colab")]),
        regions=drawn.choice(regions),
        purchases=drawn.choice([(), ("on-demand",), ("on-demand", "reserved"), ("on-demand", "spot"), ("spot",)]),
        budget_usd=drawn.choice([None, None, Decimal(5), Decimal(200)]),
        max_hours=drawn.choice([None, None, 12.0, 48.0]),
    )


def same(project: Project, wanted: Wanted, **asked: Any) -> None:
    """Demand one answer with and without what spares work, every count included."""
    as_of, top = asked.pop("as_of", None), asked.pop("top", 3)
    answers = []
    for pruned in (True, False):
        context = context_of(project, today=TODAY, as_of=as_of, **asked)
        found = choose(project, context, wanted, top=top, pruned=pruned)
        shown = [(each.name, each.total_usd, each.hours, each.reason) for each in found.comparison.options]
        answers.append((shown, found.front, found.considered, found.priced, found.left_out))
    fast, slow = answers
    assert fast == slow


NARROW = Wanted(gpus=("T4", "H100"), providers=("aws",), regions=("us-east-1", "ap-southeast-3", "us-gov-west-1"))


def test_a_row_of_no_account_without_all_of_its_prices_is_counted_so() -> None:
    """Traffic from Jakarta to a bucket in São Paulo has no price, nor has a reservation of P5 since June 2025."""
    project = build_project(days=40, region="sa-east-1", dataset=Dataset(images=60_000, size_bytes=7 * 10**9))
    same(project, NARROW)


@pytest.mark.parametrize(
    "fields",
    [
        {"credits_usd": Decimal(5), "tax_rate": Decimal("0.16")},
        {"account_opened": date(2026, 10, 1)},
        {"support_plan": "business"},
        {"left_on": (LEFT_ON,)},
        {"machines": 3, "hours_per_day": 8.0},
        {"start": date(2025, 5, 20), "days": 40},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_what_a_bill_depends_on_beside_its_rows_changes_nothing(fields: dict[str, Any]) -> None:
    checkpoint = Checkpoint(size_bytes=10**8)
    training = build_training(network="resnet50", batch=32, epochs=5, runs=3, checkpoint=checkpoint)
    project = build_project(trainings=(training,), **fields)
    same(project, replace(NARROW, regions=("us-east-1", "eu-west-1")))


def test_rows_of_the_book_do_not_move_a_bucket_whose_region_is_not_stated() -> None:
    """The cheapest machine stands far from the bucket; as an option of the comparison it would draw it there."""
    dataset = Dataset(images=60_000, size_bytes=7 * 10**9, location="gcs")
    project = build_project(dataset=dataset, trainings=(build_training(network="resnet50", batch=32, epochs=5),))
    wanted = Wanted(gpus=("L4",), providers=("gcp",), purchases=("on-demand",), regions=("europe-west4", "us-east4"))
    found = choose(project, context_of(project, today=TODAY), wanted, top=3)
    shown = {each.name: each.total_usd for each in found.comparison.options}
    assert found.front
    assert all(shown[each.name] == each.total_usd for each in found.front if each.name in shown)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(24))
def test_one_model_answers_as_whole_models_do(seed: int) -> None:
    drawn = random.Random(seed)
    as_of = drawn.choice((None, None, None, date(2025, 5, 1), date(2026, 11, 22)))
    same(
        a_project(drawn),
        a_question(drawn),
        as_of=as_of,
        allow_assumed=drawn.choice((True, True, False)),
        top=drawn.choice((3, 10)),
    )

"""Parameters, flips and suggestions on small projects whose answers can be worked out by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.projects import build_project, build_training

from cloudcost.analysis.compare import context_of
from cloudcost.analysis.matters.flips import find_flips
from cloudcost.analysis.matters.parameters import Parameter
from cloudcost.analysis.matters.ranges import assumed, of_count
from cloudcost.analysis.matters.suggestions.best import suggestions
from cloudcost.analysis.matters.what_if import Board, board_of
from cloudcost.analysis.matters.what_matters import parameters_of, what_matters
from cloudcost.domain.project import Checkpoint, Count, Dataset, LocalMachine, Option, Project
from cloudcost.project.file import parse_project
from cloudcost.render.reasons.record import what_matters_record
from cloudcost.render.reasons.sensitivity import MOST_FLIPS, flip_rows, what_matters_text
from cloudcost.results.matters import Suggestion, WhatMatters

TODAY = date(2026, 11, 22)
RENTED = Option(name="rented", kind="cloud", provider="lambda", region="x", device="T4", hours_per_run=10.0,
                usd_per_hour=Decimal("0.5"), startup_minutes=0.0)  # fmt: skip
OWNED = Option(name="owned", kind="local", device="RTX 3090", hours_per_run=10.0,
               local=LocalMachine(watts=500.0, electricity_usd_per_kwh=Decimal("0.2")))  # fmt: skip


def _project(*options: Option, **changes: object) -> Project:
    project = build_project(
        name="small",
        start=TODAY,
        dataset=Dataset(images=1000, size_bytes=10**8, location="local"),
        trainings=(build_training(image_px=224, batch=32, epochs=10, runs=2, checkpoint=Checkpoint(size_bytes=10**8)),),
        options=options or (RENTED, OWNED),
    )
    return replace(project, **changes)  # type: ignore[arg-type]


def _board(project: Project, *, allow_assumed: bool = True) -> Board:
    return board_of(project, context_of(project, today=TODAY, allow_assumed=allow_assumed))


def _parameter(board: Board, name: str) -> Parameter:
    return next(each for each in parameters_of(board) if each.name == name)


def _named(project: Project, name: str) -> Suggestion | None:
    return next((each for each in suggestions(_board(project)) if each.name == name), None)


def test_electricity_flips_where_a_kwh_costs_what_the_rented_hour_does() -> None:
    """0.5 USD an hour against 0.5 kW: equal at 1 USD/kWh."""
    board = _board(_project())
    [flip] = find_flips(_parameter(board, "electricity"), board)
    assert flip.value == pytest.approx(1.0, rel=2e-3)
    assert (flip.best, flip.becomes, flip.moves, flip.above) == ("owned", "rented", "local to cloud", True)
    assert flip.reason == ""


def test_the_option_flips_where_it_is_five_times_slower() -> None:
    """0.1 USD of electricity an hour against 0.5 USD of rent."""
    board = _board(_project())
    [flip] = find_flips(_parameter(board, "time:owned"), board)
    assert flip.value == pytest.approx(4.8, rel=2e-3), "20 h in 96 h: the calendar ends before the price does"
    assert flip.reason.startswith("the runs take 96 h")


def test_runs_flip_where_they_no_longer_fit_and_nothing_else_can() -> None:
    board = _board(_project())
    [flip] = find_flips(_parameter(board, "runs"), board)
    assert (flip.kept, flip.value, flip.becomes, flip.moves) == (9.0, 10.0, "", "")


def test_where_nothing_can_be_done_more_time_flips_it() -> None:
    board = _board(_project(duration_seconds=3600 * 10))
    assert board.best is None
    [flip] = find_flips(_parameter(board, "duration"), board)
    assert flip.value == pytest.approx(20 / 24, rel=2e-3)
    assert (flip.best, flip.becomes) == ("", "owned")


def test_a_place_flips_only_when_the_other_place_wins() -> None:
    other = replace(RENTED, name="other", usd_per_hour=Decimal("0.4"))
    board = _board(_project(RENTED, other, OWNED))
    [by_name] = find_flips(_parameter(board, "electricity"), board)
    [by_place] = find_flips(_parameter(board, "electricity"), board, by="place")
    assert by_name.becomes == by_place.becomes == "other"


def test_one_rented_machine_taking_over_from_another_moves_no_place() -> None:
    other = replace(RENTED, name="other", usd_per_hour=Decimal("0.4"))
    dear = replace(OWNED, local=LocalMachine(watts=500.0, electricity_usd_per_kwh=Decimal(2)))
    board = _board(_project(RENTED, other, dear))
    slower = _parameter(board, "time:other")
    [flip] = find_flips(slower, board)
    assert (flip.becomes, flip.moves) == ("rented", "")
    assert flip.value == pytest.approx(1.25, rel=2e-3)
    assert find_flips(slower, board, by="place") == ()


def test_a_parameter_refuses_what_lies_outside_or_between_whole_numbers() -> None:
    board = _board(_project())
    with pytest.raises(ValueError, match="months kept after the end, -1 months, give 0 to 120"):
        _parameter(board, "keep_months").at(board.project, -1)
    with pytest.raises(ValueError, match=r"runs, 1\.5, give a whole number"):
        _parameter(board, "runs").at(board.project, 1.5)


def test_names_of_parameters_are_unique() -> None:
    names = [each.name for each in parameters_of(_board(_project()))]
    assert len(names) == len(set(names))
    assert {"runs", "epochs", "time", "time:owned", "keep_months", "electricity", "watts:owned", "idle:rented"} <= set(
        names
    )


def test_machines_that_pay_alike_share_the_price_of_electricity() -> None:
    dear = replace(OWNED, name="dear", local=LocalMachine(watts=500.0, electricity_usd_per_kwh=Decimal("0.4")))
    like = replace(OWNED, name="like")
    names = {each.name: set(each.options or ()) for each in parameters_of(_board(_project(OWNED, like, dear)))}
    assert names["electricity:owned"] == {"owned", "like"}
    assert names["electricity:dear"] == {"dear"}


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        (Count.fixed(4), 2, 8),
        (Count(kind="range", expected=5, low=3, high=8), 3, 8),
        (Count(kind="list", expected=4, low=0, high=0, values=(2, 4, 9)), 2, 9),
        (Count(kind="geometric", expected=4, low=0, high=0, mean=4.0), 1, 9),
        (Count(kind="negative-binomial", expected=4, low=0, high=0, mean=4.0, dispersion=3.0), 1, 8),
    ],
)
def test_a_count_has_the_range_that_the_project_states(count: Count, low: int, high: int) -> None:
    found = of_count(count, 0.8)
    assert (found.low, found.mode, found.high) == (low, count.expected, high)
    assert found.source.startswith("assumed" if count.kind == "fixed" else "the project file")


def test_a_range_without_width_has_no_distance() -> None:
    assert assumed(0.0).distance(1.0) is None


S3 = Dataset(images=60_000, size_bytes=6 * 10**9, versioning=True, uploads=2, reader="stream")
EC2 = Option(name="ec2", kind="ec2", instance="g4dn.xlarge", hours_per_run=5.0, nat=True, idle_hours_per_day=2.0)
SAGEMAKER = Option(
    name="sagemaker", kind="sagemaker", instance="ml.g4dn.xlarge", hours_per_run=5.0,
    notebook_instance="ml.g4dn.xlarge", notebook_hours=96.0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("option", "name", "text"),
    [
        (EC2, "shards", "45 tar shards instead of 60,000 objects"),
        (EC2, "no-versioning", "versioning off"),
        (EC2, "one-upload-less", "one upload of the data set less"),
        (EC2, "no-nat", "a gateway endpoint to S3 instead of the NAT gateway"),
        (EC2, "no-idle", "the machine stopped when a run ends instead of 2 idle hours a day"),
        (EC2, "delete", "everything deleted on the last day"),
        (EC2, "reserved", "reserved for 1 year instead of on-demand"),
        (replace(EC2, instance="g4dn.2xlarge"), "smaller", "g4dn.xlarge instead of g4dn.2xlarge"),
        (SAGEMAKER, "stop-notebook", "the notebook stopped outside 8 hours a day"),
        (replace(SAGEMAKER, notebook_hours=3.0), "stop-notebook", "no notebook"),
        (SAGEMAKER, "small-notebook", "an ml.t3.medium notebook instead of ml.g4dn.xlarge"),
    ],
)
def test_what_can_be_spared_is_suggested(option: Option, name: str, text: str) -> None:
    found = _named(_project(option, dataset=S3, keep_months=2), name)
    assert found is not None
    assert found.text == text
    assert found.saving_usd is not None
    assert (found.saving_usd > 0) == (name != "reserved")


def test_keys_for_each_object_are_spared_by_a_key_of_the_bucket() -> None:
    asking = replace(S3, encryption="SSE-KMS")
    found = _named(_project(EC2, dataset=asking), "bucket-key")
    assert found is not None
    assert found.text == "a key of the bucket in place of one for each object"
    assert found.saving_usd is not None
    assert found.saving_usd > 0
    assert _named(_project(EC2, dataset=replace(asking, bucket_key=True)), "bucket-key") is None


def test_a_bucket_of_another_cloud_is_copied_once_and_keeps_to_its_own_class() -> None:
    images = replace(S3, location="gcs", uploads=1, size_bytes=10**11, reader="copy")
    elsewhere = _project(replace(EC2, nat=False), dataset=images)
    found = _named(elsewhere, "data-copy")
    assert found is not None
    assert found.text == "a second bucket in us-east-1, filled once, instead of reading another cloud's"
    assert _named(replace(elsewhere, keep_months=24), "cold") is None


def test_what_is_kept_long_moves_to_a_colder_class() -> None:
    large = replace(S3, images=1000, size_bytes=10**12, uploads=1)
    found = _named(_project(EC2, dataset=large, keep_months=24), "cold")
    assert found is not None
    assert found.text == "the data set moved to DEEP_ARCHIVE after the project"
    assert found.project.dataset.lifecycle[0].after_days == 4


def test_a_reservation_says_from_how_many_hours_on_it_pays() -> None:
    found = _named(_project(EC2, dataset=S3), "reserved")
    assert found is not None
    assert "pays from" in found.condition
    assert found.saving_usd is not None
    assert found.saving_usd < -1000


def test_a_machine_that_runs_all_year_is_better_reserved() -> None:
    year = _project(EC2, dataset=S3, duration_seconds=365 * 86400)
    busy = replace(year, trainings=(replace(year.trainings[0], runs=Count.fixed(1700)),))
    found = _named(busy, "reserved")
    assert found is not None
    assert found.saving_usd is not None
    assert found.saving_usd > 500


def test_a_price_that_is_not_known_is_named_as_unknown() -> None:
    project = _project(replace(EC2, region="us-gov-west-1"), dataset=S3)
    found = next(each for each in suggestions(_board(project, allow_assumed=False)) if each.name == "spot")
    assert (found.saving_usd, found.total_usd) == (None, None)
    assert found.reason.startswith("no price for AmazonEC2/SpotUsage:g4dn.xlarge/spot")


def test_lower_precision_is_suggested_where_the_device_computes_in_it() -> None:
    found = _named(_project(EC2, dataset=S3), "precision")
    assert found is not None
    assert found.text == "amp instead of PyTorch's default precision"
    assert found.hours_more is not None
    assert found.hours_more < 0


def test_nothing_is_suggested_for_what_cannot_be_done() -> None:
    assert suggestions(_board(_project(EC2, dataset=S3, duration_seconds=3600))) == ()


@pytest.fixture(scope="module")
def matters() -> WhatMatters:
    """A machine of one's own, a rented one and an EC2 machine."""
    project = _project(RENTED, OWNED, EC2, dataset=S3)
    return what_matters(project, context_of(project, today=TODAY))


def test_the_text_keeps_within_its_columns(matters: WhatMatters) -> None:
    text = what_matters_text(matters, width=60)
    assert max(map(len, text.splitlines())) <= 60
    assert 2 <= text.count("- the verdict flips only if") <= MOST_FLIPS < len(matters.flips)
    assert "tar shards instead of 60,000 objects" in text


def test_the_nearest_flips_are_two_sentences(matters: WhatMatters) -> None:
    rows = flip_rows(matters, most=2)
    assert sum(row.startswith("- the verdict flips only if ") for row in rows) == 2


def test_the_record_is_plain_json_with_money_as_strings(matters: WhatMatters) -> None:
    record = json.loads(json.dumps(what_matters_record(matters)))
    assert set(record) == {"best", "runner_up", "flips", "tornado", "front", "front_sentence", "suggestions"}
    assert record["best"] == "owned"
    assert all(isinstance(row["total_usd"][0], str) for row in record["tornado"])
    assert len(record["flips"]) == len(matters.flips)


def test_flips_come_nearest_first(matters: WhatMatters) -> None:
    distances = [flip.distance_sd for flip in matters.flips if flip.distance_sd is not None]
    assert distances == sorted(distances)
    assert all(flip.moves for flip in matters.moves)


def test_an_option_that_cannot_be_timed_does_not_matter() -> None:
    unknown = Option(name="unknown", kind="cloud", provider="gcp", region="x", device=None)
    project = _project(RENTED, OWNED, unknown)
    found = what_matters(project, context_of(project, today=TODAY))
    assert found.best == "owned"
    assert all("unknown" not in row.parameter for row in found.tornado)


def test_options_on_the_same_gpu_are_slower_together() -> None:
    """What the timing model has wrong of a GPU, it has wrong on every machine that holds it."""
    text = (
        '[project]\nname = "p"\nduration = "9 days"\n[dataset]\nimages = 60000\nsize = "7 GB"\n'
        '[[training]]\nnetwork = "resnet50"\nepochs = 20\n'
        '[[option]]\nname = "ec2"\nkind = "ec2"\ninstance = "g5.xlarge"\n'
        '[[option]]\nname = "jobs"\nkind = "sagemaker"\ninstance = "ml.g5.xlarge"\n'
        '[[option]]\nname = "stated"\nkind = "ec2"\ninstance = "g5.2xlarge"\nhours_per_run = 3\n'
    )
    project = parse_project(text, name="p.toml", today=TODAY)
    board = board_of(project, context_of(project, today=TODAY))
    times = [each for each in parameters_of(board) if each.name.startswith("time:")]
    assert [(each.label, each.options) for each in times] == [
        ("time of a step on A10G", frozenset({"ec2", "jobs"})),
        ("time of a step on stated", frozenset({"stated"})),
    ]
    assert not any(
        {flip.best, flip.becomes} == {"ec2", "jobs"} and flip.plausible for flip in find_flips(times[0], board)
    )

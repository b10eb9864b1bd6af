"""What `--over KEY=VALUES` means, and what is said of keys and values that mean nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from cloudcost.analysis.sweep.keys import SweptKey, find_key
from cloudcost.analysis.sweep.plan import plan_sweep
from cloudcost.analysis.sweep.points import CHUNK, points
from cloudcost.analysis.sweep.values import Drawn, Listed, Values, parse_values
from cloudcost.domain.project import Project
from cloudcost.errors import InputError
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.file import parse_project

TODAY = date(2026, 11, 22)
RETO = bundled_project_text("reto")


@pytest.fixture(scope="module")
def reto() -> Project:
    return parse_project(RETO, name="reto.toml", today=TODAY)


def listed(text: str, form: str = "int") -> Listed:
    key = SweptKey(text="training.batch", table="training", rows=(0,), path=("batch",), form=form)
    values = parse_values(text, key, sampled=False)
    assert isinstance(values, Listed)
    return values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("16,32", (16, 32)),
        ("g4dn.xlarge, g5.xlarge", ("g4dn.xlarge", "g5.xlarge")),
        ('"a,b",c', ("a,b", "c")),
        ("48 GB,1.5 GiB", ("48 GB", "1.5 GiB")),
        ("0.25,1", (Decimal("0.25"), 1)),
        ("true,false", (True, False)),
        ("2026-12-01", (date(2026, 12, 1),)),
        ("{low=1,mode=2,high=3},4", ({"low": 1, "mode": 2, "high": 3}, 4)),
        ("1:10:4", (1, 5, 9)),
        ("1:3", (1, 2, 3)),
        ("0:0.5:0.25", (0, Decimal("0.25"), Decimal("0.5"))),
        ("10:30:10 GB", ("10 GB", "20 GB", "30 GB")),
        ("1 GB:2 GB", ("1 GB", "2 GB")),
        ("1:3,10", (1, 2, 3, 10)),
    ],
)
def test_values_are_read_as_the_project_file_has_them(text: str, values: tuple[object, ...]) -> None:
    assert listed(text).values == values


def test_a_text_with_colons_is_no_range() -> None:
    assert listed("package.nets:make", "text").values == ("package.nets:make",)


@pytest.mark.parametrize(
    ("text", "sampled", "said"),
    [
        ("", False, "an empty value"),
        ("1,,2", False, "an empty value"),
        ("5:1", False, "not a range"),
        ("1:5:0", False, "not a range"),
        ("0:100000000", False, "values"),
        ("1 GB:2 TB", False, "several units"),
        ("1..5", False, "add --sample N"),
        ("5..1", True, "low <= high"),
        ("log:0..5", True, "over 0"),
        ("log:5", True, "not a stretch"),
        ("1.5..2", True, "not whole numbers"),
    ],
)
def test_values_that_mean_nothing_are_faults(text: str, sampled: bool, said: str) -> None:
    key = SweptKey(text="training.batch", table="training", rows=(0,), path=("batch",), form="int")
    with pytest.raises(InputError, match=said):
        parse_values(text, key, sampled=sampled)


def test_a_text_cannot_be_drawn() -> None:
    key = SweptKey(text="training.network", table="training", rows=(0,), path=("network",), form="text")
    with pytest.raises(InputError, match="list the values"):
        parse_values("1..5", key, sampled=True)


@pytest.mark.parametrize("share", [0.0, 0.3, 1 - 2**-53])
@pytest.mark.parametrize("logarithmic", [False, True])
def test_what_is_drawn_lies_within_the_stretch(share: float, logarithmic: bool) -> None:
    whole = Drawn(2, 5, logarithmic, True).at(share)
    real = Drawn(0.5, 7.25, logarithmic, False).at(share)
    assert isinstance(whole, int)
    assert 2 <= whole <= 5
    assert Decimal("0.5") <= Decimal(real) <= Decimal("7.25")


def test_keys_stand_in_one_row_or_in_all_that_have_them(reto: Project) -> None:
    assert find_key("training.vgg16.checkpoint.size", reto).rows == (1,)
    assert find_key("training.runs.mode", reto).path == ("runs", "mode")
    colab = find_key("option.accelerator", reto)
    assert {reto.options[row].kind for row in colab.rows} == {"colab"}
    spaced = find_key("option.EC2 g4dn.xlarge spot.volume_gib", reto)
    assert [reto.options[row].name for row in spaced.rows] == ["EC2 g4dn.xlarge spot"]
    assert [reto.options[row].name for row in find_key("option.EC2 g4dn.xlarge.volume_gib", reto).rows] == [
        "EC2 g4dn.xlarge"
    ]


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ("dataset.sze=1", "did you mean dataset.size"),
        ("option.Colab fre.plan=free", "did you mean option.Colab free.plan"),
        ("training.name=a", "no such key"),
        ("batch=1", "no such key"),
        ("training.batch", "no values"),
        ("option.provider=gcp", "no option has it"),
        ("training.batch=0", "less than 1"),
        ("dataset.size=big", "reto.toml:dataset.size"),
        ("project.region=us-east-9", "did you mean us-east-1"),
        ("training.network=resnt50", "did you mean"),
        ("option.Colab free.plan=pr", "did you mean"),
        ("project.price_book=aws-1999", "aws-1999"),
        ("option.instance=ml.x.y,", "an empty value"),
    ],
)
def test_what_no_project_can_be_is_said_before_anything_is_computed(over: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        plan_sweep(RETO, file="reto.toml", path="", over=[over], today=TODAY)


def test_all_faults_are_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        plan_sweep(RETO, file="reto.toml", path="", over=["dataset.sze=1", "training.bach=1"], today=TODAY)
    assert len(caught.value.faults) == 2


def test_a_key_is_not_swept_twice() -> None:
    over = ["training.batch=16", "training.vgg16.batch=32"]
    with pytest.raises(InputError, match="swept twice"):
        plan_sweep(RETO, file="reto.toml", path="", over=over, today=TODAY)


def test_a_sample_begins_as_a_longer_one_does() -> None:
    values: list[Values] = [Drawn(0, 1000, False, True), Listed(("a", "b"), ("a", "b"))]
    short = list(points(values, 1, sample=CHUNK + 10, seed=3))
    long = list(points(values, 1, sample=10 * CHUNK, seed=3))
    assert len(short) == 10
    assert long[:10] == short
    assert list(points(values, 1, sample=10 * CHUNK, seed=4)) != long

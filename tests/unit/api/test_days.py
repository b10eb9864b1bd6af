"""Today comes from the clock unless it is stated, or SOURCE_DATE_EPOCH is set, in every public function."""

from __future__ import annotations

import inspect
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import cloudcost
from cloudcost.api.days import day_or_none, today_or

FUNCTIONS = {name: value for name in cloudcost.__all__ if inspect.isfunction(value := getattr(cloudcost, name))}
DAYS = ("today", "on", "as_of")
FILE = """[dataset]
images = 20000
size = "2.4 GB"
[[training]]
network = "resnet18"
epochs = 3
[[option]]
kind = "ec2"
instance = "g4dn.xlarge"
"""


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_public_function_asks_for_a_day(name: str) -> None:
    parameters = inspect.signature(FUNCTIONS[name]).parameters
    assert [each for each in DAYS if each in parameters and parameters[each].default is not None] == []


def test_the_day_is_of_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    before = datetime.now(UTC).date()
    assert before <= today_or(None) <= datetime.now(UTC).date()


@pytest.mark.parametrize("form", [str, Path])
def test_the_day_of_the_environment_and_either_form_of_path(
    form: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "project.toml"
    path.write_text(FILE, encoding="utf-8")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp())))
    assert cloudcost.read_project(form(path)).start == date(2026, 11, 22)
    comparison = cloudcost.compare(form(path), draws=0)
    assert (comparison.today, comparison.project.start) == (date(2026, 11, 22), date(2026, 11, 22))
    assert comparison == cloudcost.compare(form(path), today=date(2026, 11, 22), draws=0)


@pytest.mark.parametrize("day", [date(2026, 11, 22), datetime(2026, 11, 22, 18, tzinfo=UTC), "2026-11-22"])
def test_a_day_is_written_in_three_ways(day: Any) -> None:
    found = day_or_none(day, name="as_of")
    assert type(found) is date
    assert found == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("22.11.2026", "as_of: no day, '22.11.2026', write YYYY-MM-DD"),
        (20261122, "as_of: no day, 20261122, give a date, or a text YYYY-MM-DD"),
        (date(1999, 1, 1), "as_of: not between "),
    ],
)
def test_what_is_no_day_is_refused(day: Any, said: str) -> None:
    with pytest.raises(cloudcost.InputError, match=said):
        day_or_none(day, name="as_of")


@pytest.mark.parametrize("epoch", ["soon", "99999999999999", "0"])
def test_an_environment_that_states_no_day_is_refused(epoch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    with pytest.raises(cloudcost.InputError, match="environment:SOURCE_DATE_EPOCH: "):
        cloudcost.parse_project(FILE)

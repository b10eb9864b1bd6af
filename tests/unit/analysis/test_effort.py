"""What would take minutes is refused before it is begun, with what to leave out; what people ask for is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.analysis.effort import LIMITS, Answer, effort_of, require_effort
from cloudcost.cli import run
from cloudcost.domain.project import Project
from cloudcost.errors import InputError
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.file import parse_project

RETO = parse_project(bundled_project_text("reto"), name="reto.toml", today=date(2026, 11, 22))
YEAR = 365 * 86_400


def _sized(*, options: int = 4, cnns: int = 2, years: float = 0.1, keep: int = 0, uploads: int = 1) -> Project:
    return replace(
        RETO,
        options=(RETO.options[0],) * options,
        trainings=(RETO.trainings[0],) * cnns,
        duration_seconds=round(years * YEAR),
        keep_months=keep,
        dataset=replace(RETO.dataset, uploads=uploads),
    )


sizes = st.fixed_dictionaries(
    {
        "options": st.integers(1, 1000),
        "cnns": st.integers(1, 1000),
        "years": st.floats(0.01, 100),
        "keep": st.integers(0, 1200),
        "uploads": st.integers(1, 1000),
    }
)


@given(sizes, sizes)
def test_more_of_anything_is_never_less_effort(one: dict[str, int], other: dict[str, int]) -> None:
    both = {key: max(one[key], other[key]) for key in one}
    assert effort_of(_sized(**both)) >= max(effort_of(_sized(**one)), effort_of(_sized(**other)))


@pytest.mark.parametrize("answer", LIMITS)
def test_what_people_ask_for_is_answered(answer: Answer) -> None:
    require_effort(RETO, answer, draws=2000)
    require_effort(_sized(options=12, cnns=4, years=1), answer, draws=2000)
    require_effort(_sized(options=40, cnns=3), answer, draws=10_000)
    require_effort(_sized(options=20, cnns=4, years=1), answer, draws=10_000)


def test_pairs_of_machines_in_aws_are_less_work_than_others() -> None:
    aws, others = (
        replace(_sized(), options=(option,) * 700)
        for option in (RETO.options[0], next(each for each in RETO.options if each.kind == "local"))
    )
    require_effort(aws, "comparison")
    with pytest.raises(InputError, match="700 options"):
        require_effort(others, "comparison")


@pytest.mark.parametrize(
    ("sizes", "answer", "said"),
    [
        ({"options": 1000}, "page", "1,000 options x 2 CNNs over 2 months and 1 uploads, take compare, or give fewer"),
        ({"options": 1000}, "comparison", "too much for one comparison, 1,000 options x 2 CNNs over 2 months"),
        ({"years": 100}, "page", "over 1,200 months"),
        ({"years": 100}, "explanation", "leave out --explain and --plot, or give fewer options or CNNs"),
        ({"uploads": 1000, "years": 12}, "explanation", "1,000 uploads"),
        ({"options": 1000, "years": 100}, "comparison", "give fewer options or CNNs, or a shorter time"),
        ({"options": 1000, "cnns": 1000}, "comparison", "1,000 options x 1,000 CNNs"),
    ],
)
def test_what_would_take_minutes_is_refused(sizes: dict[str, float], answer: Answer, said: str) -> None:
    with pytest.raises(InputError) as caught:
        require_effort(_sized(**sizes), answer)  # type: ignore[arg-type]
    assert said in str(caught.value)


def test_scenarios_are_counted_over_options_and_cnns() -> None:
    require_effort(_sized(options=10, cnns=2), "comparison", draws=1_000_000)
    with pytest.raises(InputError, match=r"--draws: .* 20 options and 2 CNNs, 1,000,000, give at most 500,000"):
        require_effort(_sized(options=20, cnns=2), "comparison", draws=1_000_000)


@pytest.mark.parametrize(
    "words", [["compare", "--explain"], ["compare", "--plot", "plots"], ["report", "-o", "o.html"]]
)
def test_verbs_refuse_before_anything_is_computed_or_written(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = bundled_project_text("reto").replace('duration = "4 days"', 'duration = "100 years"')
    Path("p.toml").write_text(text, encoding="utf-8")
    assert run([words[0], "p.toml", *words[1:], "--today", "2026-11-22"]) == 2
    out, said = capsys.readouterr()
    assert (out, said.count("\n")) == ("", 1)
    assert "too much for one" in said
    assert [each.name for each in tmp_path.iterdir()] == ["p.toml"]

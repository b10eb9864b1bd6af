"""Figures hold the comparison's numbers, nothing in them lies on anything else, and the same input draws the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.render.figures.laying import elements, outside, overlaps, shown, texts

from cloudcost.analysis.compare import compare
from cloudcost.analysis.report.plots import figures_of, leaders_of, shown_reach, write_plots
from cloudcost.errors import MissingExtraError, OutputError
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.file import parse_project, read_project
from cloudcost.render.figures.axes import mark_of
from cloudcost.render.figures.canvas import ALONE, PAGE, Headline, Look
from cloudcost.render.figures.cost_time import TimePoint, time_svg
from cloudcost.render.figures.curves import CurveLine, Leader, RunCurves, curves_svg
from cloudcost.render.figures.figure import Figure
from cloudcost.render.figures.findings import curves_finding
from cloudcost.render.figures.tornado import Swing, Tornado, tornado_svg
from cloudcost.render.figures.totals import totals_svg
from cloudcost.render.tables.columns import plain
from cloudcost.results.comparison import Comparison

TODAY = date(2026, 11, 22)
VERDICTS = Path(__file__).parents[3] / "golden" / "verdicts"
HOSTILE = "$\\frac{ <script>alert(1)</script> & \u202egnp \U0001f680 \u6f22\u5b57 " + "unbreakable" * 9
LOOKS = [ALONE, *PAGE]
NAMES = st.one_of(
    st.sampled_from(["EC2 g4dn.xlarge", "Own computer, RTX 3060", HOSTILE, "x", "a name of many words " * 6]),
    st.text(min_size=1, max_size=60).filter(lambda each: each.isprintable() and each.strip() != ""),
)
USD = st.one_of(st.floats(0.001, 200), st.floats(0.01, 2e6), st.sampled_from([0.0, 1.0, 123456.78]))
HEADLINE = Headline(finding="one is the cheapest " * 8, reading="in USD " * 20, origin="p; prices")


@cache
def _comparison(name: str = "reto", draws: int = 100) -> Comparison:
    if name == "reto":
        project = parse_project(bundled_project_text("reto"), name="reto.toml", today=TODAY)
        first, *others = project.options
        project = replace(project, options=(replace(first, name=HOSTILE), *others))
    else:
        project = read_project(VERDICTS / f"{name}.toml", today=TODAY)
    return compare(project, today=TODAY, draws=draws)


@cache
def _figures(name: str = "reto") -> dict[str, Figure]:
    return figures_of(_comparison(name))


def _laid_well(svg: str) -> None:
    assert overlaps(svg) == []
    assert outside(svg) == []


@pytest.mark.parametrize(
    "name",
    [
        "reto",
        "11-own-machines-alone",
        "13-equal-totals",
        "12-names-that-a-terminal-obeys",
        "11-several-obstacles",
        pytest.param("12-a-hundred-years", marks=pytest.mark.slow),
        pytest.param("01-nothing-feasible-and-one-not-timed", marks=pytest.mark.slow),
        pytest.param("14-data-in-another-cloud", marks=pytest.mark.slow),
        pytest.param("15-ways-of-reading", marks=pytest.mark.slow),
    ],
)
def test_nothing_in_a_figure_lies_on_anything_else_or_outside(name: str) -> None:
    drawn = _figures(name)
    assert "totals" in drawn
    for picture in drawn.values():
        _laid_well(picture.svg)
        assert picture.finding
        assert "<script" not in picture.svg


def test_bars_are_as_long_as_the_totals_and_each_total_is_written() -> None:
    comparison = _comparison()
    svg = totals_svg(comparison, ALONE)
    bars = [each for each in elements(svg, "rect") if "bar" in (each.get("class") or "").split()]
    priced = [each for each in comparison.options if each.total_usd is not None]
    assert [each.get("data-usd") for each in bars] == [f"{float(each.total_usd or 0):.2f}" for each in priced]
    ratios = {
        round(float(bar.get("width") or 0) / float(bar.get("data-usd") or 1), 1)
        for bar in bars
        if 20 < float(bar.get("data-usd") or 0) < 150 and not bar.get("stroke")
    }
    assert len(ratios) == 1
    assert {f"{each.total_usd:,.2f}" for each in priced} <= set(texts(svg))


def test_a_figure_says_its_finding_its_unit_and_what_a_band_is() -> None:
    drawn = _figures()
    words = {name: " ".join(texts(picture.svg)) for name, picture in drawn.items()}
    assert list(drawn) == ["totals", "break-even", "cost-and-time", "tornado"]
    assert "Own computer, RTX 3060 is the cheapest at 2.44 USD" in words["totals"]
    assert "80 % bands" in words["totals"]
    assert "Own computer, RTX 3060 up to 8 runs, EC2 g6.xlarge from 9" in words["break-even"]
    assert "planned: 5" in words["break-even"]
    assert "the project's time: 4 days" in words["cost-and-time"]
    assert "80 % bands of both" in words["cost-and-time"]
    assert "Left of zero the answer is another" in words["tornado"]
    assert all("prices of book aws-2026-11" in each for each in words.values())


def test_dots_lie_where_hours_and_totals_are() -> None:
    comparison = _comparison()
    svg = _figures()["cost-and-time"].svg
    at = {
        each.get("data-option"): float(each.get("cx") or float(each.get("x") or 0) + 5.5)
        for name in ("circle", "rect")
        for each in elements(svg, name)
        if each.get("data-option")
    }
    hours = {plain(each.name): each.calendar_hours or 0.0 for each in comparison.options}
    order = sorted(hours, key=lambda name: hours[name])
    assert len(order) == len(comparison.options)
    assert [at[name] for name in order] == sorted(at.values())


def test_the_tornado_is_of_the_difference_and_equals_the_leads() -> None:
    from cloudcost.analysis.report.plots import _Drawer

    matters = _Drawer(_comparison()).matters
    ends = {
        f"{float(end):.2f}"
        for row in matters.tornado
        for end in (row.lead_low_usd, row.lead_high_usd)
        if end is not None
    }
    swings = [each for each in elements(_figures()["tornado"].svg, "rect") if each.get("data-from")]
    assert swings
    for each in swings:
        assert {each.get("data-from"), each.get("data-to")} <= ends | {"0.00"}


@given(
    st.lists(st.tuples(NAMES, st.booleans(), USD, USD, st.integers(0, 60)), min_size=1, max_size=12),
    st.integers(2, 5000),
    st.sampled_from(LOOKS),
)
@settings(max_examples=25, deadline=None)
def test_curves_are_laid_out_with_any_names_and_totals(
    options: list[tuple[str, bool, float, float, int]], last: int, look: Look
) -> None:
    lines = tuple(
        CurveLine(
            name=name, mark=mark_of(index), local=local, dash=index, points=((1, first), (last, first + more)),
            fits=fits, possible=fits != 1,
        )
        for index, (name, local, first, more, fits) in enumerate(options)
    )  # fmt: skip
    leaders = tuple(Leader(first=1 + index, name=each.name, usd=each.points[0][1]) for index, each in enumerate(lines))
    curves = RunCurves(lines=lines, leaders=leaders, last=last, planned=last // 2 or None)
    svg = curves_svg(curves, HEADLINE, look)
    assert curves_svg(curves, HEADLINE, look) == svg
    _laid_well(svg)
    assert len([each for each in elements(svg, "path") if each.get("data-line")]) == 2 * len(lines)


@given(
    st.lists(st.tuples(NAMES, st.booleans(), st.floats(0.01, 1e5), USD, st.booleans()), min_size=1, max_size=10),
    st.sampled_from(LOOKS),
)
@settings(max_examples=25, deadline=None)
def test_cost_against_time_is_laid_out_with_any_names_hours_and_totals(
    options: list[tuple[str, bool, float, float, bool]], look: Look
) -> None:
    points = [
        TimePoint(
            name=name, mark=mark_of(index), local=local, feasible=front, guaranteed=True, front=front, hours=hours,
            total_usd=Decimal(usd), hours_band=(hours * 0.8, hours * 1.3), usd_band=(usd * 0.7, usd * 1.4),
        )
        for index, (name, local, hours, usd, front) in enumerate(options)
    ]  # fmt: skip
    svg = time_svg(_comparison("13-equal-totals"), points, look)
    _laid_well(svg)
    assert len([each for each in [*elements(svg, "circle"), *elements(svg, "rect")] if each.get("data-option")]) == len(
        points
    )


@given(
    st.lists(st.tuples(NAMES, st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=1, max_size=12),
    NAMES,
    st.one_of(NAMES, st.just("")),
    st.sampled_from(LOOKS),
)
@settings(max_examples=25, deadline=None)
def test_a_tornado_is_laid_out_with_any_names_and_leads(
    inputs: list[tuple[str, float, float]], best: str, runner_up: str, look: Look
) -> None:
    tornado = Tornado(
        swings=tuple(Swing(label=label, span="1 to 2 runs", low=low, high=high) for label, low, high in inputs),
        middle=inputs[0][1], best=best, runner_up=runner_up, best_local=True, runner_up_local=False, hidden=3,
        headline=HEADLINE,
    )  # fmt: skip
    svg = tornado_svg(tornado, look)
    _laid_well(svg)
    assert bool(runner_up) == any("zero" in (each.get("class") or "") for each in elements(svg, "line"))


def test_leaders_are_the_cheapest_that_fit_and_a_tie_is_kept() -> None:
    totals = {"a": [1.0, 2.0, 3.0, 4.0], "b": [2.0, 2.0, 2.0, 2.0]}
    found = leaders_of(totals, {"a": 4, "b": 3}, 4)
    assert [(each.first, each.name) for each in found] == [(1, "a"), (3, "b"), (4, "a")]
    assert [each.name for each in leaders_of(totals, {"a": 1, "b": 2}, 4)] == ["a", "b", ""]
    assert leaders_of(totals, {"a": 0, "b": 0}, 4) == [Leader(first=1, name="")]


@pytest.mark.parametrize(
    ("leaders", "said"),
    [
        ([(1, "a")], "No option is cheaper than a at any number of runs up to 90"),
        ([(1, "a"), (2, "b")], "a is the cheapest at 1 run, b from 2 runs on"),
        ([(1, "a"), (7, "b"), (9, "")],
         "a is the cheapest up to 6 runs, b from 7 runs on; from 9 runs on none fits into 4 days"),
        ([(1, "a"), (7, "b"), (9, "a")], "Cheapest: a up to 6 runs, b from 7, a from 9"),
        ([(1, "")], "No option can be done in 4 days"),
        (
            [(1, "a"), (2, "b"), (3, "a"), (4, "b"), (5, "c")],
            "The cheapest option changes 4 times: at first a, from 5 runs on c",
        ),
    ],
)  # fmt: skip
def test_the_headline_of_the_curves_says_who_is_the_cheapest_where(leaders: list[tuple[int, str]], said: str) -> None:
    found = [Leader(first=first, name=name) for first, name in leaders]
    assert curves_finding(found, 90, "4 days") == said


def test_a_single_option_is_not_compared_with_nothing() -> None:
    found = [Leader(first=1, name="a"), Leader(first=9, name="")]
    said = "What a costs by number of runs; from 9 runs on none fits into 4 days"
    assert curves_finding(found, 90, "4 days", others=False) == said


def test_the_curve_opens_at_the_planned_range_and_takes_in_the_next_change() -> None:
    assert shown_reach([], 5, 1000) == 10
    assert shown_reach([Leader(first=1, name="a"), Leader(first=30, name="b")], 5, 1000) == 40
    assert shown_reach([Leader(first=1, name="a"), Leader(first=900, name="b")], 5, 1000) == 10
    assert shown_reach([], None, 1000) == 20
    assert shown_reach([], 5000, 1000) == 1000


def test_files_are_the_same_bytes_twice_and_a_png_is_1600_wide(tmp_path: Path) -> None:
    pytest.importorskip("resvg_py", reason="needs the extra plot")
    first, lacking = write_plots(_comparison("13-equal-totals"), tmp_path)
    assert lacking == ""
    assert {path.suffix for path in first} == {".svg", ".png"}
    again = figures_of(_comparison("13-equal-totals"))
    for path in first:
        content = path.read_bytes()
        if path.suffix == ".svg":
            assert content.decode() == again[path.stem].svg
        else:
            assert content == again[path.stem].png()
            assert content.startswith(b"\x89PNG")
            assert int.from_bytes(content[16:20], "big") == 1600


def test_without_the_extra_a_figure_is_still_an_svg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = _figures("13-equal-totals")["totals"]
    monkeypatch.setattr("cloudcost.render.figures.raster.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match="a figure as PNG needs the extra 'plot': pip install resvg-py"):
        picture.save(tmp_path / "a.png")
    assert picture._repr_png_() is None
    assert picture.save(tmp_path / "a.SVG").read_text(encoding="utf-8") == picture.svg == picture._repr_svg_()
    written, lacking = write_plots(_comparison("13-equal-totals"), tmp_path)
    assert {path.suffix for path in written} == {".svg"}
    assert "pip install resvg-py" in lacking


def test_a_figure_is_not_written_as_anything_else(tmp_path: Path) -> None:
    picture = _figures("13-equal-totals")["totals"]
    for name in ("a.pdf", "a"):
        with pytest.raises(
            OutputError, match=r"figures are written as \.svg or \.png, not '.*', choose one of the two"
        ):
            picture.save(tmp_path / name)
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(OutputError, match=r"totals\.svg: cannot be written, .*, choose another path"):
        write_plots(_comparison("13-equal-totals"), tmp_path / "taken")
    assert repr(picture) == "<Figure totals: fast and slow cost the same, 0.00 USD>"


def test_letters_beside_a_table_stand_for_names() -> None:
    svg = time_svg(_comparison(), [replace(_point(), name="EC2", mark="B")], PAGE[1])
    assert "B" in texts(svg)
    assert "EC2" not in texts(svg)
    assert all(shown(each) for each in elements(svg, "text"))


def _point() -> TimePoint:
    return TimePoint(
        name="x", mark="A", local=True, feasible=True, guaranteed=True, front=True, hours=3.0, total_usd=Decimal(2)
    )

"""Figures say what the results say; they are made without a window and the same results make the same bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from cloudcost.analysis.compare import compare
from cloudcost.analysis.report.plots import write_plots
from cloudcost.errors import OutputError
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.file import parse_project
from cloudcost.render.notebook.plot import break_even_figure, front_figure, tornado_figure, totals_figure
from cloudcost.results.comparison import Comparison
from cloudcost.results.matters import Front, FrontPoint, TornadoRow

HOSTILE = "$\\frac{ <script> _x"


@cache
def _comparison(draws: int = 0) -> Comparison:
    project = parse_project(bundled_project_text("reto"), name="reto.toml", today=date(2026, 11, 22))
    kept = [each for each in project.options if each.name in ("EC2 g4dn.xlarge", "Own computer, RTX 3060")]
    options = (replace(kept[0], name=HOSTILE), kept[1])
    return compare(replace(project, options=options), today=date(2026, 11, 22), draws=draws)


def _row(low: str, high: str) -> TornadoRow:
    return TornadoRow(
        parameter="runs",
        label="runs",
        unit="runs",
        assumed=5.0,
        low=3.0,
        high=8.0,
        source="file",
        total_low_usd=Decimal(low),
        total_usd=Decimal(5),
        total_high_usd=Decimal(high),
        lead_low_usd=None,
        lead_usd=None,
        lead_high_usd=None,
    )


def test_totals_have_a_bar_for_each_option_and_a_band_where_simulated() -> None:
    certain, simulated = totals_figure(_comparison()).axes[0], totals_figure(_comparison(200)).axes[0]
    assert len(certain.patches) == 2
    assert len(simulated.patches) == 4
    assert certain.get_xlabel() == "USD, not simulated: no bands"
    assert simulated.get_xlabel() == "USD, with the 80 % band"
    totals = [float(each.total_usd or 0) for each in _comparison().options]
    assert sorted(bar.get_width() for bar in certain.patches) == pytest.approx(sorted(totals))  # type: ignore[attr-defined]


def test_break_even_lines_pass_through_their_points() -> None:
    axes = break_even_figure({"a": [(1, 10.0), (5, 12.0)], "b": [(1, 2.0), (5, 20.0)]}, now=3).axes[0]
    lines = [np.asarray(line.get_xydata()).tolist() for line in axes.lines]
    assert lines == [[[1, 10], [5, 12]], [[1, 2], [5, 20]], [[3, 0], [3, 1]]]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("runs of each CNN", "USD")


def test_front_names_every_option_and_turns_logarithmic_where_totals_are_far_apart() -> None:
    front = Front(
        front=(FrontPoint(name="slow", total_usd=Decimal(2), calendar_hours=50.0),),
        dominated=(FrontPoint(name="dear", total_usd=Decimal(900), calendar_hours=60.0, dominated_by="slow"),),
    )
    axes = front_figure(front).axes[0]
    assert {each.get_text() for each in axes.texts} == {"slow", "dear"}
    assert axes.get_ylabel() == "USD, logarithmic"
    near = replace(front, dominated=())
    assert front_figure(near).axes[0].get_ylabel() == "USD"


def test_tornado_bars_reach_from_the_present_total_to_both_ends() -> None:
    axes = tornado_figure([_row("3", "9"), _row("4", "4")], best="x").axes[0]
    spans = [(bar.get_x(), bar.get_width()) for bar in axes.patches]  # type: ignore[attr-defined]
    assert spans == [(5, -2), (5, 4), (5, -1), (5, -1)]
    assert axes.get_xlabel() == "total of x, USD"
    assert [label.get_text() for label in axes.get_yticklabels()] == ["runs\n3 to 8 runs"] * 2


@pytest.mark.slow
def test_figures_are_written_as_png_and_svg_with_any_name_and_the_same_bytes_twice(tmp_path: Path) -> None:
    comparison = _comparison()
    names = ["totals", "break-even", "cost-and-time", "tornado"]
    first, second = write_plots(comparison, tmp_path / "a"), write_plots(comparison, tmp_path / "new" / "b")
    assert [path.name for path in first] == [f"{name}.{kind}" for name in names for kind in ("png", "svg")]
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
    assert first[0].read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in first[1].read_bytes()
    assert not [path for path in (tmp_path / "a").iterdir() if path.suffix == ".part"]


def test_a_folder_that_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(OutputError, match=r"totals\.png: cannot be written, .*, choose another path"):
        write_plots(_comparison(), tmp_path / "taken")


def test_bars_have_a_scale_of_their_own_where_nothing_can_be_done() -> None:
    comparison = _comparison()
    options = tuple(replace(each, feasible=False, reason="too late") for each in comparison.options)
    axes = totals_figure(replace(comparison, options=options)).axes[0]
    totals = sorted(float(each.total_usd or 0) for each in options)
    assert sorted(bar.get_width() for bar in axes.patches) == pytest.approx(totals)  # type: ignore[attr-defined]

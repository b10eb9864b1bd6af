"""What is plausible of an input can be tried: every range lies within the bounds of its parameter."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.laws import examples

from cloudcost.analysis.compare import context_of
from cloudcost.analysis.matters.parameters import Parameter
from cloudcost.analysis.matters.ranges import PlausibleRange
from cloudcost.analysis.matters.tornado import tornado
from cloudcost.analysis.matters.what_if import board_of
from cloudcost.analysis.matters.what_matters import parameters_of
from cloudcost.project.file import parse_project

TODAY = date(2026, 11, 22)

repeats = st.integers(1, 10**6)
counts = (
    repeats.map(str)
    | st.lists(repeats, min_size=1, max_size=4).map(str)
    | st.lists(repeats, min_size=3, max_size=3).map(
        lambda three: "{{low = {}, mode = {}, high = {}}}".format(*sorted(three))
    )
    | st.floats(1, 10**6).map(lambda mean: f"{{mean = {mean:.3f}}}")
    | st.tuples(st.floats(1, 10**6), st.floats(0.01, 100)).map(
        lambda pair: f"{{mean = {pair[0]:.3f}, dispersion = {pair[1]:.3f}}}"
    )
)
TEMPLATE = """
[project]
duration = "{days} days"
keep_months = {keep}
hours_per_day = {hours}
tax_rate = {tax}
credits_usd = {credits}
[dataset]
images = {images}
size = "{size} MB"
uploads = {uploads}
downloads = {uploads}
[[training]]
network = "resnet18"
epochs = {epochs}
runs = {runs}
[[training]]
network = "alexnet"
epochs = 3
runs = {other}
[[option]]
kind = "ec2"
instance = "g4dn.xlarge"
hours_per_run = 1
idle_hours_per_day = {idle}
[[option]]
kind = "local"
device = "RTX 3060"
hours_per_run = 2
purchase_usd = {credits}
resale = {tax}
charge = "share"
watts = {watts}
electricity_usd_per_kwh = {tax}
"""
USUAL = {
    "days": 4, "keep": 0, "hours": 24.0, "tax": 0.0, "credits": 0, "images": 1000, "size": 100, "uploads": 1,
    "epochs": "2", "runs": "3", "other": "1", "idle": 0.0, "watts": 300.0,
}  # fmt: skip


@settings(max_examples=examples(40), deadline=None)
@example({**USUAL, "epochs": "{mean = 150}"})
@example({**USUAL, "epochs": "{low = 1, mode = 120, high = 200}"})
@example({**USUAL, "hours": 0.1})
@example({**USUAL, "runs": "20000"})
@example({**USUAL, "runs": "1000000", "other": "1"})
@given(
    st.fixed_dictionaries(
        {
            "days": st.integers(1, 3650),
            "keep": st.integers(0, 120),
            "hours": st.floats(0.01, 24).map(lambda hours: round(hours, 3)),
            "tax": st.sampled_from([0.0, 0.16, 0.9]),
            "credits": st.sampled_from([0, 1, 10**6]),
            "images": st.integers(1, 10**9),
            "size": st.integers(1, 10**9),
            "uploads": st.integers(1, 200),
            "epochs": counts,
            "runs": counts,
            "other": counts,
            "idle": st.sampled_from([0.0, 13.0, 24.0]),
            "watts": st.sampled_from([1.0, 300.0, 9000.0]),
        }
    )
)
def test_every_value_that_is_tried_lies_within_the_bounds(values: dict[str, object]) -> None:
    project = parse_project(TEMPLATE.format(**values), name="p.toml", today=TODAY)
    board = board_of(project, context_of(project, today=TODAY))
    for parameter in parameters_of(board):
        spread = parameter.range
        assert parameter.least <= spread.low <= spread.mode <= spread.high <= parameter.most, parameter.name
        for value in (spread.low, spread.high, parameter.least, parameter.most):
            parameter.at(board.project, float(round(value)) if parameter.whole else value)


@pytest.mark.parametrize("line", ["epochs = {mean = 150}", "epochs = 5"])
def test_the_tornado_takes_early_stopping(line: str) -> None:
    text = TEMPLATE.format(**USUAL).replace("epochs = 2", line)
    project = parse_project(text, name="p.toml", today=TODAY)
    board = board_of(project, context_of(project, today=TODAY))
    assert "epochs" in {row.parameter for row in tornado(parameters_of(board), board)}


@given(st.floats(-5, 5), st.floats(-5, 5), st.booleans())
def test_bounds_are_widened_to_the_range_in_whole_numbers_where_only_those_make_sense(
    low: float, high: float, whole: bool
) -> None:
    low, high = sorted((low, high))
    parameter = Parameter(
        name="a", label="a", unit="x", range=PlausibleRange(low=low, mode=low, high=high, sd=None, source="a test"),
        least=0, most=1, whole=whole, change=lambda project, _: project,
    )  # fmt: skip
    assert parameter.least <= low <= high <= parameter.most
    if whole:
        assert parameter.least <= round(low)
        assert round(high) <= parameter.most

"""`cudnn.benchmark`: a setting of the stack and of a profile, off by default; never taken in silence."""

from __future__ import annotations

from dataclasses import replace
from math import log

import pytest

from cloudcost.catalog.devices import devices
from cloudcost.catalog.tables import DATA, read_table, sources
from cloudcost.catalog.training.timed_with import OTHERS, timed_with
from cloudcost.domain.timing import StepTime
from cloudcost.errors import TimingError
from cloudcost.networks.registry import named_network
from cloudcost.timing.levels.table import shipped_levels
from cloudcost.timing.predict import predict_step

RESNET18 = named_network("resnet18")


def width(step: StepTime) -> float:
    low, high = step.interval_seconds
    return log(high / low)


def said(step: StepTime) -> str:
    return " ".join(note for note in step.notes if "cudnn.benchmark" in note)


def test_what_the_steps_were_timed_with_is_known_and_has_sources() -> None:
    assert set(timed_with()) - {OTHERS} <= set(shipped_levels().measured)
    assert set(timed_with().values()) <= {"on", "off", "both"}
    rows = read_table(DATA / "timed_with.csv", ("device", "cudnn_benchmark", "source", "note"))
    assert {source for _, _, source, _ in rows} <= set(sources())


@pytest.mark.parametrize("device", list(devices()))
def test_a_stated_search_is_what_was_timed_or_widens_the_band_or_is_said_to_change_nothing(device: str) -> None:
    """For each device and both ways: the median stays, since nobody measured the difference; nothing is ignored."""
    try:
        plain = predict_step(RESNET18, batch=8, device=device)
    except TimingError:
        return
    assert said(plain) == ""
    matched = []
    for asked in (True, False):
        step = predict_step(RESNET18, batch=8, device=device, cudnn_benchmark=asked)
        assert step.seconds == plain.seconds
        if not said(step):
            matched.append(asked)
            assert step.interval_seconds == plain.interval_seconds
        elif "changes nothing" in said(step):
            assert step.interval_seconds == plain.interval_seconds
        else:
            assert width(step) > width(plain)
    timed = timed_with().get(device, timed_with()[OTHERS] if device in shipped_levels().measured else "")
    if plain.stack == "torch" and timed:
        assert matched == {"on": [True], "off": [False], "both": [True, False]}[timed]


@pytest.mark.parametrize(("device", "told"), [("T4", False), ("V100", False), ("RTX 3090", True), ("RX 6800", True)])
def test_a_stated_stack_says_so_where_its_steps_were_timed_with_the_search(device: str, told: bool) -> None:
    step = predict_step(RESNET18, batch=8, device=device, stack="torch")
    assert bool(said(step)) == told
    assert "state which will run" in said(step) or not told


def test_another_framework_has_no_such_setting() -> None:
    step = predict_step(RESNET18, batch=8, device="T4", stack="tf2.5", cudnn_benchmark=True)
    assert "changes nothing under tf2.5" in said(step)
    assert step == replace(predict_step(RESNET18, batch=8, device="T4", stack="tf2.5"), notes=step.notes)

"""Modules that nobody can trace are timed all the same: detectors, branches by numbers or by chance."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the extra torch is not installed")

from cloudcost.errors import InputError
from cloudcost.profiling.plan import Limits, Plan
from cloudcost.profiling.record import parse_profile, to_json
from cloudcost.profiling.run import run_profile
from cloudcost.profiling.worker.measure import Loop, summary
from cloudcost.profiling.worker.steps import StepSettings, TrainingStep
from cloudcost.profiling.worker.tracing.factory import call_factory

NETS = """
import random

import torch
from torch import nn


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Conv2d(3, 8, 3, 2, 1)
        self.head = nn.Linear(8, 5)

    def forward(self, images, targets=None):
        if self.training and targets is None:
            raise ValueError("targets should not be none when in training mode")
        x = self.backbone(torch.stack(list(images)))
        best = torch.nonzero(x[0, 0] > x[0, 0].median())
        scores = self.head(x.flatten(2)[:, :, : len(best)].mean(2))
        return {"sum": scores.square().mean(), "class": nn.functional.cross_entropy(scores, torch.stack(targets))}


def detector():
    return Detector(), lambda model, images: model(list(images), [torch.tensor(1) for _ in images])


class ByChance(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.last = nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, 1), nn.Linear(4, 3)

    def forward(self, images):
        x = self.first(images)
        if random.random() < 0.5:
            x = self.second(x)
        return self.last(x.mean((2, 3)))


def wrong():
    return Detector(), lambda model, images: 3.0


def neither():
    return Detector(), "step"
"""
SHORT = Limits(warmup=1, least=3, most=12, seconds=3.0)


@pytest.fixture
def nets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "wholenets.py").write_text(NETS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def _plan(network: str) -> Plan:
    return Plan(network=network, image=(3, 16, 16), batches=(2, 4), repeats=1, limits=SHORT)


@pytest.mark.usefixtures("nets")
def test_a_factory_may_say_what_its_loss_is() -> None:
    module = call_factory("wholenets:detector", None, {})
    step = TrainingStep(module, (3, 16, 16), 2, StepSettings())
    before = [each.clone() for each in module.parameters()]
    step.run()
    assert any((old != new).any() for old, new in zip(before, module.parameters(), strict=True))
    loop = Loop(module, _plan("wholenets:detector"), None, lambda: None, watch=False)
    loop.prepare(4)
    loop.once(4)
    found = summary(loop.timed[4], loop.pace)
    assert (found["calls"], found["ops"], found["calm"]) == (0, [], found["plain_calm"])


@pytest.mark.usefixtures("nets")
def test_what_is_no_loss_or_no_function_is_told() -> None:
    step = TrainingStep(call_factory("wholenets:wrong", None, {}), (3, 16, 16), 2, StepSettings())
    with pytest.raises(InputError, match="network:step: the factory's function returned float without a gradient"):
        step.run()
    with pytest.raises(InputError, match=r"the factory returned a tuple, let it return a torch.nn.Module, or one and"):
        call_factory("wholenets:neither", None, {})


@pytest.mark.slow
@pytest.mark.usefixtures("nets")
@pytest.mark.parametrize(
    ("name", "reason", "parameters"),
    [("detector", "targets should not be none", 269), ("ByChance", "operations change from step to step", 147)],
)
def test_steps_of_what_cannot_be_traced_are_timed(name: str, reason: str, parameters: int) -> None:
    profile = run_profile(_plan(f"wholenets:{name}"), created="2026-11-22")
    assert profile.reason is not None
    assert reason in profile.reason
    assert [step.batch for step in profile.steps] == [2, 4]
    assert all(step.seconds > 0 and step.closure is None for step in profile.steps)
    assert not profile.ops
    assert parameters == profile.network.parameters
    assert any("timed as a whole" in warning for warning in profile.warnings)
    assert parse_profile(to_json(profile)) == profile

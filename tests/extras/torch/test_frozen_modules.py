"""A module's own word on what it trains is what the traced network says, and what the steps of it do."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

pytest.importorskip("torch", reason="the extra torch is not installed")
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from cloudcost.domain.network import Network
from cloudcost.networks.json_file import parse_network, to_json
from cloudcost.networks.registry import named_network
from cloudcost.profiling.worker.dispatch import Watcher
from cloudcost.profiling.worker.steps import StepSettings, TrainingStep
from cloudcost.profiling.worker.tracing.network_module import NetworkModule
from cloudcost.profiling.worker.tracing.trace import trace_module
from cloudcost.timing.calls.expand import step_calls
from cloudcost.timing.gradients import step_gradients

IMAGE = (3, 16, 16)


class Net(nn.Module):
    """A backbone of three blocks and a head; how it trains is the argument's."""

    def __init__(self, way: str) -> None:
        super().__init__()
        self.way = way
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU())
        self.body = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2))
        self.top = nn.Sequential(nn.Conv2d(8, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU())
        self.head = nn.Linear(16, 5)
        frozen: list[nn.Module] = {
            "prefix": [self.stem, self.body],
            "suffix": [self.top, self.head],
            "eval": [],
            "biases": [],
        }.get(way, [])
        for part in frozen:
            part.requires_grad_(False)
        if way == "eval":
            self.body.eval()
        if way == "biases":
            for name, parameter in self.named_parameters():
                parameter.requires_grad = name.endswith("bias")

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        if self.way == "no_grad":
            with torch.no_grad():
                x = self.body(self.stem(images))
        elif self.way == "detach":
            x = self.body(self.stem(images)).detach()
        elif self.way in ("checkpoint", "reentrant"):
            x = checkpoint(self.body, self.stem(images), use_reentrant=self.way == "reentrant")
        else:
            x = self.body(self.stem(images))
        return self.head(self.top(x).mean((2, 3)))


WAYS = ("full", "prefix", "suffix", "eval", "no_grad", "detach", "biases", "checkpoint", "reentrant")


def _traced(way: str) -> Network:
    return trace_module(Net(way), IMAGE, way)


@pytest.mark.parametrize("way", WAYS)
def test_the_calls_of_a_step_are_those_that_pytorch_makes(way: str) -> None:
    torch.manual_seed(0)
    step = TrainingStep(Net(way), IMAGE, 4, StepSettings())
    watcher = Watcher(lambda: 0)
    step.run()
    with watcher:
        step.run(lambda phase: setattr(watcher, "phase", phase))
    made = Counter((call.phase, call.key) for call in watcher.calls if call is not None and call.op not in SMALL)
    listed = Counter((call.phase, call.key) for call in step_calls(_traced(way), 4) if call.op not in SMALL)
    assert made == listed


SMALL = frozenset({"ones_like", "expand", "div", "mean", "sum", "zeros_like", "fill", "clone"})
"""Calls on a few numbers that a mean over the map and a loss make in ways of their own."""


@pytest.mark.parametrize("way", WAYS)
def test_parameters_are_those_that_a_step_changes(way: str) -> None:
    module = Net(way)
    module(torch.randn(4, *IMAGE)).sum().backward()
    assert _traced(way).parameters == sum(each.numel() for each in module.parameters() if each.grad is not None)
    assert parse_network(to_json(_traced(way))) == _traced(way)


def test_features_under_no_grad_and_a_frozen_backbone_differ_in_name_alone() -> None:
    without, frozen = _traced("no_grad"), _traced("prefix")
    assert [op.no_grad for op in without.ops[:7]] == [True] * 7
    assert not any(op.no_grad for op in frozen.ops)
    assert [op.trained for op in frozen.ops if op.parameters] == [False] * 4 + [True] * 3
    assert step_calls(without, 4) == step_calls(frozen, 4)
    assert step_calls(_traced("detach"), 4) == step_calls(frozen, 4)


def test_a_part_in_evaluation_mode_stays_so_and_a_whole_one_is_trained() -> None:
    def running(module: nn.Module) -> list[bool]:
        network = trace_module(module, IMAGE, "net")
        return [op.eval_mode for op in network.ops if op.kind == "batch_norm"]

    assert running(Net("eval")) == [False, True, False]
    assert running(Net("full").eval()) == [False, False, False]

    class Careful(Net):
        def train(self, mode: bool = True) -> Careful:
            super().train(mode)
            self.stem.eval()
            return self

    assert running(Careful("full")) == [True, False, False]


def test_a_region_is_named_and_run_again() -> None:
    for way in ("checkpoint", "reentrant"):
        network = _traced(way)
        assert [bool(op.checkpoint) for op in network.ops] == [False] * 3 + [True] * 4 + [False] * 5
        assert [each.again for each in step_gradients(network)] == [False] * 3 + [True] * 4 + [False] * 5


def test_a_reentrant_region_on_bare_images_is_not_trained() -> None:
    class Bare(Net):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            x = checkpoint(self.stem, images, use_reentrant=True)
            assert isinstance(x, torch.Tensor)
            return self.head(self.top(self.body(x)).mean((2, 3)))

    network = trace_module(Bare("full"), IMAGE, "bare")
    assert [op.no_grad for op in network.ops[:4]] == [True, True, True, False]


@pytest.mark.parametrize("way", ["prefix", "suffix", "eval", "no_grad", "checkpoint"])
def test_a_described_network_trains_as_it_is_described(way: str) -> None:
    described = _traced(way)
    again = trace_module(NetworkModule(described), IMAGE, way)
    assert described.parameters == again.parameters
    assert step_gradients(described) == step_gradients(again)


def test_a_network_without_regions_runs_as_before() -> None:
    whole = named_network("resnet18", image_px=32, classes=4)
    regions = replace(
        whole, ops=tuple(replace(op, checkpoint="layer1" if op.name.startswith("layer1") else "") for op in whole.ops)
    )
    torch.manual_seed(0)
    one = NetworkModule(whole)
    other = NetworkModule(regions)
    other.load_state_dict(one.state_dict())
    images = torch.randn(4, 3, 32, 32)
    for module in (one, other):
        module(images).sum().backward()
    for mine, theirs in zip(one.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(mine.grad, theirs.grad)

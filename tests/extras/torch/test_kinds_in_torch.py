"""Every kind of operation in PyTorch: it runs as its record says, is traced as itself, and calls what is counted."""

from __future__ import annotations

from collections import Counter

import pytest

pytest.importorskip("torch", reason="the extra torch is not installed")
import torch
from tests.unit.networks.kind_examples import drawn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from cloudcost.networks.counts import network_macs
from cloudcost.networks.kinds.table import KINDS
from cloudcost.profiling.worker.dispatch import Watcher
from cloudcost.profiling.worker.tracing.network_module import NetworkModule
from cloudcost.profiling.worker.tracing.trace import trace_module
from cloudcost.timing.calls.framework import launched, shape_text

GENERIC = {"elementwise", "normalize", "pool", "reduce", "copy", "expand", "recurrent"}
"""Kinds that stand for many functions: PyTorch's calls are those of each, not those of the record."""

UNTRACED = {
    "conv1d", "conv3d", "conv_transpose1d", "conv_transpose3d", "matmul", "attention", "recurrent", "reshape",
    "transpose", "expand", "normalize", "pool", "reduce", "copy", "permute",
}  # fmt: skip
"""Kinds that the tracer does not see as themselves, or that run by a stand-in."""

every_kind = pytest.mark.parametrize("kind", KINDS)


@every_kind
def test_a_kind_runs_and_is_traced_as_itself(kind: str) -> None:
    network = drawn(kind).build()
    op = network.ops[-1]
    with torch.device("meta"):
        module = NetworkModule(network)
        assert tuple(module(torch.empty(2, *network.input)).shape) == (2, *op.output)
    if kind in UNTRACED:
        return
    traced = trace_module(module, network.input, kind)
    same = [each for each in traced.ops if each.kind == kind]
    assert same
    seen = same[-1]
    assert (seen.output, seen.parameters, seen.groups) == (op.output, op.parameters, op.groups)
    assert (seen.kernel, seen.stride, seen.dilation, seen.bias) == (op.kernel, op.stride, op.dilation, op.bias)


@every_kind
def test_macs_are_those_that_pytorch_counts(kind: str) -> None:
    network = drawn(kind).build()
    counter = FlopCounterMode(display=False)
    with torch.device("meta"), counter, sdpa_kernel(SDPBackend.MATH):
        NetworkModule(network)(torch.empty(2, *network.input))
    assert counter.get_total_flops() == 2 * 2 * network_macs(network)


@every_kind
def test_pytorch_calls_what_the_record_says(kind: str) -> None:
    network = drawn(kind).build()
    op = network.ops[-1]
    module = NetworkModule(network)
    watcher = Watcher(lambda: 0)
    with watcher:
        output = module(torch.ones(2, *network.input))
        watcher.phase = "backward"
        output.backward(torch.ones(output.shape))
    seen = Counter(call.key for call in watcher.calls if call is not None)
    ahead, behind = KINDS[kind].calls(op, 2, (True,) * len(op.inputs))
    said = [launched("forward", launch) for launch in ahead] + [launched("backward", launch) for launch in behind]
    missing = Counter(call.key for call in said) - seen
    if kind in GENERIC:
        assert all(each.grad is not None for each in module.parameters())
        return
    if (
        KINDS[kind].group == "activation"
    ):  # torchvision has them in place, where they copy their input; here not all are
        missing.pop(f"clone {shape_text((2, *op.inputs[0]))}", None)
    assert missing == Counter()

"""Networks in every style are traced, and counted as PyTorch counts them."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the extra torch is not installed")
import torch
from tests.extras.torch.students import STUDENTS
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from cloudcost.networks.counts import network_macs
from cloudcost.networks.json_file import parse_network, to_json
from cloudcost.profiling.worker.tracing.clone import materialise, on_meta
from cloudcost.profiling.worker.tracing.network_module import NetworkModule
from cloudcost.profiling.worker.tracing.trace import trace_module
from cloudcost.timing.predict import predict_step

IMAGES = 4
ON_CPU = {"written", "shifted windows"}
"""They make tensors without saying where; a recurrent layer is counted on the meta device alone."""

every_student = pytest.mark.parametrize("name", STUDENTS)


@every_student
def test_parameters_and_products_are_those_that_pytorch_counts(name: str) -> None:
    module, shapes = STUDENTS[name]()
    network = trace_module(module, shapes, name)
    materialise(module, shapes)
    device = "cpu" if name in ON_CPU else "meta"
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        (on_meta(module) if device == "meta" else module)(
            *(torch.ones(IMAGES, *shape, device=device) for shape in shapes)
        )
    assert network.parameters == sum(each.numel() for each in module.parameters())
    assert network_macs(network) == counter.get_total_flops() / 2 / IMAGES
    assert network.notes == ()


@every_student
def test_what_was_traced_can_be_written_read_and_predicted(name: str) -> None:
    module, shapes = STUDENTS[name]()
    network = trace_module(module, shapes, name)
    assert parse_network(to_json(network)) == network
    assert 0 < predict_step(network, batch=8, device="T4").seconds < 1


@every_student
def test_what_was_traced_runs_from_its_description(name: str) -> None:
    module, shapes = STUDENTS[name]()
    network = trace_module(module, shapes, name)
    made = NetworkModule(network)
    assert sum(each.numel() for each in made.parameters()) >= network.parameters
    if len(shapes) == 1:
        made(torch.ones(2, *shapes[0])).sum().backward()

"""One network traced, its counts beside PyTorch's."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from cloudcost.domain.network import Shape
from cloudcost.errors import CloudCostError
from cloudcost.networks.counts import network_macs
from cloudcost.networks.json_file import parse_network, to_json
from cloudcost.profiling.worker.tracing.clone import materialise, on_meta
from cloudcost.profiling.worker.tracing.forward.passes import traced

_IMAGES = 8
"""Of the counted pass: what it does once a batch shows in the remainder. [count]"""


def compared(module: nn.Module, shape: Shape, name: str) -> tuple[str, str]:
    """Return an outcome and what to say of it."""
    trainable = sum(each.numel() for each in module.parameters() if each.requires_grad)
    try:
        network = traced(module, [shape], name).network
    except CloudCostError as error:
        return "refused", str(error)
    macs = network_macs(network)
    theirs = flop_counter_macs(module, shape)
    said = f"{network.parameters:,} parameters, {macs:,} MACs"
    faults = []
    if network.parameters != trainable:
        faults.append(f"{trainable:,} trainable ({network.notes})")
    if macs != theirs:
        faults.append(f"{theirs:,} MACs by PyTorch ({macs / theirs - 1:+.3%})")
    try:
        again = parse_network(to_json(network))
        if again != network:
            faults.append("another network after JSON")
    except CloudCostError as error:
        faults.append(f"JSON: {error!s:.200}")
    return ("differs", f"{said}; {'; '.join(faults)}") if faults else ("traced", said)


def flop_counter_macs(module: nn.Module, shape: Shape) -> float:
    """Return the MACs of one image by PyTorch's own counter, forward, training mode."""
    clone = on_meta(module).train()
    materialise(clone, [shape])
    counter = FlopCounterMode(display=False)
    with sdpa_kernel(SDPBackend.MATH), counter:
        clone(torch.empty(_IMAGES, *shape, device="meta"))
    return float(counter.get_total_flops()) / 2 / _IMAGES

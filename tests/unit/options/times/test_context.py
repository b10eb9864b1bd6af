"""What times depend on besides the project: a fault is named by the key that it lies in."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.projects import build_training

from cloudcost.domain.project import Training
from cloudcost.errors import NetworkError
from cloudcost.options.times.context import TimingContext


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (
            {"network": "resnet18", "freeze": 900},
            'project:training.r.freeze: resnet18: "backbone" or a number of stages, it has',
        ),
        ({"network": "alexnet", "image_px": 16}, "project:training.r.network: "),
    ],
)
def test_a_fault_is_named_by_its_key(changed: dict[str, Any], told: str) -> None:
    training: Training = build_training(name="r", **changed)
    with pytest.raises(NetworkError) as caught:
        TimingContext(today=date(2026, 11, 29)).network(training)
    assert all(fault.startswith(told) for fault in caught.value.faults)

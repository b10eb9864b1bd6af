"""What a step keeps in memory, and the batch that fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.networks.builder import Builder
from cloudcost.networks.registry import named_network
from cloudcost.timing.memory import USABLE, kept_elements, largest_batch, step_bytes


def test_what_is_overwritten_in_place_is_not_kept() -> None:
    b = Builder("tiny", (3, 8, 8))
    x = b.relu(b.batch_norm(b.conv(b.input, 4, 3, padding="same")))
    b.linear(b.flatten(x), 2)
    # image, convolution's output (read by the normalisation), activation (read by the linear map through a view)
    assert kept_elements(b.build()) == 3 * 64 + 4 * 64 + 4 * 64


@given(
    kept=st.floats(1e3, 1e8),
    parameters=st.integers(0, 10**9),
    memory=st.floats(1e9, 1e11),
    optimizer=st.sampled_from(["sgd", "momentum", "adam"]),
    precision=st.sampled_from(["fp32", "tf32", "amp"]),
)
def test_largest_batch_is_the_last_that_fits(
    kept: float, parameters: int, memory: float, optimizer: str, precision: str
) -> None:
    batch = largest_batch(kept, parameters, memory_bytes=memory, optimizer=optimizer, precision=precision)
    one_more = step_bytes(kept, parameters, batch=batch + 1, optimizer=optimizer, precision=precision)
    assert one_more > USABLE * memory - 1
    if batch:
        need = step_bytes(kept, parameters, batch=batch, optimizer=optimizer, precision=precision)
        assert need <= USABLE * memory + 1


def test_adam_needs_two_more_copies_of_the_parameters_than_sgd() -> None:
    features = kept_elements(named_network("resnet18"))
    plain = step_bytes(features, 1_000_000, batch=1)
    assert step_bytes(features, 1_000_000, batch=1, optimizer="adam") - plain == 8_000_000


def test_unknown_optimizer_is_named() -> None:
    with pytest.raises(ValueError, match="'lion' is none of sgd, momentum, adam"):
        step_bytes(1.0, 1, batch=1, optimizer="lion")

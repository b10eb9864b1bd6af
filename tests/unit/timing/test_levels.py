"""Devices under stacks, formats and hosts: laws of the levels, and of the hosts that launch their kernels."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples

from cloudcost.catalog.devices import device, devices
from cloudcost.catalog.training.hosts import host, hosts, usual_host
from cloudcost.errors import CatalogError, TimingError
from cloudcost.networks.builder import Builder
from cloudcost.networks.registry import named_network
from cloudcost.timing.levels.compose import STACKS, arithmetic_of
from cloudcost.timing.levels.launches import CLASSES, launches_of
from cloudcost.timing.levels.table import shipped_levels
from cloudcost.timing.predict import predict_step

RESNET50 = named_network("resnet50")
SMALL = named_network("densenet121", image_px=32)
"""Bound by launches wherever it runs."""
TIMED = ("T4", "V100", "A10G", "L4", "L40S", "A100", "H100", "RTX 3090", "RTX 4060 Ti", "RTX 4070", "GTX 1660")


@given(name=st.sampled_from(TIMED), one=st.sampled_from(sorted(hosts())), other=st.sampled_from(sorted(hosts())))
@settings(max_examples=examples(30), deadline=None)
def test_a_slower_host_never_shortens_a_step(name: str, one: str, other: str) -> None:
    first, second = sorted((one, other), key=lambda each: host(each).launch)
    fast, slow = (predict_step(SMALL, batch=16, device=name, host=each).seconds for each in (first, second))
    assert fast <= slow


def test_launches_rule_small_networks_and_not_large_ones() -> None:
    ratio = host("desktop-wsl2").launch / host("desktop").launch
    small, large = (
        predict_step(network, batch=batch, device="RTX 3090", host="desktop-wsl2").seconds
        / predict_step(network, batch=batch, device="RTX 3090", host="desktop").seconds
        for network, batch in ((SMALL, 16), (RESNET50, 128))
    )
    assert small == pytest.approx(ratio, rel=0.15)
    assert large < 1.1


def test_the_systems_band_is_wider_where_the_host_is_not_known() -> None:
    known = predict_step(SMALL, batch=16, device="T4", host="g4dn").interval_seconds
    guessed = predict_step(SMALL, batch=16, device="T4", host="server").interval_seconds
    assert guessed[1] / guessed[0] > known[1] / known[0]


def test_hosts_follow_families_devices_and_systems() -> None:
    assert usual_host(device("L4")).name == "g6"
    assert usual_host(device("RTX 4090")).name == "desktop"
    assert host("Ryzen 7000 Windows").system == "windows"
    with pytest.raises(CatalogError, match="did you mean"):
        host("desktopp")


def test_pytorchs_default_is_tf32_in_convolutions_alone() -> None:
    dense = Builder("dense", (4096,))
    dense.linear(dense.linear(dense.input, 4096), 4096)
    products = dense.build()
    seconds = {
        precision: predict_step(products, batch=4096, device="A100", precision=precision).seconds
        for precision in ("default", "fp32", "tf32")
    }
    assert seconds["default"] == pytest.approx(seconds["fp32"], rel=0.02)
    assert seconds["tf32"] < 0.6 * seconds["fp32"]
    convolved = [predict_step(RESNET50, batch=64, device="A100", precision=p).seconds for p in ("default", "tf32")]
    assert convolved[0] == pytest.approx(convolved[1], rel=0.02)


def test_what_a_device_cannot_compute_is_refused() -> None:
    with pytest.raises(TimingError, match="no bf16 on T4"):
        predict_step(RESNET50, batch=8, device="T4", precision="bf16")
    with pytest.raises(TimingError, match="nothing was measured on a CDNA3"):
        predict_step(RESNET50, batch=8, device="MI300X")


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_times_a_known_device(stack: str) -> None:
    assert predict_step(RESNET50, batch=64, device="A100", precision="amp", stack=stack).seconds > 0


def test_tuned_containers_are_faster_in_mixed_precision() -> None:
    plain, tuned = (
        predict_step(RESNET50, batch=256, device="A100-80GB", precision="amp", stack=stack).seconds
        for stack in ("torch", "tuned")
    )
    assert tuned < 0.7 * plain


def test_k80_and_m60_keep_the_stack_that_was_measured() -> None:
    assert predict_step(RESNET50, batch=8, device="K80").stack == "tf2.5"
    assert predict_step(RESNET50, batch=8, device="T4").stack == "torch"


def test_unseen_is_by_kind_not_by_share() -> None:
    b = Builder("dilated", (64, 56, 56))
    x = b.input
    for _ in range(4):
        x = b.relu(b.conv(x, 64, 3, padding="same", dilation=2))
    b.linear(b.flatten(b.global_avg_pool(x)), 10)
    assert predict_step(b.build(), batch=64, device="A10G").unseen_share > 0.4
    assert predict_step(RESNET50, batch=64, device="A10G").unseen_share < 0.2


def test_calls_are_counted_as_pytorch_makes_them() -> None:
    counted = dict(zip(CLASSES, launches_of(named_network("resnet18")), strict=True))
    assert counted["forward.convolution"] == counted["backward.convolution"] == 20
    assert counted["forward.norm"] == 20
    assert counted["update.tensor"] == 62


def test_every_measured_device_is_in_the_table_and_every_level_is_of_something() -> None:
    levels = shipped_levels()
    assert set(levels.measured) <= set(devices())
    for name in levels.factors:
        kind, *rest = name.split("/")
        if kind in ("device", "variant"):
            assert rest[0] in devices()
        if kind == "architecture":
            assert rest[0] in {each.architecture for each in devices().values()}


def test_arithmetic_follows_device_and_precision() -> None:
    assert arithmetic_of(device("GTX 1080 Ti"), "amp") == "fp32"
    assert arithmetic_of(device("RX 6800"), "amp") == "half"

"""Levels that carry over to devices that nobody measured, and the laws that times and bands keep on all of them."""

from __future__ import annotations

from math import exp, log

import pytest

from cloudcost.catalog.devices import device, devices
from cloudcost.catalog.training.hosts import host
from cloudcost.domain.devices import Device
from cloudcost.networks.registry import named_network
from cloudcost.timing.levels.compose import GEFORCE, chain, composed, gain_log, is_radeon
from cloudcost.timing.predict import error_parts, predict_step
from cloudcost.timing.rates.workload import modelled_step, network_features

NETWORKS = ("resnet50", "mobilenet_v2", "vgg16_bn", "densenet121", "vit_b_16")
TENSOR_CORES = sorted(name for name, each in devices().items() if each.fp16_tensor_tflops and each.kind == "gpu")


@pytest.mark.parametrize("name", ["A100-40GB", "V100", "T4", "RTX 3090", "RTX 4060 Ti", "L4", "H100", "RX 7900 XTX"])
@pytest.mark.parametrize("channels_last", [False, True])
def test_pure_half_takes_no_longer_than_mixed_precision(name: str, channels_last: bool) -> None:
    for network in NETWORKS:
        for batch in (12, 128):
            half, amp = (
                predict_step(
                    named_network(network), batch=batch, device=name, precision=each, channels_last=channels_last
                ).seconds
                for each in ("half", "amp")
            )
            assert half <= 1.001 * amp, (network, batch)


def test_pure_half_has_every_level_of_mixed_precision_where_that_runs_in_half() -> None:
    for name in TENSOR_CORES:
        found = [
            chain(device(name), {}, "half", "torch", channels_last=False, pure=pure) for pure in (False, True)
        ]  # fmt: skip
        assert found[0] == found[1]


def test_the_gain_of_an_arithmetic_is_what_its_sheet_promises() -> None:
    assert gain_log(device("A100-40GB"), "tf32") == pytest.approx(log(156 / 19.49 / 4))
    assert (
        gain_log(device("RTX 3090"), "tf32") < gain_log(device("A10"), "tf32") < gain_log(device("A100-40GB"), "tf32")
    )


def test_only_geforce_cards_have_their_level() -> None:
    def has(each: Device) -> bool:
        return "geforce" in chain(each, {}, "fp32", "torch", channels_last=False, pure=False)

    assert [has(device(name)) for name in ("RTX 4060 Ti", "A10G", "RX 7900 XTX")] == [True, False, False]
    gpus = [each for each in devices().values() if each.kind == "gpu"]
    assert all(has(each) == (each.segment in GEFORCE and not is_radeon(each)) for each in gpus)


@pytest.mark.parametrize("name", ["A10G", "RTX 5070", "L40S", "RTX 2070"])
def test_what_a_device_is_not_known_by_counts_by_its_share_of_the_step(name: str) -> None:
    known = host("g5")
    model = composed(device(name), "default", stack="torch", channels_last=False, host=known)
    by_share = []
    for network, px, batch in (("densenet121", 32, 8), ("resnet50", 64, 64), ("vgg16", 224, 64)):
        step = modelled_step(model, network_features(named_network(network, image_px=px)), batch)
        parts = error_parts(model, step, "torch")
        most = max(model.device_sd, model.host_sd)
        assert parts.whole_device <= most * 1.0001
        by_share.append((step.host_share, parts.total))
    assert by_share == sorted(by_share, reverse=True)
    assert exp(1.2816 * by_share[0][1]) < exp(1.2816 * by_share[-1][1])

"""Names, sizes and messages of the named networks."""

from __future__ import annotations

import time

import pytest

from cloudcost.errors import NetworkError
from cloudcost.networks import registry
from cloudcost.networks.counts import is_auxiliary
from cloudcost.networks.kinds.table import KINDS
from cloudcost.networks.registry import (
    canonical_name,
    is_network_name,
    named_network,
    network_names,
    recipe_of,
)


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("ResNet-50", "resnet50"), ("VGG16_bn", "vgg16_bn"), ("vgg-16-bn", "vgg16_bn"), ("MobileNetV2", "mobilenet_v2"),
        ("EfficientNet-B0", "efficientnet_b0"), ("regnet_y_1.6gf", "regnet_y_1_6gf"), ("RegNetY-16GF", "regnet_y_16gf"),
        ("squeezenet1.0", "squeezenet1_0"), ("wide resnet50 2", "wide_resnet50_2"), ("inception3", "inception_v3"),
        ("LeNet-5", "lenet5"), ("U-Net", "unet"), ("ResNeXt50_32x4d", "resnext50_32x4d"), ("lenet", "lenet5"),
    ],
)  # fmt: skip
def test_spelling_does_not_matter(spelling: str, name: str) -> None:
    assert canonical_name(spelling) == name
    assert is_network_name(spelling)


def test_names_that_differ_by_a_separator_between_digits_stay_apart() -> None:
    small, large = named_network("regnet_y_1_6gf"), named_network("regnet_y_16gf")
    assert small.parameters < large.parameters


def test_every_alias_leads_to_its_network() -> None:
    for name in network_names():
        assert all(canonical_name(alias) == name for alias in recipe_of(name).aliases)


def test_an_unknown_name_is_told_with_near_ones() -> None:
    with pytest.raises(NetworkError) as caught:
        named_network("resnet5O")
    assert str(caught.value).startswith("unknown network 'resnet5O'; did you mean resnet50")
    with pytest.raises(NetworkError, match="unknown network 'qqqqq'; cloudcost networks lists them"):
        named_network("qqqqq")


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"image_px": 0}, "resnet18: an image is 1 to 16,384 px, not 0"),
        ({"image_px": 20_000}, "resnet18: an image is 1 to 16,384 px, not 20000"),
        ({"classes": 0}, "resnet18: a network has 1 channel and 1 class or more, not 3 and 0"),
        ({"channels": -1}, "resnet18: a network has 1 channel and 1 class or more, not -1 and 1000"),
    ],
)
def test_sizes_out_of_range_are_refused(keywords: dict[str, int], message: str) -> None:
    with pytest.raises(NetworkError) as caught:
        named_network("resnet18", **keywords)
    assert str(caught.value) == message


def test_an_image_that_is_too_small_is_told_with_the_least_size() -> None:
    with pytest.raises(NetworkError) as caught:
        named_network("inception_v3", image_px=32)
    assert str(caught.value) == (
        "image of 32 px is too small for inception_v3: 6a.conv2d_1 (conv2d): "
        "a map of 1x1 px is smaller than its 3x3 window; it needs at least 75 px"
    )


def test_channels_and_classes_change_the_first_and_the_last_layer() -> None:
    plain, other = named_network("resnet18"), named_network("resnet18", channels=1, classes=10)
    assert plain.parameters - other.parameters == 2 * 7 * 7 * 64 + 513 * 990
    assert (other.input, other.ops[-1].output) == ((1, 224, 224), (10,))


def test_auxiliary_heads_of_inception_are_trained_from_299_px_on() -> None:
    def heads(px: int) -> int:
        return sum(is_auxiliary(op) for op in named_network("inception_v3", image_px=px).ops)

    assert (heads(298), heads(299), heads(400)) == (0, 10, 10)


def test_vgg_at_32_px_repeats_its_one_pixel_to_7x7() -> None:
    pool = next(op for op in named_network("vgg16", image_px=32).ops if op.kind == "avg_pool")
    assert (pool.inputs[0], pool.output) == ((512, 1, 1), (512, 7, 7))


def test_unet_pads_where_sizes_are_odd() -> None:
    odd = named_network("unet", image_px=90)
    assert [op.kind for op in odd.ops].count("pad") == 2
    assert odd.ops[-1].output == (1, 90, 90)
    assert all(op.kind != "pad" for op in named_network("unet", image_px=96).ops)


def test_a_network_is_built_once() -> None:
    assert named_network("ResNet-18") is named_network("resnet18", image_px=224, channels=3, classes=1000)


def test_operations_are_named_once_and_of_known_kinds() -> None:
    for name in network_names():
        network = named_network(name)
        assert len({op.name for op in network.ops}) == len(network.ops)
        assert {op.kind for op in network.ops} <= set(KINDS)


def test_the_named_networks_are_built_fast() -> None:
    best = min(_seconds_to_build("resnet152", 225 + attempt) for attempt in range(5))
    assert best < 0.03  # 8 ms here


def _seconds_to_build(name: str, image_px: int) -> float:
    start = time.perf_counter()
    named_network(name, image_px=image_px)
    return time.perf_counter() - start


def test_no_two_families_spell_a_network_alike() -> None:
    spelt = [spelling for family in registry._FAMILIES for spelling in registry._spellings_of(family)]
    assert len(spelt) == len(set(spelt)) == len(registry._spellings())

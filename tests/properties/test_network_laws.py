"""Laws of networks: what is built is consistent, comes back from its JSON, and grows with the image."""

from __future__ import annotations

import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.laws import examples

from cloudcost.domain.network import Network
from cloudcost.errors import NetworkError
from cloudcost.networks.builder import Builder, Padding, Tensor
from cloudcost.networks.checks import op_faults
from cloudcost.networks.counts import network_macs
from cloudcost.networks.json_file import parse_network, to_json
from cloudcost.networks.registry import named_network, network_names, smallest_image_px
from cloudcost.networks.shapes import same_padding, transposed_output, window_output
from cloudcost.timing.calls.expand import step_calls
from cloudcost.timing.rates.features import features_of

SIZES = st.integers(1, 300)
KERNELS = st.integers(1, 11)
STRIDES = st.integers(1, 5)
ANY_SIZE = st.deferred(
    lambda: st.sampled_from(sorted(name for name in network_names() if smallest_image_px(name) == 1))
)
"""Fully convolutional up to a global mean."""
SMALL = st.deferred(lambda: st.sampled_from([name for name in network_names() if len(named_network(name).ops) < 300]))


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Return any network: a chain with joins, of every kind of layer."""
    height, width = draw(st.integers(1, 40)), draw(st.integers(1, 40))
    b = Builder(draw(st.text(min_size=1, max_size=8)), (draw(st.integers(1, 6)), height, width))
    tensors = [b.input]
    for _ in range(draw(st.integers(1, 12))):
        x = draw(st.sampled_from(tensors))
        added = _layer(draw, b, x)
        if added is not None:
            tensors.append(added)
    if len(tensors) == 1:
        b.relu(b.input)
    return b.build()


def _layer(draw: st.DrawFn, b: Builder, x: Tensor) -> Tensor | None:
    kernel = draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    stride = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    padding: Padding = draw(st.one_of(st.integers(0, 3), st.just("same"), st.tuples(*[st.integers(0, 3)] * 4)))
    bias, l2 = draw(st.booleans()), draw(st.booleans())
    try:
        match draw(st.integers(0, 15)):
            case 0:
                return b.conv(x, draw(st.integers(1, 6)), kernel, stride=stride, padding=padding, bias=bias, l2=l2)
            case 1:
                return b.depthwise(x, kernel, stride=stride, padding=padding, dilation=2, bias=bias, l2=l2)
            case 2:
                return b.conv_transpose(x, 2, kernel, stride=stride, padding=padding, bias=bias)
            case 3:
                return b.linear(x, 3, bias=bias, l2=l2)
            case 4:
                return b.batch_norm(x, scale=bias, center=l2)
            case 5:
                return b.layer_norm(x, channels_last=bias)
            case 6:
                return b.max_pool(x, kernel, stride=stride, padding=padding, ceil_mode=bias)
            case 7:
                return b.avg_pool(x, kernel, stride=stride, ceil_mode=bias)
            case 8:
                return b.adaptive_avg_pool(x, kernel)
            case 9:
                return b.multiply(x, b.global_avg_pool(x, keep_map=bias))
            case 10:
                return b.concat(x, b.activation(x, "gelu"), x)
            case 11:
                return b.shuffle(b.concat(*b.split(x, (1, x.shape[0] - 1))), 1) if x.shape[0] > 1 else None
            case 12:
                return b.permute(x, draw(st.permutations(range(len(x.shape)))))
            case 13:
                return b.pad(b.upsample(x, kernel), padding if padding != "same" else -1)
            case 14:
                return b.scale(b.add(x, b.dropout(x)), parameters=x.shape[0] if bias else 0)
            case _:
                return b.softmax(b.flatten(x))
    except NetworkError:
        return None


@st.composite
def other_networks(draw: st.DrawFn) -> Network:
    """Return a network of sequences, volumes or tokens."""
    axes = draw(st.lists(st.integers(2, 12), min_size=1, max_size=3))
    b = Builder("other", (draw(st.sampled_from([4, 6, 12])), *axes))
    x = b.relu(b.input)
    for _ in range(draw(st.integers(1, 8))):
        try:
            x = _other_layer(draw, b, x)
        except NetworkError:
            continue
    return b.build()


def _other_layer(draw: st.DrawFn, b: Builder, x: Tensor) -> Tensor:
    kernel, stride, bias = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.booleans())
    padding: Padding = draw(st.one_of(st.integers(0, 2), st.just("same")))
    match draw(st.integers(0, 13)):
        case 0:
            return b.conv(x, 6, kernel, stride=stride, padding=padding, groups=2, bias=bias)
        case 1:
            return b.conv_transpose(x, 4, kernel, stride=stride, padding=padding, bias=bias)
        case 2:
            return b.max_pool(x, kernel, stride=stride, padding=padding, ceil_mode=bias)
        case 3:
            return b.adaptive_avg_pool(x, kernel)
        case 4:
            return b.pad(b.upsample(x, stride), kernel)
        case 5:
            return b.matmul(x, b.transpose(x))
        case 6:
            return b.attention(x, x, x, mask="causal" if bias else "")
        case 7:
            return b.permute(x, draw(st.permutations(range(len(x.shape)))))
        case 8:
            return b.reshape(x, (x.shape[0] * x.shape[-1], *x.shape[1:-1]))
        case 9:
            return b.operation("group_norm", x, groups=2)
        case 10:
            return b.operation("elementwise", x, x, function="maximum", calls=stride)
        case 11:
            return b.operation("reduce", x, output=x.shape[1:], axes=(0,), function="amax")
        case 12:
            return b.copy(x, shape=(2, *x.shape), function="repeat")
        case _:
            return b.linear(x, 6, bias=bias)


@settings(max_examples=examples(60), deadline=None)
@given(other_networks(), st.integers(1, 64))
def test_sequences_volumes_and_tokens_are_consistent_kept_and_timed(network: Network, batch: int) -> None:
    assert [fault for op in network.ops for fault in op_faults(op)] == []
    assert parse_network(to_json(network)) == network
    features = features_of(network)
    one, more = (features.at([images], 100.0)[0] for images in (batch, batch + 1))
    assert (one >= 0).all()
    assert (more >= one * (1 - 1e-9)).all()
    assert features.kept(0) <= features.kept(-1)
    assert step_calls(network, batch)


@settings(max_examples=examples(120), deadline=None)
@given(networks())
def test_what_the_builder_builds_is_consistent(network: Network) -> None:
    assert [fault for op in network.ops for fault in op_faults(op)] == []


@settings(max_examples=examples(120), deadline=None)
@given(networks())
def test_json_is_read_back_without_loss(network: Network) -> None:
    assert parse_network(to_json(network)) == network


LEAVES = st.none() | st.booleans() | st.integers(-2, 2**70) | st.floats() | st.text(max_size=5)
JSON_VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner), max_leaves=6
)


@settings(max_examples=examples(120), deadline=None)
@given(networks(), st.data())
def test_a_json_with_a_value_changed_is_read_or_refused_with_its_place(network: Network, data: st.DataObject) -> None:
    document = json.loads(to_json(network))
    place = data.draw(st.sampled_from([document, *document["ops"]]))
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(JSON_VALUES)
    try:
        parse_network(json.dumps(document), where="net.json")
    except NetworkError as error:
        assert error.faults  # noqa: PT017
        assert all(fault.startswith("net.json:") for fault in error.faults)  # noqa: PT017


@settings(max_examples=examples(40), deadline=None)
@given(SMALL, st.integers(75, 400), st.integers(1, 4), st.integers(1, 50))
def test_json_of_named_networks_is_read_back_without_loss(name: str, px: int, channels: int, classes: int) -> None:
    network = named_network(name, image_px=px, channels=channels, classes=classes)
    assert parse_network(to_json(network)) == network


@settings(max_examples=examples(40), deadline=None)
@given(ANY_SIZE, st.integers(1, 512), st.integers(1, 512))
def test_parameters_do_not_depend_on_the_image_and_macs_never_fall_with_it(name: str, one: int, other: int) -> None:
    small, large = (named_network(name, image_px=px) for px in sorted((one, other)))
    assert small.parameters == large.parameters
    assert network_macs(small) <= network_macs(large)


@settings(max_examples=examples(40), deadline=None)
@given(st.sampled_from(network_names()), st.integers(1, 300))
def test_an_image_is_refused_exactly_below_the_least_size(name: str, px: int) -> None:
    least_px = smallest_image_px(name)
    if px >= least_px:
        assert named_network(name, image_px=px).input[1:] == (px, px)
    else:
        with pytest.raises(NetworkError, match=f"it needs at least {least_px} px"):
            named_network(name, image_px=px)


@given(SIZES, KERNELS, STRIDES, st.integers(0, 5), st.booleans())
def test_windows_are_as_many_as_can_be_counted(size: int, kernel: int, stride: int, pad: int, ceil: bool) -> None:
    assume(not ceil or pad <= kernel // 2)  # as PyTorch asks of pools
    last_start = size + pad - 1 if ceil else size + 2 * pad - kernel
    starts = [start for start in range(0, size + 2 * pad, stride) if start <= last_start]
    if ceil:  # a window may hang over by less than a stride
        starts = [start for start in starts if start < size + 2 * pad - kernel + stride]
    assert max(window_output(size, kernel, stride=stride, before=pad, after=pad, ceil=ceil), 0) == len(starts)


@given(SIZES, KERNELS, STRIDES, st.integers(1, 3))
def test_same_padding_gives_the_size_over_the_stride_rounded_up(
    size: int, kernel: int, stride: int, dilation: int
) -> None:
    before, after = same_padding(size, kernel, stride=stride, dilation=dilation)
    assert after - before in (0, 1)
    windows = window_output(size, kernel, stride=stride, before=before, after=after, dilation=dilation)
    assert windows == -(-size // stride)


@given(SIZES, KERNELS, STRIDES, st.integers(1, 3))
def test_a_transposed_convolution_undoes_the_size_of_a_convolution(
    size: int, kernel: int, stride: int, dilation: int
) -> None:
    enlarged = transposed_output(size, kernel, stride=stride, dilation=dilation)
    assert window_output(enlarged, kernel, stride=stride, dilation=dilation) == size

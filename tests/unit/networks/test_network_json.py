"""The network JSON: what may be left out, and what is told of each inconsistency."""

# ruff: noqa: E501 - one fault with its message per line

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeAlias

import pytest

from cloudcost.domain.network import Network
from cloudcost.errors import NetworkError
from cloudcost.files.documents import JsonValue
from cloudcost.networks.builder import Builder
from cloudcost.networks.json_file import network_document, parse_network, read_network, to_json
from cloudcost.networks.kinds.table import KINDS
from cloudcost.networks.registry import named_network

# A JSON document, edited freely by the tests.
Document: TypeAlias = dict[str, object]


def _op(**keys: object) -> Document:
    return {"kind": "relu", "inputs": [[8, 16, 16]], "output": [8, 16, 16], **keys}


def _document(*ops: object, **keys: object) -> Document:
    return {"schema": "cloudcost.network/1", "name": "net", "input": [8, 16, 16], "ops": list(ops), **keys}


def _faults(document: object) -> tuple[str, ...]:
    with pytest.raises(NetworkError) as caught:
        parse_network(json.dumps(document), where="net.json")
    return caught.value.faults


CONV = {"kind": "conv2d", "kernel": [3, 3], "padding": [1, 1, 1, 1], "output": [4, 16, 16]}


@pytest.mark.parametrize(
    "name", ["resnet18", "inception_v3", "convnext_tiny", "shufflenet_v2_x0_5", "unet", "xception"]
)
def test_named_networks_come_back_unchanged(name: str) -> None:
    network = named_network(name)
    assert parse_network(to_json(network)) == network


def test_shared_and_regularised_parameters_come_back_unchanged() -> None:
    b = Builder("net", (8, 9, 9))
    x = b.conv(b.input, 8, 3, padding="same", stride=2, l2=True, name="a")
    b.conv(x, 8, 3, padding="same", stride=2, l2=True, shares="a")
    assert parse_network(to_json(b.build())) == b.build()
    assert b.build().parameters == 584


def test_one_operation_stands_on_one_line() -> None:
    lines = to_json(named_network("lenet5")).splitlines()
    assert sum('"kind"' in line for line in lines) == 12
    assert len(lines) == 12 + 8


def test_sources_and_unused_keys_may_be_left_out() -> None:
    network = parse_network(json.dumps(_document(_op(**CONV), _op(inputs=[[4, 16, 16]], output=[4, 16, 16]))))
    conv, relu = network.ops
    assert (conv.sources, conv.stride, conv.groups, conv.bias) == ((), (1, 1), 1, False)
    assert (conv.name, relu.name) == ("op#0", "op#1")
    assert conv.parameters == network.parameters == 8 * 9 * 4


def test_inputs_may_be_left_out_where_sources_are_given() -> None:
    first = {"kind": "max_pool", "name": "a", "from": ["input"], "kernel": 2, "stride": 2, "output": [8, 8, 8]}
    network = parse_network(json.dumps(_document(first, {"kind": "relu", "from": "a", "output": [8, 8, 8]})))
    assert [op.inputs for op in network.ops] == [((8, 16, 16),), ((8, 8, 8),)]
    assert [op.sources for op in network.ops] == [("",), ("a",)]


@pytest.mark.parametrize(("parameters", "bias"), [(288, False), (292, True)])
def test_bias_follows_from_parameters(parameters: int, bias: bool) -> None:
    op = parse_network(json.dumps(_document(_op(**CONV, parameters=parameters)))).ops[0]
    assert (op.bias, op.parameters) == (bias, parameters)


def test_parameters_follow_from_bias() -> None:
    assert parse_network(json.dumps(_document(_op(**CONV, bias=True)))).parameters == 292


def test_frozen_kernels_have_no_trainable_parameters() -> None:
    assert parse_network(json.dumps(_document(_op(**CONV, bias=True, parameters=0)))).parameters == 0


@pytest.mark.parametrize("padding", ["same", None])
def test_same_padding_is_found(padding: str | None) -> None:
    op = _op(kind="conv2d", kernel=[3, 3], stride=[2, 2], output=[4, 8, 8], padding=padding)
    assert parse_network(json.dumps(_document(op))).ops[0].padding == (0, 0, 1, 1)


@pytest.mark.parametrize(
    ("padding", "sides"), [(1, (1, 1, 1, 1)), ([1, 2], (1, 2, 1, 2)), ([1, 0, 1, 2], (1, 0, 1, 2)), ("valid", (0,) * 4)]
)
def test_padding_is_written_in_several_ways(padding: object, sides: tuple[int, ...]) -> None:
    height, width = 14 + sides[0] + sides[2], 14 + sides[1] + sides[3]
    op = _op(kind="conv2d", kernel=3, output=[4, height, width], padding=padding)
    assert parse_network(json.dumps(_document(op))).ops[0].padding == sides


@pytest.mark.parametrize(("kernel", "padding"), [(3, (0, 0, 1, 1)), (2, (0, 0, 0, 0)), (4, (1, 1, 1, 1))])
def test_same_padding_of_a_transposed_convolution_grows_the_map_by_the_stride(
    kernel: int, padding: tuple[int, ...]
) -> None:
    op = _op(kind="conv_transpose2d", kernel=kernel, stride=2, padding="same", output=[4, 32, 32])
    assert parse_network(json.dumps(_document(op))).ops[0].padding == padding


def test_same_padding_of_what_is_no_map_is_told_as_such() -> None:
    op = _op(kind="conv2d", inputs=[[2048]], kernel=1, padding="same", output=[4, 32, 32])
    assert _faults(_document(op)) == ("net.json:ops[0].inputs[0]: conv2d reads channels x height x width, not 2048",)


def test_pools_may_round_either_way_and_adaptive_ones_have_no_window() -> None:
    for output in ([8, 7, 7], [8, 8, 8]):
        pool = _op(kind="max_pool", kernel=[3, 3], stride=[2, 2], output=output)
        assert parse_network(json.dumps(_document(pool))).ops[0].output == tuple(output)
    assert parse_network(json.dumps(_document(_op(kind="avg_pool", output=[8, 7, 7])))).ops[0].kernel == (1, 1)


@pytest.mark.parametrize("output", [[8], [8, 1, 1]])
def test_global_pools_keep_the_map_or_not(output: list[int]) -> None:
    dense = {"kind": "linear", "inputs": [output], "output": [5], "bias": True}
    document = _document(_op(kind="global_avg_pool", output=output), dense)
    assert parse_network(json.dumps(document)).parameters == 45


def test_linear_maps_of_positions_and_of_whole_maps() -> None:
    positions = _document({"kind": "linear", "inputs": [[8, 16, 16]], "output": [8, 16, 5]})
    whole = _document({"kind": "linear", "inputs": [[8, 16, 16]], "output": [5]})
    assert (parse_network(json.dumps(positions)).parameters, parse_network(json.dumps(whole)).parameters) == (80, 10240)


def test_names_that_nobody_reads_may_repeat() -> None:
    network = parse_network(json.dumps(_document(_op(name="relu"), _op(name="relu"))))
    assert [op.name for op in network.ops] == ["relu#0", "relu#1"]


def test_a_flatten_between_two_operations_may_be_left_out() -> None:
    pool = _op(kind="global_avg_pool", name="pool", output=[8, 1, 1])
    dense = {"kind": "linear", "from": ["pool"], "inputs": [[8]], "output": [5]}
    assert parse_network(json.dumps(_document(pool, dense))).parameters == 40


def test_shared_parameters_may_make_the_total_smaller_but_not_larger() -> None:
    twice = [_op(**CONV), _op(**{**CONV, "inputs": [[4, 16, 16]], "kernel": [3, 3]}), _op(**CONV)]
    twice[2]["inputs"] = [[8, 16, 16]]
    assert parse_network(json.dumps(_document(*twice, parameters=432))).parameters == 432
    assert _faults(_document(*twice, parameters=721)) == (
        "net.json:parameters: 721 are stated, the operations train 720 together",
    )
    assert _faults(_document(*twice, parameters=431)) == (
        "net.json:parameters: 431 are stated, the operations train 720 together and cannot share so many",
    )


@pytest.mark.parametrize(
    ("op", "fault"),
    [
        (_op(**{**CONV, "output": [4, 15, 16]}), "output: conv2d 3x3, stride 1x1, padding [1, 1, 1, 1] over 16x16 px gives 16x16 px, not 15x16"),
        (_op(**{**CONV, "dilation": 2}), "output: conv2d 3x3, stride 1x1, padding [1, 1, 1, 1], dilation 2x2 over 16x16 px gives 14x14 px, not 16x16"),
        (_op(**CONV, groups=3), "groups: 3 groups do not divide 8 and 4 channels"),
        (_op(**CONV, parameters=300), "parameters: conv2d from 8x16x16 to 4x16x16 has 288, not 300"),
        (_op(**CONV, parameters=288, bias=True), "parameters: conv2d from 8x16x16 to 4x16x16 with bias has 292, not 288"),
        (_op(kind="conv_transpose2d", kernel=2, stride=2, padding=0, output=[4, 34, 32]), "output: conv_transpose2d 2x2, stride 2x2, padding [0, 0, 0, 0] over 16x16 px gives 32 to 33 px, not 34"),
        (_op(kind="conv_transpose2d", kernel=2, stride=2, output=[4, 32, 32], groups=5), "groups: 5 groups do not divide 8 and 4 channels"),
        (_op(kind="max_pool", kernel=3, stride=2, padding=0, output=[8, 9, 8]), "output: max_pool 3x3, stride 2x2, padding [0, 0, 0, 0] over 16x16 px gives 7 or 8 px, not 9"),
        (_op(kind="max_pool", kernel=2, stride=2, padding=0, output=[8, 9, 8]), "output: max_pool 2x2, stride 2x2, padding [0, 0, 0, 0] over 16x16 px gives 8 px, not 9"),
        (_op(kind="avg_pool", output=[9, 8, 8]), "output: avg_pool keeps 8 channels, not 9"),
        (_op(kind="global_avg_pool", output=[9]), "output: global_avg_pool of 8x16x16 gives 8 values, not 9"),
        (_op(kind="batch_norm", output=[8, 16, 17]), "output: batch_norm keeps the shape 8x16x16, not 8x16x17"),
        (_op(kind="batch_norm", parameters=32), "parameters: batch_norm from 8x16x16 to 8x16x16 has 16, not 32"),
        (_op(kind="layer_norm", parameters=17), "parameters: layer_norm from 8x16x16 to 8x16x16 has 32, not 17"),
        (_op(kind="scale", parameters=5000), "parameters: scale has at most 4096, not 5000"),
        (_op(parameters=3), "parameters: relu has no parameters, not 3"),
        (_op(kind="linear", inputs=[[8, 16, 16]], output=[4, 16, 5]), "output: linear changes the last axis alone, 8x16x16 does not become 4x16x5"),
        (_op(kind="linear", output=[5], parameters=7), "parameters: linear from 8x16x16 to 5 has 10240, not 7"),
        (_op(kind="add", inputs=[[8, 16, 16], [8, 16, 16]], output=[8, 16, 15]), "output: add of 8x16x16, 8x16x16 gives 8x16x16, not 8x16x15"),
        (_op(kind="concat", inputs=[[8, 16, 16], [8, 16, 16]], output=[15, 16, 16]), "output: concat of 8x16x16, 8x16x16 gives 16x16x16, not 15x16x16"),
        (_op(kind="split", output=[4, 16, 15]), "output: split takes a part of one axis of 8x16x16, not 4x16x15"),
        (_op(kind="permute", output=[16, 16, 7]), "output: permute keeps the 2048 values of 8x16x16, not the 1792 of 16x16x7"),
        (_op(kind="flatten", output=[2047]), "output: flatten keeps the 2048 values of 8x16x16, not the 2047 of 2047"),
        (_op(kind="upsample", output=[8, 15, 32]), "output: upsample keeps channels and enlarges 8x16x16, not to 8x15x32"),
        (_op(kind="pad", padding=1, output=[8, 18, 19]), "output: pad of 8x16x16 by [1, 1, 1, 1] gives 8x18x18, not 8x18x19"),
        (_op(kind="conv2d", kernel=1, output=[8]), "output: conv2d writes channels x height x width, not 8"),
        (_op(inputs=[[8, 16, 16], [8, 16, 16]]), "inputs: relu reads one shape, not 2"),
        (_op(inputs=[[8, 15, 16]], output=[8, 15, 16]), "inputs[0]: nothing before writes 8x15x16"),
        (_op(**{"from": [""], "inputs": [[8, 15, 16]], "output": [8, 15, 16]}), "inputs[0]: relu 'op#0' reads 8x15x16, but 'input' is 8x16x16"),
        (_op(**{"from": ["", ""]}), "from: 2 names, but 1 shapes in inputs"),
        (_op(**{"from": ["later"]}), "from: no earlier operation is called 'later'"),
        (_op(**{"from": [3]}), "from: a list of names is needed, not [3]"),
        (_op(**{"from": 3}), "from: a list of names is needed, not 3"),
        (_op(kind="conv4d"), "kind: unknown kind 'conv4d', did you mean conv3d? known are " + ", ".join(KINDS)),
        (_op(kind=None), "kind: missing"),
        (_op(output=None), "output: missing"),
        (_op(output=[]), "output: a shape is [channels, height, width] or [values], not []"),
        (_op(output=[8, 16, 0]), "output: a number from 1 to 2^40 is needed, not 0"),
        (_op(output=[8, 16, True]), "output: a whole number is needed, not True"),
        (_op(output=[8, 16, 16.5]), "output: a whole number is needed, not 16.5"),
        (_op(output=[8, 16, 10**50]), "output: a number from 1 to 2^40 is needed, not a far larger one"),
        (_op(inputs=None), "inputs: a list of shapes such as [[64, 56, 56]] is needed, not nothing"),
        (_op(inputs=[8, 16, 16]), "inputs[0]: a shape is [channels, height, width] or [values], not 8"),
        (_op(kernel=[3]), "kernel: [height, width] is needed, not [3]"),
        (_op(stride=0), "stride: a number from 1 to 2^40 is needed, not 0"),
        (_op(padding=[1, 1, 1]), "padding: padding is [top, left, bottom, right], not [1, 1, 1]"),
        (_op(padding=-1), "padding: a number from 0 to 2^40 is needed, not -1"),
        (_op(padding="full"), "padding: padding is [top, left, bottom, right], \"same\" or \"valid\", not 'full'"),
        (_op(groups="two"), "groups: a whole number is needed, not 'two'"),
        (_op(bias=1), "bias: true or false is needed, not 1"),
        (_op(l2="no"), "l2: true or false is needed, not 'no'"),
        (_op(parameters=-1), "parameters: a number from 0 to 2^40 is needed, not -1"),
        (_op(name=3), "name: a name is text, not 3"),
    ],
)  # fmt: skip
def test_each_inconsistency_is_told_once_with_its_place(op: Document, fault: str) -> None:
    assert _faults(_document(op)) == (f"net.json:ops[0].{fault}",)


def test_joined_maps_of_different_sizes_are_told() -> None:
    pool = _op(kind="max_pool", name="pool", kernel=2, stride=2, output=[8, 8, 8])
    for kind, what in (("add", "add cannot join"), ("concat", "concat cannot join maps of different sizes,")):
        join = {"kind": kind, "inputs": [[8, 16, 16], [8, 8, 8]], "output": [8, 16, 16]}
        assert _faults(_document(pool, join)) == (f"net.json:ops[1].inputs: {what} 8x16x16, 8x8x8",)
    flat = _op(kind="flatten", output=[2048])
    join = {"kind": "concat", "inputs": [[8, 16, 16], [2048]], "output": [2048]}
    assert _faults(_document(flat, join)) == ("net.json:ops[1].inputs: concat cannot join 8x16x16, 2048 to 2048",)


def test_a_shape_that_differs_from_its_source_is_told_with_both() -> None:
    pool = _op(kind="max_pool", name="pool", kernel=2, stride=2, output=[8, 8, 8])
    relu = _op(**{"name": "act", "from": ["pool"]})
    assert _faults(_document(pool, relu)) == (
        "net.json:ops[1].inputs[0]: relu 'act' reads 8x16x16, but 'pool' is 8x8x8",
    )


def test_a_misspelt_source_is_told_with_the_near_one() -> None:
    assert _faults(_document(_op(name="conv1"), _op(**{"from": ["convl"]}))) == (
        "net.json:ops[1].from: no earlier operation is called 'convl', did you mean conv1?",
    )


def test_all_faults_are_told_at_once_and_followers_are_not_blamed() -> None:
    bad = _op(name="bad", output=[8, 16, 15])
    follower = {"kind": "relu", "from": ["bad"], "inputs": [[8, 16, 15]], "output": [8, 16, 15]}
    without_inputs = {"kind": "relu", "from": ["bad"], "output": [8, 16, 15]}
    found = _faults(_document(bad, follower, without_inputs, _op(kind="relo"), 7))
    assert [fault.split(":")[1] for fault in found] == ["ops[0].output", "ops[3].kind", "ops[4]"]


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ({"kernel_size": [3, 3]}, "ops[0].kernel_size: unknown key, [3, 3], did you mean kernel?"),
        ({"out_channels": 8}, "ops[0].out_channels: unknown key, 8, "),
        ({"Kernel": 3}, "ops[0].Kernel: unknown key, 3, did you mean kernel?"),
        ({"x" * 10**5: 1}, f"ops[0].{'x' * 60}: unknown key, 1, known are kind, name"),
    ],
)
def test_an_unknown_key_is_a_fault(keys: Document, fault: str) -> None:
    [found] = _faults(_document(_op(**CONV, **keys)))
    assert found.startswith(f"net.json:{fault}")
    [found] = _faults({**_document(_op()), "layers": []})
    assert found.startswith("net.json:layers: unknown key, [], ")


@pytest.mark.parametrize("kind", ["conv2d", "conv_transpose2d"])
@pytest.mark.parametrize("keys", [{}, {"parameters": 32}, {"kernel": None}])
def test_a_convolution_states_its_kernel(kind: str, keys: Document) -> None:
    op = {"kind": kind, "inputs": [[8, 16, 16]], "output": [4, 16, 16], **keys}
    assert _faults(_document(op)) == (f"net.json:ops[0].kernel: missing, write {kind}'s [height, width]",)


def test_many_misspelt_sources_are_told_in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []

    def look(_: str, names: list[str], __: int) -> list[str]:
        looked.append(len(names))
        return []

    monkeypatch.setattr("cloudcost.networks.json_reader.get_close_matches", look)
    good = [_op(name=f"a{number}") for number in range(3000)]
    bad = [_op(**{"name": f"b{number}", "from": [f"c{number}"]}) for number in range(100)]
    with pytest.raises(NetworkError, match=r"\.\.\. and 80 more"):
        parse_network(json.dumps(_document(*good, *bad)), where="net.json")
    assert looked == [1000] * 20


def test_many_faults_are_counted() -> None:
    found = _faults(_document(*[_op(output=[8, 16, 15]) for _ in range(50)]))
    assert len(found) == 20
    with pytest.raises(NetworkError, match=r"\n\.\.\. and 30 more$"):
        parse_network(json.dumps(_document(*[_op(output=[8, 16, 15]) for _ in range(50)])))


def test_a_name_that_is_read_has_to_be_unique() -> None:
    document = _document(_op(name="a"), _op(name="a"), _op(**{"from": ["a"]}))
    assert (
        _faults(document)[0] == "net.json:ops[0].name: several operations are called 'a' and some read it, rename them"
    )


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ([], "net.json: a network is a JSON object with name, input and ops, not []"),
        (_document(_op(), schema="cloudcost.profile/1"), "net.json:schema: 'cloudcost.profile/1' is not read here, write 'cloudcost.network/1'"),
        (_document(_op(), name=3), "net.json:name: a name is text, not 3"),
        (_document(_op(), input=[8, 16, 16, 16, 16]), "net.json:input: an image is [channels, height, width], not [8, 16, 16, 16, 16]"),
        ({"ops": [_op()]}, "net.json:input: missing, write the shape of one image as [channels, height, width]"),
        (_document(), "net.json:ops: a list of 1 to 100,000 operations is needed, not []"),
        (_document(_op(), parameters="many"), "net.json:parameters: a whole number is needed, not 'many'"),
    ],
)  # fmt: skip
def test_faults_of_the_document(document: object, fault: str) -> None:
    assert _faults(document) == (fault,)


@pytest.mark.parametrize("content", ["", "{", "[" * 100_000, "9" * 5000])
def test_what_is_not_json_is_told(content: str) -> None:
    with pytest.raises(NetworkError, match=r"net\.json(:line 1)?: not "):
        parse_network(content, where="net.json")


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "lenet.json"
    path.write_text(to_json(named_network("lenet5")), encoding="utf-8")
    assert read_network(path) == named_network("lenet5")
    with pytest.raises(NetworkError, match="cannot be read, No such file or directory"):
        read_network(tmp_path / "none.json")
    with pytest.raises(NetworkError, match="cannot be read, Is a directory"):
        read_network(tmp_path)
    path.write_bytes(b"\xff\xfe{}")
    with pytest.raises(NetworkError, match="not JSON, no UTF-8 text: byte 0xff at 0"):
        read_network(path)


def test_every_changed_size_of_a_network_is_noticed() -> None:
    network = named_network("squeezenet1_1", image_px=32, classes=10)
    document = network_document(network)
    for index, op in enumerate(network.ops):
        for axis in range(len(op.output)):
            output: list[JsonValue] = [size + (position == axis) for position, size in enumerate(op.output)]
            document["ops"] = [
                {**entry, "output": output} if position == index else entry
                for position, entry in enumerate(_entries(network))
            ]
            assert any("output: " in fault or "parameters: " in fault for fault in _faults(document)), (index, axis)


def _entries(network: Network) -> list[dict[str, JsonValue]]:
    entries = network_document(network)["ops"]
    assert isinstance(entries, list)
    return [entry for entry in entries if isinstance(entry, dict)]

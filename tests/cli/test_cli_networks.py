"""`networks`, as a user calls it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from cloudcost.cli import run
from cloudcost.networks.json_file import parse_network, to_json
from cloudcost.networks.registry import named_network, network_names


def test_the_list_has_every_network(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["networks"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["network", "parameters", "gmacs", "image_px"]
    assert [line.split()[0] for line in lines[1:]] == list(network_names())
    assert ["resnet50", "25,557,032", "4.089", "224"] in [line.split() for line in lines]


def test_the_list_as_json_csv_and_markdown_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["networks", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "cloudcost.networks/1"
    assert run(["networks", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["network"], int(row["parameters"])) for row in rows] == [
        (entry["name"], entry["parameters"]) for entry in document["networks"]
    ]
    lenet = next(entry for entry in document["networks"] if entry["name"] == "lenet5")
    assert lenet == {
        "name": "lenet5", "parameters": 61706, "gmacs": 0.00041652, "image_px": 32, "channels": 1, "classes": 10,
        "aliases": ["lenet"],
    }  # fmt: skip
    assert run(["networks", "--format", "md"]) == 0
    assert "| alexnet | 61,100,840 | 0.7142 | 224 |" in capsys.readouterr().out.splitlines()


def test_one_network_is_printed_as_its_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["networks", "ResNet-18", "--image-px", "64", "--channels", "1", "--classes", "10"]) == 0
    network = parse_network(capsys.readouterr().out)
    assert network == named_network("resnet18", image_px=64, channels=1, classes=10)


def test_one_network_as_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["networks", "lenet5", "--format", "text"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["operation", "kind", "output", "parameters", "macs"]
    assert lines[1].split() == ["conv2d_1", "conv2d", "6x28x28", "156", "117,600"]


def test_a_json_file_is_checked_and_printed_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.json"
    path.write_text(to_json(named_network("lenet5")))
    assert run(["networks", str(path)]) == 0
    assert capsys.readouterr().out == path.read_text()
    path.write_text(path.read_text().replace("[16, 5, 5]]", "[16, 5, 6]]"))
    assert run(["networks", str(path)]) == 2
    found = capsys.readouterr()
    assert found.out == ""
    assert f"{path}:ops[6].inputs[0]: flatten 'flatten_1' reads 16x5x6, but 'max_pool_2' is 16x5x5\n" == found.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["resnet51"], "unknown network 'resnet51'; did you mean resnet50"),
        (["inception_v3", "--image-px", "32"], "image of 32 px is too small for inception_v3"),
        (["resnet18", "--image-px", "0"], "a whole number from 1 to 1,000,000 is needed, not '0'"),
        (["resnet18", "--classes", "1e3"], "a whole number from 1 to 1,000,000 is needed, not '1e3'"),
        (["resnet18", "--image-px", "99999"], "resnet18: an image is 1 to 16,384 px, not 99999"),
        (["--classes", "10"], "networks: --classes without a network, name one"),
        (["nowhere.json"], "nowhere.json: cannot be read, No such file or directory"),
        (["a.json", "--image-px", "3"], "networks: a.json has its own size, leave out --image-px"),
    ],
)
def test_bad_input_ends_with_one_line_and_exit_code_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["networks", *arguments]) == 2
    found = capsys.readouterr()
    assert found.out == ""
    assert message in found.err
    assert found.err.count("\n") == 1

"""Every output format through every verb that offers it; a verb without a command here is a failure."""

from __future__ import annotations

import argparse
import csv
import io
import json
from collections.abc import Iterator
from datetime import date

import pytest
from tests.books import own_book, own_price
from tests.offers import list_of

from cloudcost.cli import VERBS, build_parser, run
from cloudcost.render.outputs import FORMATS

TODAY = ["--today", "2026-11-22"]
COMMANDS: dict[str, list[str]] = {
    "compare": [*TODAY, "--draws", "0", "--explain"],
    "quick": ["resnet18", "--images", "6000", "--epochs", "3", "--runs", "1", "--gpu", "RTX 3060", *TODAY],
    "choose": ["project.toml", "--gpu", "T4", "--region", "us-east-1", *TODAY],
    "why": ["project.toml", *TODAY],
    "diff": ["project.toml", "project.toml", *TODAY],
    "estimate": ["project.toml", "--option", "A", *TODAY, "--draws", "0", "--explain"],
    "price": ["usage.csv", *TODAY, "--explain"],
    "explain": [*TODAY, "--amount", "75", "--days", "4", "--facts", "dataset=48GiB,images=60000,users=5"],
    "predict": ["resnet18", "--batch", "8", "--device", "T4"],
    "networks": [],
    "instances": ["--gpu", "L4", *TODAY],
    "regions": ["--contains", "europe"],
    "countries": ["--contains", "mex"],
    "devices": ["--gpu", "RTX 40"],
    "prices list": ["--service", "GoogleColab", *TODAY],
    "prices show": ["ml.g5.xlarge", *TODAY],
    "prices import": ["index.csv"],
    "prices update": ["--from", "mirror", "--services", "AmazonEC2", "--regions", "us-east-1", *TODAY],
    "prices books": [*TODAY],
    "prices diff": ["aws-2026-11", "aws-2026-11-20"],
    "prices check": ["aws-2026-11"],
    "scan": ["images", *TODAY],
    "schema": [],
}
"""Arguments of a short run of each verb, in a folder with a project and a usage file."""
ELSEWHERE = {"profile": "times a CNN with PyTorch: tests/extras/torch/test_profile_run.py"}
PROJECT = """[dataset]
images = 6000
size = "1 GB"
[[training]]
network = "resnet18"
epochs = 3
[[option]]
name = "A"
kind = "ec2"
instance = "g4dn.xlarge"
"""
USAGE = "service,region,usage_type,quantity,unit\nAmazonS3,us-east-1,TimedStorage-ByteHrs,50,GB-Mo\n"


def parsers(verb: str, parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield a verb's parser and those of the verbs within it."""
    yield verb, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                yield from parsers(f"{verb} {name}", child)


def verb_parser(verb: str) -> argparse.ArgumentParser:
    [group] = [each for each in build_parser(verb)._actions if isinstance(each, argparse._SubParsersAction)]
    found = group.choices[verb]
    assert isinstance(found, argparse.ArgumentParser)
    return found


OFFERED = [
    (name, str(style))
    for verb in VERBS
    for name, parser in parsers(verb, verb_parser(verb))
    for action in parser._actions
    if "--format" in action.option_strings
    for style in action.choices or ()
]


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path_factory.mktemp("formats")
    (path / "project.toml").write_text(PROJECT)
    (path / "usage.csv").write_text(USAGE)
    (path / "images").mkdir()
    (path / "images" / "1.png").write_bytes(b"no header")
    monkeypatch.chdir(path)
    monkeypatch.setenv("CLOUDCOST_DATA", str(path / "data"))
    own_book([own_price("0.5")])
    text = list_of([own_price("0.4")], offer="AmazonEC2", published=date(2026, 11, 20))
    (path / "index.csv").write_text(text)
    mirror = path / "mirror" / "AmazonEC2" / "current" / "us-east-1"
    mirror.mkdir(parents=True)
    (mirror / "index.csv").write_text(text)


def test_every_verb_that_offers_formats_has_a_command() -> None:
    assert {name for name, _ in OFFERED} == {*COMMANDS, *ELSEWHERE}
    assert {style for _, style in OFFERED} >= set(FORMATS)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("verb", "style"), [pair for pair in OFFERED if pair[0] not in ELSEWHERE])
def test_a_verb_writes_the_format(verb: str, style: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*verb.split(), *COMMANDS[verb], "--format", style]) == 0
    output = capsys.readouterr().out
    assert output.endswith("\n")
    if style == "json":
        document = json.loads(output)
        assert "schema" in document or "$schema" in document
    elif style == "csv":
        header, *rows = csv.reader(io.StringIO(output))
        assert rows
        assert {len(row) for row in rows} == {len(header)}
    elif style == "md":
        assert any(line.startswith("|") and line.endswith("|") for line in output.splitlines())
    else:
        assert not output.startswith(("{", "|"))

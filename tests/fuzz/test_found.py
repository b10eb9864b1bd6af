"""Inputs on which the fuzzing found a fault, each kept; a warning of NumPy's is an error here, as in the fuzzing."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fuzz.starts import WIDE

from cloudcost.cli import run
from cloudcost.networks.json_file import to_json
from cloudcost.networks.registry import named_network


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # seed 2026, input 24242: the stated hours are all spent on writing checkpoints, so spot had no work to sample
        ("batch = 8", 'batch = 8\ncheckpoint = {size = "1 EiB", every_epochs = 1}'),
    ],
)
def test_what_was_found_once_is_answered(old: str, new: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.json").write_text(to_json(named_network("lenet5")), encoding="utf-8")
    text = WIDE.decode().replace("@net.json", "net.json")
    assert old in text
    Path("p.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    assert run(["compare", "p.toml", "--draws", "20", "--today", "2026-11-22"]) in {0, 3}

"""The registry of outputs: all of them are in it, and each is written in each format by a function of its own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cloudcost
from cloudcost.render.listings.registry import OUTPUTS
from cloudcost.render.outputs import FORMATS, written

if TYPE_CHECKING:
    from cloudcost.render.outputs import Output


SOURCE = Path(cloudcost.__file__).parent
MESSAGES = {
    "profiling/run.py": "what the worker is asked",
    "profiling/calibration/chosen.py": "what the worker of minutes is asked",
    "profiling/worker/sustained/main.py": "what it answers",
    "profiling/worker/main.py": "what the worker answers",
    "render/page/html.py": "what the page's script reads",
}
"""Modules that write JSON which is no document: a line between two processes, a part of a page."""


class Spoken:
    """Says which of its functions was asked."""

    def text(self) -> str:
        return "text"

    def json(self) -> str:
        return "json"

    def csv(self) -> str:
        return "csv"

    def markdown(self) -> str:
        return "md"


def test_each_format_asks_its_own_function() -> None:
    assert [written(Spoken(), style) for style in FORMATS] == list(FORMATS)


def test_every_output_is_registered() -> None:
    made = [
        name
        for path in (SOURCE / "render").rglob("*.py")
        for name in re.findall(r"^class (\w+Output)\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert sorted(each.__name__ for each in OUTPUTS) == sorted(made)


@pytest.mark.parametrize("output", OUTPUTS)
def test_every_output_is_asked_for_by_a_verb(output: type[Output]) -> None:
    verbs = (SOURCE / "cli").glob("*.py")
    assert any(f"{output.__name__}(" in path.read_text(encoding="utf-8") for path in verbs)


def test_no_verb_chooses_a_writer_by_itself() -> None:
    writers = (
        r"cloudcost\.render\.(lines|records|comparison|estimate|reasons\.record)\b|render\.tables\.writer|project\.describe|"
        r"render\.listings\.(networks|prices|profiles|project_file)\b|profiling\.record import to_json|json_text"
    )
    for path in (SOURCE / "cli").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert re.search(writers, text) is None, path.name
        assert "match style" not in text, path.name


def test_one_module_writes_json_documents() -> None:
    writing = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if re.search(r"\bjson\.dumps?\(|JSONEncoder", path.read_text(encoding="utf-8"))
    }
    assert writing == {"json_text.py", *MESSAGES}

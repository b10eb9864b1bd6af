"""The registry of outputs: all of them are in it, and each is written in each format by a function of its own."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cloudcost.cli
from cloudcost.render import outputs
from cloudcost.render.outputs import FORMATS, OUTPUTS, written

if TYPE_CHECKING:
    from cloudcost.render.outputs import Output


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
    made = {name for name, value in vars(outputs).items() if inspect.isclass(value) and name.endswith("Output")}
    assert {each.__name__ for each in OUTPUTS} == made


@pytest.mark.parametrize("output", OUTPUTS)
def test_every_output_is_asked_for_by_a_verb(output: type[Output]) -> None:
    verbs = Path(cloudcost.cli.__file__).parent.glob("*.py")
    assert any(f"{output.__name__}(" in path.read_text(encoding="utf-8") for path in verbs)


def test_no_verb_chooses_a_writer_by_itself() -> None:
    writers = r"cloudcost\.render\.(lines|records|comparison|estimate|prices|networks|reasons)\b|render\.tables\.writer"
    for path in Path(cloudcost.cli.__file__).parent.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert re.search(writers, text) is None, path.name
        assert "match style" not in text, path.name

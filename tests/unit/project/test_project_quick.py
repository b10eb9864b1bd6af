"""The quick reader accepts only what the models accept, and reads it as they do."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cloudcost.project import quick
from cloudcost.project.bundled import BUNDLED, bundled_project_text
from cloudcost.project.convert import project_of
from cloudcost.project.describe.quick_keys import quick_keys
from cloudcost.project.tables import ProjectFile

TODAY = date(2026, 11, 22)


def test_the_shipped_keys_are_those_of_the_models() -> None:
    shipped = (Path(quick.__file__).parent / "data" / "keys.json").read_text(encoding="utf-8")
    assert json.loads(shipped) == json.loads(json.dumps(quick_keys()))


@pytest.mark.parametrize("name", BUNDLED)
def test_a_faultless_file_is_read_as_the_models_read_it(name: str) -> None:
    raw = tomllib.loads(bundled_project_text(name), parse_float=Decimal)
    tables = quick.accepted(raw)
    assert tables is not None
    slowly = project_of(ProjectFile.model_validate(raw), name="p", today=TODAY)
    assert project_of(tables, name="p", today=TODAY) == slowly


@pytest.mark.parametrize(
    "line",
    [
        'runs = "many"', "batch = 0", "batch = true", "batch = 32.0", "image_px = 224.5", "epochs = []",
        "runs = {low = 1, middle = 2}", "unknown = 1", "precision = 'fp8'", "hours_per_run = nan", "classes = -1",
        "channels_last = 1", "checkpoint = {every_epochs = 1}", "checkpoint = {size = '0 GB'}", "network = 3",
    ],
)  # fmt: skip
def test_a_doubtful_value_is_left_to_the_models(line: str) -> None:
    text = '[dataset]\nimages = 1\nsize = "1 GB"\n[[option]]\nkind = "ec2"\ninstance = "g4dn.xlarge"\n[[training]]\n'
    text += f"{line}\n"
    if not line.startswith("network"):
        text += 'network = "resnet18"\n'
    assert quick.accepted(tomllib.loads(text, parse_float=Decimal)) is None


def test_reading_the_bundled_project_loads_no_pydantic() -> None:
    code = (
        "import sys, datetime; from cloudcost.project.bundled import bundled_project_text as t;"
        "from cloudcost.project.file import parse_project as p;"
        "p(t('reto'), name='reto.toml', today=datetime.date(2026, 11, 22)); sys.exit('pydantic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""The script for a shell, run by bash itself: what it offers for a word that is begun."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cloudcost.catalog.devices import device, devices
from cloudcost.cli import run

ASK = """
source {script}
COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); COMPREPLY=()
_shtab_cloudcost cloudcost "${{COMP_WORDS[-1]}}" "${{COMP_WORDS[-2]}}"
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("shtab")
    if shutil.which("bash") is None:
        pytest.skip("there is no bash")
    path = tmp_path_factory.mktemp("completion") / "cloudcost.bash"
    made = subprocess.run([sys.executable, "-m", "cloudcost", "completion", "bash"], capture_output=True, check=True)
    path.write_bytes(made.stdout)
    return path


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("cloudcost pre", {"predict"}),
        ("cloudcost prices im", {"import"}),
        ("cloudcost predict resnet50 --device RTX-3060-L", {"RTX-3060-Laptop"}),
        ("cloudcost quick resnet50 --gpu RTX-4060-L", {"RTX-4060-Laptop"}),
        ("cloudcost predict resnet50 --instance g4dn.met", {"g4dn.metal"}),
        ("cloudcost choose --region us-gov-", {"us-gov-east-1", "us-gov-west-1"}),
        ("cloudcost predict densenet20", {"densenet201"}),
        ("cloudcost compare --format j", {"json"}),
        ("cloudcost compare --forma", {"--format"}),
        ("cloudcost compare pyproj", {"pyproject.toml"}),
    ],
)
def test_bash_offers_what_is_begun(words: str, offered: set[str], script: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    asked = ASK.format(script=script, words=words)
    told = subprocess.run(["bash", "-c", asked], capture_output=True, text=True, check=True, cwd=root)
    assert set(told.stdout.split()) == offered


def test_a_device_is_found_by_the_name_that_is_offered() -> None:
    assert [name for name in devices() if device(name.replace(" ", "-")).name != name] == []


def test_without_the_package_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert run(["completion", "bash"]) == 2
    assert capsys.readouterr().err == "completing names in a shell needs the extra 'completion': pip install shtab\n"

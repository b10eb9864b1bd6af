"""Files of the package that are no modules: each is under version control, so the wheel and the sdist hold it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "cloudcost"


def _data() -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc") and "__pycache__" not in path.parts
    }


def test_no_file_of_the_package_is_ignored_by_git() -> None:
    """Hatchling leaves out of a wheel and of an sdist what git ignores."""
    if not (ROOT / ".git").exists():
        pytest.skip("needs a checkout")
    data = _data()
    assert {"src/cloudcost/render/page/page.js", "src/cloudcost/render/page/page.css"} <= data
    asked = "\n".join(sorted(data))
    done = subprocess.run(
        ["git", "check-ignore", "--no-index", "--stdin"],
        cwd=ROOT, input=asked, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, ""), done.stdout + done.stderr


def test_the_wheel_and_the_sdist_hold_every_file_of_the_package() -> None:
    wheel = pytest.importorskip("hatchling.builders.wheel", reason="needs hatchling")
    sdist = pytest.importorskip("hatchling.builders.sdist", reason="needs hatchling")
    for builder, place in ((wheel.WheelBuilder(str(ROOT)), "cloudcost/"), (sdist.SdistBuilder(str(ROOT)), "src/")):
        held = {each.distribution_path.replace("\\", "/") for each in builder.recurse_included_files()}
        wanted = {each if place == "src/" else each.removeprefix("src/") for each in _data()}
        assert wanted - held == set()

"""The workflow and the hooks that the how-tos show do what they say: their commands are run in a repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cloudcost.cli import VERBS

yaml = pytest.importorskip("yaml", reason="hooks and workflows are YAML: the extra docs brings a reader")

ROOT = Path(__file__).resolve().parents[2]
HOW_TO = ROOT / "docs" / "how-to"
PROJECT = """[dataset]
images = 6000
size = "1 GB"
[[training]]
network = "resnet18"
epochs = 3
runs = 2
[[option]]
name = "A"
kind = "ec2"
instance = "g4dn.xlarge"
"""
LARGER = PROJECT.replace("runs = 2", "runs = 400")

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def _blocks(page: str, language: str) -> list[str]:
    text = (HOW_TO / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of nobody's settings, with `cloudcost` and a `gh` that notes what it is asked on the path."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, line in (
        ("cloudcost", f'exec "{sys.executable}" -m cloudcost "$@"'),
        ("gh", f'echo "$@" > "{tmp_path}/asked"'),
    ):
        (programs / name).write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    for key in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(key, raising=False)
    for key in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(key, os.devnull)
    for key in ("GIT_AUTHOR", "GIT_COMMITTER"):
        monkeypatch.setenv(f"{key}_NAME", "A")
        monkeypatch.setenv(f"{key}_EMAIL", "a@example.org")
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.chdir(folder)
    _git("init", "--quiet")
    return folder


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], capture_output=True, text=True, check=True).stdout.strip()


def _commit(**files: str) -> str:
    for name, text in files.items():
        Path(f"{name}.toml").write_text(text, encoding="utf-8")
    _git("add", "--all")
    _git("commit", "--quiet", "--message", "A change")
    return _git("rev-parse", "HEAD")


def _told(step: dict[str, Any], known: dict[str, str]) -> dict[str, str]:
    """Return a step's environment, its expressions filled in; one that is not known is an error."""
    return {
        name: re.sub(r"\$\{\{ ([\w.]+) \}\}", lambda found: known[found[1]], str(value))
        for name, value in step.get("env", {}).items()
    }


def _run_workflow(base: str) -> tuple[int, str]:
    """Run the commands of the workflow as a runner does; return the code of the step that fails, and the outputs."""
    [text] = [block for block in _blocks("run-in-ci.md", "yaml") if "pull_request" in block]
    workflow = yaml.safe_load(text)
    outputs = Path("outputs")
    known = {"github.event.pull_request.base.sha": base, "github.token": "secret", "github.event.number": "7"}
    common = {**os.environ, "GITHUB_OUTPUT": str(outputs), "GITHUB_STEP_SUMMARY": "summary.md"}
    steps = workflow["jobs"]["diff"]["steps"]
    for step in steps:
        if "run" not in step or step.get("name") == "Install":
            continue
        if outputs.exists():
            known |= {
                f"steps.diff.outputs.{k}": v for k, v in (each.split("=") for each in outputs.read_text().split())
            }
        ran = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", step["run"]],
            env={**common, **{k: str(v) for k, v in workflow["env"].items()}, **_told(step, known)},
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            return ran.returncode, ran.stderr
    return 0, ""


@pytest.mark.parametrize(
    ("head", "code", "comment"),
    [(LARGER, 1, "**the cheapest option costs"), (PROJECT.replace("6000", "6001"), 0, "**the cheapest option costs")],
    ids=["over the limit", "within it"],
)
def test_the_workflow_comments_and_fails_over_its_limit(repository: Path, head: str, code: int, comment: str) -> None:
    base = _commit(project=PROJECT)
    _commit(project=head)
    assert _run_workflow(base)[0] == code
    assert Path("comment.md").read_text().startswith(comment)
    assert Path("summary.md").read_text() == Path("comment.md").read_text()
    assert (repository.parent / "asked").read_text().split()[:3] == ["pr", "comment", "7"]


def test_the_workflow_shows_a_new_project_whole(repository: Path) -> None:
    base = _commit(other="")
    _commit(project=PROJECT)
    assert _run_workflow(base) == (0, "")
    assert "| option |" in Path("comment.md").read_text()


def test_the_workflow_stops_at_a_fault(repository: Path) -> None:
    base = _commit(project=PROJECT)
    _commit(project=PROJECT.replace("resnet18", "resnet1"))
    code, told = _run_workflow(base)
    assert code == 2
    assert "project.toml:training[0].network: unknown network" in told
    assert not Path("comment.md").exists()


def test_the_hook_of_git_refuses_a_faulty_file_alone(repository: Path) -> None:
    [text] = _blocks("check-before-a-commit.md", "sh")
    hook = Path(".git/hooks/pre-commit")
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(text, encoding="utf-8")
    hook.chmod(0o755)
    _commit(other="no project =")  # is not looked at
    _commit(project=PROJECT)
    Path("project.toml").write_text(PROJECT.replace("resnet18", "resnet1"), encoding="utf-8")
    _git("add", "--all")
    refused = subprocess.run(["git", "commit", "-m", "A fault"], capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert "project.toml:training[0].network: unknown network" in refused.stderr


def test_the_hooks_of_pre_commit_are_verbs_and_look_at_project_files() -> None:
    shipped = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    shown = [yaml.safe_load(block) for block in _blocks("check-before-a-commit.md", "yaml")]
    asked = [hook for page in shown for repo in page["repos"] for hook in repo["hooks"]]
    assert {hook["id"] for hook in asked} == {hook["id"] for hook in shipped}
    for hook in (*shipped, *(hook for hook in asked if "entry" in hook)):
        program, verb = hook["entry"].split()
        assert (program, verb in VERBS) == ("cloudcost", True)
        found = [name for name in ("project.toml", "a/project.toml", "myproject.toml", "project.toml.md")
                 if re.search(hook["files"], name)]  # fmt: skip
        assert found == ["project.toml", "a/project.toml"]

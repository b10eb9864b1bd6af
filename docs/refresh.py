"""Run what the documentation shows and write what comes out: ``python docs/refresh.py [--check] [PAGE ...]``.

Blocks that are acted on, in the order of the page, in one temporary folder per page::

    <!-- file: my.toml -->      the next fenced block is written into the folder under that name
    ```console                  each line that begins with "$ " is run, and the lines below it are what it prints
    ```python                   is run in the page's own namespace
    <!-- output -->             the next fenced block is what the Python block before it prints

A comment before a block says what is special about it: ``<!-- exit: 2 -->`` the exit status of its last command,
``<!-- needs: torch -->`` a module without which the block is left as it is, ``<!-- shown: reason -->`` a block that is
never run. In commands, ``| head -n N``, ``> FILE`` and a backslash at the end of a line are understood. Today is
2026-11-22 in all of them, so that the output is the same on every day.

The reference pages that are made from the code (``docs/reference/make_*.py``) are made anew, too.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import runpy
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
TODAY = 1_795_348_800
"""Noon of 2026-11-22, UTC, as SOURCE_DATE_EPOCH. [s]"""
DIRECTIVE = re.compile(r"<!-- (file|exit|needs|shown|output)(?:: (.*?))? -->")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block: its language, its lines and what the comments before it say."""

    language: str
    first: int
    """Index of the line after the opening fence."""
    lines: tuple[str, ...]
    directives: dict[str, str] = field(default_factory=dict)


class BlockError(Exception):
    """A block does not do what the page says; the message names page and line."""


def pages() -> list[Path]:
    """Return every page whose blocks are run."""
    found = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
    return [page for page in found if "decisions" not in page.parts]


def makers() -> list[Path]:
    """Return the scripts that make reference pages; each has PAGE and page(text)."""
    return sorted((DOCS / "reference").glob("make_*.py"))


def blocks(text: str) -> Iterator[Block]:
    """Yield the fenced blocks of a page."""
    lines = text.splitlines()
    directives: dict[str, str] = {}
    index = 0
    while index < len(lines):
        line = lines[index]
        if line.startswith("```"):
            end = next(n for n in range(index + 1, len(lines)) if lines[n].startswith("```"))
            yield Block(
                language=line[3:].strip(),
                first=index + 1,
                lines=tuple(lines[index + 1 : end]),
                directives=directives,
            )
            directives, index = {}, end + 1
            continue
        found = DIRECTIVE.fullmatch(line.strip())
        if found:
            directives = directives | {found[1]: found[2] or ""}
        elif line.strip():
            directives = {}
        index += 1


def refreshed(page: Path) -> str:
    """Return a page with every output made anew.

    Raises
    ------
    BlockError
        When a command ends with another status than the page says, or Python raises.
    """
    text = page.read_text(encoding="utf-8")
    replaced: list[tuple[Block, list[str]]] = []
    printed = ""
    with tempfile.TemporaryDirectory() as name, _surroundings(Path(name)):
        namespace: dict[str, object] = {"__name__": "docs"}
        for block in blocks(text):
            missing = [each for each in block.directives.get("needs", "").split() if find_spec(each) is None]
            if "shown" in block.directives or missing:
                printed = ""
            elif "file" in block.directives:
                path = Path(name) / block.directives["file"]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("\n".join(block.lines) + "\n", encoding="utf-8")
            elif block.language == "console":
                replaced.append((block, _console(block, page)))
            elif block.language == "python":
                printed = _python(block, page, namespace)
            elif "output" in block.directives and printed:
                replaced.append((block, printed.splitlines()))
    lines = text.splitlines()
    for block, output in reversed(replaced):
        lines[block.first : block.first + len(block.lines)] = [line.rstrip() for line in output]
    return "\n".join(lines) + "\n"


@contextlib.contextmanager
def _surroundings(folder: Path) -> Iterator[None]:
    """Stand in the folder, on the fixed day, with a terminal of 80 columns."""
    before = dict(os.environ)
    os.environ.update(SOURCE_DATE_EPOCH=str(TODAY), COLUMNS="80", OMP_NUM_THREADS="1", PYTHONIOENCODING="utf-8")
    os.environ["CLOUDCOST_DATA"] = "data"  # within the page's folder: nobody's own price books
    try:
        with contextlib.chdir(folder):
            sys.path.insert(0, str(folder))
            yield
    finally:
        sys.path.remove(str(folder))
        os.environ.clear()
        os.environ.update(before)


def _console(block: Block, page: Path) -> list[str]:
    """Return the block's lines with the outputs of its commands made anew."""
    lines: list[str] = []
    status = 0
    index = 0
    while index < len(block.lines):
        if not block.lines[index].startswith("$ "):
            index += 1
            continue
        command = [block.lines[index]]
        while command[-1].endswith("\\"):
            index += 1
            command.append(block.lines[index])
        index += 1
        status, output = _run("".join(part.rstrip("\\") for part in command)[2:])
        lines += [*command, *output]
    if status != int(block.directives.get("exit", "0")):
        shown = "\n".join(lines)
        raise BlockError(f"{_name(page)}:{block.first}: ended with {status}\n{shown}")
    return lines


def _run(command: str) -> tuple[int, list[str]]:
    """Return status and printed lines of one command line."""
    words = shlex.split(command)
    most = None
    if len(words) > 4 and words[-4:-1] == ["|", "head", "-n"]:
        words, most = words[:-4], int(words[-1])
    target = None
    if len(words) > 2 and words[-2] == ">":
        words, target = words[:-2], Path(words[-1])
    match words[0]:
        case "cloudcost":
            status, printed = _cloudcost(words[1:])
        case "python":
            ran = subprocess.run([sys.executable, *words[1:]], capture_output=True, text=True, check=False)
            status, printed = ran.returncode, [("err", ran.stderr), ("out", ran.stdout)]
        case _:
            raise BlockError(
                f"{command}: only cloudcost and python are run here, mark the block <!-- shown: reason -->"
            )
    if target is not None:
        target.write_text("".join(text for stream, text in printed if stream == "out"), encoding="utf-8")
        printed = [each for each in printed if each[0] == "err"]
    shown: list[str] = []
    for stream, lines in groupby(printed, key=lambda each: each[0]):
        text = "".join(text for _, text in lines)
        shown += text.splitlines()[: most if stream == "out" else None]
    return status, shown


class _Stream(io.StringIO):
    """Keeps what is written, in order with what the other stream gets."""

    def __init__(self, name: str, printed: list[tuple[str, str]]) -> None:
        super().__init__()
        self._name = name
        self._printed = printed

    def write(self, text: str) -> int:
        self._printed.append((self._name, text))
        return len(text)


def _cloudcost(arguments: list[str]) -> tuple[int, list[tuple[str, str]]]:
    """Run the program within this process: what it prints is the same, and imports are paid for once."""
    from cloudcost.cli import run

    printed: list[tuple[str, str]] = []
    with contextlib.redirect_stdout(_Stream("out", printed)), contextlib.redirect_stderr(_Stream("err", printed)):
        status = run(arguments)
    return status, printed


def _python(block: Block, page: Path, namespace: dict[str, object]) -> str:
    out = io.StringIO()
    # Empty lines in front, so that a traceback names the line of the page.
    code = compile("\n" * block.first + "\n".join(block.lines), str(page), "exec")
    try:
        with contextlib.redirect_stdout(out):
            exec(code, namespace)
    except Exception as error:
        raise BlockError(f"{_name(page)}:{block.first}: the Python block raises {error!r}") from error
    return out.getvalue()


def remade() -> Iterator[tuple[Path, str]]:
    """Yield each page that is made from the code, as it should read."""
    for script in makers():
        maker = runpy.run_path(str(script))
        page: Path = maker["PAGE"]
        yield page, maker["page"](page.read_text(encoding="utf-8"))


def difference(page: Path, text: str) -> str | None:
    """Return page, line and both readings of the first line that differs, or None."""
    old, new = page.read_text(encoding="utf-8").splitlines(), text.splitlines()
    for number in range(max(len(old), len(new))):
        before = old[number] if number < len(old) else "(nothing)"
        after = new[number] if number < len(new) else "(nothing)"
        if before != after:
            return f"{_name(page)}:{number + 1}: the page says\n  {before}\nand the program\n  {after}"
    return None


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def main() -> int:
    """Refresh or check the pages; return the exit code."""
    parser = argparse.ArgumentParser(description="Run what the documentation shows and write what comes out.")
    parser.add_argument("--check", action="store_true", help="change nothing, name what differs, exit 1")
    parser.add_argument("pages", nargs="*", type=Path, metavar="PAGE", help="only these (default: all)")
    arguments = parser.parse_args()
    chosen = [path.resolve() for path in arguments.pages] or pages()
    made = () if arguments.pages else remade()
    code = 0
    for page, text in (*made, *((page, None) for page in chosen)):
        try:
            text = refreshed(page) if text is None else text
        except BlockError as error:
            sys.stderr.write(f"{error}\n")
            code = 1
            continue
        differs = difference(page, text)
        if differs is None:
            continue
        if arguments.check:
            sys.stderr.write(f"{differs}\nrun python docs/refresh.py\n")
            code = 1
        else:
            page.write_text(text, encoding="utf-8")
            sys.stdout.write(f"refreshed {_name(page)}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())

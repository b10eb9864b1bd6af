"""A `match` that forgets a value is an error: its last case never is a silent default."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import cloudcost

SOURCE = Path(cloudcost.__file__).parent
OPEN = {
    "render/words.py": "inputs that a verdict may flip on have words of their own where the general ones are clumsy",
    "project/fault.py": "any value of TOML",
    "scan/folder.py": "errors of the system",
    "analysis/nonsense/dominant.py": "groups of lines that nothing avoids",
}
"""Files with a `match` over a set that is not closed, and what it is over."""


def silent_defaults(tree: ast.Module) -> Iterator[int]:
    """Yield the lines of `case _` that neither call `assert_never` nor raise."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Match):
            last = node.cases[-1]
            default = isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None and last.guard is None
            if default and not _ends(last.body[-1]):
                yield last.pattern.lineno


def _ends(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Raise):
        return True
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "assert_never"


OPEN_CHAINS = {
    "analysis/sweep/plan.py": "keys of a project file, of which few need a word",
    "networks/kinds/convolutions.py": "a padding may be numbers",
    "profiling/worker/signature.py": "names of ATen",
    "project/keys/stored.py": "schemas of pydantic's core, of which few need a word",
    "project/describe/reference.py": "types of JSON Schema; the last asks a table, which refuses others",
    "project/faults.py": "what pydantic calls its errors; others have words of their own",
    "render/groups.py": "services, of which there are more than groups",
}
"""Files that compare one value with several strings of a set that is not closed, and what it is."""


def silent_chains(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield where one value is compared with strings twice or more and the rest is silent, and what is compared.

    Both forms count: `if`, `elif`, `else`, and one `if` after another that each leave the function. Looked at together
    are those of one block; a chain that ends in an error is none.
    """
    for node in ast.walk(tree):
        for block in (getattr(node, "body", None), getattr(node, "orelse", None)):
            if isinstance(block, list):
                yield from _chains_of(block)


def _chains_of(block: list[ast.stmt]) -> Iterator[tuple[int, str]]:
    asked: dict[str, list[int]] = {}
    for statement in block:
        if not isinstance(statement, ast.If):
            continue
        link: ast.stmt | None = statement
        while isinstance(link, ast.If):
            subject = _subject(link.test)
            if subject and (link is not statement or link.orelse or isinstance(link.body[-1], ast.Return)):
                asked.setdefault(subject, []).append(link.lineno)
            rest = link.orelse
            link = rest[0] if len(rest) == 1 else None
            if rest and not isinstance(link, ast.If) and _ends(rest[-1]):
                asked.pop(subject, None)
    if block and not _ends(block[-1]):
        yield from ((lines[0], subject) for subject, lines in asked.items() if len(lines) > 1)


def _subject(test: ast.expr) -> str:
    """Return what is compared with a string, or asked to be among some; empty for any other question."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq | ast.In):
        return ""
    against = test.comparators[0]
    parts = against.elts if isinstance(against, ast.Tuple | ast.List | ast.Set) else [against]
    plain = all(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in parts)
    return ast.unparse(test.left) if plain else ""


def test_a_match_over_a_closed_set_ends_with_assert_never() -> None:
    found = {
        str(path.relative_to(SOURCE)): lines
        for path in SOURCE.rglob("*.py")
        if (lines := list(silent_defaults(ast.parse(path.read_text(encoding="utf-8")))))
    }
    assert {name: lines for name, lines in found.items() if name not in OPEN} == {}
    assert set(OPEN) == set(found), "a file of OPEN has no open match any more"


def test_a_silent_default_is_found() -> None:
    silent = "match kind:\n    case 'a':\n        x = 1\n    case _:\n        x = 2\n"
    closed = "match kind:\n    case 'a':\n        x = 1\n    case _:\n        assert_never(kind)\n"
    assert list(silent_defaults(ast.parse(silent))) == [4]
    assert list(silent_defaults(ast.parse(closed))) == []


def test_a_chain_of_comparisons_over_a_closed_set_is_a_match() -> None:
    found = {
        str(path.relative_to(SOURCE)): chains
        for path in SOURCE.rglob("*.py")
        if "bills" not in path.relative_to(SOURCE).parts  # what bills say, which no set closes
        if (chains := list(silent_chains(ast.parse(path.read_text(encoding="utf-8")))))
    }
    assert {name: chains for name, chains in found.items() if name not in OPEN_CHAINS} == {}
    assert set(OPEN_CHAINS) == set(found), "a file of OPEN_CHAINS has no such chain any more"


@pytest.mark.parametrize(
    "text",
    [
        "if x.kind == 'a':\n    y = 1\nelif x.kind == 'b':\n    y = 2\nelse:\n    y = 3\n",
        "if x.kind == 'a':\n    y = 1\nelif x.kind in ('b', 'c'):\n    y = 2\n",
        "def f(x):\n    if x == 'a':\n        return 1\n    if x == 'b':\n        return 2\n    return 3\n",
    ],
)
def test_a_silent_chain_is_found(text: str) -> None:
    assert len(list(silent_chains(ast.parse(text)))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "if x == 'a':\n    y = 1\nelif x == 'b':\n    y = 2\nelse:\n    raise ValueError(x)\n",
        "def f(x):\n    if x == 'a':\n        return 1\n    if x == 'b':\n        return 2\n    raise ValueError(x)\n",
        "if x == 'a':\n    y = 1\nelse:\n    y = 2\n",
        "if x == 'a':\n    y = 1\nelif z == 'b':\n    y = 2\n",
    ],
)
def test_a_question_or_a_chain_that_ends_in_an_error_is_none(text: str) -> None:
    assert list(silent_chains(ast.parse(text))) == []

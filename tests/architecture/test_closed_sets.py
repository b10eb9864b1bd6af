"""A `match` that forgets a value is an error: its last case never is a silent default."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

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

"""Setting a key of a project file in its text, so that comments, order and spacing stay as they are.

What was changed is read again: a text in which anything else is different is not handed back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, cast

from cloudcost.errors import InputError, ProjectFileError
from cloudcost.frozen import dataclass
from cloudcost.project.file import raw_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER = re.compile(r"\s*\[\[?\s*(?P<name>[\w.\"' -]+?)\s*\]\]?\s*(#.*)?\r?$")
_ROW = r"(?P<indent>\s*)(?:{keys})(?P<equals>\s*=\s*)(?P<value>\"[^\"]*\"|'[^']*'|[^#\s]+)(?P<rest>\s*(?:#.*)?\r?)$"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEdit:
    """A key that takes a value.

    Parameters
    ----------
    table : str
        Name of the table.
    index : int or None
        Which of an array of tables it is, from 0; None for a single table.
    key : str
    value : str
        As TOML writes it.
    instead_of : str
        Another key of the table whose place it takes, if it is there; may be empty.
    """

    table: str
    index: int | None
    key: str
    value: str
    instead_of: str = ""

    @property
    def place(self) -> str:
        """The key as messages name it."""
        return f"{self.table}{'' if self.index is None else f'[{self.index + 1}]'}.{self.key}"


def edited(text: str, edits: Sequence[KeyEdit], *, file: str) -> str:
    r"""Return the text of a project file with some keys set.

    Parameters
    ----------
    text : str
        TOML.
    edits : sequence of KeyEdit
    file : str
        The file's name, for messages.

    Raises
    ------
    InputError
        Where a table does not stand in lines of its own, so that its key cannot be set without changing more.

    Examples
    --------
    >>> print(edited('[dataset]\nsize = "48 GB"  # a guess\n',
    ...       [KeyEdit(table="dataset", index=None, key="size", value='"44.7 GiB"')], file="p.toml"), end="")
    [dataset]
    size = "44.7 GiB"  # a guess
    """
    for edit in edits:
        found = _with_key(text, edit)
        if found is None or not _is_only_change(text, found, edit, file):
            raise InputError(
                f"{file}:{edit.place}: cannot be set without changing more, the table is not written in lines of its "
                f"own, write {edit.key} = {edit.value} by hand"
            )
        text = found
    return text


def _with_key(text: str, edit: KeyEdit) -> str | None:
    """Return the text with the key set, or None where the table is not found."""
    rows = text.split("\n")
    begin = next(_headers(rows, edit), None)
    if begin is None:
        return None
    end = next((at for at in range(begin + 1, len(rows)) if _HEADER.match(rows[at])), len(rows))
    for at in range(begin + 1, end):
        found = _row_of([edit.key, edit.instead_of], rows[at])
        if found is not None:
            rows[at] = f"{found['indent']}{edit.key}{found['equals']}{edit.value}{found['rest']}"
            return "\n".join(rows)
    last = max(at for at in range(begin, end) if rows[at].strip() and not rows[at].lstrip().startswith("#"))
    indent = re.match(r"[ \t]*", rows[last])
    ending = "\r" if rows[begin].endswith("\r") else ""
    rows[last] = rows[last].removesuffix("\r") + ending
    rows.insert(last + 1, f"{indent[0] if indent else ''}{edit.key} = {edit.value}")
    if last + 2 < len(rows):
        rows[last + 1] += ending
    return "\n".join(rows)


def _headers(rows: Sequence[str], edit: KeyEdit) -> Iterator[int]:
    """Yield where the table begins."""
    found = [at for at, row in enumerate(rows) if (match := _HEADER.match(row)) and match["name"] == edit.table]
    if edit.index is None:
        yield from found
    else:
        yield from found[edit.index : edit.index + 1]


def _row_of(keys: Sequence[str], row: str) -> re.Match[str] | None:
    names = "|".join(f"{quote}{re.escape(key)}{quote}" for key in keys if key for quote in ("", '"', "'"))
    return re.match(_ROW.format(keys=names), row)


def _is_only_change(before: str, after: str, edit: KeyEdit, file: str) -> bool:
    """Return whether two texts say the same but for what is set."""
    wanted = deepcopy(raw_tables(before, file=file))
    try:
        found = raw_tables(after, file=file)
        value = raw_tables(f"{edit.key} = {edit.value}", file=file)[edit.key]
    except ProjectFileError:
        return False
    table = wanted.get(edit.table)
    if edit.index is not None:
        listed = cast("list[object]", table) if isinstance(table, list) else []
        table = listed[edit.index] if edit.index < len(listed) else None
    if not isinstance(table, dict):
        return False
    table.pop(edit.instead_of, None)
    table[edit.key] = value
    return wanted == found

"""Text in columns of a terminal: no control characters, wide letters counted as two, nothing past the width.

Names come from project files; they may hold anything that TOML allows. What a terminal would obey instead of showing
is replaced, so that a name can neither break a table nor colour the screen.
"""

from __future__ import annotations

import re
from textwrap import wrap as wrap_ascii

_CONTROLS = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)
"""C0 and C1 controls, marks that turn the direction of writing, invisible spaces, half characters."""
_FORMULAS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a formula of a spreadsheet begins with; full-width forms too."""
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?")
_SPACES = re.compile("[\t\n\x0b\x0c\r\x85\u2028\u2029]+")


def plain(text: str) -> str:
    r"""Return text on one line without anything that a terminal would obey; what is taken out shows as ``?``.

    Examples
    --------
    >>> plain("cat\nand \x1b[31mdog")
    'cat and ?[31mdog'
    """
    if text.isascii() and text.isprintable():  # nearly all there is; a sweep asks for millions of cells
        return text
    return _CONTROLS.sub("?", _SPACES.sub(" ", text))


def csv_cell(text: str) -> str:
    r"""Return a text as a cell of a CSV: plain, and no formula for a spreadsheet that opens the file.

    A cell that begins as formulas do (``=``, ``+``, ``-``, ``@``) and is no number gets an apostrophe in front, which
    spreadsheets take for "text".

    Examples
    --------
    >>> csv_cell("=HYPERLINK(1)"), csv_cell("-3.5"), csv_cell("-3+cmd|x"), csv_cell("EC2")
    ("'=HYPERLINK(1)", '-3.5', "'-3+cmd|x", 'EC2')
    """
    shown = plain(text)
    return f"'{shown}" if shown.lstrip().startswith(_FORMULAS) and not _NUMBER.fullmatch(shown) else shown


def display_width(text: str) -> int:
    """Return how many columns a terminal takes for a text: two for wide letters and emoji, none for marks on others.

    Examples
    --------
    >>> display_width("gato"), display_width("猫"), display_width("e\u0301")
    (4, 2, 1)
    """
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width

    width = 0
    for letter in text:
        if letter == "\ufe0f":  # asks for the letter before as an emoji, which is wide
            width += 1
        elif category(letter) not in ("Mn", "Me", "Cf"):
            width += 2 if east_asian_width(letter) in "WF" else 1
    return width


_BOUND = "\x00"
"""Stands for a space at which no row ends; texts hold no control characters (`plain`)."""
_NUMBER_AND_UNIT = re.compile(r"(\d) (?=(?:%|USD|h|days?|s|W|px|GB|GiB|TB|MB|kB|kWh)(?![\w/]))")


def pad(text: str, width: int) -> str:
    """Return a text filled up with spaces to `width` columns; a longer one as it is."""
    return text + " " * (width - display_width(text))


def wrap(text: str, width: int, *, first: str = "", others: str = "") -> list[str]:
    """Return a text in rows of at most `width` columns; a longer word is broken.

    Parameters
    ----------
    text : str
    width : int
        [columns]
    first, others : str
        What the first row and the others begin with.

    Examples
    --------
    >>> wrap("one two three", 8, first="- ", others="  ")
    ['- one', '  two', '  three']
    >>> wrap("all of the 80 % band", 12)
    ['all of the', '80 % band']
    """
    text = _NUMBER_AND_UNIT.sub(r"\1" + _BOUND, plain(text))
    if text.isascii():
        wrapped = wrap_ascii(text, width, initial_indent=first, subsequent_indent=others, break_on_hyphens=False)
        return [row.replace(_BOUND, " ") for row in wrapped]
    rows: list[str] = []
    row, begin = first, first
    for word in text.split():
        rest = word.replace(_BOUND, " ")
        gap = "" if row == begin else " "
        if display_width(row + gap + rest) <= width:
            row += gap + rest
            continue
        if row != begin:
            rows.append(row)
            row = begin = others
        while display_width(row + rest) > width:
            head = beginning(rest, max(width - display_width(row), 2))
            rows.append(row + head)
            rest, row, begin = rest[len(head) :], others, others
        row += rest
    return [*rows, row] if row != begin else rows


def beginning(word: str, width: int) -> str:
    """Return as much of a word as `width` columns hold, one letter at least."""
    end = 1
    while end < len(word) and display_width(word[: end + 1]) <= width:
        end += 1
    return word[:end]

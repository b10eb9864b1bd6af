"""How wide a text is drawn, and where it breaks: a figure is laid out before anybody knows its reader's font.

The widths are DejaVu Sans's, which PNG files are drawn with and which Verdana shares; what browsers choose instead is
narrower, so that nothing overlaps there either. Characters that are not in the table are taken to be as wide as an em
where a terminal shows them wide, else as the widest letters of Greek and Cyrillic are.
"""

from __future__ import annotations

from collections.abc import Sequence

from cloudcost.render.tables.columns import display_width, plain

_REGULAR = (
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636,
    636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863,
    748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635,
    615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636,
    337, 636, 838,
)  # fmt: skip
"""Advance widths of the printable characters of ASCII in DejaVu Sans 2.37. [1/1000 em]"""
_BOLD = (
    348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696, 696, 696, 696, 696, 696,
    696, 696, 696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830, 683, 683, 821, 837, 372, 372, 775, 637, 995,
    837, 850, 733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838, 500, 500, 675, 716, 593, 716,
    678, 435, 716, 712, 343, 343, 665, 343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712,
    365, 712, 838,
)  # fmt: skip
"""The same of DejaVu Sans Bold. [1/1000 em]"""
_OTHER, _WIDE = 940, 1100
"""Of any other character, of one cell and of two. [1/1000 em]"""
CUT = "\u2026"
"""Stands where a name is too long for its place."""


def text_width(said: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is drawn. [px]

    Parameters
    ----------
    size : float
        Of the font. [px]

    Examples
    --------
    >>> round(text_width("USD", 10), 2), text_width("", 10)
    (21.37, 0.0)
    """
    table = _BOLD if bold else _REGULAR
    return sum(_advance(each, table) for each in plain(said)) * size / 1000


def _advance(character: str, table: Sequence[int]) -> int:
    at = ord(character) - 32
    if 0 <= at < len(table):
        return table[at]
    return (0, _OTHER, _WIDE)[min(display_width(character), 2)]


def wrapped(said: str, size: float, width: float, *, most: int = 3, bold: bool = False) -> list[str]:
    """Return a text as lines of at most `width`, cut where it would take more than `most` of them.

    Examples
    --------
    >>> wrapped("EC2 g4dn.xlarge on demand", 13, 120)
    ['EC2 g4dn.xlarge', 'on demand']
    >>> wrapped("unbreakable" * 3, 13, 120, most=1)
    ['unbreakableunb\u2026']
    """
    lines: list[str] = []
    line = ""
    words = plain(said).split(" ")
    while words:
        word = words.pop(0)
        tried = f"{line} {word}" if line else word
        if text_width(tried, size, bold=bold) <= width:
            line = tried
            continue
        if line:
            lines.append(line)
            line = ""
            words.insert(0, word)
        else:
            head = _head(word, size, width, bold=bold)
            lines.append(head)
            words.insert(0, word[len(head) :])
    lines.append(line)
    lines = [each for each in lines if each] or [""]
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and text_width(last + CUT, size, bold=bold) > width:
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip() + CUT]


def _head(word: str, size: float, width: float, *, bold: bool) -> str:
    """Return as much of a word as fits, one character at least."""
    end = 1
    while end < len(word) and text_width(word[: end + 1], size, bold=bold) <= width:
        end += 1
    return word[:end]

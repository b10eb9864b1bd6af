"""The page's script and style sheet: files of their own beside this module, read when a page is written.

``page.js`` looks up and adds what the library tabulated; it holds no price and no rule of a bill. ``page.css`` names no
file, no font of the network and no motion; text and lines keep the contrast of WCAG 2 level AA.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal


@cache
def asset(name: Literal["page.js", "page.css"]) -> str:
    r"""Return a file as it stands in the page, on lines of its own.

    Examples
    --------
    >>> asset("page.js").splitlines()[1], asset("page.css").endswith("\n")
    ('"use strict";', True)
    """
    return "\n" + Path(__file__).with_name(name).read_text(encoding="utf-8")

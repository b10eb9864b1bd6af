"""SVG as PNG, by the extra ``plot``: resvg, with the fonts that lie beside this module.

A machine without any font draws the same picture. Only where a name has characters that those fonts lack are the
system's own read too.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from cloudcost.errors import MissingExtraError

_FONTS = tuple(str(Path(__file__).parent / "fonts" / name) for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"))
_RANGES = (
    (0x20, 0x7E), (0xA0, 0x17F), (0x370, 0x3FF), (0x400, 0x45F), (0x2010, 0x2015), (0x2018, 0x201E),
    (0x2020, 0x2022), (0x2026, 0x2026), (0x20A0, 0x20BF), (0x2190, 0x2195), (0x2212, 0x2212),
)  # fmt: skip
"""Code points that both fonts have: Latin, Greek, Cyrillic, marks of writing, currencies, arrows."""


def png_of(svg: str, width: int) -> bytes:
    """Return a figure as PNG of a width.

    Raises
    ------
    MissingExtraError
        Without the extra ``plot``.
    """
    require_raster()
    import resvg_py

    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            width=width,
            font_files=list(_FONTS),
            font_family="DejaVu Sans",
            sans_serif_family="DejaVu Sans",
            skip_system_fonts=all(map(_known, set(svg))),
        )
    )


def require_raster() -> None:
    """Make sure that figures can be written as PNG.

    Raises
    ------
    MissingExtraError
        Without the extra ``plot``.
    """
    if find_spec("resvg_py") is None:
        raise MissingExtraError("plot", "a figure as PNG")


@cache
def _known(character: str) -> bool:
    """Return whether the fonts beside this module have a character."""
    code = ord(character)
    return character == "\n" or any(first <= code <= last for first, last in _RANGES)

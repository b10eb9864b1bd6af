"""A figure to be had from Python: a notebook shows it, and it is saved as SVG or PNG."""

from __future__ import annotations

from pathlib import Path

from cloudcost.errors import MissingExtraError, OutputError
from cloudcost.files.writing import write_whole
from cloudcost.frozen import dataclass

PNG_WIDTH = 1600
"""Of a PNG. [px]"""
SUFFIXES = (".svg", ".png")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure with its own text and colours.

    Parameters
    ----------
    name : str
        What it shows: ``totals``, ``break-even``, ``cost-and-time``, ``tornado``.
    finding : str
        Its headline.
    svg : str
        The figure as an SVG file holds it.
    """

    name: str
    finding: str
    svg: str

    def png(self, width: int = PNG_WIDTH) -> bytes:
        """Return the figure as PNG.

        Parameters
        ----------
        width : int
            [px]

        Raises
        ------
        MissingExtraError
            Without the extra ``plot``.
        """
        from cloudcost.render.figures.raster import png_of

        return png_of(self.svg, width)

    def save(self, path: str | Path) -> Path:
        """Write the figure and return the path; its suffix, ``.svg`` or ``.png``, says as what.

        Raises
        ------
        OutputError
            When the suffix is another, or the path cannot be written.
        MissingExtraError
            For a PNG without the extra ``plot``.
        """
        found = Path(path)
        suffix = require_suffix(found)
        write_whole(found, self.svg if suffix == ".svg" else self.png())
        return found

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_png_(self) -> bytes | None:
        try:
            return self.png()
        except MissingExtraError:
            return None

    def __repr__(self) -> str:
        return f"<Figure {self.name}: {self.finding}>"


def require_suffix(path: Path, *, flag: str = "") -> str:
    """Return the suffix of a figure's file, in small letters.

    Raises
    ------
    OutputError
        When figures are not written as such.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        where = f"{flag}: " if flag else ""
        raise OutputError(
            f"{where}{path}: figures are written as .svg or .png, not {path.suffix!r}, choose one of the two"
        )
    return suffix

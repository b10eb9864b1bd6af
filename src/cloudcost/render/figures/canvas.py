"""What all figures are drawn with: a sheet that collects shapes and lettering, in two colours and with a headline.

Every mark bears its colour as an attribute and the name of that colour as a class: alone, a file is light and needs
nothing else; in the page a style sheet of few lines turns the same marks dark.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, assert_never

from cloudcost.frozen import dataclass
from cloudcost.render.figures.lettering import text_width, wrapped
from cloudcost.render.page.html import shape, tag, text

Colour = Literal["ink", "soft", "grid", "sheet", "local", "cloud", "bad"]
Mark = Literal["square", "circle", "band", "hollow"]
COLOURS: dict[Colour, str] = {
    "ink": "#1b1d20",
    "soft": "#565b62",
    "grid": "#e4e6e1",
    "sheet": "#ffffff",
    "local": "#0067a8",
    "cloud": "#c04f00",
    "bad": "#a02c00",
}
"""On white: text of at least 4.5:1; blue and orange are told apart with any colour vision."""
FONTS = "DejaVu Sans, Verdana, sans-serif"
DASHES = ("", "8 4", "2 3", "10 3 2 3", "14 3", "5 2 1 2 1 2")
"""What tells lines of one colour apart. [px]"""
TITLE, BODY, SMALL = 19.0, 13.0, 12.0
"""Sizes of letters. [px]; twice that in a PNG"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a figure is drawn.

    Parameters
    ----------
    name : str
        Of the proportions: ``broad`` or ``narrow``.
    width : int
        [px]
    alone : bool
        Whether it has its headline and its origin with it, and no table beside it.
    """

    name: Literal["broad", "narrow"]
    width: int
    alone: bool = False

    @property
    def named(self) -> bool:
        """Whether options are named where they are drawn; else by the letters of a table beside the figure."""
        return self.alone

    @property
    def margin(self) -> float:
        """Empty at the left and at the right. [px]"""
        return 28.0 if self.alone else 10.0


ALONE = Look(name="broad", width=800, alone=True)
PAGE = (Look(name="broad", width=760), Look(name="narrow", width=348))


def place_colour(*, local: bool) -> Colour:
    """Return the colour of an option: that of a machine of one's own, or that of the cloud."""
    return "local" if local else "cloud"


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """What a figure says in words.

    Parameters
    ----------
    finding : str
        In one sentence, without a full stop.
    reading : str
        How to read it: what is drawn, its unit, what a band is.
    origin : str
        Which project and which prices.
    """

    finding: str
    reading: str
    origin: str = ""


class Canvas:
    """A sheet that is drawn on from the top down (mutable, internal)."""

    def __init__(self, kind: str, look: Look, headline: Headline) -> None:
        self.kind, self.look, self.headline = kind, look, headline
        self.parts: list[str] = []
        self.y = 6.0
        if look.alone:
            self._head()

    @property
    def left(self) -> float:
        """Where what is drawn begins. [px]"""
        return self.look.margin

    @property
    def right(self) -> float:
        """Where it ends. [px]"""
        return self.look.width - self.look.margin

    def _head(self) -> None:
        self.y = 20.0
        self.paragraph(self.headline.finding, size=TITLE, bold=True, most=4)
        self.y += 4
        self.paragraph(self.headline.reading, size=BODY, colour="soft", most=4)
        self.y += 8

    def paragraph(self, said: str, *, size: float, most: int, bold: bool = False, colour: Colour = "ink") -> None:
        """Write lines over the whole width and go down past them."""
        for line in wrapped(said, size, self.right - self.left, most=most, bold=bold):
            self.y += round(size * 1.35)
            self.text(self.left, self.y - round(size * 0.3), line, size=size, bold=bold, colour=colour)

    def text(
        self,
        x: float,
        y: float,
        said: str,
        *,
        size: float = BODY,
        anchor: Literal["start", "middle", "end"] = "start",
        colour: Colour = "ink",
        bold: bool = False,
        halo: bool = False,
        classes: str = "",
        **attributes: str | int | float | None,
    ) -> None:
        """Write one line of text with its base at a height; within a halo lines behind do not cut it. [px]"""
        if halo:
            attributes |= {
                "stroke": COLOURS["sheet"], "stroke_width": 4, "paint_order": "stroke", "stroke_linejoin": "round",
            }  # fmt: skip
            classes = f"{classes} s-sheet".lstrip()
        self.parts.append(
            tag(
                "text",
                text(said),
                x=x,
                y=y,
                font_size=size,
                text_anchor=None if anchor == "start" else anchor,
                font_weight="700" if bold else None,
                fill=COLOURS[colour],
                class_=f"f-{colour} {classes}".rstrip(),
                **attributes,
            )
        )

    def below(self, x: float, y: float, said: str) -> None:
        """Write what an axis shows, in its middle as far as that lies within the figure."""
        half = text_width(said, SMALL) / 2
        at = min(max(x, self.left + half), max(self.right - half, self.left + half))
        self.text(at, y, said, size=SMALL, anchor="middle", colour="soft")

    def line(
        self, x1: float, y1: float, x2: float, y2: float, *, colour: Colour = "grid", width: float = 1,
        classes: str = "", **attributes: str | int | float | None,
    ) -> None:  # fmt: skip
        """Draw a straight line."""
        self.parts.append(shape("line", x1=x1, y1=y1, x2=x2, y2=y2, **_stroke(colour, width, classes), **attributes))

    def path(
        self, d: str, *, colour: Colour, width: float, classes: str = "", **attributes: str | int | float | None
    ) -> None:
        """Draw a line of many pieces."""
        self.parts.append(shape("path", d=d, fill="none", **_stroke(colour, width, classes), **attributes))

    def rect(
        self, x: float, y: float, width: float, height: float, *, fill: Colour, stroke: Colour | None = None,
        classes: str = "", **attributes: str | int | float | None,
    ) -> None:  # fmt: skip
        """Draw a rectangle."""
        painted = _painted(fill, stroke, classes)
        self.parts.append(shape("rect", x=x, y=y, width=max(width, 0.0), height=height, **painted, **attributes))

    def circle(
        self, cx: float, cy: float, r: float, *, fill: Colour, stroke: Colour | None = None, classes: str = "",
        **attributes: str | int | float | None,
    ) -> None:  # fmt: skip
        """Draw a circle."""
        self.parts.append(shape("circle", cx=cx, cy=cy, r=r, **_painted(fill, stroke, classes), **attributes))

    def dot(
        self, x: float, y: float, *, local: bool, hollow: bool = False, r: float = 6.0, data_option: str | None = None
    ) -> None:
        """Draw an option's mark: a square for a machine of one's own, a circle for the cloud; hollow where it loses."""
        colour = place_colour(local=local)
        fill: Colour = "sheet" if hollow else colour
        if local:
            start, side = (x - r + 0.5, y - r + 0.5), 2 * r - 1
            self.rect(*start, side, side, fill=fill, stroke=colour, stroke_width=2, rx=2, data_option=data_option)
        else:
            self.circle(x, y, r, fill=fill, stroke=colour, stroke_width=2, data_option=data_option)

    def places(self, local: Collection[bool], *more: tuple[Mark, str] | None) -> None:
        """Write what the two colours mean, as far as both occur, and what other marks do."""
        told: list[tuple[Mark, str]] = []
        if any(local):
            told.append(("square", "machine of one's own"))
        if not all(local):
            told.append(("circle", "cloud"))
        self.key([*told, *(each for each in more if each is not None)])

    def key(self, entries: Sequence[tuple[Mark, str]]) -> None:
        """Write what marks mean, side by side as far as they fit, and go down past them."""
        x = self.left
        self.y += 20
        for mark, said in entries:
            wide = 20 + text_width(said, SMALL) + 18
            if x > self.left and x + wide - 18 > self.right:
                x, self.y = self.left, self.y + 20
            match mark:
                case "band":
                    self.band(x, x + 14, self.y - 4)
                case "square" | "circle":
                    self.dot(x + 7, self.y - 4, local=mark == "square", r=5)
                case "hollow":
                    self.dot(x + 7, self.y - 4, local=False, hollow=True, r=5)
                case _:
                    assert_never(mark)
            self.text(x + 20, self.y, said, size=SMALL, colour="soft")
            x += wide
        self.y += 8

    def band(self, low: float, high: float, y: float, *, colour: Colour = "ink", cut: bool = False) -> None:
        """Draw a band as a line with ends; one that is cut goes on past the figure and has no end there."""
        self.line(low, y, high, y, colour=colour, width=1.6, classes="band")
        for at in (low,) if cut else (low, high):
            self.line(at, y - 4, at, y + 4, colour=colour, width=1.6, classes="band")

    def finish(self) -> str:
        """Return the figure as one SVG element."""
        if self.look.alone and self.headline.origin:
            self.y += 8
            self.paragraph(self.headline.origin, size=11, colour="soft", most=2)
        self.y += 16 if self.look.alone else 6
        width, height = self.look.width, round(self.y)
        identity = f"{self.kind}-{self.look.name}"
        head = tag("title", text(self.headline.finding), id=f"{identity}-t") + tag(
            "desc", text(self.headline.reading), id=f"{identity}-d"
        )
        ground = shape("rect", width=width, height=height, fill=COLOURS["sheet"], class_="f-sheet")
        return tag(
            "svg",
            head + ground + "".join(self.parts),
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {width} {height}",
            width=width,
            height=height,
            font_family=FONTS,
            class_=f"figure {self.look.name}",
            role="img",
            aria_labelledby=f"{identity}-t {identity}-d",
            data_figure=self.kind,
        )


def _stroke(colour: Colour, width: float, classes: str) -> dict[str, str | int | float | None]:
    return {"stroke": COLOURS[colour], "stroke_width": width, "class_": f"s-{colour} {classes}".rstrip()}


def _painted(fill: Colour, stroke: Colour | None, classes: str) -> dict[str, str | int | float | None]:
    named = f"f-{fill}" + (f" s-{stroke}" if stroke else "")
    return {
        "fill": COLOURS[fill],
        "stroke": None if stroke is None else COLOURS[stroke],
        "class_": f"{named} {classes}".rstrip(),
    }

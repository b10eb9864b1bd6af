"""Reads a figure back: where its letters and marks lie, by the estimate of widths that it was laid out with."""

from __future__ import annotations

import re
from itertools import combinations
from xml.etree import ElementTree

from cloudcost.render.figures.lettering import text_width

Box = tuple[float, float, float, float]
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


def elements(svg: str, name: str) -> list[ElementTree.Element]:
    """Return the elements of a name in the order in which they are drawn."""
    return [each for each in ElementTree.fromstring(svg).iter() if each.tag.rpartition("}")[2] == name]


def shown(each: ElementTree.Element) -> bool:
    return each.get("visibility") != "hidden"


def box_of(each: ElementTree.Element) -> Box:
    """Return left, top, right and bottom of a line of text: capitals are 0.73 em tall, descenders go 0.2 em down."""
    size, said = float(each.get("font-size") or 13), each.text or ""
    wide = text_width(said, size, bold=each.get("font-weight") == "700")
    x, y = float(each.get("x") or 0), float(each.get("y") or 0)
    left = x - wide * {"start": 0.0, "middle": 0.5, "end": 1.0}[each.get("text-anchor") or "start"]
    return left, y - 0.73 * size, left + wide, y + 0.2 * size


def overlaps(svg: str) -> list[tuple[str, str]]:
    """Return the pairs of texts that lie on one another."""
    boxes = [(each.text or "", box_of(each)) for each in elements(svg, "text") if shown(each)]
    return [
        (one, other)
        for (one, a), (other, b) in combinations(boxes, 2)
        if min(a[2], b[2]) - max(a[0], b[0]) > 0.5 and min(a[3], b[3]) - max(a[1], b[1]) > 0.5
    ]


def outside(svg: str) -> list[str]:
    """Return what lies outside the figure, text and marks."""
    width, height = (float(each) for each in (ElementTree.fromstring(svg).get("viewBox") or "").split()[2:])
    found = []

    def look(what: str, box: Box) -> None:
        if box[0] < -0.5 or box[1] < -0.5 or box[2] > width + 0.5 or box[3] > height + 0.5:
            found.append(f"{what}: {box}")

    for each in elements(svg, "text"):
        look(each.text or "", box_of(each))
    for each in elements(svg, "rect"):
        x, y, wide, tall = (float(each.get(key) or 0) for key in ("x", "y", "width", "height"))
        look("rect", (x, y, x + wide, y + tall))
    for each in elements(svg, "circle"):
        x, y, r = (float(each.get(key) or 0) for key in ("cx", "cy", "r"))
        look("circle", (x - r, y - r, x + r, y + r))
    for each in elements(svg, "line"):
        x1, y1, x2, y2 = (float(each.get(key) or 0) for key in ("x1", "y1", "x2", "y2"))
        look("line", (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)))
    for each in elements(svg, "path"):
        d = each.get("d") or ""
        if "l" in d or "H" in d:
            continue
        numbers = [float(number) for number in _NUMBER.findall(d)]
        for x, y in zip(numbers[::2], numbers[1::2], strict=True):
            look("path", (x, y, x, y))
    return found


def texts(svg: str) -> list[str]:
    return [each.text or "" for each in elements(svg, "text")]

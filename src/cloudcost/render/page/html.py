"""The few ways in which the page writes HTML: text is escaped here and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from cloudcost.render.tables.columns import plain


def text(value: str) -> str:
    r"""Return text that HTML shows as it is, also within a quoted attribute.

    What a terminal would obey is taken out, for who prints the page, and marks that turn the direction of writing,
    which would show a name as another.

    Examples
    --------
    >>> text('<script>"&\x1b[31m')
    '&lt;script&gt;&quot;&amp;?[31m'
    """
    return escape(plain(value), quote=True)


def tag(name: str, content: str = "", /, **attributes: str | int | float | bool | None) -> str:
    """Return an element with content that is HTML already; attribute values are escaped.

    A trailing underscore of an attribute's name is dropped and others become hyphens; None and False leave it out.

    Examples
    --------
    >>> tag("td", "5", class_="n", aria_label='a "b"')
    '<td class="n" aria-label="a &quot;b&quot;">5</td>'
    """
    return f"<{name}{_written(attributes)}>{content}</{name}>"


def void(name: str, /, **attributes: str | int | float | bool | None) -> str:
    """Return an element without content and without an end tag: ``input``, ``meta``."""
    return f"<{name}{_written(attributes)}>"


def shape(name: str, /, **attributes: str | int | float | bool | None) -> str:
    """Return an element of a figure that holds nothing.

    Examples
    --------
    >>> shape("circle", r=2.50, class_="c1")
    '<circle r="2.5" class="c1"/>'
    """
    return f"<{name}{_written(attributes)}/>"


def _written(attributes: Mapping[str, str | int | float | bool | None]) -> str:
    parts = []
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        key = name.rstrip("_").replace("_", "-")
        parts.append(f" {key}" if value is True else f' {key}="{text(_attribute(value))}"')
    return "".join(parts)


def _attribute(value: str | int | float | bool) -> str:
    return f"{round(value, 2):g}" if isinstance(value, float) else str(value)


def bullets(said: Iterable[str], **attributes: str) -> str:
    """Return a list of sentences, escaped; nothing where there are none."""
    items = "".join(f"<li>{text(each)}</li>" for each in said)
    return tag("ul", items, **attributes) if items else ""


def table(
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numbers: Sequence[int] = (),
    lead: bool = False,
    body_id: str | None = None,
) -> str:
    """Return a table in a box that scrolls where it is too wide; cells are HTML already, captions and heads are text.

    Parameters
    ----------
    head : sequence of str
        Empty above a column that speaks for itself, as bars do.
    numbers : sequence of int
        Columns that are set to the right.
    lead : bool
        Whether the first column takes what room the others leave, as one that holds bars does.
    body_id : str, optional
        Of the body, for the page's script.

    Notes
    -----
    The first cell of a row is its heading.
    """
    marked = dict.fromkeys(numbers, "n")
    top = "".join(
        tag("th", text(cell), scope="col", class_=marked.get(at)) if cell else tag("td", class_="bare")
        for at, cell in enumerate(head)
    )
    body = "".join(
        "<tr>"
        + tag("th", row[0], scope="row")
        + "".join(tag("td", cell, class_=marked.get(at)) for at, cell in enumerate(row[1:], start=1))
        + "</tr>"
        for row in rows
    )
    inner = tag("caption", text(caption)) + f"<thead><tr>{top}</tr></thead>" + tag("tbody", body, id=body_id)
    return tag(
        "div",
        tag("table", inner, class_="lead" if lead else None),
        class_="wide",
        role="region",
        aria_label=f"{caption}, table",
        tabindex=0,
    )


def section(identity: str, title: str, *content: str, planned: bool = False, folded: str | None = None) -> str:
    """Return a section under a heading; nothing where it has no content.

    Parameters
    ----------
    planned : bool
        Whether it is of the project's own numbers, whatever the sliders say.
    folded : str, optional
        Where it begins folded: what it holds, in a few words.
    """
    inner = "".join(content)
    if not inner:
        return ""
    heading = tag("h2", text(title), id=identity)
    if planned:
        heading += tag("span", "at the planned numbers", class_="planned")
    if folded is not None:
        heading += tag("span", text(folded), class_="small")
        inner = tag("details", tag("summary", heading) + inner, class_="folded")
        return tag("section", inner, aria_labelledby=identity)
    return tag("section", tag("div", heading, class_="head") + inner, aria_labelledby=identity)


def json_block(identity: str, value: object) -> str:
    r"""Return data for the page's script; no text within it can end the element.

    Examples
    --------
    >>> json_block("a", {"b": "</script>"})
    '<script type="application/json" id="a">{"b":"\\u003c/script\\u003e"}</script>'
    """
    written = json.dumps(value, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    for mark in "<>&":
        written = written.replace(mark, f"\\u{ord(mark):04x}")
    return f'<script type="application/json" id="{text(identity)}">{written}</script>'

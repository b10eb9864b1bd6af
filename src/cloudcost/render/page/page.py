"""The page put together: the verdict first, then what it rests on, folded as far as it is long.

The page may ask nothing of any network: its policy forbids every request, and allows the one style sheet and the one
script that stand in it by their hashes.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING

from cloudcost.domain.prices import Source
from cloudcost.figures import counted, size_words, time_words
from cloudcost.frozen import dataclass
from cloudcost.render.comparison import assumptions_of
from cloudcost.render.figures.axes import mark_of
from cloudcost.render.layouts import LAYOUT_HEADS, layout_rows, layouts_said
from cloudcost.render.page.assets import asset
from cloudcost.render.page.bills import bill_tree, source_id
from cloudcost.render.page.html import bullets, section, table, tag, text, void
from cloudcost.render.page.live import curve_part, options_part
from cloudcost.render.page.matters import matters_part, savings_part, time_part
from cloudcost.render.page.panel import panel
from cloudcost.render.page.tables import Tables
from cloudcost.render.page.totals import sure_part
from cloudcost.render.reasons.deciding import deciding_sentence
from cloudcost.render.words import crossing_sentence, machines_words, spread_sentence

if TYPE_CHECKING:
    from cloudcost.results.comparison import Comparison
    from cloudcost.results.matters import WhatMatters


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a page shows.

    Parameters
    ----------
    comparison : Comparison
    tables : Tables
        Behind the sliders.
    matters : WhatMatters or None
        None leaves the figures of cost against time and of what matters out.
    sources : mapping
        Known sources by key.
    made_by : str
        Program, version and how the page was made.
    """

    comparison: Comparison
    tables: Tables
    matters: WhatMatters | None
    sources: Mapping[str, Source]
    made_by: str


def report_page(report: Report) -> str:
    """Return the page as one HTML document that needs nothing else."""
    comparison = report.comparison
    marks = {each.name: mark_of(index) for index, each in enumerate(comparison.options)}
    sections = _sections(report, marks)
    links = "".join(tag("li", tag("a", title, href=f"#{identity}")) for identity, title, content in sections if content)
    contents = tag("nav", tag("ul", links), aria_label="Contents")
    about = _about(comparison) + contents
    main = tag("main", about + "".join(content for _, _, content in sections), id="content")
    skip = tag("a", "Skip to the figures", href="#content", class_="skip")
    body = tag("div", panel(comparison, report.tables) + main, class_="columns") + _footer(report)
    script = f"<script>{asset('page.js')}</script>" if report.tables.options else ""
    document = tag("head", _head(comparison)) + tag("body", skip + body + script)
    return "<!DOCTYPE html>\n" + tag("html", document, lang="en") + "\n"


def _sections(report: Report, marks: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return each section's anchor, short title and content, what moves with the sliders first; some are empty."""
    comparison, matters = report.comparison, report.matters
    assumed = assumptions_of(comparison.options)
    sources = _sources(report)
    parts = {
        "Options": section("totals-title", "Each option", options_part(comparison, report.tables)),
        "By runs": section("live-title", "Total by number of runs", curve_part(report.tables)),
        "How sure": section(
            "sure-title", "How sure this is", sure_part(comparison, marks), _deciding(comparison), planned=True
        ),
        "Cost and time": section(
            "time-title", "Cost against time", time_part(comparison, matters, marks), planned=True
        ),
        "What would change it": section(
            "matters-title", "What would change the answer", matters_part(comparison, matters), _break_even(comparison),
            planned=True,
        ),
        "Savings": section("savings-title", "What would cost less", savings_part(matters), planned=True),
        "The project": section("project-title", "The project", _project(comparison)),
        "Not included": section("excluded-title", "Not included in any total", bullets(comparison.excluded)),
        "Layout": section(
            "layout-title", "The cheapest layout of the data set", _layouts(comparison), planned=True,
            folded="storing and reading it otherwise",
        ),
        "Bills": section(
            "bills-title", "The bills, line by line", _bills(report, marks), planned=True,
            folded="every quantity and price",
        ),
        "Assumed": section("assumed-title", "Assumed", _assumed(comparison), folded=counted(len(assumed), "line")),
        "Sources": section("sources-title", "Sources", sources, folded="where every price comes from"),
    }  # fmt: skip
    identities = (
        "totals", "live", "sure", "time", "matters", "savings", "project", "excluded", "layout", "bills", "assumed",
        "sources",
    )  # fmt: skip
    return [(f"{each}-title", *pair) for each, pair in zip(identities, parts.items(), strict=True)]


def _head(comparison: Comparison) -> str:
    script, style = asset("page.js"), asset("page.css")
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        void("meta", charset="utf-8")
        + void("meta", http_equiv="Content-Security-Policy", content=policy)
        + void("meta", name="viewport", content="width=device-width, initial-scale=1")
        + void("meta", name="referrer", content="no-referrer")
        + tag("title", f"{text(comparison.project.name)}: what training costs")
        + void("link", rel="icon", href="data:,")
        + f"<style>{style}</style>"
    )


def _hash(content: str) -> str:
    return "sha256-" + b64encode(sha256(content.encode()).digest()).decode()


def _about(comparison: Comparison) -> str:
    """Return the verdict as a sentence, and what is to be noted."""
    planned = tag("span", "As planned: ", class_="label")
    said = "" if comparison.best is None else tag("p", planned + text(comparison.verdict), class_="sentence")
    first, *others = [tag("p", text(f"Note: {each}"), class_="warning") for each in comparison.warnings] or [""]
    folded = tag("summary", f"{counted(len(others), 'more note')} on the project") + "".join(others)
    warnings = first + (tag("details", folded) if others else "")
    heading = tag("h2", "The answer in a sentence", class_="heard")
    return tag("section", heading + said + warnings, class_="about") if said or first else ""


def _project(comparison: Comparison) -> str:
    """Return what the project is."""
    project = comparison.project
    facts = {
        "Runs": ", ".join(f"{each.runs.expected:,} \u00d7 {each.name}" for each in project.trainings),
        "Time": f"{time_words(project.duration_seconds)} from {project.start}"
        + machines_words(project, before=", on "),
        "Data set": f"{project.dataset.images:,} images, {size_words(project.dataset.size_bytes)}",
        "Region": project.region,
        "Prices": f"{comparison.price_book}, the oldest used of {comparison.oldest_price or 'unknown day'}",
        "Made for": f"{comparison.today}",
    }
    return tag("dl", "".join(tag("div", tag("dt", text(key)) + tag("dd", text(value))) for key, value in facts.items()))


def _deciding(comparison: Comparison) -> str:
    """Return which prices decide, and of which days they are; nothing where none was used."""
    said = deciding_sentence(comparison)
    return tag("p", text(f"Prices: {said}."), class_="small") if said else ""


def _bills(report: Report, marks: Mapping[str, str]) -> str:
    linked = frozenset(report.sources)
    trees = "".join(bill_tree(each, marks[each.name], linked) for each in report.comparison.options)
    if not trees:
        return ""
    said = (
        "Each line is quantity \u00d7 price, month by month, rounded once to 1e-10 USD; a total is the sum of its lines"
    )
    return tag("p", text(said), class_="small") + trees


def _layouts(comparison: Comparison) -> str:
    """Return what laying out the data set otherwise would save; nothing where it was not asked."""
    layouts = comparison.layouts
    if layouts is None:
        return ""
    rows = [[text(cell) for cell in row] for row in layout_rows(layouts)]
    heads = ["Layout", *LAYOUT_HEADS]
    caption = f"What storing and reading the data set otherwise saves with {layouts.option}"
    said = tag("p", text(f"For {layouts.option}, the cheapest; each figure is a whole estimate's."), class_="small")
    return said + table(caption, heads, rows, numbers=(1, 2, 3, 4)) + bullets(layouts_said(layouts))


def _break_even(comparison: Comparison) -> str:
    """Return where the leading options change places as the project is planned, which no slider moves."""
    said = [f"{crossing_sentence(each)}." for each in comparison.break_even if each.worth_saying]
    if not said:
        return ""
    horizon = max(each.horizon for each in comparison.break_even)
    note = (
        f"As the project is planned, counted up to {horizon:,} runs of each CNN or the last that fits into the "
        "project's time; the sliders do not move this."
    )
    summary = tag("summary", "From which run on which wins, as planned")
    return tag("details", summary + bullets(said) + tag("p", text(note), class_="small"))


def _assumed(comparison: Comparison) -> str:
    said = bullets(assumptions_of(comparison.options))
    asked = comparison.uncertainty
    if asked is None:
        return said
    drawn = [spread_sentence(*each) for each in asked.spreads.described()]
    title = f"What {asked.draws:,} scenarios draw where it is uncertain"
    return said + tag("h3", text(title)) + bullets(drawn)


def _sources(report: Report) -> str:
    """Return the sources that some line rests on, with the days on which its prices were seen."""
    days: dict[str, set[str]] = {}
    for estimate in report.comparison.options:
        for line in estimate.lines:
            days.setdefault(line.source, set()).add("" if line.as_of is None else str(line.as_of))
    rows = []
    for key in sorted(days):
        source = report.sources.get(key)
        what = text(key if source is None else source.title)
        if source is not None and source.url.startswith("https://"):
            what += f" ({tag('a', text(_host(source.url)), href=source.url, rel='noreferrer')})"
        seen = ", ".join(sorted(day for day in days[key] if day))
        rows.append([tag("code", text(key), id=source_id(key)), what, seen])
    return table("Where prices come from", ["Source", "What it is", "Prices seen on"], rows) if rows else ""


def _host(url: str) -> str:
    return url.removeprefix("https://").partition("/")[0]


def _footer(report: Report) -> str:
    return tag("footer", tag("p", text(report.made_by), class_="small"))

"""What moves with the sliders below the answer: each option's total, the curve, and from which run on which wins."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from cloudcost.figures import time_words
from cloudcost.money import format_usd
from cloudcost.render.figures.axes import bar_end
from cloudcost.render.page.figures import bar, dash_indices, lines_figure, place_class, swatch
from cloudcost.render.page.html import bullets, json_block, table, tag, text
from cloudcost.render.page.tables import REACHES, Tables, tables_record

if TYPE_CHECKING:
    from cloudcost.results.comparison import Comparison
    from cloudcost.results.estimate import Estimate

LONG = 110
"""From here on a reason is folded; the page's script has the same. [characters]"""


def options_part(comparison: Comparison, tables: Tables) -> str:
    """Return the table that the script writes anew; at first it holds the project's own totals."""
    missing = [f"{each.name}: {each.reason}" for each in comparison.options if each.total_usd is None]
    apart = tag("h3", "Could not be priced or timed") + bullets(missing) if missing else ""
    if not tables.options:
        return apart
    currency = comparison.project.show_currency
    by_name = {each.name: each for each in comparison.options}
    estimates = [by_name[each.name] for each in tables.options]
    end = bar_end([float(each.total_usd or 0) for each in estimates])
    rows = []
    for each, estimate in zip(tables.options, estimates, strict=True):
        total = estimate.total_usd or Decimal(0)
        name = f'<span class="key">{each.mark}</span> {text(each.name)}' + _said(estimate, comparison.best)
        shown = [] if currency is None else [currency.text(total)]
        takes = time_words((estimate.calendar_hours or 0.0) * 3600)
        rows.append([name, bar(float(total), end, place_class(local=each.local)), format_usd(total), *shown, takes])
    heads = ["Option", "", "USD", *([] if currency is None else [currency.code]), "Takes"]
    title = "Each option at these numbers"
    numbers = range(2, len(heads))
    note = "" if currency is None else tag("p", text(currency.sentence), class_="small")
    live = table(title, heads, rows, numbers=tuple(numbers), body_id="totals")
    return live + note + apart + json_block("tables", tables_record(tables))


def _said(estimate: Estimate, best: Estimate | None) -> str:
    """Return what is said under an option's name: why it cannot be done, or how much more it costs."""
    if not estimate.feasible:
        return _cannot(f"cannot be done: {estimate.reason}")
    if best is None or estimate.total_usd is None or best.total_usd is None:
        return ""
    if estimate is best:
        return tag("span", "the answer", class_="under")
    more = estimate.total_usd - best.total_usd
    said = f"{format_usd(abs(more))} USD {'more' if more > 0 else 'less'}" if more else "the same"
    return tag("span", said + ("" if estimate.guaranteed else ", but nothing guarantees it"), class_="under")


def _cannot(said: str) -> str:
    """Return why an option cannot be done; a long reason begins folded, so that the table stays one."""
    if len(said) <= LONG:
        return tag("span", text(said), class_="cannot")
    begun = said[:LONG].rsplit(" ", 1)[0]
    return tag("details", tag("summary", text(f"{begun} \u2026")) + tag("span", text(said)), class_="cannot")


def curve_part(tables: Tables) -> str:
    """Return totals by number of runs, and who wins from which run on."""
    return _figure(tables) + _wins(tables) if tables.options else ""


def _figure(tables: Tables) -> str:
    choices = [last for last in REACHES if last < tables.last] + [tables.last]
    options = "".join(
        tag("option", f"{last:,} runs", value=last, selected=last == tables.reach) for last in dict.fromkeys(choices)
    )
    chooser = tag("label", "Show up to", for_="reach") + " " + tag("select", options, id="reach", disabled=True)
    keys = "".join(
        tag("li", swatch(each, dash) + f'<span class="key">{each.mark}</span> {text(each.name)}')
        for each, dash in zip(tables.options, dash_indices(tables.options), strict=True)
    )
    note = (
        "Blue: a machine of one's own. Orange: the cloud. Thick: the runs are done in time. Thin: they would not be. "
        "Rings: from there on another option is the cheapest that is."
    )
    caption = tag("figcaption", tag("ul", keys, class_="keys") + tag("p", text(note), class_="small"))
    return tag("p", chooser, class_="control") + tag("figure", lines_figure(tables) + caption)


def _wins(tables: Tables) -> str:
    """Return from which run on which wins, folded; nothing where there is nobody to win over."""
    if len(tables.options) < 2:
        return ""
    names = "".join(tag("option", text(each.name), value=index) for index, each in enumerate(tables.options))
    chooser = tag("label", "Compare with", for_="rival") + " " + tag("select", names, id="rival", disabled=True)
    note = (
        f"Counted run by run up to {tables.last:,} runs of each CNN, or the last that is done in the project's time; "
        "a tie is kept by the one that was cheaper before."
    )
    said = (
        tag("p", chooser, class_="control")
        + tag("ul", "", id="wins", aria_labelledby="wins-title")
        + tag("p", text(note), class_="small")
    )
    title = tag("summary", tag("span", "Who wins from which run on, at these numbers", id="wins-title"))
    return tag("details", title + said, class_="screen-only")

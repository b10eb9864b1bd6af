"""The part of the page that can be moved: sliders, what they give, and from which run on which option wins."""

from __future__ import annotations

from fractions import Fraction

from cloudcost.figures import time_words
from cloudcost.money import format_usd
from cloudcost.render.page.figures import dashes, lines_figure, style_class
from cloudcost.render.page.html import json_block, shape, table, tag, text, void
from cloudcost.render.page.tables import Tables, Ticks, fits_at, planned_position, tables_record, total_at


def live_part(tables: Tables) -> str:
    """Return sliders, totals and break-even; the script of the page moves them, without it they show the project's."""
    if not tables.options:
        return ""
    return (
        _sliders(tables)
        + _figure(tables)
        + _totals(tables)
        + _wins(tables)
        + json_block("tables", tables_record(tables))
    )


def _sliders(tables: Tables) -> str:
    rows = [_runs_slider(tables)]
    rows.append(_slider("factor", "Hours that a run takes", tables.factors))
    if tables.electricity is not None:
        rows.append(_slider("electricity", "Electricity, USD per kWh", tables.electricity))
    rows.append(_slider("months", "Months kept in S3 afterwards", tables.months))
    reset = tag("button", "Back to the project's own numbers", type="button", id="reset")
    legend = tag("legend", "Numbers to try")
    fields = tag("fieldset", legend + "".join(rows) + reset, id="sliders", disabled=True)
    needs = tag("p", "Moving the sliders needs JavaScript; the figures below are the project's own.", class_="small")
    said = tag("p", "", id="answer", class_="answer")
    heard = tag("p", "", id="heard", class_="heard", role="status")
    return fields + tag("noscript", needs) + said + heard


def _runs_slider(tables: Tables) -> str:
    first = 1 if tables.planned else 0
    label = tag("label", "Runs of each CNN", for_="runs")
    number = void(
        "input", type="number", id="runs-number", min=first, max=tables.last, step=1, value=tables.planned,
        inputmode="numeric", aria_label="Runs of each CNN, as a number",
    )  # fmt: skip
    said = tag("span", "" if tables.planned else "as planned ", id="runs-said", aria_hidden="true")
    slider = void("input", type="range", id="runs", min=first, max=tables.last, step=1, value=tables.planned)
    return tag("div", label + tag("span", said + number, class_="value") + slider, class_="slider")


def _slider(identity: str, label: str, ticks: Ticks) -> str:
    shown = _tick(identity, ticks.values[ticks.at])
    output = tag("output", text(shown), id=f"{identity}-value", for_=identity, class_="value")
    slider = void(
        "input", type="range", id=identity, min=0, max=len(ticks.values) - 1, step=1, value=ticks.at,
        aria_valuetext=shown,
    )  # fmt: skip
    return tag("div", tag("label", text(label), for_=identity) + output + slider, class_="slider")


def _tick(identity: str, value: float) -> str:
    mark = "\u00d7 " if identity == "factor" else ""
    return "as planned" if value < 0 else f"{mark}{value:g}"


def _figure(tables: Tables) -> str:
    choices = [last for last in (20, 50, 100, 200, 500) if last < tables.last]
    options = "".join(tag("option", f"{last:,} runs", value=last) for last in choices)
    options += tag("option", f"{tables.last:,} runs", value=tables.last, selected=True)
    chooser = tag("label", "Show up to", for_="reach") + " " + tag("select", options, id="reach", disabled=True)
    keys = "".join(
        tag("li", _swatch(index) + f'<span class="key">{each.mark}</span> {text(each.name)}')
        for index, each in enumerate(tables.options)
    )
    days = time_words(86400 * tables.duration_days)
    note = f"Thick: the runs fit into the project's {days}. Thin: they would not, or something else forbids the option."
    caption = tag("figcaption", tag("ul", keys, class_="keys") + tag("p", text(note), class_="small"))
    return tag("h3", "Total by number of runs") + tag("p", chooser) + tag("figure", lines_figure(tables) + caption)


def _swatch(index: int) -> str:
    line = shape("line", x1=0, x2=26, y1=6, y2=6, class_=f"line {style_class(index)}", stroke_dasharray=dashes(index))
    return tag("svg", line, viewBox="0 0 26 12", class_="swatch", aria_hidden="true")


def _totals(tables: Tables) -> str:
    """Return the table that the script writes anew; at first it holds the project's own totals."""
    position = planned_position(tables)
    at = position.factor
    rows = []
    for each in tables.options:
        usd = format_usd(Fraction(total_at(tables, each, position)))
        hours = each.hours[at] * position.runs if position.runs else each.planned_hours[at]
        cannot = "" if fits_at(each, position) else tag("span", "cannot be done", class_="cannot")
        rows.append([f'<span class="key">{each.mark}</span> {text(each.name)}{cannot}', usd, f"{hours:,.1f}"])
    title = "Totals at these numbers"
    return tag("h3", title) + table(
        title, ["Option", "USD", "Hours"], rows, numbers=(1, 2), lead=True, body_id="totals"
    )


def _wins(tables: Tables) -> str:
    chooser = (
        tag("label", "Compare with", for_="rival")
        + " "
        + tag(
            "select",
            "".join(tag("option", text(each.name), value=index) for index, each in enumerate(tables.options)),
            id="rival",
            disabled=True,
        )
    )
    note = (
        f"Counted run by run up to {tables.last:,} runs of each CNN, whether or not they fit into the project's time; "
        "a tie is kept by the one that was cheaper before."
    )
    return (
        tag("h3", "Who wins from which run on, at these numbers", id="wins-title")
        + tag("p", chooser)
        + tag("ul", "", id="wins", aria_labelledby="wins-title")
        + tag("p", text(note), class_="small")
    )

"""A bill by cause as one self-contained HTML page: a bar for each cause, days on an axis, the rows behind each cause.

The page asks nothing of any network and has no script: its policy forbids every request, and allows the style sheet
that stands in it by its hash.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from cloudcost.figures import counted
from cloudcost.money import decimal_string, format_usd
from cloudcost.render.explanation.days import DRAWN, days_part
from cloudcost.render.explanation.parts import in_currency, is_shown, quantity_words, to_stop
from cloudcost.render.explanation.plans import PLAN_HEADS, plan_cells, plan_sentences
from cloudcost.render.explanation.words import headline, said_of, share_words
from cloudcost.render.page.assets import asset
from cloudcost.render.page.figures import bar
from cloudcost.render.page.html import bullets, section, table, tag, text, void

if TYPE_CHECKING:
    from cloudcost.results.explanation import CauseItem, ExplainedCause, Explanation

_STYLE = """
:root { --c0: #0067a8; --c1: #c04f00; --c2: #00775a; --c3: #9c3c94; --c4: #7a5c00; --c5: #3c3f44; }
@media screen and (prefers-color-scheme: dark) {
  :root { --c0: #5db8f2; --c1: #ff9b54; --c2: #3fcaa0; --c3: #e08bd6; --c4: #d9ba4a; --c5: #d4d7db; }
}
header h1 { font-weight: 600; color: var(--soft); min-height: 0; }
.verdict { font-size: 1.5rem; line-height: 1.3; font-weight: 650; margin: 0 0 1rem; overflow-wrap: anywhere; }
svg text { font-size: 13px; fill: var(--ink); } svg .tick, svg .label { fill: var(--soft); font-size: 12px; }
svg .end { text-anchor: end; } svg .mid { text-anchor: middle; }
svg .grid { stroke: var(--grid); } svg .axis { stroke: var(--soft); }
svg .stack { stroke: var(--sheet); stroke-width: .6; }
.square { display: inline-block; width: .8em; height: .8em; border-radius: 2px; margin-right: .35em; flex: none; }
.c0 { fill: var(--c0); } .c1 { fill: var(--c1); } .c2 { fill: var(--c2); }
.c3 { fill: var(--c3); } .c4 { fill: var(--c4); } .c5 { fill: var(--c5); }
.square.c0 { background: var(--c0); } .square.c1 { background: var(--c1); } .square.c2 { background: var(--c2); }
.square.c3 { background: var(--c3); } .square.c4 { background: var(--c4); } .square.c5 { background: var(--c5); }
pre { overflow-x: auto; background: var(--sheet); border: 1px solid var(--rule); padding: .7rem; }
"""


def explanation_page(explanation: Explanation, *, made_by: str) -> str:
    """Return the page as one HTML document that needs nothing else.

    Parameters
    ----------
    explanation : Explanation
    made_by : str
        Program and version.
    """
    sections = (
        section("causes-title", "Where the money went", _causes(explanation)),
        section("plan-title", "Against the plan", _plan(explanation)),
        section("days-title", "Day by day", days_part(explanation)),
        section("rows-title", "What the bill shows of each cause", _rows(explanation)),
        section("stop-title", "Stop now, if it still runs", bullets(each.stop for each in to_stop(explanation))),
        section("alarm-title", "A mail when a month passes this amount", _alarm(explanation)),
        section("notes-title", "Notes", bullets([*explanation.notes, *explanation.unexplained])),
    )
    heading = tag("h1", "A bill by cause") + tag("p", text(_verdict(explanation)), class_="verdict")
    heading += tag("p", text(headline(explanation)))
    footer = tag("footer", tag("p", text(made_by), class_="small"))
    body = tag("header", heading) + tag("main", "".join(sections)) + footer
    return "<!DOCTYPE html>\n" + tag("html", _head() + tag("body", body), lang="en") + "\n"


def _verdict(explanation: Explanation) -> str:
    """Return what the most of the bill went to."""
    whole = f"{format_usd(explanation.billed_usd)} {explanation.currency}"
    first = next(iter(explanation.causes), None)
    if first is None or first.share is None:
        return whole
    return f"{whole}, {share_words(first)} of it: {first.name}"


def _head() -> str:
    style = asset("page.css") + _STYLE
    allowed = "sha256-" + b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src '{allowed}'; img-src data:; base-uri 'none'; form-action 'none'"
    return tag(
        "head",
        void("meta", charset="utf-8")
        + void("meta", http_equiv="Content-Security-Policy", content=policy)
        + void("meta", name="viewport", content="width=device-width, initial-scale=1")
        + void("meta", name="referrer", content="no-referrer")
        + tag("title", "A bill by cause")
        + void("link", rel="icon", href="data:,")
        + f"<style>{style}</style>",
    )


def _causes(explanation: Explanation) -> str:
    """Return the causes with a bar each; one that gives money back has none."""
    end = max((float(each.usd) for each in explanation.causes), default=0.0)
    rows = [_cause_row(each, number, end) for number, each in enumerate(explanation.causes)]
    if explanation.unexplained:
        rows.append(["not read", format_usd(explanation.unexplained_usd), "", ""])
    rows.append(["total", format_usd(explanation.billed_usd), "", ""])
    heads = ["cause", explanation.currency, "share", "saved at most"]
    return table("Causes and what they cost", heads, rows, numbers=(1, 2, 3), lead=True)


def _plan(explanation: Explanation) -> str:
    """Return the plan beside the bill; nothing without a plan."""
    plan = explanation.plan
    if plan is None:
        return ""
    rows = [[text(cell) for cell in row] for row in plan_cells(plan)]
    title = f"{plan.project}, option {plan.option}"
    found = table(title, ["cause", *PLAN_HEADS], rows, numbers=(1, 2, 3), lead=True)
    return found + bullets(plan_sentences(plan))


def _cause_row(cause: ExplainedCause, number: int, end: float) -> list[str]:
    drawn = bar(float(cause.usd), end, f"c{min(number, DRAWN)}") if cause.usd > 0 else ""
    saved = "" if cause.saved_usd is None else format_usd(cause.saved_usd)
    return [text(cause.name) + drawn, format_usd(cause.usd), share_words(cause), saved]


def _rows(explanation: Explanation) -> str:
    currency = explanation.currency
    return "".join(
        tag(
            "details",
            tag("summary", text(cause.name) + tag("span", format_usd(cause.usd), class_="amount"))
            + bullets(in_currency(each, currency) for each in said_of(cause))
            + _items(cause.items, currency),
            open=is_shown(cause) and number == 0,
        )
        for number, cause in enumerate(explanation.causes)
    )


def _items(items: Sequence[CauseItem], currency: str) -> str:
    """Return the rows of the bill behind a cause, those of one name summed."""
    heads = ["usage type", "region", "operation", "quantity", f"{currency} per unit", currency, "lines"]
    rows = [
        [
            text(item.usage_type or item.service or "line") + tag("span", text(item.place), class_="under"),
            text(item.region),
            text(item.operation),
            "" if item.quantity is None else text(f"{quantity_words(item.quantity)} {item.unit}"),
            "" if item.unit_price_usd is None else decimal_string(item.unit_price_usd),
            format_usd(item.usd),
            f"{item.lines:,}",
        ]
        for item in items
    ]
    lines = counted(sum(item.lines for item in items), "line")
    return table(f"Rows of the bill, {lines}", heads, rows, numbers=(3, 4, 5, 6))


def _alarm(explanation: Explanation) -> str:
    if not explanation.alarm:
        return ""
    return tag("p", "Put your address in.") + tag("pre", tag("code", text(explanation.alarm)), tabindex=0)

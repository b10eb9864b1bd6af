"""What is always on the screen: the answer in four short parts, and the sliders that move it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, assert_never

from cloudcost.money import format_usd
from cloudcost.render.page.html import tag, text, void
from cloudcost.render.page.tables import Tables, Ticks
from cloudcost.render.reasons.parts import answer_parts

if TYPE_CHECKING:
    from cloudcost.domain.currency import ShownCurrency
    from cloudcost.results.comparison import Comparison
    from cloudcost.results.estimate import Estimate

Slider: TypeAlias = Literal["factor", "electricity", "months", "deadline", "budget"]
UNSURE = ", though nothing guarantees it"
"""Said of an answer that is only promised; the page's script says the same."""


def panel(comparison: Comparison, tables: Tables) -> str:
    """Return the answer and its sliders; the script of the page moves both, without it they show the project's."""
    name = tag("p", text(comparison.project.name.strip() or "A project without a name"), class_="name")
    if not tables.options:
        return tag("header", name + _heading(comparison), class_="panel")
    bar = tag("p", "", id="bar", class_="bar-answer", aria_hidden="true", hidden=True)
    heard = tag("p", "", id="heard", class_="heard", role="status")
    tried = tag("p", "At the project's own numbers.", id="tried", class_="small")
    return tag("header", name + _heading(comparison) + tried + _sliders(tables) + heard, class_="panel") + bar


def _heading(comparison: Comparison) -> str:
    """Return the verdict in its four parts; where there is no answer, the one sentence that says why."""
    best, parts = comparison.best, answer_parts(comparison)
    answer, price = parts.answer, parts.price_and_time
    if best is not None:
        answer += "" if best.guaranteed else UNSURE
        price = _with_currency(price, best, comparison.project.show_currency)
    rows = [
        tag("span", text(answer), id="part-answer", class_="why" if best is None else None),
        tag("span", text(price), id="part-price", hidden=not price),
        _labelled("Risk", "part-risk", parts.risk),
        _labelled("Next best", "part-next", parts.next_best),
    ]
    return tag("h1", " ".join(rows), id="verdict")


def _labelled(label: str, identity: str, said: str) -> str:
    """Return a smaller part of the heading; hidden, for the script, where there is nothing to say."""
    inner = tag("span", f"{label}: ", class_="label") + tag("span", text(said), id=identity)
    return tag("span", inner, class_="part", hidden=not said)


def _with_currency(price_and_time: str, best: Estimate, currency: ShownCurrency | None) -> str:
    if currency is None or best.total_usd is None:
        return price_and_time
    usd = f"{format_usd(best.total_usd)} USD"
    return price_and_time.replace(usd, f"{usd} ({currency.text(best.total_usd)} {currency.code})", 1)


def _sliders(tables: Tables) -> str:
    rows = [_runs_slider(tables), _slider("factor", "Hours that a run takes", tables.factors, tables)]
    if tables.electricity is not None:
        rows.append(_slider("electricity", "Electricity", tables.electricity, tables))
    rows.append(_slider("months", "Kept in S3 afterwards", tables.months, tables))
    rows.append(_slider("deadline", "Done within", tables.deadlines, tables))
    rows.append(_slider("budget", "Budget", tables.budgets, tables))
    reset = tag("button", "Back to the project's own numbers", type="button", id="reset")
    legend = tag("legend", "What if \u2026")
    fields = tag("fieldset", legend + "".join(rows) + reset, id="sliders", disabled=True)
    needs = tag("p", "Moving the sliders needs JavaScript; all figures are the project's own.", class_="small")
    return fields + tag("noscript", needs)


def _runs_slider(tables: Tables) -> str:
    first = 1 if tables.planned else 0
    label = tag("label", "Runs of each CNN", for_="runs")
    number = void(
        "input", type="number", id="runs-number", min=first, max=tables.last, step=1, value=tables.planned or "",
        placeholder="as planned", inputmode="numeric", aria_label="Runs of each CNN, as a number",
    )  # fmt: skip
    slider = void("input", type="range", id="runs", min=first, max=tables.reach, step=1, value=tables.planned)
    return tag("div", label + tag("span", number, class_="value") + slider, class_="slider")


def _slider(identity: Slider, label: str, ticks: Ticks, tables: Tables) -> str:
    shown = tick_words(identity, ticks.values[ticks.at], tables)
    output = tag("output", text(shown), id=f"{identity}-value", for_=identity, class_="value")
    slider = void(
        "input", type="range", id=identity, min=0, max=len(ticks.values) - 1, step=1, value=ticks.at,
        aria_valuetext=shown,
    )  # fmt: skip
    return tag("div", tag("label", text(label), for_=identity) + output + slider, class_="slider")


def tick_words(identity: Slider, value: float, tables: Tables) -> str:
    """Return what a slider stands at where the page begins."""
    match identity:
        case "deadline":
            return f"{tables.duration_words}, as planned"
        case "budget":
            return "no limit"
        case "factor":
            return f"\u00d7 {value:g}"
        case "electricity":
            return "as planned" if value < 0 else f"{value:g} USD/kWh"
        case "months":
            return f"{value:g} month{'' if value == 1 else 's'}"
        case other:
            assert_never(other)

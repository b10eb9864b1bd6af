"""The best machines of the whole price book, for people: a comparison, cost against time, and what was left out."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from cloudcost.figures import counted, figure, time_words
from cloudcost.money import format_usd
from cloudcost.render.comparison import assumptions_of, comparison_markdown, comparison_text, waits_sentence
from cloudcost.render.reasons.deciding import deciding_words, price_age
from cloudcost.render.reasons.parts import answer_parts
from cloudcost.render.reasons.quotas import quota_sentence
from cloudcost.render.tables.cells import band_cell, number_cell, shown_cell, step_cell, usd_cell
from cloudcost.render.tables.columns import display_width, wrap
from cloudcost.render.tables.screen import USUAL, Screen, bars_of, beside_bar
from cloudcost.render.tables.writer import escaped, right_aligned, section, table_rows
from cloudcost.render.words import likely_flips, odds_sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloudcost.results.comparison import BookChoice, Comparison, QuickAnswer
    from cloudcost.results.estimate import Estimate


def choice_text(choice: BookChoice, *, screen: Screen = USUAL) -> str:
    """Return the choice for a terminal; no row is wider than the screen."""
    width = screen.prose
    rows = section("cost against time, of the whole book", front_sentences(choice), width)
    rows += section("considered", [counts_sentence(choice)], width)
    return comparison_text(choice.comparison, screen=screen) + "\n".join(rows) + "\n"


def choice_markdown(choice: BookChoice) -> str:
    """Return the choice as Markdown."""
    front = [f"- {escaped(each)}" for each in front_sentences(choice)]
    rows = ["", "## Cost against time, of the whole book", "", *front] if front else []
    rows += ["", "## Considered", "", f"- {escaped(counts_sentence(choice))}"]
    return comparison_markdown(choice.comparison) + "\n".join(rows) + "\n"


def front_sentences(choice: BookChoice) -> list[str]:
    """Return what nothing beats in both cost and time, a sentence each."""
    return [f"{each.name}: {format_usd(each.total_usd)} USD, {figure(each.calendar_hours)} h" for each in choice.front]


def counts_sentence(choice: BookChoice) -> str:
    """Return what became of the rows of the book."""
    left = ", ".join(f"{count:,} {why}" for why, count in choice.left_out.items())
    said = f"{counted(choice.considered, 'row')} of the price book considered, {choice.priced:,} priced"
    return f"{said}; left out: {left}" if left else said


def quick_text(answer: QuickAnswer, *, screen: Screen = USUAL) -> str:
    """Return the answer to a question: four short parts, the best as a table, and what would change it."""
    width = screen.prose
    comparison = answer.choice.comparison
    rows = [row for said in _four_parts(answer, flags=screen.flags) for row in wrap(said, width)]
    money = comparison.project.show_currency
    heads = ["USD", *([] if money is None else [money.code]), "80 % band", "hours", "s/step"]
    columns = [10, *([] if money is None else [12]), 20, 9, 10]
    shown = [each for each in comparison.options if each.total_usd is not None]
    names = [f"{each.name}{'' if each.feasible else ' (cannot)'}{'' if each.guaranteed else ' *'}" for each in shown]
    table = screen.table_width(sum(columns) + 1 + max(map(display_width, names), default=0))
    name_width = table - sum(columns)
    if shown:
        rows += ["", *table_rows("", right_aligned(heads, columns), name_width, table), "-" * table]
    for each, name, bar in zip(shown, names, bars_of(shown, screen, table), strict=True):
        cells = [
            usd_cell(each),
            *([] if money is None else [shown_cell(each, money)]),
            band_cell(each),
            number_cell(each.hours),
            step_cell(each),
        ]
        rows += beside_bar(table_rows(name, right_aligned(cells, columns), name_width, table), bar, table)
    rows += [] if money is None or not shown else wrap(money.sentence, width)
    if any(not each.guaranteed for each in shown):
        rows.append("* free, and nothing guarantees it")
    lost = [f"{each.name}: {each.reason}" for each in comparison.options if each.total_usd is None]
    rows += [row for said in lost for row in wrap(said, width)]
    if not shown:
        return "\n".join(row.rstrip() for row in rows) + "\n"
    likely = likely_flips(answer.flips)
    rows += _waits(comparison, [each for each in shown if each.feasible], width, MOST_ROWS - len(rows) - LEAST_AFTER)
    room = MOST_ROWS - LEAST_AFTER
    for beside in (wrap(_longer(answer, flags=screen.flags), width), _quotas(comparison, width, room - len(rows))):
        rows += beside if len(rows) + len(beside) <= room else []
    rows += _changes([odds_sentence(flip) for flip in likely], width, MOST_ROWS - len(rows) - 2)
    said = assumptions_of(comparison.options)
    if screen.assumptions:
        rows += section("assumed", [*said, counts_sentence(answer.choice)], width)
        rows += section("prices", [price_age(comparison, flags=screen.flags)], width)
    else:
        step = "; ".join(
            dict.fromkeys(f"{each.image_px} px, batch {each.batch}" for each in comparison.project.trainings)
        )
        how, saved = ("--assumptions", "--save project.toml") if screen.flags else ("`assumptions`", "`project_text`")
        more = f"{counted(len(said), 'assumption')}: {how}; as a file: {saved}"
        rows += ["", *wrap(f"{step}; {more}", width)]
    return "\n".join(row.rstrip() for row in rows) + "\n"


MOST_ROWS = 25
"""Of a screen that answers. [rows]"""
LEAST_AFTER = 6
"""Of it after the table and the waits: what would change the answer, once, and what was assumed. [rows]"""
MOST_CHANGES = 3
"""What would change the answer, so many. [count]"""


def _waits(comparison: Comparison, options: Sequence[Estimate], width: int, most: int) -> list[str]:
    """Return how long each waits for capacity, of the best option alone where all take more than `most` rows."""
    said = waits_sentence(options)
    rows = wrap(said, width) if said else []
    if len(rows) <= most or comparison.best is None:
        return rows
    waiting = sum(bool(waits_sentence([each])) for each in options)
    alone = waits_sentence([comparison.best])
    return wrap(alone or f"waiting for capacity comes on top of the hours of {waiting} of them", width)


def _changes(said: Sequence[str], width: int, most: int) -> list[str]:
    """Return what would change the answer, as many as `most` rows take, but one; a title alone takes no row then."""
    title = "what would change it"
    if not said:
        return ["", title, "- no single input is at all likely to"]
    for count in range(MOST_CHANGES, 0, -1):
        rows = section(title, said[:count], width)
        if len(rows) <= most:
            return rows
    return wrap(f"{title}: {said[0]}", width)


def _quotas(comparison: Comparison, width: int, most: int) -> list[str]:
    """Return which quotas the best two need that a new account may lack; in one row where that takes too many."""
    said = quota_sentence(comparison)
    rows = wrap(said, width) if said else []
    short = "a new AWS account may lack the quota: ask days ahead (compare says which)"
    return rows if len(rows) <= most or not said else wrap(short, width)


def _longer(answer: QuickAnswer, *, flags: bool) -> str:
    """Return in how many whole days another option wins; empty where more time changes nothing."""
    longer = (flip for flip in answer.flips if flip.parameter == "duration" and flip.above and flip.becomes)
    flip = next(longer, None)
    return "" if flip is None else f"with more time, {_days(ceil(flip.value), flags)}: {flip.becomes} wins"


def _days(days: float, flags: bool) -> str:
    return f"--days {figure(days)}" if flags else f"days={figure(days)}"


def _way_out(answer: QuickAnswer, *, flags: bool) -> list[str]:
    """Return what would do it with more time or money; empty where nothing would."""
    eased = answer.eased
    best = None if eased is None else eased.comparison.best
    if eased is None or best is None:
        return []
    asked, given = answer.choice.comparison.project.duration_seconds, eased.comparison.project.duration_seconds
    longer = f"in {time_words(given)} ({_days(given / 86_400, flags)})" if given > asked else "in this time"
    parts = answer_parts(eased.comparison)
    return [f"What would do it {longer}, whatever it costs: {best.name}, {parts.price_and_time}"]


def _four_parts(answer: QuickAnswer, *, flags: bool) -> list[str]:
    """Return the answer, its price and time, its risk, and the next best."""
    comparison = answer.choice.comparison
    best = comparison.best
    if best is None and not comparison.options:
        left = ", ".join(f"{count:,} {why}" for why, count in answer.choice.left_out.items())
        return [f"Answer: nothing of the price book qualifies: {left}", *_way_out(answer, flags=flags)]
    if best is None:
        return [f"Answer: {comparison.verdict}", *_way_out(answer, flags=flags)]
    place = "" if answer.own else f"in the cloud (no {'--' * flags}gpu, so that no machine of your own is compared)"
    said = [f"{name}: {part}" for name, part in answer_parts(comparison, where=place).named()]
    own = next((each for each in comparison.options if each.name == answer.own), None)
    if own is not None and own.total_usd is not None and not own.feasible:
        said.append(f"{own.name} cannot: {own.reason}")
    fresh = deciding_words(comparison)
    return [*said, *([fresh] if fresh else [])]

"""The best machines of the whole price book, for people: a comparison, cost against time, and what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudcost.figures import counted, figure
from cloudcost.money import format_usd
from cloudcost.render.comparison import comparison_markdown, comparison_text
from cloudcost.render.tables.cells import WIDTH
from cloudcost.render.tables.writer import escaped, section

if TYPE_CHECKING:
    from cloudcost.results.comparison import BookChoice


def choice_text(choice: BookChoice, *, width: int = WIDTH) -> str:
    """Return the choice for a terminal; no row is wider than `width`. [columns]"""
    rows = section("cost against time, of the whole book", _front(choice), width)
    rows += section("considered", [_counts(choice)], width)
    return comparison_text(choice.comparison, width=width) + "\n".join(rows) + "\n"


def choice_markdown(choice: BookChoice) -> str:
    """Return the choice as Markdown."""
    front = [f"- {escaped(each)}" for each in _front(choice)]
    rows = ["", "## Cost against time, of the whole book", "", *front] if front else []
    rows += ["", "## Considered", "", f"- {escaped(_counts(choice))}"]
    return comparison_markdown(choice.comparison) + "\n".join(rows) + "\n"


def _front(choice: BookChoice) -> list[str]:
    return [f"{each.name}: {format_usd(each.total_usd)} USD, {figure(each.calendar_hours)} h" for each in choice.front]


def _counts(choice: BookChoice) -> str:
    left = ", ".join(f"{count:,} {why}" for why, count in choice.left_out.items())
    said = f"{counted(choice.considered, 'row')} of the price book considered, {choice.priced:,} priced"
    return f"{said}; left out: {left}" if left else said

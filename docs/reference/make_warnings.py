"""Write the tables of `warnings.md` from the rules: ``python docs/reference/make_warnings.py``.

A test compares the page with what this makes, so that the two cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cloudcost.analysis.nonsense import OPTION_RULES, PROJECT_RULES
from cloudcost.analysis.nonsense.rule import Rule
from cloudcost.figures import figure

PAGE = Path(__file__).parent / "warnings.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"


def table(title: str, rules: Sequence[Rule]) -> str:
    """Return the Markdown table of some rules under their title."""
    rows = [f"## {title}", "", "| what | warns from | since |", "|---|---|---|"]
    rows += [f"| {rule.name} | {_limit(rule)} | {rule.reason} |" for rule in rules]
    return "\n".join(rows)


def _limit(rule: Rule) -> str:
    unit, _, side = rule.unit.rpartition(", ")
    return f"{side} {figure(rule.limit)} {unit}" if rule.limit > 1e-6 else f"any {unit}"


def page(text: str) -> str:
    """Return the page with its tables replaced."""
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    tables = f"{table('About the project', PROJECT_RULES)}\n\n{table('About each option', OPTION_RULES)}"
    return f"{before}{BEGIN}\n{tables}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

"""Write the table of `causes.md` from the rules: ``python docs/reference/make_causes.py``.

A test compares the page with what this makes, so that the two cannot drift apart.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cloudcost.catalog.causes import cause_rules, causes

if TYPE_CHECKING:
    from cloudcost.catalog.causes import Cause

PAGE = Path(__file__).parent / "causes.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
EVIDENCE = {
    "": "its lines",
    "running": "hours by day: left on, on and off, cannot tell",
    "jobs": "hours and days",
    "storage": "size by day; a range of its parts",
    "disks": "hours without a machine",
    "requests": "who made them",
    "destination": "from where to where",
    "services": "services and usage types",
}
SAVINGS = {"": "", "whole": "all of it", "idle": "what was idle"}


def page(text: str) -> str:
    """Return the page with its table replaced."""
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    rows = ["| cause | key | known by | the bill tells | the way out saves at most |", "|---|---|---|---|---|"]
    rows += [
        f"| {each.name} | `{each.key}` | {_names(each)} | {EVIDENCE[each.evidence]} | {_saving(each)} |"
        for each in causes().values()
    ]
    return f"{before}{BEGIN}\n" + "\n".join(rows) + f"\n{END}{after}"


def _names(cause: Cause) -> str:
    """Return an example of each rule of a cause, by its usage type, service or charge."""
    found = []
    for rule in cause_rules():
        if rule.cause == cause.key:
            service, _, said = rule.example.partition("///")
            usage_type = "" if said else rule.example.split("/")[1]
            found.append(" ".join(rule.charge) or said or usage_type or service.split("/")[0])
    return ", ".join(f"`{name}`" for name in dict.fromkeys(found)) or "no rule"


def _saving(cause: Cause) -> str:
    return f"{24 - cause.hours_a_day} of 24 hours" if cause.saving == "outside" else SAVINGS[cause.saving]


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

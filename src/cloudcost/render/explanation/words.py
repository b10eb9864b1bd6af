"""A bill by cause as text and Markdown: the causes side by side, then each with what the bill shows."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from cloudcost.figures import counted
from cloudcost.money import exact_sum, format_usd
from cloudcost.render.explanation.parts import MOST_ITEMS, arithmetic, in_currency, is_shown, to_stop
from cloudcost.render.explanation.plans import plan_markdown, plan_rows
from cloudcost.render.tables.columns import display_width, pad, plain, wrap
from cloudcost.render.tables.writer import bullet, escaped, markdown_table, right_aligned

if TYPE_CHECKING:
    from cloudcost.results.explanation import CauseItem, ExplainedCause, Explanation

WIDTH = 80
_LEAST_PERCENT = 0.1
"""Shares below it are called so."""
_MOST_MONTHS = 3
"""Months that stand side by side in 80 columns: the last ones. [count]"""


def explanation_text(explanation: Explanation, *, width: int = WIDTH) -> str:
    """Return an explanation for a terminal: the causes, each with its evidence, what to stop, the alarm."""
    rows = [*wrap(headline(explanation), width)]
    rows += [row for note in explanation.notes for row in wrap(note, width)]
    rows += ["", *_table(explanation, width), *plan_rows(explanation, width)]
    shown = [each for each in explanation.causes if is_shown(each)]
    for number, cause in enumerate(shown, start=1):
        rows += ["", *_at_length(number, cause, width)]
    small = [each for each in explanation.causes if not is_shown(each)]
    if small and shown:
        usd = exact_sum([each.usd for each in small])
        rows += ["", *wrap(f"{counted(len(small), 'more cause')} under 1 %: {format_usd(usd)} USD together.", width)]
    rows += _ending(explanation, width)
    return in_currency("\n".join(rows) + "\n", explanation.currency)


def headline(explanation: Explanation) -> str:
    """Return what the bill is: its sum, its basis, its lines and its time."""
    files = ", ".join(explanation.files[:3]) + (" ..." if len(explanation.files) > 3 else "")
    span = ""
    if explanation.begin is not None and explanation.end is not None:
        span = f" from {explanation.begin:%Y-%m-%d %H:%M} to {explanation.end:%Y-%m-%d %H:%M} UTC"
    return (
        f"{format_usd(explanation.billed_usd)} {explanation.currency}, {explanation.basis} cost, in "
        f"{counted(explanation.lines, 'line')} of {files or 'the bill'}{span}"
    )


def _table(explanation: Explanation, width: int) -> list[str]:
    """Return the causes side by side, month beside month where there are several."""
    months = [each.month for each in explanation.months][-_MOST_MONTHS:] if len(explanation.months) > 1 else []
    heads = [
        *(f"{month}{' open' if _is_open(explanation, month) else ''}" for month in months),
        explanation.currency,
        "share",
    ]
    cells = [
        [
            *(format_usd(dict(cause.months).get(month, Decimal(0))) for month in months),
            format_usd(cause.usd),
            share_words(cause),
        ]
        for cause in explanation.causes
    ]
    ends = [[*("" for _ in months), format_usd(explanation.unexplained_usd), ""]] if explanation.unexplained else []
    totals = [format_usd(each.usd) for each in explanation.months if each.month in months]
    ends.append([*totals, format_usd(explanation.billed_usd), ""])
    columns = [max(map(len, column)) + 2 for column in zip(heads, *cells, *ends, strict=True)]
    names = [cause.name for cause in explanation.causes]
    names += [*(["not read"] if explanation.unexplained else []), "total"]
    room = width - sum(columns)
    rows = [f"{pad('where the money went', room)}{right_aligned(heads, columns)}"]
    for name, row in zip(names, [*cells, *ends], strict=True):
        pieces = wrap(name, room - 1, others="  ")
        rows += [f"{pad(pieces[0], room)}{right_aligned(row, columns)}".rstrip(), *pieces[1:]]
    return rows


def _is_open(explanation: Explanation, month: object) -> bool:
    return any(each.is_open for each in explanation.months if each.month == month)


def share_words(cause: ExplainedCause) -> str:
    """Return the share of the bill, as people write it; empty where there is none."""
    if cause.share is None:
        return ""
    percent = cause.share * 100
    if percent and abs(percent) < _LEAST_PERCENT:
        return f"< {_LEAST_PERCENT} %"
    return f"{percent:.1f} %"


def _at_length(number: int, cause: ExplainedCause, width: int) -> list[str]:
    """Return a cause with its arithmetic, its evidence and what speaks against it."""
    share = f", {share_words(cause)}" if cause.share is not None else ""
    rows = wrap(f"{number}. {cause.name}: {format_usd(cause.usd)} USD{share}", width, others="   ")
    for item in cause.items[:MOST_ITEMS]:
        rows += _item_rows(item, width)
    left = cause.items[MOST_ITEMS:]
    if left:
        usd = exact_sum([item.usd for item in left])
        rows += [_product(f"and {len(left):,} more", format_usd(usd), width)]
    for sentence in said_of(cause):
        rows += wrap(sentence, width, first="   ", others="     ")
    return rows


def said_of(cause: ExplainedCause) -> list[str]:
    """Return what is said of a cause, in the order of evidence, doubt, way out."""
    found = [f"seen: {sentence}" for sentence in cause.evidence]
    found += [f"against: {cause.against}"] if cause.against else []
    found += [f"avoid: {cause.avoid}"] if cause.avoid else []
    if cause.saved_usd is not None:
        found.append(f"saved: up to {format_usd(cause.saved_usd)} USD ({cause.saved_by})")
    return found


def _item_rows(item: CauseItem, width: int) -> list[str]:
    left = arithmetic(item, with_usd=False)
    amount = format_usd(item.usd)
    if display_width(left) + len(amount) + 5 <= width:
        return [_product(left, amount, width)]
    name, _, rest = left.rpartition(": ")
    rows = wrap(name or rest, width - 12, first="   ", others="     ")
    return [*rows, _product(f"  {rest}", amount, width)]


def _product(left: str, amount: str, width: int) -> str:
    return f"   {plain(left)}{amount:>{max(width - 3 - display_width(plain(left)), len(amount) + 1)}}"


def _ending(explanation: Explanation, width: int) -> list[str]:
    """Return what stays unexplained, what to stop now, and the alarm."""
    rows: list[str] = []
    if explanation.unexplained:
        rows += ["", *(row for each in explanation.unexplained for row in wrap(f"Unexplained: {each}", width))]
    stop = to_stop(explanation)
    if stop:
        rows += ["", "stop now, if it still runs and nobody needs it"]
        rows += [row for cause in stop for row in bullet(cause.stop, width)]
    if explanation.alarm:
        rows += [
            "",
            "a mail when a month passes this amount (put your address in)",
            *_command(explanation.alarm, width),
        ]
    return rows


def _command(command: str, width: int) -> list[str]:
    """Return a command on several lines: options on their own, JSON broken behind commas, where a shell lets it."""
    for option in (" --account-id", " --budget", " --notifications"):
        command = command.replace(option, f" \\\n {option}", 1)
    rows: list[str] = []
    for row in command.split("\n"):
        while len(row) > width and (cut := max(row.rfind(mark, 0, width) for mark in ",{") + 1) > 0:
            rows.append(row[:cut])
            row = row[cut:]
        rows.append(row)
    return [plain(row) for row in rows]


def explanation_markdown(explanation: Explanation) -> str:
    """Return an explanation for Markdown: the causes as a table, then each with its evidence."""
    heads = ["cause", escaped(explanation.currency), "share", "saved at most"]
    rows = [
        [
            cause.name,
            format_usd(cause.usd),
            share_words(cause),
            "" if cause.saved_usd is None else format_usd(cause.saved_usd),
        ]
        for cause in explanation.causes
    ]
    if explanation.unexplained:
        rows.append(["not read", format_usd(explanation.unexplained_usd), "", ""])
    rows.append(["total", format_usd(explanation.billed_usd), "", ""])
    parts = [f"{escaped(headline(explanation))}\n", markdown_table(heads, rows, right={1, 2, 3}, cell=escaped)]
    parts += plan_markdown(explanation)
    for cause in explanation.causes:
        if is_shown(cause):
            said = [*(arithmetic(item) for item in cause.items[:MOST_ITEMS]), *said_of(cause)]
            parts.append(f"**{escaped(cause.name)}**\n\n" + "".join(f"- {escaped(each)}\n" for each in said))
    parts += [f"{escaped(each)}\n" for each in (*explanation.notes, *explanation.unexplained)]
    stop = to_stop(explanation)
    if stop:
        parts.append("**Stop now**\n\n" + "".join(f"- {escaped(each.stop)}\n" for each in stop))
    if explanation.alarm:
        parts.append(f"```sh\n{plain(explanation.alarm)}\n```\n")
    return in_currency("\n".join(parts), explanation.currency)

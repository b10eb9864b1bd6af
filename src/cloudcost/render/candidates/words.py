"""What could have made an amount, as text and Markdown for people, and as a table of candidates for spreadsheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudcost.figures import counted, figure, size_words
from cloudcost.money import decimal_string, format_usd
from cloudcost.render.tables.columns import pad, wrap
from cloudcost.render.tables.writer import csv_table, markdown_table, section
from cloudcost.results.candidates import KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cloudcost.results.candidates import Candidate, Candidates, CausePair, Facts, PairPart

WIDTH = 80
_CAUSE, _ANSWER = 30, 10
"""Widths of the first and the last column. [columns]"""
MOST_CAUSES = 12
"""Causes in the table for people; all are in the other formats. [count]"""
MOST_IMPOSSIBLE = 5
MOST_VARIANTS = 8
"""Machine types of one cause. [count]"""
MOST_NAMED = 6
"""Causes that are shown under another service. [count]"""
MOST_PAIRS = 3
"""Pairs of each kind: with what is known to be there, and of two that cannot be alone. [count]"""
MOST_LOOKED_AT = 6
_ANSWERS = {True: "yes", False: "no", None: "not known"}
HEADS = (
    "cause", "variant", "service", "region", "usage_type", "operation", "quantity", "unit", "amount_usd", "possible",
    "bound", "prior", "confirm",
)  # fmt: skip
Group = list["Candidate"]


def candidates_text(found: Candidates, width: int = WIDTH) -> str:
    """Return what is known, the table, pairs, what to look at and to stop, and what was taken."""
    rows = wrap(headline(found), width)
    rows += wrap(f"Known: {known_words(found.facts)}.", width)
    possible, impossible = groups(found, possible=True), groups(found, possible=False)
    shown = [group for group in possible if group[0].label_fits is not False]
    elsewhere = [group[0].title for group in possible if group[0].label_fits is False]
    rows += ["", *_table("could have made it alone", "it takes", "possible?", shown[:MOST_CAUSES], width)]
    ended = sorted({f"{each.ended}" for group in shown[:MOST_CAUSES] for each in group if each.ended})
    if ended:
        gone = f"* cannot be started since {' or '.join(ended)}; if it was earlier, add date=YYYY-MM-DD"
        rows += wrap(gone, width)
    if len(shown) > MOST_CAUSES:
        rows += wrap(f"and {counted(len(shown) - MOST_CAUSES, 'cause')} less likely (--format json has all)", width)
    if elsewhere:
        rows += ["", *wrap(_elsewhere_words(found, elsewhere), width)]
    named = {group[0].cause for group in possible}
    impossible = [group for group in impossible if group[0].cause not in named or group[0].prior == 0]
    impossible.sort(key=lambda group: group[0].prior != 0)
    if impossible:
        rows += ["", *_table("could not, alone", "it would take", "", impossible[:MOST_IMPOSSIBLE], width)]
    rows += section("Two together", pair_sentences(found), width)
    first = shown[:MOST_LOOKED_AT]
    rows += section("Look at", [f"{group[0].title}: {group[0].confirm}" for group in first], width)
    rows += section("Stop now, if it is there", [f"{group[0].title}: {group[0].stop}" for group in first], width)
    rows += section("Not metered, but on bills", [f"{each.title}: {each.why}" for each in found.unmetered], width)
    rows += section("Not known here", unpriced_sentences(found), width)
    rows += section("Taken", found.assumptions, width)
    return "\n".join(rows) + "\n"


def candidates_markdown(found: Candidates) -> str:
    """Return the headline and a table of all candidates, then pairs and what was taken."""
    cells = [
        [name_of(each), each.means, _ANSWERS[each.possible], each.bound, each.confirm] for each in found.candidates
    ]
    table = markdown_table(["cause", "it takes", "possible", "bound", "look at"], cells)
    said = [*pair_sentences(found), *found.assumptions]
    return f"{headline(found)}\n\nKnown: {known_words(found.facts)}.\n\n{table}\n" + "".join(
        f"- {each}\n" for each in said
    )


def candidates_csv(found: Candidates) -> str:
    """Return a row for each row of usage of each candidate."""
    return csv_table(HEADS, (row for each in found.candidates for row in _csv_rows(each)))


def _csv_rows(each: Candidate) -> Iterator[list[str | int]]:
    for row in each.rows:
        yield [
            each.cause, each.variant, row.service, row.region, row.usage_type, row.operation,
            decimal_string(row.quantity), row.unit, decimal_string(row.amount_usd), _ANSWERS[each.possible],
            each.bound, each.prior, each.confirm,
        ]  # fmt: skip


def headline(found: Candidates) -> str:
    """Return what is known of the amount, and that nothing here is a verdict."""
    days = f"{figure(found.days)} day{'' if found.days == 1 else 's'}"
    tax = ""
    if found.facts.tax:
        tax = f", {format_usd(found.before_tax_usd)} before tax of {figure(float(found.facts.tax) * 100)} %"
    place = f"prices of {found.facts.date} in {found.facts.region}"
    return (
        f"{format_usd(found.amount_usd)} USD in {days}{tax}: what could have made it, at {place}. "
        "No bill was read, so this is no verdict: it says what to look at."
    )


def known_words(facts: Facts) -> str:
    """Return the facts as they were stated, or that there are none."""
    words = [f"{key} {value}" for key, value in facts.stated]
    if facts.dataset_bytes and facts.images:
        words.append(f"so an image has {size_words(facts.dataset_bytes / facts.images)}")
    return ", ".join(words) or "nothing else (--facts dataset=48GiB,images=60000,users=5 narrows it)"


def name_of(each: Candidate | PairPart) -> str:
    """Return a cause with its machine type."""
    return f"{each.title}, {each.variant}" if each.variant else each.title


def groups(found: Candidates, *, possible: bool) -> list[Group]:
    """Return the candidates that are possible, or not, those of one cause together, in the order of the first."""
    grouped: dict[str, Group] = {}
    for each in found.candidates:
        if (each.possible is not False) is possible:
            grouped.setdefault(each.cause, []).append(each)
    return list(grouped.values())


def _elsewhere_words(found: Candidates, titles: Sequence[str]) -> str:
    more = f" and {len(titles) - MOST_NAMED} others" if len(titles) > MOST_NAMED else ""
    return (
        f"Not shown under {found.facts.label}, but possible if that is not the console's own word: "
        f"{'; '.join(titles[:MOST_NAMED])}{more}."
    )


def unpriced_sentences(found: Candidates) -> list[str]:
    """Return what has no price, all that have the same reason in one sentence."""
    reasons: dict[str, list[str]] = {}
    for each in found.unpriced:
        of = f" ({', '.join(each.variants)})" if each.variants else ""
        reasons.setdefault(each.why, []).append(f"{each.title}{of}")
    return [f"{why}: {'; '.join(titles)}" for why, titles in reasons.items()]


def pair_sentences(found: Candidates) -> list[str]:
    """Return the first pairs of each kind in words, and how many others there are."""
    known = [pair for pair in found.pairs if pair.first.cause == KNOWN]
    others = [pair for pair in found.pairs if pair.first.cause != KNOWN]
    shown = [_pair_sentence(pair) for pair in (*known[:MOST_PAIRS], *others[:MOST_PAIRS])]
    left = found.pairs_found - len(shown)
    return [*shown, f"and {counted(left, 'other pair')} (--format json)"] if left else shown


def _pair_sentence(pair: CausePair) -> str:
    return " + ".join(
        f"{name_of(part)}, {part.means} ({format_usd(part.amount_usd)} USD)" for part in (pair.first, pair.second)
    )


def _table(first: str, second: str, third: str, shown: Sequence[Group], width: int) -> list[str]:
    middle = width - _CAUSE - _ANSWER
    rows = [f"{pad(first, _CAUSE)}{pad(second, middle)}{third:>{_ANSWER}}".rstrip(), "-" * width]
    for group in shown:
        title = wrap(group[0].title, _CAUSE - 1, others="  ")
        takes = _takes(group, middle - 1)
        answer = _ANSWERS[True if any(each.possible for each in group) else group[0].possible] if third else ""
        for index in range(max(len(title), len(takes))):
            name = title[index] if index < len(title) else ""
            text = takes[index] if index < len(takes) else ""
            end = answer if index == 0 else ""
            rows.append(f"{pad(name, _CAUSE)}{pad(text, middle)}{end:>{_ANSWER}}".rstrip())
    return rows


def _takes(group: Group, width: int) -> list[str]:
    """Return what a cause takes, by machine type, and what is possible."""
    first = next((each for each in group if each.possible), group[0])
    if first.unit == "Hrs" and first.variant:
        alike = [each for each in group if each.possible is first.possible or each.ended][:MOST_VARIANTS]
        said = ", ".join(f"{each.variant} {figure(each.quantity, 4)} h{'*' * bool(each.ended)}" for each in alike)
        if len(group) > len(alike):
            said += f" and {counted(len(group) - len(alike), 'other type')}"
    else:
        said = "; ".join(f"{each.variant}: {each.means}" if each.variant else each.means for each in group)
    bound = f"at most {first.bound}" if first.bound[0].isdigit() else first.bound
    return [*wrap(said, width), *wrap(bound, width, first="  ", others="  ")]

"""Each option's bill as a tree: what it is for, what is metered, and each month's quantity x price, with its source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from cloudcost.domain.lines import LineItem, TierSlice
from cloudcost.domain.prices import PriceKey
from cloudcost.figures import counted, figure
from cloudcost.money import decimal_string, exact_sum, format_usd, round_half_even
from cloudcost.render.groups import GROUPS, group_of
from cloudcost.render.page.html import tag, text

if TYPE_CHECKING:
    from cloudcost.results.estimate import Estimate


def bill_tree(estimate: Estimate, mark: str, linked: frozenset[str]) -> str:
    """Return an option's bill, folded; nothing where it has no lines.

    Parameters
    ----------
    mark : str
        The option's letter.
    linked : frozenset of str
        Sources that the page lists.
    """
    if not estimate.lines or estimate.total_usd is None:
        return ""
    by_group = sorted(estimate.lines, key=lambda line: GROUPS.index(group_of(line)))
    groups = [_group(name, list(lines), linked) for name, lines in groupby(by_group, key=group_of)]
    summary = f'<span class="key">{mark}</span> {text(estimate.name)} {_amount(estimate.lines)}'
    said = f"{counted(len(estimate.lines), 'line')}, each rounded once; the total is their sum."
    if not estimate.feasible:
        said = f"Not feasible: {estimate.reason}. {said}"
    return _details(summary, tag("p", text(said), class_="small") + "".join(groups), "bill")


def _group(name: str, lines: Sequence[LineItem], linked: frozenset[str]) -> str:
    meters = [list(same) for _, same in groupby(sorted(lines, key=_key), key=_key)]
    items = "".join(tag("li", _meter(same, linked)) for same in meters)
    return _details(f"{text(name)} {_amount(lines)}", tag("ul", items, class_="tree"), "group")


def _key(line: LineItem) -> PriceKey:
    return line.key


def _meter(lines: Sequence[LineItem], linked: frozenset[str]) -> str:
    """Return one meter's months under its name, reason and price source."""
    first = lines[0]
    purchase = "" if first.purchase in ("", "on-demand") else f" [{first.purchase}]"
    operation = f" ({first.operation})" if first.operation else ""
    heading = tag("code", text(f"{first.usage_type}{operation}{purchase}")) + " " + _amount(lines)
    where = " ".join(part for part in (first.service, first.region) if part)
    reasons = "; ".join(dict.fromkeys(line.why for line in lines if line.why))
    about = f"{where}: {reasons}" if reasons else where
    products = "".join(_products(line) for line in lines)
    sources = "; ".join(dict.fromkeys(_source(line, linked) for line in lines))
    return (
        f'{heading}<br><span class="small">{text(about)}</span><ul>{products}</ul><span class="small">{sources}</span>'
    )


def _products(line: LineItem) -> str:
    month = "" if line.month is None else f"{line.month}: "
    return "".join(tag("li", text(month) + _product(tier, line.unit), class_="product") for tier in line.tiers)


def _product(tier: TierSlice, unit: str) -> str:
    bounds = ""
    if tier.up_to is not None:
        bounds = f" (from {tier.from_quantity:,f} up to {tier.up_to:,f})"
    elif tier.from_quantity:
        bounds = f" (from {tier.from_quantity:,f})"
    figures = f"{_quantity(tier)} {unit} \u00d7 {decimal_string(tier.unit_price_usd)} USD{bounds} = "
    return text(figures) + tag("b", text(format_usd(tier.exact_usd))) + " USD"


def _quantity(tier: TierSlice) -> str:
    """Return a quantity with six significant decimals, but never a small one as nothing."""
    if tier.quantity == 0 or abs(tier.quantity) >= 1:
        written = f"{round_half_even(tier.quantity, 4):,f}"
        return written.rstrip("0").rstrip(".")
    return figure(float(tier.quantity), 6)


def _source(line: LineItem, linked: frozenset[str]) -> str:
    day = "" if line.as_of is None else f", seen {line.as_of}"
    named = (
        tag("a", text(line.source), href=f"#{source_id(line.source)}") if line.source in linked else text(line.source)
    )
    return f"price: {text(line.grade)}, {named}{text(day)}"


def source_id(key: str) -> str:
    """Return the anchor of a source in the page."""
    return "source-" + "".join(mark if mark.isalnum() else "-" for mark in key)


def _amount(lines: Iterable[LineItem]) -> str:
    return tag("span", f"{format_usd(exact_sum([line.amount_usd for line in lines]))} USD", class_="amount")


def _details(summary: str, content: str, classes: str) -> str:
    return tag("details", tag("summary", summary) + content, class_=classes)

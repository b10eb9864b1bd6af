"""The kinds of bills that have a row for each charge: known by their columns, in this order; none is configured.

A kind names the columns that it reads; rows that agree in all of them but the amounts are summed before a line is made
of them, whoever does the summing (`groups`, `engine`). Cost Explorer's table, with a column for each name, is read by
`cost_explorer` alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from cloudcost.bills import cost_and_usage, focus, plain_csv
from cloudcost.bills.cells import TAG, LineCosts, Numbers, Row
from cloudcost.domain.bills import BillLine, Charge
from cloudcost.errors import InputError
from cloudcost.frozen import dataclass

_SNAKE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[/: ]+")
_TAGS = re.compile(r"resource_?tags[/_](.+)", re.IGNORECASE)
"""Columns of a report that hold one tag each."""
DETAILS = (
    ("tags", ("resource_tags", "tags")),
    ("resources", ("line_item_resource_id", "resource_id")),
    ("descriptions", ("line_item_line_item_description", "charge_description", "description", "sku_meter")),
)
"""What is given up, one after the other, of a bill with more lines than memory should hold: its name, its columns."""
CURRENCIES = ("billing_currency", "line_item_currency_code", "currency")


def snake(column: str) -> str:
    """Return a column's name in small letters and underscores, whichever spelling it has.

    Examples
    --------
    >>> snake("lineItem/UsageType"), snake("line_item_usage_type"), snake("BilledCost"), snake("x_UsageType")
    ('line_item_usage_type', 'line_item_usage_type', 'billed_cost', 'x_usage_type')
    """
    return _SNAKE.sub("_", column.strip()).lower().replace("__", "_")


@dataclass(frozen=True, slots=True, kw_only=True)
class BillKind:
    """A kind of bill.

    Parameters
    ----------
    name : str
    needs : tuple of tuple of str
        One column of each tuple makes a header one of this kind.
    texts, amounts : tuple of str
        Columns that are read, as `snake` spells them; the first amount that is there is what a row costs.
    costs : tuple of str
        Which of the amounts may be the cost.
    begin, end : str
        Columns of the time; empty where there is none.
    period : str
        Column of the billing period's start; empty where there is none.
    line_of : callable
        Makes a line of the texts and the numbers of a row.
    costs_of : callable
        What of that the numbers make, for other rows of the same texts.
    """

    name: str
    needs: tuple[tuple[str, ...], ...]
    texts: tuple[str, ...]
    amounts: tuple[str, ...]
    costs: tuple[str, ...]
    begin: str = ""
    end: str = ""
    period: str = ""
    line_of: Callable[[Row, Numbers], BillLine]
    costs_of: Callable[[Charge, Numbers], LineCosts]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPlan:
    """Which columns of a file are read.

    Parameters
    ----------
    kind : BillKind
    width : int
        Columns of the file. [count]
    texts, amounts : tuple of (str, int)
        Name in the row that the kind is given, and number of the column.
    cost : tuple of int
        Which of the amounts may be the cost, by their place among them.
    begin, end : int or None
        Number of the column.
    by_day : bool
        Whether hours are summed to UTC days.
    """

    kind: BillKind
    width: int
    texts: tuple[tuple[str, int], ...]
    amounts: tuple[tuple[str, int], ...]
    cost: tuple[int, ...]
    begin: int | None
    end: int | None
    by_day: bool


KINDS = (
    BillKind(
        name="cost and usage report",
        needs=(("line_item_usage_type",), ("line_item_unblended_cost",)),
        texts=cost_and_usage.TEXTS,
        amounts=cost_and_usage.AMOUNTS,
        costs=("line_item_unblended_cost",),
        begin="line_item_usage_start_date",
        end="line_item_usage_end_date",
        period=cost_and_usage.PERIOD,
        line_of=cost_and_usage.line_of,
        costs_of=cost_and_usage.costs_of,
    ),
    BillKind(
        name="FOCUS",
        needs=(("billed_cost",), ("charge_category",)),
        texts=focus.TEXTS,
        amounts=focus.AMOUNTS,
        costs=("billed_cost",),
        begin="charge_period_start",
        end="charge_period_end",
        period=focus.PERIOD,
        line_of=focus.line_of,
        costs_of=focus.costs_of,
    ),
    BillKind(
        name="plain CSV",
        needs=(plain_csv.USAGE_TYPES, plain_csv.COSTS),
        texts=plain_csv.TEXTS,
        amounts=(*plain_csv.COSTS, *plain_csv.QUANTITIES),
        costs=plain_csv.COSTS,
        line_of=plain_csv.line_of,
        costs_of=plain_csv.costs_of,
    ),
)


def without_details(plan: ReadPlan, levels: int) -> ReadPlan:
    """Return a plan that reads less of each row, so that fewer of them differ: the first so many of `DETAILS` go."""
    left = {name for _, names in DETAILS[:levels] for name in names}
    texts = tuple((name, at) for name, at in plan.texts if name not in left and not (levels and name.startswith(TAG)))
    return replace(plan, texts=texts)


def kind_of(header: Sequence[str]) -> BillKind | None:
    """Return the kind of a bill that has this header, or None."""
    columns = dict.fromkeys(map(snake, header), 0)
    return next((kind for kind in KINDS if not _lacking(kind, columns)), None)


def plan_of(header: Sequence[str], *, by_day: bool, place: str) -> ReadPlan:
    """Return which columns of a file are read, by its header.

    Raises
    ------
    InputError
        When it is the header of no kind; the message names the kind that comes nearest and what it lacks.
    """
    columns = [snake(each) for each in header]
    numbers: dict[str, int] = {}
    for number, column in enumerate(columns):
        numbers.setdefault(column, number)
    kind = next((kind for kind in KINDS if not _lacking(kind, numbers)), None)
    if kind is None:
        raise InputError(_no_kind(header, numbers, place))
    tagged = [(f"{TAG}{found[1]}", n) for n, each in enumerate(header) if (found := _TAGS.fullmatch(each.strip()))]
    amounts = tuple((name, numbers[name]) for name in kind.amounts if name in numbers)
    return ReadPlan(
        kind=kind,
        width=len(columns),
        texts=(*((name, numbers[name]) for name in (*kind.texts, *CURRENCIES) if name in numbers), *tagged),
        amounts=amounts,
        cost=tuple(place for place, (name, _) in enumerate(amounts) if name in kind.costs),
        begin=numbers.get(kind.begin),
        end=numbers.get(kind.end),
        by_day=by_day,
    )


def _lacking(kind: BillKind, columns: dict[str, int]) -> list[str]:
    return [names[0] for names in kind.needs if not any(name in columns for name in names)]


def _no_kind(header: Sequence[str], columns: dict[str, int], place: str) -> str:
    nearest = min(KINDS, key=lambda kind: len(_lacking(kind, columns)) / len(kind.needs))
    lacking = _lacking(nearest, columns)
    near = f"for a {nearest.name} it lacks {', '.join(lacking)}; " if len(lacking) < len(nearest.needs) else ""
    return (
        f"{place}: no bill that is known, {','.join(header)[:120]!r}, {near}name a cost and usage report, an export in "
        "FOCUS columns, Cost Explorer's CSV, or a CSV with usage_type and cost"
    )

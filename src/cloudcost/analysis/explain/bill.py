"""A bill by cause: each line has exactly one, and what they cost together is the bill, to the last digit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, assert_never

from cloudcost.analysis.explain.alarm import CURRENCY, alarm_command
from cloudcost.analysis.explain.costs import CostedLine, check_basis, cost_of, is_timed, items_of, total_usd
from cloudcost.analysis.explain.disks import IDLE, disks
from cloudcost.analysis.explain.names import destinations, makers, services
from cloudcost.analysis.explain.running import jobs, running
from cloudcost.analysis.explain.storage import storage
from cloudcost.analysis.explain.told import Told
from cloudcost.bills.causes import cause_of
from cloudcost.catalog.causes import OTHER, causes
from cloudcost.figures import counted
from cloudcost.money import exact_sum, format_usd
from cloudcost.results.explanation import ExplainedCause, ExplainedMonth, Explanation
from cloudcost.units import BillingMonth

if TYPE_CHECKING:
    from cloudcost.catalog.causes import Cause
    from cloudcost.domain.bills import ReadBill
    from cloudcost.results.explanation import CostBasis, Running

_MACHINES = "machines"
_USE = frozenset({"usage", "discounted_usage", "savings_plan_usage"})
"""Charges that have a list price: tax, credits and commitments have none."""
_LEFT_ON = " left on"
_COMMAND = ": aws "
_LONGEST_CURRENCY = 12
"""Of a code, or of a provider's own unit. [characters]"""
_AWS = ("Amazon", "AWS", "aws")
"""How AWS's product codes begin, but for a few that stand beside others on a bill."""


def explain_bill(
    bill: ReadBill, *, today: date, basis: CostBasis = "unblended", live_bytes: int | None = None
) -> Explanation:
    """Return where the money of a bill went.

    Parameters
    ----------
    bill : ReadBill
    today : date
        A month that is not over then is open.
    basis : CostBasis
        Which cost of a line counts.
    live_bytes : int or None
        Of the live objects in the buckets: parts what is kept from old versions. [bytes]

    Raises
    ------
    InputError
        When no line has a cost on the basis.
    """
    check_basis(bill.lines, basis, bill.files)
    lines = [CostedLine(line=line, cause=cause_of(line), usd=cost_of(line, basis)) for line in bill.lines]
    unread = bill.unread.usd
    billed = exact_sum([total_usd(lines), unread])
    months = _months(lines, today)
    begin, end = bill.period
    return Explanation(
        basis=basis,
        currency=_currency(bill),
        billed_usd=billed,
        list_usd=_list_usd(bill),
        unexplained_usd=unread,
        unexplained=_unread(bill),
        begin=begin,
        end=end,
        granularity=bill.granularity,
        months=months,
        causes=_causes(lines, billed, live_bytes),
        lines=sum(each.line.count for each in lines),
        files=tuple(bill.files),
        alarm=_alarm(lines, months, billed, bill.currency),
        notes=_notes(lines, months, today),
    )


def _currency(bill: ReadBill) -> str:
    """Return the bill's currency, which heads columns; a question mark for what is the name of none."""
    return bill.currency if bill.currency.isprintable() and 0 < len(bill.currency) <= _LONGEST_CURRENCY else "?"


def _causes(lines: Sequence[CostedLine], billed: Decimal, live_bytes: int | None) -> tuple[ExplainedCause, ...]:
    groups: dict[str, list[CostedLine]] = {}
    for each in lines:
        groups.setdefault(each.cause.cause, []).append(each)
    machines = groups.get(_MACHINES, [])
    found = [_explained(causes()[key], group, billed, machines, live_bytes) for key, group in groups.items()]
    return tuple(sorted(found, key=lambda each: (-each.usd, each.key)))


def _explained(
    cause: Cause, lines: list[CostedLine], billed: Decimal, machines: list[CostedLine], live_bytes: int | None
) -> ExplainedCause:
    lines = sorted(lines, key=lambda each: (each.line.file, each.line.line))
    usd = total_usd(lines)
    told = _told(cause, lines, machines, live_bytes)
    saved, saved_by = told.saved_usd, told.saved_by
    if cause.saving == "whole" and usd > 0:
        saved, saved_by = usd, "all of it, where nobody needs it"
    if cause.key == OTHER:
        saved, saved_by = None, ""
    return ExplainedCause(
        key=cause.key,
        name=_name(cause, told.running),
        usd=usd,
        share=float(usd / billed) if billed > 0 else None,
        evidence=(*told.sentences, *_described(lines)),
        against=cause.against,
        avoid=cause.avoid,
        stop=_stop(cause, lines) if usd > 0 and told.running != "on and off" else "",
        saved_usd=saved,
        saved_by=saved_by,
        running=told.running,
        split=told.split,
        months=_by_month(lines),
        days=_by_day(lines),
        items=items_of(lines),
        lines=sum(each.line.count for each in lines),
    )


def _stop(cause: Cause, lines: Sequence[CostedLine]) -> str:
    """Return what to stop; another provider's is named without the command of AWS."""
    return cause.stop if any(map(_is_of_aws, lines)) else cause.stop.partition(_COMMAND)[0]


def _is_of_aws(each: CostedLine) -> bool:
    """Return whether a line is AWS's, as one is that names no service."""
    return not each.line.service or each.line.service.startswith(_AWS)


def _name(cause: Cause, ran: Running | None) -> str:
    """Return a cause's name; one that was not seen to be left on is not called so."""
    thing = cause.name.removesuffix(_LEFT_ON)
    if thing == cause.name or ran == "left on":
        return cause.name
    return f"{thing}, on and off" if ran == "on and off" else f"{thing}, left on or used"


def _told(cause: Cause, lines: list[CostedLine], machines: list[CostedLine], live_bytes: int | None) -> Told:
    """Return what the bill tells of a cause, by the kind of its evidence."""
    match cause.evidence:
        case "":
            return Told()
        case "running":
            return _with_idle(cause, lines, running(cause, lines))
        case "jobs":
            return jobs(lines)
        case "storage":
            return storage(lines, live_bytes)
        case "disks":
            return disks(lines, machines)
        case "requests":
            return makers(lines)
        case "destination":
            return destinations(lines)
        case "services":
            return services(lines)
        case _:
            assert_never(cause.evidence)


def _with_idle(cause: Cause, lines: list[CostedLine], told: Told) -> Told:
    """Return the same with what was idle by its usage type, where that is what could have been saved."""
    if cause.saving != "idle":
        return told
    usd = total_usd([each for each in lines if each.cause.part == IDLE])
    if usd <= 0:
        return told
    return Told(sentences=told.sentences, running=told.running, saved_usd=usd, saved_by="those that were idle")


def _described(lines: Sequence[CostedLine]) -> tuple[str, ...]:
    """Return that lines were known by their description alone."""
    told = [each for each in lines if each.cause.by_description and each.line.usage_type]
    if not told:
        return ()
    count = sum(each.line.count for each in told)
    return (
        f"{counted(count, 'line')} of unknown usage type, {format_usd(total_usd(told))} USD, by the description alone",
    )


def _by_month(lines: Sequence[CostedLine]) -> tuple[tuple[BillingMonth, Decimal], ...]:
    amounts: dict[BillingMonth, list[Decimal]] = {}
    for each in lines:
        month = _month_of(each)
        if month is not None:
            amounts.setdefault(month, []).append(each.usd)
    return tuple((month, exact_sum(amounts[month])) for month in sorted(amounts))


def _by_day(lines: Sequence[CostedLine]) -> tuple[tuple[date, Decimal], ...]:
    amounts: dict[date, list[Decimal]] = {}
    for each in lines:
        if each.line.begin is not None and is_timed(each.line):
            amounts.setdefault(each.line.begin.date(), []).append(each.usd)
    return tuple((day, exact_sum(amounts[day])) for day in sorted(amounts))


def _month_of(each: CostedLine) -> BillingMonth | None:
    line = each.line
    if line.month is not None:
        return line.month
    return None if line.begin is None else BillingMonth.of(line.begin.date())


def _months(lines: Sequence[CostedLine], today: date) -> tuple[ExplainedMonth, ...]:
    return tuple(
        ExplainedMonth(month=month, usd=usd, is_open=today < month.next.first_day) for month, usd in _by_month(lines)
    )


def _list_usd(bill: ReadBill) -> Decimal | None:
    """Return what was used at the bill's own list prices, or None where some of it has none."""
    stated = [line.list_usd for line in bill.lines if line.charge in _USE]
    known = [usd for usd in stated if usd is not None]
    return exact_sum(known) if known and len(known) == len(stated) else None


def _unread(bill: ReadBill) -> tuple[str, ...]:
    if not bill.unread.count:
        return ()
    unknown, known = bill.unread.without_cost, f"{format_usd(bill.unread.usd)} USD"
    if not unknown:
        cost = known
    elif unknown == bill.unread.count:
        cost = "of unknown cost"
    else:
        cost = f"{known}, and {unknown} of them of unknown cost"
    return (f"{counted(bill.unread.count, 'line')} could not be read, {cost}",)


def _alarm(lines: Sequence[CostedLine], months: Sequence[ExplainedMonth], billed: Decimal, currency: str) -> str:
    """Return the command of an alarm at a month's amount: the dearest month's, else all of the bill."""
    amount = max((month.usd for month in months), default=billed)
    if amount <= 0 or not any(map(_is_of_aws, lines)) or not CURRENCY.fullmatch(currency):
        return ""
    return alarm_command(amount, {each.line.account for each in lines}, unit=currency)


def _notes(lines: Sequence[CostedLine], months: Sequence[ExplainedMonth], today: date) -> tuple[str, ...]:
    found = [
        f"{month.month} is open: it is not over on {today}, and more will come to it"
        for month in months
        if month.is_open
    ]
    if any(each.line.charge == "savings_plan_negation" for each in lines):
        found.append("use that a savings plan covers stands at 0 beside its negation; the plan's fee is what it costs")
    return tuple(found)

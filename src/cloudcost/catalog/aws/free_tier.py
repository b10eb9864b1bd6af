"""What an AWS account has by its age: twelve free months if it was opened before 15 July 2025, credits since.

The free months are calendar months, the one of the opening among them: an allowance lasts a year from the day of the
opening, and the month in which it ends is not counted. SageMaker's trial begins with the month in which it is first
used, taken to be the project's first, and is counted in the account's first year alone.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.frozen import dataclass
from cloudcost.units import BillingMonth

_COLUMNS = (
    "service", "usage_type", "quantity", "unit", "months", "counted_from", "kinds", "opened_from", "opened_before",
    "source", "note",
)  # fmt: skip
_CREDITS = "Credits"


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeQuota:
    """A quantity of a usage type that an account has free in each of some months.

    Parameters
    ----------
    service, usage_type : str
    quantity : Decimal
        [unit per month]
    unit : str
        As the price has it.
    first, until : date
        First day of the first month, and of the first month no longer free.
    kinds : tuple of str
        Kinds of options whose bills it is taken off.
    source : str
        Key of a `Source`.
    note : str
    """

    service: str
    usage_type: str
    quantity: Decimal
    unit: str
    first: date
    until: date
    kinds: tuple[str, ...]
    source: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpCredit:
    """Credits that an account gets when it is opened.

    Parameters
    ----------
    usd : Decimal
        [USD]
    expires : date
        First day on which they no longer count.
    source : str
        Key of a `Source`.
    """

    usd: Decimal
    expires: date
    source: str


@cache
def free_quotas_of(opened: date, first_use: date) -> tuple[FreeQuota, ...]:
    """Return what an account opened on a day has free; nothing where it has credits instead.

    Parameters
    ----------
    opened : date
    first_use : date
        A day of the month in which SageMaker is first used.

    Examples
    --------
    >>> storage = free_quotas_of(date(2025, 3, 20), date(2025, 9, 1))[0]
    >>> storage.usage_type, str(storage.quantity), str(storage.first), str(storage.until)
    ('TimedStorage-ByteHrs', '5', '2025-03-01', '2026-03-01')
    >>> free_quotas_of(date(2026, 3, 20), date(2026, 9, 1))
    ()
    """
    quotas = []
    year = BillingMonth.of(opened).later(_new_account_months(opened)).first_day
    for service, usage_type, quantity, unit, months, counted, kinds, _, _, source, note in _rows(opened):
        if service == _CREDITS:
            continue
        first = BillingMonth.of(opened if counted == "opening" else max(opened, first_use))
        if first.first_day >= year:
            continue
        quotas.append(
            FreeQuota(
                service=service,
                usage_type=usage_type,
                quantity=Decimal(quantity),
                unit=unit,
                first=first.first_day,
                until=min(first.later(int(months)).first_day, year),
                kinds=tuple(kinds.split("|")),
                source=source,
                note=note,
            )
        )
    return tuple(quotas)


@cache
def sign_up_credit(opened: date) -> SignUpCredit | None:
    """Return the credits of an account opened on a day; None where it has free months instead.

    Examples
    --------
    >>> credit = sign_up_credit(date(2026, 3, 20))
    >>> str(credit.usd), str(credit.expires)
    ('100', '2027-03-20')
    >>> sign_up_credit(date(2025, 7, 14)) is None
    True
    """
    for row in _rows(opened):
        if row[0] == _CREDITS:
            later = BillingMonth.of(opened).later(int(row[4]))
            expires = date(later.year, later.month, min(opened.day, later.hours // 24))
            return SignUpCredit(usd=Decimal(row[2]), expires=expires, source=row[9])
    return None


def _new_account_months(opened: date) -> int:
    """Return the months after which an account counts as no new one any more, for trials as well. [months]"""
    return max((int(row[4]) for row in _rows(opened) if row[5] == "opening"), default=0)


def _rows(opened: date) -> list[list[str]]:
    return [
        row
        for row in read_table(DATA / "free_tier.csv", _COLUMNS)
        if (not row[7] or date.fromisoformat(row[7]) <= opened) and (not row[8] or opened < date.fromisoformat(row[8]))
    ]

"""The one command that sets an alarm at an amount: a monthly budget of AWS with a mail when it is passed.

References
----------
AWS Budgets API, CreateBudget: `Budget` with `BudgetLimit` (an amount as text, and a unit), `TimeUnit`, `BudgetType`,
and up to five notifications, each with up to ten mail addresses. Read on 2026-11-28.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal

from cloudcost.json_text import json_value
from cloudcost.money import decimal_string

_ACCOUNT = re.compile(r"\d{12}")
CURRENCY = re.compile("[A-Z]{3}")
_OWN_ACCOUNT = "$(aws sts get-caller-identity --query Account --output text)"
_CENT = Decimal("0.01")


def alarm_command(amount_usd: Decimal, accounts: Collection[str], *, unit: str = "USD") -> str:
    """Return the command, which a shell runs as it stands but for the mail address.

    Parameters
    ----------
    amount_usd : Decimal
        Of a month; below a cent it is a cent. [USD]
    accounts : collection of str
        Of the bill: the one account, else that of the caller, is watched.
    unit : str
        Currency of the bill: three capital letters, since the command is run by a shell.

    Raises
    ------
    ValueError
        When the unit is no such thing.

    Examples
    --------
    >>> alarm_command(Decimal("75"), ["123456789012"]).split(" --budget ")[0]
    'aws budgets create-budget --account-id 123456789012'
    """
    if not CURRENCY.fullmatch(unit):
        raise ValueError(f"a currency is three capital letters, not {unit!r}")
    known = {account for account in accounts if account}
    only = next(iter(known)) if len(known) == 1 else ""
    account = only if _ACCOUNT.fullmatch(only) else f'"{_OWN_ACCOUNT}"'
    amount = decimal_string(round(max(amount_usd, _CENT), 2))
    budget = {
        "BudgetName": f"cloudcost-{amount}",
        "BudgetLimit": {"Amount": amount, "Unit": unit},
        "TimeUnit": "MONTHLY",
        "BudgetType": "COST",
    }
    alarm = {
        "Notification": {
            "NotificationType": "ACTUAL",
            "ComparisonOperator": "GREATER_THAN",
            "Threshold": 100,
            "ThresholdType": "PERCENTAGE",
        },
        "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "YOU@EXAMPLE.ORG"}],
    }
    return (
        f"aws budgets create-budget --account-id {account} --budget '{_compact(budget)}' "
        f"--notifications-with-subscribers '{_compact([alarm])}'"
    )


def _compact(value: object) -> str:
    return json_value(value, compact=True)

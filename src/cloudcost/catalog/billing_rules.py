"""How running time becomes billed seconds, by service: what it is rounded to, the least of a start, what is free."""

from __future__ import annotations

from functools import cache

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.units import BillingRule

_COLUMNS = (
    "service", "usage_type", "granularity_seconds", "minimum_seconds", "free_if_interrupted_seconds", "as_of", "source",
    "note",
)  # fmt: skip


@cache
def _rows() -> dict[tuple[str, str], tuple[BillingRule, int]]:
    rows = read_table(DATA / "billing_rules.csv", _COLUMNS)
    return {
        (service, usage_type): (BillingRule(granularity_seconds=int(each), minimum_seconds=int(least)), int(free))
        for service, usage_type, each, least, free, *_ in rows
    }


@cache
def billing_rule(service: str, usage_type: str = "") -> BillingRule:
    """Return the rule of a service's usage type, else of the service; by the second where none is known.

    Examples
    --------
    >>> billing_rule("AmazonEC2").billed_seconds(12.3), billing_rule("AmazonSageMaker").billed_seconds(12.3)
    (60, 13)
    >>> billing_rule("AmazonEC2", "NatGateway-Hours").billed_seconds(3601)
    7200
    """
    rows = _rows()
    found = rows.get((service, usage_type)) or rows.get((service, ""))
    return BillingRule() if found is None else found[0]


@cache
def free_if_interrupted_seconds(service: str) -> int:
    """Return the age before which an instance that the provider itself interrupts costs nothing. [s]

    Examples
    --------
    >>> free_if_interrupted_seconds("AmazonEC2")
    3600
    """
    found = _rows().get((service, ""))
    return 0 if found is None else found[1]

"""Which operations of a usage type a price holds, as bills name them, and which are other prices.

One usage type may be billed at several prices that only the operation tells apart: an hour of `BoxUsage` is Linux
under `RunInstances` and Windows under `RunInstances:0002`. A row of a price book that names no operation holds those
that are listed here for its usage type; every other operation is refused, by what it is where that is known. Services
that are not listed are of the user's own books, whose rows without an operation hold for all.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cache

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.domain.prices import TRANSFER_SERVICE
from cloudcost.frozen import dataclass

_COLUMNS = ("service", "usage_type", "operations", "priced", "means", "source")
_SPOT_PLACE = re.compile(r":SV\d+$")
"""What a bill adds to the operation of a spot instance: zone and platform, on which its price does not depend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRule:
    """What operations of some usage types are.

    Parameters
    ----------
    service : str
    usage_type : str
        A pattern: ``EBS:Volume*.gp3``.
    operations : tuple of str
        Patterns; none where bills name no operation.
    priced : bool
        Whether the price without an operation holds for them.
    means : str
        What they are, in words.
    source : str
        Key of a `Source`.
    """

    service: str
    usage_type: str
    operations: tuple[str, ...]
    priced: bool
    means: str
    source: str

    def holds(self, operation: str) -> bool:
        """Return whether the operation is one of these."""
        return any(fnmatchcase(operation, pattern) for pattern in self.operations)


@cache
def operation_rules() -> tuple[OperationRule, ...]:
    """Return every rule, in the table's order."""
    return tuple(
        OperationRule(
            service=service,
            usage_type=usage_type,
            operations=tuple(operations.split()),
            priced=priced == "yes",
            means=means,
            source=source,
        )
        for service, usage_type, operations, priced, means, source in read_table(DATA / "operations.csv", _COLUMNS)
    )


@cache
def rules_of(service: str, usage_type: str) -> tuple[OperationRule, ...]:
    """Return the rules that a usage type falls under."""
    return tuple(
        rule for rule in operation_rules() if rule.service == service and fnmatchcase(usage_type, rule.usage_type)
    )


@cache
def refusal(service: str, priced_as: str, usage_type: str, operation: str) -> str:
    """Return why a price that names no operation does not hold for this one; empty where it does.

    Parameters
    ----------
    service, priced_as : str
        The service on the bill, and the one whose price it is (traffic of all services is ``AWSDataTransfer``).
    usage_type : str
        Without the region's code.
    operation : str

    Examples
    --------
    >>> refusal("AmazonEC2", "AmazonEC2", "BoxUsage:m5.xlarge", "RunInstances")
    ''
    >>> refusal("AmazonEC2", "AmazonEC2", "BoxUsage:m5.xlarge", "RunInstances:0010")
    'RunInstances:0010 is Red Hat Enterprise Linux, another price; the price known is of RunInstances'
    """
    if not operation:  # most usage names none: the table is not read for it
        return ""
    listed = {rule.service for rule in operation_rules()}
    if service not in listed and (priced_as not in listed or priced_as == TRANSFER_SERVICE):
        return ""
    rules = [rule for name in dict.fromkeys((service, priced_as)) for rule in rules_of(name, usage_type)]
    plain = _SPOT_PLACE.sub("", operation)
    if any(rule.priced and (rule.holds(operation) or rule.holds(plain)) for rule in rules):
        return ""
    held = [name for rule in rules if rule.priced for name in rule.operations]
    other = next((rule for rule in rules if not rule.priced and rule.holds(plain)), None)
    if other is not None:
        return f"{operation} is {other.means}, another price" + (f"; the price known is of {held[0]}" if held else "")
    if not held:
        return f"{usage_type} has no operations; leave {operation!r} out"
    known = ", ".join(held[:4]) + (" ..." if len(held) > 4 else "")
    return f"unknown operation {operation!r}; operations known: {known}"


def other_price(service: str, usage_type: str) -> str:
    """Return what a usage type is that the book has no price of under any operation; empty where that is not known.

    Examples
    --------
    >>> other_price("AmazonEC2", "DedicatedUsage:m5.xlarge")
    'dedicated tenancy'
    """
    rules = (rule for rule in rules_of(service, usage_type) if not rule.priced and rule.operations == ("*",))
    return next((rule.means for rule in rules), "")

"""What a line of a bill is for, in the words of somebody who reads the bill."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from cloudcost.catalog.providers import paid_to
from cloudcost.catalog.stores.cloud_disks import disk_services
from cloudcost.catalog.stores.encryption import KMS_REQUESTS, KMS_SERVICE
from cloudcost.catalog.stores.object_stores import store_services
from cloudcost.domain.lines import LineItem
from cloudcost.usage.left_on import LEFT_ON_WHY

LEFT_ON = "left on"
"""What stands there beside the training, whatever it is."""
GROUPS = (
    "machines", "notebook", "volumes", "storage", "requests", "transfer", "network", "electricity", "purchase",
    "upkeep", LEFT_ON, "support", "credits", "tax", "other",
)  # fmt: skip
"""Every group, in the order in which bills show them."""

_LOCAL = {
    "Electricity": "electricity", "Purchase": "purchase", "Resale": "purchase", "ShareOfLife": "purchase",
    "Upkeep": "upkeep", "OtherUse": "upkeep", "SetUp": "upkeep",
}  # fmt: skip


def group_of(line: LineItem) -> str:
    """Return the group of a line; one that holds something of the training beside what is left on is of the first.

    Examples
    --------
    >>> sorted(set(_LOCAL.values()) - set(GROUPS))
    []
    """
    usage_type = line.usage_type
    if line.why.startswith(LEFT_ON_WHY):
        return LEFT_ON
    payee = paid_to(line.service)
    if payee == "own":
        return _LOCAL.get(usage_type, "other")
    if line.service in ("Credits", "Tax"):
        return line.service.lower()
    if line.service.startswith("AWSSupport"):
        return "support"
    if "DataTransfer" in usage_type or "Out-Bytes" in usage_type:
        return "transfer"
    if "Nat" in usage_type or "IPv4" in usage_type or "VpcEndpoint" in usage_type:
        return "network"
    if "Volume" in usage_type or "Snapshot" in usage_type or line.service in disk_services():
        return "volumes"
    if usage_type.startswith(("Notebk:", "Studio:")):
        return "notebook"
    if line.service == KMS_SERVICE:
        return "requests" if usage_type == KMS_REQUESTS else "other"
    if usage_type.startswith("Egress"):
        return "transfer"
    if line.service in store_services():
        return "requests" if "Operations" in usage_type else "storage"
    if line.service == "AmazonS3":
        stored = ("TimedStorage", "EarlyDelete", "Monitoring")
        return "storage" if usage_type.startswith(stored) else "requests"
    of_machines = line.service in ("AmazonEC2", "AmazonSageMaker") or line.service.endswith("SavingsPlans")
    return "other" if payee == "aws" and not of_machines else "machines"


def by_group(lines: Sequence[LineItem], left_on_usd: Sequence[Decimal] = ()) -> dict[str, Decimal]:
    """Return the amounts by group, largest first. [USD]

    Parameters
    ----------
    lines : sequence of LineItem
    left_on_usd : sequence of Decimal
        What of each line is for what is left on, where it is known. [USD]
    """
    totals: dict[str, Decimal] = {}
    for index, line in enumerate(lines):
        standing = left_on_usd[index] if left_on_usd else Decimal(0)
        name = group_of(line)
        totals[name] = totals.get(name, Decimal(0)) + line.amount_usd
        if standing and name != LEFT_ON:
            totals[name] -= standing
            totals[LEFT_ON] = totals.get(LEFT_ON, Decimal(0)) + standing
    return dict(sorted(totals.items(), key=lambda item: -abs(item[1])))

"""A cost and usage report of many rows and 70 columns, by the hour, as AWS writes it in legacy columns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

HOURS = 744
NAMED = (
    "identity/LineItemId", "identity/TimeInterval", "bill/InvoiceId", "bill/BillingEntity", "bill/BillType",
    "bill/PayerAccountId", "bill/BillingPeriodStartDate", "bill/BillingPeriodEndDate", "lineItem/UsageAccountId",
    "lineItem/LineItemType", "lineItem/UsageStartDate", "lineItem/UsageEndDate", "lineItem/ProductCode",
    "lineItem/UsageType", "lineItem/Operation", "lineItem/AvailabilityZone", "lineItem/ResourceId",
    "lineItem/UsageAmount", "lineItem/NormalizationFactor", "lineItem/CurrencyCode", "lineItem/UnblendedRate",
    "lineItem/UnblendedCost", "lineItem/BlendedRate", "lineItem/BlendedCost", "lineItem/LineItemDescription",
    "pricing/publicOnDemandCost", "pricing/publicOnDemandRate", "pricing/term", "pricing/unit", "product/ProductName",
    "product/region", "reservation/EffectiveCost", "reservation/ReservationARN", "savingsPlan/SavingsPlanEffectiveCost",
    "resourceTags/user:Name", "resourceTags/user:team",
)  # fmt: skip
COLUMNS = (*NAMED, *(f"product/attribute{number}" for number in range(70 - len(NAMED))))
KINDS = (
    ("AmazonEC2", "BoxUsage:g4dn.xlarge", "RunInstances", "Hrs", 0.526),
    ("AmazonS3", "TimedStorage-ByteHrs", "StandardStorage", "GB-Mo", 0.023),
    ("AmazonS3", "Requests-Tier1", "PutObject", "Requests", 0.000005),
    ("AmazonEC2", "NatGateway-Hours", "NatGateway", "Hrs", 0.045),
    ("AmazonEC2", "EBS:VolumeUsage.gp3", "CreateVolume-Gp3", "GB-Mo", 0.08),
    ("AmazonEC2", "DataTransfer-Out-Bytes", "RunInstances", "GB", 0.09),
)
"""Service, usage type, operation, unit, price."""


def write_report(path: Path, rows: int, seed: int = 1) -> None:
    """Write a report of so many rows: resources that are billed in each hour of a month."""
    random = Random(seed)
    resources = -(-rows // HOURS)
    attributes = ",".join(f"value of attribute {number}" for number in range(len(COLUMNS) - len(NAMED)))
    month = datetime(2026, 10, 1, tzinfo=UTC)
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(COLUMNS) + "\n")
        for row in range(rows):
            hour, resource = divmod(row, resources)
            begin = (month + timedelta(hours=hour)).strftime("%Y-%m-%dT%H:%M:%SZ")
            end = (month + timedelta(hours=hour + 1)).strftime("%Y-%m-%dT%H:%M:%SZ")
            service, usage_type, operation, unit, price = KINDS[resource % len(KINDS)]
            quantity = random.random() * 3
            usd = quantity * price
            cost = f"{usd:.10f}" if usd > 1e-4 else f"{usd:E}"
            file.write(
                f"id{row:020x},{begin}/{end},,AWS,Anniversary,111122223333,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,"
                f"{111122223333 + resource % 5},Usage,{begin},{end},{service},USW2-{usage_type},{operation},,"
                f"i-{resource:017x},{quantity:.10f},1,USD,{price},{cost},{price},{cost},"
                f"${price} per {unit} of {usage_type},{cost},{price},OnDemand,{unit},{service},us-west-2,,,,"
                f"name {resource % 50},team {resource % 7},{attributes}\n"
            )

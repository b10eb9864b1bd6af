"""Bills with causes put into them, written as providers write them: apart from the product's own metering.

A bill is a plan of a few projects' lines by the hour, a day or a month, and a cause or more beside it, each with the
amount that it is to be found with.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

MONTH = datetime(2026, 10, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Metered:
    """A row of a bill before it has a form."""

    service: str
    usage_type: str
    operation: str
    begin: datetime
    hours: int
    quantity: Decimal
    unit: str
    usd: Decimal
    cause: str


@dataclass(kw_only=True)
class MadeBill:
    """Rows, and what was put into them beside the plan: cause to amount."""

    rows: list[Metered]
    injected: dict[str, Decimal] = field(default_factory=dict)


PRICES = {
    "notebook": ("AmazonSageMaker", "Notebk:ml.p2.xlarge", "RunInstance", "Hrs", Decimal("1.125")),
    "nat-hours": ("AmazonEC2", "NatGateway-Hours", "NatGateway", "Hrs", Decimal("0.045")),
    "nat-bytes": ("AmazonEC2", "NatGateway-Bytes", "NatGateway", "GB", Decimal("0.045")),
    "egress": ("AmazonS3", "DataTransfer-Out-Bytes", "GetObject", "GB", Decimal("0.09")),
    "puts": ("AmazonS3", "Requests-Tier1", "PutObject", "Requests", Decimal("0.000005")),
    "gets": ("AmazonS3", "Requests-Tier2", "GetObject", "Requests", Decimal("0.0000004")),
    "storage": ("AmazonS3", "TimedStorage-ByteHrs", "StandardStorage", "GB-Mo", Decimal("0.023")),
    "machine": ("AmazonEC2", "BoxUsage:g4dn.xlarge", "RunInstances", "Hrs", Decimal("0.526")),
    "disk": ("AmazonEC2", "EBS:VolumeUsage.gp3", "CreateVolume-Gp3", "GB-Mo", Decimal("0.08")),
}
CAUSES = ("notebook", "nat", "egress", "requests", "versions")
KEYS = {"versions": "bucket-storage"}
"""Of the product, where they are other than the name of what is put in."""


def made_bill(seed: int) -> MadeBill:
    """Return a bill of some days of October with one cause to three put into it."""
    random = Random(seed)
    days, size = random.randint(2, 20), random.choice([1, 24])
    bill = MadeBill(rows=[])

    def meter(name: str, cause: str, quantity: Decimal, day: int, hour: int = 0) -> Decimal:
        service, usage_type, operation, unit, price = PRICES[name]
        quantity = quantity.quantize(Decimal("1e-10"))
        usd = quantity * price
        begin = MONTH + timedelta(days=day, hours=hour)
        bill.rows.append(
            Metered(
                service=service, usage_type=usage_type, operation=operation, begin=begin, hours=size,
                quantity=quantity, unit=unit, usd=usd, cause=cause,
            )
        )  # fmt: skip
        return usd

    def put(name: str, cause: str, by_day: Callable[[int], Decimal]) -> None:
        for day in range(days):
            for hour in range(0, 24, size):
                usd = meter(name, cause, by_day(day) * size / 24, day, hour)
                bill.injected[cause] = bill.injected.get(cause, Decimal(0)) + usd

    stored = Decimal(random.randint(20, 200))
    for day in range(days):
        meter("storage", "plan", stored / 31, day)
        meter("machine", "plan", Decimal(random.randint(1, 10)), day, random.randint(0, 9))
        meter("disk", "plan", Decimal(100) / 31, day)
        meter("gets", "plan", Decimal(random.randint(1000, 20000)), day)
    for cause in random.sample(CAUSES, random.randint(1, 3)):
        match cause:
            case "notebook":
                put("notebook", cause, lambda _: Decimal(24))
            case "nat":
                put("nat-hours", cause, lambda _: Decimal(24))
                put("nat-bytes", cause, lambda _: Decimal(500))
            case "egress":
                put("egress", cause, lambda _: Decimal(300))
            case "requests":
                put("puts", cause, lambda _: Decimal(4_800_000))
            case "versions":
                put("storage", cause, lambda day: stored * (day + 1) * 20 / 31)
    random.shuffle(bill.rows)
    return bill


def _table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return buffer.getvalue()


def _stamp(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


_COLUMNS = (
    "bill/BillingPeriodStartDate", "lineItem/UsageAccountId", "lineItem/LineItemType", "lineItem/UsageStartDate",
    "lineItem/UsageEndDate", "lineItem/ProductCode", "lineItem/UsageType", "lineItem/Operation", "lineItem/UsageAmount",
    "lineItem/CurrencyCode", "lineItem/UnblendedCost", "pricing/unit", "pricing/publicOnDemandCost",
)  # fmt: skip


def _report_rows(bill: MadeBill) -> list[list[object]]:
    return [
        [_stamp(MONTH), "111122223333", "Usage", _stamp(row.begin), _stamp(row.begin + timedelta(hours=row.hours)),
         row.service, f"USW2-{row.usage_type}", row.operation, row.quantity, "USD", f"{row.usd:E}", row.unit, row.usd]
        for row in bill.rows
    ]  # fmt: skip


def legacy_report(bill: MadeBill) -> str:
    """Return a cost and usage report with legacy columns."""
    return _table(_COLUMNS, _report_rows(bill))


def report_2(bill: MadeBill) -> str:
    """Return a CUR 2.0, maps as JSON text."""
    names = {"lineItem": "line_item", "bill": "bill", "pricing": "pricing"}
    heads = []
    for column in _COLUMNS:
        part, _, name = column.partition("/")
        spelled = "".join(f"_{each.lower()}" if each.isupper() else each for each in name).lstrip("_")
        heads.append(f"{names[part]}_{spelled}")
    product = json.dumps({"region": "us-west-2", "sku": "ABC"})
    return _table([*heads, "product"], [[*row, product] for row in _report_rows(bill)])


def focus(bill: MadeBill) -> str:
    """Return an export in the columns of FOCUS 1.0, as AWS makes it."""
    heads = (
        "BilledCost", "BillingCurrency", "BillingPeriodStart", "ChargeCategory", "ChargePeriodStart", "ChargePeriodEnd",
        "ListCost", "EffectiveCost", "PricingQuantity", "PricingUnit", "RegionId", "ServiceName", "SubAccountId",
        "Tags", "x_UsageType", "x_Operation", "x_ServiceCode",
    )  # fmt: skip
    rows = [
        [row.usd, "USD", "2026-10-01 00:00:00", "Usage", row.begin.strftime("%Y-%m-%d %H:%M:%S"),
         (row.begin + timedelta(hours=row.hours)).strftime("%Y-%m-%d %H:%M:%S"), row.usd, row.usd, row.quantity,
         row.unit, "us-west-2", row.service, "111122223333", "NULL", f"USW2-{row.usage_type}", row.operation,
         row.service]
        for row in bill.rows
    ]  # fmt: skip
    return _table(heads, rows)


def cost_explorer(bill: MadeBill) -> str:
    """Return Cost Explorer's CSV by usage type and day: dollars alone."""
    names = sorted({row.usage_type for row in bill.rows})
    days = sorted({row.begin.date() for row in bill.rows})
    cells = {(day, name): Decimal(0) for day in days for name in names}
    for row in bill.rows:
        cells[row.begin.date(), row.usage_type] += row.usd
    rows = [[day, *(cells[day, name] for name in names), sum(cells[day, name] for name in names)] for day in days]
    total = [
        "Usage type total",
        *(sum(cells[day, name] for day in days) for name in names),
        sum(row.usd for row in bill.rows),
    ]
    heads = ["Usage type", *(f"USW2-{name}($)" for name in names), "Total costs($)"]
    return _table(heads, [total, *rows])


FORMS: dict[str, Callable[[MadeBill], str]] = {
    "legacy": legacy_report,
    "report-2": report_2,
    "focus": focus,
    "cost-explorer": cost_explorer,
}

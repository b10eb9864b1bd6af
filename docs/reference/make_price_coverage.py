"""Write the matrix of `price-coverage.md` from the price book: ``python docs/reference/make_price_coverage.py``.

A test compares the page with what this makes, so that the two cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from cloudcost.catalog.aws.regions import regions
from cloudcost.catalog.books.book import load_book
from cloudcost.catalog.books.derived.sagemaker import multiple
from cloudcost.catalog.instances import instances
from cloudcost.catalog.providers import providers
from cloudcost.catalog.stores.cloud_disks import CloudTraffic, cloud_disks, cloud_traffic
from cloudcost.catalog.stores.object_stores import object_stores
from cloudcost.catalog.tables import GLOBAL

PAGE = Path(__file__).parent / "price-coverage.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
CLOUDS_BEGIN, CLOUDS_END = "<!-- clouds: begin -->", "<!-- clouds: end -->"
VOLUMES = ("gp2", "gp3", "piops", "io2", "st1", "sc1")
CLASSES = ("", "SIA-", "ZIA-", "GIR-", "INT-FA-", "INT-IA-", "INT-AIA-", "INT-AA-", "INT-DAA-", "GDA-", "XZ-")
Key = tuple[str, str]


def has_gpu(usage_type: str) -> bool:
    """Return whether an hour's usage type is one of a machine with GPUs or other accelerators."""
    machine = instances().get(usage_type.partition(":")[2])
    return machine is not None and machine.gpu_count > 0


def count(keys: Iterable[Key], kind: str, purchase: str, *, gpu: bool = False) -> str:
    """Return how many machine types have a price of that kind and purchase."""
    names = [name for name, bought in keys if name.startswith(kind) and bought.startswith(purchase)]
    return str(len({name for name in names if not gpu or has_gpu(name)}) or "-")


def of(keys: set[Key], wanted: Iterable[str]) -> str:
    """Return how many of the usage types are known: ``all``, ``5 of 6`` or ``-``."""
    names = tuple(wanted)
    known = sum((name, "on-demand") in keys for name in names)
    return "all" if known == len(names) else f"{known} of {len(names)}" if known else "-"


def sagemaker(keys: set[Key]) -> str:
    """Return how many machine types have an hour of SageMaker by rule: a multiple is known and EC2's hour."""
    book = load_book()
    names = [name.partition(":")[2] for name, bought in keys if name.startswith("BoxUsage:") and bought == "on-demand"]
    return str(sum(multiple(name, book.as_of) is not None for name in names) or "-")


COLUMNS: dict[str, Callable[[dict[str, set[Key]]], str]] = {
    "EC2 types": lambda keys: count(keys["AmazonEC2"], "BoxUsage:", "on-demand"),
    "with GPUs": lambda keys: count(keys["AmazonEC2"], "BoxUsage:", "on-demand", gpu=True),
    "reserved": lambda keys: count(keys["AmazonEC2"], "BoxUsage:", "reserved-", gpu=True),
    "spot": lambda keys: count(keys["AmazonEC2"], "SpotUsage:", "spot", gpu=True),
    "SageMaker types": lambda keys: sagemaker(keys["AmazonEC2"]),
    "EBS": lambda keys: of(keys["AmazonEC2"], [*(f"EBS:VolumeUsage.{each}" for each in VOLUMES), "EBS:SnapshotUsage"]),
    "NAT": lambda keys: of(keys["AmazonEC2"], ("NatGateway-Hours", "NatGateway-Bytes")),
    "endpoints": lambda keys: of(keys["AmazonVPC"], ("VpcEndpoint-Hours", "VpcEndpoint-Bytes")),
    "IPv4": lambda keys: of(keys["AmazonVPC"], ("PublicIPv4:InUseAddress", "PublicIPv4:IdleAddress")),
    "S3 classes": lambda keys: of(
        keys["AmazonS3"], ["TimedStorage-GlacierByteHrs", *(f"TimedStorage-{each}ByteHrs" for each in CLASSES)]
    ),
    "S3 requests": lambda keys: of(
        keys["AmazonS3"], [f"Requests-{kind}Tier{n}" for kind in ("", "INT-", "SIA-", "ZIA-", "GIR-") for n in (1, 2)]
    ),
    "S3 restores": lambda keys: of(
        keys["AmazonS3"],
        ("Standard-Retrieval-Bytes", "Bulk-Retrieval-Bytes", "Expedited-Retrieval-Bytes", "Requests-GDA-Tier3"),
    ),
    "out": lambda keys: of(keys["AWSDataTransfer"], ("DataTransfer-Out-Bytes",)),
    "between zones": lambda keys: of(keys["AWSDataTransfer"], ("DataTransfer-Regional-Bytes",)),
    "to regions": lambda keys: str(sum(name.endswith("-AWS-Out-Bytes") for name, _ in keys["AWSDataTransfer"]) or "-"),
    "logs": lambda keys: of(
        keys["AmazonCloudWatch"], ("DataProcessing-Bytes", "TimedStorage-ByteHrs", "DataScanned-Bytes")
    ),
    "metrics": lambda keys: of(
        keys["AmazonCloudWatch"], ("CW:MetricMonitorUsage", "CW:AlarmMonitorUsage", "CW:Requests")
    ),
    "KMS": lambda keys: of(keys["awskms"], ("KMS-Keys", "KMS-Requests")),
    "ECR": lambda keys: of(keys["AmazonECR"], ("TimedStorage-ByteHrs",)),
    "secrets": lambda keys: of(keys["AWSSecretsManager"], ("AWSSecretsManager-Secrets", "AWSSecretsManagerAPIRequest")),
    "SNS": lambda keys: of(keys["AmazonSNS"], ("Requests-Tier1", "DeliveryAttempts-HTTP")),
}
"""What a cell counts, by the column's name, from the keys of each service in a region."""
SERVICES = (
    "AmazonEC2", "AmazonVPC", "AmazonS3", "AWSDataTransfer", "AmazonCloudWatch", "awskms", "AmazonECR",
    "AWSSecretsManager", "AmazonSNS",
)  # fmt: skip


def table() -> str:
    """Return the Markdown matrix of regions and services."""
    book = load_book()
    rows = [f"| region | {' | '.join(COLUMNS)} |", f"|---|{'---:|' * len(COLUMNS)}"]
    for region in regions():
        keys = {name: {*book.keys(name, region), *book.keys(name, GLOBAL)} for name in SERVICES}
        rows.append(f"| {region} | {' | '.join(cell(keys) for cell in COLUMNS.values())} |")
    return "\n".join(rows)


def clouds_table() -> str:
    """Return the Markdown matrix of regions and prices of other clouds."""
    book = load_book()
    head = ("cloud", "region", "machine types", "with GPUs", "spot", "kinds of disk", "address", "out", "bucket")
    rows = [f"| {' | '.join(head)} |", f"|---|---|{'---:|' * (len(head) - 2)}"]
    for provider in providers():
        disks, traffic = cloud_disks(provider.name), cloud_traffic(provider.name)
        for region in book.regions(provider.service):
            machines = {*book.keys(provider.service, region)}
            names = {name for name, _ in machines}
            cells = [
                str(len(names)),
                str(sum(instances()[name].gpu_count > 0 for name in names if name in instances())),
                str(sum(bought == "spot" for _, bought in machines) or "-"),
                str(sum(_has(each.service, region, each.billed_as(1)[0]) for each in disks.values()) or "-"),
                *_traffic(traffic, region),
                _bucket(provider.name, region),
            ]
            rows.append(f"| {provider.title} | {region} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _has(service: str, region: str, usage_type: str) -> bool:
    book = load_book()
    return any((usage_type, "on-demand") in book.keys(service, place) for place in (region, GLOBAL))


def _traffic(traffic: CloudTraffic | None, region: str) -> tuple[str, str]:
    """Return whether addresses and traffic have a price, are free, or neither is known."""
    if traffic is None:
        return "-", "-"
    if not traffic.egress_usage_type:
        return "in the hour", "free"
    address = _has(traffic.address_service, region, traffic.address_usage_type)
    return "yes" if address else "-", "yes" if _has(traffic.service, region, traffic.egress_usage_type) else "-"


def _bucket(provider: str, region: str) -> str:
    """Return whether the storage of a bucket has a price there."""
    stores = [store for store in object_stores().values() if store.provider == provider]
    return "yes" if any(_has(store.service, region, store.storage_usage_type) for store in stores) else "-"


def page(text: str) -> str:
    """Return the page with its matrices made anew."""
    for begin, end, made in ((BEGIN, END, table()), (CLOUDS_BEGIN, CLOUDS_END, clouds_table())):
        before, _, rest = text.partition(begin)
        text = f"{before}{begin}\n{made}\n{end}{rest.partition(end)[2]}"
    return text


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))

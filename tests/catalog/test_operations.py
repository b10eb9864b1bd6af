"""Operations: real bills' are accepted, those of other prices are refused by name, unknown ones are refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.catalog.books.book import load_book
from cloudcost.catalog.books.operations import operation_rules, refusal, rules_of
from cloudcost.catalog.tables import sources
from cloudcost.domain.usage import Usage
from cloudcost.errors import PriceNotFoundError
from cloudcost.pricing.bill.lines import price_usage
from cloudcost.units import BillingMonth

TODAY = date(2026, 11, 22)
REAL = (
    ("AmazonEC2", "BoxUsage:m5.xlarge", "RunInstances"),
    ("AmazonEC2", "BoxUsage:g4dn.xlarge", "RunInstances:0800"),
    ("AmazonEC2", "SpotUsage:g4dn.xlarge", "RunInstances:SV052"),
    ("AmazonEC2", "EBS:VolumeUsage.gp3", "CreateVolume-Gp3"),
    ("AmazonEC2", "EBS:VolumeP-IOPS.gp3", "CreateVolume-Gp3"),
    ("AmazonEC2", "EBS:VolumeUsage.piops", "CreateVolume-P-IOPS"),
    ("AmazonEC2", "EBS:SnapshotUsage", "CreateSnapshot"),
    ("AmazonEC2", "EBS:VolumeIOUsage", "EBS:IO-Read"),
    ("AmazonEC2", "NatGateway-Hours", "NatGateway"),
    ("AmazonVPC", "NatGateway-Bytes", "NatGateway"),
    ("AmazonEC2", "DataTransfer-Out-Bytes", "RunInstances"),
    ("AmazonEC2", "DataTransfer-Out-Bytes", "RunInstances:0002"),
    ("AmazonEC2", "DataTransfer-Regional-Bytes", "InterZone-In"),
    ("AmazonEC2", "DataTransfer-Regional-Bytes", "PublicIP-Out"),
    ("AmazonEC2", "CPUCredits:t3", "T3CPUCredits"),
    ("AmazonVPC", "PublicIPv4:InUseAddress", "AssociateAddressVPC"),
    ("AmazonVPC", "PublicIPv4:IdleAddress", "AllocateAddressVPC"),
    ("AmazonVPC", "VpcEndpoint-Hours", "VpcEndpoint"),
    ("AmazonS3", "TimedStorage-ByteHrs", "StandardStorage"),
    ("AmazonS3", "TimedStorage-ByteHrs", "GlacierS3ObjectOverhead"),
    ("AmazonS3", "TimedStorage-SIA-ByteHrs", "StandardIAStorage"),
    ("AmazonS3", "TimedStorage-INT-FA-ByteHrs", "IntelligentTieringFAStorage"),
    ("AmazonS3", "TimedStorage-GlacierByteHrs", "GlacierObjectOverhead"),
    ("AmazonS3", "Requests-Tier1", "PutObject"),
    ("AmazonS3", "Requests-Tier1", "ListBucket"),
    ("AmazonS3", "Requests-Tier1", "InitiateMultipartUpload"),
    ("AmazonS3", "Requests-Tier2", "GetObject"),
    ("AmazonS3", "Requests-Tier2", "HeadObject"),
    ("AmazonS3", "Requests-Tier2", "ReadBucketPolicyStatus"),
    ("AmazonS3", "Requests-Tier3", "S3-GlacierTransition"),
    ("AmazonS3", "Requests-Tier4", "S3-SIATransition"),
    ("AmazonS3", "DataTransfer-Out-Bytes", "GetObject"),
    ("AmazonS3", "USW2-AWS-Out-Bytes", "GetObject"),
    ("AmazonS3", "Retrieval-SIA", "GetObject"),
    ("AmazonSageMaker", "Train:ml.g4dn.xlarge", "RunInstance"),
    ("AmazonSageMaker", "Notebk:VolumeUsage.gp2", "CreateVolume-Gp2"),
    ("AmazonCloudWatch", "DataProcessing-Bytes", "PutLogEvents"),
    ("AmazonCloudWatch", "TimedStorage-ByteHrs", "HourlyStorageMetering"),
    ("awskms", "KMS-Requests", "GenerateDataKey"),
    ("AmazonRDS", "DataTransfer-Out-Bytes", "CreateDBInstance:0014"),
)
OTHER = (
    ("AmazonEC2", "BoxUsage:m5.xlarge", "RunInstances:0002", "is Windows, another price"),
    ("AmazonEC2", "BoxUsage:m5.xlarge", "RunInstances:0010", "is Red Hat Enterprise Linux, another price"),
    ("AmazonEC2", "BoxUsage:m5.xlarge", "RunInstances:000g", "is SUSE Linux, another price"),
    ("AmazonEC2", "BoxUsage:m5.xlarge", "RunInstances:0202", "is Windows with SQL Server Web, another price"),
    ("AmazonEC2", "SpotUsage:g4dn.xlarge", "RunInstances:0002:SV001", "is Windows, another price"),
    ("AmazonEC2", "DedicatedUsage:m5.xlarge", "RunInstances", "it is dedicated tenancy"),
    ("AmazonEC2", "UnusedBox:m5.xlarge", "", "a capacity reservation that stands unused"),
    ("AmazonS3", "TimedStorage-ByteHrs", "PutObject", "operations known: StandardStorage"),
    ("AmazonS3", "Requests-Tier1", "S3-GDATransition", "unknown operation"),
    ("AmazonS3", "Requests-Tier1", "GetObject", "unknown operation"),
    ("AmazonS3", "Requests-Tier2", "PutObject", "unknown operation"),
    ("AmazonSageMaker", "Train:ml.g4dn.xlarge", "RunInstances:0002", "unknown operation"),
    ("GCP", "n1-standard-4", "RunInstances", "has no operations"),
)


def usage(service: str, usage_type: str, operation: str) -> Usage:
    region = "us-central1" if service == "GCP" else "us-east-1"
    unit = load_unit(service, usage_type)
    return Usage(
        service=service, region=region, usage_type=usage_type, operation=operation, quantity=1, unit=unit,
        month=BillingMonth(2026, 10),
    )  # fmt: skip


def load_unit(service: str, usage_type: str) -> str:
    if usage_type.endswith("-Bytes") or usage_type.startswith("Retrieval"):
        return "GB"
    if "ByteHrs" in usage_type or "VolumeUsage" in usage_type or "Snapshot" in usage_type:
        return "GB-Mo"
    named = {"EBS:VolumeP-IOPS.gp3": "IOPS-Mo", "EBS:VolumeIOUsage": "IOs", "CPUCredits:t3": "vCPU-Hours"}
    return named.get(usage_type, "Requests" if "Requests" in usage_type else "Hrs")


@pytest.mark.parametrize(("service", "usage_type", "operation"), REAL)
def test_operations_of_real_bills_are_priced_as_the_row_without_one(
    service: str, usage_type: str, operation: str
) -> None:
    [line] = price_usage([usage(service, usage_type, operation)], load_book(), on=TODAY)
    assert line.operation == operation
    if not usage_type.startswith("Requests-Tier3"):
        [plain] = price_usage([usage(service, usage_type, "")], load_book(), on=TODAY)
        assert line.amount_usd == plain.amount_usd


@pytest.mark.parametrize(("service", "usage_type", "operation", "said"), OTHER)
def test_other_prices_are_refused_by_name(service: str, usage_type: str, operation: str, said: str) -> None:
    with pytest.raises(PriceNotFoundError, match=said):
        price_usage([usage(service, usage_type, operation)], load_book(), on=TODAY)


@given(st.sampled_from(REAL), st.text("abcxyzN0129:-", min_size=1, max_size=12))
def test_an_operation_that_nobody_has_seen_is_refused(case: tuple[str, str, str], operation: str) -> None:
    service, usage_type, _ = case
    if service != "AmazonRDS":
        assert refusal(service, service, usage_type, operation)


def test_every_usage_type_of_the_shipped_book_has_its_operations() -> None:
    book = load_book()
    without = {
        (price.service, price.usage_type)
        for price in book.prices()
        if not price.operation and not any(rule.priced for rule in rules_of(price.service, price.usage_type))
    }
    assert without == set()
    assert {rule.service for rule in operation_rules()} == set(book.services())


def test_rules_name_sources_and_are_not_said_twice() -> None:
    rules = operation_rules()
    assert all(rule.source in sources() and rule.means for rule in rules)
    places = [(rule.service, rule.usage_type, rule.operations) for rule in rules]
    assert len(places) == len(set(places))

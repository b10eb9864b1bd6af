"""The tables of causes: every rule is reached by its example, every name of a bill has the cause that it should."""

from __future__ import annotations

import re

import pytest

from cloudcost.bills.causes import cause_of_names
from cloudcost.catalog.amount_causes import AmountCause, amount_causes
from cloudcost.catalog.aws.regions import regions
from cloudcost.catalog.books.book import DEFAULT_BOOK, load_book
from cloudcost.catalog.causes import OTHER, Cause, CauseRule, cause_rules, causes
from cloudcost.catalog.tables import sources


@pytest.mark.parametrize("rule", cause_rules(), ids=lambda rule: f"{rule.cause}-{rule.part}-{rule.example}")
def test_the_example_of_a_rule_comes_to_it_and_to_none_before(rule: CauseRule) -> None:
    names, _, description = rule.example.partition("///")
    service, _, names = names.partition("/")
    usage_type, _, operation = names.rpartition("/")
    found = cause_of_names(service, usage_type, operation, rule.charge[0] if rule.charge else "usage", description)
    assert (rule.cause, rule.part) == (found.cause, found.part)


def test_every_cause_has_a_rule_but_what_no_rule_knows_and_sources_are_told() -> None:
    assert set(causes()) - {rule.cause for rule in cause_rules()} == {OTHER}
    assert {rule.source for rule in cause_rules()} <= set(sources())
    assert len({cause.name for cause in causes().values()}) == len(causes())


@pytest.mark.parametrize("cause", causes().values(), ids=lambda cause: cause.key)
def test_a_cause_says_what_it_saves_only_where_it_says_how(cause: Cause) -> None:
    assert not cause.saving or cause.avoid or cause.stop
    assert (cause.saving == "outside") == bool(cause.hours_a_day)
    assert not re.search("  |[^.]$", cause.avoid)


NAMES = [
    ("AmazonS3", "TimedStorage-ByteHrs", "StandardStorage", "bucket-storage"),
    ("AmazonS3", "EUC1-TimedStorage-INT-FA-ByteHrs", "IntelligentTieringFAStorage", "bucket-storage"),
    ("AmazonS3", "TimedStorage-GDA-Staging", "", "bucket-storage"),
    ("AmazonS3", "EUN1-TimedStorage-GIR-SmObjects", "", "small-objects"),
    ("AmazonS3", "TimedStorage-ByteHrs", "GlacierS3ObjectOverhead", "small-objects"),
    ("AmazonS3", "USW2-EarlyDelete-ByteHrs", "", "early-deletion"),
    ("AmazonS3", "APS1-Requests-Tier1", "ListBucket", "requests"),
    ("AmazonS3", "Requests-GDA-Tier3", "S3-GDATransition", "requests"),
    ("AmazonS3", "Standard-Retrieval-Bytes", "RestoreObject", "retrieval"),
    ("AmazonS3", "USE2-Select-Scanned-Bytes", "", "bucket-management"),
    ("AmazonS3", "EU-C3DataTransfer-Out-Bytes", "GetObject", "traffic-free"),
    ("AmazonS3", "EUN1-DataTransfer-Out-Bytes", "GetObject", "egress"),
    ("AmazonS3", "EUN1-APN1-AWS-Out-Bytes", "GetObject", "between-regions"),
    ("AmazonS3", "EUN1-CloudFront-Out-Bytes", "", "cdn"),
    ("AmazonEC2", "USW2-BoxUsage:p3.2xlarge", "RunInstances", "machines"),
    ("AmazonEC2", "SpotUsage:g5.xlarge", "RunInstances:SV001", "machines"),
    ("AmazonEC2", "USW2-LAX1-BoxUsage:g4dn.2xlarge", "RunInstances", "machines"),
    ("AmazonEC2", "UnusedBox:p4d.24xlarge", "RunInstances", "capacity"),
    ("AmazonEC2", "EU-CPUCredits:t3", "T3CPUCredits", "cpu-credits"),
    ("AmazonEC2", "EBS:VolumeUsage.gp3", "CreateVolume-Gp3", "disks"),
    ("AmazonEC2", "USE2-EBS:VolumeP-Throughput.gp3", "CreateVolume-Gp3", "disks"),
    ("AmazonEC2", "EBS:VolumeP-IOPS.piops", "CreateVolume-P-IOPS", "disks"),
    ("AmazonEC2", "EBS:VolumeIOUsage", "EBS:IO-Read", "disks"),
    ("AmazonEC2", "EBSOptimized:c3.xlarge", "Hourly", "disks"),
    ("AmazonEC2", "EBS:SnapshotUsage", "CreateSnapshot", "snapshots"),
    ("AmazonEC2", "EBS:FastSnapshotRestore", "", "snapshots"),
    ("AmazonEC2", "EUC1-NatGateway-Hours", "NatGateway", "nat"),
    ("AmazonVPC", "NatGateway-Bytes", "NatGateway", "nat"),
    ("AmazonEC2", "ElasticIP:IdleAddress", "AssociateAddressVPC", "addresses"),
    ("AmazonVPC", "PublicIPv4:InUseAddress", "AllocateAddressVPC", "addresses"),
    ("AmazonVPC", "USE1-VpcEndpoint-Hours", "VpcEndpoint", "vpc-endpoints"),
    ("AWSELB", "EU-LoadBalancerUsage", "LoadBalancing:Application", "load-balancers"),
    ("AWSELB", "LCUUsage", "LoadBalancing:Network", "load-balancers"),
    ("AmazonEC2", "DataTransfer-Regional-Bytes", "InterZone-Out", "between-zones"),
    ("AWSDataTransfer", "USE1-USW2-AWS-Out-Bytes", "", "between-regions"),
    ("AWSDataTransfer", "DataTransfer-In-Bytes", "", "traffic-free"),
    ("AmazonSageMaker", "USE1-Notebk:ml.p2.xlarge", "RunInstance", "notebook"),
    ("AmazonSageMaker", "EUW1-Studio:JupyterLab-ml.t3.medium", "RunInstance", "studio"),
    ("AmazonSageMaker", "Studio:VolumeUsage.gp3", "", "studio"),
    ("AmazonSageMaker", "Host:ml.m5.xlarge", "RunInstance", "endpoint"),
    ("AmazonSageMaker", "TrainWarmPool:ml.g4dn.xlarge", "RunInstance", "warm-pool"),
    ("AmazonSageMaker", "TrSpt:ml.p3.2xlarge", "RunInstance", "training"),
    ("AmazonSageMaker", "Tsform:ml.m5.xlarge", "RunInstance", "processing"),
    ("AmazonSageMaker", "Canvas:Session-Hrs", "", "data-wrangler"),
    ("AmazonSageMaker", "USE1-ServerlessInf:Mem-2GB", "", "sagemaker-features"),
    ("awskms", "us-east-1-KMS-Requests", "Decrypt", "keys"),
    ("AmazonCloudWatch", "DataProcessing-Bytes", "PutLogEvents", "logs"),
    ("AmazonCloudWatch", "CW:MetricMonitorUsage", "", "logs"),
    ("AWSCloudTrail", "DataEventsRecorded", "", "audit"),
    ("AmazonMacie", "SensitiveDataDiscovery", "", "macie"),
    ("AmazonECR", "TimedStorage-ByteHrs", "", "container-images"),
    ("AmazonEFS", "TimedStorage-ByteHrs", "", "file-systems"),
    ("AWSGlue", "Crawler-DPU-Hour", "CrawlerRun", "analytics"),
    ("AmazonRDS", "InstanceUsage:db.t3.micro", "CreateDBInstance:0002", "databases"),
    ("AWSLambda", "Lambda-GB-Second", "Invoke", "functions"),
    ("", "EBS:VolumeUsage.gp2", "", "disks"),
    ("", "Notebk:ml.t3.medium", "", "notebook"),
    ("AmazonS3", "USE1-OverwriteBytes-Put-STANDARD", "", "bucket-management"),
    ("AmazonS3", "BytesDeleted-SIA", "", "bucket-management"),
    ("Amazon S3", "TimedStorage-ByteHrs", "", "bucket-storage"),
    ("Amazon RDS", "RDS:GP2-Storage", "", "databases"),
    ("AWS Lambda", "Request", "", "functions"),
    ("AmazonEC2", "EU-HostBoxUsage:mac1.metal", "RunInstances", "machines"),
    ("AmazonEC2", "USE1-DataTransfer-xAZ-In-Bytes", "", "between-zones"),
    ("AmazonEC2", "EUW2-USE1-VpcPeering-In-Bytes", "", "between-regions"),
    ("AmazonEC2", "EUW2-VpcPeering-Out-Bytes", "", "between-zones"),
    ("AmazonCloudWatch", "USE1-TimedStorage-ByteHrs", "", "logs"),
    ("AmazonS3", "USE1-Upload-XZ", "", "requests"),
    ("AmazonS3", "Retrieval-XZ", "", "requests"),
    ("AmazonEC2", "CarrierIP:IdleAddress", "", "addresses"),
    ("AmazonEC2", "USE1-DataProcessing-Bytes", "LoadBalancing:Gateway", "load-balancers"),
    ("AmazonEC2", "SpotUsage", "RunInstances", "machines"),
    ("AmazonS3", "Frobnicate-Units", "", OTHER),
    ("AmazonEC2", "FluxCapacitor:1", "", OTHER),
    ("AmazonSageMaker", "Frobnicate-Units", "", OTHER),
    ("SomethingNew", "Usage-1", "", OTHER),
    ("", "", "", OTHER),
]


@pytest.mark.parametrize(("service", "usage_type", "operation", "cause"), NAMES)
def test_the_cause_of_a_name(service: str, usage_type: str, operation: str, cause: str) -> None:
    assert cause_of_names(service, usage_type, operation, "usage", "").cause == cause
    assert cause_of_names(service, usage_type.upper(), operation, "usage", "").cause == cause


DESCRIBED = [
    ("AmazonS3", "$0.023 per GB - first 50 TB / month of storage used", "bucket-storage"),
    ("AmazonS3", "$0.0125 per GB-Month of storage used in Standard-Infrequent Access", "bucket-storage"),
    ("AmazonS3", "$0.005 per 1,000 PUT, COPY, POST, or LIST requests", "requests"),
    ("AmazonS3", "$0.004 per 10,000 GET and all other requests", "requests"),
    ("AmazonS3", "$0.01 per GB - Standard-IA data retrieved: retrieval", "retrieval"),
    ("AmazonS3", "$0.090 per GB - first 10 TB / month data transfer out beyond the global free tier", "egress"),
    ("AmazonS3", "$0.02 per GB - US West (Oregon) data transfer to EU (Germany)", "between-regions"),
    ("AmazonS3", "$0.00 per GB - US West (Oregon) data transfer from EU (Germany)", "between-regions"),
    ("AmazonS3", "$0.00 per GB data transfer out of US West (Oregon) to CloudFront", "cdn"),
    ("AmazonEC2", "$0.526 per On Demand Linux g4dn.xlarge Instance Hour", "machines"),
    ("AmazonEC2", "g4dn.xlarge Linux/UNIX Spot Instance-hour in US West (Oregon)", "machines"),
    ("AmazonEC2", "$0.08 per GB-month of General Purpose (gp3) provisioned storage - US East", "disks"),
    ("AmazonEC2", "$0.05 per GB-Month of snapshot data stored - US West (Oregon)", "snapshots"),
    ("AmazonEC2", "$0.045 per NAT Gateway Hour", "nat"),
    ("AmazonEC2", "$0.045 per GB Data Processed by NAT Gateways", "nat"),
    ("AmazonEC2", "$0.010 per GB - regional data transfer - in/out/between EC2 AZs", "between-zones"),
    ("AmazonEC2", "$0.005 per Elastic IP address not attached to a running instance per hour", "addresses"),
    ("AmazonVPC", "$0.005 per In-use public IPv4 address per hour", "addresses"),
    ("AmazonSageMaker", "$0.055 per Notebook ml.t3.medium hour in EU (Ireland)", "notebook"),
    ("AmazonSageMaker", "$0.8218 for SageMaker Studio Notebook Instance ml.g4dn.xlarge per hour", "studio"),
    ("AmazonSageMaker", "$0.154 per GB-Mo of Notebook Instance ML storage", "notebook"),
    ("AmazonSageMaker", "$0.821 for Endpoint ml.g4dn.xlarge", "endpoint"),
    ("AmazonSageMaker", "$7.91 per Hosting ml.g5.12xlarge hour in Europe (Ireland)", "endpoint"),
    ("AmazonSageMaker", "$0.822 per Training Warm Pool job ml.g4dn.xlarge hour in EU (Ireland)", "warm-pool"),
    ("AmazonSageMaker", "$1.57 per Training ml.g5.xlarge hour in Europe (Ireland)", "training"),
    ("Virtual Machines", "D2s v3", "machines"),
    ("Amazon S3", "$0.0025 per 1,000 objects monitored, Intelligent-Tiering", "bucket-management"),
    ("AmazonS3", "$0.01 per GB retrieved from Infrequent Access storage: retrieval", "retrieval"),
    ("AmazonEC2", "$0.000 per GB - first 1 GB of data transferred out per month", "egress"),
    ("AmazonEC2", "Linux/UNIX (Amazon VPC), m5.large reserved instance applied", "machines"),
    ("Amazon Elastic Block Store", "$0.10 per GB-month of General Purpose SSD (gp2) provisioned storage", "disks"),
    ("Amazon Elastic Load Balancing", "$0.0225 per Application LoadBalancer-hour (or partial hour)", "load-balancers"),
    ("Compute Engine", "N1 Predefined Instance Core running in Americas", "machines"),
    ("Compute Engine", "Nvidia Tesla T4 GPU running in Americas", "machines"),
    ("Compute Engine", "SSD backed PD Capacity", "disks"),
    ("Compute Engine", "Network Internet Egress from Americas to EMEA", "egress"),
    ("Cloud Storage", "Standard Storage US Multi-region", "bucket-storage"),
    ("Cloud Storage", "Regional Standard Class A Operations", "requests"),
    ("Cloud Storage", "Download Worldwide Destinations (excluding Asia & Australia)", "egress"),
    ("Vertex AI", "Custom Training N1 core", "ai-services"),
    ("Virtual Machines", "Standard NC6s v3", "machines"),
    ("Storage Accounts", "Premium SSD Managed Disks - P10 LRS Disk", "disks"),
    ("Storage Accounts", "Hot LRS Data Stored", "bucket-storage"),
    ("Bandwidth", "Standard Data Transfer Out", "egress"),
    ("Virtual Network", "Standard IPv4 Static Public IP", "addresses"),
    ("Azure NAT Gateway", "Standard Gateway", "nat"),
    ("SomethingNew", "$1 per wish", OTHER),
]


@pytest.mark.parametrize(("service", "description", "cause"), DESCRIBED)
def test_the_cause_of_a_description_where_no_usage_type_is_stated(service: str, description: str, cause: str) -> None:
    assert cause_of_names(service, "", "", "usage", description).cause == cause


def test_a_description_tells_what_a_usage_type_does_not_and_says_so() -> None:
    found = cause_of_names("AmazonS3", "New-Bytes", "", "usage", "$0.023 per GB - month of storage used")
    assert (found.cause, found.by_description) == ("bucket-storage", True)


@pytest.mark.parametrize(
    ("charge", "cause"),
    [
        ("tax", "tax"),
        ("credit", "credits"),
        ("refund", "refunds"),
        ("discount", "discounts"),
        ("reserved_fee", "commitments"),
        ("savings_plan_fee", "commitments"),
        ("savings_plan_usage", "machines"),
        ("savings_plan_negation", "machines"),
        ("discounted_usage", "machines"),
    ],
)
def test_a_charge_goes_before_names_and_a_negation_to_what_it_negates(charge: str, cause: str) -> None:
    assert cause_of_names("AmazonEC2", "BoxUsage:m5.large", "RunInstances", charge, "").cause == cause


def test_a_service_alone_is_undivided_and_a_fee_is_a_fee() -> None:
    assert cause_of_names("AmazonS3", "", "", "usage", "").cause == "undivided"
    assert cause_of_names("SomethingNew", "", "", "fee", "").cause == "fees"


def test_every_usage_type_of_the_book_has_a_named_cause_with_every_code_in_front() -> None:
    book = load_book(DEFAULT_BOOK)
    codes = [code for region in regions().values() for code in region.codes]
    services = [service for service in book.services() if service.startswith(("Amazon", "AWS", "aws"))]
    known = sorted({(service, name) for service in services for name, _ in book.keys(service, "us-east-1")})
    assert len(known) > 200
    for number, (service, name) in enumerate(known):
        cause = cause_of_names(service, name, "", "usage", "").cause
        assert cause != OTHER, (service, name)
        code = codes[number % len(codes)]
        assert cause_of_names(service, f"{code}-{name}", "", "usage", "").cause == cause, (service, f"{code}-{name}")


@pytest.mark.parametrize("amount", [each for each in amount_causes() if each.usage_type], ids=lambda each: each.name)
def test_what_can_make_an_amount_has_a_named_cause_on_a_bill(amount: AmountCause) -> None:
    for machine in amount.types or ("",):
        usage_type = amount.usage_type.replace("*", machine)
        found = cause_of_names(amount.service, usage_type, amount.operation, "usage", "")
        assert found.cause != OTHER, usage_type


def test_a_session_of_data_wrangler_is_no_studio_app() -> None:
    found = cause_of_names("AmazonSageMaker", "EU-Studio_DW:KernelGateway-ml.m5.4xlarge", "RunInstance", "usage", "")
    assert found.cause == "data-wrangler"

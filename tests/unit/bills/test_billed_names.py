"""What a bill leaves out is told from what it says, where one answer is possible."""

from __future__ import annotations

from pathlib import Path

import pytest

from cloudcost.bills.read import read_bill
from cloudcost.catalog.aws.billed_names import region_in, service_of, usage_type_in
from cloudcost.catalog.tables import DATA, read_table

GIVEN = Path(__file__).parents[4] / "shared" / "data" / "bills"


@pytest.mark.parametrize(
    ("usage_type", "service"),
    [
        ("Train:ml.m5.xlarge", "AmazonSageMaker"),
        ("TrainWarmPool:VolumeUsage.gp2", "AmazonSageMaker"),
        ("Requests-Tier1", "AmazonS3"),
        ("EBS:VolumeUsage.gp3", "AmazonEC2"),
        ("TimedStorage-ByteHrs", ""),
        ("Something:new", ""),
    ],
)
def test_a_usage_type_that_one_service_has_names_it(usage_type: str, service: str) -> None:
    assert service_of(usage_type) == service


@pytest.mark.parametrize(
    ("description", "unit", "usage_type"),
    [
        ("$0.005 per 1,000 PUT, COPY, POST, or LIST requests", "Requests", "Requests-Tier1"),
        ("$0.004 per 10,000 GET and all other requests to Intelligent-Tiering", "Requests", "Requests-INT-Tier2"),
        ("$0.023 per GB - first 50 TB / month of storage used", "GB-Mo", "TimedStorage-ByteHrs"),
        ("$0.023 per GB - first 50 TB / month of storage used", "Requests", ""),
        ("$0.02 per GB - US West (Oregon) data transfer to US East (Northern Virginia)", "GB", "USE1-AWS-Out-Bytes"),
        ("$0.00 per GB - US West (Oregon) data transfer from US East (Ohio)", "GB", "USE2-AWS-In-Bytes"),
        ("$0.02 per GB - US West (Oregon) data transfer to EU (Nowhere)", "GB", ""),
        ("USD 0.02 per GB for EUN1-AWS-Out-Bytes in Africa (Cape Town)", "GB", "EUN1-AWS-Out-Bytes"),
        ("storage of some kind", "GB-Mo", ""),
    ],
)
def test_a_description_tells_a_usage_type_where_it_is_certain(description: str, unit: str, usage_type: str) -> None:
    assert usage_type_in(description, unit) == usage_type


def test_two_places_in_a_description_are_no_region() -> None:
    assert region_in("$0.1 per hour in EU (Ireland)") == "eu-west-1"
    assert region_in("$0.02 per GB - US West (Oregon) data transfer to EU (Ireland)") == ""


def test_each_description_has_a_source() -> None:
    rows = read_table(DATA / "billed_descriptions.csv", ("description", "unit", "usage_type", "source"))
    sources = {row.split(",")[0] for row in (DATA / "sources.csv").read_text(encoding="utf-8").splitlines()}
    assert {source for *_, source in rows} <= sources


def test_lines_of_no_region_take_the_only_one_and_say_so(tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    path.write_text("usage_type,cost,description\nTrain:ml.a,1,x in EU (Ireland)\nTrain:ml.b,2,y\n", encoding="utf-8")
    bill = read_bill([path])
    assert {line.region for line in bill.lines} == {"eu-west-1"}
    assert bill.notes == ("1 line names no region: eu-west-1 is taken, the only one that the others name",)


@pytest.mark.skipif(not GIVEN.is_dir(), reason="needs ../shared/data beside the checkout")
def test_the_given_bills_have_names() -> None:
    sagemaker = read_bill([GIVEN / "sagemaker_eu_west_1_2023-12.csv"])
    assert {(line.service, line.region) for line in sagemaker.lines} == {("AmazonSageMaker", "eu-west-1")}
    s3 = read_bill([GIVEN / "focus_1_0_s3_rows.csv"])
    unnamed = sum(line.count for line in s3.lines if not line.usage_type)
    assert unnamed <= 3, "of 36 rows"

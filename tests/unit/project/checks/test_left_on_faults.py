"""What is left on has names that bills know: each misspelt one is a fault of the file that names its key."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cloudcost.catalog.books.book import load_book
from cloudcost.domain.left_on import LeftOn
from cloudcost.errors import ProjectFileError
from cloudcost.project.checks import left_on
from cloudcost.project.checks.left_on import option_names
from cloudcost.project.file import parse_project
from cloudcost.project.keys.tables import ProjectTable

FRAME = """[project]
region = "us-west-2"
start = 2025-09-01
[dataset]
images = 10
size = "1 GB"
[[training]]
network = "resnet18"
epochs = 1
[[option]]
name = "od"
kind = "ec2"
instance = "g4dn.xlarge"
[[option]]
kind = "local"
owned = true
device = "T4"
country = "MEX"
"""
ENDPOINT = {"service": "AmazonSageMaker", "usage_type": "Host:ml.g5.2xlarge"}
KNOWN = (
    ENDPOINT,
    {"service": "AmazonEC2", "usage_type": "NatGateway-Hours"},
    {"service": "AmazonVPC", "usage_type": "NatGateway-Hours"},
    {"service": "AmazonEC2", "usage_type": "EBS:VolumeP-IOPS.gp3"},
    {"service": "AmazonEC2", "usage_type": "USW2-EBS:SnapshotUsage"},
    {"service": "AmazonEC2", "usage_type": "BoxUsage:p5.48xlarge", "region": "eu-south-1"},
    {"service": "AmazonEC2", "usage_type": "BoxUsage:m5.large", "operation": "RunInstances"},
    {"service": "AmazonSageMaker", "usage_type": "Studio:ml.t3.medium", "option": "od"},
    {"service": "AmazonSageMaker", "usage_type": "Notebk:VolumeUsage.gp2", "region": "us-east-1"},
    {"service": "AmazonS3", "usage_type": "Requests-Tier1"},
    {"service": "AmazonS3", "usage_type": "DataTransfer-Out-Bytes"},
    {"service": "awskms", "usage_type": "KMS-Keys", "region": "us-east-1"},
    {"service": "GCP", "usage_type": "g2-standard-4", "region": "us-central1", "option": "local T4"},
)  # fmt: skip


def text_of(**keys: object) -> str:
    lines = [f"{key} = {value if isinstance(value, Decimal | int) else repr(value)}" for key, value in keys.items()]
    return "\n".join([FRAME, "[[left_on]]", *lines, ""])


def told(text: str) -> list[str]:
    try:
        parse_project(text, name="p.toml", today=date(2026, 11, 22))
    except ProjectFileError as error:
        return list(error.faults)
    return []


@pytest.mark.parametrize("keys", KNOWN, ids=lambda keys: keys["usage_type"])
def test_what_bills_know_is_no_fault(keys: dict[str, str]) -> None:
    assert told(text_of(**keys)) == []


@pytest.mark.parametrize("keys", KNOWN, ids=lambda keys: keys["usage_type"])
@settings(max_examples=8)
@given(data=st.data())
def test_a_misspelt_name_is_a_fault_that_names_its_key(keys: dict[str, str], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(keys)))
    value = keys[key]
    at = data.draw(st.integers(0, len(value) - 1))
    letter = data.draw(st.sampled_from("qxzQX"))
    wrong = data.draw(st.sampled_from([value[:at] + letter + value[at + 1 :], value[:at] + letter + value[at:]]))
    assume(wrong.lower() != value.lower())
    faults = told(text_of(**{**keys, key: wrong}))
    assert [fault for fault in faults if fault.startswith(f"p.toml:left_on[0].{key}: ")], faults


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ({"usage_type": "Host:ml.g5.2xlarge"}, "left_on[0].service: missing, no value, add service = "),
        ({"service": "AmazonEC2"}, 'left_on[0].usage_type: missing, no value, add usage_type = "Host:ml.g5.2xlarge"'),
        ({**ENDPOINT, "service": "AmazonSagemakr"},
         'left_on[0].service: unknown service, "AmazonSagemakr", did you mean AmazonSageMaker or'),
        ({**ENDPOINT, "usage_type": "Host:ml.g5.2xlarg"},
         'left_on[0].usage_type: unknown usage type, "Host:ml.g5.2xlarg", did you mean Host:ml.g5.2xlarge'),
        ({"service": "AmazonEC2", "usage_type": "nothing at all"},
         'unknown usage type, "nothing at all", cloudcost prices list --service AmazonEC2 lists them'),
        ({"service": "AmazonEC2", "usage_type": "USE1-NatGateway-Hours"},
         "left_on[0].usage_type: USE1 is the prefix of another region than us-west-2"),
        ({**ENDPOINT, "region": "us-west-9"},
         'left_on[0].region: unknown region, "us-west-9", did you mean us-west-1 or us-west-2?'),
        ({"service": "GCP", "usage_type": "g2-standard-4", "option": "od"}, "left_on[0].region: missing, no value"),
        ({"service": "AmazonS3", "usage_type": "DataTransfer-Out-Bytes", "region": "eu-west-1"},
         "left_on[0].region: traffic to the internet is counted out of the project's region alone"),
        ({"service": "AmazonS3", "usage_type": "Standard-Retrieval-Bytes", "region": "us-east-1"},
         'left_on[0].operation: missing, no value, add operation = "DeepArchiveRestoreObject" or'),
        ({"service": "AmazonS3", "usage_type": "Standard-Retrieval-Bytes", "operation": "RestoreObjct"},
         'operation: no price of Standard-Retrieval-Bytes under it, "RestoreObjct", did you mean RestoreObject'),
        ({"service": "AmazonEC2", "usage_type": "BoxUsage:m5.large", "operation": "RunInstances:0002"},
         "left_on[0].operation: RunInstances:0002 is Windows, another price; the price known is of RunInstances, "
         '"RunInstances:0002", name one that the price holds, or leave out the whole row'),
        ({**ENDPOINT, "option": "o d"}, 'left_on[0].option: unknown option, "o d", did you mean od'),
        ({**ENDPOINT, "quantity": 0}, "left_on[0].quantity: not over 0, 0, write e.g. quantity = 1"),
        ({**ENDPOINT, "quantity": Decimal("0.0000001")}, "left_on[0].quantity: has more than 6 decimals"),
        ({**ENDPOINT, "from": "tomorrow"}, 'left_on[0].from: neither a day nor a time, "tomorrow", write it as 2026'),
        ({**ENDPOINT, "from": "1999-01-01"}, "left_on[0].from: not between 2006-03-14 and 2199-12-31"),
        ({**ENDPOINT, "from": "2025-09-03", "until": "2025-09-02T23:00:00Z"}, "left_on[0].until: not after from"),
        ({**ENDPOINT, "until": "2025-08-01"}, "left_on[0].until: not after the project's start, "),
        ({**ENDPOINT, "from": "2025-12-01"}, "left_on[0].from: after the project ends, from 2025-12-01 00:00 until"),
        ({**ENDPOINT, "quantty": 3}, "left_on[0].quantty: unknown key, 3, did you mean quantity?"),
    ],
)  # fmt: skip
def test_each_fault_is_told(keys: dict[str, object], fault: str) -> None:
    assert [each for each in told(text_of(**keys)) if fault in each], told(text_of(**keys))


def test_a_project_that_starts_today_may_not_have_lost_it_before() -> None:
    text = text_of(**ENDPOINT, until="2026-11-22").replace("start = 2025-09-01\n", "")
    [fault] = told(text)
    assert "left_on[0].until: before it begins, from 2026-11-22 00:00 until 2026-11-22 00:00" in fault


def test_without_an_option_at_aws_the_option_has_to_be_named() -> None:
    text = text_of(**ENDPOINT).replace('kind = "ec2"\ninstance = "g4dn.xlarge"', 'kind = "colab"\naccelerator = "T4"')
    assert [fault for fault in told(text) if "option: no option runs at AWS" in fault and 'option = "od"' in fault]


def test_one_table_is_no_list_of_tables() -> None:
    text = text_of(**ENDPOINT).replace("[[left_on]]", "[left_on]")
    assert [fault for fault in told(text) if "left_on: not a list of tables" in fault and "write [[left_on]]" in fault]


def test_every_fault_of_every_row_is_told_at_once() -> None:
    row = text_of(service="AmazonEC2", usage_type="x").partition("[[left_on]]")[2]
    faults = told(text_of(service="y", usage_type="x", quantity=-1) + "[[left_on]]" + row)
    assert [fault.split(": ")[0] for fault in faults] == [
        "p.toml:left_on[0].quantity", "p.toml:left_on[0].service", "p.toml:left_on[1].usage_type",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2025-09-02", datetime(2025, 9, 2, tzinfo=UTC)),
        ('"2025-09-02"', datetime(2025, 9, 2, tzinfo=UTC)),
        ("2025-09-02T10:00:00", datetime(2025, 9, 2, 10, tzinfo=UTC)),
        ("2025-09-02 10:00:00Z", datetime(2025, 9, 2, 10, tzinfo=UTC)),
        ("2025-09-02T10:00:00-06:00", datetime(2025, 9, 2, 16, tzinfo=UTC)),
        ('"2025-09-02T10:00:00+02:00"', datetime(2025, 9, 2, 8, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_as_utc(written: str, read: datetime) -> None:
    text = text_of(**ENDPOINT, quantity=Decimal("2.5")) + f"from = {written}\nuntil = 2025-10-01T00:00:00Z\n"
    project = parse_project(text, name="p.toml", today=date(2026, 11, 22))
    until = datetime(2025, 10, 1, tzinfo=UTC)
    assert project.left_on == (LeftOn(**ENDPOINT, quantity=Decimal("2.5"), since=read, until=until),)


def test_the_region_s_prefix_is_taken_off() -> None:
    project = parse_project(text_of(service="AmazonEC2", usage_type="USW2-NatGateway-Hours"), name="p.toml",
                            today=date(2026, 11, 22))  # fmt: skip
    assert project.left_on[0].usage_type == "NatGateway-Hours"


def test_the_default_region_is_the_table_s() -> None:
    assert ProjectTable.model_fields["region"].default == left_on.DEFAULT_REGION


def test_options_are_called_as_reading_calls_them() -> None:
    project = parse_project(FRAME, name="p.toml", today=date(2026, 11, 22))
    assert option_names(tomllib.loads(FRAME)["option"]) == [option.name for option in project.options]


def test_every_service_of_the_book_may_be_left_on() -> None:
    assert {keys["service"] for keys in KNOWN} <= {*load_book().services(), "AmazonVPC"}


@pytest.mark.parametrize(
    ("service", "usage_type", "region", "billed"),
    [
        ("GCP", "g2-standard-4", "us-central1",
         ['kind = "cloud"\ninstance = "g2-standard-8"\nregion = "us-central1"',
          'kind = "cloud"\nprovider = "google cloud"\ndevice = "T4"\nusd_per_hour = 1',
          'kind = "cloud"\ndevice = "T4"\nusd_per_hour = 1']),
        ("GoogleColab", "ComputeUnits", "global", ['kind = "colab"\naccelerator = "T4"']),
    ],
)  # fmt: skip
def test_what_is_left_on_at_another_provider_needs_an_option_there(
    service: str, usage_type: str, region: str, billed: list[str]
) -> None:
    row = {"service": service, "usage_type": usage_type, "region": region}
    if service == "GoogleColab":
        row["operation"] = "pack-500"
    text = text_of(**row)
    elsewhere = f"left_on[0].option: no option runs at {service}, so none would be billed for it"
    assert [fault for fault in told(text) if elsewhere in fault and 'option = "od"' in fault], told(text)
    paperspace = 'kind = "cloud"\nprovider = "Paperspace"\ndevice = "T4"\nusd_per_hour = 1'
    for option, fault in [*((option, False) for option in billed), (paperspace, True)]:
        changed = text.replace('kind = "ec2"\ninstance = "g4dn.xlarge"', option)
        assert any(elsewhere in each for each in told(changed)) == fault, option

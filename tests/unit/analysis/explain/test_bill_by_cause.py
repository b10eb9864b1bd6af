"""A bill by cause: the laws of its sums, and what the hours, days and names of a bill tell."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.analysis.explain.alarm import alarm_command
from cloudcost.analysis.explain.bill import explain_bill
from cloudcost.domain.bills import BillLine, ReadBill, Unread
from cloudcost.errors import InputError
from cloudcost.money import exact_sum
from cloudcost.results.explanation import ExplainedCause, Explanation
from cloudcost.units import BillingMonth

TODAY = date(2026, 11, 22)
START = datetime(2026, 10, 1, tzinfo=UTC)
OCTOBER = BillingMonth(2026, 10)


def explained(lines: Sequence[BillLine], **asked: object) -> Explanation:
    return explain_bill(ReadBill(lines=tuple(lines), files=("bill.csv",)), today=TODAY, **asked)  # type: ignore[arg-type]


def hours_of(
    usage_type: str, *, days: int, hours: int = 24, usd: str = "0.9", service: str = "AmazonSageMaker", first: int = 0
) -> list[BillLine]:
    """Return a line for each hour that something ran, the first `hours` of each of `days`."""
    return [
        BillLine(
            service=service,
            region="us-east-1",
            usage_type=usage_type,
            begin=START + timedelta(days=day, hours=hour),
            end=START + timedelta(days=day, hours=hour + 1),
            month=OCTOBER,
            quantity=Decimal(1),
            unit="Hrs",
            billed_usd=Decimal(usd),
            line=2 + 24 * day + hour,
            file="bill.csv",
        )
        for day in range(first, first + days)
        for hour in range(hours)
    ]


def month_of(usage_type: str, quantity: str, usd: str, **others: object) -> BillLine:
    """Return a line of all of October."""
    stated: dict[str, object] = {
        "service": "AmazonSageMaker",
        "region": "us-east-1",
        "usage_type": usage_type,
        "month": OCTOBER,
        "quantity": Decimal(quantity),
        "unit": "Hrs",
        "billed_usd": Decimal(usd),
        "file": "bill.csv",
        "line": 2,
    }
    return BillLine(**(stated | others))  # type: ignore[arg-type]


def cause(explanation: Explanation, key: str) -> ExplainedCause:
    [found] = [each for each in explanation.causes if each.key == key]
    return found


NAMES = [
    ("AmazonS3", "TimedStorage-ByteHrs"), ("AmazonS3", "Requests-Tier1"), ("AmazonEC2", "BoxUsage:p3.2xlarge"),
    ("AmazonEC2", "NatGateway-Hours"), ("AmazonEC2", "EBS:VolumeUsage.gp3"), ("AmazonSageMaker", "Notebk:ml.t3.medium"),
    ("AWSDataTransfer", "DataTransfer-Out-Bytes"), ("SomethingNew", "New-1"), ("", ""),
]  # fmt: skip
usd = st.decimals(min_value=-100, max_value=1000, places=10, allow_nan=False)


@st.composite
def bill_lines(draw: st.DrawFn) -> BillLine:
    service, usage_type = draw(st.sampled_from(NAMES))
    day = draw(st.integers(0, 80))
    begin = START + timedelta(days=day)
    timed = draw(st.booleans())
    return BillLine(
        service=service,
        region=draw(st.sampled_from(["", "us-east-1", "eu-west-1"])),
        usage_type=usage_type,
        charge=draw(st.sampled_from(["usage", "usage", "usage", "tax", "credit", "refund", "savings_plan_negation"])),
        begin=begin if timed else None,
        end=begin + timedelta(hours=draw(st.integers(0, 1000))) if timed else None,
        month=draw(st.sampled_from([None, OCTOBER, BillingMonth(2026, 11)])),
        quantity=draw(st.none() | st.decimals(min_value=-100, max_value=1000, places=6)),
        unit=draw(st.sampled_from(["Hrs", "GB-Mo", "Requests", ""])),
        billed_usd=draw(usd),
        amortized_usd=draw(st.none() | usd),
        account=draw(st.sampled_from(["", "111122223333"])),
        count=draw(st.integers(1, 5)),
        line=draw(st.integers(2, 10**6)),
        file="bill.csv",
    )


bills = st.lists(bill_lines(), max_size=30)


@given(bills, usd)
def test_causes_and_what_is_unexplained_are_the_bill_to_the_last_digit(lines: list[BillLine], unread: Decimal) -> None:
    bill = ReadBill(lines=tuple(lines), unread=Unread(count=1, usd=unread))
    found = explain_bill(bill, today=TODAY)
    assert exact_sum([each.usd for each in found.causes] + [found.unexplained_usd]) == found.billed_usd
    assert found.billed_usd == exact_sum([line.billed_usd for line in lines] + [unread])
    assert sum(each.lines for each in found.causes) == found.lines == sum(line.count for line in lines)
    for each in found.causes:
        assert exact_sum([item.usd for item in each.items]) == each.usd


@given(bills, st.randoms(use_true_random=False))
def test_the_order_of_rows_is_of_no_matter(lines: list[BillLine], random: object) -> None:
    mixed = list(lines)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = explained(lines), explained(mixed)
    assert [(each.key, each.usd, each.evidence, each.saved_usd) for each in one.causes] == [
        (each.key, each.usd, each.evidence, each.saved_usd) for each in other.causes
    ]


@given(bills, bills)
def test_two_bills_together_are_the_sum_of_each(some: list[BillLine], others: list[BillLine]) -> None:
    amounts: dict[str, list[Decimal]] = {}
    for each in (*explained(some).causes, *explained(others).causes):
        amounts.setdefault(each.key, []).append(each.usd)
    together = {each.key: each.usd for each in explained([*some, *others]).causes}
    assert {key: exact_sum(parts) for key, parts in amounts.items()} == together


@given(bills, st.none() | st.integers(0, 2**50))
def test_nothing_is_saved_that_was_not_spent(lines: list[BillLine], live: int | None) -> None:
    positive = [line for line in lines if line.billed_usd > 0]
    for each in explained(positive, live_bytes=live).causes:
        assert each.saved_usd is None or 0 <= each.saved_usd <= each.usd
        assert all(0 <= part.low_usd <= part.high_usd <= each.usd for part in each.split)


def test_a_notebook_of_24_hours_on_each_of_4_days_was_left_on() -> None:
    found = cause(explained(hours_of("Notebk:ml.p2.xlarge", days=4, usd="1.125")), "notebook")
    assert (found.running, found.name, found.usd) == ("left on", "notebook instance left on", Decimal("108"))
    assert "24 h of each of 4 days (2026-10-01 to 2026-10-04): left on" in found.evidence[0]
    assert found.saved_usd == Decimal("72")  # 16 of 24 h
    assert found.items[0].unit_price_usd == Decimal("1.125")


def test_a_notebook_of_office_hours_was_not_left_on() -> None:
    found = cause(explained(hours_of("Notebk:ml.p2.xlarge", days=4, hours=8)), "notebook")
    assert (found.running, found.name, found.saved_usd) == ("on and off", "notebook instance, on and off", None)
    assert "8 h a day on 4 days" in found.evidence[0]
    assert not found.stop


def test_the_days_of_start_and_stop_may_be_shorter() -> None:
    lines = [*hours_of("Notebk:ml.p2.xlarge", days=1, hours=5), *hours_of("Notebk:ml.p2.xlarge", days=3, first=1)]
    found = cause(explained(lines), "notebook")
    assert "24 h of each of 3 days (2026-10-02 to 2026-10-04), and less on 1 day at the ends" in found.evidence[0]


def test_days_with_a_gap_between_them_are_on_and_off() -> None:
    lines = [*hours_of("Notebk:ml.p2.xlarge", days=1), *hours_of("Notebk:ml.p2.xlarge", days=2, first=5)]
    assert cause(explained(lines), "notebook").running == "on and off"


def test_two_machines_of_one_name_are_told_by_their_hours() -> None:
    lines = 2 * hours_of("BoxUsage:p3.2xlarge", days=3, service="AmazonEC2")
    found = cause(explained(lines), "machines")
    assert "48 h of each of 3 days (2026-10-01 to 2026-10-03), as many as 2 machines: left on" in found.evidence[0]


def test_a_report_of_months_cannot_tell_left_on_from_used() -> None:
    span = {"begin": START, "end": START + timedelta(hours=96)}
    found = cause(explained([month_of("Notebk:ml.p2.xlarge", "96", "86.40", **span)]), "notebook")
    assert found.evidence[0] == "Notebk:ml.p2.xlarge in us-east-1: 96 of 96 h: left on, or used, cannot tell"
    assert (found.running, found.name) == ("cannot tell", "notebook instance, left on or used")
    assert found.saved_usd == Decimal("57.6")


def test_hours_without_any_time_are_held_against_the_months_that_there_are() -> None:
    lines = [month_of("Notebk:ml.t3.medium", "744", "40.92", month=None)]
    assert "744 h, all hours of a month of 31 days" in cause(explained(lines), "notebook").evidence[0]
    lines = [month_of("Notebk:ml.t3.medium", "100", "5.50", month=None)]
    assert "the bill does not say when" in cause(explained(lines), "notebook").evidence[0]


def test_lines_of_minutes_among_lines_without_time_tell_no_time() -> None:
    lines = [
        month_of("Notebk:ml.t3.medium", "5", "1", month=None),
        month_of("Notebk:ml.t3.medium", "5", "1", begin=START, end=START + timedelta(minutes=10)),
    ]
    assert "the bill does not say when" in cause(explained(lines), "notebook").evidence[0]


def test_more_hours_than_a_month_has_are_of_several_machines() -> None:
    [said] = cause(explained([month_of("Host:ml.m5.xlarge", "800", "184")]), "endpoint").evidence
    assert "800 h in 744 h, so 2 or more of them" in said


def test_jobs_that_end_by_themselves_are_never_left_on() -> None:
    found = cause(explained(hours_of("Train:ml.g5.xlarge", days=3)), "training")
    assert (found.running, found.evidence) == (None, ("72 machine-hours on 3 days (2026-10-01 to 2026-10-03)",))


def test_what_is_kept_is_a_range_unless_the_live_objects_are_told() -> None:
    line = month_of("TimedStorage-ByteHrs", "200", "4.60", service="AmazonS3", unit="GB-Mo")
    found = cause(explained([line]), "bucket-storage")
    assert [(each.low_usd, each.high_usd) for each in found.split] == 3 * [(Decimal(0), Decimal("4.60"))]
    told = cause(explained([line], live_bytes=48 << 30), "bucket-storage")
    live, versions, _ = told.split
    assert live.low_usd == live.high_usd == Decimal("1.104")  # 48 of 200 GB-months
    assert versions.high_usd == told.saved_usd == Decimal("3.496")


def test_growth_by_day_is_told() -> None:
    lines = [
        month_of(
            "TimedStorage-ByteHrs", str(gib), "1", service="AmazonS3", unit="GB-Mo",
            begin=START + timedelta(days=day), end=START + timedelta(days=day + 1),
        )
        for day, gib in enumerate((1, 2, 4))
    ]  # fmt: skip
    assert (
        "31 GiB on 2026-10-01, 124 GiB on 2026-10-03: it grew" in cause(explained(lines), "bucket-storage").evidence[0]
    )


def test_a_day_that_the_bill_covers_in_part_is_not_called_smaller() -> None:
    lines = hours_of("TimedStorage-ByteHrs", days=2, service="AmazonS3")
    gib = [replace(each, unit="GB-Mo", quantity=Decimal(100) / 744) for each in lines[:-18]]
    assert "100 GiB on 2026-10-01, 100 GiB on 2026-10-02" in cause(explained(gib), "bucket-storage").evidence[0]


def test_disks_cost_while_no_machine_runs() -> None:
    machines = hours_of("BoxUsage:p3.2xlarge", days=2, hours=6, service="AmazonEC2")
    volumes = hours_of("EBS:VolumeUsage.gp3", days=2, service="AmazonEC2", usd="0.01")
    found = cause(explained([*machines, *volumes]), "disks")
    assert found.evidence == ("in 36 hours no machine ran in the disk's region: 0.36 USD",)
    assert found.saved_usd == Decimal("0.36")
    used = cause(
        explained([*machines, *hours_of("EBS:VolumeUsage.gp3", days=2, hours=6, service="AmazonEC2")]), "disks"
    )
    assert (used.saved_usd, used.evidence) == (None, ("in all hours of a disk a machine ran in its region",))


def test_disks_of_a_report_by_month_are_not_called_idle() -> None:
    volume = month_of("EBS:VolumeUsage.gp3", "100", "8", service="AmazonEC2", unit="GB-Mo")
    assert cause(explained([volume]), "disks").saved_usd is None
    hourly = hours_of("EBS:VolumeUsage.gp3", days=1, service="AmazonEC2")
    machine = month_of("BoxUsage:m5.large", "10", "1", service="AmazonEC2")
    assert "does not say when machines ran" in cause(explained([*hourly, machine]), "disks").evidence[0]


def test_only_idle_addresses_are_called_saved() -> None:
    lines = [
        month_of("PublicIPv4:IdleAddress", "744", "3.72", service="AmazonVPC"),
        month_of("PublicIPv4:InUseAddress", "744", "3.72", service="AmazonVPC"),
    ]
    found = cause(explained(lines), "addresses")
    assert (found.usd, found.saved_usd) == (Decimal("7.44"), Decimal("3.72"))
    assert cause(explained(lines[1:]), "addresses").saved_usd is None


@pytest.mark.parametrize(
    ("usage_type", "key", "said"),
    [
        ("DataTransfer-Out-Bytes", "egress", "us-east-1 to the internet: 10 GB, 0.90 USD"),
        ("USW2-AWS-Out-Bytes", "between-regions", "us-east-1 to us-west-2: 10 GB, 0.90 USD"),
        ("EU-AWS-In-Bytes", "between-regions", "eu-west-1 to us-east-1: 10 GB, 0.90 USD"),
    ],
)
def test_where_bytes_went(usage_type: str, key: str, said: str) -> None:
    line = month_of(usage_type, "10", "0.90", service="AmazonS3", unit="GB")
    assert cause(explained([line]), key).evidence == (said,)


def test_requests_are_told_by_who_makes_them() -> None:
    lines = [
        month_of("Requests-Tier1", "1000", "0.005", service="AmazonS3", unit="Requests", operation="PutObject"),
        month_of("Requests-Tier2", "2500", "0.001", service="AmazonS3", unit="Requests", operation="GetObject"),
    ]
    found = cause(explained(lines), "requests")
    assert found.evidence == ("PutObject: 1,000 Requests, 0.0050 USD", "GetObject: 2,500 Requests, 0.0010 USD")
    assert [item.part for item in found.items] == ["uploads", "reads"]


def test_what_no_rule_knows_is_other_with_its_services() -> None:
    lines = [month_of("New-1", "1", "3", service="SomethingNew"), month_of("New-2", "1", "2", service="Else")]
    found = cause(explained(lines), "other")
    assert found.usd == 5
    assert found.evidence == ("SomethingNew New-1: 1 Hrs, 3.00 USD", "Else New-2: 1 Hrs, 2.00 USD")


def test_a_price_in_the_description_is_taken_where_it_gives_the_amount() -> None:
    line = month_of("Host:ml.g5.12xlarge", "22.409", "177.26", description="$7.91 per Hosting ml.g5.12xlarge hour")
    assert cause(explained([line]), "endpoint").items[0].unit_price_usd == Decimal("7.91")
    other = month_of("Host:ml.g5.12xlarge", "22.409", "177.26", description="$7.00 per Hosting ml.g5.12xlarge hour")
    assert cause(explained([other]), "endpoint").items[0].unit_price_usd is None


def test_costs_on_another_basis_and_its_absence() -> None:
    lines = [
        month_of("BoxUsage:m5.large", "10", "0", service="AmazonEC2", amortized_usd=Decimal("0.6")),
        month_of("", "1", "5", service="AmazonEC2", charge="tax"),
    ]
    assert explained(lines, basis="amortized").billed_usd == Decimal("5.6")
    with pytest.raises(InputError, match=r"^bill\.csv:--cost: no line has this cost, 'net', ask for unblended"):
        explained(lines, basis="net")


def test_months_stand_beside_each_other_and_an_open_one_is_called_so() -> None:
    lines = [
        month_of("Notebk:ml.t3.medium", "744", "40.92"),
        month_of("Notebk:ml.t3.medium", "500", "27.50", month=BillingMonth(2026, 11)),
    ]
    found = explained(lines)
    assert [(str(each.month), each.usd, each.is_open) for each in found.months] == [
        ("2026-10", Decimal("40.92"), False),
        ("2026-11", Decimal("27.50"), True),
    ]
    assert found.notes == ("2026-11 is open: it is not over on 2026-11-22, and more will come to it",)
    assert '"Amount":"40.92"' in found.alarm


def test_a_savings_plan_cancels_what_it_covers() -> None:
    lines = [
        month_of("BoxUsage:m5.large", "10", "0.96", service="AmazonEC2", charge="savings_plan_usage"),
        month_of("BoxUsage:m5.large", "10", "-0.96", service="AmazonEC2", charge="savings_plan_negation"),
        month_of("", "1", "0.7", service="ComputeSavingsPlans", charge="savings_plan_fee"),
    ]
    found = explained(lines)
    assert (cause(found, "machines").usd, cause(found, "commitments").usd) == (Decimal(0), Decimal("0.7"))
    assert "a savings plan covers" in found.notes[0]


def test_the_list_price_is_of_what_was_used_and_unknown_where_some_of_it_has_none() -> None:
    used = month_of("BoxUsage:m5.large", "10", "0.6", service="AmazonEC2", list_usd=Decimal("0.96"))
    tax = month_of("", "1", "5", service="AmazonEC2", charge="tax")
    assert explained([used, tax]).list_usd == Decimal("0.96")
    assert explained([used, replace(used, list_usd=None)]).list_usd is None
    assert explained([tax]).list_usd is None


def test_the_alarm_is_a_command_with_valid_json_and_the_account_of_the_bill() -> None:
    words = shlex.split(alarm_command(Decimal("75"), ["111122223333", ""]))
    assert words[:5] == ["aws", "budgets", "create-budget", "--account-id", "111122223333"]
    budget = json.loads(words[words.index("--budget") + 1])
    assert budget["BudgetLimit"] == {"Amount": "75", "Unit": "USD"}
    assert re.fullmatch(r"[^:\\]{1,100}", budget["BudgetName"])
    [alarm] = json.loads(words[words.index("--notifications-with-subscribers") + 1])
    assert alarm["Notification"]["Threshold"] == 100
    assert "get-caller-identity" in alarm_command(Decimal("75"), ["111122223333", "444455556666"])
    assert '"Amount":"0.01"' in alarm_command(Decimal("0.0001"), [])


def test_a_bill_of_another_provider_has_neither_alarm_nor_commands_of_aws() -> None:
    found = explained([month_of("D2s v3", "744", "70", service="Virtual Machines")])
    assert (found.alarm, cause(found, "machines").stop) == ("", "machines that still run")


@pytest.mark.parametrize("currency", ["USD'; rm -rf ~; '", "usd", "$(id)", "", "USDX", "US\n"])
def test_what_is_no_currency_never_comes_into_a_command(currency: str) -> None:
    bill = ReadBill(lines=(month_of("Notebk:ml.p2.xlarge", "96", "86.40"),), currency=currency)
    assert not explain_bill(bill, today=TODAY).alarm
    with pytest.raises(ValueError, match=r"^a currency is three capital letters, not "):
        alarm_command(Decimal(1), [], unit=currency)


def test_the_alarm_is_a_request_that_the_interface_takes() -> None:
    session = pytest.importorskip("botocore.session", reason="needs botocore")
    validate = pytest.importorskip("botocore.validate")
    words = shlex.split(alarm_command(Decimal("75"), ["111122223333"]))
    request = {
        "AccountId": words[words.index("--account-id") + 1],
        "Budget": json.loads(words[words.index("--budget") + 1]),
        "NotificationsWithSubscribers": json.loads(words[words.index("--notifications-with-subscribers") + 1]),
    }
    model = session.get_session().get_service_model("budgets").operation_model("CreateBudget").input_shape
    assert not validate.ParamValidator().validate(request, model).has_errors()


def test_what_each_day_cost() -> None:
    lines = [*hours_of("Notebk:ml.p2.xlarge", days=2), month_of("Notebk:VolumeUsage.gp2", "5", "1", unit="GB-Mo")]
    assert cause(explained(lines), "notebook").days == (
        (date(2026, 10, 1), Decimal("21.6")),
        (date(2026, 10, 2), Decimal("21.6")),
    )


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30), st.text(max_size=60))
def test_whatever_stands_in_a_line_has_one_cause(service: str, usage_type: str, operation: str, said: str) -> None:
    line = month_of(usage_type, "1", "1", service=service, operation=operation, description=said)
    [found] = explained([line]).causes
    assert found.usd == 1

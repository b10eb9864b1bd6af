"""Cost Explorer's tables: names or dates as columns, whatever they are grouped by, totals not counted twice."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.bills.read import read_bill
from cloudcost.domain.bills import ReadBill

SHOWN = """Usage type,Requests-Tier4($),EU-Requests-Tier2($),TimedStorage-SIA-ByteHrs($),Total costs($)
Usage type total,1.00,0.40,1.25,2.65
2025-09-01,1.00,0.40,1.25,2.65
"""


def read(folder: Path, text: str) -> ReadBill:
    path = folder / "costs.csv"
    path.write_text(text, encoding="utf-8")
    return read_bill([path])


def test_dollars_by_usage_type_are_counted_once(tmp_path: Path) -> None:
    bill = read(tmp_path, SHOWN)
    assert [(line.usage_type, line.region, line.billed_usd) for line in bill.lines] == [
        ("Requests-Tier4", "us-east-1", Decimal("1.00")),
        ("Requests-Tier2", "eu-west-1", Decimal("0.40")),
        ("TimedStorage-SIA-ByteHrs", "us-east-1", Decimal("1.25")),
    ]
    assert (bill.kind, bill.unread.count) == ("Cost Explorer", 0)
    assert all(line.quantity is None for line in bill.lines)


CENTS = st.decimals(min_value=-1000, max_value=1000, places=4)


@given(st.dictionaries(st.sampled_from(["S3", "EC2-Other", "Tax", "=cmd()"]), st.tuples(CENTS, CENTS), min_size=1))
def test_a_table_and_the_same_table_on_its_side_are_one_bill(
    tmp_path_factory: pytest.TempPathFactory, costs: dict[str, tuple[Decimal, Decimal]]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    dates = ("2026-09-01", "2026-10-01")
    wide = [["Service", *(f"{name}($)" for name in costs), "Total costs($)"]]
    wide += [["Service total", *(str(sum(each)) for each in costs.values()), "1"]]
    wide += [[day, *(str(each[number]) for each in costs.values()), "1"] for number, day in enumerate(dates)]
    tall = [["Service", *(f"{day}($)" for day in dates), "Total costs($)"], ["Total costs", "1", "1", "2"]]
    tall += [[name, *map(str, each), "1"] for name, each in costs.items()]
    found = []
    for rows in (wide, tall):
        bill = read(folder, "".join(f"{','.join(row)}\n" for row in rows))
        assert bill.unread.count == 0
        found.append(sorted((line.service, str(line.month), line.charge, line.billed_usd) for line in bill.lines))
    assert found[0] == found[1]
    assert sum(each[-1] for each in found[0]) == sum(map(sum, costs.values()))


@pytest.mark.parametrize(
    ("head", "name", "field", "value"),
    [
        ("Region", "eu-west-1", "region", "eu-west-1"),
        ("Region", "EU (Ireland)", "region", "eu-west-1"),
        ("Linked account", "111122223333", "account", "111122223333"),
        ("API operation", "PutObject", "operation", "PutObject"),
        ("Charge type", "Credit", "charge", "credit"),
        ("Instance type", "g4dn.xlarge", "description", "g4dn.xlarge"),
    ],
)
def test_what_a_report_is_grouped_by(head: str, name: str, field: str, value: str, tmp_path: Path) -> None:
    [line] = read(tmp_path, f"{head},{name}($),Total costs($)\n2026-10-01,3,3\n").lines
    assert getattr(line, field) == value


def test_days_are_days(tmp_path: Path) -> None:
    bill = read(tmp_path, "Service,S3($),Total costs($)\n2026-10-01,3,3\n2026-10-02,4,4\n")
    assert bill.granularity == "day"


def test_a_cell_that_is_no_amount_leaves_the_others(tmp_path: Path) -> None:
    bill = read(tmp_path, "Service,S3($),EC2-Other($)\n2026-10-01,much,4\nsoon,1,2\n2026-11-01,1\n")
    assert [line.billed_usd for line in bill.lines] == [Decimal(4)]
    assert [place.split(":", 1)[1] for place in bill.unread.places] == [
        "2: S3: not an amount, 'much', not read",
        "3: no date, 'soon', not read",
        "4: 2 cells under 3 columns, not read",
    ]

"""Bills as they lie on a disk: packed, in folders delivered again and again, cut, or no archive at all."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from tests.bill_files import focus, legacy_report, made_bill

from cloudcost.bills.read import read_bill
from cloudcost.domain.bills import ReadBill
from cloudcost.errors import InputError

BILL = made_bill(3)
TEXT = focus(BILL)
SUM = sum((row.usd for row in BILL.rows), Decimal(0))


def billed(bill: ReadBill) -> Decimal:
    return sum((line.billed_usd for line in bill.lines), Decimal(0))


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


PACKED = {
    "gzip": gzip.compress(TEXT.encode()),
    "gzip in two parts": gzip.compress(TEXT[:999].encode()) + gzip.compress(TEXT[999:].encode()),
    "zip": zipped(bill__csv=TEXT.encode(), README__md=b"no bill"),
    "gzip in a zip": zipped(bill__csv__gz=gzip.compress(TEXT.encode())),
}


@pytest.mark.parametrize("form", PACKED)
def test_a_packed_bill_is_the_bill(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bill [1].csv"
    path.write_bytes(PACKED[form])
    assert billed(read_bill([path])) == SUM
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PACKED[form])))
    bill = read_bill([Path("-")])
    assert (billed(bill), bill.files) == (SUM, ("-",))


@pytest.mark.parametrize("form", PACKED)
def test_a_packed_bill_that_is_cut_is_refused_wherever_the_cut_is(form: str, tmp_path: Path) -> None:
    path = tmp_path / "bill.csv.gz"
    whole = PACKED[form]
    for length in range(8, len(whole), len(whole) // 12):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError) as caught:
            read_bill([path])
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (zipped(README__md=b"text"), "no CSV or Parquet file in the archive"),
        (b"PK\x03\x04" + b"x" * 99, "damaged or cut"),
        (b"\x1f\x8b" + b"x" * 99, "damaged or cut"),
        (gzip.compress(b"usage_type,cost\nA,1\n", mtime=0) + b"tail", "damaged or cut"),
    ],
)
def test_what_is_no_archive_is_said(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "bill"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_bill([path])


def test_what_unpacks_without_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cloudcost.bills.sources.containers.LARGEST", 1000)
    path = tmp_path / "bill.csv.gz"
    path.write_bytes(gzip.compress(b"usage_type,cost\n" + b"A,1\n" * 1000))
    with pytest.raises(InputError, match="too large, over 0 GiB, read it in parts"):
        read_bill([path])


def put(path: Path, text: str, age: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (1_760_000_000 - age, 1_760_000_000 - age))
    return path


OLD = legacy_report(made_bill(4))


def test_the_newest_delivery_of_each_month_counts_and_the_others_are_told_of(tmp_path: Path) -> None:
    put(tmp_path / "20261001-20261101/aaaa/report-1.csv", OLD, age=100)
    put(tmp_path / "20261001-20261101/bbbb/report-1.csv", legacy_report(BILL))
    put(tmp_path / "20260901-20261001/cccc/report-1.csv", "lineItem/UsageType,lineItem/UnblendedCost\nBoxUsage:a,1\n")
    for paths in ([tmp_path], [tmp_path / "**/*.csv"], sorted(tmp_path.rglob("*.csv"))):
        bill = read_bill(paths)
        assert billed(bill) == SUM + 1
        assert bill.notes == ("2026-10: delivered 2 times, the newest is read, bbbb; 1 file of older ones left out",)


def test_the_name_of_a_delivery_tells_its_time_where_it_has_one(tmp_path: Path) -> None:
    month = tmp_path / "data/BILLING_PERIOD=2026-10"
    put(month / "2026-11-03T02:00:00.000Z-b/r-00001.csv", legacy_report(BILL), age=100)
    put(month / "2026-10-28T02:00:00.000Z-a/r-00001.csv", OLD)
    assert billed(read_bill([tmp_path])) == SUM


def test_a_manifest_decides(tmp_path: Path) -> None:
    month = tmp_path / "20261001-20261101"
    put(month / "aaaa/report-1.csv", legacy_report(BILL), age=100)
    put(month / "bbbb/report-1.csv", OLD)
    document = {"reportKeys": ["prefix/report/20261001-20261101/aaaa/report-1.csv"], "assemblyId": "aaaa"}
    manifest = put(month / "report-Manifest.json", json.dumps(document))
    put(month / "bbbb/report-Manifest.json", json.dumps({"reportKeys": ["x/20261001-20261101/bbbb/report-1.csv"]}))
    bill = read_bill([tmp_path])
    assert billed(bill) == SUM
    assert bill.notes == (f"2026-10: {manifest} decides, 1 file of older deliveries left out",)


def test_a_manifest_that_names_what_is_not_there_is_refused(tmp_path: Path) -> None:
    put(tmp_path / "20261001-20261101/aaaa/report-1.csv", OLD)
    manifest = {"reportKeys": ["p/20261001-20261101/aaaa/report-1.csv", "p/20261001-20261101/aaaa/report-2.csv"]}
    put(tmp_path / "20261001-20261101/report-Manifest.json", json.dumps(manifest))
    with pytest.raises(InputError, match=r"names a file that is not there, 'p/20261001-20261101/aaaa/report-2\.csv'"):
        read_bill([tmp_path])


def test_a_pattern_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file of that pattern, name a bill"):
        read_bill([tmp_path / "*.csv"])

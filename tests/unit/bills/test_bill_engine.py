"""Large bills, summed by DuckDB: the same lines as row by row, to the last digit, and Parquet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal, localcontext
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.bill_files import FORMS, made_bill

from cloudcost.bills import read
from cloudcost.bills.engine import connected
from cloudcost.bills.read import read_bill
from cloudcost.domain.bills import BillLine, ReadBill
from cloudcost.errors import InputError

duckdb = pytest.importorskip("duckdb", reason="needs the extra data")

NUMBERS = ("quantity", "billed_usd", "amortized_usd", "net_usd", "list_usd")


def alike(bill: ReadBill) -> Counter[BillLine]:
    """Return the lines in no order and without their numbers in the file, which the engine does not know."""
    return Counter(replace(line, line=0) for line in bill.lines)


def row_by_row(path: Path) -> ReadBill:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read, "find_spec", lambda _: None)
        return read_bill([path], large=1)


def both(path: Path) -> tuple[ReadBill, ReadBill]:
    return read_bill([path], large=1), row_by_row(path)


@pytest.mark.parametrize("form", [form for form in FORMS if form != "cost-explorer"])
def test_the_engine_reads_what_the_rows_say(form: str, tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    for seed in range(3):
        made = made_bill(seed)
        path.write_text(FORMS[form](made), encoding="utf-8")
        fast, slow = both(path)
        assert all(line.line == 0 for line in fast.lines), "not read by the engine"
        assert alike(fast) == alike(slow)
        assert sum(line.billed_usd for line in fast.lines) == sum(row.usd for row in made.rows)
        assert {line.begin.hour for line in fast.lines if line.begin is not None} == {0}


PLAIN = st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, allow_infinity=False).map(str)
NUMERALS = st.one_of(
    PLAIN,
    PLAIN.map(lambda text: f"{Decimal(text):E}"),
    st.floats(min_value=-1e9, max_value=1e9).map(repr),
    st.sampled_from(
        ["1.81E-8", "5e-324", "-0.5e-09", "1E+3", ".5", "7.", "1e-12", "0.1234567890123456789012345", "+3"]
    ),
)


@given(st.lists(st.tuples(st.sampled_from("AB"), NUMERALS, st.one_of(NUMERALS, st.just("")))))
@example([("A", "-1.2345678901234567E-17", "NULL"), ("A", "1E-100", "")])
@settings(max_examples=25, deadline=None)
def test_sums_are_exact_whatever_the_numerals(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "numerals.csv"
    path.write_text("usage_type,cost,quantity\n" + "".join(f"{','.join(row)}\n" for row in rows), encoding="utf-8")
    fast, slow = both(path)
    assert alike(fast) == alike(slow)
    assert fast.unread == slow.unread


@pytest.mark.parametrize(
    "text",
    [
        "usage_type,cost\nA,1\nB,much\n",
        "usage_type,cost\nA,1\nB\n",
        "usage_type,cost\nA,1\n\nB,2,3\n",
        'usage_type,cost\nA,1\n"B"x,2\n',
        'usage_type,cost\nA,1\nB"x,2\n',
        "usage_type,cost\r\nA,1\r\nB,NULL\r\n",
        'usage_type,cost\n"A\nA",1\n"=cmd()",2\n',
        "usage_type,cost,cost\nA,1,3\n",
        "usage_type,cost\nA,1_000\n B , 2 \n",
    ],
)
def test_what_is_not_plain_is_told_alike(text: str, tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    path.write_bytes(text.encode())
    fast, slow = both(path)
    assert alike(fast) == alike(slow)
    assert fast.unread == slow.unread


@pytest.mark.parametrize("large", [1, 1 << 30])
def test_parquet_is_read_as_its_text_would_be(large: int, tmp_path: Path) -> None:
    path, packed = tmp_path / "bill.csv", tmp_path / "bill.parquet"
    path.write_text(FORMS["focus"](made_bill(2)), encoding="utf-8")
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * REPLACE (CAST(BilledCost AS DOUBLE) AS BilledCost, MAP {{'team': 'a'}} AS Tags, "
            f"CAST(ChargePeriodStart AS TIMESTAMP) AS ChargePeriodStart) "
            f"FROM read_csv('{path}', all_varchar = true)) TO '{packed}' (FORMAT parquet)"
        )
    texts, doubles = read_bill([path], large=large), read_bill([packed], large=large)
    assert {line.tags for line in doubles.lines} == {(("team", "a"),)}
    assert alike(texts) == Counter(replace(line, line=0, tags=(), file=str(path)) for line in doubles.lines)


def test_a_damaged_parquet_file_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "bill.parquet"
    path.write_bytes(b"PAR1" + b"junk" * 100)
    with pytest.raises(InputError, match="damaged or no Parquet") as caught:
        read_bill([path])
    assert "\n" not in str(caught.value)


def test_the_engine_says_nothing_on_stdout_and_loads_nothing_from_the_network() -> None:
    with connected() as connection:
        asked = ("enable_progress_bar", "autoinstall_known_extensions", "autoload_known_extensions")
        for name in asked:
            assert connection.execute(f"SELECT current_setting('{name}')").fetchone() == (False,)


DOUBLES = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e14, max_value=1e14),
    st.decimals(min_value=-1000, max_value=1000, places=12).map(float),
    st.integers(-(10**6), 10**6).map(lambda cents: cents / 100),
)


@given(st.lists(st.tuples(st.sampled_from("AB"), st.one_of(st.none(), DOUBLES), DOUBLES), min_size=1, max_size=30))
@example([("A", 999.9999999999999, 1e-12), ("A", 0.1 + 0.2, 5e-13), ("A", 1e-300, -0.0)])
@settings(max_examples=25, deadline=None)
def test_doubles_are_summed_as_their_shortest_decimals(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, float | None, float]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "doubles.parquet"
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (usage_type VARCHAR, quantity DOUBLE, cost DOUBLE)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    bill = read_bill([path])
    expected = [Decimal(repr(cost)) for _, quantity, cost in rows if small(cost) and small(quantity)]
    with localcontext() as context:
        context.prec = 400
        assert sum((line.billed_usd for line in bill.lines), Decimal(0)) == sum(expected, Decimal(0))
    assert sum(line.count for line in bill.lines) + bill.unread.count == len(rows)


def small(number: float | None) -> bool:
    """Return whether a number may be one of a bill: those below 10^-40 are not read."""
    return not number or abs(number) >= 1e-40


@pytest.mark.parametrize("read_it", [lambda path: read_bill([path], large=1), row_by_row])
def test_a_bill_of_too_many_lines_is_read_without_details_and_says_so(
    read_it: Callable[[Path], ReadBill], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("groups", "engine", "read"):
        monkeypatch.setattr(f"cloudcost.bills.{module}.MOST_GROUPS", 10)
    heads = "lineItem/UsageType,lineItem/UnblendedCost,lineItem/ResourceId,resourceTags/user:a"
    path = tmp_path / "bill.csv"
    path.write_text(heads + "".join(f"\nBoxUsage:a,1,i-{row},t" for row in range(40)), encoding="utf-8")
    bill = read_it(path)
    [line] = bill.lines
    assert (line.billed_usd, line.count, line.resource, line.tags) == (Decimal(40), 40, "", ())
    assert bill.notes == (f"{path}: over 10 different lines; read without tags, resources",)
    path.write_text("usage_type,cost" + "".join(f"\nBoxUsage:{row},1" for row in range(40)), encoding="utf-8")
    with pytest.raises(InputError, match="over 10 different lines, read it in parts"):
        read_it(path)


@pytest.mark.parametrize("large", [1, 1 << 30])
def test_rows_with_one_id_two_months_negative_costs_and_formulas_are_all_kept(large: int, tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    heads = (
        "identity/LineItemId,lineItem/UsageType,lineItem/UnblendedCost,lineItem/UsageStartDate,lineItem/UsageEndDate"
    )
    rows = [
        "a,BoxUsage:a,1.5,2026-09-30T23:00:00Z,2026-10-01T00:00:00Z,=cmd()",
        "a,BoxUsage:a,1.5,2026-09-30T23:00:00Z,2026-10-01T00:00:00Z,=cmd()",
        "a,BoxUsage:a,-0.25,2026-10-01T00:00:00Z,2026-10-01T01:00:00Z,=cmd()",
    ]
    path.write_text("\n".join([f"{heads},resourceTags/user:name", *rows]), encoding="utf-8")
    bill = read_bill([path], large=large)
    assert [(str(line.month), line.count, line.billed_usd) for line in bill.lines] == [
        ("2026-09", 2, Decimal(3)),
        ("2026-10", 1, Decimal("-0.25")),
    ]
    assert {line.tags for line in bill.lines} == {(("user:name", "=cmd()"),)}


@pytest.mark.parametrize("large", [1, 1 << 30])
def test_a_second_currency_is_refused_whichever_way_a_bill_is_read(large: int, tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    path.write_text("usage_type,cost,currency\nA,1,USD\nB,1,EUR\n", encoding="utf-8")
    with pytest.raises(InputError, match="a second one, 'EUR' after 'USD'"):
        read_bill([path], large=large)


JUNK = (b'"', b",", b"\n", b"\r", b"\x00", b"\xff", b"NULL", b"1e999", b"-", b"\xef\xbb\xbf", b"{", b"'", b";",
        b"2026-99-99", b"9" * 70, b"E-9999999999")  # fmt: skip


def mutated(random: Random) -> bytes:
    """Return a bill of some form that was damaged in some places."""
    form = random.choice([form for form in FORMS if form != "cost-explorer"])
    text = bytearray(FORMS[form](made_bill(random.randrange(9)))[: random.choice([800, 6000])].encode())
    for _ in range(random.randint(1, 6)):
        at = random.randrange(len(text))
        if random.random() < 0.6:
            text[at:at] = random.choice(JUNK)
        else:
            del text[at : at + random.randrange(40)]
    return bytes(text)


def refused_or_read(reader: Callable[[], ReadBill]) -> ReadBill | str:
    """Return the bill, or why it is refused."""
    try:
        return reader()
    except InputError as error:
        return str(error)


@pytest.mark.slow
def test_300_mutated_bills_are_read_alike_or_refused_in_a_line(tmp_path: Path) -> None:
    random, path, read_both = Random(20261128), tmp_path / "bill.csv", 0
    for _ in range(300):
        path.write_bytes(mutated(random))
        fast, slow = refused_or_read(lambda: read_bill([path], large=1)), refused_or_read(lambda: row_by_row(path))
        if isinstance(fast, str):
            assert "\n" not in fast
        assert isinstance(fast, str) == isinstance(slow, str)
        if isinstance(fast, ReadBill) and isinstance(slow, ReadBill):
            assert alike(fast) == alike(slow)
            assert fast.unread == slow.unread
            read_both += 1
    assert read_both > 100

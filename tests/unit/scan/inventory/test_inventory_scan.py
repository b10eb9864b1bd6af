"""An inventory summed up: equal to what the versions say one by one, in every form, and what is wrong with one."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.inventories import SCHEMA, random_puts, rows_of, write_csv, write_manifest, write_parquet
from tests.moto_bucket import ON, Filled

from cloudcost.cli import run
from cloudcost.errors import InputError
from cloudcost.scan.content import Scan
from cloudcost.scan.inventory.read import connected, scan_inventory
from cloudcost.scan.inventory.result import scan_result
from cloudcost.scan.inventory.statement import COLUMNS, DIALECTS, Dialect, statement

pytest.importorskip("duckdb", reason="DuckDB is not installed (extra data)")

MOST = 10**6
Sums = Counter[tuple[Any, ...]]


def sums(scan: Scan) -> tuple[Sums, Sums]:
    counts: Sums = Counter()
    sizes: Sums = Counter()
    for each in scan.objects:
        cell = (each.storage_class, each.age_days, each.noncurrent_days, each.newer_versions)
        counts[cell] += each.count
        sizes[cell] += each.size_bytes
    return counts, sizes


def small(scan: Scan) -> int:
    """Return the objects under 128 KiB."""
    return sum(each.count for each in scan.objects if each.size_bytes < 131_072 * each.count)


def assert_equal(scan: Scan, filled: Filled, prefix: str = "") -> None:
    assert sums(scan) == filled.sums(prefix)
    versions = [put for put in filled.puts if put.key.startswith(prefix) and not put.is_marker]
    assert small(scan) == sum(put.size < 131_072 for put in versions)


@pytest.mark.parametrize("seed", range(3))
def test_versions_are_summed_as_they_are(tmp_path: Path, seed: int) -> None:
    filled = random_puts(700, seed=seed)
    scan = scan_inventory(write_csv(tmp_path, rows_of(filled)), most=MOST)
    assert_equal(scan, filled)
    assert scan.delete_markers == sum(put.is_marker for put in filled.puts)
    assert (scan.on, scan.versioning, scan.kind) == (ON, True, "inventory")


@pytest.mark.parametrize("zoned", [False, True])
def test_parquet_gives_the_same(tmp_path: Path, zoned: bool) -> None:
    pytest.importorskip("pyarrow")
    filled = random_puts(500)
    write_parquet(tmp_path, rows_of(filled), zoned=zoned)
    assert_equal(scan_inventory(tmp_path, most=MOST), filled)


def test_current_versions_alone_need_no_columns_of_versions(tmp_path: Path) -> None:
    filled = random_puts(300, versioned=False)
    schema = "Bucket, Key, Size, LastModifiedDate, StorageClass"
    scan = scan_inventory(write_csv(tmp_path, rows_of(filled), schema=schema), most=MOST)
    assert_equal(scan, filled)
    assert scan.versioning is None


@pytest.mark.parametrize("prefix", ["images/", "images/ü a+1", "nothing"])
def test_a_prefix_is_that_of_the_key_whatever_its_letters(tmp_path: Path, prefix: str) -> None:
    filled = random_puts(300)
    assert_equal(scan_inventory(write_csv(tmp_path, rows_of(filled)), prefix=prefix, most=MOST), filled, prefix)


@pytest.mark.parametrize("versions", [True, False])
def test_the_statement_on_duckdb_is_what_the_scan_gives(tmp_path: Path, versions: bool) -> None:
    filled = random_puts(400, versioned=versions)
    result = tmp_path / "result.csv"
    with connected() as connection:
        _table(connection, filled)
        answer = connection.execute(statement("duckdb", table="inventory", versions=versions)).fetchall()
    with result.open("w", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *answer])
    assert_equal(scan_result(result, on=ON, most=MOST), filled)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("prefix", ["", "images/o'hara"])
def test_a_parser_of_each_dialect_takes_the_statement(dialect: Dialect, prefix: str) -> None:
    sqlglot = pytest.importorskip("sqlglot", reason="sqlglot is not installed")
    for versions in (True, False):
        text = statement(dialect, table="lake.inventory", prefix=prefix, versions=versions)
        [tree] = sqlglot.parse(text, read=dialect, error_level=sqlglot.ErrorLevel.RAISE)
        assert tuple(tree.named_selects) == COLUMNS


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_dialect_asks_for_the_same(dialect: Dialect) -> None:
    sqlglot = pytest.importorskip("sqlglot", reason="sqlglot is not installed")
    filled = random_puts(200, seed=8)
    text = statement(dialect, table="inventory", prefix="images/")
    [translated] = sqlglot.transpile(text, read=dialect, write="duckdb")
    with connected() as connection:
        _table(connection, filled)
        own = connection.execute(statement("duckdb", table="inventory", prefix="images/")).fetchall()
        assert sorted(connection.execute(translated).fetchall(), key=repr) == sorted(own, key=repr)
    assert sum(row[6] for row in own if not row[5]) == sum(filled.sums("images/")[0].values())


def _table(connection: Any, filled: Filled) -> None:
    """Make the table as Athena has it of CSV files: texts, but for the two marks."""
    connection.execute(
        "CREATE TABLE inventory (key VARCHAR, is_latest BOOLEAN, is_delete_marker BOOLEAN, size VARCHAR, "
        "last_modified_date VARCHAR, storage_class VARCHAR)"
    )
    connection.executemany(
        "INSERT INTO inventory VALUES (?, ?, ?, ?, ?, ?)",
        [
            (row["Key"], row["IsLatest"], row["IsDeleteMarker"], "" if row["Size"] is None else str(row["Size"]),
             f"{row['LastModifiedDate']:%Y-%m-%dT%H:%M:%S}.000Z", row["StorageClass"] or "")
            for row in rows_of(filled)
        ],
    )  # fmt: skip


def test_more_classes_than_asked_are_put_together(tmp_path: Path) -> None:
    filled = random_puts(400)
    scan = scan_inventory(write_csv(tmp_path, rows_of(filled)), most=200)
    assert len(scan.objects) <= 200
    assert sum(each.size_bytes for each in scan.objects) == sum(put.size for put in filled.puts)
    assert any("ages are put together" in note for note in scan.notes)


def told(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        scan_inventory(path, most=MOST)
    return str(caught.value)


def test_orc_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = write_manifest(tmp_path, "ORC", "struct<key:string>", [{"key": "a.orc"}])
    assert told(path) == (
        f"{path}: an inventory of ORC files, which are not read here, let S3 write CSV or Parquet, or sum it up "
        "elsewhere: --sql athena"
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"fileFormat": "XML"}, "neither CSV nor Parquet, 'XML'"),
        ({"files": []}, "an inventory of no files"),
        ({"files": [{"key": "../a.csv.gz"}]}, "no key of a file, '../a.csv.gz'"),
        ({"files": [{"key": "a.csv.gz"}]}, "a file of the inventory is not here, 'a.csv.gz'"),
        ({"creationTimestamp": "soon"}, "no milliseconds since 1970, 'soon'"),
        ({"fileSchema": "Bucket, Key, IsLatest"}, "has no field 'Size'"),
        ({"fileSchema": "Key, Key"}, "no list of columns"),
    ],
)
def test_what_is_wrong_with_a_manifest_is_told(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    (tmp_path / "here.csv.gz").write_bytes(b"")
    path = write_manifest(tmp_path, "CSV", SCHEMA, [{"key": "here.csv.gz"}], **change)
    assert said in told(path)
    assert str(path) in told(path)


def test_a_folder_without_a_manifest_and_a_file_that_is_none_are_told(tmp_path: Path) -> None:
    assert "a folder without manifest.json" in told(tmp_path)
    (tmp_path / "manifest.json").write_text("[]")
    assert "no manifest of an inventory" in told(tmp_path)


def test_a_file_that_is_not_whole_is_told(tmp_path: Path) -> None:
    path = write_csv(tmp_path, rows_of(random_puts(9)), files=1)
    [data] = (tmp_path / "bucket" / "daily" / "data").glob("*.gz")
    data.write_bytes(data.read_bytes()[:-3])
    assert "not whole" in told(path)


def test_rows_of_another_form_are_told(tmp_path: Path) -> None:
    path = write_csv(tmp_path, [{**row, "Size": "large"} for row in rows_of(random_puts(9))])
    assert "an inventory that cannot be read" in told(path)
    assert "\n" not in told(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "no result of --sql, it has no column 'storage_class'"),
        (",".join(COLUMNS) + "\nSTANDARD,0\n", "result.csv:2: 2 cells where the header has 8"),
        (",".join(COLUMNS) + "\nSTANDARD,0,soon,,0,false,1,1\n", "result.csv:2: no row of --sql"),
        (",".join(COLUMNS) + "\nSTANDARD,77,2026-11-01,,0,false,1,1\n", "no size class, 77"),
    ],
)
def test_a_result_of_something_else_is_told(
    tmp_path: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "result.csv").write_text(text)
    assert run(["scan", "--sql-result", str(tmp_path / "result.csv")]) == 2
    assert said in capsys.readouterr().err


def test_the_verb_prints_the_statement_and_reads_an_inventory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["scan", "--sql", "spark", "--table", "lake.inv", "--prefix", "images/"]) == 0
    assert capsys.readouterr().out == statement("spark", table="lake.inv", prefix="images/")
    assert run(["scan", "--sql", "trino", "--table", "a; drop"]) == 2
    assert "no name of a table" in capsys.readouterr().err
    path = write_csv(tmp_path, rows_of(random_puts(60)))
    assert run(["scan", "--inventory", str(path), "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("count,size_bytes,storage_class,age_days")
    assert run(["scan", "--inventory", str(path), "--sql", "trino"]) == 2
    assert "2 are named, name one" in capsys.readouterr().err

"""The one writer of tables: whatever stands in the cells, a table keeps its shape in every format."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import cloudcost
from cloudcost.render.tables.columns import display_width, plain
from cloudcost.render.tables.writer import csv_table, escaped, fitted_rows, markdown_table, text_table

CELLS = st.text(max_size=12)
ROWS = st.integers(1, 4).flatmap(
    lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), min_size=1, max_size=4).map(lambda rows: (n, rows))
)


@given(ROWS)
def test_a_csv_gives_every_row_back_and_no_formula(table: tuple[int, list[list[str]]]) -> None:
    count, rows = table
    heads = [f"h{n}" for n in range(count)]
    read = list(csv.reader(io.StringIO(csv_table(heads, rows))))
    read = [row or [""] for row in read]  # one empty cell is an empty line to csv
    assert read[0] == heads
    assert [len(row) for row in read] == [count] * (len(rows) + 1)
    assert not any(cell.startswith(("=", "@")) for row in read for cell in row)


@given(ROWS, st.booleans(), st.sampled_from([None, escaped]))
def test_a_markdown_row_is_one_line_with_as_many_cells_as_heads(
    table: tuple[int, list[list[str]]], spaced: bool, cell: object
) -> None:
    count, rows = table
    heads = [f"h{n}" for n in range(count)]
    written = (
        markdown_table(heads, rows, spaced=spaced)
        if cell is None
        else markdown_table(heads, rows, spaced=spaced, cell=escaped)
    )
    lines = written.split("\n")
    assert lines.pop() == ""
    assert len(lines) == len(rows) + 2
    for line in lines:
        assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) == count + 1


@given(ROWS, st.sets(st.integers(0, 3)))
def test_columns_of_text_begin_and_end_at_the_same_place(table: tuple[int, list[list[str]]], right: set[int]) -> None:
    count, rows = table
    heads = ["head"] * count
    lines = text_table(heads, [[*row[:-1], "x"] for row in rows], right=right).split("\n")
    assert lines.pop() == ""
    assert len(lines) == len(rows) + 1
    ends = {display_width(line) for line in lines[1:]}
    assert len(ends) == 1  # the last cell is one letter in every row
    assert all(line == line.rstrip() for line in lines)


def test_no_other_module_writes_tables_of_its_own() -> None:
    """A sweep streams its rows; price books and the reference page of the project file are made below `render`."""
    source = Path(cloudcost.__file__).parent
    apart = {
        "render/tables/writer.py",
        "catalog/books/dated/store.py",
        "analysis/sweep/chunks.py",
        "analysis/sweep/write.py",
        "project/describe/reference.py",
    }
    own = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if re.search(r"csv\.(Dict)?[wW]riter|[\"']\| |---:?\|", path.read_text(encoding="utf-8"))
    }
    assert own - apart == set()
    assert "render/tables/writer.py" in own


LONG = st.text(st.characters(codec="utf-8") | st.sampled_from("-/;_ aaaaa猫"), max_size=120)


@given(st.integers(1, 5).flatmap(lambda n: st.lists(st.lists(LONG, min_size=n, max_size=n), min_size=1, max_size=3)))
def test_a_fitted_table_is_no_wider_than_asked_and_loses_no_sign(rows: list[list[str]]) -> None:
    """Also where no name can be broken at a sign of its own."""
    heads = [f"h{n}" for n in range(len(rows[0]))]
    written = fitted_rows(heads, rows, width=60)
    assert len(written) == len(rows) + 1
    assert all(display_width(line) <= 60 for row in written for line in row.split("\n"))
    for row, cells in zip(written[1:], rows, strict=True):
        kept = sorted(letter for cell in cells for letter in plain(cell) if not letter.isspace())
        assert sorted(letter for letter in row if not letter.isspace()) == kept


@given(ROWS, st.sets(st.integers(0, 3)))
def test_a_table_that_fits_is_the_plain_one(table: tuple[int, list[list[str]]], right: set[int]) -> None:
    count, rows = table
    heads = [f"h{n}" for n in range(count)]
    fitted = fitted_rows(heads, rows, right=right, width=200)
    assert "".join(f"{row}\n" for row in fitted) == text_table(heads, rows, right=right)


def test_figures_are_never_cut() -> None:
    [_, row] = fitted_rows(["name", "n"], [["n" * 40, "1" * 30]], right={1}, width=44)
    assert row.split("\n")[0].endswith("1" * 30)

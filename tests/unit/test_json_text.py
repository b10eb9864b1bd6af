"""Every JSON document by the same rules: schema first, exact decimals, null, digits that read back, nothing obeyed."""

from __future__ import annotations

import json
import math
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.json_text import json_text

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(), parts, max_size=3),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(st.text(min_size=1), VALUES, max_size=4).map(lambda parts: {"schema": "a/1"} | parts)


@given(
    DOCUMENTS,
    st.sampled_from([None, 1, 2]),
    st.lists(VALUES, max_size=3) | st.dictionaries(st.text(), VALUES, max_size=3),
    st.booleans(),
)
def test_what_is_written_reads_back_the_same_in_every_layout(
    document: dict[str, object], indent: int | None, rows: object, compact: bool
) -> None:
    document = document | {"rows": rows}
    text = json_text(document, indent=indent, rows=["rows"] if compact else [], compact=compact)
    assert json.loads(text) == document
    assert list(json.loads(text)) == list(document)
    assert text.endswith("}\n")
    text.encode()  # half a character has no bytes
    assert not any("\x7f" <= mark <= "\x9f" or "\u202a" <= mark <= "\u202e" for mark in text)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=10, min_value=-(10**12), max_value=10**12))
def test_exact_numbers_are_decimal_strings(usd: Decimal) -> None:
    written = json.loads(json_text({"schema": "a/1", "usd": usd}))["usd"]
    assert Decimal(written) == usd
    assert "E" not in written


def test_days_are_iso_and_the_unknown_is_null() -> None:
    written = json_text({"schema": "a/1", "day": date(2026, 11, 22), "usd": None}, indent=None)
    assert written == '{\n "schema": "a/1",\n "day": "2026-11-22",\n "usd": null\n}\n'


@pytest.mark.parametrize("document", [{}, {"usd": 1, "schema": "a/1"}])
def test_a_document_begins_with_its_schema(document: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="begins with its schema"):
        json_text(document)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_text({"schema": "a/1", "hours": value})


def test_what_json_has_not_is_refused() -> None:
    with pytest.raises(TypeError, match="set is nothing that a JSON document holds"):
        json_text({"schema": "a/1", "names": {"a"}})

"""Names that hold anything: nothing that a terminal obeys, nothing past the width."""

from __future__ import annotations

import re
from textwrap import wrap as wrap_ascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.json_text import escape_controls
from cloudcost.render.tables.columns import display_width, pad, plain, wrap

OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from("猫🐱\u0301\u200d\ufe0f\x1b\n "), max_size=200)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\nb\r\nc\td", "a b c d"), ("\x1b[31m", "?[31m"), ("\x9b31m", "?31m"), ("\u202eabc", "?abc"), ("ñ 猫", "ñ 猫")],
)
def test_what_a_terminal_would_obey_is_replaced(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(TEXTS)
def test_plain_text_is_one_harmless_line_and_stays_as_it_is(text: str) -> None:
    assert OBEYED.search(plain(text)) is None
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("text", "width"), [("", 0), ("gato", 4), ("猫", 2), ("e\u0301", 1), ("🐱🐱", 4), ("❤\ufe0f", 2), ("ﾈｺ", 2)]
)
def test_wide_letters_take_two_columns(text: str, width: int) -> None:
    assert display_width(text) == width


@given(TEXTS, st.integers(10, 80))
def test_no_row_is_wider_and_no_letter_is_lost(text: str, width: int) -> None:
    rows = wrap(text, width, first="- ", others="  ")
    assert all(display_width(row) <= width for row in rows)
    assert "".join("".join(rows).split()).replace("-", "") == "".join(plain(text).split()).replace("-", "")


@given(st.text("ab -", max_size=100), st.integers(8, 40))
def test_plain_english_is_wrapped_as_textwrap_does(text: str, width: int) -> None:
    assert wrap(text, width) == wrap_ascii(text, width, break_on_hyphens=False)


def test_a_text_without_words_has_no_rows() -> None:
    assert wrap("", 80) == wrap(" \n ", 80) == wrap("\u3000", 80) == []


def test_padding_counts_columns() -> None:
    assert (pad("猫", 4), pad("gato", 3)) == ("猫  ", "gato")


def test_json_keeps_its_value_when_controls_are_escaped() -> None:
    import json

    name = "a\x9b\u202e\x7f猫"
    escaped = escape_controls(json.dumps(name, ensure_ascii=False))
    assert OBEYED.search(escaped) is None
    assert json.loads(escaped) == name

"""JSON documents: strict, within limits, and one line about whatever is wrong."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.errors import InputError, NetworkError
from cloudcost.files import documents, reading
from cloudcost.files.documents import JsonValue, parse_document, read_document
from cloudcost.networks.json_file import read_network
from cloudcost.profiling.record import read_profile
from cloudcost.timing.calls.own_machine_file import machine_of_file
from cloudcost.timing.rates.device_file import read_device_model

READERS: dict[str, Callable[[Path], object]] = {
    "network": read_network,
    "profile": read_profile,
    "device model": read_device_model,
    "machine": lambda path: machine_of_file(str(path)),
}

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=20,
)


@given(values)
def test_what_json_writes_is_read_back(value: JsonValue) -> None:
    assert parse_document(json.dumps(value), where="a.json", remedy="x") == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a.json:line 1: not JSON, expecting value"),
        ("\n{", "a.json:line 2: not JSON, expecting property name"),
        ("NaN", "a.json: not JSON, NaN is no number of JSON"),
        ('{"a": -Infinity}', "-Infinity is no number of JSON"),
        ('{"a": 1e400}', "1e400 is beyond the largest number"),
        ("9" * 5000, "a number of 5000 digits"),
        ("[" * 5000 + "]" * 5000, "nested too deeply"),
        ("[" * 70 + "]" * 70, "nested too deeply"),
        ('{"a": {"b": 1, "b": 2}}', "the key 'b' stands twice in one object"),
        ('{"a": 1} x', "extra data"),
    ],
)
def test_what_is_no_document_is_one_line(text: str, said: str) -> None:
    with pytest.raises(NetworkError) as caught:
        parse_document(text, where="a.json", remedy="write it anew", error=NetworkError)
    assert said in str(caught.value)
    assert str(caught.value).endswith(", write it anew")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(b" " * 5000, mtime=0), "too large"),
        (b" " * 5000, "too large"),
        (gzip.compress(b"{}", mtime=0)[:9], "cannot be read, the packed file ends too early"),
        (b"\x1f\x8bxx", "cannot be read"),
        (b"\xff\xfe{}", "not JSON, no UTF-8 text: byte 0xff at 0"),
        (b'{"a": NaN}', "NaN is no number of JSON"),
        (b"[" * 3000, "nested too deeply"),
    ],
)
def test_every_reader_of_documents_has_the_limits(
    name: str, content: bytes, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "LARGEST", 4000)
    monkeypatch.setattr(reading.read_bounded, "__defaults__", (4000,))
    monkeypatch.setattr(reading.unpacked, "__defaults__", (4000,))
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        READERS[name](path)
    assert said in str(caught.value)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("kind", ["folder", "zero", "pipe", "missing"])
def test_every_reader_of_documents_refuses_what_is_no_file(
    name: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading.read_bounded, "__defaults__", (10**6,))
    monkeypatch.setattr(reading, "PATIENCE_SECONDS", 0.01)
    path = {"folder": tmp_path, "zero": Path("/dev/zero")}.get(kind, tmp_path / "x.json")
    if kind == "pipe":
        os.mkfifo(path)
    with pytest.raises(InputError, match=r"cannot be read, |too large"):
        READERS[name](path)


def test_a_document_of_too_many_values_is_refused_before_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MOST_PARTS", 6)
    assert parse_document("[[], [], []]", where="a.json", remedy="x") == [[], [], []]
    with pytest.raises(InputError, match=r"a\.json: too large, over 6 values, x"):
        parse_document("[[], [], [], []]", where="a.json", remedy="x")


def test_a_packed_document_is_read_like_a_plain_one(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(gzip.compress(b'{"a": [1]}'))
    assert read_document(path, remedy="x") == {"a": [1]}

"""Keys are set in the text of a project file, and nothing else of it changes."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudcost.errors import InputError
from cloudcost.project.edit import KeyEdit, edited

HOURS = KeyEdit(table="option", index=1, key="hours_per_run", value="5.35", instead_of="seconds_per_step")
SIZE = KeyEdit(table="dataset", index=None, key="size", value='"44.7 GiB"')
TEXT = """# our plan
[dataset]
images = 10  # counted
size = '48 GB'   # a guess

[[option]]
name = "a"
hours_per_run = 1

[[option]] # the one we took
  name = "b"
  # seconds_per_step = 3
  kind = "ec2"

[[left_on]]
service = "AmazonEC2"
"""


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_comments_order_spacing_and_line_ends_stay(ending: str) -> None:
    wanted = TEXT.replace("'48 GB'", '"44.7 GiB"').replace('kind = "ec2"\n', 'kind = "ec2"\n  hours_per_run = 5.35\n')
    found = edited(TEXT.replace("\n", ending), [HOURS, SIZE], file="p.toml")
    assert found == wanted.replace("\n", ending)


def test_a_key_takes_the_place_of_the_one_that_it_excludes() -> None:
    text = "[[option]]\n[[option]]\nseconds_per_step = 0.2 # old\n"
    assert edited(text, [HOURS], file="p.toml") == "[[option]]\n[[option]]\nhours_per_run = 5.35 # old\n"


def test_a_last_line_without_an_end_is_kept_so() -> None:
    assert edited('[dataset]\nsize = "1 GB"', [SIZE], file="p.toml") == '[dataset]\nsize = "44.7 GiB"'


@pytest.mark.parametrize(
    ("text", "edit", "place"),
    [
        ("option = [{name = 'a'}, {name = 'b'}]\n", HOURS, "option[2].hours_per_run"),
        ("dataset = {images = 1, size = '1 GB'}\n", SIZE, "dataset.size"),
        ("dataset.size = '1 GB'\n", SIZE, "dataset.size"),
        ("x = '''\n[dataset]\n'''\n[dataset]\nsize = '1 GB'\n", SIZE, "dataset.size"),
        ("[dataset]\nsize = '''1 GB'''\n", SIZE, "dataset.size"),
    ],
)
def test_what_cannot_be_set_alone_is_refused_with_what_to_write(text: str, edit: KeyEdit, place: str) -> None:
    with pytest.raises(InputError) as caught:
        edited(text, [edit], file="p.toml")
    assert str(caught.value) == (
        f"p.toml:{place}: cannot be set without changing more, the table is not written in lines of its own, "
        f"write {edit.key} = {edit.value} by hand"
    )


@given(st.lists(st.sampled_from([*TEXT.split("\n"), "x = '''", "'''", "y = [", "]", '["dataset"]']), max_size=14))
@settings(max_examples=100, deadline=None)
def test_any_text_has_that_change_alone_or_is_refused(rows: list[str]) -> None:
    text = "\n".join(rows)
    try:
        before = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    try:
        after = tomllib.loads(edited(text, [SIZE], file="p.toml"))
    except InputError:
        return
    before["dataset"]["size"] = "44.7 GiB"
    assert after == before

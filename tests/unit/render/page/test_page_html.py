from __future__ import annotations

import json

import pytest

from cloudcost.render.page.html import bullets, json_block, section, shape, table, tag, text, void


def test_text_is_escaped_in_content_and_attributes() -> None:
    assert text("<b>&\"'") == "&lt;b&gt;&amp;&quot;&#x27;"
    assert tag("p", "x", title='"><script>') == '<p title="&quot;&gt;&lt;script&gt;">x</p>'


def test_attributes_that_are_none_or_false_are_left_out_and_true_ones_stand_alone() -> None:
    assert void("input", disabled=True, hidden=False, max=None, for_="a", aria_label="b") == (
        '<input disabled for="a" aria-label="b">'
    )
    assert shape("line", x1=1.234, y1=2.0) == '<line x1="1.23" y1="2"/>'


@pytest.mark.parametrize("hostile", ["</script><script>alert(1)</script>", "<!--<script>", "&amp;", "\u2028\u2029"])
def test_json_block_holds_any_text_and_nothing_ends_it_early(hostile: str) -> None:
    block = json_block("a", {"name": hostile})
    inner = block.removeprefix('<script type="application/json" id="a">').removesuffix("</script>")
    assert not set("<>&\u2028\u2029") & set(inner)
    assert json.loads(inner) == {"name": hostile}


def test_sections_and_lists_without_content_are_left_out() -> None:
    assert section("a", "Title", "", "") == ""
    assert bullets([]) == ""
    assert bullets(["<i>"]) == "<ul><li>&lt;i&gt;</li></ul>"


def test_tables_name_their_headings_and_can_be_scrolled_by_keyboard() -> None:
    made = table("What & why", ["a", "b"], [["1", "2"]], numbers=(1,))
    assert '<th scope="col">a</th><th scope="col" class="n">b</th>' in made
    assert '<th scope="row">1</th><td class="n">2</td>' in made
    assert 'role="region" aria-label="What &amp; why, table" tabindex="0"' in made
    assert "<caption>What &amp; why</caption>" in made

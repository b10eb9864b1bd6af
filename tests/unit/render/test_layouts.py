"""The layouts of a data set as a terminal, Markdown and JSON show them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from cloudcost.domain.lifecycle import LifecycleRule
from cloudcost.render.layouts import layout_words, layouts_markdown, layouts_record, layouts_text
from cloudcost.results.layouts import ASPECTS, Layout, Layouts, PricedLayout

AS_IT_IS = Layout(location="s3", region="us-east-1", objects=None, reading="copy", storage_class="STANDARD")
PRESENT = PricedLayout(
    layout=AS_IT_IS, changed=(), total_usd=Decimal(60), saves_usd=Decimal(0), change_usd=Decimal(0),
    paid_after_days=None, calendar_hours=5.0,
)  # fmt: skip


def changed(saves: int, *, change: Decimal | None = Decimal(1), days: int | None = 3, **fields: object) -> PricedLayout:
    layout = replace(AS_IT_IS, **fields)  # type: ignore[arg-type]
    return PricedLayout(
        layout=layout, changed=layout.differs(AS_IT_IS), total_usd=60 - Decimal(saves), saves_usd=Decimal(saves),
        change_usd=change, paid_after_days=days, calendar_hours=5.0, conditions=("care",),
    )  # fmt: skip


def layouts(*singles: PricedLayout, best: PricedLayout = PRESENT, **fields: object) -> Layouts:
    told = {"days": 10, "considered": 7, "infeasible": 2, "unpriced": 1, "not_needed": 0, **fields}
    return Layouts(option="box", present=PRESENT, singles=singles, best=best, **told)  # type: ignore[arg-type]


def rows(text: str) -> list[str]:
    """Return the rows of a text with single spaces."""
    return [" ".join(row.split()) for row in text.splitlines()]


def test_a_table_within_80_columns() -> None:
    shards = changed(20, objects=2**30, days=1)
    rule = LifecycleRule(storage_class="DEEP_ARCHIVE", after_days=4, noncurrent_after_days=1)
    both = changed(30, objects=2**30, lifecycle=(rule,), days=12)
    idle = changed(-5, reading="stream", days=None)
    text = layouts_text(layouts(shards, idle, best=both), width=80)
    assert max(map(len, text.splitlines())) <= 80
    assert "archives of 1 GiB 40.00 20.00 1.00 1 day" in rows(text)
    assert any(row.endswith(" 30.00 30.00 1.00 never") for row in rows(text))
    assert "alone, these save nothing: another way of reading" in text
    assert "never: not in the 10 days that the data set is kept" in " ".join(text.split())
    assert "it takes: care" in text
    assert "7 layouts considered, of which 2 cannot be done, 1 have no price" in " ".join(text.split())


def test_nothing_to_better() -> None:
    text = layouts_text(layouts(), width=80)
    assert "no other layout costs less" in text
    assert "paid after: so many" not in text


def test_what_is_not_known_or_never_paid() -> None:
    for change, days, told in ((None, None, "? ?"), (Decimal(1), None, "1.00 never"), (Decimal(0), 0, "0.00 at once")):
        single = changed(3, objects=2**27, change=change, days=days)
        text = layouts_text(layouts(single, best=single), width=80)
        assert f"archives of 128 MiB 57.00 3.00 {told}" in rows(text)


def test_another_option_under_its_own_best() -> None:
    home = changed(40, location="local")
    text = layouts_text(layouts(best=changed(30, objects=2**30), overtaken_by=("home", home)), width=80)
    assert "home would cost less still, 20.00 USD, with the data set on one's own disk" in " ".join(text.split())


def test_markdown_and_json_say_the_same() -> None:
    shards = changed(20, objects=2**30, reading="stream")
    found = layouts(shards, best=shards, overtaken_by=("home", changed(40, location="local")))
    table = layouts_markdown(found)
    assert "| archives of 1 GiB, read in each epoch | 40.00 | 20.00 | 1.00 | 3 days |" in table
    record = layouts_record(found)
    assert record["best"] == {
        "location": "s3", "region": "us-east-1", "reader": "shards", "shard_size_bytes": 2**30,
        "storage_class": "STANDARD", "lifecycle": [], "changed": ["objects", "reading"], "total_usd": "40",
        "saves_usd": "20", "change_usd": "1", "paid_after_days": 3, "calendar_hours": 5.0, "conditions": ["care"],
    }  # fmt: skip
    assert record["overtaken_by"]["option"] == "home"  # type: ignore[index]
    assert layouts_record(layouts())["overtaken_by"] is None


def test_rules_in_words() -> None:
    rules = (
        LifecycleRule(storage_class="GLACIER", after_days=1),
        LifecycleRule(expire_after_days=30, noncurrent_expire_after_days=2),
    )
    said = layout_words(replace(AS_IT_IS, lifecycle=rules, objects=1000), ASPECTS)
    assert said == (
        "in S3, in us-east-1, archives of 1,000 bytes, copied by each run at its start, STANDARD, moved to GLACIER "
        "after 1 day and deleted after 30 days, old versions deleted after 2 days"
    )

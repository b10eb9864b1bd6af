"""Rows that do not fit, purchases, notes: what the printed bill does with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from cloudcost.domain.lines import LineItem, TierSlice
from cloudcost.render.lines import lines_csv, lines_markdown, lines_text, quantity_string

NAME = "Studio:KernelGateway-ml.g4dn.12xlarge"


def line(
    *,
    quantity: Fraction = Fraction(2),
    price: str = "1.5",
    purchase: str = "reserved-1y-no-upfront",
    why: str = "",
    usage_type: str = NAME,
) -> LineItem:
    exact = quantity * Fraction(price)
    part = TierSlice(from_quantity=Decimal(0), up_to=None, quantity=quantity, unit_price_usd=Decimal(price))
    return LineItem(
        service="AmazonSageMaker",
        usage_type=usage_type,
        operation="RunInstance",
        region="us-east-1",
        month=None,
        purchase=purchase,
        quantity=quantity,
        unit="Hrs",
        tiers=(part,),
        exact_usd=exact,
        amount_usd=Decimal(exact.numerator) / Decimal(exact.denominator),
        grade="official",
        source="made-up",
        as_of=date(2026, 11, 22),
        why=why,
    )


def test_a_long_name_has_a_row_of_its_own() -> None:
    rows = lines_text([line()]).splitlines()
    assert rows[2] == f"  {NAME} (RunInstance) [reserved-1y-no-upfront]"
    assert rows[3].split() == ["2", "Hrs", "1.5", "3.00"]
    assert {len(row) for row in (rows[0], rows[3], rows[4])} == {80}


def test_a_price_with_many_digits_is_shortened_in_text_only() -> None:
    item = line(price="0.00000033333333", usage_type="x", purchase="on-demand")
    assert "0.000000333" in lines_text([item])
    assert "0.00000033333333" in lines_csv([item])


def test_reasons_are_wrapped_within_the_width() -> None:
    text = lines_text([line(why="images kept as they were uploaded, " * 6)], explain=True)
    assert max(map(len, text.splitlines())) <= 80
    assert "    why: images kept" in text
    assert "    price: official, made-up, seen 2026-11-22" in text


def test_a_product_that_fills_the_width_has_its_amount_below() -> None:
    wide = TierSlice(
        from_quantity=Decimal(10**9),
        up_to=Decimal(10**12),
        quantity=Fraction(123_456_789),
        unit_price_usd=Decimal("0.1234567890123"),
    )
    rows = lines_text([replace(line(usage_type="x"), tiers=(wide,))], explain=True).splitlines()
    assert max(map(len, rows)) <= 80
    product = rows.index("    123,456,789 Hrs x 0.1234567890123 USD from 1,000,000,000 up to")
    assert rows[product + 1 : product + 3] == ["      1,000,000,000,000", f"{'15,241,578.75':>80}"]


def test_small_quantities_are_never_nothing() -> None:
    assert " 0.000001 Hrs" in lines_text([line(quantity=Fraction(1, 10**6))])
    assert quantity_string(Fraction(1, 3 * 10**6)) == "0.000000333333"


def test_bars_in_names_do_not_break_the_markdown_table() -> None:
    assert "a\\|b" in lines_markdown([line(usage_type="a|b")])


def test_no_lines_are_a_total_of_nothing() -> None:
    assert lines_text([]).splitlines()[-1].split() == ["total", "0.00"]
    assert lines_markdown([]).splitlines()[-1].endswith("**0.00** |")

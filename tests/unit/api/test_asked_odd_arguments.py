"""Arguments that are nothing of the kind asked for: one line that names them, shortened, and no other error."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import cloudcost

RETO = Path(__file__).parents[3] / "examples" / "reto.toml"
HUGE = 10**5000
"""A whole number that Python refuses to write out."""
ODD: list[object] = [
    None, "", b"x", 0, -1, 1.5, float("nan"), True, [], {}, object(), HUGE, -HUGE, "9" * 5000, (3, "a"), "x" * 100_000,
    complex(1, 2), Decimal("NaN"), Fraction(1, 3), date(2026, 1, 1), [None], {"a": None}, "nul\0",
]  # fmt: skip

CALLS: dict[str, Callable[..., object]] = {
    "named_network": cloudcost.named_network,
    "image_px": lambda odd: cloudcost.named_network("resnet18", image_px=odd),
    "image_px pair": lambda odd: cloudcost.named_network("resnet18", image_px=(odd, odd)),
    "channels": lambda odd: cloudcost.named_network("resnet18", channels=odd),
    "classes": lambda odd: cloudcost.named_network("resnet18", classes=odd),
    "read_network": cloudcost.read_network,
    "read_project": cloudcost.read_project,
    "parse_project": cloudcost.parse_project,
    "load_book": cloudcost.load_book,
    "price_usage": cloudcost.price_usage,
    "price_bill": cloudcost.price_bill,
    "explain": cloudcost.explain,
    "explain_amount": lambda odd: cloudcost.explain_amount(odd, 2),
    "explain_amount days": lambda odd: cloudcost.explain_amount(3, odd),
    "predict": lambda odd: cloudcost.predict(odd, batch=2, device="T4"),
    "predict batch": lambda odd: cloudcost.predict("resnet18", batch=odd, device="T4"),
    "predict device": lambda odd: cloudcost.predict("resnet18", batch=2, device=odd),
    "compare": lambda odd: cloudcost.compare(odd, draws=0),
    "compare draws": lambda odd: cloudcost.compare("no-such.toml", draws=odd),
    "prices service": lambda odd: cloudcost.prices(service=odd or "no", region="us-east-1"),
    "diff": lambda odd: cloudcost.diff(odd, RETO),
    "sweep": lambda odd: cloudcost.sweep(RETO, odd),
    "quick": lambda odd: cloudcost.quick(odd, images=1, epochs=1, runs=1),
    "choose": cloudcost.choose,
}


@pytest.mark.parametrize("name", CALLS)
def test_an_odd_argument_is_refused_in_one_line_or_taken(name: str) -> None:
    said = []
    for odd in ODD:
        try:
            CALLS[name](odd)
        except cloudcost.CloudCostError as error:
            said.append(str(error))
    assert [message[:100] for message in said if max(map(len, message.split("\n"))) > 700] == []


def test_what_is_wrong_is_not_lost_behind_a_long_name() -> None:
    with pytest.raises(cloudcost.CatalogError, match="x…'; there is aws-2026-11"):
        cloudcost.load_book("x" * 100_000)
    with pytest.raises(cloudcost.NetworkError, match=r"unknown network 'y+…'; cloudcost networks"):
        cloudcost.named_network("y" * 100_000)


def test_a_number_of_too_many_digits_is_called_that() -> None:
    with pytest.raises(cloudcost.NetworkError, match="not a number of over 4,300 digits"):
        cloudcost.named_network("resnet18", image_px=HUGE)


def test_numpys_whole_numbers_count() -> None:
    numpy = pytest.importorskip("numpy")
    plain = cloudcost.named_network("resnet18", image_px=64, classes=10)
    assert cloudcost.named_network("resnet18", image_px=numpy.int64(64), classes=numpy.int32(10)) == plain

"""Bills with causes put into them, in four forms: each is found with its amount, and nothing else is large."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.bill_files import FORMS, KEYS, MadeBill, made_bill

from cloudcost.analysis.explain.bill import explain_bill
from cloudcost.bills.read import read_bill
from cloudcost.results.explanation import Explanation

TODAY = date(2026, 11, 22)
MOST_OTHER = Decimal("0.02")
"""Of a bill, for a cause that was neither planned nor put in. [1]"""


def explained(made: MadeBill, form: str, folder: Path) -> Explanation:
    path = folder / f"{form}.csv"
    path.write_text(FORMS[form](made), encoding="utf-8")
    return explain_bill(read_bill([path]), today=TODAY)


def check(made: MadeBill, found: Explanation) -> None:
    """Hold an explanation against what was put into a bill."""
    assert found.billed_usd == sum(row.usd for row in made.rows)
    amounts = {each.key: each for each in found.causes}
    planned = {"bucket-storage", "machines", "disks", "requests"}
    for cause, usd in made.injected.items():
        each = amounts[KEYS.get(cause, cause)]
        of_plan = sum(row.usd for row in made.rows if row.cause == "plan" and _key(row.usage_type) == each.key)
        assert abs(each.usd - usd - of_plan) <= usd / 100
    for each in found.causes:
        if each.key not in planned | {KEYS.get(cause, cause) for cause in made.injected}:
            assert each.usd <= MOST_OTHER * found.billed_usd
    if "versions" in made.injected:
        [versions] = [each for each in amounts["bucket-storage"].split if each.name == "old versions"]
        assert versions.low_usd <= made.injected["versions"] <= versions.high_usd
    if "notebook" in made.injected and amounts["notebook"].items[0].quantity is not None:
        assert amounts["notebook"].running == "left on"


def _key(usage_type: str) -> str:
    return {"Tim": "bucket-storage", "Req": "requests"}.get(usage_type[:3], "")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(3))
def test_each_cause_that_was_put_in_is_found(seed: int, form: str, tmp_path: Path) -> None:
    made = made_bill(seed)
    check(made, explained(made, form, tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_each_cause_of_200_bills_is_found(part: int, tmp_path: Path) -> None:
    for seed in range(100 + part, 300, 4):
        made = made_bill(seed)
        for form in FORMS:
            check(made, explained(made, form, tmp_path))


def test_the_four_forms_of_a_bill_have_the_same_causes(tmp_path: Path) -> None:
    made = made_bill(11)
    amounts = [{each.key: each.usd for each in explained(made, form, tmp_path).causes} for form in FORMS]
    assert all(each == amounts[0] for each in amounts)

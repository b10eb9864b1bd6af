"""The two ways of looking through the pieces of two curves find the same crossings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cloudcost.analysis.breakeven import runs as breakeven
from cloudcost.analysis.compare import context_of
from cloudcost.domain.project import Option
from cloudcost.options.model import build_model
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.file import parse_project

TODAY = date(2026, 11, 22)


def test_numpy_and_the_plain_walk_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Colab's units come in packs: hundreds of steps; a machine at nearly their rate crosses them again and again."""
    project = parse_project(bundled_project_text("reto"), name="reto.toml", today=TODAY)
    colab = next(option for option in project.options if option.plan == "pay-as-you-go" and option.kind == "colab")
    rented = [
        Option(name=usd, kind="cloud", provider="lambda", instance="box", usd_per_hour=Decimal(usd), hours_per_run=6.0)
        for usd in ("0.105", "0.107", "0.11")
    ]
    options = [replace(colab, hours_per_run=6.0), *rented]
    context = context_of(project, today=TODAY)
    models = [build_model(project, option, context) for option in options]
    found = {}
    for limit in (0, 10**9):
        monkeypatch.setattr(breakeven, "_MANY_PIECES", limit)
        found[limit] = breakeven.all_crossings(models, horizon=1500)
    assert found[0] == found[10**9]
    assert any(len(each.at) > 2 for each in found[0])

"""The bundled project on 2026-11-22: what no modelled time changes is pinned exactly, the rest in its shape."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from cloudcost.analysis.compare import compare
from cloudcost.domain.lines import LineItem
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.file import parse_project
from cloudcost.render.comparison import comparison_text
from cloudcost.render.tables.screen import Screen
from cloudcost.results.comparison import Comparison

TODAY = date(2026, 11, 22)
GIB = 2**30


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare(parse_project(bundled_project_text("reto"), name="reto.toml", today=TODAY), today=TODAY, draws=200)


def lines_of(comparison: Comparison, option: str) -> dict[tuple[str, str], LineItem]:
    return {(line.usage_type, str(line.month)): line for line in comparison.option(option).lines}


def test_storage_by_hand(comparison: Comparison) -> None:
    """Two uploads of 7 GB, at once and after 48 h; 15 runs' checkpoints, there for half of the four days; then a month.

    A run's checkpoints: 38 x 205 MB, 6 x 1.1 GB, 60 x 28 MB; five runs of each are 80.35 GB. November has 96 h of the
    project and 120 h after it, December 600 h.
    """
    lines = lines_of(comparison, "EC2 g4dn.xlarge")
    november, december = (lines["TimedStorage-ByteHrs", month] for month in ("2026-11", "2026-12"))
    saved = 5 * (38 * 205_000_000 + 6 * 1_100_000_000 + 60 * 28_000_000)
    assert november.quantity == Fraction(7 * 10**9 * (216 + 168) + saved * (48 + 120), GIB * 720)
    assert december.quantity == Fraction(7 * 10**9 * 2 * 600 + saved * 600, GIB * 744)
    assert (november.unit_price_usd, december.unit_price_usd) == (Decimal("0.023"), Decimal("0.023"))


def test_requests_by_hand(comparison: Comparison) -> None:
    """Tier 1: two uploads of 60,000; 60 pages of keys for 15 runs and a download; checkpoints in parts of 8 MiB."""
    lines = lines_of(comparison, "EC2 g4dn.xlarge")
    parts = 5 * (38 * (2 + 25) + 6 * (2 + 132) + 60 * (2 + 4))
    assert lines["Requests-Tier1", "2026-11"].quantity == 120_000 + 60 * 16 + parts == 131_910
    assert lines["Requests-Tier1", "2026-11"].amount_usd == Decimal("0.6595500000")
    assert lines["Requests-Tier2", "2026-11"].quantity == 60_000 * 16
    assert lines["Requests-Tier2", "2026-11"].amount_usd == Decimal("0.3840000000")


def test_one_download_is_within_the_free_allowance(comparison: Comparison) -> None:
    line = lines_of(comparison, "EC2 g4dn.xlarge")["DataTransfer-Out-Bytes", "2026-11"]
    assert (line.quantity, line.amount_usd) == (Fraction(7 * 10**9, GIB), Decimal("0E-10"))


def test_colab_reads_over_the_internet_and_pays_beyond_100_gb(comparison: Comparison) -> None:
    """15 runs and a download of 7 GB are 104.3 GiB: 4.3 of them cost 0.09 USD each."""
    line = lines_of(comparison, "Colab pay-as-you-go T4")["DataTransfer-Out-Bytes", "2026-11"]
    assert line.quantity == Fraction(16 * 7 * 10**9, GIB)
    assert line.exact_usd == (line.quantity - 100) * Fraction("0.09")


def test_volumes_and_notebooks_by_hand(comparison: Comparison) -> None:
    volume = lines_of(comparison, "EC2 g4dn.xlarge")["EBS:VolumeUsage.gp3", "2026-11"]
    assert volume.quantity == Fraction(130 * 96, 720)
    bill = lines_of(comparison, "SageMaker ml.g4dn.xlarge")
    assert bill["Notebk:ml.t3.medium", "2026-11"].amount_usd == Decimal("4.8000000000")
    assert bill["Notebk:VolumeUsage.gp2", "2026-11"].quantity == Fraction(5 * 96, 720)
    assert ("Train:VolumeUsage.gp2", "2026-11") not in bill  # g4dn has a disk of its own
    left_on = lines_of(comparison, "SageMaker, GPU notebook left on")
    assert left_on["Notebk:ml.g4dn.xlarge", "2026-11"].quantity == 96


def test_what_was_measured_on_a_t4_is_six_hours_there(comparison: Comparison) -> None:
    for name in ("EC2 g4dn.xlarge", "SageMaker ml.g4dn.xlarge", "Colab pay-as-you-go T4"):
        assert comparison.option(name).basis == "measured"
        assert comparison.option(name).hours_per_run == pytest.approx(6.0)


def test_the_machine_to_buy_costs_half_of_its_price(comparison: Comparison) -> None:
    lines = {line.usage_type: line.amount_usd for line in comparison.option("Buy a computer, RTX 3090").lines}
    assert (lines["Purchase"], lines["Resale"], lines["SetUp"]) == (Decimal(2500), Decimal(-1250), Decimal(30))


def test_the_text_has_its_sections_in_order(comparison: Comparison) -> None:
    rows = comparison_text(comparison, screen=Screen(assumptions=True)).splitlines()
    titles = ["how likely", "not feasible", "beside the totals", "from which number of runs on which wins", "assumed",
              "not included"]  # fmt: skip
    places = [next(index for index, row in enumerate(rows) if row.startswith(title)) for title in titles]
    assert places == sorted(places)
    assert rows[0].startswith(comparison.verdict[:20])
    assert sum(row.count(" - ") for row in rows[: places[0]]) >= 8  # a band for each feasible option

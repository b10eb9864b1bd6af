from __future__ import annotations

import math

import pytest

from cloudcost.catalog.spot.traced import TracedZone, spot_model, traced_zones
from cloudcost.catalog.tables import sources
from cloudcost.errors import CatalogError


@pytest.mark.parametrize("traced", traced_zones(), ids=lambda traced: f"{traced.accelerator}-{traced.fitted.name}")
def test_regimes_are_a_chain_with_its_long_run_shares(traced: TracedZone) -> None:
    regimes = traced.fitted.regimes
    assert math.fsum(regime.share for regime in regimes) == pytest.approx(1.0, abs=1e-5)
    for place, regime in enumerate(regimes):
        assert regime.up_seconds > 0
        assert regime.wait_seconds > 0
        assert regime.wait_shape > 0
        assert len(regime.following) == len(regimes)
        assert math.fsum(regime.following) == pytest.approx(1.0, abs=5e-4)
        entered = math.fsum(other.share * other.following[place] for other in regimes)
        assert entered == pytest.approx(regime.share, abs=5e-4)


def test_every_source_is_known() -> None:
    assert {traced.source for traced in traced_zones()} <= set(sources())


def test_the_nearest_count_stands_for_one_that_was_not_traced() -> None:
    assert spot_model("V100", 8).zones == spot_model("v100", 16).zones
    assert spot_model("V100", 1).zones != spot_model("V100", 8).zones


def test_a_machine_without_accelerator_has_traces_of_its_own() -> None:
    assert spot_model(None).accelerator == "CPU"
    assert spot_model(None) == spot_model("CPU", 4)


def test_an_accelerator_never_traced_gets_all_zones_and_says_so() -> None:
    model = spot_model("T4")
    assert (model.accelerator, model.basis) == ("any", "assumed")
    assert len(model.zones) == len(traced_zones())


def test_an_unknown_zone_names_those_that_are_known() -> None:
    with pytest.raises(CatalogError, match=r"no spot trace of K80 in zone mars-1a, use one of us-west-2a, us-west-2b"):
        spot_model("K80", zone="mars-1a")

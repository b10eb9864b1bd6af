"""Machine types without a GPU as devices: the share of a processor that is rented."""

from __future__ import annotations

import pytest

from cloudcost.catalog.devices import device, devices, find_device
from cloudcost.catalog.instances import instances
from cloudcost.catalog.tables import DATA, read_table, sources
from cloudcost.networks.registry import named_network
from cloudcost.options.kinds.rented import rented
from cloudcost.timing.predict import predict_step

ROWS = read_table(DATA / "instance_processors.csv", ("families", "processor", "vcpu_per_core", "source", "note"))


def test_every_row_is_of_known_processors_sources_and_types() -> None:
    families = [family for row in ROWS for family in row[0].split()]
    assert len(families) == len(set(families))
    known = {name.partition(".")[0] for name in instances()}
    assert {row[1] for row in ROWS} <= {each.name for each in devices().values() if each.kind == "cpu"}
    assert {row[3] for row in ROWS} <= set(sources())
    assert set(families) & known


@pytest.mark.parametrize(
    ("name", "cores"), [("c5.4xlarge", 8), ("ml.m5.large", 1), ("c7g.xlarge", 4), ("c7a.2xlarge", 8)]
)
def test_a_type_is_the_cores_that_it_has(name: str, cores: int) -> None:
    found = device(name)
    assert (found.kind, found.multiprocessors) == ("cpu", cores)
    assert found.name == name.removeprefix("ml.")


@pytest.mark.parametrize("name", ["c5.gigantic", "g4dn.xlarge", "r5.large", "RTX 4060.5"])
def test_other_names_are_no_processors(name: str) -> None:
    assert find_device(name) is None


def test_twice_the_cores_take_half_the_time_and_the_band_is_wide() -> None:
    network = named_network("resnet50")
    small, large = (predict_step(network, batch=32, device=name) for name in ("c5.2xlarge", "c5.4xlarge"))
    assert small.seconds == pytest.approx(2 * large.seconds, rel=0.1)
    low, high = large.interval_seconds
    assert high / low > 2.5


def test_an_option_on_such_a_type_is_timed() -> None:
    assert rented("c5.4xlarge").device == "c5.4xlarge"
    assert rented("t3.medium").device is None
    assert rented("g4dn.xlarge").device == "T4"

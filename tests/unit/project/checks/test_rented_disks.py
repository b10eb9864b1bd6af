"""Disks beside machines of other clouds: what is not sold there is refused in one line with what to do."""

from __future__ import annotations

import pytest

from cloudcost.catalog.providers import providers
from cloudcost.catalog.stores.cloud_disks import cloud_disks
from cloudcost.project.checks.rented_disks import disk_faults

PLACE = ("option", 0)


def told(**option: object) -> list[str]:
    return [
        fault.line("p.toml").removeprefix("p.toml:") for fault in disk_faults({"kind": "cloud", **option}, PLACE, None)
    ]


@pytest.mark.parametrize("provider", [each.name for each in providers()])
def test_a_provider_has_its_own_disks_and_no_other_s(provider: str) -> None:
    own = cloud_disks(provider)
    for each in providers():
        for name, disk in cloud_disks(each.name).items():
            faults = told(provider=provider, disk_type=name, volume_gib=disk.largest_data_gib)
            assert bool(faults) == (name not in own), name
    for name, disk in own.items():
        [fault] = told(provider=provider, disk_type=name, volume_gib=disk.largest_data_gib + 1)
        assert f"at most {disk.largest_data_gib:,} GiB" in fault


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"provider": "gcp", "disk_type": "pd-sdd"},
         'option[0].disk_type: no disk of Google Cloud, "pd-sdd", did you mean'),
        ({"provider": "mine", "usd_per_hour": 1, "disk_type": "x"},
         'option[0].disk_type: no disk of this provider is known, "x", remove it and count'),
        ({"provider": "azure", "usd_per_hour": 1, "disk_type": "premium-ssd"},
         "option[0].region: missing, no value, add"),
    ],
)  # fmt: skip
def test_each_fault_says_what_to_do(option: dict[str, object], message: str) -> None:
    [fault] = told(**option)
    assert fault.startswith(message)


def test_what_asks_for_no_disk_has_no_fault() -> None:
    assert told(provider="mine", usd_per_hour=1, volume_gib=9) == []
    assert told(provider="lambda", usd_per_hour=1, volume_gib=50) == []
    assert told(provider="azure", usd_per_hour=1) == []

"""A machine of another cloud is what it is sold as: a device, GPUs or a provider that do not fit are faults."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from cloudcost.catalog.devices import devices
from cloudcost.catalog.instances import instances
from cloudcost.domain.devices import Instance
from cloudcost.errors import ProjectFileError
from cloudcost.project.checks.machines import AWS_NAMES, machine_faults
from cloudcost.project.file import parse_project

FRAME = '[dataset]\nimages = 10\nsize = "1 GB"\n[[training]]\nnetwork = "resnet18"\nepochs = 1\n[[option]]\n'
RENTED = [each for each in instances().values() if each.provider != "aws" and each.gpu_count]
HOSTS = [each for each in instances().values() if each.provider != "aws" and not each.gpu_count]


def faults(**option: object) -> list[str]:
    found = machine_faults({"kind": "cloud", **option}, ("option", 0))
    return [f"{fault.key}: {fault.what}, {fault.value}, {fault.remedy}" for fault in found]


def _count(machine: Instance) -> int:
    return max(int(machine.gpu_count), 1)


@pytest.mark.parametrize("machine", RENTED, ids=lambda each: each.name)
def test_a_machine_may_be_said_to_hold_what_it_holds_and_nothing_else(machine: Instance) -> None:
    right = {"instance": machine.name, "device": machine.device, "gpus": _count(machine)}
    assert not faults(**right)
    for other in sorted(set(devices()) - {machine.device})[::9]:
        [told] = faults(**{**right, "device": other})
        assert told.startswith(f"option[0].device: {machine.name} holds ")
    for gpus in {1, 2, 3, 4, 8, 16} - {_count(machine)}:
        [told] = faults(**{**right, "gpus": gpus})
        assert told.startswith(f"option[0].gpus: {machine.name} holds ")
        assert "billed whole" in told
    assert len(faults(instance=machine.name, device="K520", gpus=99, usd_per_hour=1)) == 2


@pytest.mark.parametrize("machine", HOSTS, ids=lambda each: each.name)
def test_a_host_without_a_gpu_is_not_priced_as_if_it_had_one(machine: Instance) -> None:
    for stated in ({"device": "T4"}, {"gpus": 1}, {"device": "V100", "gpus": 2}):
        [told] = faults(instance=machine.name, **stated)
        assert f"{machine.name} is a host without a GPU" in told
        assert "give usd_per_hour of host and GPU together" in told
        assert not faults(instance=machine.name, usd_per_hour=0.54, **stated)
    assert not faults(instance=machine.name)


def test_there_are_machines_and_hosts_to_ask_about() -> None:
    assert len(RENTED) > 20
    assert HOSTS


@pytest.mark.parametrize("provider", [*sorted(AWS_NAMES), "AWS", "Amazon", " aws "])
@pytest.mark.parametrize(("instance", "kind"), [("g4dn.xlarge", "ec2"), ("ml.g5.xlarge", "sagemaker")])
def test_aws_is_no_other_cloud(provider: str, instance: str, kind: str) -> None:
    [told] = faults(provider=provider, instance=instance, usd_per_hour=1, region="us-east-1")
    assert told.startswith("option[0].provider: AWS is no other cloud")
    assert f'use kind = "{kind}"' in told
    [told] = faults(instance=instance, usd_per_hour=1)
    assert told.startswith("option[0].instance: a machine of AWS")


@pytest.mark.parametrize(
    "option",
    [{"kind": "ec2", "instance": "g4dn.xlarge"}, {"instance": "nobody.sells.it", "device": "T4"}, {"device": "T4"},
     {"instance": 3, "device": 4, "gpus": "x", "provider": []}, {"instance": "g2-standard-4", "device": "no such"}],
)  # fmt: skip
def test_names_that_are_not_known_are_left_to_others(option: Mapping[str, object]) -> None:
    assert not faults(**option)


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ('kind = "cloud"\ninstance = "g2-standard-4"\nregion = "us-central1"\ndevice = "T4"',
         'option[0].device: g2-standard-4 holds 1 x L4, "T4", remove device, or name a machine that holds it'),
        ('kind = "cloud"\ninstance = "g2-standard-96"\nregion = "us-central1"\ngpus = 1',
         "option[0].gpus: g2-standard-96 holds 8 x L4 and is billed whole, 1, remove gpus, or name a machine"),
        ('kind = "cloud"\nprovider = "AWS"\ndevice = "T4"\nusd_per_hour = 0.2',
         'option[0].provider: AWS is no other cloud: disk, address and traffic are billed its way, "AWS", use'),
    ],
)  # fmt: skip
def test_the_file_says_so(option: str, told: str) -> None:
    with pytest.raises(ProjectFileError) as raised:
        parse_project(FRAME + option + "\nhours_per_run = 1\n", name="p.toml", today=date(2026, 11, 22))
    assert [fault for fault in raised.value.faults if told in fault]

"""Every device has a row that says which releases of PyTorch run on it, with a source."""

from __future__ import annotations

import csv
import re

import pytest

from cloudcost.catalog.devices import device, devices
from cloudcost.catalog.tables import DATA, sources
from cloudcost.catalog.training.torch_releases import NONE, torch_releases
from cloudcost.domain.devices import Device
from cloudcost.errors import TimingError
from cloudcost.networks.registry import named_network
from cloudcost.timing.predict import predict_step
from cloudcost.timing.rates.library import has_relatives, usual_stack

RELEASE = re.compile(r"[12]\.\d+")
RESNET18 = named_network("resnet18")


def test_every_device_has_releases_with_a_source_and_every_row_is_of_a_device() -> None:
    used = {id(torch_releases(each)) for each in devices().values()}
    with (DATA / "torch_releases.csv").open(encoding="utf-8") as file:
        assert len(used) == sum(1 for _ in csv.DictReader(file))
    for each in devices().values():
        releases = torch_releases(each)
        assert releases.source in sources()
        for release in (releases.first, releases.last, releases.plain_last):
            assert release in ("", NONE) or RELEASE.fullmatch(release)


def order(release: str) -> tuple[int, ...]:
    return tuple(map(int, release.split("."))) if release not in ("", NONE) else (99,)


def _capability(known: Device) -> tuple[int, ...]:
    return tuple(map(int, known.compute_capability.split(".")))


def test_newer_chips_run_newer_releases_and_plain_pip_never_more_than_all() -> None:
    """What a compute capability runs reaches as far as any lower one's; pip's plain build is one of the builds."""
    known = sorted((each for each in devices().values() if each.compute_capability), key=_capability)
    lasts = [order(torch_releases(each).last) for each in known]
    assert lasts == sorted(lasts)
    assert all(
        order(releases.plain_last) <= order(releases.last)
        for each in devices().values()
        if (releases := torch_releases(each)).plain_last != NONE
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("K80", "up to 2.3, after 2.0 its cu118 builds"), ("M60", "up to 2.14, after 2.7 its cu126 builds"),
        ("GTX 1080 Ti", "up to 2.14"), ("V100", "up to 2.14, after 2.10 its cu126"), ("RTX 5090", "2.7 and later"),
        ("RX 5700", "the last is 1.13"), ("Arc A770", "2.5 and later, builds for xpu"), ("T4", "all of PyTorch 2"),
    ],
)  # fmt: skip
def test_published_facts_come_back(name: str, words: str) -> None:
    assert words in torch_releases(device(name)).text


@pytest.mark.parametrize("name", [name for name, each in devices().items() if each.kind == "gpu"])
def test_a_step_under_pytorch_says_which_releases_run_there_where_the_newest_does_not(name: str) -> None:
    """Under TensorFlow nothing is said of PyTorch, and torch.compile is refused where it makes no code."""
    known, limited = device(name), torch_releases(device(name)).is_limited
    if not has_relatives(known):
        return
    step = predict_step(RESNET18, batch=8, device=name)
    assert any("PyTorch" in note for note in step.notes) == (limited and usual_stack(known) == "torch")
    stated = predict_step(RESNET18, batch=8, device=name, stack="torch")
    assert any(torch_releases(known).text in note for note in stated.notes) == limited
    if not torch_releases(known).compiles:
        with pytest.raises(TimingError, match=r"no torch\.compile on|under torch-compile"):
            predict_step(RESNET18, batch=8, device=name, stack="torch-compile")

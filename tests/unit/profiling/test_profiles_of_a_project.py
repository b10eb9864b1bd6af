"""Which profiles a project may use: those of its own CNNs, of one environment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cloudcost.analysis.compare import compare
from cloudcost.domain.profile import Profile
from cloudcost.errors import InputError
from cloudcost.networks.freezing import frozen
from cloudcost.profiling.record import to_json
from cloudcost.project.file import read_project
from cloudcost.results.comparison import Comparison

MakeProfile = Callable[..., Profile]
TODAY = date(2026, 11, 22)
TRAINING = """
[[training]]
network = "{network}"
image_px = 64
batch = 8
epochs = 2
profile = "{profile}"
"""
REST = """
[dataset]
images = 5000
size = "100 MB"
location = "local"

[[option]]
name = "here"
kind = "local"
owned = true
watts = 60
country = "MEX"
"""


def _compare(folder: Path, *trainings: tuple[str, str]) -> Comparison:
    text = REST + "".join(TRAINING.format(network=network, profile=profile) for network, profile in trainings)
    (folder / "project.toml").write_text(text, encoding="utf-8")
    return compare(read_project(folder / "project.toml", today=TODAY), today=TODAY)


def test_a_profile_of_the_same_layers_is_measured(make_profile: MakeProfile, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(to_json(make_profile("resnet18")), encoding="utf-8")
    assert _compare(tmp_path, ("resnet18", "a.json")).options[0].basis == "measured"


def test_a_profile_of_another_network_is_refused(make_profile: MakeProfile, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(to_json(make_profile("squeezenet1_1")), encoding="utf-8")
    said = r"training\.resnet152\.profile: its CNN is squeezenet1_1, whose layers are not those of resnet152"
    with pytest.raises(InputError, match=said):
        _compare(tmp_path, ("resnet152", "a.json"))
    (tmp_path / "b.json").write_text(to_json(make_profile("resnet18")), encoding="utf-8")
    with pytest.raises(InputError, match=r"training\.resnet34\.profile: its CNN is resnet18"):
        _compare(tmp_path, ("resnet18", "b.json"), ("resnet34", "b.json"))


def test_a_profile_that_trains_other_layers_is_refused(make_profile: MakeProfile, tmp_path: Path) -> None:
    profile = make_profile("resnet18")
    (tmp_path / "a.json").write_text(to_json(profile), encoding="utf-8")
    frozen_key = ("resnet18", 'a.json"\nfreeze = "backbone')
    with pytest.raises(InputError, match=r"training\.resnet18\.profile: it trains other layers of resnet18 than"):
        _compare(tmp_path, frozen_key)
    of_frozen = replace(profile, network=frozen(profile.network, "backbone"))
    (tmp_path / "a.json").write_text(to_json(of_frozen), encoding="utf-8")
    assert _compare(tmp_path, frozen_key).options[0].basis == "measured"


def test_profiles_of_two_environments_are_not_mixed(make_profile: MakeProfile, tmp_path: Path) -> None:
    one, other = make_profile("resnet18"), make_profile("alexnet")
    (tmp_path / "a.json").write_text(to_json(one), encoding="utf-8")
    threads = replace(other, environment=replace(other.environment, threads=2))
    (tmp_path / "b.json").write_text(to_json(threads), encoding="utf-8")
    with pytest.raises(InputError, match=r"training\.alexnet\.profile: b\.json:environment\.threads: 2, but"):
        _compare(tmp_path, ("resnet18", "a.json"), ("alexnet", "b.json"))
    amp = replace(other, environment=replace(other.environment, channels_last=True))
    (tmp_path / "b.json").write_text(to_json(amp), encoding="utf-8")
    assert _compare(tmp_path, ("resnet18", "a.json"), ("alexnet", "b.json")).options[0].basis == "measured"

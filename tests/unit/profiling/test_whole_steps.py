"""A CNN that cannot be traced: its steps are timed as a whole, and say so wherever they are used."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cloudcost.analysis.compare import compare
from cloudcost.domain.profile import Profile
from cloudcost.errors import InputError
from cloudcost.profiling.fit import fit_machine
from cloudcost.profiling.record import parse_profile, to_json
from cloudcost.profiling.use import step_seconds
from cloudcost.project.file import read_project
from cloudcost.render.listings.profiles import profile_csv, profile_markdown, profile_text

MakeProfile = Callable[..., Profile]
REASON = "nets:detector: needs the values of a tensor"
TODAY = date(2026, 11, 22)
PROJECT = """
[dataset]
images = 5000
size = "100 MB"

[[training]]
network = "nets:detector"
image_px = 64
batch = 8
epochs = 2
profile = "whole.json"
{more}

[[option]]
name = "here"
kind = "local"
owned = true
watts = 60
country = "MEX"

[[option]]
name = "aws"
kind = "ec2"
instance = "g4dn.xlarge"
"""


def _whole(profile: Profile) -> Profile:
    steps = (
        replace(step, calls=0, operations_seconds=None, closure=None, closure_without_overhead=None)
        for step in profile.steps
    )
    network = replace(profile.network, ops=())
    return replace(profile, network=network, reason=REASON, steps=tuple(steps), ops=(), overhead_seconds=0.0)


def test_the_file_holds_the_reason_and_no_operations(make_profile: MakeProfile) -> None:
    whole = _whole(make_profile("resnet18"))
    text = to_json(whole)
    document = json.loads(text)
    assert (document["schema"], document["reason"], document["ops"]) == ("cloudcost.profile/1", REASON, [])
    assert document["summary"]["closure"] is None
    assert to_json(parse_profile(text)) == text
    assert parse_profile(json.dumps({**document, "ops": None})) == parse_profile(text)
    assert parse_profile(text).network.parameters == whole.network.parameters


def test_its_time_is_that_of_its_steps_at_any_batch(make_profile: MakeProfile) -> None:
    whole = _whole(make_profile("resnet18"))
    for step in whole.steps:
        assert step.seconds == step_seconds(whole, step.batch)[0]
    assert whole.steps[0].seconds < step_seconds(whole, 4)[0] < whole.steps[1].seconds < step_seconds(whole, 16)[0]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"reason": None}, "profile:ops: no operation was timed and no reason given"),
        ({"mode": "operations", "steps": []}, "profile:reason: of whole steps, 'operations'"),
        ({"reason": ""}, "profile:reason: string should have at least 1 character"),
    ],
)
def test_what_does_not_fit_together_is_told(make_profile: MakeProfile, change: dict[str, object], told: str) -> None:
    document = {**json.loads(to_json(_whole(make_profile("resnet18")))), **change}
    with pytest.raises(InputError) as caught:
        parse_profile(json.dumps(document))
    assert any(fault.startswith(told) for fault in caught.value.faults)


def test_operations_beside_a_reason_are_a_fault(make_profile: MakeProfile) -> None:
    document = {**json.loads(to_json(make_profile("resnet18"))), "reason": REASON}
    with pytest.raises(InputError, match="reason: of steps timed as a whole, but operations are there"):
        parse_profile(json.dumps(document))


def test_it_is_shown_as_what_it_is(make_profile: MakeProfile) -> None:
    whole = _whole(make_profile("resnet18"))
    assert f"timed as a whole: {REASON}" in profile_text(whole, None)
    several = replace(whole, network=replace(whole.network, more_inputs=((17,),)))
    assert " and 17, " in profile_text(several, None).splitlines()[0]
    assert profile_csv(whole).count("\n") == 1
    assert "| - |" in profile_markdown(whole)


def test_no_machine_is_fitted_to_it(make_profile: MakeProfile) -> None:
    runs = [("a.json", make_profile("resnet18")), ("b.json", _whole(make_profile("alexnet")))]
    with pytest.raises(InputError, match=f"b.json: {REASON}, its steps were timed as a whole: leave it out of the fit"):
        fit_machine(runs)


def _compared(folder: Path, profile: Profile, more: str = "") -> dict[str, tuple[str | None, str]]:
    (folder / "whole.json").write_text(to_json(profile), encoding="utf-8")
    (folder / "project.toml").write_text(PROJECT.format(more=more), encoding="utf-8")
    found = compare(read_project(folder / "project.toml", today=TODAY), today=TODAY)
    return {option.name: (option.basis, option.reason or "") for option in found.options}


def test_a_comparison_uses_it_where_it_was_measured_alone(make_profile: MakeProfile, tmp_path: Path) -> None:
    found = _compared(tmp_path, _whole(make_profile("resnet18")))
    assert found["here"] == ("measured", "")
    basis, reason = found["aws"]
    assert basis is None
    assert "no timing model for nets:detector on T4: it cannot be traced" in reason
    assert "state hours_per_run or seconds_per_step" in reason


def test_on_the_gpu_that_was_profiled_it_is_measured_too(make_profile: MakeProfile, tmp_path: Path) -> None:
    whole = _whole(make_profile("resnet18"))
    environment = replace(whole.environment, device="cuda", processor="Tesla T4", clock="cuda")
    assert _compared(tmp_path, replace(whole, environment=environment))["aws"][0] == "measured"


def test_freezing_it_is_refused(make_profile: MakeProfile, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it holds whole steps of a module that cannot be traced"):
        _compared(tmp_path, _whole(make_profile("resnet18")), 'freeze = "backbone"')

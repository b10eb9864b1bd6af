"""The profile JSON: nothing is lost, and every fault is named."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.domain.profile import (
    CommunicationRecord,
    EnergyRecord,
    Environment,
    LoadingRecord,
    Profile,
)
from cloudcost.errors import InputError, MixedEnvironmentError, NetworkError
from cloudcost.profiling.record import (
    parse_profile,
    profile_document,
    read_profile,
    require_one_environment,
    settled,
    to_json,
)

MakeProfile = Callable[..., Profile]


def _full(profile: Profile) -> Profile:
    return replace(
        profile,
        loading=LoadingRecord(images_per_second_per_core=171.0, image_px=64, source="synthetic", images=500),
        energy=EnergyRecord(watts=50.0, source="estimate", note="a note"),
        communication=CommunicationRecord(
            backend="gloo", processes=2, batch=8, parameters=10, tensors=2, step_seconds=0.2, no_sync_seconds=0.1,
            all_reduce=((40, 0.001), (160, 0.002)),
        ),
        warnings=("noisy",),
    )  # fmt: skip


def test_reading_back_gives_the_same_profile(make_profile: MakeProfile) -> None:
    profile = _full(make_profile())
    kept = settled(profile)
    assert kept == parse_profile(to_json(kept))
    assert profile.network == kept.network
    assert profile.communication == kept.communication


def test_the_summary_holds_the_worst_closure(make_profile: MakeProfile) -> None:
    profile = make_profile()
    steps = (replace(profile.steps[0], closure=0.03), replace(profile.steps[1], closure=0.01))
    document: Any = profile_document(replace(profile, steps=steps))
    assert document["schema"] == "cloudcost.profile/1"
    assert document["summary"]["closure"] == 0.03
    assert set(document) >= {"environment", "network", "steps", "ops", "summary"}
    assert document["network"]["schema"] == "cloudcost.network/1"


def test_a_packed_file_is_unpacked(make_profile: MakeProfile, tmp_path: Path) -> None:
    path = tmp_path / "a.json.gz"
    path.write_bytes(gzip.compress(to_json(make_profile()).encode()))
    assert read_profile(path).network.name == "squeezenet1_1"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not JSON"),
        ("[]", "not a profile, 'list'"),
        ('{"schema": "cloudcost.profile/9"}', "not a profile, 'cloudcost.profile/9'"),
        ('{"schema": "cloudcost.profile/1"}', "environment"),
    ],
)
def test_what_is_no_profile(content: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse_profile(content, where="a.json")


def _change(profile: Profile, **more: Any) -> str:
    return json.dumps({**profile_document(profile), **more})


def test_faults_name_their_place(make_profile: MakeProfile) -> None:
    document: Any = profile_document(make_profile())
    document["steps"][1]["seconds"] = "fast"
    del document["ops"][0]["key"]
    with pytest.raises(InputError) as caught:
        parse_profile(json.dumps(document), where="a.json")
    assert any(fault.startswith("a.json:steps.1.seconds: ") for fault in caught.value.faults)
    assert any(fault.startswith("a.json:ops.0.key: ") for fault in caught.value.faults)


def test_a_missing_key_is_named(make_profile: MakeProfile) -> None:
    with pytest.raises(InputError, match=r"a\.json:created: input should be a valid string, None"):
        parse_profile(_change(make_profile(), created=None), where="a.json")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"warnings": 5}, "a.json:warnings: "),
        ({"optimizer": "foo"}, "a.json:optimizer: "),
        ({"mode": "fast"}, "a.json:mode: "),
        ({"quick": "perhaps"}, "a.json:quick: "),
        ({"processes": 0}, "a.json:processes: "),
        ({"overhead_seconds": "x"}, "a.json:overhead_seconds: "),
        ({"overhead_seconds": 1e999}, "Infinity is no number of JSON"),
        ({"pace_seconds": -1}, "a.json:pace_seconds: above 0, -1.0"),
        ({"steps.0.seconds": 0}, "a.json:steps.0: seconds above 0 and a batch of 1 or more, 0.0 at 2"),
        ({"steps.1.seconds": -1}, "a.json:steps.1: seconds above 0"),
        ({"steps.1.seconds": float("nan")}, "NaN is no number of JSON"),
        ({"steps.1.quantiles": [0, 1, 1, 1, 1]}, "a.json:steps.1: seconds above 0"),
        ({"steps.0.process_seconds": []}, "a.json:steps.0: seconds above 0"),
        ({"steps.0.half_width": -1}, "a.json:steps.0: half width, repeats and calls"),
        ({"steps.1.batch": 2}, "a.json:steps: batch sizes once each and ascending, [2, 2]"),
        ({"ops.3.seconds": -1e-3}, "a.json:ops.3: seconds, FLOPs and bytes not below 0"),
        ({"ops.3.count": 0}, "a.json:ops.3: "),
        ({"ops": []}, "a.json:ops: no operation was timed"),
        ({"steps.1.batch": 10**400}, "a.json:steps.1: seconds above 0 and a batch of 1 or more"),
        ({"steps.1.batch": 9}, "a.json:ops: of a batch that has no step, [8]"),
        ({"steps.1.seconds": 1e300}, "a.json:steps.1: seconds above 0"),
        ({"steps.1.operations_seconds": 1e-320}, "a.json:steps.1: seconds above 0 and like one another"),
        ({"steps.1.half_width": 1e300}, "a.json:steps.1: half width"),
        ({"steps.1.disturbed_share": -1}, "a.json:steps.1: closure not below 0 and disturbed_share"),
        ({"ops.3.count": 10**400}, "a.json:ops.3: seconds, FLOPs and bytes"),
        ({"ops.3.seconds": 1e-320}, "a.json:ops.3: seconds, FLOPs and bytes"),
        ({"ops.3.seconds": 1e300}, "a.json:ops.3: seconds, FLOPs and bytes"),
        ({"environment.threads": 0}, "a.json:environment.threads: 1 or more, 0"),
        ({"environment.threads": 10**400}, "a.json:environment.threads: "),
        ({"communication.all_reduce": []}, "a.json:communication: seconds above 0 and all-reduces"),
        ({"communication.parameters": 0}, "a.json:communication: 2 processes or more"),
        ({"communication.tensors": 10**400}, "a.json:communication: 2 processes or more"),
        ({"communication.step_seconds": 1e300}, "a.json:communication: seconds above 0"),
        ({"energy.watts": -3}, "a.json:energy.watts: above 0"),
    ],
)
def test_values_that_make_no_sense(make_profile: MakeProfile, change: dict[str, Any], said: str) -> None:
    document: Any = json.loads(to_json(_full(make_profile())))
    for key, value in change.items():
        *path, last = (int(part) if part.isdigit() else part for part in key.split("."))
        place = document
        for part in path:
            place = place[part]
        place[last] = value
    with pytest.raises(InputError) as caught:
        parse_profile(json.dumps(document), where="a.json")
    assert said in str(caught.value)


PARTS = ("", "environment", "steps.1", "ops.3", "loading", "energy", "communication", "summary", "network")


@given(data=st.data())
def test_a_misspelt_key_of_any_part_is_a_fault(full_document: Any, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(PARTS))
    document = copy.deepcopy(full_document)
    part = document
    for step in place.split(".") if place else ():
        part = part[int(step) if step.isdigit() else step]
    key = data.draw(st.sampled_from(sorted(part)))
    at = data.draw(st.integers(0, len(key)))
    strange = key[:at] + data.draw(st.sampled_from("xq_7")) + key[at:]
    part[strange] = data.draw(st.sampled_from([0, None, [], "a"]))
    with pytest.raises(InputError) as caught:
        parse_profile(json.dumps(document), where="a.json")
    before = {"": "", "network": "network:"}.get(place, f"{place}.")  # a network is a document within the document
    assert any(fault.startswith(f"a.json:{before}{strange}: unknown key, ") for fault in caught.value.faults)


@pytest.fixture(scope="module")
def full_document(make_profile: MakeProfile) -> Any:
    return json.loads(to_json(_full(make_profile("lenet5", image_px=32))))


def test_unknown_keys_are_listed_together_with_other_faults(make_profile: MakeProfile) -> None:
    document: Any = json.loads(to_json(make_profile()))
    document["proceses"] = 3
    document["steps"][0]["secnds"] = 1.0
    document["steps"][1]["batch"] = "two"
    document["network"]["nane"] = "x"
    with pytest.raises(InputError) as caught:
        parse_profile(json.dumps(document), where="a.json")
    said = str(caught.value)
    assert "a.json:proceses: unknown key, 3, did you mean processes?" in said
    assert "a.json:steps.0.secnds: unknown key, 1.0, did you mean seconds?" in said
    assert "a.json:steps.1.batch: " in said
    assert "a.json:network:nane: unknown key, 'x', did you mean name?" in said


def test_a_key_of_former_profiles_is_read_and_means_nothing(make_profile: MakeProfile) -> None:
    document: Any = json.loads(to_json(make_profile()))
    document["steps"][0]["interruptions_seconds"] = 0.001
    assert parse_profile(json.dumps(document)) == settled(make_profile())


def test_no_time_at_all_is_no_profile(make_profile: MakeProfile) -> None:
    document: Any = json.loads(to_json(make_profile()))
    for op in document["ops"]:
        op["seconds"] = 0
    with pytest.raises(InputError, match="ops: none takes any time, batch 2"):
        parse_profile(json.dumps(document))


def test_each_signature_stands_once(make_profile: MakeProfile) -> None:
    document: Any = json.loads(to_json(make_profile()))
    document["ops"].append(document["ops"][0])
    with pytest.raises(InputError, match="each signature once, 'convolution"):
        parse_profile(json.dumps(document))


def test_a_key_that_is_not_there_is_called_missing(make_profile: MakeProfile) -> None:
    document: Any = json.loads(to_json(make_profile()))
    del document["quick"]
    with pytest.raises(InputError, match=r"a\.json:quick: missing, null"):
        parse_profile(json.dumps(document), where="a.json")


def test_an_infinite_number_in_disguise_is_refused(make_profile: MakeProfile) -> None:
    text = to_json(make_profile()).replace('"overhead_seconds": 2e-06', '"overhead_seconds": 1e999', 1)
    with pytest.raises(InputError, match="not JSON, 1e999 is beyond the largest number"):
        parse_profile(text)


def test_a_broken_network_is_named(make_profile: MakeProfile) -> None:
    with pytest.raises(NetworkError, match=r"a\.json:network"):
        parse_profile(_change(make_profile(), network={"schema": "cloudcost.network/1"}), where="a.json")


def test_steps_have_to_be_there(make_profile: MakeProfile) -> None:
    with pytest.raises(InputError, match="no step was timed"):
        parse_profile(_change(make_profile(), steps=[]))
    assert parse_profile(to_json(make_profile(mode="operations"))).steps == ()


@pytest.mark.parametrize("name", ["missing.json", "binary.json", "broken.json.gz"])
def test_a_file_that_cannot_be_read(name: str, tmp_path: Path) -> None:
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "broken.json.gz").write_bytes(b"no gzip")
    with pytest.raises(InputError, match=r"cannot be read|not JSON"):
        read_profile(tmp_path / name)


@pytest.mark.parametrize("key", [key for key in Environment.__slots__ if key not in ("system", "python")])
def test_environments_never_mix(make_profile: MakeProfile, key: str) -> None:
    one = replace(make_profile().environment, cudnn_benchmark=True)
    value: Any = {"cudnn_benchmark": False, "threads": 2, "affinity": 2, "channels_last": True, "memory_bytes": 5}.get(
        key, "other"
    )
    other = replace(one, **{key: value})
    named = [("a.json", one), ("b.json", other)]
    if key in {"affinity", "memory_bytes"}:
        assert require_one_environment(named) == one
        return
    with pytest.raises(MixedEnvironmentError, match=rf"b\.json:environment\.{key}: .* a\.json has"):
        require_one_environment(named)
    unknown = replace(one, cudnn_benchmark=None)  # of a profile made before it was recorded
    assert require_one_environment([("a.json", one), ("b.json", unknown)]) == one
    text = to_json(replace(make_profile(), environment=one))
    assert parse_profile(text).environment.cudnn_benchmark is True
    assert parse_profile(text.replace('"cudnn_benchmark": true, ', "")).environment.cudnn_benchmark is None

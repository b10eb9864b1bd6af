"""`profile` and `fit` on the command line, as far as they go without torch."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cloudcost.cli import run
from cloudcost.domain.profile import EnergyRecord, Environment, OpRecord, Profile, StepRecord
from cloudcost.errors import TimingError
from cloudcost.networks.registry import named_network
from cloudcost.profiling.record import read_profile, to_json
from cloudcost.timing.calls.expand import step_calls

ENVIRONMENT = Environment(
    torch="2.13.0", backend="oneDNN 3.12.0", device="cpu", processor="a CPU", host_processor="a CPU", threads=1,
    affinity=1, allocator="default", precision="fp32", channels_last=False, clock="thread-cpu",
)  # fmt: skip


def _profile(name: str = "squeezenet1_1") -> Profile:
    network = named_network(name, image_px=64)
    ops = {
        call.key: OpRecord(
            batch=2, phase=call.phase, op=call.op, key=call.key, kind=call.kind, count=1, seconds=1e-4,
            quantiles=(1e-4, 1e-4, 1e-4), flops=call.flops, read_bytes=call.read_bytes,
            written_bytes=call.written_bytes, weight_bytes=call.weight_bytes,
        )
        for call in step_calls(network, 2)
    }  # fmt: skip
    step = StepRecord(
        batch=2, seconds=0.1, wall_seconds=0.1, process_seconds=(0.1, 0.11, 0.1), quantiles=(0.1,) * 5, repeats=15,
        half_width=0.01, calls=len(ops), operations_seconds=0.09, closure=0.02, closure_without_overhead=0.1,
    )  # fmt: skip
    return Profile(
        created="2026-11-22", processes=3, environment=ENVIRONMENT, network=network, steps=(step,),
        ops=tuple(ops.values()), overhead_seconds=1e-6,
        energy=EnergyRecord(watts=20.0, source="estimate", note="a guess"),
    )  # fmt: skip


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Callable[[Profile | Exception], None]:
    """Return a function that sets what the harness finds."""

    def set_result(result: Profile | Exception) -> None:
        def run_profile(plan: object, **_: object) -> Profile:
            if isinstance(result, Exception):
                raise result
            return result

        monkeypatch.setattr("cloudcost.profiling.run.run_profile", run_profile)
        monkeypatch.setattr("cloudcost.profiling.run.require_torch", lambda: None)
        monkeypatch.setattr("cloudcost.profiling.side_measurements.measure_loading", lambda *_: None)

    return set_result


PROFILE = ["profile", "squeezenet1_1", "--image-px", "64", "--batch", "2,8", "--today", "2026-11-22"]


def test_a_profile_is_written_and_summed_up(
    made: Callable[[Profile], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made(_profile())
    path = tmp_path / "here.json"
    assert run([*PROFILE, "-o", str(path)]) == 0
    shown = capsys.readouterr()
    assert "squeezenet1_1, 3x64x64, 1,235,496 parameters" in shown.out
    assert "2.0%" in shown.out
    assert "Pillow is missing: pip install pillow" in shown.err
    assert read_profile(path).steps == _profile().steps


def test_json_goes_to_stdout(made: Callable[[Profile], None], capsys: pytest.CaptureFixture[str]) -> None:
    made(_profile())
    assert run([*PROFILE, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["schema"] == "cloudcost.profile/1"


def test_an_interrupted_profile_is_written_and_ends_with_130(
    made: Callable[[Profile], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made(replace(_profile(), interrupted=True, warnings=("interrupted: holds what was finished",)))
    path = tmp_path / "here.json"
    assert run([*PROFILE, "-o", str(path)]) == 130
    assert read_profile(path).interrupted
    assert "interrupted" in capsys.readouterr().err


def test_an_interrupt_before_anything_leaves_no_file(
    made: Callable[[Exception], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made(KeyboardInterrupt())  # type: ignore[arg-type]
    path = tmp_path / "here.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cloudcost.profiling.run.run_profile", _interrupt)
        assert run([*PROFILE, "-o", str(path)]) == 130
    assert not path.exists()
    assert "interrupted" in capsys.readouterr().err


def _interrupt(plan: object, **_: object) -> Profile:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("failure", "code", "said"),
    [
        (TimingError("profile: NCCL is missing"), 0, "warning: profile: NCCL is missing"),
        (KeyboardInterrupt(), 130, "inter"),
    ],
)
def test_what_fails_after_the_steps_costs_no_step(
    made: Callable[[Profile], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], failure: BaseException, code: int, said: str,
) -> None:  # fmt: skip
    made(_profile())

    def fails(plan: object) -> object:
        raise failure

    monkeypatch.setattr("cloudcost.profiling.side_measurements.run_communication", fails)
    path = tmp_path / "here.json"
    assert run([*PROFILE, "--processes", "2", "-o", str(path)]) == code
    assert read_profile(path).steps == _profile().steps
    assert read_profile(path).interrupted == (code == 130)
    assert said in capsys.readouterr().err


def test_the_data_set_is_looked_for_before_anything_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("cloudcost.profiling.run.run_profile", _interrupt)
    assert run([*PROFILE, "--data", str(tmp_path / "none")]) == 2
    assert "--data: no such folder" in capsys.readouterr().err


def test_words_of_what_failed_stay_out_of_the_file(
    made: Callable[[Profile], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made(_profile())

    def fails(plan: object) -> object:
        raise TimingError("no file /home/somebody/data.bin")

    monkeypatch.setattr("cloudcost.profiling.side_measurements.run_communication", fails)
    path = tmp_path / "here.json"
    assert run([*PROFILE, "--processes", "2", "-o", str(path)]) == 0
    assert "somebody" in capsys.readouterr().err
    assert "somebody" not in path.read_text(encoding="utf-8")
    assert "communication could not be timed" in read_profile(path).warnings


def test_a_packed_profile_is_read_whatever_its_name(made: Callable[[Profile], None], tmp_path: Path) -> None:
    made(_profile())
    path = tmp_path / "here.json.gz"
    assert run([*PROFILE, "-o", str(path)]) == 0
    assert read_profile(path.rename(tmp_path / "here.json")).steps == _profile().steps


def test_fit_does_not_write_over_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.json"
    path.write_text(to_json(_profile()), encoding="utf-8")
    assert run(["fit", str(path), "-o", str(tmp_path / "." / "a.json")]) == 2
    assert "is what is read" in capsys.readouterr().err
    assert read_profile(path).steps == _profile().steps


def test_many_interrupts_end_the_measuring_once(
    made: Callable[[Profile], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(_profile())

    def interrupted(plan: object, **_: object) -> Profile:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            signal.raise_signal(signal.SIGINT)
        return replace(_profile(), interrupted=True)

    monkeypatch.setattr("cloudcost.profiling.run.run_profile", interrupted)
    before = signal.getsignal(signal.SIGINT)
    path = tmp_path / "here.json"
    assert run([*PROFILE, "-o", str(path)]) == 130
    assert read_profile(path).interrupted
    assert signal.getsignal(signal.SIGINT) is before


def test_loading_is_for_photos(
    made: Callable[[Profile], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made(_profile())
    (tmp_path / "a.jpg").write_bytes(b"")
    command = ["profile", "squeezenet1_1", "--input", "1,64,64", "--batch", "2,8", "--data", str(tmp_path)]
    assert run(command) == 0
    assert "loading is timed for images of three channels only" in capsys.readouterr().err


def test_fit_names_profiles_of_a_slower_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calm, slow = replace(_profile(), pace_seconds=0.001), replace(_profile("alexnet"), pace_seconds=0.002)
    for name, profile in (("calm", calm), ("slow", slow)):
        (tmp_path / f"{name}.json").write_text(to_json(profile), encoding="utf-8")
    runs = [str(tmp_path / "calm.json"), str(tmp_path / "slow.json")]
    assert run(["fit", *runs, "-o", str(tmp_path / "device.json")]) == 0
    assert "slow.json: the machine was 100% slower than for" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["profile", "resnet18", "--batch", "1,8"], "batches of 2 images or more"),
        (["profile", "resnet18", "--batch", "8"], "at least two batch sizes"),
        (["profile", "resnet18", "--batch", "2,x"], "whole numbers with commas"),
        (["profile", "resnet18", "--batch", "2,8", "--threads", "0"], "--threads: at least 1 and at most 1024, 0"),
        (
            ["profile", "resnet18", "--batch", "2,8", "--threads", "9" * 20],
            "--threads: at least 1 and at most 1024, 99",
        ),
        (["profile", "resnet18", "--batch", "2," + "9" * 20], "--batch: at least 1"),
        (["profile", "a:b", "--batch", "2,8", "--input", "3,8,8", "--kwargs", '{"a": NaN}'], "--kwargs: not JSON, NaN"),
        (["profile", "resnet18", "--batch", "2,8", "--classes", "0"], "--classes: a whole number from 1"),
        (
            ["profile", "a:b", "--batch", "2,8", "--input", "9" * 20 + ",3,3"],
            "--input: channels, height and width such as 3,64,64",
        ),
        (
            ["profile", "a:b", "--batch", "2,8", "--input", "3,8,8", "--kwargs", "[" * 100_000],
            "--kwargs: not JSON, nested too deeply",
        ),
        (["profile", "resnet18", "--batch", "2,8", "-o", "new/"], "new/: cannot be written, it is a folder"),
        (["profile", "resnet18", "--batch", "2,8", "-o", ""], "-o: no path"),
        (["profile", "resnet18", "--batch", "2,8", "-o", "x" * 300], "cannot be written, File name too long"),
        (["profile", "resnet18", "--batch", "2,8", "--ops-only", "--device", "cuda"], "timed alone on a CPU only"),
        (["profile", "a:b", "--batch", "2,8"], "--input: needed for a factory"),
        (["profile", "a:b", "--batch", "2,8", "--input", "64,wide"], "channels, height and width"),
        (["profile", "a:b", "--batch", "2,8", "--input", "3,8,8", "--kwargs", "[1]"], "--kwargs: a JSON object"),
        (["profile", "resnet18", "--batch", "2,8", "--image-px", "0"], "--image-px: a whole number from 1"),
        (["profile", "resnet81", "--batch", "2,8"], "did you mean resnet18"),
        (["profile", "resnet18", "--batch", "2,8", "--precision", "tf32"], "tf32 is a precision of CUDA"),
        (["profile", "resnet18", "--batch", "2,8", "-o", "/proc/such/a.json"], "cannot be written"),
        (["profile", "resnet18", "--batch", "2,8", "-o", "."], "it is a folder"),
        (["fit", "missing.json", "-o", "device.json"], "missing.json: cannot be read"),
        (["fit", "-o", "device.json"], "RUN"),
    ],
)
def test_bad_input_is_one_clear_line(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    words = capsys.readouterr().err
    assert said in words
    assert len(words.strip().splitlines()) == 1


def test_a_read_only_folder_is_found_before_measuring(
    made: Callable[[Exception], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made(AssertionError("measured in vain"))

    def refuse(**_: object) -> None:  # whoever runs the tests may write everywhere
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    assert run([*PROFILE, "-o", str(tmp_path / "here.json")]) == 2
    assert "Permission denied" in capsys.readouterr().err


def test_without_torch_the_line_to_type_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("cloudcost.profiling.run.find_spec", lambda _: None)
    assert run(PROFILE) == 2
    assert capsys.readouterr().err == ("profiling a network needs the extra 'torch': pip install torch\n")


def test_fit_writes_a_device_that_predict_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = []
    for name in ("squeezenet1_1", "resnet18"):
        path = tmp_path / f"{name}.json"
        path.write_text(to_json(_profile(name)), encoding="utf-8")
        paths.append(str(path))
    device = tmp_path / "device.json"
    assert run(["fit", *paths, "-o", str(device)]) == 0
    assert "2 profiles\n  of resnet18, squeezenet1_1\n" in capsys.readouterr().out
    arguments = ["predict", "resnet18", "--image-px", "64", "--batch", "2", "--optimizer", "momentum"]
    assert run([*arguments, "--device", str(device), "--format", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)["predictions"][0]
    assert shown["basis"] == "fitted"
    assert shown["seconds_per_iteration"] > 0


def test_fit_refuses_mixed_environments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = _profile()
    other = replace(one, environment=replace(one.environment, torch="2.4.0"))
    for name, profile in (("a", one), ("b", other)):
        (tmp_path / f"{name}.json").write_text(to_json(profile), encoding="utf-8")
    device = tmp_path / "device.json"
    assert run(["fit", str(tmp_path / "a.json"), str(tmp_path / "b.json"), "-o", str(device)]) == 3
    assert "environment.torch: '2.4.0'" in capsys.readouterr().err
    assert not device.exists()

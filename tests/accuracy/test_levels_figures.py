"""The figures of the levels on small tables that can be judged by hand, and the bands of devices that were left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("benchmarks.accuracy.levels_figures", reason="the benchmarks are not part of this installation")

from benchmarks.accuracy.levels_figures import LevelReport, decision, level_rows
from benchmarks.accuracy.levels_judge import family, unseen
from benchmarks.accuracy.levels_tables import level_markdown

from cloudcost.catalog.devices import device, devices
from cloudcost.catalog.training.hosts import hosts
from cloudcost.timing.levels.compose import composed
from cloudcost.timing.levels.table import shipped_levels

SETS = {
    "aws": ("T4", "V100", "A10G", "T4G"), "desktop": ("RTX 4060 Ti", "RX 6800"), "timm": ("RTX 3090",),
    "reports": ("RTX 3090",), "dle": ("V100",), "lambda": ("H100",), "ryujaehun": ("Titan V",),
}  # fmt: skip


def steps(error: float, sd: float = 0.2) -> pd.DataFrame:
    """Return nine steps a device and network of each set, each predicted with the same error (of the log)."""
    rows = []
    for name, devices_of in SETS.items():
        for of in devices_of:
            networks = ("vit_base_patch16_224", "swin_tiny_patch4_window7_224", *(f"resnet{k}" for k in range(7)))
            for place, network in enumerate(networks):
                seconds = 0.1 * (1 + place)
                precision = "amp" if name in ("timm", "reports", "dle") else "default"
                stack = "tuned" if name == "dle" and place % 2 else "torch"
                rows.append((name, of, "desktop", stack, precision, False, network, seconds, place < 3))
    columns = ["set", "device", "host", "stack", "precision", "channels_last", "network", "seconds", "ruled"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["predicted"], frame["eager"] = frame.seconds * np.exp(error), frame.seconds * np.exp(2 * error)
    frame["error"], frame["ape"] = error, 100 * abs(np.expm1(error))
    frame["host_share"], frame["sd"] = np.where(frame.ruled, 0.8, 0.2), sd
    return frame


RUNS = pd.DataFrame(
    [
        {"device": of, "precision": "default", "steps": 20, "runs": runs, "error": 20.0 - runs, "inside": 80.0 + runs,
         "chosen": "vgg16, shufflenet"}
        for of in ("T4", "RTX 4060 Ti", "RX 6800") for runs in range(4)
    ]
)  # fmt: skip
REPORT = LevelReport(families=steps(0.1), devices=steps(0.3), shipped=steps(0.05), runs=RUNS)


def figures() -> dict[str, str]:
    return {name: value for name, value, _ in level_rows(REPORT)}


def test_each_figure_is_of_the_rows_that_its_name_says() -> None:
    found = figures()
    assert found["error, PyTorch on T4, leave one family out"] == "10.5 % mean, 10.5 % median of 9"
    assert found["error, T4 and its host left out, no run on it"] == "35.0 % mean, 35.0 % median of 9"
    assert found["error, published steps, MXNet (tuned), in the fit"].startswith("5.1 % mean, 5.1 % median of 4")
    assert found["error, single reports in AMP, stack not stated, leave one family out"].startswith(
        "22.1 % median of 9"
    )
    assert found["error, ViT-B/16 at 224 px on RTX 3090, AMP, its family left out"].startswith(
        "10.5 %, predicted longer"
    )
    assert found["error, AWS, device and host left out, 2 chosen runs"].startswith("18.0 % mean, 82 % in the band")
    assert found["error, host's share over one half, all sets, leave one family out"].endswith(f"of {11 * 3}")
    assert found["80 % band covers, RTX 4060 Ti, leave one family out"] == "100 % of 9, x/1.29"
    assert found["80 % band covers, AWS, each device and its host left out"] == "0 % of 36, x/1.29"
    assert found["order of costs right on AWS, leave one device out"] == "100.0%"


def test_a_band_that_claims_less_than_the_error_covers_nothing() -> None:
    report = LevelReport(families=steps(0.3, 0.1), devices=steps(0.3), shipped=steps(0.0), runs=RUNS)
    found = {name: value for name, value, _ in level_rows(report)}
    assert found["80 % band covers, Radeons, leave one family out"].startswith("0 %")


def test_the_decision_counts_pairs_and_what_a_wrong_choice_costs() -> None:
    frame = pd.DataFrame(
        {
            "network": ["a", "a", "b", "b"], "device": ["T4", "A10G", "T4", "A10G"],
            "seconds": [1.0, 0.5, 1.0, 1.0], "predicted": [1.0, 0.5, 2.0, 1.0],
        }
    )  # fmt: skip
    right, regret = decision(frame)
    assert right == 0.5  # a: A10G is cheaper, as said; b: T4 is, which is said to take twice as long
    assert regret == pytest.approx((1.212 / 0.752 - 1) / 2)


@pytest.mark.parametrize("name", ["T4", "V100", "RTX 4060 Ti", "RX 6800", "RTX 3090"])
def test_a_device_that_was_left_out_has_the_band_of_one_never_measured(name: str) -> None:
    levels = shipped_levels()
    without = unseen(levels, frozenset({name}))
    models = [
        composed(device(name), "default", stack="torch", channels_last=False, host=hosts()["server"], levels=each)
        for each in (levels, without)
    ]
    assert models[0].device_sd < models[1].device_sd
    assert (models[0].basis, models[1].basis) == ("fitted", "transferred")


def test_relatives_by_another_name_are_left_out_together() -> None:
    assert family("deit_small_patch16_224") == family("vit_base_patch16_224") == "vit"


def test_the_page_says_of_every_generation_what_to_expect() -> None:
    text = level_markdown(REPORT, pd.DataFrame({"gpu": ["K80", "M60"], "ape": [9.0, 7.0]}))
    rows = [line.split(" | ") for line in text.split("\n\n")[1].splitlines()[2:]]
    generations = {each.architecture for each in devices().values() if each.kind == "gpu"} | {"processors"}
    assert {row[0].removeprefix("| ") for row in rows} == generations
    assert {row[2] for row in rows} == {"fitted", "transferred", "state a time"}
    counted = sum(
        len(shown.split(", ")) + (int(more.split()[0]) if more else 0)
        for shown, _, more in (row[1].partition(" and ") for row in rows)
    )
    assert counted == len(devices())

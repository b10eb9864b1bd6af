from __future__ import annotations

import csv
import itertools
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples

from cloudcost.catalog.spot.traced import traced_zones
from cloudcost.domain.spot import SpotModel, SpotRegime, SpotZone
from cloudcost.spot.expected import expected_spot_run
from cloudcost.spot.fitting import fit_spells, fit_trace, node_lanes
from cloudcost.spot.history import SpotHistory, runs_in_history
from cloudcost.spot.model import exponential_model, zone_arrays
from cloudcost.spot.replay import replay, trace_history
from cloudcost.spot.sampling import draw_history
from cloudcost.spot.simulation import Spell, simulate_run

HOUR = 3600.0

spells = st.lists(st.tuples(st.integers(1, 200), st.integers(0, 100)), min_size=1, max_size=12)


@settings(max_examples=examples(120))
@given(
    spells=spells,
    begin=st.floats(0.0, 0.999),
    work=st.integers(1, 2000),
    checkpoint=st.integers(0, 5),
    restart=st.integers(0, 10),
    interval=st.one_of(st.integers(3, 60).map(float), st.just(math.inf)),
)
def test_search_finds_what_walking_finds(
    spells: list[Spell], begin: float, work: int, checkpoint: int, restart: int, interval: float
) -> None:
    """Times in minutes and a third, so that no end falls upon another."""
    up = np.array([60.0 * spell[0] + 20.0 for spell in spells])
    wait = np.array([60.0 * spell[1] for spell in spells])
    history = SpotHistory(up_seconds=up, wait_seconds=wait)
    moment = begin * history.seconds
    draws = runs_in_history(
        history,
        np.array([moment]),
        60.0 * work,
        checkpoint_seconds=60.0 * checkpoint,
        restart_seconds=60.0 * restart,
        interval_seconds=60.0 * interval,
    )
    clock = np.concatenate([[0.0], np.cumsum(up + wait)])
    spell = min(int(np.searchsorted(clock, moment, side="right")) - 1, up.size - 1)
    inside = moment - clock[spell]

    def following() -> Iterator[Spell]:
        if inside < up[spell]:
            yield float(up[spell] - inside), float(wait[spell])
        for place in itertools.count(spell + 1):
            yield float(up[place % up.size]), float(wait[place % up.size])

    walked = simulate_run(
        following(),
        0.0 if inside < up[spell] else float(clock[spell + 1] - moment),
        60.0 * work,
        checkpoint_seconds=60.0 * checkpoint,
        restart_seconds=60.0 * restart,
        interval_seconds=60.0 * interval,
        most_starts=20_000,
    )
    if walked is None:
        assert math.isinf(draws.wall_seconds[0])
    else:
        assert draws.wall_seconds[0] == pytest.approx(walked.wall_seconds, rel=1e-9)
        assert draws.billed_seconds[0] == pytest.approx(walked.billed_seconds, rel=1e-9)
        assert draws.starts[0] == walked.starts


def test_replay_of_a_drawn_trace_agrees_with_the_formula() -> None:
    zone = exponential_model(3 * HOUR, HOUR).zones[0]
    history = draw_history(np.random.default_rng(1), zone, 20_000).history
    moments = np.random.default_rng(2).random(50_000) * history.seconds
    run = expected_spot_run(10 * HOUR, 60.0, 300.0, exponential_model(3 * HOUR, HOUR))
    seen = runs_in_history(
        history,
        moments,
        10 * HOUR,
        checkpoint_seconds=60.0,
        restart_seconds=300.0,
        interval_seconds=run.interval_seconds,
    )
    assert float(run.wall_seconds) == pytest.approx(seen.wall_seconds.mean(), rel=0.02)
    assert float(run.billed_seconds) == pytest.approx(seen.billed_seconds.mean(), rel=0.02)


@pytest.mark.parametrize("ticks", [[0, 0, 0], [1, 1], []])
def test_a_trace_without_a_change_is_refused(ticks: list[int]) -> None:
    with pytest.raises(ValueError, match="without a change"):
        trace_history(ticks, 60.0)
    with pytest.raises(ValueError, match="without a change"):
        fit_trace(ticks, 60.0)


def test_lanes_keep_node_time_and_interruptions() -> None:
    counts = np.array([0, 3, 3, 1, 2, 0, 4, 4, 4, 2])
    lanes = node_lanes(counts)
    assert sum(int(lane.sum()) for lane in lanes) == counts.sum()
    falls = sum(max(int(a - b), 0) for a, b in zip(counts, np.roll(counts, -1), strict=True))
    assert sum(trace_history(lane, 1.0)[0].up_seconds.size for lane in lanes) == falls


def test_a_fit_keeps_the_means_of_the_trace() -> None:
    rng = np.random.default_rng(3)
    runs = [int(length) for length in rng.integers(1, 60, 200)]
    ticks = np.repeat(np.arange(200) % 2, runs)
    history, _ = trace_history(ticks, 300.0)
    zone = zone_arrays(fit_trace(ticks, 300.0).zones[0])
    assert zone.share @ zone.up == pytest.approx(history.up_seconds.mean(), rel=1e-6)
    assert zone.share @ zone.wait == pytest.approx(history.wait_seconds.mean(), rel=1e-6)
    assert zone.share @ zone.following == pytest.approx(zone.share, abs=1e-6)


def test_a_fit_finds_regimes_that_come_in_rows() -> None:
    stay = 0.95
    chain = ((stay, 1 - stay), (1 - stay, stay))
    regimes = tuple(
        SpotRegime(up_seconds=up, wait_seconds=wait, share=0.5, following=row)
        for up, wait, row in ((600.0, 7200.0, chain[0]), (36_000.0, 900.0, chain[1]))
    )
    history = draw_history(np.random.default_rng(7), SpotZone(name="made", regimes=regimes), 2000).history
    scarce, calm = fit_spells([history], 2)
    assert scarce.up_seconds == pytest.approx(600.0, rel=0.15)
    assert calm.up_seconds == pytest.approx(36_000.0, rel=0.15)
    assert scarce.wait_seconds == pytest.approx(7200.0, rel=0.15)
    assert scarce.following[0] == pytest.approx(stay, abs=0.04)


def _replayed(
    ticks: np.ndarray[tuple[int], np.dtype[np.int64]], gap: float, hours: int, interval: float
) -> list[float]:
    rows = []
    for lane in node_lanes(ticks):
        runs = replay(
            lane,
            gap,
            hours * HOUR,
            checkpoint_seconds=60.0,
            restart_seconds=300.0,
            interval_seconds=interval,
            begin_ticks=np.arange(0, lane.size, 7),
        )
        rows.append([float(runs.wall_seconds.mean()), float(runs.billed_seconds.mean())])
    return [float(mean) for mean in np.mean(rows, axis=0)]


def test_formula_agrees_with_replay_of_the_given_traces_within_ten_percent_in_the_mean(shared_data: Path) -> None:
    """The shipped zones, each against the trace that it was fitted on; wall and billed time, 1 to 100 hours of work."""
    groups: dict[tuple[str, ...], list[dict[str, str]]] = {}
    with (shared_data / "spot" / "spot_traces_dev.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = (row["zone"], row["campaign"], f"{row['kind']} {row['nodes']}", row["accelerator"], row["count"])
            groups.setdefault(key, []).append(row)
    ratios: dict[int, list[list[float]]] = {1: [], 6: [], 24: [], 100: []}
    for (zone, campaign, kind, accelerator, count), rows in groups.items():
        wanted = ("CPU", 1) if accelerator == "intel" else (accelerator.upper(), int(count))
        (shipped,) = [
            traced
            for traced in traced_zones()
            if traced.fitted.name == f"{zone}/{campaign}/{kind}" and (traced.accelerator, traced.count) == wanted
        ]
        ticks = np.repeat([int(row["available"]) for row in rows], [int(row["ticks"]) for row in rows])
        model = SpotModel(accelerator="any", zones=(shipped.fitted,), basis="given")
        for hours, found in ratios.items():
            run = expected_spot_run(hours * HOUR, 60.0, 300.0, model)
            real = _replayed(ticks, float(rows[0]["gap_seconds"]), hours, run.interval_seconds)
            found.append([float(run.wall_seconds) / real[0], float(run.billed_seconds) / real[1]])
    assert len(ratios[1]) == len(traced_zones())
    for found in ratios.values():
        table = np.array(found)
        assert np.all(abs(table.mean(axis=0) - 1) < 0.10)
        assert np.all(abs(table - 1).mean(axis=0) < 0.10)


def test_the_one_long_spell_of_a_long_history_is_found_from_everywhere() -> None:
    """3000 spells of a minute and one of two hours: more than the largest block of the table of maxima."""
    up = np.full(3000, 60.0)
    up[2990] = 2 * HOUR
    history = SpotHistory(up_seconds=up, wait_seconds=np.full(3000, 60.0))
    begin = (np.arange(3000) * 120.0 + np.where(np.arange(3000) > 2990, 2 * HOUR - 60.0, 0.0)).astype(np.float64)
    runs = runs_in_history(history, begin, HOUR, checkpoint_seconds=0.0, restart_seconds=0.0, interval_seconds=math.inf)
    away = (2990 - np.arange(3000)) % 3000
    assert runs.starts.tolist() == (away + 1.0).tolist()
    assert runs.wall_seconds == pytest.approx(away * 120.0 + HOUR)
    assert runs.billed_seconds == pytest.approx(HOUR)

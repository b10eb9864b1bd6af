"""``python -m benchmarks.spot fit|check|compare``: write the shipped table; hold the formula to replay and simulation.

``compare`` needs no traces: it prints what a run takes by the provider's band, by the traces, and by both.
``check --traces FILE`` takes any file of the same form, for instance traces that the table was not fitted on.
"""

from __future__ import annotations

import argparse
import csv
import sys
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.spot.sources import print_sources
from benchmarks.spot.traces import TRACES, Trace, read_traces
from cloudcost.catalog.spot.traced import COLUMNS, spot_model
from cloudcost.catalog.tables import DATA
from cloudcost.domain.spot import SpotModel
from cloudcost.spot.expected import expected_spot_run
from cloudcost.spot.fitting import fit_trace, node_lanes
from cloudcost.spot.model import exponential_model
from cloudcost.spot.replay import replay, trace_history
from cloudcost.spot.simulation import simulate_spot_runs

HOURS = (1, 6, 24, 100)
CHECKPOINT_SECONDS, RESTART_SECONDS = 60.0, 300.0
FITTED_ON = date(2026, 11, 22)


def write_table(traces: list[Trace], path: Path) -> None:
    """Fit each trace and write the table."""
    order = sorted(traces, key=lambda t: (t.accelerator, t.count, t.zone, t.campaign, t.nodes))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for trace in order:
            spells = sum(trace_history(lane, 1.0)[0].up_seconds.size for lane in node_lanes(trace.ticks))
            kind = f"{trace.kind} {trace.nodes}"
            regimes = fit_trace(trace.ticks, trace.gap_seconds).zones[0].regimes
            for number, r in enumerate(regimes, start=1):
                following = ";".join(f"{chance:.4f}" for chance in r.following)
                writer.writerow(
                    [trace.accelerator, trace.count, trace.zone, trace.campaign, kind, number, f"{r.up_seconds:.1f}",
                     f"{r.wait_seconds:.1f}", f"{r.wait_shape:.4f}", f"{r.share:.6f}", following, spells,
                     FITTED_ON.isoformat(), "skypilot-spot-traces"]
                )  # fmt: skip


def replayed(trace: Trace, hours: float, interval: float) -> tuple[float, float, float]:
    """Return the mean (wall seconds, billed seconds, starts) over all ticks of all lanes of a trace."""
    lanes = node_lanes(trace.ticks)
    sums = np.zeros(3)
    for lane in lanes:
        runs = replay(
            lane,
            trace.gap_seconds,
            hours * 3600.0,
            checkpoint_seconds=CHECKPOINT_SECONDS,
            restart_seconds=RESTART_SECONDS,
            interval_seconds=interval,
        )
        sums += [runs.wall_seconds.mean(), runs.billed_seconds.mean(), runs.starts.mean()]
    wall, billed, starts = sums / len(lanes)
    return float(wall), float(billed), float(starts)


def formula(model: SpotModel, hours: float, interval: float | None = None) -> tuple[float, float, float, float]:
    """Return the expected (wall seconds, billed seconds, starts) and the interval."""
    run = expected_spot_run(hours * 3600.0, CHECKPOINT_SECONDS, RESTART_SECONDS, model, interval)
    return float(run.wall_seconds), float(run.billed_seconds), float(run.starts), run.interval_seconds


def check_fits(traces: list[Trace]) -> None:
    """Print, by trace, the formula fitted on it over replay on it."""
    print("Formula, fitted on each trace, over replay of that trace: wall time, billed time, starts")
    print(f"{'zone, accelerator, campaign':46}" + "".join(f"{f'{hours} h of work':>24}" for hours in HOURS))
    ratios: dict[int, list[list[float]]] = {hours: [] for hours in HOURS}
    plain: dict[int, list[list[float]]] = {hours: [] for hours in HOURS}
    for trace in traces:
        try:
            model = fit_trace(trace.ticks, trace.gap_seconds)
        except ValueError:
            print(f"{trace.label:46} capacity never changed")
            continue
        lanes = [trace_history(lane, trace.gap_seconds)[0] for lane in node_lanes(trace.ticks)]
        single = exponential_model(
            float(np.concatenate([lane.up_seconds for lane in lanes]).mean()),
            float(np.concatenate([lane.wait_seconds for lane in lanes]).mean()),
        )
        cells = []
        for hours in HOURS:
            *expected, interval = formula(model, hours)
            real = replayed(trace, hours, interval)
            ratio = [ours / theirs for ours, theirs in zip(expected, real, strict=True)]
            ratios[hours].append(ratio)
            *expected, interval = formula(single, hours)
            real = replayed(trace, hours, interval)
            plain[hours].append([ours / theirs for ours, theirs in zip(expected, real, strict=True)])
            cells.append(f"{ratio[0]:10.2f}{ratio[1]:7.2f}{ratio[2]:7.2f}")
        print(f"{trace.label:46}" + "".join(cells), flush=True)
    for title, table in (("regimes", ratios), ("one exponential", plain)):
        _summary(title, table)


def _summary(title: str, table: dict[int, list[list[float]]]) -> None:
    ratios = [np.array(rows) for rows in table.values()]
    for name, cells in (
        ("mean", [ratio.mean(axis=0) for ratio in ratios]),
        ("mean |off|", [abs(ratio - 1).mean(axis=0) for ratio in ratios]),
        ("largest |off|", [abs(ratio - 1).max(axis=0) for ratio in ratios]),
    ):
        print(f"{title + ', ' + name:46}" + "".join(f"{c[0]:10.3f}{c[1]:7.3f}{c[2]:7.3f}" for c in cells))


def check_defaults(traces: list[Trace]) -> None:
    """Print the shipped model of each accelerator over the mean of replays, the same interval in both."""
    print("\nShipped model over the mean replay of all traces of an accelerator: wall time, billed time, starts")
    kinds = sorted({(trace.accelerator, trace.count) for trace in traces})
    for accelerator, count in kinds:
        model = spot_model(accelerator, count)
        cells = []
        for hours in HOURS:
            *expected, interval = formula(model, hours)
            of_kind = [trace for trace in traces if (trace.accelerator, trace.count) == (accelerator, count)]
            real = np.mean([replayed(trace, hours, interval) for trace in of_kind], axis=0)
            cells.append(f"{expected[0] / real[0]:10.2f}{expected[1] / real[1]:7.2f}{expected[2] / real[2]:7.2f}")
        print(f"{accelerator + ' x' + str(count) + ', ' + model.basis:46}" + "".join(cells), flush=True)


def check_transfer(traces: list[Trace]) -> None:
    """Print, by campaign, the zones of the other campaigns over the replay of this one (one V100)."""
    print("\nOne V100: zones of all other campaigns over the mean replay of one campaign: wall time, billed time")
    own = [trace for trace in traces if (trace.accelerator, trace.count) == ("V100", 1)]
    for campaign in sorted({trace.campaign for trace in own}):
        zones = tuple(zone for zone in spot_model("V100").zones if campaign not in zone.name)
        model = SpotModel(accelerator="V100", zones=zones, basis="given")
        cells = []
        for hours in HOURS:
            *expected, interval = formula(model, hours)
            real = np.mean([replayed(trace, hours, interval) for trace in own if trace.campaign == campaign], axis=0)
            cells.append(f"{expected[0] / real[0]:10.2f}{expected[1] / real[1]:7.2f}{'':7}")
        print((f"{campaign:46}" + "".join(cells)).rstrip(), flush=True)


def check_simulation(runs: int) -> None:
    """Print the formula over the event simulation for exponential up-times."""
    print(f"\nFormula over event simulation, {runs} runs of 10 h, restart 300 s, wait 30 min: wall time, billed time")
    print(f"{'mean up-time':>14}" + "".join(f"{f'checkpoint {c} s':>22}" for c in (0, 30, 120, 600)))
    for up_hours in (0.5, 1, 3, 10, 50):
        model = exponential_model(up_hours * 3600.0, 1800.0)
        cells = []
        for checkpoint in (0.0, 30.0, 120.0, 600.0):
            run = expected_spot_run(36000.0, checkpoint, 300.0, model)
            rng = np.random.default_rng(5)
            seen = simulate_spot_runs(rng, runs, 36000.0, checkpoint, 300.0, model, run.interval_seconds)
            finished = [one for one in seen if one is not None]
            wall = np.mean([one.wall_seconds for one in finished])
            billed = np.mean([one.billed_seconds for one in finished])
            cells.append(f"{float(run.wall_seconds) / wall:14.3f}{float(run.billed_seconds) / billed:8.3f}")
        print(f"{up_hours:12} h" + "".join(cells), flush=True)


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.spot", description=__doc__)
    parser.add_argument("what", choices=("fit", "check", "compare"))
    parser.add_argument("--traces", type=Path, default=TRACES, help="runs of equal state (default: the study's)")
    parser.add_argument("--out", type=Path, default=DATA / "spot_interruptions.csv", help="fit: the table to write")
    parser.add_argument("--runs", type=int, default=4000, help="check, compare: simulated runs per cell")
    given = parser.parse_args()
    if given.what == "compare":
        print_sources(HOURS, given.runs)
        return 0
    traces = read_traces(given.traces)
    if given.what == "fit":
        write_table(traces, given.out)
        return 0
    check_fits(traces)
    check_defaults(traces)
    check_transfer(traces)
    check_simulation(given.runs)
    return 0


if __name__ == "__main__":
    sys.exit(main())

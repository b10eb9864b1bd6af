"""What a run takes by what tells of interruptions: the provider's band, the traces, or both (what is shipped)."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np

from cloudcost.catalog.spot.bands import LIFETIME_HOURS, SpotBand, capacity_model, spot_band
from cloudcost.catalog.spot.traced import spot_model
from cloudcost.domain.spot import SpotModel
from cloudcost.spot.expected import SpotRun, expected_spot_run
from cloudcost.spot.model import mean_wait_seconds
from cloudcost.spot.simulation import simulate_spot_runs

MACHINES = (
    ("g4dn.xlarge", "us-east-1", "T4"),
    ("g4dn.xlarge", "eu-west-1", "T4"),
    ("g5.xlarge", "us-east-1", "A10G"),
    ("p3.2xlarge", "us-east-1", "V100"),
)
"""Type, region, device. The last one was traced itself."""
TODAY = date(2026, 11, 22)
CHECKPOINT_SECONDS, RESTART_SECONDS, INTERVAL_SECONDS = 60.0, 300.0, 3600.0


def never_waiting(model: SpotModel) -> SpotModel:
    """Return a model whose capacity is always there: interruptions alone."""
    zones = [
        replace(zone, available=1.0, regimes=tuple(replace(regime, wait_seconds=0.0) for regime in zone.regimes))
        for zone in model.zones
    ]
    return replace(model, zones=tuple(zones))


def with_lifetime(model: SpotModel, band: SpotBand, hours: float) -> SpotModel:
    """Return a model in which each instance behind the middle of a band lives as long."""
    up = hours * 3600.0 / -math.log(1.0 - (band.low_share + band.high_share) / 2)
    zones = [
        replace(zone, regimes=tuple(replace(regime, up_seconds=up) for regime in zone.regimes)) for zone in model.zones
    ]
    return replace(model, zones=tuple(zones))


def print_sources(hours: tuple[int, ...], runs: int) -> None:
    """Print starts, wall time and billed time by source, and the shipped formula over the event simulation."""
    print(f"Checkpoint {CHECKPOINT_SECONDS:.0f} s each hour, restart {RESTART_SECONDS:.0f} s")
    print("Starts; hours until the end, and hours billed, both over the hours of work")
    for name, region, device in MACHINES:
        band = spot_band(name, region, TODAY)
        assert band is not None
        both = capacity_model(name, region, device, 1, TODAY)
        traces = spot_model(device)
        print(f"\n{name} in {region}: band {band.label} a month ({band.as_of}), traces of {traces.accelerator}")
        print(f"{'':22}" + "".join(f"{f'{each} h of work':>22}" for each in hours))
        shortest, longest = LIFETIME_HOURS
        for title, model in (
            ("band, no waits", never_waiting(both)),
            ("traces", traces),
            ("both", both),
            (f"both, lives {shortest:.0f} h", with_lifetime(both, band, shortest)),
            (f"both, lives {longest:.0f} h", with_lifetime(both, band, longest)),
        ):
            cells = [_cell(_run(model, each), each) for each in hours]
            print(f"{title:22}" + "".join(cells))
        print(f"mean wait after an interruption {mean_wait_seconds(both) / 3600:.1f} h")
        print(f"formula of both over {runs} simulated runs: {_simulated(both, 24, runs)}", flush=True)


def _run(model: SpotModel, hours: int) -> SpotRun:
    return expected_spot_run(hours * 3600.0, CHECKPOINT_SECONDS, RESTART_SECONDS, model, INTERVAL_SECONDS)


def _cell(run: SpotRun, hours: int) -> str:
    work = hours * 3600.0
    return f"{float(run.starts):8.2f}{float(run.wall_seconds) / work:7.2f}{float(run.billed_seconds) / work:7.2f}"


def _simulated(model: SpotModel, hours: int, runs: int) -> str:
    rng = np.random.default_rng(7)
    seen = simulate_spot_runs(rng, runs, hours * 3600.0, CHECKPOINT_SECONDS, RESTART_SECONDS, model, INTERVAL_SECONDS)
    done = [each for each in seen if each is not None]
    run = _run(model, hours)
    wall = float(run.wall_seconds) / float(np.mean([each.wall_seconds for each in done]))
    billed = float(run.billed_seconds) / float(np.mean([each.billed_seconds for each in done]))
    return f"wall time {wall:.3f}, billed time {billed:.3f} ({hours} h of work)"

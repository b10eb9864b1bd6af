"""Runs on spot capacity in scenarios: a stock of sampled runs that scenarios take theirs from.

All runs of a scenario stay in one zone, which is as likely as any other. A CNN's n runs together take n times the
zone's mean, and as far from it as one sampled run is, times the root of n: the mean and the variance of n independent
runs in the zone. The stock is scaled so that its mean is the expected time of the exact estimate.
"""

from __future__ import annotations

from math import exp

import numpy as np
import numpy.typing as npt

from cloudcost.analysis.uncertainty.scenarios.draws import Draws, Floats, stream
from cloudcost.domain.project import Training
from cloudcost.frozen import dataclass
from cloudcost.options.model import OptionModel
from cloudcost.spot.expected import LIMIT_SECONDS
from cloudcost.spot.history import SpotHistory, runs_in_history
from cloudcost.spot.model import SpotBilling, spot_billing
from cloudcost.spot.sampling import DrawnHistory, draw_histories
from cloudcost.usage.machines.runs import RunPlan, checkpoint_stretch_seconds, checkpoint_writes

FEW = 20_000
"""Scenarios up to which a small stock is enough. [count]"""
_SIGMAS = 3.0
"""Work further than this from its median takes the ratio of the last node. [standard deviations]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Sampled runs of one training, for several amounts of work.

    Parameters
    ----------
    accelerator : str
        Names the draws, so that options on the same capacity share their luck.
    nodes : ndarray of shape (nodes,)
        Amounts of work, over the median one. [1]
    billed, wall, wait : ndarray of shape (nodes, zones * runs)
        Over the work; the wait is part of the wall time. [1]
    starts : ndarray of shape (nodes, zones * runs)
        [count]
    mean_billed, mean_wall, mean_wait, mean_starts : ndarray of shape (nodes, zones)
    never : ndarray of bool, shape (nodes, zones * runs)
        Runs that do not finish; they count as uninterrupted in the rest.
    zones, each : int
        Zones, and runs sampled in each. [count]
    """

    accelerator: str
    nodes: Floats
    billed: Floats
    wall: Floats
    wait: Floats
    starts: Floats
    mean_billed: Floats
    mean_wall: Floats
    mean_wait: Floats
    mean_starts: Floats
    never: npt.NDArray[np.bool_]
    zones: int
    each: int

    def draw(
        self, draws: Draws, training: str, runs: Floats, work: Floats, median_work: float
    ) -> tuple[Floats, Floats, Floats, Floats, npt.NDArray[np.bool_]]:
        """Return what all runs of the training are billed, how long they take and wait [s], how often they start, and
        whether they finish.
        """
        zone = (draws.uniform(f"spot zone/{self.accelerator}") * self.zones).astype(np.intp)
        within = (draws.uniform(f"spot run/{self.accelerator}/{training}") * self.each).astype(np.intp)
        run = zone * self.each + within
        if self.nodes.size == 1:
            below = np.zeros(run.shape, dtype=np.intp)
            share = np.zeros(run.shape)
        else:
            position = np.interp(work / median_work, self.nodes, np.arange(self.nodes.size, dtype=np.float64))
            below = np.minimum(position.astype(np.intp), self.nodes.size - 2)
            share = position - below
        above = np.minimum(below + 1, self.nodes.size - 1)
        root = np.sqrt(runs)

        def all_runs(table: Floats, means: Floats) -> Floats:
            one = _between(table, below, above, run, share)
            mean = _between(means, below, above, zone, share)
            total: Floats = runs * mean + root * (one - mean)
            return total

        finishes = ~self.never[np.where(share > 0.5, above, below), run]
        billed, wall = all_runs(self.billed, self.mean_billed) * work, all_runs(self.wall, self.mean_wall) * work
        starts = np.maximum(all_runs(self.starts, self.mean_starts), runs)
        return billed, wall, all_runs(self.wait, self.mean_wait) * work, starts, finishes


def _between(
    table: Floats, below: npt.NDArray[np.intp], above: npt.NDArray[np.intp], column: npt.NDArray[np.intp], share: Floats
) -> Floats:
    """Return the rows below and above mixed by their shares, at the given columns."""
    low = table[below, column]
    mixed: Floats = low + share * (table[above, column] - low)
    return mixed


def stocks_of(
    model: OptionModel, *, seed: int, scenarios: int, spreads_of_work: list[tuple[float, float, float]]
) -> list[Stock]:
    """Return a stock of sampled runs for each training of an option on spot capacity.

    Parameters
    ----------
    seed : int
    scenarios : int
        How many will be drawn; decides how large the stock is. [count]
    spreads_of_work : list of (float, float, float)
        For each training the standard deviation of the log of its work, and the least and the greatest epochs over
        the expected ones. [1]
    """
    capacity = model.capacity
    assert capacity is not None
    few = scenarios <= FEW
    each = 32 if few else max(4096 // len(capacity.zones), 256)
    rng = stream(seed, f"spot history/{capacity.accelerator}", 0)
    drawn = draw_histories(rng, capacity, 2**11 if few else 2**17)
    zones = _Zones.joined(drawn, rng, each, spot_billing(capacity.billed_by))
    stocks = []
    for index, plan in enumerate(model.plans):
        sd, least, most = spreads_of_work[index]
        low, high = least * exp(-_SIGMAS * sd), most * exp(_SIGMAS * sd)
        if high / low < 1.1:
            nodes = np.ones(1)
        else:
            nodes = np.array(sorted({1.0, *np.geomspace(low, high, 2 if few else 7).tolist()}))
        run = model.runs[index]
        expected = float(run.billed_seconds), run.wall_seconds, float(run.starts)
        training = model.project.trainings[index]
        stocks.append(_stock(capacity.accelerator, zones, plan, training, nodes=nodes, expected=expected))
    return stocks


@dataclass(frozen=True, slots=True, kw_only=True)
class _Zones:
    """The zones' histories end to end, and the moments in them that runs are asked for at.

    Parameters
    ----------
    history : SpotHistory
    moments : ndarray of shape (zones * each,)
        [s]
    longest_up : ndarray of shape (zones * each,)
        Of the moment's zone. [s]
    count, each : int
        Zones, and moments in each. [count]
    """

    history: SpotHistory
    moments: Floats
    longest_up: Floats
    count: int
    each: int

    @classmethod
    def joined(
        cls, drawn: tuple[DrawnHistory, ...], rng: np.random.Generator, each: int, billing: SpotBilling
    ) -> _Zones:
        """Return the zones side by side: one search then serves all of them.

        A run begun near the end of a zone's history goes on in the next one's, which is one in a hundred or fewer.
        """
        levels = (np.arange(each) + rng.random(each)) / each
        ends = np.cumsum([zone.history.seconds for zone in drawn])
        begins = ends - [zone.history.seconds for zone in drawn]
        return cls(
            history=SpotHistory(
                up_seconds=np.concatenate([zone.history.up_seconds for zone in drawn]),
                wait_seconds=np.concatenate([zone.history.wait_seconds for zone in drawn]),
                billing=billing,
            ),
            moments=np.concatenate([begin + zone.moments(levels) for begin, zone in zip(begins, drawn, strict=True)]),
            longest_up=np.repeat([zone.history.up_seconds.max() for zone in drawn], each),
            count=len(drawn),
            each=each,
        )


def _stock(
    accelerator: str,
    zones: _Zones,
    plan: RunPlan,
    training: Training,
    *,
    nodes: Floats,
    expected: tuple[float, float, float],
) -> Stock:
    work = plan.training_seconds + plan.validation_seconds + plan.repeated_seconds
    writes = checkpoint_writes(training)
    checkpoint = plan.checkpoint_seconds / writes if writes else 0.0
    interval = checkpoint_stretch_seconds(training, work)
    shape = (nodes.size, zones.count * zones.each)
    works = np.broadcast_to(nodes[:, None] * work, shape)
    runs = runs_in_history(
        zones.history,
        np.broadcast_to(zones.moments, shape).ravel(),
        works.ravel(),
        checkpoint_seconds=checkpoint,
        restart_seconds=plan.overhead_seconds,
        interval_seconds=interval,
    )
    billed, wall = runs.billed_seconds.reshape(shape), runs.wall_seconds.reshape(shape)
    hopeless = zones.longest_up < plan.overhead_seconds + np.minimum(works, interval + checkpoint)
    never = hopeless | ~np.isfinite(wall) | (wall > np.maximum(LIMIT_SECONDS, 20.0 * works))
    alone = works + plan.checkpoint_seconds * nodes[:, None] + plan.overhead_seconds
    safe = np.maximum(works, 1.0)
    billed_share = np.where(never, alone, billed) / safe
    wall_share = np.where(never, alone, wall) / safe
    running = runs.running_seconds.reshape(shape)
    waited = (np.where(never, 0.0, wall) - np.where(never, 0.0, running)) / safe
    starts = np.where(never, 1.0, runs.starts.reshape(shape))
    middle = int(np.argmin(np.abs(nodes - 1.0)))
    if not never.any() and work > 0:
        billed_share *= expected[0] / work / billed_share[middle].mean()
        scale = expected[1] / work / wall_share[middle].mean()
        wall_share *= scale
        waited *= scale
        starts *= expected[2] / starts[middle].mean()
    in_zones = (nodes.size, zones.count, zones.each)
    return Stock(
        accelerator=accelerator,
        nodes=nodes,
        billed=billed_share,
        wall=wall_share,
        wait=waited,
        starts=starts,
        mean_billed=billed_share.reshape(in_zones).mean(axis=2),
        mean_wall=wall_share.reshape(in_zones).mean(axis=2),
        mean_wait=waited.reshape(in_zones).mean(axis=2),
        mean_starts=starts.reshape(in_zones).mean(axis=2),
        never=never,
        zones=zones.count,
        each=zones.each,
    )

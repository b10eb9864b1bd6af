"""How long the runs of each CNN take in scenarios: steps, epochs, sessions that end, spot capacity.

At the middle of every spread each number is computed as the exact estimate computes it, so that without spread the
two agree to the last bit.
"""

from __future__ import annotations

from math import hypot

import numpy as np
import numpy.typing as npt

from cloudcost.analysis.uncertainty.distributions import sample_counts
from cloudcost.analysis.uncertainty.scenarios.draws import Draws, Floats
from cloudcost.analysis.uncertainty.scenarios.spot_runs import Stock
from cloudcost.domain.project import Count, Training
from cloudcost.frozen import dataclass
from cloudcost.options.model import OptionModel
from cloudcost.options.times.data import LoaderLimit
from cloudcost.results.spreads import Spreads
from cloudcost.units import NOISE_PLACES, BillingRule
from cloudcost.usage.machines.compute import rule_of
from cloudcost.usage.machines.runs import RunPlan, checkpoint_writes

Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTotals:
    """All runs of one training, by scenario.

    Parameters
    ----------
    runs : ndarray
        [count]
    billed, wall : ndarray
        Over all runs. [s]
    starts : ndarray
        Sessions over all runs. [count]
    epochs, writes : ndarray
        Of one run: epochs, and checkpoints written. [count]
    waits : ndarray or None
        Of the wall time of all runs, waiting for capacity; None where nothing waits. [s]
    finishes : ndarray of bool or None
        None where all do.
    """

    runs: Floats
    billed: Floats
    wall: Floats
    starts: Floats
    epochs: Floats
    writes: Floats
    waits: Floats | None = None
    finishes: Booleans | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingLaw:
    """What is drawn of one training, the same on every option.

    Parameters
    ----------
    training : Training
    runs, epochs : Count
        Fixed where their spread is switched off. Epochs are one number for all runs of a scenario. [count]
    """

    training: Training
    runs: Count
    epochs: Count

    @classmethod
    def of(cls, training: Training, spreads: Spreads) -> TrainingLaw:
        """Return the laws of a training; what is switched off is fixed at what is expected."""
        return cls(
            training=training,
            runs=training.runs if spreads.runs else Count.fixed(training.runs.expected),
            epochs=training.epochs if spreads.epochs else Count.fixed(training.epochs.expected),
        )

    @property
    def epochs_over_expected(self) -> tuple[float, float]:
        """The least and about the greatest epochs, over the expected ones. [1]"""
        count = self.epochs
        low, high = float(count.low), float(count.high)
        if count.kind in ("geometric", "negative-binomial"):
            low, high = 1.0, 8.0 * count.mean
        return low / count.expected, high / count.expected


def _counts(count: Count, draws: Draws, name: str) -> Floats:
    return draws.from_cells(name, lambda rng, n: sample_counts(count, rng, n).astype(np.float64))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLaw:
    """One training on one option, ready to be drawn.

    Parameters
    ----------
    law : TrainingLaw
    plan : RunPlan
        At the median step time, before it is cut into sessions.
    shared_sd, own_sd : float
        Of the log of the step time. [1]
    own_name : str
        Machine whose own error it is: options on the same device share it.
    step_seconds : float
        [s]
    loader : LoaderLimit
    cores_sd, decode_sd : float
        Of the logs of the cores that decode images, where they are assumed, and of an image's time. [1]
    rule : BillingRule or None
        None for a machine of one's own, whose time nobody rounds.
    session_seconds : float or None
    shortest_session : float
        Share of the limit. [1]
    stock : Stock or None
        On spot capacity with interruptions drawn.
    expected : (float, float, float) or None
        On spot capacity: billed and wall seconds of a run at the median, and those that it waits. [s]
    expected_starts : float
        Of a run. [count]
    """

    law: TrainingLaw
    plan: RunPlan
    shared_sd: float
    own_sd: float
    own_name: str
    step_seconds: float
    loader: LoaderLimit
    cores_sd: float
    decode_sd: float
    rule: BillingRule | None
    session_seconds: float | None
    shortest_session: float
    stock: Stock | None = None
    expected: tuple[float, float, float] | None = None
    expected_starts: float = 1.0

    def draw(self, draws: Draws) -> RunTotals:
        """Return all runs of the training in each scenario."""
        training = self.law.training
        runs = _counts(self.law.runs, draws, f"runs/{training.name}")
        epochs = _counts(self.law.epochs, draws, f"epochs/{training.name}")
        longer = self._step_ratio(draws)
        certain = self.law.epochs.kind == "fixed"
        if not certain:
            longer = longer * (epochs / training.epochs.expected)
        writes_expected = checkpoint_writes(training)
        writes = np.full(draws.count, float(writes_expected))
        if training.checkpoint is not None and not certain:
            writes = np.ceil(epochs / training.checkpoint.every_epochs)
        steps_and_validation = self.plan.training_seconds * longer + self.plan.validation_seconds * longer
        checkpoints = self.plan.checkpoint_seconds * (writes / writes_expected) if writes_expected else 0.0
        work = steps_and_validation + checkpoints
        if self.expected is not None:
            return self._on_spot(draws, runs, epochs, writes, steps_and_validation)
        starts, repeated, finishes = self._sessions(draws, work, self._between(steps_and_validation, epochs))
        wall = starts * self.plan.overhead_seconds + work + repeated
        return RunTotals(
            runs=runs,
            billed=runs * (wall if self.rule is None else starts * _billed(wall / starts, self.rule)),
            wall=runs * wall,
            starts=runs * starts,
            epochs=epochs,
            writes=writes,
            finishes=finishes,
        )

    def _step_ratio(self, draws: Draws) -> Floats:
        """Return the time of a step over its median one; never below what the loader takes. [1]"""
        if not self.shared_sd and not self.own_sd and not self.cores_sd and not self.decode_sd:
            return np.ones(draws.count)
        logs = np.zeros(draws.count)
        if self.shared_sd:
            logs += self.shared_sd * draws.normal(f"step/{self.law.training.name}")
        if self.own_sd:
            logs += self.own_sd * draws.normal(f"step/{self.law.training.name}/{self.own_name}")
        steps = self.step_seconds * np.exp(logs)
        median = max(self.step_seconds, self.loader.seconds)
        loader: Floats | float = self.loader.decoding
        if self.cores_sd:
            loader = loader * np.exp(self.cores_sd * draws.normal(f"cores/{self.own_name}"))
        if self.decode_sd:  # one decoder and one kind of photo, whatever the machine
            loader = loader * np.exp(self.decode_sd * draws.normal("decoding"))
        ratio: Floats = np.maximum(np.maximum(steps, loader), self.loader.reading) / median
        return ratio

    def _sessions(self, draws: Draws, work: Floats, between: Floats) -> tuple[Floats, Floats, Booleans | None]:
        """Return sessions of a run, what is done again, and whether it finishes, as `in_sessions` does. [1], [s]"""
        starts, repeated = np.ones(draws.count), np.zeros(draws.count)
        if self.session_seconds is None:
            return starts, repeated, None
        session: Floats | float = self.session_seconds
        if self.shortest_session < 1:
            level = draws.uniform("length of sessions")
            session = self.session_seconds * (self.shortest_session + (1.0 - self.shortest_session) * level)
        cut = self.plan.overhead_seconds + work > session
        if not cut.any():
            return starts, repeated, None
        useful = session - self.plan.overhead_seconds
        with np.errstate(divide="ignore", invalid="ignore"):
            saved = np.where(np.isfinite(between), useful // between * between, 0.0)
            needed = 1.0 + np.ceil((work - useful) / saved)
        finishes = ~cut | (saved > 0)
        several = cut & finishes
        starts = np.where(several, needed, starts)
        repeated = np.where(several, (starts - 1.0) * (useful - saved), repeated)
        return starts, repeated, finishes

    def _between(self, work: Floats, epochs: Floats) -> Floats:
        """Return the time from one checkpoint to the end of the next one's writing, as `in_sessions` takes it. [s]"""
        training = self.law.training
        if training.checkpoint is None:
            return np.full_like(work, np.inf)
        stretch = work * (np.minimum(training.checkpoint.every_epochs, epochs) / epochs)
        between: Floats = stretch + self.plan.checkpoint_seconds / max(checkpoint_writes(training), 1)
        return between

    def _on_spot(self, draws: Draws, runs: Floats, epochs: Floats, writes: Floats, work: Floats) -> RunTotals:
        assert self.expected is not None
        median = self.plan.training_seconds + self.plan.validation_seconds
        finishes = None
        if self.stock is None or not median:  # stated hours that writing checkpoints fills: there is no work to sample
            longer = work / median if median else np.ones(draws.count)
            billed, wall, waits = (runs * seconds * longer for seconds in self.expected)
            starts = runs * self.expected_starts
        else:
            drawn = self.stock.draw(draws, self.law.training.name, runs, work, median)
            billed, wall, waits, starts, finishes = drawn
        return RunTotals(
            runs=runs,
            billed=billed,
            wall=wall,
            starts=starts,
            epochs=epochs,
            writes=writes,
            waits=waits,
            finishes=finishes,
        )


def _billed(session: Floats, rule: BillingRule) -> Floats:
    """Return what sessions of a length are billed for, as `BillingRule.billed_seconds` does. [s]"""
    granularity = rule.granularity_seconds
    each: Floats = np.ceil(np.round(session, NOISE_PLACES) / granularity) * granularity
    return np.where(each > 0, np.maximum(each, rule.minimum_seconds), 0.0) if rule.minimum_seconds else each


def run_laws(
    model: OptionModel, laws: list[TrainingLaw], spreads: Spreads, *, seed: int, scenarios: int
) -> list[RunLaw]:
    """Return an option's run laws, one a training.

    Parameters
    ----------
    laws : list of TrainingLaw
        Shared by all options.
    seed, scenarios : int
        For the stock of runs on spot capacity.
    """
    machine, option = model.machine, model.option
    spot = option.purchase == "spot"
    deviations = [
        (0.0, 0.0) if each.fixed else (spreads.step_times * each.step.shared_sd, spreads.step_times * each.step.own_sd)
        for each in model.timed
    ]
    stocks: list[Stock | None] = [None] * len(laws)
    if spot and spreads.interruptions:
        from cloudcost.analysis.uncertainty.scenarios.spot_runs import stocks_of

        spread_work = []
        for (shared, own), timed, law in zip(deviations, model.timed, laws, strict=True):
            decoding = hypot(timed.cores_sd * spreads.cores, timed.decode_sd * spreads.decoding)
            spread_work.append((hypot(shared, own, decoding), *law.epochs_over_expected))
        stocks = [*stocks_of(model, seed=seed, scenarios=scenarios, spreads_of_work=spread_work)]
    return [
        RunLaw(
            law=law,
            plan=timed.plan,
            shared_sd=shared,
            own_sd=own,
            own_name=f"{machine.gpus} x {machine.timed_as}" if machine.timed_as else option.name,
            step_seconds=timed.step.seconds * option.time_factor,
            loader=timed.loader,
            cores_sd=timed.cores_sd if spreads.cores else 0.0,
            decode_sd=timed.decode_sd if spreads.decoding else 0.0,
            rule=rule_of(option),
            session_seconds=machine.session_seconds,
            shortest_session=1.0 if machine.guaranteed else spreads.shortest_session,
            stock=stock,
            expected=(float(run.billed_seconds), run.wall_seconds, run.wait_seconds) if spot else None,
            expected_starts=float(run.starts),
        )
        for law, timed, run, (shared, own), stock in zip(laws, model.timed, model.runs, deviations, stocks, strict=True)
    ]

"""How long one run takes: start-up, download, epochs with their validation, checkpoints, and sessions that end.

A run is one whole training; a step is one optimizer update.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, inf

from cloudcost.domain.project import Dataset, Training
from cloudcost.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """One run of one training on one option.

    Parameters
    ----------
    startup_seconds : float
        From the order to the first byte read, at each start. [s]
    download_seconds : float
        Copying the data set to the machine, at each start. [s]
    training_seconds : float
        All steps of all epochs. [s]
    validation_seconds : float
        All forward passes over the validation images. [s]
    checkpoint_seconds : float
        Writing all checkpoints. [s]
    repeated_seconds : float
        Work done again after sessions that ended between two checkpoints. [s]
    steps : int
        [count]
    starts : int or Fraction
        Sessions that the run needs; on capacity that is interrupted as many as are expected. [count]
    """

    startup_seconds: float
    download_seconds: float
    training_seconds: float
    validation_seconds: float = 0.0
    checkpoint_seconds: float = 0.0
    repeated_seconds: float = 0.0
    steps: int
    starts: int | Fraction = 1

    @property
    def work_seconds(self) -> float:
        """Training, validation and checkpoints: what a known `hours_per_run` is taken to measure. [s]"""
        return self.training_seconds + self.validation_seconds + self.checkpoint_seconds

    @property
    def overhead_seconds(self) -> float:
        """Start-up and download of one start. [s]"""
        return self.startup_seconds + self.download_seconds

    @property
    def wall_seconds(self) -> float:
        """The whole run with every start, from the order to the end. [s]"""
        return self.starts * self.overhead_seconds + self.work_seconds + self.repeated_seconds


def steps_per_epoch(images: int, global_batch: int) -> int:
    """Return the steps of an epoch; the last one may be smaller. [count]

    Examples
    --------
    >>> steps_per_epoch(1000, 32)
    32
    """
    return -(-images // global_batch)


def run_steps(dataset: Dataset, training: Training, *, gpus: int = 1) -> int:
    """Return the steps of one run with the expected number of epochs. [count]"""
    return training.epochs.expected * steps_per_epoch(dataset.images, training.batch * gpus)


def checkpoint_writes(training: Training) -> int:
    """Return how many checkpoints one run writes. [count]

    Examples
    --------
    A checkpoint is written after every `every_epochs` epochs, and at the end.
    """
    if training.checkpoint is None:
        return 0
    return ceil(training.epochs.expected / training.checkpoint.every_epochs)


def log_writes(training: Training) -> int:
    """Return how often one run writes its log: after every `every_epochs` epochs, and at the end. [count]"""
    return 0 if training.logs is None else ceil(training.epochs.expected / training.logs.every_epochs)


def log_bytes(training: Training) -> int:
    """Return the bytes of all writings of the log of one run, which grows evenly to its size. [bytes]

    Examples
    --------
    A log of 100 bytes after 4 epochs is written with 25, 50, 75 and 100 bytes:

    >>> from cloudcost.domain.project import Checkpoint, Count
    >>> log_bytes(Training(name="a", network="a", image_px=1, batch=1, epochs=Count.fixed(4), runs=Count.fixed(1),
    ...                    logs=Checkpoint(size_bytes=100)))
    250
    """
    return 0 if training.logs is None else -(-training.logs.size_bytes * (log_writes(training) + 1) // 2)


def written_bytes(training: Training) -> int:
    """Return the bytes of all checkpoints and logs that one run writes. [bytes]"""
    saved = checkpoint_writes(training) * training.checkpoint.size_bytes if training.checkpoint else 0
    return saved + log_bytes(training)


def checkpoint_stretch_seconds(training: Training, work_seconds: float) -> float:
    """Return the work between two checkpoints of a run; infinite without any. [s]

    Parameters
    ----------
    work_seconds : float
        Of the whole run. [s]

    Examples
    --------
    A checkpoint every 5 epochs lies 5 epochs apart, whatever is left for the last stretch: 11 epochs are two whole
    stretches and one of a single epoch, not three of 3.67 epochs.

    >>> from cloudcost.domain.project import Checkpoint, Count
    >>> training = Training(name="a", network="a", image_px=1, batch=1, epochs=Count.fixed(11), runs=Count.fixed(1),
    ...                     checkpoint=Checkpoint(size_bytes=1, every_epochs=5))
    >>> checkpoint_stretch_seconds(training, 11 * 3600.0) / 3600
    5.0
    """
    epochs = training.epochs.expected
    if training.checkpoint is None or not epochs or not work_seconds:
        return inf
    return work_seconds * (min(training.checkpoint.every_epochs, epochs) / epochs)


class SessionTooShortError(ValueError):
    """A run cannot be finished in sessions of this length; the message says why."""


def in_sessions(plan: RunPlan, *, session_seconds: float, training: Training) -> RunPlan:
    """Return the run cut into sessions that each last at most `session_seconds`.

    Each further session starts up and downloads anew and goes on from the last checkpoint, so what a session did
    after its last checkpoint is done again.

    Raises
    ------
    SessionTooShortError
        When the run does not fit into one session and writes no checkpoint, or not one within a session.

    Examples
    --------
    A run of 20 h of work with a checkpoint every hour, sessions of 12 h of which half an hour is overhead: the first
    session reaches 11 whole hours and repeats half an hour, the second the remaining 9.

    >>> from cloudcost.domain.project import Checkpoint, Count
    >>> training = Training(name="a", network="a", image_px=1, batch=1, epochs=Count.fixed(20), runs=Count.fixed(1),
    ...                     checkpoint=Checkpoint(size_bytes=1))
    >>> plan = RunPlan(startup_seconds=1800, download_seconds=0, training_seconds=72000, steps=1)
    >>> cut = in_sessions(plan, session_seconds=12 * 3600, training=training)
    >>> cut.starts, cut.repeated_seconds / 3600
    (2, 0.5)
    """
    if plan.overhead_seconds + plan.work_seconds <= session_seconds:
        return plan
    hours = (plan.overhead_seconds + plan.work_seconds) / 3600
    limit = f"a run takes {hours:.1f} h and a session ends after {session_seconds / 3600:.0f} h"
    writes = checkpoint_writes(training)
    if writes == 0:
        raise SessionTooShortError(f"{limit}, and no checkpoint is written to go on from")
    stretch = checkpoint_stretch_seconds(training, plan.training_seconds + plan.validation_seconds)
    between = stretch + plan.checkpoint_seconds / writes
    useful = session_seconds - plan.overhead_seconds
    saved = useful // between * between
    if saved <= 0:
        raise SessionTooShortError(
            f"{limit}, before its first checkpoint after {(plan.overhead_seconds + between) / 3600:.1f} h"
        )
    starts = 1 + ceil((plan.work_seconds - useful) / saved)
    return RunPlan(
        startup_seconds=plan.startup_seconds,
        download_seconds=plan.download_seconds,
        training_seconds=plan.training_seconds,
        validation_seconds=plan.validation_seconds,
        checkpoint_seconds=plan.checkpoint_seconds,
        repeated_seconds=(starts - 1) * (useful - saved),
        steps=plan.steps,
        starts=starts,
    )

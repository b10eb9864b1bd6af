"""Rules about counts: of machines, epochs, runs, months, and the size of a checkpoint beside its CNN."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from cloudcost.analysis.nonsense.rule import OptionRule, ProjectRule, Subject, Whole
from cloudcost.figures import figure, size_words
from cloudcost.usage.chosen import machines_of

WEIGHT_BYTES = 4
"""Of a parameter as training keeps it, under mixed precision too. [bytes]"""
GP3_GIBPS = 2
"""The most throughput of one gp3 volume: AWS, "Amazon EBS volume types", 2,000 MiB/s. [GiB/s]"""


def _small_checkpoint(whole: Whole, limit: float) -> Iterator[str]:
    for name, size_bytes, weights in _checkpoints(whole):
        if size_bytes < limit * weights:
            yield (
                f"{name}: a checkpoint of {size_words(size_bytes)} is smaller than the weights, "
                f"{size_words(weights)}; with the optimizer's state it is two to three times those"
            )


def _large_checkpoint(whole: Whole, limit: float) -> Iterator[str]:
    for name, size_bytes, weights in _checkpoints(whole):
        if size_bytes > limit * weights:
            yield (
                f"{name}: a checkpoint of {size_words(size_bytes)} is {figure(size_bytes / weights)} times the "
                f"weights, {size_words(weights)}; check its size"
            )


def _checkpoints(whole: Whole) -> Iterator[tuple[str, int, int]]:
    """Yield name, checkpoint and weights of each training whose CNN is known. [bytes]"""
    for training in whole.project.trainings:
        network = None if training.checkpoint is None else whole.network(training)
        if training.checkpoint is not None and network is not None and network.parameters:
            yield training.name, training.checkpoint.size_bytes, network.parameters * WEIGHT_BYTES


def _late_checkpoint(whole: Whole, limit: float) -> Iterator[str]:
    for training in whole.project.trainings:
        kept, epochs = training.checkpoint, max(training.epochs.high, training.epochs.expected)
        if kept is not None and kept.every_epochs > limit * epochs:
            yield (
                f"{training.name}: a checkpoint every {kept.every_epochs:,} epochs and {epochs:,} epochs; the only one "
                "is written at the end"
            )


def _epochs(whole: Whole, limit: float) -> Iterator[str]:
    for training in whole.project.trainings:
        if training.epochs.expected > limit:
            yield f"{training.name}: {training.epochs.expected:,} epochs are over {limit:,.0f}; check epochs"


def _runs(whole: Whole, limit: float) -> Iterator[str]:
    for training in whole.project.trainings:
        if training.runs.expected > limit:
            yield (
                f"{training.name}: {training.runs.expected:,} runs are over {limit:,.0f}; a run is one whole training "
                "(a step is not a run)"
            )


def _image_px(whole: Whole, limit: float) -> Iterator[str]:
    for training in whole.project.trainings:
        if training.image_px > limit:
            yield f"{training.name}: images of {training.image_px:,} x {training.image_px:,} pixels; check image_px"


def _validation(whole: Whole, limit: float) -> Iterator[str]:
    images = whole.project.dataset.images
    for training in whole.project.trainings:
        if training.validation_images > limit * images:
            yield (
                f"{training.name}: {training.validation_images:,} validation images beside {images:,} that are "
                "trained on; check validation_images"
            )


def _copies(whole: Whole, limit: float) -> Iterator[str]:
    data = whole.project.dataset
    for key, count in (("uploads", data.uploads), ("downloads", data.downloads)):
        if count > limit:
            yield f"{key} = {count:,} moves the whole data set so many times; it is no number of images"


def _kept(whole: Whole, limit: float) -> Iterator[str]:
    months = whole.project.keep_months
    if months > limit:
        yield f"keep_months = {months:,} keeps the data set for {figure(months / 12)} years after the end"


def _left_on_throughput(whole: Whole, limit: float) -> Iterator[str]:
    for row in whole.project.left_on:
        if row.usage_type.startswith("EBS:VolumeP-Throughput.") and row.quantity > limit:
            volumes = ceil(row.quantity / GP3_GIBPS)
            yield (
                f"left on: {row.usage_type} is counted in GiB/s, and {figure(row.quantity)} take {volumes:,} volumes "
                "at least; divide MiB/s by 1,024"
            )


def _idle_machines(subject: Subject, limit: float) -> Iterator[str]:
    machines = machines_of(subject.project, subject.option)
    runs = sum(max(training.runs.high, training.runs.expected) for training in subject.project.trainings)
    if machines > limit * max(runs, 1):
        number = "1 run" if runs == 1 else f"{runs:,} runs at most"
        spare = machines - runs
        yield (
            f"{machines:,} machines for {number}: {spare:,} {'has' if spare == 1 else 'have'} nothing to do, since one "
            "run takes one machine"
        )


COUNT_RULES: tuple[ProjectRule, ...] = (
    ProjectRule(
        name="checkpoint smaller than the weights", limit=0.9, unit="times 4 bytes a parameter, below",
        reason="a checkpoint holds the weights at least; MB and MiB differ by 5 %", found=_small_checkpoint,
    ),
    ProjectRule(
        name="checkpoint far larger than the weights", limit=20, unit="times 4 bytes a parameter, above",
        reason="Adam's state makes it three times the weights", found=_large_checkpoint,
    ),
    ProjectRule(
        name="checkpoint later than the end", limit=1, unit="times the epochs, above",
        reason="a checkpoint after the last epoch comes too late to go on from", found=_late_checkpoint,
    ),
    ProjectRule(
        name="epochs", limit=5000, unit="epochs, above",
        reason="published CNNs train for 90 to 1,000", found=_epochs,
    ),
    ProjectRule(
        name="runs", limit=1000, unit="runs of a CNN, above",
        reason="searches over thousands of whole trainings are no student's project", found=_runs,
    ),
    ProjectRule(
        name="pixels", limit=4096, unit="pixels a side, above",
        reason="larger images are cut into tiles, which a GPU's memory holds", found=_image_px,
    ),
    ProjectRule(
        name="validation images", limit=10, unit="times the images, above",
        reason="a tenth to a half of the images is usual", found=_validation,
    ),
    ProjectRule(
        name="uploads and downloads", limit=1000, unit="times the whole data set, above",
        reason="a data set is moved a few times", found=_copies,
    ),
    ProjectRule(
        name="months kept", limit=120, unit="months, above",
        reason="ten years are the longest that rules ask research data to be kept for", found=_kept,
    ),
    ProjectRule(
        name="provisioned throughput left on", limit=20, unit="GiB/s, above",
        reason="one volume has 2 GiB/s at most; consoles show MiB/s, bills count GiB/s", found=_left_on_throughput,
    ),
)  # fmt: skip

MACHINE_COUNT_RULES: tuple[OptionRule, ...] = (
    OptionRule(
        name="machines with nothing to do", limit=1, unit="times the runs, above",
        reason="machines each take a run of their own", found=_idle_machines,
    ),
)  # fmt: skip

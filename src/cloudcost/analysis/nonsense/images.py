"""Rules about the images: how large one is, and how many a step takes of them."""

from __future__ import annotations

from collections.abc import Iterator

from cloudcost.analysis.nonsense.rule import OptionRule, ProjectRule, Subject, Whole
from cloudcost.figures import figure, size_words


def _small(whole: Whole, limit: float) -> Iterator[str]:
    data = whole.project.dataset
    if data.images and data.size_bytes < limit * data.images:
        each = figure(data.size_bytes / data.images)
        yield (
            f"{data.images:,} images in {size_words(data.size_bytes)} are {each} bytes "
            f"an image, where even a compressed digit of 28 x 28 pixels takes over {limit:g}; check images and size"
        )


def _large(whole: Whole, limit: float) -> Iterator[str]:
    data = whole.project.dataset
    if data.images and data.size_bytes > limit * data.images:
        yield (
            f"{data.images:,} images in {size_words(data.size_bytes)} are {size_words(data.size_bytes / data.images)} "
            f"an image, over {size_words(limit)}; check images and size"
        )


def _batch(subject: Subject, limit: float) -> Iterator[str]:
    images = subject.project.dataset.images
    gpus = 1 if subject.model is None else subject.model.machine.gpus
    for training in subject.project.trainings:
        if images and training.batch * gpus > limit * images:
            each = f"{training.batch:,}" if gpus == 1 else f"{training.batch:,} on each of {gpus} GPUs"
            yield (
                f"{training.name}: a batch of {each} is more than the {images:,} images; a step is timed as if the "
                "batch were full"
            )


IMAGE_RULES: tuple[ProjectRule, ...] = (
    ProjectRule(
        name="bytes an image, too few", limit=100, unit="bytes an image, below",
        reason="MNIST, 28 x 28 grey pixels with gzip, has 165", found=_small,
    ),
    ProjectRule(
        name="bytes an image, too many", limit=100e6, unit="bytes an image, above",
        reason="a raw photo of 50 million pixels has about as many", found=_large,
    ),
)  # fmt: skip

STEP_RULES: tuple[OptionRule, ...] = (
    OptionRule(
        name="batch above the images", limit=1, unit="times the images, above",
        reason="a step cannot take more images than an epoch has", found=_batch,
    ),
)  # fmt: skip

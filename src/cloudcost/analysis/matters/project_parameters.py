"""Parameters of the project as a whole: runs, epochs, data set, calendar, and what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import ceil

from cloudcost.analysis.matters.changes import decimal_of, with_dataset, with_epochs, with_images_times, with_runs
from cloudcost.analysis.matters.parameters import Parameter
from cloudcost.analysis.matters.ranges import assumed, of_count, triangular
from cloudcost.domain.project import Project
from cloudcost.usage.chosen import in_aws

MOST_RUNS = 10_000
"""Runs of each CNN up to which the answer is looked for, as for break-even. [count]"""
MOST_MONTHS = 120
"""Months kept up to which the answer is looked for. [months]"""
MOST_LONGER = 20.0
"""Times the project's duration up to which the answer is looked for. [1]"""
MOST_DAYS = 3650.0
"""Up to which a longer duration is looked at, as every month is priced apart. [days]"""
MOST_TIMES = 100.0
"""Times the assumed value up to which the answer is looked for. [1]"""


def project_parameters(project: Project, level: float) -> Iterator[Parameter]:
    """Yield the parameters that every option shares.

    Parameters
    ----------
    project : Project
    level : float
        Of the bands of counts. [1]
    """
    yield from _runs(project, level)
    yield from _epochs(project, level)
    yield from _data(project)
    yield from _calendar(project)
    yield from _charges(project)


def _runs(project: Project, level: float) -> Iterator[Parameter]:
    expected = tuple(training.runs.expected for training in project.trainings)
    ranges = [of_count(training.runs, level) for training in project.trainings]
    total = sum(expected)
    if not total:
        return
    mean = total / len(expected)
    together = triangular(
        sum(each.low for each in ranges) / len(ranges),
        mean,
        sum(each.high for each in ranges) / len(ranges),
        ranges[0].source,
    )
    equal = len(set(expected)) == 1
    yield Parameter(
        name="runs",
        label="runs of each CNN" if len(expected) > 1 else "runs",
        unit="runs",
        range=together,
        least=1 if equal else mean / MOST_TIMES,
        most=max(MOST_RUNS, mean),
        whole=equal,
        slower=1,
        meters=False,
        change=lambda changed, value: with_runs(changed, tuple(round(each * value / mean) for each in expected)),
    )
    if len(expected) == 1:
        return
    for index, (training, spread) in enumerate(zip(project.trainings, ranges, strict=True)):

        def one(changed: Project, value: float, index: int = index) -> Project:
            counts = list(expected)
            counts[index] = round(value)
            return with_runs(changed, tuple(counts))

        yield Parameter(
            name=f"runs:{training.name}",
            label=f"runs of {training.name}",
            unit="runs",
            range=spread,
            least=0,
            most=max(MOST_RUNS, spread.high),
            whole=True,
            slower=1,
            meters=False,
            change=one,
        )


def _epochs(project: Project, level: float) -> Iterator[Parameter]:
    uncertain = [training.epochs for training in project.trainings if training.epochs.kind != "fixed"]
    if not any(training.epochs.expected for training in project.trainings):
        return
    spread = assumed(1.0)
    if uncertain:
        ranges = [of_count(count, level) for count in uncertain]
        modes = [max(each.mode, 1) for each in ranges]
        lows = [each.low / mode for each, mode in zip(ranges, modes, strict=True)]
        highs = [each.high / mode for each, mode in zip(ranges, modes, strict=True)]
        spread = triangular(sum(lows) / len(lows), 1.0, sum(highs) / len(highs), ranges[0].source)
    yield Parameter(
        name="epochs",
        label="epochs of a run",
        unit="x",
        range=spread,
        least=1 / MOST_TIMES,
        most=max(MOST_TIMES, spread.high),
        slower=1,
        change=with_epochs,
    )


def _data(project: Project) -> Iterator[Parameter]:
    dataset = project.dataset
    if dataset.size_bytes and dataset.images:
        gigabytes = dataset.size_bytes / 1e9
        yield Parameter(
            name="dataset",
            label="size of the data set (as many more images)",
            unit="GB",
            range=assumed(gigabytes),
            least=gigabytes / MOST_TIMES,
            most=gigabytes * MOST_TIMES,
            slower=1,
            change=lambda changed, value: with_images_times(
                changed, Fraction(decimal_of(value)) * 10**9 / dataset.size_bytes
            ),
        )
    yield Parameter(
        name="uploads",
        label="uploads of the data set",
        unit="uploads",
        range=triangular(1, dataset.uploads, dataset.uploads * 2, "assumed: once to twice as often"),
        least=1,
        most=max(100, dataset.uploads * 2),
        whole=True,
        change=lambda changed, value: with_dataset(changed, replace(changed.dataset, uploads=int(value))),
    )
    yield Parameter(
        name="downloads",
        label="downloads of the data set",
        unit="downloads",
        range=triangular(0, dataset.downloads, dataset.downloads * 2 + 1, "assumed: none to twice and one more"),
        least=0,
        most=max(1000, dataset.downloads * 2 + 1),
        whole=True,
        change=lambda changed, value: with_dataset(changed, replace(changed.dataset, downloads=int(value))),
    )
    months = project.keep_months
    yield Parameter(
        name="keep_months",
        label="months kept after the end",
        unit="months",
        range=triangular(0, months, max(2 * months, 3), "assumed: none to twice, or 3"),
        least=0,
        most=max(MOST_MONTHS, 2 * months),
        whole=True,
        change=lambda changed, value: replace(changed, keep_months=int(value)),
    )


def _calendar(project: Project) -> Iterator[Parameter]:
    days = project.duration_seconds / 86400
    yield Parameter(
        name="duration",
        label="time that the project has",
        unit="days",
        range=assumed(days),
        least=days / MOST_TIMES,
        most=min(days * MOST_LONGER, MOST_DAYS),
        slower=-1,
        change=lambda changed, value: replace(changed, duration_seconds=max(ceil(value * 86400), 1)),
    )
    hours = project.hours_per_day
    yield Parameter(
        name="hours_per_day",
        label="hours a day in which machines train",
        unit="h",
        range=triangular(min(8.0, hours), hours, 24.0, "assumed: a working day to the whole day"),
        least=0.25,
        most=24.0,
        rises=0,
        slower=-1,
        meters=False,
        change=lambda changed, value: replace(changed, hours_per_day=value),
    )


def _charges(project: Project) -> Iterator[Parameter]:
    charged = frozenset(option.name for option in project.options)
    amazon = frozenset(option.name for option in project.options if in_aws(option))
    in_s3 = charged if project.dataset.location == "s3" else amazon
    rate = float(project.tax_rate)
    yield Parameter(
        name="tax_rate",
        label="tax",
        unit="x",
        range=triangular(0.0, rate, max(0.25, rate), "assumed: none to 25 %"),
        least=0.0,
        most=max(1.0, rate),
        options=charged,
        meters=False,
        change=lambda changed, value: replace(changed, tax_rate=decimal_of(value)),
    )
    paid_by_credits = float(project.credits_usd)
    yield Parameter(
        name="credits",
        label="credits of AWS",
        unit="USD",
        range=triangular(0.0, paid_by_credits, max(2 * paid_by_credits, 100.0), "assumed: none to 100 USD or twice"),
        least=0.0,
        most=max(100_000.0, 2 * paid_by_credits),
        rises=-1,
        options=in_s3,
        meters=False,
        change=lambda changed, value: replace(changed, credits_usd=decimal_of(value)),
    )

"""Bills for tests: rows of usage compiled at a book's prices, and the same rows at given numbers of runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from cloudcost.catalog.books.book import PriceBook
from cloudcost.domain.usage import RunUsage, Usage
from cloudcost.pricing.bill.bill import Bill, compile_part
from cloudcost.pricing.bill.closing import Closing
from cloudcost.pricing.bill.prices import prices_of


def bill_of(
    rows: Iterable[RunUsage], book: PriceBook, *, on: date, closing: Closing | None = None, free_tier: bool = True
) -> Bill:
    """Return the bill of metered rows, with the allowance of traffic to the internet taken off."""
    part = compile_part(rows, prices_of(book, on, free_tier=free_tier))
    return Bill((part,), Closing() if closing is None else closing)


def at_runs(run_usages: Iterable[RunUsage], runs: Sequence[int]) -> tuple[Usage, ...]:
    """Return the usage of a project at given numbers of runs.

    Parameters
    ----------
    run_usages : iterable of RunUsage
    runs : sequence of int
        One count per training of the project, in order. [count]

    Raises
    ------
    ValueError
        When a count is negative, or a usage has another number of trainings.

    Examples
    --------
    A notebook of 3,600 s and runs of 21,600 s, twelve times:

    >>> usage = RunUsage(
    ...     service="AmazonSageMaker", region="us-east-1", usage_type="Train:ml.g4dn.xlarge", unit="seconds",
    ...     fixed=3_600, per_run=(21_600,),
    ... )
    >>> at_runs([usage], [12])[0].quantity
    262800
    """
    if any(count < 0 for count in runs):
        raise ValueError(f"runs are not negative: {list(runs)}")
    return tuple(
        Usage(
            service=usage.service,
            region=usage.region,
            usage_type=usage.usage_type,
            operation=usage.operation,
            purchase=usage.purchase,
            month=usage.month,
            quantity=quantity,
            unit=usage.unit,
            why=usage.why,
        )
        for usage in run_usages
        if (quantity := quantity_at(usage, runs)) or usage.span is None
    )


def quantity_at(usage: RunUsage, runs: Sequence[int]) -> int:
    """Return the quantity of one usage at given numbers of runs. [usage.unit]

    Raises
    ------
    ValueError
        When the usage has another number of trainings; one without any does not depend on the runs.
    """
    if not usage.per_run:
        return usage.fixed
    if len(usage.per_run) != len(runs):
        raise ValueError(f"{usage.usage_type}: {len(usage.per_run)} trainings but {len(runs)} run counts")
    if usage.span is not None:
        runs = [usage.span.count(count) for count in runs]
    return usage.fixed + sum(per_run * count for per_run, count in zip(usage.per_run, runs, strict=True))

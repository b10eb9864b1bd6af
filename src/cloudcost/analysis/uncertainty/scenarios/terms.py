"""What a bill's quantities are affine in, by scenario: sums over the runs of each training, over what was estimated."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cloudcost.analysis.uncertainty.scenarios.draws import Floats
from cloudcost.analysis.uncertainty.scenarios.metering import FORGOTTEN
from cloudcost.analysis.uncertainty.scenarios.runtimes import RunTotals
from cloudcost.domain.usage import Span
from cloudcost.frozen import dataclass
from cloudcost.options.model import OptionModel
from cloudcost.pricing.bill.samples import Term
from cloudcost.usage.machines.runs import checkpoint_writes


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimated:
    """What one run of a training has in the exact estimate. [s, count, count, count]"""

    billed: float
    starts: float
    epochs: float
    writes: float


def estimated(model: OptionModel) -> tuple[Estimated, ...]:
    """Return what a run has in an option's exact estimate, by training."""
    return tuple(
        Estimated(
            billed=float(run.billed_seconds),
            starts=float(plan.starts),
            epochs=float(training.epochs.expected),
            writes=float(checkpoint_writes(training)),
        )
        for run, plan, training in zip(model.runs, model.plans, model.project.trainings, strict=True)
    )


def terms_of(
    used: frozenset[Term], own: Sequence[Estimated], totals: Sequence[RunTotals], forgotten_hours: Floats | None
) -> dict[Term, Floats]:
    """Return what quantities are affine in.

    Parameters
    ----------
    used : frozenset of Term
        Those that a bill depends on; others are left out.
    own : sequence of Estimated
        By training.
    totals : sequence of RunTotals
        By training.
    forgotten_hours : ndarray or None
        Of a machine left on. [h]
    """
    terms: dict[Term, Floats] = {}
    wanted = {term[:2] for term in used}
    for index, (each, run) in enumerate(zip(totals, own, strict=True)):
        terms["runs", index] = each.runs
        if ("billed", index) in wanted:
            terms["billed", index] = each.billed - each.runs * run.billed
        if ("starts", index) in wanted:
            terms["starts", index] = each.starts - each.runs * run.starts
        if ("epochs", index) in wanted:
            terms["epochs", index] = each.runs * (each.epochs - run.epochs)
        if ("writes", index) in wanted:
            terms["writes", index] = each.runs * (each.writes - run.writes)
    for term in used:
        if len(term) == 3:
            terms[term] = _begun_in(terms[term[0], term[1]], totals[term[1]].runs, term[2])
    if forgotten_hours is not None:
        terms[FORGOTTEN] = forgotten_hours
    return terms


def _begun_in(values: Floats, runs: Floats, span: Span) -> Floats:
    """Return the part of sums over runs that the runs have which begin in a span, every run alike."""
    counts = np.rint(runs).astype(np.int64)
    begun = -(-counts * span.end // span.whole) + (-counts * span.begin // span.whole)
    part: Floats = values * (begun / np.maximum(counts, 1))
    return part

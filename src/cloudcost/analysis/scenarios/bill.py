"""An option's bill over scenarios, in float64: what `metering` counts, at the prices of the exact estimate.

Flat prices add up to one linear function; prices in tiers or packs, and traffic out with its allowance, go pool by
pool through `cloudcost.pricing.vectorised`. Credits and tax close the bill as in `cloudcost.analysis.curve`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from cloudcost.analysis.model import OptionModel
from cloudcost.analysis.scenarios.draws import Floats
from cloudcost.analysis.scenarios.metering import FIXED, FORGOTTEN, Affine, Term, metered, slopes
from cloudcost.analysis.scenarios.runtimes import RunTotals
from cloudcost.catalog.allowances import transfer_out_allowance
from cloudcost.domain.usage import RunUsage, Span
from cloudcost.pricing.credits import credits_pay
from cloudcost.pricing.free import is_metered_out
from cloudcost.pricing.lookup import Found, find_price, price_day
from cloudcost.pricing.vectorised import TierTable, cost, tier_table
from cloudcost.units import BY_MONTH, BillingMonth, to_priced_unit
from cloudcost.usage.credits import credits_end
from cloudcost.usage.runs import checkpoint_writes


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Usage that shares tiers, packs or an allowance.

    Parameters
    ----------
    quantity : Affine
        [priced unit]
    free : float
        Taken off first. [priced unit]
    table : TierTable
    kind : str
        ``aws``, ``charged`` or ``local``: who charges it; ``aws`` only where credits pay for it.
    """

    quantity: Affine
    free: float
    table: TierTable
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioBill:
    """An option's total by scenario.

    Parameters
    ----------
    linear : dict from (kind, factor) to Affine
        What flat prices come to. `factor` names what the price is drawn as a multiple of: ``""``, ``electricity``,
        ``spot``, ``purchase``, ``resale``, ``share``. [USD]
    pools : tuple of Pool
    credits_usd, tax_rate : float
    spot_low : float
        The lowest spot price seen over the highest; 1 where it is not known. [1]
    estimated : tuple of (float, float, float, float)
        Billed seconds, starts, epochs and checkpoints of a run in the exact estimate, by training.
    used : frozenset of Term
    """

    linear: dict[tuple[str, str], Affine]
    pools: tuple[Pool, ...]
    credits_usd: float
    tax_rate: float
    spot_low: float
    estimated: tuple[tuple[float, float, float, float], ...]
    used: frozenset[Term]

    def terms(self, totals: Sequence[RunTotals], forgotten_hours: Floats | None) -> dict[Term, Floats]:
        """Return what quantities are affine in, by scenario."""
        terms: dict[Term, Floats] = {}
        wanted = {term[:2] for term in self.used}
        for index, (each, (billed, starts, epochs, writes)) in enumerate(zip(totals, self.estimated, strict=True)):
            terms["runs", index] = each.runs
            if ("billed", index) in wanted:
                terms["billed", index] = each.billed - each.runs * billed
            if ("starts", index) in wanted:
                terms["starts", index] = each.starts - each.runs * starts
            if ("epochs", index) in wanted:
                terms["epochs", index] = each.runs * (each.epochs - epochs)
            if ("writes", index) in wanted:
                terms["writes", index] = each.runs * (each.writes - writes)
        for term in self.used:
            if len(term) == 3:
                terms[term] = _begun_in(terms[term[0], term[1]], totals[term[1]].runs, term[2])
        if forgotten_hours is not None:
            terms[FORGOTTEN] = forgotten_hours
        return terms

    def totals(self, terms: dict[Term, Floats], factors: dict[str, Floats], count: int) -> Floats:
        """Return the totals, after credits and tax. [USD, float64, shape (count,)]

        Parameters
        ----------
        terms : dict
            From `terms`.
        factors : dict
            Multiples of prices by name; a factor that is not there is 1. [1]
        count : int
            Scenarios. [count]
        """
        sums: dict[str, Floats] = {kind: np.zeros(count) for kind in ("aws", "charged", "local")}
        for (kind, factor), affine in self.linear.items():
            amount = affine.at(terms, count)
            if factor in factors:
                amount *= factors[factor]
            sums[kind] += amount
        for pool in self.pools:
            quantity = pool.quantity.at(terms, count)
            if pool.free:
                quantity -= pool.free
            np.maximum(quantity, 0.0, out=quantity)
            sums[pool.kind] += cost(quantity, pool.table, out=quantity)
        charged = sums["charged"]
        if self.credits_usd < inf:
            charged += sums["aws"] - np.clip(sums["aws"], 0.0, self.credits_usd)
        if self.tax_rate:
            charged *= 1.0 + self.tax_rate
        charged += sums["local"]
        return charged


def scenario_bill(model: OptionModel, *, epochs: bool, starts: bool, forgotten: bool) -> ScenarioBill:
    """Return an option's bill as a function of its runs.

    Parameters
    ----------
    epochs, starts, forgotten : bool
        Whether epochs, sessions or hours of a machine left on differ between scenarios.

    Raises
    ------
    PriceNotFoundError
        When prices are missing.
    """
    project = model.project
    quantities = metered(model.usages)
    for key, slope in slopes(model, epochs=epochs, starts=starts, forgotten=forgotten).items():
        quantities.setdefault(key, Affine()).add(slope)
    linear: dict[tuple[str, str], Affine] = {}
    pooled: dict[tuple[object, ...], tuple[Found, Affine, float, str]] = {}
    spot_low = 1.0
    end = credits_end(project)
    for usage, quantity in quantities.items():
        if not any(quantity.terms.values()):
            continue
        found = find_price(
            model.market,
            usage.service,
            usage.region,
            usage.usage_type,
            usage.operation,
            usage.purchase,
            price_day(usage.month, model.today),
        )
        month = usage.month if usage.unit in BY_MONTH else None
        scale = float(to_priced_unit(1, usage.unit, found.price.unit, month))
        kind = _kind(usage, end, with_credits=bool(project.credits_usd))
        free = _free(model, usage)
        if found.schedule.flat and not free:
            factor = _factor(usage, found)
            if factor == "spot":
                spot_low = _lowest(found)
            rate = scale * float(found.schedule.exact_rates[0])
            linear.setdefault((kind, factor), Affine()).add(quantity, rate)
        else:
            pool = (found.key, usage.region, usage.month)
            _, together, _, _ = pooled.setdefault(pool, (found, Affine(), free, kind))
            together.add(quantity, scale)
    back = _resale(model)
    if back:
        linear["local", "resale"] = Affine({FIXED: -back})
    pools = tuple(
        Pool(quantity=quantity, free=free, table=tier_table(found.schedule), kind=kind)
        for found, quantity, free, kind in pooled.values()
    )
    every = [*linear.values(), *(pool.quantity for pool in pools)]
    return ScenarioBill(
        linear=linear,
        pools=pools,
        credits_usd=float(project.credits_usd) if project.credits_usd else inf,
        tax_rate=float(project.tax_rate),
        spot_low=spot_low,
        estimated=tuple(
            (
                float(run.billed_seconds),
                float(plan.starts),
                float(training.epochs.expected),
                float(checkpoint_writes(training)),
            )
            for run, plan, training in zip(model.runs, model.plans, project.trainings, strict=True)
        ),
        used=frozenset(term for each in every for term, coefficient in each.terms.items() if coefficient),
    )


def _begun_in(values: Floats, runs: Floats, span: Span) -> Floats:
    """Return the part of sums over runs that the runs have which begin in a span, every run alike."""
    counts = np.rint(runs).astype(np.int64)
    begun = -(-counts * span.end // span.whole) + (-counts * span.begin // span.whole)
    part: Floats = values * (begun / np.maximum(counts, 1))
    return part


def _kind(usage: RunUsage, end: BillingMonth | None, *, with_credits: bool) -> str:
    if usage.service == "Local":
        return "local"
    return "aws" if with_credits and credits_pay(usage.service, usage.month, end) else "charged"


def _factor(usage: RunUsage, found: Found) -> str:
    """Return the name of what the price is drawn as a multiple of; empty where it is certain."""
    if usage.service == "Local":
        return {"Electricity": "electricity", "Purchase": "purchase", "ShareOfLife": "share"}.get(usage.usage_type, "")
    return "spot" if found.price.purchase == "spot" else ""


def _lowest(found: Found) -> float:
    low, high = found.price.low_usd, found.price.tiers[0].unit_price_usd
    return 1.0 if low is None or not high else min(float(low / high), 1.0)


def _free(model: OptionModel, usage: RunUsage) -> float:
    if not is_metered_out(usage):
        return 0.0
    return float(transfer_out_allowance(price_day(usage.month, model.today)).gigabytes)


def _resale(model: OptionModel) -> float:
    """Return what the machines are sold for at the end. [USD]"""
    local = model.option.local
    if local is None or not local.is_bought or not local.purchase_usd:
        return 0.0
    return model.machines * float(local.purchase_usd) * local.resale

"""What an account has to be allowed before the answer can be had: the quotas that the best two options need."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from cloudcost.figures import counted

if TYPE_CHECKING:
    from cloudcost.catalog.quotas.running import NeededQuota
    from cloudcost.results.comparison import Comparison

NAMED = 2
"""Options whose quotas are told: the best and the next best. [count]"""


def quota_sentence(comparison: Comparison) -> str:
    """Return what the best options need that a new account may lack; empty where the project says what there is."""
    if comparison.best is None or comparison.project.quotas is not None:
        return ""
    sure = islice((each for each in comparison.options if each.feasible and each.guaranteed), NAMED)
    lacking = [(each.name, each.quota) for each in sure if each.quota is not None and _may_lack(each.quota)]
    if not lacking:
        return ""
    told: dict[str, list[str]] = {}
    for name, quota in lacking:
        needs = f"{name} needs {counted(quota.needed, quota.unit.removesuffix('s'))}"
        told.setdefault(quota.called, []).append(needs)
    said = "; ".join(f"{' and '.join(needs)} of {called}" for called, needs in told.items())
    few = any(quota.new_account is None for _, quota in lacking)
    has = "may have none" if few else "has too little" if any(quota.new_account for _, quota in lacking) else "has none"
    return f"quotas: {said}; a new account {has}, so ask AWS days ahead; quotas in [project] says what yours has"


def _may_lack(quota: NeededQuota) -> bool:
    return quota.new_account is None or quota.new_account < quota.needed

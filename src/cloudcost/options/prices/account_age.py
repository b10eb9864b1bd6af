"""What the age of the AWS account takes off a bill: a first tier that costs nothing, in the months that have one.

Free quantities are those of an account over all regions; a project keeps its data set in one region and its machines
in one, so they are taken off there. Credits are in the project already (`cloudcost.project.convert`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cloudcost.domain.project import Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.money import decimal_string
from cloudcost.pricing.free_tiers import FreeAt, quota_words
from cloudcost.units import BillingMonth
from cloudcost.usage.calendar import kept_window, project_window
from cloudcost.usage.chosen import bucket_region, in_aws, uses_s3
from cloudcost.usage.credits import credits_end

if TYPE_CHECKING:
    from cloudcost.catalog.aws.free_tier import FreeQuota, SignUpCredit


def free_at(project: Project, option: Option) -> tuple[FreeAt, ...]:
    """Return what an option has free by the account's age, and where."""
    if project.account_opened is None:
        return ()
    from cloudcost.catalog.aws.free_tier import free_quotas_of

    found = []
    for quota in free_quotas_of(project.account_opened, project.start):
        if option.kind not in quota.kinds or (quota.service == "AmazonVPC" and option.nat):
            continue  # a NAT gateway's address is none of EC2's
        in_bucket = quota.service == "AmazonS3" and uses_s3(project, option)
        region = bucket_region(project, option) if in_bucket else option.region or project.region
        found.append((region, quota))
    return tuple(found)


def free_tier_assumptions(project: Project, option: Option, usages: Sequence[RunUsage]) -> list[str]:
    """Return, one sentence each, what the account's age takes off, and what of it is not counted.

    Parameters
    ----------
    usages : sequence of RunUsage
        What the option meters; of the free quantities only those of such usage types are named.
    """
    opened = project.account_opened
    if opened is None or not (uses_s3(project, option) or in_aws(option)):
        return []
    from cloudcost.catalog.aws.free_tier import sign_up_credit

    credit = sign_up_credit(opened)
    if credit is not None:
        usd = f"{decimal_string(credit.usd)} USD of sign-up credits of an account opened on {opened}"
        return [_credits_said(project, credit, usd)]
    window = project_window(project).start.date(), kept_window(project).end.date()
    quotas = [quota for _, quota in free_at(project, option) if quota.first < window[1] and window[0] < quota.until]
    if not quotas:
        return [f"the free months of an account opened on {opened} ended before the project"]
    metered = {usage.usage_type for usage in usages}
    by_last: dict[str, list[str]] = {}
    for quota in quotas:
        if quota.usage_type in metered:
            by_last.setdefault(_last(quota), []).append(f"{quota_words(quota)} of {quota.usage_type}")
    listed = "; ".join(f"through {last} {', '.join(said)}" for last, said in by_last.items())
    return [f"free each month for an account opened on {opened}: {listed or 'nothing that is billed here'}"]


def _credits_said(project: Project, credit: SignUpCredit, usd: str) -> str:
    """Return what is done with the account's sign-up credits."""
    if project.credits_expire is None and credit.expires <= project.start:
        return f"{usd} expired on {credit.expires}, before the project begins"
    if project.credits_expire is None and project.credits_usd:
        return f"credits as the project states; {usd} are not added"
    if project.credits_expire is None:
        return f"{usd} are not counted, as the project states"
    end = credits_end(project)
    if end is not None and end <= BillingMonth.of(project.start):
        return f"{usd} expire on {credit.expires}, in the project's first month, and are not counted"
    off = f"what AWS charges in the months before {end}; they expire on" if end else "what AWS charges, valid until"
    return (
        f"{usd} are taken off {off} {credit.expires}; up to 100 USD more for tasks are not counted, and on the free "
        "plan an account is closed after 6 months or when they are spent"
    )


def _last(quota: FreeQuota) -> str:
    return str(BillingMonth.of(quota.until).later(-1))

"""The quota of AWS that an option needs, and whether the account has it, as far as the project says."""

from __future__ import annotations

from cloudcost.catalog.quotas.running import NeededQuota, needed_quota
from cloudcost.domain.devices import Instance
from cloudcost.domain.kinds import facts_of
from cloudcost.domain.project import Option, Project
from cloudcost.figures import counted
from cloudcost.usage.chosen import in_aws, machines_of


def quota_of(project: Project, option: Option, instance: Instance | None) -> NeededQuota | None:
    """Return the quota that an option's machines need; None outside AWS and where their class is not known."""
    if instance is None or instance.provider != "aws" or not in_aws(option):
        return None
    return needed_quota(facts_of(option).service, option.purchase, instance, machines_of(project, option))


def quota_obstacle(project: Project, option: Option, instance: Instance | None) -> str:
    """Return that the project states less of the quota than the option needs; empty where it does not."""
    if not project.quotas:
        return ""
    needed = quota_of(project, option, instance)
    if needed is None:
        return ""
    had = next((number for name, number in project.quotas if needed.is_named(name)), None)
    if had is None or had >= needed.needed:
        return ""
    much = counted(needed.needed, needed.unit.removesuffix("s"))
    return f"it needs {much} of the quota {needed.called}, and the account has {had:,} (quotas)"

"""The rule about a total that is mostly not the machine: what it is, and what would avoid it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from cloudcost.analysis.nonsense.rule import OptionRule, Subject
from cloudcost.catalog.stores.encryption import KMS_SERVICE
from cloudcost.domain.kinds import facts_of
from cloudcost.domain.lines import LineItem
from cloudcost.domain.project import Option, Project
from cloudcost.render.groups import LEFT_ON, by_group
from cloudcost.results.estimate import Estimate
from cloudcost.usage.chosen import fills_disk, home_region, in_aws, is_away, keeps_copy, store_of
from cloudcost.usage.machines.rented_disks import RESULTS_WHY, disk_of
from cloudcost.usage.machines.volumes import least_gib, volume_gib_of
from cloudcost.usage.s3.transfer import EGRESS

_MACHINE = frozenset({"machines", "electricity", "purchase", "upkeep"})
"""Groups of lines that are the machine itself, rented or one's own."""
_NOT_CHARGED_FOR = frozenset({"credits", "tax"})
"""Groups that are laid on the others."""
_LEAST_USD = Decimal(2)
"""Below it nobody decides by it. [USD]"""
_LARGE_GIB = 30
"""A data volume below it is not what makes volumes dear, but the root volume and time. [GiB]"""
_WORDS = {"transfer": "traffic", "network": "gateways and addresses", LEFT_ON: "what is left on"}
"""What groups are called where the word on a bill says too little."""


def _dominant(subject: Subject, limit: float) -> Iterator[str]:
    lines, left_on_usd = subject.estimate.lines, subject.estimate.left_on_usd
    groups = by_group(lines, left_on_usd)
    amounts = {name: amount for name, amount in groups.items() if name not in _NOT_CHARGED_FOR and amount > 0}
    total = sum(amounts.values(), Decimal(0))
    for name, amount in amounts.items():
        if name not in _MACHINE and amount >= _LEAST_USD and amount > Decimal(str(limit)) * total:
            own = [(parts[name], line) for line, parts in _parts(subject.estimate) if parts.get(name, Decimal(0)) > 0]
            largest = "" if name == "support" else f" ({max(own, key=lambda pair: pair[0])[1].usage_type})"
            avoid = _avoided(name, [line for _, line in own], subject)
            yield f"over half of the total is {_WORDS.get(name, name)}{largest}, not the machine{avoid}"


def _parts(estimate: Estimate) -> Iterator[tuple[LineItem, dict[str, Decimal]]]:
    """Yield each line with what of it belongs to which group. [USD]"""
    for index, line in enumerate(estimate.lines):
        yield line, by_group([line], estimate.left_on_usd[index : index + 1])


def _avoided(name: str, lines: Sequence[LineItem], subject: Subject) -> str:
    """Return what would avoid a group of lines; empty where nothing is known to."""
    project, option = subject.project, subject.option
    match name:
        case "transfer":
            said = _of_traffic(project, option, lines)
        case "storage":
            said = _of_storage(project)
        case "requests":
            said = _of_requests(project, lines)
        case "volumes":
            said = _of_volumes(subject)
        case "notebook":
            said = "fewer notebook_hours: it is billed while it is on, whether used or not"
        case "left on":
            said = "an earlier until in [[left_on]], or nothing left on"
        case "support":
            said = "no support_plan, where you need none, or one whose least amount is lower"
        case "network":
            said = "nat = false, the free gateway endpoint" if option.nat else ""
        case _:
            said = ""
    return f"; what would avoid it: {said}" if said else ""


def _of_requests(project: Project, lines: Sequence[LineItem]) -> str:
    sharded = project.dataset.reader == "shards"
    fewer = "a larger shard_size" if sharded else 'archives in place of single images (reader = "shards")'
    for_keys = sum(line.amount_usd for line in lines if line.service == KMS_SERVICE)
    of_bucket = 2 * for_keys > sum(line.amount_usd for line in lines) and not project.dataset.bucket_key
    return f"keys of the bucket (bucket_key = true), or {fewer}" if of_bucket else fewer


def _of_traffic(project: Project, option: Option, lines: Sequence[LineItem]) -> str:
    kept = 'reader = "copy", which reads once ' + ("in all" if facts_of(option).at_home else "a run")
    each_epoch = is_away(project, option) and not fills_disk(project, option)
    store, home = store_of(project), home_region(project)
    results = sum(line.amount_usd for line in lines if line.why.startswith(RESULTS_WHY))
    if 2 * results > sum(line.amount_usd for line in lines):
        return "smaller results, or ones that stay in a bucket beside the machine"
    if store is not None:
        near = f"a machine of the same cloud in {home}, where the bucket is"
        near += ", or data_copy = true" if in_aws(option) else ""
        return f"{kept}; {near}" if each_epoch else near
    between = sum(line.amount_usd for line in lines if line.usage_type != EGRESS)
    if 2 * between > sum(line.amount_usd for line in lines):
        near = f"machines in {home}, where the bucket is, or data_copy = true"
        return f"{kept}; {near}" if each_epoch else near
    if each_epoch:
        return kept
    if project.dataset.downloads and (in_aws(option) or keeps_copy(project, option)):
        return "fewer downloads"
    return f"machines of AWS in {home}, which read the bucket free of charge"


def _of_storage(project: Project) -> str:
    dataset = project.dataset
    ways = ["fewer keep_months"] if project.keep_months else []
    ways += ["versioning off"] if dataset.versioning and dataset.uploads > 1 else []
    return " or ".join(ways or ["a colder storage_class", "deleting it sooner (duration)"])


def _of_volumes(subject: Subject) -> str:
    project, option = subject.project, subject.option
    if disk_of(option) is not None:
        return _of_rented_disks(subject)
    own = subject.model.machine.own_disk_bytes if subject.model is not None else None
    volume, copies = volume_gib_of(project, option), fills_disk(project, option)
    ways = []
    lasts = facts_of(option).volume_lasts
    counts = volume > (_LARGE_GIB if lasts else 0)  # else the root volume and time are what is dear
    if lasts and counts and not copies:
        ways.append("volume_gib = 0, since nothing is copied to it")
    elif counts and own and project.dataset.size_bytes <= own:
        ways.append("volume_gib = 0, since the machine's own disk holds the data set")
    elif volume > _LARGE_GIB and copies:
        ways += ["a smaller volume_gib"] if option.volume_gib and volume > least_gib(project.dataset.size_bytes) else []
        ways.append('reader = "stream", which needs no data volume')
    if lasts:
        ways.append("a shorter duration, since volumes are billed while they exist, also while the machine is stopped")
    return ", or ".join(ways)


def _of_rented_disks(subject: Subject) -> str:
    """Return what would avoid the disks of a machine of another cloud."""
    project, option = subject.project, subject.option
    disk = disk_of(option)
    ways = []
    if option.volume_gib and not fills_disk(project, option):
        ways.append("volume_gib = 0, since nothing is copied to it")
    elif fills_disk(project, option) and least_gib(project.dataset.size_bytes) > _LARGE_GIB:
        ways.append('reader = "stream", which needs no disk for data')
    if disk is not None and disk.billed == "always":
        ways.append("a shorter duration, since disks are billed while they exist, also while the machine is stopped")
    return ", or ".join(ways)


TOTAL_RULES: tuple[OptionRule, ...] = (
    OptionRule(
        name="a line that is not the machine", limit=0.5, unit="of the total before tax and credits, above",
        reason="who compares machines decides by something else then", found=_dominant,
    ),
)  # fmt: skip

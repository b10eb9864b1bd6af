"""Everything that one option meters, put together from the parts, with what was assumed on the way.

Which parts apply: a data set whose `location` is S3 lies there whatever trains on it; one on the user's own disk is
uploaded only for EC2 and SageMaker. Whatever trains outside AWS reads S3 over the internet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cloudcost.domain.project import Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.usage.compute import (
    ROOT_VOLUME_GIB,
    BilledRun,
    cloud_usage,
    colab_usage,
    ec2_usage,
    nat_usage,
    sagemaker_usage,
)
from cloudcost.usage.local import local_usage
from cloudcost.usage.objects import PART_BYTES, get_requests, object_count
from cloudcost.usage.requests import BY_PART, checkpoint_usage, read_usage, run_passes, upload_usage
from cloudcost.usage.runs import RunPlan, checkpoint_writes
from cloudcost.usage.storage import checkpoint_storage, dataset_storage, unreadable_because
from cloudcost.usage.transfer import egress_usage


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineFacts:
    """What metering needs to know of the machine besides its name.

    Parameters
    ----------
    has_local_storage : bool
        NVMe storage of its own.
    watts : float
        ``local``: at the wall under training. [W]
    units_per_hour_micro : int
        ``colab``: compute units. [10**-6 per hour]
    paid : bool
        ``colab``: whether units are paid for at all (not on the free plan).
    service : str
        ``cloud``: the provider's name in the price book.
    """

    has_local_storage: bool = False
    watts: float = 0.0
    units_per_hour_micro: int = 0
    paid: bool = True
    service: str = ""


def uses_s3(project: Project, option: Option) -> bool:
    """Return whether the option keeps the data set in S3."""
    return project.dataset.location == "s3" or option.kind in ("ec2", "sagemaker")


def data_usage(project: Project, option: Option, plans: Sequence[RunPlan]) -> list[RunUsage]:
    """Return what storing, uploading and reading the data set meters in S3; nothing where S3 is not used."""
    if not uses_s3(project, option):
        return []
    dataset = project.dataset
    in_aws = option.kind in ("ec2", "sagemaker")
    region = (option.region or project.region) if in_aws else project.region
    passes = run_passes(project, plans)
    usages = dataset_storage(project, region) + upload_usage(project, region)
    if in_aws:
        usages += read_usage(project, region, passes=passes, why=f"reading the data set ({dataset.reader})")
        usages += checkpoint_storage(project, region) + checkpoint_usage(project, region)
    else:
        once = project.machines if option.kind == "local" and dataset.reader == "copy" else 0
        each = [0] * len(passes) if once else passes
        why = "reading the data set from outside AWS"
        usages += read_usage(project, region, fixed_passes=once, passes=each, why=why)
        usages += egress_usage(project, region, fixed_passes=once, passes=each, why=why)
    if dataset.downloads:
        times = "once" if dataset.downloads == 1 else f"{dataset.downloads} times"
        why = f"downloading the data set {times}"
        usages += read_usage(project, region, fixed_passes=dataset.downloads, why=why)
        usages += egress_usage(project, region, fixed_passes=dataset.downloads, why=why)
    return usages


def data_obstacle(project: Project, option: Option) -> str:
    """Return why the option cannot read the data set; empty when it can."""
    return unreadable_because(project) if uses_s3(project, option) else ""


def machine_usage(
    project: Project, option: Option, plans: Sequence[RunPlan], runs: Sequence[BilledRun], facts: MachineFacts
) -> list[RunUsage]:
    """Return what the machines themselves meter.

    Parameters
    ----------
    plans, runs : sequences
        One of each per training, in the project's order.
    facts : MachineFacts
    """
    region = option.region or project.region
    match option.kind:
        case "ec2":
            usages = ec2_usage(project, option, region, runs)
        case "sagemaker":
            usages = sagemaker_usage(project, option, region, runs, has_local_storage=facts.has_local_storage)
        case "colab":
            return colab_usage(project, facts.units_per_hour_micro, runs) if facts.paid else []
        case "local":
            if option.local is None:
                raise ValueError(f"option {option.name!r} is local but has no machine")
            return local_usage(project, option.local, facts.watts, runs)
        case "cloud":
            return cloud_usage(project, option, facts.service, option.region or "", runs)
    if option.nat:
        size = project.dataset.size_bytes
        per_run = [
            size * passes + (checkpoint_writes(training) * training.checkpoint.size_bytes if training.checkpoint else 0)
            for passes, training in zip(run_passes(project, plans), project.trainings, strict=True)
        ]
        usages += nat_usage(project, region, fixed_bytes=0, bytes_per_run=per_run)
    return usages


def usage_assumptions(project: Project, option: Option) -> list[str]:
    """Return, one sentence each, what the metering took for granted."""
    dataset = project.dataset
    said: list[str] = []
    if uses_s3(project, option):
        said.append(
            f"data set: {dataset.size_bytes / 1e9:,.1f} GB (1 GB = 10^9 bytes) in {object_count(dataset):,} objects; "
            "an S3 bill counts GB of 2^30 bytes"
        )
        if get_requests(dataset, by_part=True) > object_count(dataset):
            read = "uploaded and read" if dataset.reader in BY_PART else "uploaded"
            said.append(f"objects over {PART_BYTES // 2**20} MiB are {read} in parts of that size, each one request")
        if dataset.versioning and dataset.uploads > 1:
            said.append(f"versioning keeps all {dataset.uploads} uploads, each billed in full")
    if option.kind == "ec2":
        said.append(
            f"volumes: gp3 root of {ROOT_VOLUME_GIB} GiB and data of {option.volume_gib} GiB on each machine, "
            "billed through the whole project, also while stopped"
        )
        said.append("traffic between S3 and EC2 within the region is free")
    if option.kind == "colab":
        said.append("checkpoints go to Google Drive's free space, which is not counted")
    if project.keep_months:
        months = "1 month" if project.keep_months == 1 else f"{project.keep_months} months"
        said.append(f"data set and checkpoints stay in S3 for {months} after the end")
    if any(training.checkpoint for training in project.trainings) and option.kind in ("ec2", "sagemaker"):
        kept = "every checkpoint is kept as a version" if dataset.versioning else "a run keeps its last checkpoint"
        said.append(f"checkpoints are written to S3; {kept}")
    return said

"""Everything that one option meters, put together from the parts; what is assumed on the way is in `assumptions`.

Which parts apply: a data set whose `location` is a bucket lies there whatever trains on it; one on the user's own disk
is uploaded only for EC2 and SageMaker. The bucket stays where it is: what trains in another cloud reads it over the
internet, what trains in another region across regions, unless it has a copy there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from cloudcost.catalog.aws.storage_classes import STANDARD, storage_classes
from cloudcost.domain.project import Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.usage.calendar import project_window
from cloudcost.usage.checkpoints import checkpoint_storage
from cloudcost.usage.chosen import (
    bucket_region,
    has_copy,
    home_region,
    in_aws,
    is_away,
    keeps_copy,
    machines_of,
    reader_of,
    store_of,
    uses_s3,
)
from cloudcost.usage.events import Readings, per_pass
from cloudcost.usage.kinds import metering_of
from cloudcost.usage.machines.compute import BilledRun
from cloudcost.usage.machines.disk import disk_obstacle
from cloudcost.usage.machines.machine import Machine
from cloudcost.usage.machines.network import nat_usage
from cloudcost.usage.machines.runs import RunPlan, written_bytes
from cloudcost.usage.meter import Meter
from cloudcost.usage.s3.requests import checkpoint_usage, read_usage, run_passes, upload_usage, way_of
from cloudcost.usage.s3.restores import restore_usage
from cloudcost.usage.s3.storage import dataset_storage
from cloudcost.usage.s3.timeline import unreadable_because
from cloudcost.usage.s3.transfer import egress_usage, inter_region_usage
from cloudcost.usage.s3.unseen import incomplete_usage, marker_usage


def data_usage(project: Project, option: Option, plans: Sequence[RunPlan]) -> list[RunUsage]:
    """Return what storing, uploading and reading the data set meters; nothing where it lies at home."""
    if store_of(project) is not None:
        return _in_store(project, option, plans)
    if not uses_s3(project, option):
        return []
    home, frame = home_region(project), project
    usages = dataset_storage(project, home, read_until=read_until_of(project, option))
    usages += upload_usage(project, home) + restore_usage(project, home)
    usages += incomplete_usage(project, home) + marker_usage(project, home)
    if has_copy(project, option):
        from cloudcost.usage.s3.copies import copied_from, copied_project, copied_usage

        frame, here = copied_project(project), bucket_region(project, option)
        usages += copied_from(project, home, here) + copied_usage(project, here)
    usages += _reading(project, frame, option, plans)
    if in_aws(option):
        usages += _checkpoints(project, option)
    dataset = project.dataset
    if dataset.downloads:
        times = "once" if dataset.downloads == 1 else f"{dataset.downloads} times"
        why = f"downloading the data set {times}"
        readings = Readings(evenly=dataset.downloads)
        usages += read_usage(project, home, readings, why=why)
        usages += egress_usage(project, home, readings, why=why)
    return usages


def _in_store(project: Project, option: Option, plans: Sequence[RunPlan]) -> list[RunUsage]:
    """Return the same of a data set in another cloud's store, with its copy in S3 and the checkpoints there."""
    from cloudcost.usage.store import copied_from, store_usage

    passes = run_passes(project, option, plans)
    copied = has_copy(project, option)
    usages = store_usage(project, option, [0] * len(passes) if copied else passes)
    if copied:
        from cloudcost.usage.s3.copies import copied_project, copied_usage

        here = bucket_region(project, option)
        usages += copied_from(project, here) + copied_usage(project, here)
        usages += _reading(project, copied_project(project), option, plans)
    return usages + (_checkpoints(project, option) if in_aws(option) else [])


def read_until_of(project: Project, option: Option) -> datetime:
    """Return when the project's bucket is read for the last time: once where a copy is read then, else to the end."""
    window = project_window(project)
    if not has_copy(project, option) and not keeps_copy(project, option):
        return window.end
    downloads = project.dataset.downloads
    last = window.seconds * (downloads - 1) // downloads if downloads else 0
    return window.start + timedelta(seconds=last)


def _reading(project: Project, frame: Project, option: Option, plans: Sequence[RunPlan]) -> list[RunUsage]:
    """Return what reading the data set meters: requests and retrieval at its bucket, and traffic out of the region.

    Parameters
    ----------
    frame : Project
        With the data set as it lies in the bucket that is read.
    """
    reader, source = reader_of(project, option), bucket_region(project, option)
    passes = run_passes(project, option, plans)
    once = machines_of(project, option) if keeps_copy(project, option) else 0
    readings = Readings(at_start=once, per_run=passes)
    why = f"reading the data set ({reader})" if in_aws(option) else "reading the data set from outside AWS"
    usages = read_usage(frame, source, readings, way=way_of(project, option), why=why)
    if not is_away(project, option):
        return usages
    if not in_aws(option):
        return usages + egress_usage(project, source, readings, why=why)
    there, size = option.region or project.region, project.dataset.size_bytes
    why = f"reading the data set from {there} ({reader})"
    return usages + inter_region_usage(project, source, there, per_run=per_pass(size, passes), why=why)


def _checkpoints(project: Project, option: Option) -> list[RunUsage]:
    """Return what checkpoints meter: they lie in the bucket of S3 that runs read, and pay for the way there.

    Where runs read a store of another cloud, they write to a bucket of S3 in their own region.
    """
    elsewhere = store_of(project) is not None
    bucket = option.region or project.region if elsewhere else bucket_region(project, option)
    kept = checkpoint_storage(Meter(project, bucket), storage_classes()[STANDARD].usage_type)
    usages = kept + checkpoint_usage(project, bucket)
    if is_away(project, option) and not elsewhere:
        here, written = option.region or project.region, [written_bytes(each) for each in project.trainings]
        why = f"checkpoints and logs written to the bucket in {bucket}"
        usages += inter_region_usage(project, here, bucket, per_run=written, why=why)
    return usages


def data_obstacles(project: Project, option: Option, machine: Machine) -> list[str]:
    """Return why the option cannot read the data set, and why it has no room for it; nothing when it can."""
    unreadable = unreadable_because(project) if uses_s3(project, option) and store_of(project) is None else ""
    channel = ""
    if option.input_mode is not None and is_away(project, option):
        here = option.region or project.region
        channel = (
            f"SageMaker's channels read buckets of S3 in {here} alone; the data set lies elsewhere: use data_copy = "
            "true, or remove input_mode, and the training script reads it"
        )
    too_small = disk_obstacle(project, option, machine.own_disk_bytes, offered=machine.offered)
    return [each for each in (unreadable, channel, too_small) if each]


def machine_usage(
    project: Project, option: Option, plans: Sequence[RunPlan], runs: Sequence[BilledRun], machine: Machine
) -> list[RunUsage]:
    """Return what the machines themselves meter.

    Parameters
    ----------
    plans, runs : sequences
        One of each per training, in the project's order; plans with the starts that runs are expected to have.
    machine : Machine
    """
    usages = metering_of(option).usage(project, option, runs, machine)
    if in_aws(option) and option.nat:
        read = per_pass(project.dataset.size_bytes, run_passes(project, option, plans))
        written = [written_bytes(training) for training in project.trainings]
        per_run = [sum(both) for both in zip(read, written, strict=True)]
        usages += nat_usage(project, option.region or project.region, bytes_per_run=per_run)
    return usages

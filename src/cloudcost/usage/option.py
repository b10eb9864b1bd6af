"""Everything that one option meters, put together from the parts, with what was assumed on the way.

Which parts apply: a data set whose `location` is S3 lies there whatever trains on it; one on the user's own disk is
uploaded only for EC2 and SageMaker. The bucket stays in the project's region: whatever trains outside AWS reads it over
the internet, what trains in another region across regions, unless it has a copy there.

References
----------
.. [1] aws/amazon-sagemaker-examples, pull request 2077 (2021-03-24) and issue 3881 (2023-03-28), "bucket must be in the
   same region as the job": SageMaker's own channels read no other region.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from cloudcost.domain.project import Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.figures import figure, size_words
from cloudcost.usage.calendar import project_window
from cloudcost.usage.chosen import (
    bucket_region,
    has_copy,
    in_aws,
    is_away,
    keeps_copy,
    machines_of,
    reader_of,
    uses_s3,
)
from cloudcost.usage.events import Passes, Readings, per_pass
from cloudcost.usage.kinds import metering_of
from cloudcost.usage.machines.compute import BilledRun
from cloudcost.usage.machines.disk import disk_assumptions, disk_obstacle
from cloudcost.usage.machines.machine import Machine
from cloudcost.usage.machines.network import nat_usage
from cloudcost.usage.machines.runs import RunPlan, checkpoint_bytes
from cloudcost.usage.s3.checkpoints import checkpoint_storage
from cloudcost.usage.s3.lifecycle import lifecycle_assumptions
from cloudcost.usage.s3.objects import PART_BYTES, get_requests, object_count
from cloudcost.usage.s3.requests import BY_PART, checkpoint_usage, read_usage, run_passes, upload_usage
from cloudcost.usage.s3.restores import restore_assumptions, restore_usage
from cloudcost.usage.s3.storage import dataset_storage
from cloudcost.usage.s3.timeline import unreadable_because
from cloudcost.usage.s3.transfer import egress_usage, inter_region_usage
from cloudcost.usage.s3.unseen import incomplete_usage, marker_usage


def data_usage(project: Project, option: Option, plans: Sequence[RunPlan]) -> list[RunUsage]:
    """Return what storing, uploading and reading the data set meters; nothing where S3 is not used."""
    if not uses_s3(project, option):
        return []
    usages = dataset_storage(project, project.region, read_until=_read_until(project, option))
    usages += upload_usage(project, project.region) + restore_usage(project, project.region)
    usages += incomplete_usage(project, project.region) + marker_usage(project, project.region)
    frame = project
    if has_copy(project, option):
        from cloudcost.usage.s3.copies import copied_project, copy_usage

        frame = copied_project(project)
        usages += copy_usage(project, bucket_region(project, option))
    usages += _reading(project, frame, option, plans)
    if in_aws(option):
        usages += _checkpoints(project, option)
    dataset = project.dataset
    if dataset.downloads:
        times = "once" if dataset.downloads == 1 else f"{dataset.downloads} times"
        why = f"downloading the data set {times}"
        readings = Readings(evenly=dataset.downloads)
        usages += read_usage(project, project.region, readings, why=why)
        usages += egress_usage(project, project.region, readings, why=why)
    return usages


def _read_until(project: Project, option: Option) -> datetime:
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
    usages = read_usage(frame, source, readings, reader=reader, why=why)
    if not is_away(project, option):
        return usages
    if not in_aws(option):
        return usages + egress_usage(project, source, readings, why=why)
    there, size = option.region or project.region, project.dataset.size_bytes
    why = f"reading the data set from {there} ({reader})"
    return usages + inter_region_usage(project, source, there, per_run=per_pass(size, passes), why=why)


def _checkpoints(project: Project, option: Option) -> list[RunUsage]:
    """Return what checkpoints meter: they lie in the bucket that runs read, and pay for the way there."""
    bucket = bucket_region(project, option)
    usages = checkpoint_storage(project, bucket) + checkpoint_usage(project, bucket)
    if is_away(project, option):
        here, written = option.region or project.region, [checkpoint_bytes(each) for each in project.trainings]
        why = f"checkpoints written to the bucket in {bucket}"
        usages += inter_region_usage(project, here, bucket, per_run=written, why=why)
    return usages


def data_obstacles(project: Project, option: Option, machine: Machine) -> list[str]:
    """Return why the option cannot read the data set, and why it has no room for it; nothing when it can."""
    unreadable = unreadable_because(project) if uses_s3(project, option) else ""
    too_small = disk_obstacle(project, option, machine.own_disk_bytes, offered=machine.offered)
    return [each for each in (unreadable, too_small) if each]


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
        written = [checkpoint_bytes(training) for training in project.trainings]
        per_run = [sum(both) for both in zip(read, written, strict=True)]
        usages += nat_usage(project, option.region or project.region, bytes_per_run=per_run)
    return usages


def usage_assumptions(project: Project, option: Option, plans: Sequence[RunPlan], machine: Machine) -> list[str]:
    """Return, one sentence each, what the metering took for granted."""
    dataset = project.dataset
    said: list[str] = []
    if uses_s3(project, option):
        said.append(
            f"data set: {size_words(dataset.size_bytes)} (1 GB = 10^9 bytes) in {object_count(dataset):,} objects; "
            "an S3 bill counts GB of 2^30 bytes"
        )
        if get_requests(dataset, by_part=True) > object_count(dataset):
            read = "uploaded and read" if reader_of(project, option) in BY_PART else "uploaded"
            said.append(f"objects over {PART_BYTES // 2**20} MiB are {read} in parts of that size, each one request")
        if dataset.versioning and dataset.uploads > 1:
            deletes = any(rule.noncurrent_expire_after_days is not None for rule in dataset.lifecycle)
            kept = "until a rule deletes it" if deletes else "in full"
            said.append(f"versioning keeps all {dataset.uploads} uploads, each billed {kept}")
        said += lifecycle_assumptions(dataset, project.start, _read_until(project, option))
        said += restore_assumptions(project)
    said += _place_assumptions(project, option, run_passes(project, option, plans))
    said += _own_choices(project, option)
    said += disk_assumptions(project, option, machine.own_disk_bytes)
    saves = any(training.checkpoint for training in project.trainings)
    if saves:
        said += metering_of(option).checkpoint_assumptions()
    if project.keep_months:
        months = "1 month" if project.keep_months == 1 else f"{project.keep_months} months"
        said.append(f"data set and checkpoints stay in S3 for {months} after the end")
    if saves and in_aws(option):
        kept = "every checkpoint is kept as a version" if dataset.versioning else "a run keeps its last checkpoint"
        said.append(f"checkpoints are written to S3; {kept}")
    return said


def _place_assumptions(project: Project, option: Option, passes: Passes) -> list[str]:
    """Return where the bucket is that the option reads, and what the way there costs [1]."""
    if not in_aws(option):
        return []
    here, bucket = option.region or project.region, bucket_region(project, option)
    saves = any(training.checkpoint for training in project.trainings)
    if has_copy(project, option):
        said = (
            f"a second bucket in {here} holds a copy of the data set, filled once from {project.region} and kept as "
            f"long as the first; runs read it{' and write their checkpoints there' if saves else ''}"
        )
        later = "; later uploads are not copied" if project.dataset.uploads > 1 else ""
        return [said + later]
    if is_away(project, option):
        saved = ", and write their checkpoints to it" if saves else ""
        often = _often(project, passes) if reader_of(project, option) == "copy" else "in each epoch"
        return [
            *metering_of(option).away_assumptions(here),
            f"the bucket stays in {bucket}: runs in {here} read it from there, {often}{saved}; the traffic between "
            f"the regions is billed (data_copy = true: a second bucket in {here}, filled once)",
        ]
    said = "traffic between S3 and the machines within the region is free"
    return [said, "data_copy changes nothing: the bucket is in the option's region"] if option.data_copy else [said]


def _often(project: Project, passes: Passes) -> str:
    """Return how often runs copy the data set: at each start, of which an interrupted one has several."""
    if all(count == 1 for count in passes):
        return "copied once a run"
    counts = [training.runs.expected for training in project.trainings]
    copies = sum((Fraction(each) * count for each, count in zip(passes, counts, strict=True)), Fraction(0))
    mean = copies / sum(counts) if any(counts) else Fraction(sum(passes), len(passes))
    return f"copied at each start: {figure(float(mean), 3)} times a run on average"


def _own_choices(project: Project, option: Option) -> list[str]:
    """Return how the option reads and on how many machines, where that is not as the project says."""
    said: list[str] = []
    reader, usual = reader_of(project, option), project.dataset.reader
    if keeps_copy(project, option) and uses_s3(project, option):
        machines = machines_of(project, option)
        each = "the machine copies" if machines == 1 else f"each of {machines} machines copies"
        said.append(f"{each} the data set once and keeps it; its disk needs {size_words(project.dataset.size_bytes)}")
    elif reader != usual and uses_s3(project, option):
        said.append(f"it reads by {reader}, not by {usual} as the data set says")
    if reader == "shards" and usual != "shards":
        said.append("the bucket holds single images, no archives: reading them in each epoch is streaming")
    if option.machines is not None and option.machines != project.machines:
        count = "1 machine trains" if option.machines == 1 else f"{option.machines} machines train"
        said.append(f"{count} at the same time here, not {project.machines} as the project says")
    return said

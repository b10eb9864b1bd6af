"""What the metering of an option takes for granted, one sentence each: where its data lies, and how it is read.

References
----------
.. [1] aws/amazon-sagemaker-examples, pull request 2077 (2021-03-24) and issue 3881 (2023-03-28), "bucket must be in the
   same region as the job": SageMaker's own channels read no other region.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from cloudcost.catalog.stores.encryption import kms_share
from cloudcost.domain.project import InputMode, Option, Project
from cloudcost.figures import figure, size_words
from cloudcost.usage.chosen import (
    bucket_region,
    caches,
    has_copy,
    home_region,
    in_aws,
    is_away,
    keeps_copy,
    machines_of,
    reader_of,
    store_of,
    trains_beside,
    uses_s3,
)
from cloudcost.usage.events import Passes
from cloudcost.usage.kinds import metering_of
from cloudcost.usage.machines.disk import disk_assumptions
from cloudcost.usage.machines.machine import Machine
from cloudcost.usage.machines.runs import RunPlan
from cloudcost.usage.option import read_until_of
from cloudcost.usage.s3.lifecycle import lifecycle_assumptions
from cloudcost.usage.s3.objects import get_requests, object_count, part_of
from cloudcost.usage.s3.requests import run_passes, way_of
from cloudcost.usage.s3.restores import restore_assumptions


def usage_assumptions(project: Project, option: Option, plans: Sequence[RunPlan], machine: Machine) -> list[str]:
    """Return, one sentence each, what the metering took for granted."""
    dataset = project.dataset
    said: list[str] = []
    if store_of(project) is not None:
        from cloudcost.usage.store import store_assumptions

        said += store_assumptions(project, option)
    if uses_s3(project, option):
        said.append(
            f"data set: {size_words(dataset.size_bytes)} (1 GB = 10^9 bytes) in {object_count(dataset):,} objects; "
            "an S3 bill counts GB of 2^30 bytes"
        )
        said += _parts_and_keys(project, option)
        if dataset.versioning and dataset.uploads > 1:
            deletes = any(rule.noncurrent_expire_after_days is not None for rule in dataset.lifecycle)
            kept = "until a rule deletes it" if deletes else "in full"
            said.append(f"versioning keeps all {dataset.uploads} uploads, each billed {kept}")
        said += lifecycle_assumptions(dataset, project.start, read_until_of(project, option))
        said += restore_assumptions(project)
    said += _place_assumptions(project, option, run_passes(project, option, plans))
    said += _own_choices(project, option)
    said += disk_assumptions(project, option, machine.own_disk_bytes)
    saves = any(training.checkpoint for training in project.trainings)
    if saves:
        said += metering_of(option).checkpoint_assumptions(option)
    if project.keep_months:
        months = "1 month" if project.keep_months == 1 else f"{project.keep_months} months"
        where = "S3" if store_of(project) is None else "their buckets"
        said.append(f"data set and checkpoints stay in {where} for {months} after the end")
    if any(training.logs for training in project.trainings) and (in_aws(option) or trains_beside(project, option)):
        kept = "every writing of them is kept as a version" if dataset.versioning else "a run keeps the last one"
        said.append(f"logs grow by the epoch and are written to the bucket whole each time; {kept}")
    if saves and in_aws(option):
        kept = "every checkpoint is kept as a version" if dataset.versioning else "a run keeps its last checkpoint"
        said.append(f"checkpoints are written to S3; {kept}")
    return said


def _parts_and_keys(project: Project, option: Option) -> list[str]:
    """Return how large objects are moved, and who is asked for the keys that they are encrypted with."""
    dataset, said = project.dataset, list[str]()
    if get_requests(dataset, by_part=True) > object_count(dataset):
        read = "uploaded and read" if way_of(project, option).by_part else "uploaded"
        size = f"{figure(part_of(dataset) / 2**20, 6)} MiB"
        said.append(f"objects over {size} are {read} in parts of that size, each one request")
    if kms_share(dataset.encryption, bucket_key=dataset.bucket_key):
        how = "one request in 100, by keys of the bucket" if dataset.bucket_key else "each object and part of it"
        said.append(f"keys of KMS are asked for: {how}; the key itself is AWS's own, which has no monthly fee")
    return said


def _place_assumptions(project: Project, option: Option, passes: Passes) -> list[str]:
    """Return where the bucket is that the option reads, and what the way there costs [1]."""
    if not in_aws(option):
        return []
    here, bucket = option.region or project.region, bucket_region(project, option)
    saves = any(training.checkpoint or training.logs for training in project.trainings)
    by_script = [] if option.input_mode else metering_of(option).away_assumptions(here)
    if has_copy(project, option):
        said = (
            f"a second bucket in {here} holds a copy of the data set, filled once from {_source(project)} and kept as "
            f"long as the first; runs read it{' and write their checkpoints there' if saves else ''}"
        )
        later = "; later uploads are not copied" if project.dataset.uploads > 1 else ""
        return [said + later]
    if is_away(project, option) and store_of(project) is not None:
        how = _often(project, passes) if reader_of(project, option) == "copy" else "in each epoch"
        return [
            *by_script,
            f"runs in {here} read the bucket of another cloud, {how} (data_copy = true: a bucket of S3 in {here}, "
            f"filled once){'; they write their checkpoints to S3 there' if saves else ''}",
        ]
    if is_away(project, option):
        saved = ", and write their checkpoints to it" if saves else ""
        often = _often(project, passes) if reader_of(project, option) == "copy" else "in each epoch"
        return [
            *by_script,
            f"the bucket stays in {bucket}: runs in {here} read it from there, {often}{saved}; the traffic between "
            f"the regions is billed (data_copy = true: a second bucket in {here}, filled once)",
        ]
    said = "traffic between S3 and the machines within the region is free"
    return [said, "data_copy changes nothing: the bucket is in the option's region"] if option.data_copy else [said]


def _source(project: Project) -> str:
    """Return where a second bucket is filled from."""
    store = store_of(project)
    return home_region(project) if store is None else f"{store.title} in {home_region(project)}"


def _often(project: Project, passes: Passes) -> str:
    """Return how often runs copy the data set: at each start, of which an interrupted one has several."""
    if all(count == 1 for count in passes):
        return "copied once a run"
    counts = [training.runs.expected for training in project.trainings]
    copies = sum((Fraction(each) * count for each, count in zip(passes, counts, strict=True)), Fraction(0))
    mean = copies / sum(counts) if any(counts) else Fraction(sum(passes), len(passes))
    return f"copied at each start: {figure(float(mean), 3)} times a run on average"


_MODES: dict[InputMode, str] = {
    "File": "SageMaker copies the data set to the job's disk before each job begins (File)",
    "FastFile": "SageMaker streams what the script opens, by ranges, in each epoch (FastFile)",
    "Pipe": "SageMaker streams whole objects through a pipe, and lists them, in each epoch (Pipe)",
}


def _own_choices(project: Project, option: Option) -> list[str]:
    """Return how the option reads and on how many machines, where that is not as the project says."""
    said: list[str] = []
    reader, usual = reader_of(project, option), project.dataset.reader
    if keeps_copy(project, option) and uses_s3(project, option):
        machines = machines_of(project, option)
        each = "the machine copies" if machines == 1 else f"each of {machines} machines copies"
        said.append(f"{each} the data set once and keeps it; its disk needs {size_words(project.dataset.size_bytes)}")
    elif reader != usual and option.input_mode is None and uses_s3(project, option):
        said.append(f"it reads by {reader}, not by {usual} as the data set says")
    if option.input_mode is not None:
        said.append(_MODES[option.input_mode])
    if caches(project, option):
        said.append(
            "what a start has streamed stays on the machine's disk: later epochs read it there; how much slower the "
            "first epoch is is not counted"
        )
    if project.dataset.workers > 1 and way_of(project, option).listings > 1:
        said.append(f"each of {project.dataset.workers} reading processes lists the keys for itself")
    if reader == "shards" and usual != "shards":
        said.append("the bucket holds single images, no archives: reading them in each epoch is streaming")
    if option.machines is not None and option.machines != project.machines:
        count = "1 machine trains" if option.machines == 1 else f"{option.machines} machines train"
        said.append(f"{count} at the same time here, not {project.machines} as the project says")
    return said

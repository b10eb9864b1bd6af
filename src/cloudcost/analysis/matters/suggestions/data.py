"""Changes of how the data set is kept and read, and of what stands idle, that may cost less. Nothing is priced here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import ceil

from cloudcost.analysis.matters.changes import with_dataset, with_options
from cloudcost.catalog.aws.storage_classes import STANDARD, storage_classes
from cloudcost.catalog.instances import instance
from cloudcost.domain.lifecycle import LifecycleRule
from cloudcost.domain.project import Dataset, Option, Project
from cloudcost.errors import CatalogError
from cloudcost.figures import counted, figure
from cloudcost.frozen import dataclass
from cloudcost.usage.chosen import in_aws, is_away, reader_of, store_of, uses_s3
from cloudcost.usage.s3.objects import object_count

SMALL_NOTEBOOK = "ml.t3.medium"
"""SageMaker's smallest notebook that is still of use: 2 vCPU and 4 GiB."""
WORKING_HOURS = 8
"""Of a day in which somebody sits at the notebook. [h/day]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A changed project before it is estimated.

    Parameters
    ----------
    name : str
        Of several changes of one name only the best is suggested.
    text, condition : str
        As in a suggestion.
    project : Project
    option : Option
        The changed project's, of the same name.
    committed_hours : int
        That a reservation pays for whether used or not, a machine. [h]
    """

    name: str
    text: str
    condition: str = ""
    project: Project
    option: Option
    committed_hours: int = 0


def changes_of(project: Project, option: Option) -> Iterator[Change]:
    """Yield the changes of data and idle time that apply to an option."""
    if uses_s3(project, option) or store_of(project) is not None:
        yield from _layout(project, option)
        yield from _keeping(project, option)
    yield from _idle(project, option)


def _of_data(project: Project, option: Option, dataset: Dataset, name: str, text: str, condition: str = "") -> Change:
    return Change(name=name, text=text, condition=condition, project=with_dataset(project, dataset), option=option)


def of_option(
    project: Project, changed: Option, name: str, text: str, condition: str = "", *, committed_hours: int = 0
) -> Change:
    """Return a change of an option alone."""
    others = with_options(project, lambda _: changed, frozenset({changed.name}))
    return Change(
        name=name,
        text=text,
        condition=condition,
        project=others,
        option=changed,
        committed_hours=committed_hours,
    )


def _layout(project: Project, option: Option) -> Iterator[Change]:
    dataset = project.dataset
    shards = replace(dataset, reader="shards", objects=())
    lies_there = any(each.age_days is not None for each in dataset.objects)
    if dataset.reader != "shards" and not lies_there and object_count(shards) < object_count(dataset):
        text = f"{counted(object_count(shards), 'tar shard')} instead of {counted(object_count(dataset), 'object')}"
        copies = reader_of(replace(project, dataset=shards), option) == "copy"
        condition = "copied and unpacked" if copies else "the loader reads archives in order, each epoch anew"
        yield _of_data(project, option, shards, "shards", text, condition)
    if is_away(project, option) and reader_of(project, option) != "copy":
        text = 'copied once (reader = "copy") instead of read in each epoch'
        condition = "the machine's disk holds the data set"
        yield of_option(project, replace(option, reader="copy"), "copy", text, condition)
    if is_away(project, option) and in_aws(option):
        here = option.region or project.region
        across = "reading across regions" if store_of(project) is None else "reading another cloud's"
        text = f"a second bucket in {here}, filled once, instead of {across}"
        yield of_option(project, replace(option, data_copy=True), "data-copy", text)
    if dataset.encryption == "SSE-KMS" and not dataset.bucket_key and store_of(project) is None:
        changed, text = replace(dataset, bucket_key=True), "a key of the bucket in place of one for each object"
        yield _of_data(project, option, changed, "bucket-key", text)
    if dataset.versioning:
        once = replace(dataset, versioning=False)
        yield _of_data(project, option, once, "no-versioning", "versioning off", "an overwritten file is gone")
    if dataset.uploads > 1:
        fewer = replace(dataset, uploads=dataset.uploads - 1)
        yield _of_data(project, option, fewer, "one-upload-less", "one upload of the data set less")
    if option.nat:
        text = "a gateway endpoint to S3 instead of the NAT gateway"
        condition = "machines in a private subnet then reach S3 only, or have public addresses"
        yield of_option(project, replace(option, nat=False), "no-nat", text, condition)


def _keeping(project: Project, option: Option) -> Iterator[Change]:
    if not project.keep_months:
        return
    yield Change(
        name="delete",
        text="everything deleted on the last day",
        condition="results and data set are kept elsewhere, or not at all",
        project=replace(project, keep_months=0),
        option=option,
    )
    days = ceil(project.duration_seconds / 86400)
    dataset = project.dataset
    if dataset.storage_class == STANDARD and not dataset.lifecycle and store_of(project) is None:
        for cold in (each for each in storage_classes().values() if each.condition):
            condition, rule = cold.condition, LifecycleRule(storage_class=cold.name, after_days=days)
            text = f"the data set moved to {cold.name} after the project"
            changed = replace(dataset, lifecycle=(rule,))
            yield _of_data(project, option, changed, "cold", text, condition)


def _idle(project: Project, option: Option) -> Iterator[Change]:
    if option.idle_hours_per_day:
        text = f"the machine stopped when a run ends instead of {figure(option.idle_hours_per_day, 6)} idle hours a day"
        yield of_option(project, replace(option, idle_hours_per_day=0.0), "no-idle", text)
    if option.notebook_instance is None or not option.notebook_hours:
        return
    days = project.duration_seconds / 86400
    if option.notebook_hours > WORKING_HOURS * days:
        hours = WORKING_HOURS * days
        text = f"the notebook stopped outside {WORKING_HOURS} hours a day"
        yield of_option(project, replace(option, notebook_hours=hours), "stop-notebook", text)
    else:
        text, condition = "no notebook", "jobs are started from one's own computer"
        without = replace(option, notebook_instance=None, notebook_hours=0.0)
        yield of_option(project, without, "stop-notebook", text, condition)
    try:
        has_gpu = instance(option.notebook_instance).gpu_count > 0
    except CatalogError:
        return
    if has_gpu:
        text = f"an {SMALL_NOTEBOOK} notebook instead of {option.notebook_instance}"
        small = replace(option, notebook_instance=SMALL_NOTEBOOK)
        yield of_option(project, small, "small-notebook", text, "the GPU is in the training jobs")

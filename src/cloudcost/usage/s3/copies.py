"""A second bucket of S3 in an option's own region: filled once from the first one, read by the option's runs.

From S3 objects are copied by S3 itself: a COPY request at the destination for each (with its parts, as for an upload),
a LIST at the source, retrieval where the class bills it, and traffic from the one region to the other. What another
cloud's store meters while it is copied from is in `cloudcost.usage.store`.
"""

from __future__ import annotations

from dataclasses import replace

from cloudcost.catalog.aws.storage_classes import storage_classes
from cloudcost.domain.project import Project
from cloudcost.domain.usage import RunUsage
from cloudcost.usage.meter import Meter
from cloudcost.usage.s3.keys import asks_for_keys, key_events
from cloudcost.usage.s3.objects import list_requests, object_count
from cloudcost.usage.s3.parts import current_parts
from cloudcost.usage.s3.requests import list_usage_type, upload_usage
from cloudcost.usage.s3.storage import dataset_storage
from cloudcost.usage.s3.transfer import inter_region_usage


def copied_project(project: Project) -> Project:
    """Return the project with the data set as it lies in the second bucket: what is current, uploaded at the start."""
    dataset = project.dataset
    objects = tuple([replace(each, age_days=None) for each in dataset.objects if each.is_current])
    kept = replace(dataset, uploads=1, versioning=False, objects=objects, location="s3", region=None)
    return replace(project, dataset=kept)


def copied_usage(project: Project, region: str) -> list[RunUsage]:
    """Return what the second bucket meters: its objects written, and kept as long as the first holds the data set.

    Parameters
    ----------
    region : str
        Of the second bucket.
    """
    copied = copied_project(project)
    return upload_usage(copied, region) + dataset_storage(copied, region)


def copied_from(project: Project, source: str, region: str) -> list[RunUsage]:
    """Return what filling the second bucket from the first, of S3 in another region, meters there.

    Parameters
    ----------
    source, region : str
        Of the first bucket, and of the second.
    """
    dataset = project.dataset
    why = f"copying the data set once to {region}"
    metered = [(list_usage_type(dataset), "requests", list_requests(dataset))]
    retrieved: dict[str, int] = {}
    for part in current_parts(dataset):
        usage_type = storage_classes()[part.storage_class or ""].retrieval_usage_type
        if usage_type:
            retrieved[usage_type] = retrieved.get(usage_type, 0) + part.size_bytes
    metered += [(usage_type, "bytes", size) for usage_type, size in retrieved.items()]
    usages: list[RunUsage] = []
    meter = Meter(project, source)
    if asks_for_keys(dataset):
        usages += key_events(meter, object_count(dataset), at_start=1, why=why)
    for usage_type, unit, each in metered:
        usages += meter.events(usage_type, unit, each=each, at_start=1, why=why)
    return usages + inter_region_usage(project, source, region, fixed=dataset.size_bytes, why=why)

"""What holds for one option where the project gives a default: its reader, its machines, the bucket that it reads.

The bucket stays in the project's region. A machine elsewhere, in another region or outside AWS, reads it from afar and
pays for the traffic; there copying once is the default, whatever the data set's own reader. `data_copy` fills a second
bucket in the option's region. How objects lie in the bucket is the data set's matter, never the option's.
"""

from __future__ import annotations

from cloudcost.domain.kinds import KINDS, facts_of
from cloudcost.domain.project import Option, Project, Reader


def in_aws(option: Option) -> bool:
    """Return whether the option's machines stand in a region of AWS."""
    return KINDS[option.kind].in_aws


def uses_s3(project: Project, option: Option) -> bool:
    """Return whether the option keeps the data set in S3."""
    return project.dataset.location == "s3" or in_aws(option)


def machines_of(project: Project, option: Option) -> int:
    """Return how many machines of the option train at the same time. [count]"""
    return option.machines or project.machines


def has_copy(project: Project, option: Option) -> bool:
    """Return whether a second bucket in the option's own region holds a copy of the data set."""
    return option.data_copy and in_aws(option) and option.region not in (None, project.region)


def bucket_region(project: Project, option: Option) -> str:
    """Return the region of the bucket that runs read and write their checkpoints to."""
    return option.region if has_copy(project, option) and option.region else project.region


def is_away(project: Project, option: Option) -> bool:
    """Return whether what runs read leaves the region of its bucket."""
    if not in_aws(option):
        return uses_s3(project, option)
    return (option.region or project.region) != bucket_region(project, option)


def reader_of(project: Project, option: Option) -> Reader:
    """Return how the option's runs read the data set: as it says, from afar by copying, else as the data set says."""
    if option.reader is not None:
        return option.reader
    return "copy" if is_away(project, option) else project.dataset.reader


def keeps_copy(project: Project, option: Option) -> bool:
    """Return whether each machine reads the bucket once in all: one's own disk keeps what was copied to it."""
    return facts_of(option).at_home and reader_of(project, option) == "copy"

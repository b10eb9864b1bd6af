"""Bytes that leave S3 for the internet: what Colab, a machine of one's own or another cloud reads, and downloads.

Traffic within a region and into AWS is free; it is not metered here. Bytes through a NAT gateway are `compute`'s.
"""

from __future__ import annotations

from collections.abc import Sequence

from cloudcost.domain.project import Project
from cloudcost.domain.usage import RunUsage
from cloudcost.usage.requests import spread

EGRESS = "DataTransfer-Out-Bytes"


def egress_usage(
    project: Project, region: str, *, fixed_passes: int = 0, passes: Sequence[int] = (), why: str
) -> list[RunUsage]:
    """Return the bytes that leave S3 when the whole data set is read from outside AWS. [bytes]

    Parameters
    ----------
    fixed_passes : int
        Readings that do not depend on the runs. [count]
    passes : sequence of int
        Readings per run of each training. [count]
    """
    size = project.dataset.size_bytes
    return spread(
        project,
        region,
        EGRESS,
        unit="bytes",
        fixed=size * fixed_passes,
        per_run=[size * count for count in passes],
        why=why,
    )

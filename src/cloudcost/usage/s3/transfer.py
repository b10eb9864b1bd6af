"""Bytes that leave a region: to the internet (Colab, a machine of one's own, downloads), or to another region of AWS.

Traffic within a region and into AWS is free and not metered here. Bytes through a NAT gateway: `machines.network`.

References
----------
.. [1] AWS, "Amazon EC2 pricing", data transfer: what leaves a region for another is billed in the region that it
   leaves, at a rate of the pair; on bills its usage type carries both regions' codes. Read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Sequence

from cloudcost.catalog.aws.regions import region as region_of
from cloudcost.domain.prices import TRANSFER_SERVICE
from cloudcost.domain.project import Project
from cloudcost.domain.usage import RunUsage
from cloudcost.usage.events import Readings
from cloudcost.usage.meter import Meter

EGRESS = "DataTransfer-Out-Bytes"


def egress_usage(project: Project, region: str, readings: Readings, *, why: str) -> list[RunUsage]:
    """Return the bytes that leave S3 when the whole data set is read from outside AWS. [bytes]"""
    size = project.dataset.size_bytes
    return Meter(project, region).readings(EGRESS, "bytes", each=size, readings=readings, why=why)


def inter_region_usage(
    project: Project, source: str, destination: str, *, fixed: int = 0, per_run: Sequence[int] = (), why: str
) -> list[RunUsage]:
    """Return the bytes that go from one region of AWS to another, as the source region bills them [1]. [bytes]

    Parameters
    ----------
    source, destination : str
        Regions.
    fixed : int
        At the project's start. [bytes]
    per_run : sequence of int
        Per run of each training. [bytes]

    Raises
    ------
    UnknownRegionError
        When AWS has no such destination.
    """
    usage_type = f"{region_of(destination).codes[0]}-AWS-Out-Bytes"
    meter = Meter(project, source, TRANSFER_SERVICE)
    return meter.events(usage_type, "bytes", each=fixed, at_start=1, per_run=per_run, why=why)

"""How machines of AWS reach the network: public addresses, and a NAT gateway in place of the free gateway endpoint.

References
----------
.. [1] AWS, "Amazon VPC pricing": a public IPv4 address is billed while something holds it; a public NAT gateway holds
   an Elastic IP and is billed each started hour and each GB through it. Read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Sequence

from cloudcost.catalog.billing_rules import billing_rule
from cloudcost.domain.project import Project
from cloudcost.domain.usage import RunUsage
from cloudcost.usage.meter import Meter


def address_usage(project: Project, region: str, *, fixed: int, per_run: Sequence[int] = (), of: str) -> list[RunUsage]:
    """Return the public IPv4 address that something holds, which is billed while it exists [1]. [s]"""
    meter, why = Meter(project, region, "AmazonVPC"), f"public IPv4 address of {of}"
    return meter.evenly("PublicIPv4:InUseAddress", "seconds", fixed=fixed, per_run=per_run, why=why)


def nat_usage(project: Project, region: str, *, bytes_per_run: Sequence[int]) -> list[RunUsage]:
    """Return a NAT gateway that exists through the project and carries all traffic to S3 [1]. [s, bytes]"""
    meter = Meter(project, region, "AmazonEC2")
    lasts, of, why = meter.window, "the NAT gateway", "NAT gateway, each started hour"
    rule = billing_rule(meter.service, "NatGateway-Hours")
    hours = [
        meter.row(month, "NatGateway-Hours", "seconds", fixed=rule.billed_seconds(seconds), why=why)
        for month, seconds in lasts.by_month()
    ]
    addresses = address_usage(project, region, fixed=lasts.seconds, of=of)
    why = f"traffic to S3 through {of}"
    return [*hours, *addresses, *meter.evenly("NatGateway-Bytes", "bytes", per_run=bytes_per_run, why=why)]

"""Billed machine time: EC2, SageMaker, Colab and other clouds, with the volumes and addresses that go with it.

References
----------
.. [1] AWS, "Amazon EC2 pricing" and "Amazon EBS pricing": per second, 60 s at least; a volume is billed while it
   exists, also while its instance is stopped. Read 2026-11-22.
.. [2] AWS SageMaker: training is billed from image pull to upload, per second; instance types with NVMe storage of
   their own have no billed volume; a stopped notebook's volume is billed. Read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

from cloudcost.domain.kinds import facts_of
from cloudcost.domain.prices import COLAB_SERVICE
from cloudcost.domain.project import Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.figures import figure
from cloudcost.frozen import dataclass
from cloudcost.units import GIB, SAGEMAKER_RULE, STARTED_HOUR_RULE, BillingMonth, BillingRule, started_seconds
from cloudcost.usage.calendar import project_window
from cloudcost.usage.chosen import machines_of
from cloudcost.usage.machines.runs import RunPlan
from cloudcost.usage.machines.volumes import ROOT_VOLUME_GIB, volume_gib_of
from cloudcost.usage.s3.requests import spread

NOTEBOOK_VOLUME_GIB = 5
"""SageMaker's default notebook volume. [GiB]"""
MICRO = 1_000_000
"""Millionths in one: micro-units in a Colab compute unit, microseconds in a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledRun:
    """What one run of a training is billed for, once interruptions are counted in.

    Parameters
    ----------
    billed_seconds : int or Fraction
        Machine time: whole seconds by a provider's rule, microseconds of a machine of one's own. [s]
    wall_seconds : float
        From the first order to the end, waits included. [s]
    starts : int or Fraction
        Expected, where it may be interrupted. [count]
    wait_seconds : float
        Of the wall time, waiting for capacity that the provider does not have. [s]
    """

    billed_seconds: int | Fraction
    wall_seconds: float
    starts: int | Fraction = 1
    wait_seconds: float = 0.0

    @property
    def running_seconds(self) -> float:
        """Wall time without waiting for capacity. [s]"""
        return self.wall_seconds - self.wait_seconds


def billed_run(plan: RunPlan, rule: BillingRule | None) -> BilledRun:
    """Return an uninterrupted run's billing: each start rounded by the provider's rule.

    Parameters
    ----------
    rule : BillingRule or None
        None where nobody bills the time, as of a machine of one's own: it is taken to the microsecond.

    Examples
    --------
    >>> from cloudcost.units import EC2_RULE
    >>> billed_run(RunPlan(startup_seconds=300, download_seconds=0.5, training_seconds=21600, steps=1), EC2_RULE)
    BilledRun(billed_seconds=21901, wall_seconds=21900.5, starts=1, wait_seconds=0.0)
    """
    if rule is None:
        exact = Fraction(round(plan.wall_seconds * MICRO), MICRO)
        return BilledRun(billed_seconds=exact, wall_seconds=plan.wall_seconds, starts=plan.starts)
    each = rule.billed_seconds(plan.wall_seconds / plan.starts)
    return BilledRun(billed_seconds=each * plan.starts, wall_seconds=plan.wall_seconds, starts=plan.starts)


def _billed(runs: Sequence[BilledRun]) -> list[int]:
    """Return what a provider bills of one run of each training, which is whole seconds. [s]"""
    return [ceil(run.billed_seconds) for run in runs]


def idle_seconds(project: Project, option: Option) -> int:
    """Return the seconds that all machines stand idle over the project. [s]"""
    hours = Fraction(str(option.idle_hours_per_day)) * project.duration_seconds / 86400
    return started_seconds(hours * 3600) * machines_of(project, option)


def volume_byte_hours(project: Project, option: Option, gib: int) -> int:
    """Return the byte-hours of a volume on each machine that exists through the whole project. [byte-hours]"""
    return -(-gib * GIB * machines_of(project, option) * project_window(project).seconds // 3600)


def machine_usage_type(option: Option) -> str:
    """Return the usage type of a rented machine's hours.

    Examples
    --------
    >>> machine_usage_type(Option(name="a", kind="sagemaker", instance="ml.g5.xlarge", purchase="spot"))
    'TrSpt:ml.g5.xlarge'
    """
    names = facts_of(option).hour_types
    if names is None:
        return option.instance or option.device or "machine"
    on_demand, spot = names
    return f"{spot if option.purchase == 'spot' else on_demand}:{option.instance}"


def ec2_usage(project: Project, option: Option, region: str, runs: Sequence[BilledRun]) -> list[RunUsage]:
    """Return instances, their volumes and public addresses. [s, byte-hours]"""
    assert option.instance is not None
    per_run = _billed(runs)
    idle = idle_seconds(project, option)
    volume = volume_gib_of(project, option)
    if option.purchase.startswith("reserved"):
        usages = [_reservation(project, option, region)]
    else:
        usages = spread(
            project,
            region,
            machine_usage_type(option),
            service="AmazonEC2",
            purchase=option.purchase,
            unit="seconds",
            fixed=idle,
            per_run=per_run,
            why="training" + (f" and {figure(option.idle_hours_per_day, 6)} h a day idle" if idle else ""),
        )
    usages += spread(
        project,
        region,
        "EBS:VolumeUsage.gp3",
        service="AmazonEC2",
        unit="byte-hours",
        fixed=volume_byte_hours(project, option, ROOT_VOLUME_GIB + volume),
        why=f"root volume {ROOT_VOLUME_GIB} GiB and data volume {volume} GiB, also while stopped",
    )
    if not option.nat:
        usages += _address_usage(project, region, fixed=idle, per_run=per_run, of="the running machines")
    return usages


def _address_usage(
    project: Project, region: str, *, fixed: int, per_run: Sequence[int] = (), of: str
) -> list[RunUsage]:
    """Return the public IPv4 address that something holds, which is billed while it exists [1]. [s]"""
    return spread(
        project,
        region,
        "PublicIPv4:InUseAddress",
        service="AmazonVPC",
        unit="seconds",
        fixed=fixed,
        per_run=per_run,
        why=f"public IPv4 address of {of}",
    )


def _reservation(project: Project, option: Option, region: str) -> RunUsage:
    """Return the reserved machines: every hour of the whole term is paid, used or not [1]. [s]"""
    term_seconds = (3 if "-3y-" in option.purchase else 1) * 8760 * 3600
    terms = -(-project_window(project).seconds // term_seconds)
    return RunUsage(
        service="AmazonEC2",
        region=region,
        usage_type=machine_usage_type(option),
        purchase=option.purchase,
        month=BillingMonth.of(project.start),
        unit="seconds",
        fixed=terms * term_seconds * machines_of(project, option),
        why="the whole term of the reservation, which is paid whether the machine is used or not",
    )


def sagemaker_usage(
    project: Project, option: Option, region: str, runs: Sequence[BilledRun], *, has_local_storage: bool
) -> list[RunUsage]:
    """Return training jobs with their volumes, and the notebook beside them. [s, byte-hours]

    Parameters
    ----------
    has_local_storage : bool
        Whether the instance type has NVMe storage of its own: then no volume is billed [2].
    """
    assert option.instance is not None
    per_run = _billed(runs)
    usages = spread(
        project,
        region,
        machine_usage_type(option),
        service="AmazonSageMaker",
        unit="seconds",
        per_run=per_run,
        purchase=option.purchase,
        why="training jobs, from image pull to upload",
    )
    volume = volume_gib_of(project, option)
    if not has_local_storage:
        usages += spread(
            project,
            region,
            "Train:VolumeUsage.gp2",
            service="AmazonSageMaker",
            unit="byte-hours",
            per_run=[-(-volume * GIB * seconds // 3600) for seconds in per_run],
            why=f"{volume} GiB volume of the training jobs",
        )
    idle = idle_seconds(project, option)
    if idle:
        usages += spread(
            project,
            region,
            f"TrainWarmPool:{option.instance}",
            service="AmazonSageMaker",
            unit="seconds",
            fixed=idle,
            why=f"instances kept warm {figure(option.idle_hours_per_day, 6)} h a day",
        )
        if not has_local_storage:
            usages += spread(
                project,
                region,
                "TrainWarmPool:VolumeUsage.gp2",
                service="AmazonSageMaker",
                unit="byte-hours",
                fixed=-(-volume * GIB * idle // 3600),
                why=f"{volume} GiB volume of the instances kept warm",
            )
    if option.notebook_instance is not None:
        usages += spread(
            project,
            region,
            f"Notebk:{option.notebook_instance}",
            service="AmazonSageMaker",
            unit="seconds",
            fixed=SAGEMAKER_RULE.billed_seconds(Fraction(str(option.notebook_hours)) * 3600),
            why=f"notebook running {figure(option.notebook_hours, 6)} h",
        )
        usages += spread(
            project,
            region,
            "Notebk:VolumeUsage.gp2",
            service="AmazonSageMaker",
            unit="byte-hours",
            fixed=-(-NOTEBOOK_VOLUME_GIB * GIB * project_window(project).seconds // 3600),
            why=f"notebook volume {NOTEBOOK_VOLUME_GIB} GiB, also while stopped",
        )
    return usages


def cloud_usage(
    project: Project, option: Option, service: str, region: str, runs: Sequence[BilledRun]
) -> list[RunUsage]:
    """Return the machine time of another provider. [s]"""
    return spread(
        project,
        region,
        machine_usage_type(option),
        service=service,
        purchase=option.purchase,
        unit="seconds",
        fixed=idle_seconds(project, option),
        per_run=_billed(runs),
        why="training",
    )


def colab_usage(project: Project, units_per_hour_micro: int, runs: Sequence[BilledRun]) -> list[RunUsage]:
    """Return the compute units of a paid Colab plan, bought in the project's first month. [10**-6 units]

    Parameters
    ----------
    units_per_hour_micro : int
        Rate of the accelerator. [10**-6 units per hour]
    """
    return [
        RunUsage(
            service=COLAB_SERVICE,
            region="global",
            usage_type="ComputeUnits",
            month=BillingMonth.of(project.start),
            unit="micro-units",
            per_run=tuple(-(-seconds * units_per_hour_micro // 3600) for seconds in _billed(runs)),
            why=f"compute units at {figure(units_per_hour_micro / MICRO, 6)} an hour",
        )
    ]


def nat_usage(project: Project, region: str, *, fixed_bytes: int, bytes_per_run: Sequence[int]) -> list[RunUsage]:
    """Return a NAT gateway that exists through the project and carries all traffic to S3. [s, bytes]

    A public gateway holds an Elastic IP, and every public IPv4 address is billed while it exists [1].
    """
    usages = [
        RunUsage(
            service="AmazonEC2",
            region=region,
            usage_type="NatGateway-Hours",
            month=month,
            unit="seconds",
            fixed=STARTED_HOUR_RULE.billed_seconds(seconds),
            why="NAT gateway, each started hour",
        )
        for month, seconds in project_window(project).by_month()
    ]
    usages += _address_usage(project, region, fixed=project_window(project).seconds, of="the NAT gateway")
    return usages + spread(
        project,
        region,
        "NatGateway-Bytes",
        service="AmazonEC2",
        unit="bytes",
        fixed=fixed_bytes,
        per_run=bytes_per_run,
        why="traffic to S3 through the NAT gateway",
    )

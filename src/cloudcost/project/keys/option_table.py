"""The keys of an option, as a pydantic model that says of each key which kinds of options have it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, get_args

from pydantic import Field

from cloudcost.catalog.aws.commitments.reservations import reservations
from cloudcost.catalog.aws.commitments.savings_plans import savings_plans
from cloudcost.catalog.colab import colab_plans
from cloudcost.domain.project import InputMode, OptionKind, Reader
from cloudcost.project.keys.table import Table
from cloudcost.project.keys.values import (
    Effectiveness,
    Hours,
    HoursOfDay,
    IdleWatts,
    Kinds,
    Minutes,
    Name,
    PositiveHours,
    PositiveShare,
    Rate,
    Seconds,
    Share,
    Size,
    Usd,
    Watts,
    Years,
)

if TYPE_CHECKING:
    Plan: TypeAlias = str
    Purchase: TypeAlias = str
else:  # rows of a table, which no type checker reads
    Plan = Literal[colab_plans()]
    Purchase = Literal["on-demand", "spot", *reservations(), *savings_plans()]

# Which options have a key; a key without one of these is common to all.
OF_AWS = Kinds(names=("ec2", "sagemaker"))
OF_RENTED = Kinds(names=("ec2", "sagemaker", "cloud"))
OF_TYPES = Kinds(names=OF_RENTED.names, needed={"ec2": "g4dn.xlarge", "sagemaker": "ml.g4dn.xlarge"})
OF_SAGEMAKER = Kinds(names=("sagemaker",))
OF_COLAB = Kinds(names=("colab",))
OF_ACCELERATORS = Kinds(names=("colab",), needed={"colab": "T4"})
OF_CLOUD = Kinds(names=("cloud",))
OF_CLOUD_OR_OWN = Kinds(names=("cloud", "local"))
OF_OWN = Kinds(names=("local",))


class OptionTable(Table):
    """One way of doing the project; a file has one or more."""

    name: Name | None = Field(None, description="What the option is called; kind and machine without it.",
                              examples=["EC2 g4dn.xlarge"])  # fmt: skip
    kind: OptionKind = Field(description="What sort of machine trains.", examples=["ec2"])
    instance: Annotated[Name | None, OF_TYPES] = Field(None, description="Machine type; SageMaker's begin with `ml.`.",
                                  examples=["g4dn.xlarge"])  # fmt: skip
    provider: Annotated[Name | None, OF_CLOUD] = Field(None, description="Provider of the type.", examples=["gcp"])
    region: Annotated[Name | None, OF_RENTED] = Field(
        None, description="Region of this option; the project's without it.", examples=["us-west-2"]
    )
    usd_per_hour: Annotated[Usd | None, OF_RENTED] = Field(
        None, description="Price of your own in place of the book's. [USD/h]", examples=[0.35]
    )
    device: Annotated[Name | None, OF_CLOUD_OR_OWN] = Field(
        None, description="GPU or CPU that trains, or the file of its calibration or model.", examples=["RTX 3060"]
    )
    host: Annotated[Name | None, OF_CLOUD_OR_OWN] = Field(
        None, description="Computer around the GPU, which launches its kernels; the usual one of such a device without"
        " it.", examples=["ryzen-7000-windows"],
    )  # fmt: skip
    gpus: Annotated[Annotated[int, Field(ge=1, le=1024)] | None, OF_CLOUD_OR_OWN] = Field(
        None, description="GPUs used; all of a rented machine's without it, one of a local machine's. [count]",
        examples=[1],
    )  # fmt: skip
    accelerator: Annotated[Name | None, OF_ACCELERATORS] = Field(
        None, description="Colab's accelerator.", examples=["T4"]
    )
    plan: Annotated[Plan, OF_COLAB] = Field("pay-as-you-go", description="Colab's plan.")
    high_memory: Annotated[bool, OF_COLAB] = Field(
        False, description="Whether Colab's machine has the larger memory; it takes more units."
    )
    purchase: Annotated[Purchase, OF_RENTED] = Field("on-demand", description="How the machine is bought.")
    commitment_usd_per_hour: Annotated[Usd | None, OF_AWS] = Field(
        None, description="What a Savings Plan commits to for each hour of its term, used or not; without it what all"
        " machines of the option use in an hour. [USD/h]", examples=[0.5],
    )  # fmt: skip
    spot_savings: Annotated[Rate | None, OF_SAGEMAKER] = Field(
        None, description="What managed spot training saved, as its jobs say: 1 - BillableTimeInSeconds /"
        " TrainingTimeInSeconds, of the rate on demand; without it the spot price of EC2's machine. [share, 0 to 1]",
        examples=[0.65],
    )  # fmt: skip
    startup_minutes: Minutes = Field(5.0, description="From the order to the first step, billed, each start. [min]")
    idle_hours_per_day: HoursOfDay = Field(0.0, description="Hours of a day on without training. [h/day]")
    notebook_instance: Annotated[Name | None, OF_AWS] = Field(
        None, description="SageMaker notebook beside the training.", examples=["ml.t3.medium"]
    )
    notebook_hours: Annotated[Hours, OF_AWS] = Field(
        0.0, description="Hours that the notebook is on, over the project. [h]"
    )
    volume_gib: Annotated[Annotated[int, Field(ge=0, le=65_536)] | None, OF_RENTED] = Field(
        None, description="Data volume beside the root volume; without it what the data set needs. [GiB]",
        examples=[100],
    )  # fmt: skip
    disk_type: Annotated[Name | None, OF_CLOUD] = Field(
        None, description="Type of the disks, as the provider names them; its usual one without it.",
        examples=["pd-ssd"],
    )  # fmt: skip
    results: Annotated[Size | None, OF_CLOUD] = Field(
        None, description="What a run brings home over the internet; its last checkpoint and log without it. [bytes]",
        examples=["2 GB"],
    )  # fmt: skip
    nat: Annotated[bool, OF_AWS] = Field(
        False, description="Whether S3 is reached through a NAT gateway, not the free endpoint."
    )
    reader: Reader | None = Field(
        None, examples=["copy"],
        description="How this option reads; without it as the data set says, by `copy` from another region or outside"
        " AWS. What lies in the bucket stays the data set's.",
    )  # fmt: skip
    input_mode: Annotated[InputMode | None, OF_SAGEMAKER] = Field(
        None, examples=["FastFile"],
        description="SageMaker's channel: `File` copies before the job begins, `FastFile` and `Pipe` stream each epoch;"
        " without it the script reads, as `reader` says.",
    )  # fmt: skip
    cache: bool | None = Field(
        None, description="Whether this option's machines keep what they have streamed; without it as the data set"
        " says.", examples=[True],
    )  # fmt: skip
    machines: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        None, description="Machines of this option that train at the same time; the project's without it. [count]",
        examples=[2],
    )  # fmt: skip
    data_copy: Annotated[bool, OF_AWS] = Field(
        False,
        description="Whether a second bucket in the option's `region` holds a copy of the data set, filled once;"
        " without it runs read the project's bucket across regions.",
    )
    hours_per_run: PositiveHours | None = Field(None, description="Known hours of a run, for this option alone. [h]",
                                                examples=[6])  # fmt: skip
    seconds_per_step: Seconds | None = Field(None, description="Known seconds of a step, for this option alone. [s]",
                                             examples=[0.3])  # fmt: skip
    owned: Annotated[bool | None, OF_OWN] = Field(
        None, description="Whether you have the machine: its purchase is sunk. `true` unless `purchase_usd` is given.",
        examples=[True],
    )  # fmt: skip
    purchase_usd: Annotated[Usd | None, OF_OWN] = Field(
        None, description="Price of the whole machine. [USD]", examples=[1200]
    )
    lifetime_years: Annotated[Years, OF_OWN] = Field(4.0, description="Life of the machine. [years]")
    resale: Annotated[Share, OF_OWN] = Field(
        0.0, description="Share of the price that a sale at the end brings. [share, 0 to 1]"
    )
    charge: Annotated[Literal["cash", "share"], OF_OWN] = Field(
        "cash", description="`cash`: purchase less resale; `share`: the part of the machine's life that is used."
    )
    utilisation: Annotated[PositiveShare, OF_OWN] = Field(
        0.15, description="Part of its life in which the machine is useful, for `share`. [share, 0 to 1]"
    )
    watts: Annotated[Watts | None, OF_OWN] = Field(
        None, description="Power while training, at the wall; the device's without it. [W]", examples=[320]
    )
    idle_watts: Annotated[IdleWatts, OF_OWN] = Field(
        0.0, description="Power that it would draw anyway; energy counts above it. [W]"
    )
    electricity_usd_per_kwh: Annotated[Usd | None, OF_OWN] = Field(
        None, description="Price of electricity. [USD/kWh]", examples=[0.11]
    )
    country: Annotated[Name | None, OF_OWN] = Field(
        None, description="Country whose price of electricity is used, by code or name.", examples=["MEX"]
    )
    pue: Annotated[Effectiveness, OF_OWN] = Field(1.0, description="Power drawn in all per power of the machine. [1]")
    upkeep_per_year: Annotated[Usd, OF_OWN] = Field(Decimal(0), description="Repairs and upkeep. [USD/year]")
    value_per_hour: Annotated[Usd, OF_OWN] = Field(
        Decimal(0), description="What the machine would earn elsewhere. [USD/h]"
    )
    setup_hours: Annotated[Hours, OF_OWN] = Field(0.0, description="Hours of setting it up. [h]")
    wage: Annotated[Usd, OF_OWN] = Field(Decimal(0), description="What an hour of setting up is worth. [USD/h]")
    vcpu: Annotated[Annotated[int, Field(ge=1, le=4096)] | None, OF_OWN] = Field(
        None, description="Virtual CPUs (hardware threads) that decode images. [count]", examples=[8]
    )


def kinds_of(key: str) -> Kinds:
    """Return which kinds of options have a key: all, where it does not say."""
    metadata = OptionTable.model_fields[key].metadata
    return next((each for each in metadata if isinstance(each, Kinds)), Kinds(names=get_args(OptionKind)))

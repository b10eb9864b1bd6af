"""A project as its file states it: a data set, CNNs to train, and the options to compare. Defaults are filled in."""

from __future__ import annotations

from dataclasses import field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from cloudcost.domain.left_on import LeftOn
from cloudcost.domain.lifecycle import LifecycleRule
from cloudcost.domain.local_machine import LocalMachine as LocalMachine
from cloudcost.domain.objects import ObjectClass
from cloudcost.figures import counted
from cloudcost.frozen import dataclass

if TYPE_CHECKING:
    from cloudcost.domain.currency import ShownCurrency

OptionKind = Literal["ec2", "sagemaker", "colab", "local", "cloud"]
Location = Literal["s3", "local", "gcs", "azure"]
Reader = Literal["copy", "stream", "shards"]
InputMode = Literal["File", "FastFile", "Pipe"]
Encryption = Literal["SSE-S3", "SSE-KMS"]
RestoreTier = Literal["Standard", "Bulk", "Expedited"]
Precision = Literal["default", "fp32", "tf32", "amp", "bf16", "half"]
Stack = Literal["torch", "torch-compile", "tf2.5", "tuned"]
Optimizer = Literal["sgd", "momentum", "adam"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number that may be uncertain: runs until acceptable, or epochs to target.

    Parameters
    ----------
    kind : {"fixed", "range", "geometric", "negative-binomial", "list"}
        ``range`` is triangular over low, mode, high; ``list`` draws one of `values` with equal chance.
    expected : int
        The single number that an exact estimate uses: the fixed value, the mode of a range, the mean of the others
        rounded up. [count]
    low, high : int
        Bounds of a range; equal to `expected` when fixed. [count]
    mean : float
        For the geometric and the negative binomial, counted from 1. [count]
    dispersion : float
        For the negative binomial: its size parameter. [1]
    values : tuple of int
        For a list. [count]
    """

    kind: Literal["fixed", "range", "geometric", "negative-binomial", "list"] = "fixed"
    expected: int
    low: int
    high: int
    mean: float = 0.0
    dispersion: float = 0.0
    values: tuple[int, ...] = ()

    @classmethod
    def fixed(cls, value: int) -> Count:
        """Return a count that is certain."""
        return cls(expected=value, low=value, high=value, mean=float(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """The images.

    Parameters
    ----------
    images : int
        [count]
    size_bytes : int
        Of all images together. [bytes]
    storage_class : str
        S3's API name: ``STANDARD``, ``STANDARD_IA``, ``GLACIER_IR`` ...
    versioning : bool
        With it each further upload keeps the earlier copy as a version, billed in full.
    uploads : int
        Times that the whole data set is uploaded, spread evenly over the project. [count]
    reader : {"copy", "stream", "shards"}
        ``copy``: each run copies all objects to its disk once; ``stream``: each epoch reads each object;
        ``shards``: the objects are archives of `shard_size_bytes`, streamed each epoch.
    shard_size_bytes : int
        [bytes]
    part_bytes : int or None
        Size of the parts in which larger objects are uploaded and read; stated, who streams reads by them as well.
        None: the usual one where the bucket lies. [bytes]
    workers : int
        Processes of a run that list the bucket's keys, each for itself. [count]
    cache : bool
        Whether what a start has streamed stays on the machine's disk, where later epochs read it.
    encryption : {"SSE-S3", "SSE-KMS"}
        With which keys S3 encrypts objects: its own, free of charge, or those of KMS, which is asked for each.
    bucket_key : bool
        Whether KMS is asked for a key of the bucket in place of one for each object.
    location : {"s3", "local", "gcs", "azure"}
        ``local``: on the user's own disk; a cloud option then still needs its own copy in S3. ``gcs``, ``azure``: in a
        bucket of Google Cloud Storage, or of Azure Blob Storage.
    region : str or None
        Where the bucket lies, a region of who runs it; None: see `cloudcost.usage.chosen.home_region`.
    region_assumed : bool
        Whether the region was taken by that rule and not stated.
    downloads : int
        Times that somebody downloads the whole data set from S3 to the internet besides the training. [count]
    lifecycle : tuple of LifecycleRule
    archive_access_days, deep_archive_access_days : int or None
        Days without a reading after which Intelligent-Tiering archives objects; None where it does not. [days]
    restore : RestoreTier or None
        How archived objects are brought back for the runs; None where they are not, so that runs cannot read them.
    incomplete_bytes : int
        Parts of uploads that were neither completed nor aborted, there from the project's start on. [bytes]
    folder : str or None
        Where the images lie, if the file says so instead of counting them.
    objects : tuple of ObjectClass
        The objects by size, age and class, if the file lists them; `size_bytes` is then the sum of the current ones.
    """

    images: int
    size_bytes: int
    storage_class: str = "STANDARD"
    versioning: bool = False
    uploads: int = 1
    reader: Reader = "copy"
    shard_size_bytes: int = 128 * 2**20
    part_bytes: int | None = None
    workers: int = 1
    cache: bool = False
    encryption: Encryption = "SSE-S3"
    bucket_key: bool = False
    location: Location = "s3"
    region: str | None = None
    region_assumed: bool = False
    downloads: int = 0
    lifecycle: tuple[LifecycleRule, ...] = ()
    archive_access_days: int | None = None
    deep_archive_access_days: int | None = None
    restore: RestoreTier | None = None
    incomplete_bytes: int = 0
    folder: str | None = None
    objects: tuple[ObjectClass, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What is written while training: `size_bytes` every `every_epochs` epochs."""

    size_bytes: int
    every_epochs: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """One CNN and how it is trained.

    Parameters
    ----------
    name : str
        Unique within the project; the network's name unless several trainings share it.
    network : str
        A torchvision name, a path to a network JSON, ``package.module:factory``, or a library's as ``timm:NAME``.
    image_px : int
        Side of square images with as many pixels. [pixels]
    batch : int
        Per GPU. [images]
    epochs, runs : Count
        A run is one whole training; it is repeated until the result is acceptable. [count]
    precision, optimizer, stack
    cudnn_benchmark : bool or None
        Whether PyTorch tries cuDNN's algorithms on each shape; None where nobody says, which is off.
    classes : int or None
        Outputs; None for the network's own number. [count]
    inputs, kwargs : tuple of shapes, str or None
        Of each input, where `image_px` does not say it; keyword arguments of a factory, as JSON.
    channels_last : bool
    validation_images : int
        Evaluated, forward only, once an epoch. [count]
    checkpoint : Checkpoint or None
    freeze : "backbone", int or None
        What is not trained: all before the head, or so many stages from the images on; None for what the network says.
    logs : Checkpoint or None
        A file that grows by the epoch to that size, written whole each time.
    profile : str or None
        Path of a profile JSON, relative to the project file.
    hours_per_run, hours_per_run_on : float or None, str or None
        Measured hours of one run on that device. [h]
    """

    name: str
    network: str
    image_px: int
    batch: int
    epochs: Count
    runs: Count
    precision: Precision = "default"
    optimizer: Optimizer = "momentum"
    classes: int | None = None
    inputs: tuple[tuple[int, ...], ...] = ()
    kwargs: str | None = None
    channels_last: bool = False
    stack: Stack | None = None
    cudnn_benchmark: bool | None = None
    validation_images: int = 0
    checkpoint: Checkpoint | None = None
    freeze: str | int | None = None
    logs: Checkpoint | None = None
    profile: str | None = None
    hours_per_run: float | None = None
    hours_per_run_on: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way of doing the project.

    Parameters
    ----------
    name : str
        Unique within the project.
    kind : OptionKind
    instance : str or None
        ``ec2``, ``sagemaker`` (with ``ml.``) and ``cloud``: the type.
    provider : str or None
        ``cloud``: ``gcp``, ``azure``, ``lambda`` ..., needed when several sell a type of that name.
    region : str or None
        Overrides the project's; ``cloud`` providers have regions of their own.
    usd_per_hour : Decimal or None
        Where machines are rented: the user's own price in place of the book's, whatever `purchase` says. [USD/h]
    device, host : str or None
        ``local``: what trains, and the computer around it; None for its usual one.
    gpus : int
        GPUs used of a local machine or a cloud type; an instance uses all that it has. [count]
    accelerator : str or None
        ``colab``: ``T4``, ``L4``, ``A100`` ...
    plan : str
        ``colab``: ``free``, ``pay-as-you-go``, ``pro``, ``pro+``.
    high_memory : bool
        ``colab``: a machine with the larger memory, which takes more compute units.
    purchase : str
        ``on-demand``, ``spot``, ``reserved-1y-no-upfront``, ``compute-savings-plan-1y-no-upfront`` ...
    commitment_usd_per_hour : Decimal or None
        With a Savings Plan: what is committed; None: what all machines of the option use in an hour. [USD/h]
    spot_savings : Decimal or None
        Of managed spot training, 1 - billable seconds / training seconds; None where the spot price tells. [1]
    startup_minutes : float
        From the order to the first step, billed, at each start. [min]
    idle_hours_per_day : float
        Running without training. [h/day]
    notebook_instance, notebook_hours : str or None, float
        Beside the training; hours in all, over the project. [h]
    volume_gib : int or None
        Data volume beside the root volume; None: as the data set needs it. [GiB]
    disk_type : str or None
        ``cloud``: the type of its disks, ``pd-ssd``; None: the provider's usual one.
    results : int or None
        ``cloud``: what a run brings home from there; None: its last checkpoint and log. [bytes]
    nat : bool
        Traffic to S3 goes through a NAT gateway instead of the free gateway endpoint.
    input_mode : InputMode or None
        ``sagemaker``: how its channels read the data set; None: the training script does.
    cache : bool or None
        Whether its machines keep what they have streamed; None: as the data set says.
    reader : Reader or None
        How its runs read the data set; None: as the data set says, by copying where the bucket is elsewhere.
    machines : int or None
        That train at the same time; None: the project's. [count]
    data_copy : bool
        Whether a second bucket in the option's region holds a copy of the data set, filled once.
    local : LocalMachine or None
        For ``local``.
    hours_per_run, seconds_per_step : float or None
        Known times, for this option alone. [h], [s]
    time_factor, decode_factor : float
        What times of steps, and of decoding an image, are multiplied by: "and if it were twice as slow?". [1]
    """

    name: str
    kind: OptionKind
    instance: str | None = None
    provider: str | None = None
    region: str | None = None
    usd_per_hour: Decimal | None = None
    device: str | None = None
    host: str | None = None
    gpus: int | None = None
    accelerator: str | None = None
    plan: str = "pay-as-you-go"
    high_memory: bool = False
    purchase: str = "on-demand"
    commitment_usd_per_hour: Decimal | None = None
    spot_savings: Decimal | None = None
    startup_minutes: float = 5.0
    idle_hours_per_day: float = 0.0
    notebook_instance: str | None = None
    notebook_hours: float = 0.0
    volume_gib: int | None = None
    disk_type: str | None = None
    results: int | None = None
    nat: bool = False
    reader: Reader | None = None
    input_mode: InputMode | None = None
    cache: bool | None = None
    machines: int | None = None
    data_copy: bool = False
    local: LocalMachine | None = None
    hours_per_run: float | None = None
    seconds_per_step: float | None = None
    time_factor: float = 1.0
    decode_factor: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A whole project file.

    Parameters
    ----------
    name : str
    region : str
        Of AWS.
    duration_seconds : int
        Calendar time that the project has. [s]
    start : date
        First day, 00:00 UTC; today unless the file says otherwise.
    keep_months : int
        Calendar months that the data set and the checkpoints stay in S3 after the end. [count]
    price_book : str or None
        Name of the shipped book.
    credits_usd : Decimal
        With the sign-up credit of the account, where the file states its age and no credits. [USD]
    credits_expire : date or None
        First day on which credits no longer count; None for those that the file states, which outlast the project.
    account_opened : date or None
        When the AWS account was opened, which decides what it has free.
    tax_rate : Decimal
        0.16 for 16 %. [1]
    support_plan : str or None
        AWS's, by the name that `cloudcost.catalog.aws.support` has; None for the free one.
    machines : int
        That train at the same time, each a run of its own. [count]
    hours_per_day : float
        In which machines train. [h/day]
    quotas : tuple of (str, int) or None
        What the AWS account may run at once, by code or name of a quota; None where not told. [the quota's unit]
    discounts : tuple of (str, Decimal) or None
        Shares off list prices by provider or service, or ``spot`` (`cloudcost.pricing.discounts`); None for none. [1]
    show_currency : ShownCurrency or None
        In which totals are shown too.
    dataset, trainings, options, left_on
    path : str
        The project file as the user named it; relative paths within it start from its folder.
    """

    name: str
    region: str
    duration_seconds: int
    start: date
    keep_months: int = 0
    price_book: str | None = None
    credits_usd: Decimal = Decimal(0)
    credits_expire: date | None = None
    account_opened: date | None = None
    tax_rate: Decimal = Decimal(0)
    support_plan: str | None = None
    machines: int = 1
    hours_per_day: float = 24.0
    quotas: tuple[tuple[str, int], ...] | None = None
    discounts: tuple[tuple[str, Decimal], ...] | None = None
    show_currency: ShownCurrency | None = None
    dataset: Dataset
    trainings: tuple[Training, ...]
    options: tuple[Option, ...]
    left_on: tuple[LeftOn, ...] = ()
    path: str = field(default="", compare=False)

    def __repr__(self) -> str:
        named = ", ".join(option.name for option in self.options[:3])
        more = f" and {len(self.options) - 3} more" if len(self.options) > 3 else ""
        return f"<Project {self.name}: {counted(len(self.trainings), 'training')} on {named}{more}>"

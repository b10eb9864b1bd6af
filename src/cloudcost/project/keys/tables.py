"""The tables and keys of a project file, as pydantic models: the one place that says what a key is called and means.

The JSON Schema, the reference page and the near-misses of unknown keys are made from these models; `convert` turns
them into the domain's `Project`. What several keys say together is checked in `checks`. Descriptions end with the unit.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, create_model

from cloudcost.catalog.aws.storage_classes import later_classes, storage_classes
from cloudcost.domain.project import Encryption, Location, Optimizer, Precision, Reader, RestoreTier, Stack
from cloudcost.project.checks.limits import MAX_CLASSES, MAX_UPLOADS
from cloudcost.project.keys.conversions import one_or_more
from cloudcost.project.keys.counts import CountTable, CountValue
from cloudcost.project.keys.currency import CurrencyTable
from cloudcost.project.keys.option_table import OptionTable
from cloudcost.project.keys.table import Table
from cloudcost.project.keys.values import (
    Day,
    Days,
    Discounts,
    Duration,
    Freeze,
    Inputs,
    Keywords,
    Moment,
    Name,
    Positive,
    PositiveDays,
    PositiveHours,
    Quantity,
    Quotas,
    Rate,
    Repeats,
    Size,
    SizeOrNothing,
    Text,
    TrainingHoursOfDay,
    Usd,
    Whole,
)

if TYPE_CHECKING:
    StorageClass: TypeAlias = str
    LaterClass: TypeAlias = str
else:  # rows of tables, which no type checker reads
    StorageClass = Literal[tuple(storage_classes())]
    LaterClass = Literal[later_classes()]


class LifecycleTable(Table):
    """A lifecycle rule with S3's meaning; it acts at the next midnight UTC."""

    to: LaterClass | None = Field(None, description="Class that objects move to.", examples=["GLACIER"])
    after_days: Days | None = Field(None, description="Age at which current versions move. [days]", examples=[30])
    noncurrent_after_days: Days | None = Field(
        None, description="Time after which noncurrent versions move, from being replaced on. [days]", examples=[30]
    )
    expire_after_days: PositiveDays | None = Field(
        None, description="Age at which current versions expire: deleted, or noncurrent with `versioning`. [days]",
        examples=[365],
    )  # fmt: skip
    noncurrent_expire_after_days: PositiveDays | None = Field(
        None, description="Time after which noncurrent versions are deleted. [days]", examples=[7]
    )
    abort_incomplete_after_days: PositiveDays | None = Field(
        None, description="Time after which uploads begun and not completed are aborted. [days]", examples=[7]
    )
    keep_newest: Annotated[int, Field(ge=1, le=100)] | None = Field(
        None, description="Noncurrent versions that the rule leaves alone, the newest ones. [count]", examples=[3]
    )
    min_object_size: Size | None = Field(
        None,
        description="Only larger objects fall under the rule; without it none under 128 KiB moves. [bytes]",
        examples=["4 KiB"],
    )


class ObjectsTable(Table):
    """Objects of the bucket that are alike, as `cloudcost scan` writes them: `[[dataset.objects]]`."""

    count: Positive = Field(description="How many. [count]", examples=[50000])
    size: SizeOrNothing = Field(description="Of all of them together. [bytes]", examples=["1.2 GB"])
    storage_class: StorageClass | None = Field(
        None, description="S3 storage class that they lie in; the data set's without it.", examples=["STANDARD_IA"]
    )
    age_days: Days | None = Field(
        None, description="Whole days for which they lie there when the project begins; uploaded then without it."
        " [days]", examples=[40],
    )  # fmt: skip
    noncurrent_days: Days | None = Field(
        None, description="Whole days for which they are noncurrent versions by then; current without it. [days]",
        examples=[10],
    )  # fmt: skip
    newer_versions: Annotated[int, Field(ge=1, le=100)] | None = Field(
        None, description="Noncurrent versions of the same keys that are newer, for `keep_newest`. [count]",
        examples=[1],
    )  # fmt: skip


class CheckpointTable(Table):
    """What a run writes while it trains."""

    size: Size = Field(description="Size of one checkpoint. [bytes]", examples=["200 MB"])
    every_epochs: Repeats = Field(1, description="Epochs from one checkpoint to the next. [epochs]")


class ProjectTable(Table):
    """The frame: where, how long, at whose expense."""

    name: Name | None = Field(None, description="What the project is called; the file's name without it.",
                              examples=["reto"])  # fmt: skip
    region: Name = Field("us-east-1", description="AWS region of the data set and of AWS options.")
    duration: Duration = Field("4 days", description="Calendar time that the project has. [number and unit]")
    start: Day | None = Field(None, description="First day, 00:00 UTC; today without it. [date]",
                              examples=["2026-12-01"])  # fmt: skip
    keep_months: Annotated[int, Field(ge=0, le=1200)] = Field(
        0, description="Months that data set and checkpoints stay in S3 after the end. [months]"
    )
    price_book: Name | None = Field(
        None, description="Name of the price book; without it the one in force on the day.", examples=["aws-2026-11"]
    )
    credits_usd: Usd | None = Field(
        None, description="Credits taken off every option's AWS bill; without it those that the account's age brings."
        " [USD]", examples=[75],
    )  # fmt: skip
    account_opened: Day | None = Field(
        None, description="When the AWS account was opened: before 2025-07-15 it has twelve free months, since then"
        " credits; neither is counted without it. [date]", examples=["2026-10-01"],
    )  # fmt: skip
    tax_rate: Rate = Field(Decimal(0), description="Tax on what is billed, 0.16 for 16 %. [share, 0 to 1]")
    support_plan: Name | None = Field(
        None, description="Paid support of AWS: a share of each month's charges, at least a minimum: business (until"
        " 2026-12-31) or business+; none without it.", examples=["business+"],
    )  # fmt: skip
    machines: Annotated[int, Field(ge=1, le=10_000)] = Field(
        1, description="Machines that train at the same time, each a run of its own. [count]"
    )
    hours_per_day: TrainingHoursOfDay = Field(24.0, description="Hours of a day in which machines train. [h/day]")
    quotas: Quotas | None = Field(
        None, description="What the AWS account may run at once in a region, by a quota's code or name: options that"
        " need more are not feasible; nothing is limited without it. [vCPUs, or instances of SageMaker]",
        examples=[{"L-DB2E81BA": 8}],
    )  # fmt: skip
    discounts: Discounts | None = Field(
        None, description="Shares off list prices that were agreed with a provider: by its name (aws, gcp), by a"
        " service, which goes before it, or for spot; own prices are taken as they are. [share, 0 to under 1]",
        examples=[{"aws": 0.07, "AmazonS3": 0.12}],
    )  # fmt: skip
    show_currency: CurrencyTable | None = Field(
        None, description="Currency of a second column of totals.",
        examples=[{"code": "MXN", "rate": 18.4, "date": "2026-11-20"}],
    )  # fmt: skip


class DatasetTable(Table):
    """The images: how many, how big, where they are kept and how they are read."""

    images: Positive | None = Field(None, description="Images of the data set. [images]", examples=[60000])
    size: Size | None = Field(
        None, description="Of all images together; a GB is 10^9 bytes, a GiB 2^30. [bytes]", examples=["6.6 GB"]
    )
    folder: Text | None = Field(
        None,
        description="Folder that holds the images, counted in place of `images` and `size`; relative to the file.",
        examples=["data/images"],
    )  # fmt: skip
    storage_class: StorageClass = Field("STANDARD", description="S3 storage class, by its API name.")
    versioning: bool = Field(
        False, description="Whether the bucket keeps earlier versions; each further upload then adds a full copy."
    )
    uploads: Annotated[int, Field(ge=1, le=MAX_UPLOADS)] = Field(
        1, description="Times that the whole data set is uploaded, spread over the project. [count]"
    )
    reader: Reader = Field(
        "copy",
        description="`copy`: each run copies the data set to its disk once; `stream`: each epoch reads each object;"
        " `shards`: each epoch reads archives of `shard_size`.",
    )
    shard_size: Size = Field("128 MiB", description='Size of an archive, for `reader = "shards"`. [bytes]')
    part_size: Size | None = Field(
        None,
        description="Size of the parts in which larger objects are uploaded and read; without it 8 MiB, and who streams"
        " reads objects whole. [bytes]",
        examples=["16 MiB"],
    )
    workers: Annotated[int, Field(ge=1, le=10_000)] = Field(
        1, description="Processes of a run that list the bucket's keys, each for itself. [count]"
    )
    cache: bool = Field(
        False, description="Whether what a start has streamed stays on the machine's disk: later epochs read it there."
    )
    encryption: Encryption = Field(
        "SSE-S3",
        description="Keys that S3 encrypts with: its own, or those of KMS, asked for object by object.",
    )
    bucket_key: bool = Field(
        False, description='Whether KMS is asked for keys of the bucket instead, for `encryption = "SSE-KMS"`.'
    )
    location: Location = Field(
        "s3",
        description="Where the data set lives: S3, one's own disk (a cloud option then pays for a copy in S3), Google"
        " Cloud Storage, Azure Blob Storage.",
    )
    region: Name | None = Field(
        None,
        description="Region of the bucket; without it the project's for S3, for other clouds that of the first option"
        " there, else the nearest.",
        examples=["us-west-2"],
    )
    downloads: Annotated[int, Field(ge=0, le=10**6)] = Field(
        0, description="Times that the whole data set is downloaded to the internet besides the training. [count]"
    )
    lifecycle: Annotated[
        list[LifecycleTable],
        Field(max_length=10),
        BeforeValidator(one_or_more),
    ] = Field(
        [],
        description="Rules, one table or a list of them.",
        examples=[
            [{"to": "GLACIER", "after_days": 30}],
            [{"abort_incomplete_after_days": 7}],
            [{"noncurrent_expire_after_days": 7, "keep_newest": 3}, {"expire_after_days": 365}],
            [{"to": "GLACIER", "noncurrent_after_days": 30, "min_object_size": "4 KiB"}],
        ],
    )
    archive_access_days: Annotated[int, Field(ge=90, le=730)] | None = Field(
        None,
        description="Days without a reading after which Intelligent-Tiering archives objects; never without. [days]",
        examples=[90],
    )
    deep_archive_access_days: Annotated[int, Field(ge=180, le=730)] | None = Field(
        None, description="The same for its Deep Archive Access tier. [days]", examples=[180]
    )
    restore: RestoreTier | None = Field(
        None, description="How archived objects are restored for the runs, billed beside a copy in Standard while runs"
        " last; without it they cannot be read.", examples=["Bulk"],
    )  # fmt: skip
    incomplete_uploads: Size | None = Field(
        None, description="Parts in the bucket of uploads neither completed nor aborted. [bytes]", examples=["20 GB"]
    )
    objects: Annotated[list[ObjectsTable], Field(max_length=MAX_CLASSES)] = Field(
        [],
        description="The objects by size, age and class in place of `size`, one table for each; `images` are then as"
        " many as current objects unless it is given.",
        examples=[
            [{"count": 50000, "size": "1.2 GB"}, {"count": 9000, "size": "6 GB", "storage_class": "STANDARD_IA"}],
            [{"count": 9, "size": "1 GB"}, {"count": 9, "size": "1 GB", "age_days": 60, "noncurrent_days": 40}],
            [{"count": 9, "size": "1 GB", "age_days": 60, "noncurrent_days": 40, "newer_versions": 1}],
        ],
    )


class TrainingTable(Table):
    """One CNN and how it is trained; a file has one or more."""

    name: Name | None = Field(None, description="What the training is called; the network's name without it.",
                              examples=["resnet50 fine-tuned"])  # fmt: skip
    network: Text = Field(
        description="A torchvision name, a network `.json`, `package.module:factory`, which runs that code, or "
        "`timm:NAME`, `torchvision:NAME`, `smp:NAME` where that package is installed.",
        examples=["resnet50"],
    )
    input: Inputs | None = Field(
        None, description="Shape of one image in place of `image_px`, or a list of shapes, one of each input. [count]",
        examples=[[3, 192, 160]],
    )  # fmt: skip
    kwargs: Keywords | None = Field(None, description="Keyword arguments of the factory, or of the library's network.",
                                    examples=[{"width": 64}])  # fmt: skip
    image_px: Annotated[int, Field(ge=1, le=65_536)] = Field(224, description="Side of the square images. [pixels]")
    batch: Annotated[int, Field(ge=1, le=10**6)] = Field(32, description="Batch size per GPU. [images]")
    epochs: CountValue | None = Field(
        None, description="Epochs of a run: a number, a list of past values, or a table. [count]", examples=[38]
    )
    runs: CountValue = Field(
        1, description="Whole trainings until the result is acceptable: a number, a list, or a table. [count]",
        examples=[12, {"low": 6, "mode": 12, "high": 20}, {"mean": 12}, {"mean": 12, "dispersion": 3}, [9, 12, 15]],
    )  # fmt: skip
    precision: Precision = Field(
        "default", description="Arithmetic of the training; `default` is PyTorch's: TF32 convolutions where there is"
        " TF32, else fp32.",
    )  # fmt: skip
    stack: Stack | None = Field(
        None, description="Software that trains; without it eager PyTorch is assumed.", examples=["torch"]
    )
    cudnn_benchmark: bool | None = Field(
        None, description="PyTorch's `cudnn.benchmark`; off without it.", examples=[True]
    )
    optimizer: Optimizer = Field("momentum", description="Optimizer; it decides memory and the update's time.")
    classes: Positive | None = Field(None, description="Outputs; the network's own number without it. [count]",
                                     examples=[10])  # fmt: skip
    channels_last: bool = Field(False, description="Whether tensors are stored channels last (NHWC).")
    validation_images: Whole = Field(0, description="Images evaluated once an epoch. [images]")
    checkpoint: CheckpointTable | None = Field(
        None, description="What is written while training; none without it.",
        examples=[{"size": "200 MB", "every_epochs": 1}],
    )  # fmt: skip
    freeze: Freeze | None = Field(
        None, description="What is not trained: all before the head, or so many stages from the images on; without it"
        " what the network itself says.", examples=["backbone", 3],
    )  # fmt: skip
    logs: CheckpointTable | None = Field(
        None, description="A log that grows by the epoch to its size and is written whole each time; none without it.",
        examples=[{"size": "20 MB", "every_epochs": 1}],
    )  # fmt: skip
    profile: Text | None = Field(None, description="Profile of this CNN, relative to the file.",
                                 examples=["runs/laptop.json"])  # fmt: skip
    hours_per_run: PositiveHours | None = Field(
        None, description="Measured hours of a run on `hours_per_run_on`; other devices are rescaled. [h]", examples=[6]
    )
    hours_per_run_on: Name | None = Field(None, description="Device of that measurement.", examples=["T4"])


_LEFT_ON: dict[str, Any] = {
    "service": (Name, Field(description="Service, as AWS bills name it.", examples=["AmazonSageMaker"])),
    "usage_type": (Name, Field(
        description="Usage type, as bills have it; the region's prefix may be left out.",
        examples=["Host:ml.g5.2xlarge"],
    )),
    "operation": (Name | None, Field(
        None, description="Operation, where one usage type has several prices.", examples=["RestoreObject"]
    )),
    "region": (Name | None, Field(
        None, description="Region where it stands; the project's without it.", examples=["us-west-2"]
    )),
    "quantity": (Quantity, Field(
        Decimal(1),
        description="How many stand there: machines, GB, IOPS; of requests and GB moved, how many a month. [count]",
    )),
    "from": (Moment | None, Field(
        None, description="First moment, UTC; the project's start without it. [day or time]", examples=["2026-12-01"]
    )),
    "until": (Moment | None, Field(
        None, description="Moment at which it is gone, UTC; the project's end without it. [day or time]",
        examples=["2027-01-01T08:00:00Z"],
    )),
    "option": (Name | None, Field(
        None, description="The one option that is billed for it; all that run at its provider without it.",
        examples=["SageMaker ml.g4dn.xlarge"],
    )),
}  # fmt: skip
LeftOnTable = create_model(
    "LeftOnTable",
    __base__=Table,
    __doc__="Something that stands there beside the training and is billed, whether it is used or not.",
    **_LEFT_ON,
)
"""Made by a call, since ``from`` is a word of Python and a key of the file."""


class ProjectFile(Table):
    """A cloudcost project: a data set, CNNs to train, and the options to compare."""

    project: ProjectTable = Field({}, validate_default=True, description="The frame.")
    dataset: DatasetTable = Field(description="The images.")
    training: list[TrainingTable] = Field(description="One table per CNN.", min_length=1, max_length=1000)
    option: list[OptionTable] = Field(description="One table per option.", min_length=1, max_length=1000)
    left_on: list[LeftOnTable] = Field([], description="One table per thing that is left on.", max_length=1000)


TABLES: dict[str, type[Table]] = {
    "project": ProjectTable, "show_currency": CurrencyTable,
    "dataset": DatasetTable, "lifecycle": LifecycleTable, "objects": ObjectsTable,
    "training": TrainingTable,
    "epochs": CountTable, "runs": CountTable, "checkpoint": CheckpointTable, "logs": CheckpointTable,
    "option": OptionTable,
    "left_on": LeftOnTable,
}  # fmt: skip
"""The model of the table that each key of this name holds, in the order of a file."""
_ALL: tuple[type[Table], ...] = (*TABLES.values(), ProjectFile)
MODELS = {model.__name__: model for model in _ALL}
"""Every model by its name."""

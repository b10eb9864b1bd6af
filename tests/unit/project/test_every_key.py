"""Every key of the project file counts: set to its example, the Project changes, and so does a bill or a time.

A key that is added to the table of keys alone turns these tests red: the project does not change with it. One that is
read and used nowhere does, too. The few keys that rightly change no bill stand in `NO_BILL`, each with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cloudcost.analysis.compare import compare
from cloudcost.domain.project import Project
from cloudcost.project.file import read_project
from cloudcost.project.keys.tables import TABLES

TODAY = date(2026, 11, 22)
OPTIONS: dict[str, dict[str, Any]] = {
    "ec2": {"kind": "ec2", "instance": "g4dn.xlarge"},
    "sagemaker": {"kind": "sagemaker", "instance": "ml.g4dn.xlarge"},
    "colab": {"kind": "colab", "accelerator": "T4"},
    "cloud": {"kind": "cloud", "instance": "gpu_1x_a6000"},
    "local": {"kind": "local", "device": "RTX 3060", "watts": 320, "electricity_usd_per_kwh": 0.11, "owned": True},
}
BASE: dict[str, dict[str, Any]] = {
    "project": {"region": "us-east-1", "start": "2026-12-05", "duration": "20 days", "keep_months": 2},
    "dataset": {"images": 50000, "size": "25 GB"},
    "training": {"network": "resnet50", "epochs": 10, "runs": 4},
}
OPTION_OF_SAGEMAKER = {f"option.{key}": value for key, value in OPTIONS["sagemaker"].items()}
PROFILE = Path(__file__).resolve().parents[3] / "benchmarks" / "profiles" / "runs" / "resnet18-64px.json.gz"
PROFILED = {
    "training.network": "resnet18",
    "training.image_px": 64,
    "training.batch": 8,
    "option.device": None,
    "option.hours_per_run": 9,
}
LEFT = {"left_on.service": "AmazonSageMaker", "left_on.usage_type": "Host:ml.g5.2xlarge"}
BOUGHT = {"option.owned": None, "option.purchase_usd": 1200}
SHARED = {**BOUGHT, "option.charge": "share"}
ON_GOOGLE = {"option.instance": "g2-standard-4", "option.region": "us-central1"}
VERSIONS = {"dataset.versioning": True, "dataset.uploads": 3}
LISTED = {"dataset.images": None, "dataset.size": None}
SOME = {"count": 50000, "size": "25 GB"}
OLD = {"count": 50000, "size": "25 GB", "age_days": 40, "noncurrent_days": 10}
TIERED = {"dataset.storage_class": "INTELLIGENT_TIERING", "project.keep_months": 12}
Change = Mapping[str, Any]
"""Values by table and key, ``"option.gpus": 2``; None takes the key away."""

CASES: dict[str, tuple[str, Change, Change]] = {
    "project.region": ("ec2", {}, {"project.region": "eu-west-1"}),
    "project.duration": ("ec2", {}, {"project.duration": "40 days"}),
    "project.start": ("ec2", {}, {"project.start": "2026-12-01"}),
    "project.keep_months": ("ec2", {}, {"project.keep_months": 3}),
    "project.credits_usd": ("ec2", {}, {"project.credits_usd": 5}),
    "project.tax_rate": ("ec2", {}, {"project.tax_rate": 0.16}),
    "project.support_plan": ("ec2", {}, {"project.support_plan": "business+"}),
    "project.discounts": ("ec2", {}, {"project.discounts": {"aws": 0.07}}),
    "project.quotas": ("ec2", {}, {"project.quotas": {"L-DB2E81BA": 3}}),
    "project.machines": ("ec2", {"training.checkpoint": {"size": "9 GB"}}, {"project.machines": 2}),
    "project.hours_per_day": ("ec2", {}, {"project.hours_per_day": 0.25}),
    "dataset.folder": ("ec2", {}, {"dataset.images": None, "dataset.size": None, "dataset.folder": "data/images"}),
    "dataset.storage_class": ("ec2", {}, {"dataset.storage_class": "GLACIER_IR"}),
    "dataset.versioning": ("ec2", {"dataset.uploads": 3}, {"dataset.versioning": True}),
    "dataset.uploads": ("ec2", {}, {"dataset.uploads": 3}),
    "dataset.reader": ("ec2", {}, {"dataset.reader": "stream"}),
    "dataset.shard_size": ("ec2", {"dataset.reader": "shards"}, {"dataset.shard_size": "9 MiB"}),
    "dataset.part_size": ("ec2", {"dataset.reader": "shards"}, {"dataset.part_size": "16 MiB"}),
    "dataset.workers": ("ec2", {"dataset.reader": "stream"}, {"dataset.workers": 4}),
    "dataset.cache": ("ec2", {"dataset.reader": "stream"}, {"dataset.cache": True}),
    "dataset.encryption": ("ec2", {"dataset.reader": "stream"}, {"dataset.encryption": "SSE-KMS"}),
    "dataset.bucket_key": (
        "ec2", {"dataset.reader": "stream", "dataset.encryption": "SSE-KMS"}, {"dataset.bucket_key": True}
    ),
    "dataset.location": ("local", {}, {"dataset.location": "local"}),
    "dataset.downloads": ("ec2", {}, {"dataset.downloads": 9}),
    "lifecycle.to": (
        "ec2",
        {"dataset.lifecycle": {"to": "GLACIER_IR", "after_days": 30}},
        {"dataset.lifecycle": {"to": "GLACIER", "after_days": 30}},
    ),
    "lifecycle.after_days": (
        "ec2",
        {"dataset.lifecycle": {"to": "GLACIER", "after_days": 40}},
        {"dataset.lifecycle": {"to": "GLACIER", "after_days": 30}},
    ),
    "lifecycle.noncurrent_after_days": (
        "ec2",
        {**VERSIONS, "dataset.lifecycle": {"to": "GLACIER", "noncurrent_after_days": 90}},
        {"dataset.lifecycle": {"to": "GLACIER", "noncurrent_after_days": 30}},
    ),
    "lifecycle.expire_after_days": ("ec2", {}, {"dataset.lifecycle": {"expire_after_days": 40}}),
    "lifecycle.noncurrent_expire_after_days": (
        "ec2",
        VERSIONS,
        {"dataset.lifecycle": {"noncurrent_expire_after_days": 7}},
    ),
    "lifecycle.keep_newest": (
        "ec2",
        {**VERSIONS, "dataset.lifecycle": {"noncurrent_expire_after_days": 7}},
        {"dataset.lifecycle": {"noncurrent_expire_after_days": 7, "keep_newest": 1}},
    ),
    "lifecycle.min_object_size": (
        "ec2",
        {"dataset.size": "2 GB", "dataset.lifecycle": {"to": "GLACIER", "after_days": 30}},
        {"dataset.lifecycle": {"to": "GLACIER", "after_days": 30, "min_object_size": "4 KiB"}},
    ),
    "lifecycle.abort_incomplete_after_days": (
        "ec2",
        {"dataset.incomplete_uploads": "20 GB"},
        {"dataset.lifecycle": {"abort_incomplete_after_days": 7}},
    ),
    "dataset.restore": ("ec2", {"dataset.storage_class": "GLACIER"}, {"dataset.restore": "Bulk"}),
    "objects.count": ("ec2", {**LISTED, "dataset.objects": [SOME]}, {"dataset.objects": [{**SOME, "count": 60000}]}),
    "objects.size": ("ec2", {**LISTED, "dataset.objects": [SOME]}, {"dataset.objects": [{**SOME, "size": "9 GB"}]}),
    "objects.storage_class": (
        "ec2",
        {**LISTED, "dataset.objects": [SOME]},
        {"dataset.objects": [{**SOME, "storage_class": "STANDARD_IA"}]},
    ),
    "objects.age_days": (
        "ec2",
        {**LISTED, "dataset.objects": [SOME], "dataset.lifecycle": {"to": "GLACIER", "after_days": 30}},
        {"dataset.objects": [{**SOME, "age_days": 5}]},
    ),
    "objects.noncurrent_days": (
        "ec2",
        {**LISTED, "dataset.objects": [SOME, {**OLD, "noncurrent_days": 2}],
         "dataset.lifecycle": {"noncurrent_expire_after_days": 30}},
        {"dataset.objects": [SOME, OLD]},
    ),
    "objects.newer_versions": (
        "ec2",
        {**LISTED, "dataset.objects": [SOME, OLD],
         "dataset.lifecycle": {"noncurrent_expire_after_days": 3, "keep_newest": 1}},
        {"dataset.objects": [SOME, {**OLD, "newer_versions": 1}]},
    ),
    "dataset.archive_access_days": ("ec2", TIERED, {"dataset.archive_access_days": 90}),
    "dataset.deep_archive_access_days": ("ec2", TIERED, {"dataset.deep_archive_access_days": 180}),
    "training.network": ("ec2", {}, {"training.network": "resnet18"}),
    "training.image_px": ("ec2", {}, {"training.image_px": 192}),
    "training.kwargs": (
        "local",
        {"training.network": "my_nets:make", "option.hours_per_run": 9},
        {"training.kwargs": {"width": 64}},
    ),
    "training.batch": ("ec2", {}, {"training.batch": 16}),
    "training.precision": ("ec2", {}, {"training.precision": "amp"}),
    "training.optimizer": ("ec2", {"dataset.size": "5 GB"}, {"training.optimizer": "adam"}),
    "training.channels_last": (
        "local",
        {"training.precision": "amp", "option.device": "RTX 3090", "option.vcpu": 64},
        {"training.channels_last": True},
    ),
    "training.cudnn_benchmark": ("ec2", {}, {"training.cudnn_benchmark": True}),
    "training.validation_images": ("ec2", {}, {"training.validation_images": 9000}),
    "training.freeze": ("ec2", {}, {"training.freeze": "backbone"}),
    "training.profile": ("local", PROFILED, {"option.hours_per_run": None, "training.profile": str(PROFILE)}),
    "training.hours_per_run": ("ec2", {}, {"training.hours_per_run": 6, "training.hours_per_run_on": "T4"}),
    "training.hours_per_run_on": (
        "ec2",
        {"training.hours_per_run": 6, "training.hours_per_run_on": "V100"},
        {"training.hours_per_run_on": "T4"},
    ),
    **{
        f"{count}.{key}": ("ec2", {f"training.{count}": before}, {f"training.{count}": after})
        for count in ("epochs", "runs")
        for key, before, after in (
            ("low", {"low": 2, "mode": 12, "high": 20}, {"low": 6, "mode": 12, "high": 20}),
            ("mode", {"low": 6, "mode": 9, "high": 20}, {"low": 6, "mode": 12, "high": 20}),
            ("high", {"low": 6, "mode": 12, "high": 30}, {"low": 6, "mode": 12, "high": 20}),
            ("mean", {"mean": 5}, {"mean": 12}),
            ("dispersion", {"mean": 12, "dispersion": 9}, {"mean": 12, "dispersion": 3}),
        )
    },
    **{
        f"show_currency.{name}": (
            "ec2",
            {"project.show_currency": {"code": "MXN", "rate": 18, "date": "2026-11-01"}},
            {"project.show_currency": {"code": "MXN", "rate": 18, "date": "2026-11-01", **other}},
        )
        for name, other in (("code", {"code": "JPY"}), ("rate", {"rate": 19}), ("date", {"date": "2026-11-20"}))
    },
    "checkpoint.size": ("ec2", {"training.checkpoint": {"size": "2 GB"}}, {"training.checkpoint": {"size": "200 MB"}}),
    "checkpoint.every_epochs": (
        "ec2",
        {"training.checkpoint": {"size": "2 GB"}},
        {"training.checkpoint": {"size": "2 GB", "every_epochs": 5}},
    ),
    "logs.size": ("ec2", {"training.logs": {"size": "2 GB"}}, {"training.logs": {"size": "200 MB"}}),
    "logs.every_epochs": (
        "ec2",
        {"training.logs": {"size": "2 GB"}},
        {"training.logs": {"size": "2 GB", "every_epochs": 5}},
    ),
    "option.disk_type": ("cloud", ON_GOOGLE, {"option.disk_type": "pd-ssd"}),
    "option.results": ("cloud", ON_GOOGLE, {"option.results": "9 GB"}),
    "option.input_mode": ("sagemaker", {}, {"option.input_mode": "FastFile"}),
    "option.cache": ("ec2", {"dataset.reader": "stream"}, {"option.cache": True}),
    "option.kind": ("ec2", {}, OPTION_OF_SAGEMAKER),
    "option.instance": ("ec2", {}, {"option.instance": "g5.xlarge"}),
    "option.provider": ("cloud", {}, {"option.provider": "lambda"}),
    "option.region": ("ec2", {}, {"option.region": "eu-west-1"}),
    "option.device": ("local", {"option.watts": None}, {"option.device": "RTX 3090"}),
    "training.stack": ("local", {"option.vcpu": 64}, {"training.stack": "tuned"}),
    "option.host": ("local", {"training.network": "mobilenet_v2", "training.batch": 4, "option.vcpu": 64},
                    {"option.host": "desktop-windows"}),
    "option.gpus": ("local", {}, {"option.gpus": 2}),
    "option.accelerator": ("colab", {}, {"option.accelerator": "A100"}),
    "option.plan": ("colab", {}, {"option.plan": "free"}),
    "option.high_memory": ("colab", {"option.accelerator": "A100"}, {"option.high_memory": True}),
    "option.purchase": ("ec2", {}, {"option.purchase": "spot"}),
    "option.spot_savings": ("sagemaker", {"option.purchase": "spot"}, {"option.spot_savings": 0.65}),
    "option.commitment_usd_per_hour": (
        "ec2",
        {"option.purchase": "compute-savings-plan-1y-no-upfront", "option.usd_per_hour": 0.4},
        {"option.commitment_usd_per_hour": 0.5},
    ),
    "option.startup_minutes": ("ec2", {}, {"option.startup_minutes": 60}),
    "option.idle_hours_per_day": ("ec2", {}, {"option.idle_hours_per_day": 3}),
    "option.notebook_instance": (
        "sagemaker",
        {"option.notebook_hours": 9, "option.notebook_instance": "ml.t3.xlarge"},
        {"option.notebook_instance": "ml.t3.medium"},
    ),
    "option.notebook_hours": (
        "sagemaker",
        {"option.notebook_hours": 9, "option.notebook_instance": "ml.t3.xlarge"},
        {"option.notebook_hours": 99},
    ),
    "option.nat": ("ec2", {}, {"option.nat": True}),
    "option.reader": ("ec2", {"dataset.reader": "stream"}, {"option.reader": "copy"}),
    "option.data_copy": ("ec2", {"option.region": "eu-west-1"}, {"option.data_copy": True}),
    "option.owned": ("local", {**BOUGHT, "option.owned": False}, {"option.owned": True}),
    "option.purchase_usd": ("local", {**BOUGHT, "option.purchase_usd": 900}, {"option.purchase_usd": 1200}),
    "option.lifetime_years": ("local", SHARED, {"option.lifetime_years": 2}),
    "option.resale": ("local", BOUGHT, {"option.resale": 0.5}),
    "option.charge": ("local", BOUGHT, {"option.charge": "share"}),
    "option.utilisation": ("local", SHARED, {"option.utilisation": 0.5}),
    "option.watts": ("local", {"option.watts": 200}, {"option.watts": 320}),
    "option.idle_watts": ("local", {}, {"option.idle_watts": 50}),
    "option.electricity_usd_per_kwh": (
        "local",
        {"option.electricity_usd_per_kwh": 0.2},
        {"option.electricity_usd_per_kwh": 0.11},
    ),
    "option.country": ("local", {}, {"option.electricity_usd_per_kwh": None, "option.country": "DEU"}),
    "option.pue": ("local", {}, {"option.pue": 1.5}),
    "option.upkeep_per_year": ("local", {}, {"option.upkeep_per_year": 900}),
    "option.value_per_hour": ("local", {}, {"option.value_per_hour": 1}),
    "option.setup_hours": ("local", {"option.wage": 20}, {"option.setup_hours": 8}),
    "option.wage": ("local", {"option.setup_hours": 8}, {"option.wage": 20}),
    "option.vcpu": ("local", {"option.vcpu": 1, "training.network": "squeezenet1_1"}, {"option.vcpu": 8}),
    "left_on.service": ("ec2", {}, LEFT),
    "left_on.usage_type": ("ec2", {**LEFT, "left_on.usage_type": "Host:ml.g5.xlarge"}, LEFT),
    "left_on.operation": (
        "ec2",
        {"left_on.service": "AmazonS3", "left_on.usage_type": "Requests-Tier3", "left_on.quantity": 90000,
         "left_on.operation": "S3-GDATransition"},
        {"left_on.operation": "S3-GlacierTransition"},
    ),
    "left_on.region": ("ec2", LEFT, {"left_on.region": "eu-west-1"}),
    "left_on.quantity": ("ec2", LEFT, {"left_on.quantity": 2}),
    "left_on.from": ("ec2", LEFT, {"left_on.from": "2026-12-10"}),
    "left_on.until": ("ec2", LEFT, {"left_on.until": "2026-12-12T08:00:00Z"}),
    "left_on.option": ("ec2 sagemaker", {**LEFT, "option.name": "A"}, {"left_on.option": "A"}),
}  # fmt: skip
"""The kind of option, what the file says before, and what it says then. A key without a case is set to its example in a
project with an EC2 option."""

NO_BILL: dict[str, str] = {
    "project.name": "a label",
    "training.name": "a label",
    "show_currency.code": "all is computed in USD",
    "show_currency.rate": "all is computed in USD",
    "show_currency.date": "all is computed in USD",
    "option.name": "a label",
    "option.provider": "no type of the book is sold by two providers: it says who is paid",
    "training.kwargs": "a factory of one's own takes them, which is not called where hours are stated",
    "training.classes": "of ResNet-50's 4.1 GFLOP the last layer is a thousandth",
}
"""Keys that change neither a bill nor a time, and why."""
ONE_VALUE = {"project.price_book": "one book is shipped, any other name is a fault where the user has no own"}
"""Keys that have one value, and why."""


def toml(value: object) -> str:
    """Return a value as TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return str(value)


def text_of(file: Mapping[str, Any]) -> str:
    parts = []
    for name, table in file.items():
        for each in table if isinstance(table, list) else [table]:
            head = f"[[{name}]]" if isinstance(table, list) else f"[{name}]"
            parts.append("\n".join([head, *(f"{key} = {toml(value)}" for key, value in each.items())]))
    return "\n".join(parts) + "\n"


def project_of(folder: Path, kind: str, *changes: Change) -> Project:
    """Return the project with an option of each of the kinds and the changes made, read from a file in a folder."""
    first, *others = kind.split()
    file: dict[str, Any] = {name: dict(table) for name, table in {**BASE, "option": OPTIONS[first]}.items()}
    for change in changes:
        for place, value in change.items():
            table, _, key = place.partition(".")
            file.setdefault(table, {})[key] = value
    many = {"training", "option", "left_on"}
    kept = {name: {key: value for key, value in table.items() if value is not None} for name, table in file.items()}
    tables: dict[str, Any] = {name: [table] if name in many else table for name, table in kept.items()}
    tables["option"] += [OPTIONS[other] for other in others]
    path = folder / "keys.toml"
    path.write_text(text_of(tables))
    return read_project(path, today=TODAY)


def differences(one: Project, other: Project) -> set[str]:
    """Return the fields of the project that differ, the digest of its files apart."""
    return {field.name for field in fields(one) if getattr(one, field.name) != getattr(other, field.name)}


def outcome(project: Project) -> object:
    """Return what an answer says of the options: whether they can be, bills, times and their spread."""
    return [
        (option.feasible, option.total_usd, option.hours, option.interval_usd)
        for option in compare(project, today=TODAY, draws=40).options
    ]


KEYS = [
    f"{name}.{key}"
    for name, model in TABLES.items()
    for key in model.model_fields
    if name not in ("project", "training", "dataset")
    or key not in ("show_currency", "checkpoint", "logs", "lifecycle", "objects")
]


def case_of(key: str) -> tuple[str, Change, Change]:
    if key in CASES:
        return CASES[key]
    table, _, name = key.partition(".")
    field = TABLES[table].model_fields[name]
    assert field.examples, f"{key} has no example in the table of keys and no case in this test"
    return "ec2", {}, {key: field.examples[0]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    images = tmp_path / "data" / "images"
    images.mkdir(parents=True)
    (images / "a.jpg").write_bytes(b"1" * 9000)
    return tmp_path


@pytest.mark.parametrize("key", [key for key in KEYS if key not in ONE_VALUE])
def test_the_project_changes_with_a_key_and_so_does_its_bill(key: str, folder: Path) -> None:
    kind, before, after = case_of(key)
    without, with_key = project_of(folder, kind, before), project_of(folder, kind, before, after)
    assert differences(without, with_key), f"{key} is in the table of keys and nothing reads it"
    if key not in NO_BILL:
        assert outcome(without) != outcome(with_key), f"{key} changes the Project, and no bill or time follows"


def test_every_case_and_every_exemption_is_a_key() -> None:
    assert {*CASES, *NO_BILL, *ONE_VALUE} <= set(KEYS)

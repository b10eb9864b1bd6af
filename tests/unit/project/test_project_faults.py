"""One test per fault that a project file can have, by its whole line."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples

from cloudcost.errors import ProjectFileError
from cloudcost.project.faults import OTHER_WORDS, example, project_file_error
from cloudcost.project.file import LONGEST_FILE, parse_project, read_project
from cloudcost.project.keys.tables import TABLES

TODAY = date(2026, 11, 22)
DATASET = '[dataset]\nimages = 60000\nsize = "7 GB"\n'
TRAINING = '[[training]]\nnetwork = "resnet50"\nepochs = 3\n'
OPTION = '[[option]]\nkind = "ec2"\ninstance = "g4dn.xlarge"\n'
LINE = re.compile(r"p\.toml:[\w.\[\]]+: [^,].*, .+, .+")


def faults(text: str) -> tuple[str, ...]:
    with pytest.raises(ProjectFileError) as caught:
        parse_project(text, name="p.toml", today=TODAY)
    return caught.value.faults


def in_project(line: str) -> str:
    return f"[project]\n{line}\n{DATASET}{TRAINING}{OPTION}"


def in_dataset(line: str) -> str:
    return f"{DATASET}{line}\n{TRAINING}{OPTION}"


def in_training(line: str) -> str:
    return f"{DATASET}{TRAINING}{line}\n{OPTION}"


def in_option(line: str) -> str:
    return f"{DATASET}{TRAINING}{OPTION}{line}\n"


def option(lines: str) -> str:
    return f"{DATASET}{TRAINING}[[option]]\n{lines}\n"


def training(lines: str) -> str:
    return f"{DATASET}[[training]]\n{lines}\n{OPTION}"


MACHINE = 'device = "RTX 3060"\ncountry = "MEX"'
LOW_MODE_HIGH = "give low, mode and high, or mean, or mean and dispersion"

CASES = [
    # keys and tables that nobody knows
    (in_option('insance = "x"'), 'option[0].insance: unknown key, "x", did you mean instance?'),
    (in_option('gpu = "T4"'), 'option[0].gpu: unknown key, "T4", did you mean device or accelerator?'),
    (in_project("machine = 2"), "project.machine: unknown key, 2, did you mean machines?"),
    (in_project("epochs = 2"), "project.epochs: unknown key, 2, it belongs to training"),
    (in_dataset('purchas = "spot"'), 'dataset.purchas: unknown key, "spot", did you mean purchase of option?'),
    (in_project("zzz = 2"), "project.zzz: unknown key, 2, remove it; cloudcost schema lists the keys"),
    ("[projcet]\n" + in_dataset(""), "projcet: unknown table, {}, did you mean project?"),
    ("colour = 'red'\n" + in_dataset(""),
     'colour: unknown key, "red", use one of project, dataset, training, option, left_on'),
    # tables and keys that are missing
    (TRAINING + OPTION, "dataset: missing, no value, add a table [dataset]"),
    (DATASET + OPTION, "training: missing, no value, add a table [[training]]"),
    (DATASET + TRAINING, "option: missing, no value, add a table [[option]]"),
    ("option = []\n" + DATASET + TRAINING, "option: empty, [], write e.g. a table [[option]]"),
    (DATASET + OPTION + '[training]\nnetwork = "a"\n',
     'training: not a list of tables, {network = "a"}, write [[training]] above it'),
    ("dataset = 3\n" + TRAINING + OPTION, "dataset: not a table, 3, write e.g. a table [dataset]"),
    (training("epochs = 3"), 'training[0].network: missing, no value, add network = "resnet50"'),
    (training('network = "alexnet"'), "training[0].epochs: missing, no value, add epochs = 38, or known hours_per_run"),
    (option('instance = "a"'), 'option[0].kind: missing, no value, add kind = "ec2"'),
    # values of one key
    (in_project("machines = 0"), "project.machines: less than 1, 0, write e.g. machines = 1"),
    (in_project("machines = 1.5"), "project.machines: not a whole number, 1.5, write e.g. machines = 1"),
    (in_project("machines = true"), "project.machines: not a whole number, true, write e.g. machines = 1"),
    (in_project('machines = "2"'), 'project.machines: not a whole number, "2", write e.g. machines = 1'),
    (in_project("hours_per_day = 0"), "project.hours_per_day: not over 0, 0, write e.g. hours_per_day = 24"),
    (in_project("hours_per_day = 24.5"), "project.hours_per_day: more than 24, 24.5, write e.g. hours_per_day = 24"),
    (in_project("hours_per_day = nan"),
     "project.hours_per_day: not a finite number, nan, write e.g. hours_per_day = 24"),
    (in_project("tax_rate = 16"), "project.tax_rate: more than 1, 16, write tax_rate = 0.16 for 16 %"),
    (in_project("tax_rate = inf"), "project.tax_rate: not a finite number, inf, write a number from 0 to 1"),
    (in_project("tax_rate = 1e-300"), "project.tax_rate: has more than 18 decimals, 1e-300, round it"),
    (in_project("credits_usd = -1"), "project.credits_usd: less than 0, -1, write e.g. credits_usd = 75"),
    (in_project('credits_usd = "75"'), 'project.credits_usd: not a number, "75", write e.g. credits_usd = 75'),
    (in_project("keep_months = -1"), "project.keep_months: less than 0, -1, write a whole number from 0 to 1200"),
    (in_project('name = ""'), 'project.name: empty, "", write e.g. name = "reto"'),
    (in_project(f'name = "{"x" * 201}"'),
     f'project.name: longer than 200 characters, "{"x" * 56}..., write e.g. name = "reto"'),
    (in_project("name = 3"), 'project.name: not a text in quotes, 3, write e.g. name = "reto"'),
    (in_project('duration = "4 dys"'),
     'project.duration: not a duration of over 0 and at most 100 years, "4 dys", '
     'write a number and a unit such as "4 days", "36 hours" or "2 weeks"'),
    (in_project('duration = "-4 days"'),
     'project.duration: not a duration of over 0 and at most 100 years, "-4 days", '
     'write a number and a unit such as "4 days", "36 hours" or "2 weeks"'),
    (in_project("duration = 4"), 'project.duration: not a text in quotes, 4, write e.g. duration = "4 days"'),
    (in_project('start = "22-11-2026"'),
     'project.start: not a day, "22-11-2026", write it as 2026-11-22, year first'),
    (in_project("start = 2026-11-22T10:00:00"),
     "project.start: not a day, 2026-11-22 10:00:00, write it as 2026-11-22, year first"),
    (in_project("start = 1066-10-14"),
     "project.start: not between 2006-03-14 and 2199-12-31, 1066-10-14, correct the year"),
    (in_project('region = "us-est-1"'),
     'project.region: unknown region, "us-est-1", did you mean us-east-1 or us-west-1? '
     "cloudcost schema --format names lists all"),
    (in_option('region = "mars"'), 'option[0].region: unknown region, "mars", '
     "cloudcost schema --format names lists them"),
    (in_dataset("versioning = 1"), "dataset.versioning: neither true nor false, 1, write e.g. versioning = false"),
    (in_dataset('reader = "shard"'), 'dataset.reader: not a known value, "shard", did you mean "shards"? '
     'it is one of copy, stream, shards'),
    (in_dataset('location = "moon"'), 'dataset.location: not a known value, "moon", use one of s3, local, gcs, azure'),
    (in_dataset("location = 3"), "dataset.location: not a known value, 3, use one of s3, local, gcs, azure"),
    (in_dataset('storage_class = "standard"'),
     'dataset.storage_class: not a known value, "standard", did you mean "STANDARD"? it is one of STANDARD, '
     "INTELLIGENT_TIERING, STANDARD_IA, ONEZONE_IA, GLACIER_IR, GLACIER, DEEP_ARCHIVE, EXPRESS_ONEZONE, "
     "REDUCED_REDUNDANCY"),
    (in_dataset("uploads = 1e400"), "dataset.uploads: not a whole number, 1e+400, write e.g. uploads = 1"),
    (DATASET.replace("60000", "-1") + TRAINING + OPTION, "dataset.images: less than 1, -1, write e.g. images = 60000"),
    (DATASET.replace("60000", "nan") + TRAINING + OPTION,
     "dataset.images: not a whole number, nan, write e.g. images = 60000"),
    (DATASET.replace("60000", "1" + "0" * 30) + TRAINING + OPTION,
     f"dataset.images: more than 1000000000, 1{'0' * 30}, write e.g. images = 60000"),
    # sizes
    (DATASET.replace('"7 GB"', '"-7 GB"') + TRAINING + OPTION,
     'dataset.size: a negative size, "-7 GB", write a size such as "48 GB"'),
    (DATASET.replace('"7 GB"', "-7") + TRAINING + OPTION,
     'dataset.size: a negative size, -7, write a size such as "48 GB"'),
    (DATASET.replace('"7 GB"', '"nan GB"') + TRAINING + OPTION,
     'dataset.size: not a size, "nan GB", write a number and a unit such as "48 GB" or "1.5 GiB"'),
    (DATASET.replace('"7 GB"', "nan") + TRAINING + OPTION,
     'dataset.size: not a size, nan, write a size such as "48 GB", or whole bytes'),
    (DATASET.replace('"7 GB"', '"7"') + TRAINING + OPTION,
     'dataset.size: not a size, "7", write a number and a unit such as "48 GB" or "1.5 GiB"'),
    (DATASET.replace('"7 GB"', '"1e30 B"') + TRAINING + OPTION,
     'dataset.size: over 1 EiB, "1e30 B", give a smaller size'),
    (DATASET.replace('"7 GB"', "1" + "0" * 30) + TRAINING + OPTION,
     f"dataset.size: over 1 EiB, 1{'0' * 30}, give a smaller size"),
    (DATASET.replace('"7 GB"', "0") + TRAINING + OPTION,
     'dataset.size: a size of nothing, 0, write a size such as "48 GB"'),
    # the data set
    ("[dataset]\nimages = 3\n" + TRAINING + OPTION,
     'dataset.size: missing, no value, add size = "6.6 GB", or folder = "data/images" for both'),
    ('[dataset]\nsize = "3 GB"\n' + TRAINING + OPTION,
     'dataset.images: missing, no value, add images = 60000, or folder = "data/images" for both'),
    ('[dataset]\nfolder = "a"\nimages = 3\n' + TRAINING + OPTION,
     "dataset.images: given beside folder, 3, remove images or folder"),
    (in_dataset('part_size = "1 MiB"'),
     'dataset.part_size: S3 takes parts of 5 MiB to 5 GiB, "1 MiB", write e.g. "16 MiB"'),
    (in_dataset("bucket_key = true"),
     'dataset.encryption: missing, no value, add encryption = "SSE-KMS", which alone has keys of the bucket'),
    (in_dataset('location = "gcs"\nencryption = "SSE-KMS"'),
     'dataset.encryption: S3 has it, Google Cloud Storage is priced in its class Standard, "SSE-KMS", remove it, or '
     'write location = "s3"'),
    (in_dataset('location = "gcs"\nregion = "us-east-1"'),
     'dataset.region: no region of Google Cloud Storage in the price book, "us-east-1", did you mean us-east1 or '
     "us-east4? cloudcost schema --format names lists all"),
    (in_dataset('location = "azure"\nregion = "moon"'),
     'dataset.region: no region of Azure Blob Storage in the price book, "moon", cloudcost schema --format '
     "names lists them"),
    (in_dataset('region = "us-central1"'),
     'dataset.region: unknown region, "us-central1", did you mean eu-central-1 or ca-central-1? cloudcost schema '
     "--format names lists all"),
    (in_dataset('location = "local"\nregion = "us-east-1"'),
     'dataset.region: beside location = "local", which lies in no region, "us-east-1", remove region or location'),
    (in_dataset('storage_class = "DEEP_ARCHIVE"\nrestore = "Expedited"'),
     'dataset.restore: DEEP_ARCHIVE has no such restores, "Expedited", write "Standard" or write "Bulk"'),
    (in_dataset('location = "gcs"\nstorage_class = "GLACIER"'),
     'dataset.storage_class: S3 has it, Google Cloud Storage is priced in its class Standard, "GLACIER", remove it, '
     'or write location = "s3"'),
    (in_dataset('location = "gcs"\n[[dataset.objects]]\ncount = 3\nsize = "1 GB"\nstorage_class = "GLACIER"').replace(
        'size = "7 GB"\n', ""),
     'dataset.objects[0].storage_class: S3 has it, Google Cloud Storage is priced in its class Standard, "GLACIER", '
     'remove it, or write location = "s3"'),
    (in_dataset('location = "azure"\nlifecycle = { expire_after_days = 3 }'),
     "dataset.lifecycle: S3 has it, Azure Blob Storage is priced in its class Hot LRS, "
     '{expire_after_days = 3}, remove it, or write location = "s3"'),
    (in_dataset('lifecycle = { to = "GLACIER" }'),
     "dataset.lifecycle[0].after_days: missing, no value, add the age at which objects move, after_days = 30"),
    (in_dataset('lifecycle = { abort_incomplete_after_days = 7, min_object_size = "1 MB" }'),
     "dataset.lifecycle[0].abort_incomplete_after_days: not together with min_object_size, 7, write a rule of its own "
     "for incomplete uploads"),
    (in_dataset('lifecycle = { to = "STANDARD", after_days = 3 }'),
     'dataset.lifecycle[0].to: not a known value, "STANDARD", did you mean "STANDARD_IA"? it is one of STANDARD_IA, '
     "INTELLIGENT_TIERING, ONEZONE_IA, GLACIER_IR, GLACIER, DEEP_ARCHIVE"),
    (in_dataset('lifecycle = { to = "STANDARD_IA", after_days = 3 }'),
     "dataset.lifecycle[0].after_days: S3 moves nothing to STANDARD_IA before 30 days, 3, write 30 or more"),
    (in_dataset('lifecycle = [{to = "GLACIER_IR", after_days = 40}, {to = "GLACIER", after_days = 10}]'),
     "dataset.lifecycle[1].after_days: not later than the rule before it, 10, write more than 40"),
    (in_dataset('lifecycle = [{to = "GLACIER", after_days = 10}, {to = "GLACIER_IR", after_days = 40}]'),
     'dataset.lifecycle[1].to: objects cannot move there from GLACIER, "GLACIER_IR", name a colder class'),
    (in_dataset('storage_class = "DEEP_ARCHIVE"\nlifecycle = [{to = "GLACIER", after_days = 10}]'),
     'dataset.lifecycle[0].to: objects cannot move there from DEEP_ARCHIVE, "GLACIER", remove the rule'),
    (in_dataset("lifecycle = { after_days = 3 }"),
     'dataset.lifecycle[0].to: missing, no value, add the class that objects move to, to = "GLACIER"'),
    (in_dataset("lifecycle = { min_object_size = 3 }"),
     "dataset.lifecycle[0].to: missing, no value, add what the rule does: to = \"GLACIER\" with after_days = 30, or "
     "expire_after_days"),
    (in_dataset("lifecycle = { expire_after_days = 9, keep_newest = 3 }"),
     "dataset.lifecycle[0].noncurrent_expire_after_days: missing, no value, add when noncurrent versions but the "
     "newest are deleted, in days"),
    (in_dataset('lifecycle = { to = "GLACIER", after_days = 9, expire_after_days = 9 }'),
     "dataset.lifecycle[0].expire_after_days: not later than after_days of the same rule, 9, write more than 9"),
    (in_dataset('lifecycle = { to = "STANDARD_IA", noncurrent_after_days = 3 }'),
     "dataset.lifecycle[0].noncurrent_after_days: S3 moves nothing to STANDARD_IA before 30 days, 3, write 30 or more"),
    (in_dataset("archive_access_days = 200\ndeep_archive_access_days = 180"),
     "dataset.deep_archive_access_days: not later than archive_access_days, 180, write more than 200"),
    (in_dataset("lifecycle = 3"),
     "dataset.lifecycle: not a list, 3, write e.g. lifecycle = [{to = \"GLACIER\", after_days = 30}]"),
    (in_dataset("lifecycle = [3]"),
     "dataset.lifecycle[0]: not a table, 3, write e.g. lifecycle = [{to = \"GLACIER\", after_days = 30}]"),
    # trainings
    (in_training("batch = 0"), "training[0].batch: less than 1, 0, write e.g. batch = 32"),
    (
        in_training('precision = "fp16"'),
        'training[0].precision: not a known value, "fp16", did you mean "bf16"? it is one of default, fp32, tf32, amp, '
        "bf16, half",
    ),
    (in_training("hours_per_run = 6"),
     'training[0].hours_per_run_on: missing, no value, add the device of the measurement, hours_per_run_on = "T4"'),
    (in_training('hours_per_run_on = "T4"'),
     "training[0].hours_per_run: missing, no value, add the measured hours, hours_per_run = 6"),
    (in_training('hours_per_run = 0\nhours_per_run_on = "T4"'),
     "training[0].hours_per_run: not over 0, 0, write e.g. hours_per_run = 6"),
    (in_training("checkpoint = { size = 3, every_epoch = 1 }"),
     "training[0].checkpoint.every_epoch: unknown key, 1, did you mean every_epochs?"),
    (in_training('[[training]]\nname = "a"\nnetwork = "alexnet"\nepochs = 1\n'
                 '[[training]]\nname = "a"\nnetwork = "vgg16"\nepochs = 1'),
     'training[2].name: the name of an earlier training, "a", choose another name'),
    # counts
    (in_training("runs = 0"), "training[0].runs: less than 1, 0, write e.g. runs = 12"),
    (in_training('runs = "many"'), 'training[0].runs: not a whole number, "many", write e.g. runs = 12'),
    (in_training("runs = []"), "training[0].runs: empty, [], write e.g. runs = 12"),
    (in_training("runs = [1, -2]"), "training[0].runs[1]: less than 1, -2, write e.g. runs = 12"),
    (in_training("runs = { low = 1, high = 3 }"), "training[0].runs.mode: missing, no value, add mode, or mean alone"),
    (in_training("runs = { low = 1, mode = 2, hihg = 3 }"),
     "training[0].runs.hihg: unknown key, 3, did you mean high?"),
    (in_training("runs = { low = 3, mode = 2, high = 4 }"),
     "training[0].runs.mode: less than low = 3, 2, write low <= mode <= high"),
    (in_training("runs = { low = 1, mode = 5, high = 4 }"),
     "training[0].runs.high: less than mode = 5, 4, write low <= mode <= high"),
    (in_training("runs = { mean = 5, low = 4 }"), f"training[0].runs.low: given beside mean, 4, {LOW_MODE_HIGH}"),
    (in_training("runs = { dispersion = 5 }"), "training[0].runs.mean: missing, no value, add mean = 12"),
    (in_training("runs = { mean = 0.5 }"), "training[0].runs.mean: less than 1, 0.5, write e.g. mean = 12"),
    # options
    (option('kind = "ec3"'), 'option[0].kind: not a known value, "ec3", did you mean "ec2"? '
     'it is one of ec2, sagemaker, colab, local, cloud'),
    (option('kind = "ec2"'), 'option[0].instance: missing, no value, add instance = "g4dn.xlarge"'),
    (option('kind = "sagemaker"'), 'option[0].instance: missing, no value, add instance = "ml.g4dn.xlarge"'),
    (option('kind = "sagemaker"\ninstance = "p3.2xlarge"'),
     'option[0].instance: SageMaker\'s types begin with ml., "p3.2xlarge", write "ml.p3.2xlarge"'),
    (option('kind = "ec2"\ninstance = "ml.p3.2xlarge"'),
     'option[0].instance: a type of SageMaker, not of EC2, "ml.p3.2xlarge", write "p3.2xlarge"'),
    (option('kind = "colab"'), 'option[0].accelerator: missing, no value, add accelerator = "T4"'),
    (option('kind = "cloud"'), "option[0].instance: missing, no value, add instance, or device and usd_per_hour"),
    (option(f'kind = "local"\n{MACHINE}'),
     "option[0].purchase_usd: missing, no value, add purchase_usd = 1200, or owned = true"),
    (option(f'kind = "local"\n{MACHINE}\nowned = false'),
     "option[0].purchase_usd: missing, no value, add purchase_usd = 1200, or owned = true"),
    (in_option("watts = 300"),
     'option[0].watts: does not belong to kind = "ec2", 300, remove it, or use kind = "local"'),
    (in_option('plan = "free"'),
     'option[0].plan: does not belong to kind = "ec2", "free", remove it, or use kind = "colab"'),
    (option('kind = "colab"\naccelerator = "T4"\nplan = "free"\nhigh_memory = true'),
     'option[0].high_memory: for subscribers, not on the free plan, true, remove it, or write plan = "pay-as-you-go"'),
    (in_option('plan = "freee"'), 'option[0].plan: not a known value, "freee", did you mean "free"? '
     'it is one of free, pay-as-you-go, pro, pro+, kaggle, studio-lab'),
    (in_option('purchase = "Spot"'), 'option[0].purchase: not a known value, "Spot", did you mean "spot"? '
     'cloudcost schema lists all'),
    (in_option('purchase = "reserved-2y-no-upfront"'),
     'option[0].purchase: not a known value, "reserved-2y-no-upfront", did you mean "reserved-1y-no-upfront"? '
     "cloudcost schema lists all"),
    (in_option("hours_per_run = 6\nseconds_per_step = 1"),
     "option[0].seconds_per_step: given beside hours_per_run, 1, keep one of the two"),
    (in_option("notebook_hours = 6"),
     'option[0].notebook_instance: missing, no value, add notebook_instance = "ml.t3.medium"'),
    (in_option('notebook_instance = "ml.t3.medium"'),
     "option[0].notebook_hours: missing, no value, add the hours that it is on, notebook_hours = 96"),
    (in_option('notebook_instance = "t3.medium"\nnotebook_hours = 1'),
     'option[0].notebook_instance: SageMaker\'s types begin with ml., "t3.medium", write "ml.t3.medium"'),
    (in_option("idle_hours_per_day = 25"),
     "option[0].idle_hours_per_day: more than 24, 25, write a number from 0 to 24"),
    (option(f'kind = "local"\n{MACHINE}\nowned = true\nresale = 2'),
     "option[0].resale: more than 1, 2, write resale = 0.02 for 2 %"),
    (option(f'kind = "local"\n{MACHINE}\nowned = true\nwatts = "x"'),
     'option[0].watts: not a number, "x", write e.g. watts = 320'),
    (option(f'kind = "local"\n{MACHINE}\nowned = "yes"'),
     'option[0].owned: neither true nor false, "yes", write e.g. owned = true'),
    (in_option('name = "a"\n[[option]]\nname = "a"\nkind = "colab"\naccelerator = "T4"'),
     'option[1].name: the name of an earlier option, "a", choose another name'),
    (in_option('name = "a b"\n[[option]]\nname = " a  b "\nkind = "colab"\naccelerator = "T4"'),
     'option[1].name: the name of an earlier option, " a  b ", choose another name'),
    (in_option('name = "\u00e9"\n[[option]]\nname = "e\u0301\u200b"\nkind = "colab"\naccelerator = "T4"'),
     'option[1].name: the name of an earlier option, "e\u0301?", choose another name'),
    (option('kind = "sagemaker"\ninstance = inf'),
     'option[0].instance: not a text in quotes, inf, write e.g. instance = "ml.g4dn.xlarge"'),
    # not TOML
    ("[dataset]\nimages =\n", 'line 2: not TOML (invalid value), "images =", correct that line'),
    ("[dataset]\nsize = 'x", 'line 2: not TOML (expected "\'"), "size = \'x", correct that line'),
    ("[dataset]\nimages = 1\nimages = 2\n",
     'line 3: not TOML (cannot overwrite a value), "images = 2", correct that line'),
    ("", "file: empty, 0 characters, cloudcost init writes one to start from"),
    (" \n", "file: empty, 2 characters, cloudcost init writes one to start from"),
    ("a = 1\0", "file: not a text, a byte of zero, choose another file"),
    ("a = " + "[" * 20_000, "file: nested too deeply, lists in lists, remove the brackets"),
    ("a = " + "1" * 5000, "file: a number that cannot be read, too many digits, shorten it"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line"), CASES, ids=[line[:60] for _, line in CASES])
def test_each_fault_is_told_in_one_line(text: str, line: str) -> None:
    assert faults(text) == (f"p.toml:{line}",)


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    text = (
        '[[option]]\nkind = "ec2"\naccelerator = "T4"\n[[training]]\nbatch = -1\nepochs = true\nruns = 2\n'
        '[dataset]\nimages = 1\nsize = "1 XB"\n[project]\nmachines = 0\n'
    )
    keys = [line.split(": ")[0] for line in faults(text)]
    assert keys == [
        "p.toml:project.machines", "p.toml:dataset.size", "p.toml:training[0].network", "p.toml:training[0].batch",
        "p.toml:training[0].epochs", "p.toml:option[0].accelerator", "p.toml:option[0].instance",
    ]  # fmt: skip


def test_a_misspelt_key_is_not_also_told_as_missing() -> None:
    assert faults(option('kind = "ec2"\ninstanse = "x"')) == (
        'p.toml:option[0].instanse: unknown key, "x", did you mean instance?',
    )


WRONG: list[object] = [
    True, -1, 0, 1.5, 10**30, Decimal("1e-400"), Decimal("1e400"), Decimal("nan"), Decimal("-inf"), math.nan, "", "x",
    "x" * 5000, "\x1b[31m\n", [], [[]], [1, "a"], {}, {"a": {"b": 1}}, {"low": "x"}, date(1, 1, 1),
    datetime(2026, 1, 1), # noqa: DTZ001  a TOML local datetime has no zone
]  # fmt: skip


@pytest.mark.parametrize(("table", "key"), [(t, k) for t, model in TABLES.items() for k in model.model_fields])
def test_no_wrong_value_of_any_key_escapes_this_librarys_words(
    table: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = 0
    for value in WRONG:
        raw: dict[str, object] = {
            "project": {}, "dataset": {"images": 1, "size": 1}, "training": [{"network": "a", "epochs": 1}],
            "option": [{"kind": "ec2", "instance": "x"}],
        }  # fmt: skip
        row: dict[str, object] = {key: value}
        match table:
            case "project":
                raw["project"] = row
            case "dataset":
                raw["dataset"] = row
            case "lifecycle":
                raw["dataset"] = {"images": 1, "size": 1, "lifecycle": row}
            case "epochs" | "runs" | "checkpoint" | "logs":
                raw["training"] = [{"network": "a", "epochs": 1, table: row}]
            case _:
                raw[table] = [row]
        monkeypatch.setattr("cloudcost.project.file._parse_toml", lambda text, file, raw=raw: raw)
        try:
            parse_project("", name="p.toml", today=TODAY)
        except ProjectFileError as error:
            refused += 1
            for line in error.faults:
                assert LINE.fullmatch(line), line
                assert line.isprintable(), line
                assert "not a valid value" not in line
                assert "nput " not in line
                assert len(line) < 400
    assert refused > 10


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("b.toml", b"\xff\xfe\x00a", "b.toml:file: not a text in UTF-8, byte 0xff at 0, save it as UTF-8"),
        ("b.toml", bytes(range(128)), "b.toml:file: not a text, a byte of zero, choose another file"),
        (
            "b.toml",
            b"#" * (LONGEST_FILE + 1),
            f"b.toml:file: no project file, over {LONGEST_FILE} bytes, choose another file",
        ),
        ("b.toml", b"", "b.toml:file: empty, 0 characters, cloudcost init writes one to start from"),
    ],
)
def test_a_file_that_is_no_project_file(tmp_path: Path, name: str, content: bytes, line: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ProjectFileError) as caught:
        read_project(tmp_path / name, today=TODAY)
    assert caught.value.faults == (line,)


def test_a_missing_file_names_a_near_one(tmp_path: Path) -> None:
    (tmp_path / "reto.toml").write_text("")
    with pytest.raises(ProjectFileError, match=r"retro.toml:file: no such file, .*, did you mean reto.toml\?"):
        read_project(tmp_path / "retro.toml", today=TODAY)
    with pytest.raises(ProjectFileError, match=r"no such file, .*, cloudcost init writes one"):
        read_project(tmp_path / "other.toml", today=TODAY)
    with pytest.raises(ProjectFileError, match=r"no such file, .*, check the folder's name"):
        read_project(tmp_path / "none" / "reto.toml", today=TODAY)


def test_a_folder_and_a_path_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(ProjectFileError, match=r"a folder, .*, name the file in it"):
        read_project(tmp_path, today=TODAY)
    with pytest.raises(ProjectFileError, match="cannot be read, no valid path, choose another file"):
        read_project(Path("a\0b"), today=TODAY)
    with pytest.raises(ProjectFileError, match="cannot be read, File name too long, choose another file"):
        read_project(tmp_path / ("x" * 300), today=TODAY)


def test_an_error_without_faults_of_a_known_key_still_reads() -> None:
    assert example("low", None) == "low = ..."
    assert project_file_error("p.toml", []).faults == ()


@settings(max_examples=examples(120), deadline=None)
@given(text=st.text(st.sampled_from("[]{}=\"'.,-_ \n#aet019\t\r\\:é\x00"), max_size=60))
def test_any_text_is_a_project_or_one_clear_error(text: str) -> None:
    lines = faults(text)
    assert lines
    assert all(re.fullmatch(r"p\.toml:[^\n]+: [^\n]+, [^\n]+, [^\n]+", line) for line in lines), lines


def test_each_word_of_other_tools_names_keys_that_there_are_and_is_none() -> None:
    for table in TABLES.values():
        assert not OTHER_WORDS.keys() & table.model_fields.keys()
    keys = {key for table in TABLES.values() for key in table.model_fields}
    assert {each for meant in OTHER_WORDS.values() for each in meant} <= keys

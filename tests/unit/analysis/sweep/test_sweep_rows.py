"""Rows of a sweep are estimates: the same totals, times and reasons, whoever computes them."""

from __future__ import annotations

import csv
import io
import pickle
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cloudcost.analysis.compare import compare
from cloudcost.analysis.sweep.chunks import run_chunk
from cloudcost.analysis.sweep.job import COLUMNS, Job
from cloudcost.analysis.sweep.plan import plan_sweep
from cloudcost.analysis.sweep.run import chunks_of
from cloudcost.analysis.sweep.variants import Variants
from cloudcost.analysis.sweep.write import form_of, header, part_of, write_file
from cloudcost.errors import InputError, OutputError
from cloudcost.money import decimal_string
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.convert import project_of
from cloudcost.project.file import checked_tables, raw_tables

TODAY = date(2026, 11, 22)
RETO = bundled_project_text("reto")
SMALL = """
[project]
duration = "40 days"
credits_usd = 5
tax_rate = 0.16
[dataset]
images = 60000
size = "7 GB"
downloads = 2
[[training]]
network = "resnet18"
epochs = 5
batch = 32
runs = 3
[[option]]
kind = "ec2"
instance = "g4dn.xlarge"
[[option]]
kind = "colab"
accelerator = "T4"
[[option]]
kind = "local"
purchase_usd = 1500
resale = 0.4
device = "RTX 3060"
electricity_usd_per_kwh = 0.2
"""


def job_of(text: str, *over: str, sample: int | None = None, seed: int = 1) -> Job:
    return plan_sweep(text, file="small.toml", path="", over=over, today=TODAY, sample=sample, seed=seed)


TIMES = ("hours", "wait_hours", "hours_per_run", "seconds_per_iteration")
TIMES_AGREE = 1e-12
"""A sweep sums the same floats in other groups than an estimate, and NumPy's sums are not the same in each release."""


def rows_of(job: Job) -> list[dict[str, str]]:
    content = header(job) + b"".join(chunks_of(job, workers=1))
    return list(csv.DictReader(io.StringIO(content.decode())))


def assert_rows_are_estimates(text: str, job: Job) -> None:
    """Price each project anew, as `compare` does with a file that states it, and hold the rows against it."""
    raw = raw_tables(text, file="small.toml")
    base = project_of(checked_tables(raw, file="small.toml"), name="small", today=TODAY)
    variants = Variants(raw, base, job.keys, job.values, file="small.toml", today=TODAY)
    from cloudcost.analysis.sweep.chunks import Worker

    rows = iter(rows_of(job))
    for chunk in range(job.chunks):
        for point in Worker(job).points(chunk):
            tables = checked_tables(variants.whole(point), file="small.toml")
            project = project_of(tables, name="small", today=TODAY)
            comparison = compare(project, today=TODAY)
            for option in project.options:
                estimate, row = comparison.option(option.name), next(rows)
                expected = [
                    estimate.name,
                    estimate.kind,
                    str(estimate.feasible),
                    estimate.reason,
                    "" if estimate.total_usd is None else decimal_string(estimate.total_usd),
                    estimate.basis or "",
                    str(comparison.best is not None and comparison.best.name == estimate.name),
                ]
                assert [row[column] for column in COLUMNS if column not in TIMES] == expected
                for column in TIMES:
                    figure = getattr(estimate, column)
                    assert (row[column] == "") == (figure is None)
                    assert figure is None or float(row[column]) == pytest.approx(figure, rel=TIMES_AGREE)
    assert next(rows, None) is None


LEFT_ON = """
[[left_on]]
service = "AmazonSageMaker"
usage_type = "Host:ml.g5.xlarge"
quantity = 1.5
[[left_on]]
service = "AmazonEC2"
usage_type = "EBS:SnapshotUsage"
quantity = 100
from = "2026-11-25"
until = 2027-02-01T08:00:00Z
option = "local RTX 3060"
"""


@pytest.mark.parametrize("over", ["project.duration=20 days,90 days", "project.region=us-east-1,us-west-2"])
def test_what_is_left_on_counts_in_every_row(over: str) -> None:
    text = SMALL + LEFT_ON
    assert_rows_are_estimates(text, job_of(text, over))
    with_it, without = rows_of(job_of(text, over)), rows_of(job_of(SMALL, over))
    more = {row["option"]: Decimal(row["total_usd"]) - Decimal(other["total_usd"])
            for row, other in zip(with_it, without, strict=True)}  # fmt: skip
    assert more["colab T4"] == 0
    assert min(more["ec2 g4dn.xlarge"], more["local RTX 3060"]) > 0


@pytest.mark.parametrize(
    "over",
    [
        ["left_on.quantity=1,2.5", "project.duration=20 days,90 days"],
        ["left_on.0.quantity=0.5:3:1.25", "left_on.1.quantity=100,250"],
        ["left_on.1.until=2026-11-26,2027-01-15T08:00:00Z", "left_on.1.from=2026-11-24,2026-12-24"],
        ["left_on.0.region=us-east-1,us-west-2", "training.runs=1,7"],
        ["left_on.1.option=colab T4,local RTX 3060"],
    ],
)
def test_the_keys_of_what_is_left_on_are_swept(over: list[str]) -> None:
    text = SMALL + LEFT_ON
    job = job_of(text, *over)
    if "until" in over[0]:  # some ends lie before the beginning: those rows say so
        said = [row["reason"] for row in rows_of(job)]
        assert len([reason for reason in said if "until: not after from" in reason or "not after from" in reason]) == 3
        return
    assert_rows_are_estimates(text, job)
    assert len({row["total_usd"] for row in rows_of(job)}) > 3


@pytest.mark.parametrize(
    ("text", "over", "said"),
    [
        (SMALL, "left_on.quantity=1,2", 'the project has none, "left_on", add a table [[left_on]]'),
        (SMALL + LEFT_ON, "left_on.2.quantity=1,2", "no such key"),
        (SMALL + LEFT_ON, "left_on.0.quantity=0,1", "left_on[0].quantity: not over 0"),
        (SMALL + LEFT_ON, "left_on.0.usage_type=Host:ml.g5.xlarg", "unknown usage type"),
    ],
)
def test_a_key_of_what_is_left_on_that_cannot_be_is_refused(text: str, over: str, said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        job_of(text, over)


def test_a_grid_has_the_figures_of_single_estimates() -> None:
    job = job_of(SMALL, "training.runs=1,7,400", "project.keep_months=0,2", "training.batch=8,64")
    assert_rows_are_estimates(SMALL, job)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
def test_a_random_sample_has_the_figures_of_single_estimates(seed: int) -> None:
    job = job_of(
        SMALL, "dataset.size=log:1 MB..50000000 MB", "training.runs=1..60", "project.duration=1..90 days",
        "project.machines=1..3", "option.idle_hours_per_day=0.0..5.0", "dataset.reader=copy,stream,shards",
        "dataset.storage_class=STANDARD,STANDARD_IA,GLACIER", "training.epochs=1..40",
        "option.colab T4.plan=free,pro,pay-as-you-go", "option.machines=1..3", "option.reader=copy,stream,shards",
        "option.volume_gib=0..300", "option.region=us-east-1,us-west-2", "option.data_copy=true,false",
        sample=12, seed=seed,
    )  # fmt: skip
    assert_rows_are_estimates(SMALL, job)


def test_the_bundled_project_has_the_figures_of_single_estimates() -> None:
    assert_rows_are_estimates(RETO, job_of(RETO, "dataset.size=1 GB,300 GB", "training.vgg16.runs=1,9"))


def test_a_grid_counts_its_last_key_fastest_and_runs_fastest_of_all() -> None:
    rows = rows_of(job_of(SMALL, "training.runs=1,2", "training.batch=8,16", "project.machines=1,2"))[::3]
    assert [(row["training.runs"], row["training.batch"], row["project.machines"]) for row in rows] == [
        ("1", "8", "1"), ("2", "8", "1"), ("1", "8", "2"), ("2", "8", "2"),
        ("1", "16", "1"), ("2", "16", "1"), ("1", "16", "2"), ("2", "16", "2"),
    ]  # fmt: skip


def test_a_value_that_one_option_cannot_take_is_a_row_with_its_reason() -> None:
    both = SMALL + '[[option]]\nkind = "sagemaker"\ninstance = "ml.g4dn.xlarge"\n'
    rows = rows_of(job_of(both, "option.instance=g5.xlarge"))
    assert [row["feasible"] for row in rows if row["kind"] == "ec2"] == ["True"]
    [sagemaker] = [row for row in rows if row["kind"] == "sagemaker"]
    assert (sagemaker["feasible"], sagemaker["total_usd"]) == ("False", "")
    assert "begin with ml." in sagemaker["reason"]


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ("option.instance=g4dn.xlarge,g4dn.xlarg", 'unknown machine type, "g4dn.xlarg", did you mean g4dn.xlarge'),
        ("training.network=resnet18,resnet81", 'unknown network, "resnet81", did you mean resnet18'),
        ("project.region=us-est-1", 'unknown region, "us-est-1", did you mean us-east-1'),
    ],
)
def test_a_swept_name_that_is_not_known_is_a_fault(over: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        job_of(SMALL, over, "training.batch=8,16", "option.idle_hours_per_day=0,1")
    assert said in str(caught.value)


def test_keys_that_only_fit_together_are_swept_together() -> None:
    rows = rows_of(job_of(SMALL, "training.hours_per_run=2", "training.hours_per_run_on=T4"))
    assert rows[0]["hours_per_run"] == "2.0"
    with pytest.raises(InputError, match="hours_per_run_on"):
        job_of(SMALL, "training.hours_per_run=2")


def test_a_combination_that_cannot_be_read_is_a_row_with_its_reason() -> None:
    rows = rows_of(job_of(SMALL, "training.runs.low=1,9", "training.runs.mode=5", "training.runs.high=9"))
    assert [row["feasible"] for row in rows[::3]] == ["True", "False"]
    assert "low" in rows[3]["reason"]


def test_an_option_that_is_named_by_its_machine_keeps_its_name() -> None:
    rows = rows_of(job_of(SMALL, "option.instance=g4dn.xlarge,g5.xlarge"))
    assert {row["option"] for row in rows if row["kind"] == "ec2"} == {"ec2 g4dn.xlarge"}


@pytest.mark.slow
def test_rows_do_not_depend_on_the_number_of_processes() -> None:
    job = job_of(SMALL, "dataset.size=1 GB..9 GB", "training.runs=1..9", sample=600)
    assert b"".join(chunks_of(job, workers=2)) == b"".join(chunks_of(job, workers=1))


def test_a_chunk_is_the_same_alone() -> None:
    job = job_of(SMALL, "training.runs=1:700")
    alone = run_chunk(pickle.dumps(job), 2)
    assert list(chunks_of(job, workers=1))[2] == alone


def test_parquet_has_the_rows_of_csv(tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    over = ["training.runs=1,2,900", "project.tax_rate=0,0.16", "dataset.size=1 GB"]
    plan = plan_sweep(SMALL, file="small.toml", path="", over=over, today=TODAY, form="parquet")
    path = tmp_path / "rows.parquet"
    write_file(plan, lambda: chunks_of(plan, workers=1), path, lambda _: None)
    table = pq.read_table(path)
    assert [str(field.type) for field in table.schema][:4] == ["int64", "double", "string", "string"]
    expected = rows_of(job_of(SMALL, *over))
    assert table.column_names == list(expected[0])
    for row, text in zip(table.to_pylist(), expected, strict=True):
        for name, value in row.items():
            if isinstance(value, float):
                assert value == float(text[name])
            else:
                assert ("" if value is None else str(value)) == text[name]


def test_a_file_that_is_interrupted_holds_whole_rows_under_another_name(tmp_path: Path) -> None:
    job = job_of(SMALL, "training.runs=1:600")

    def interrupted() -> Iterator[bytes]:
        yield next(iter(chunks_of(job, workers=1)))
        raise KeyboardInterrupt

    path = tmp_path / "rows.csv"
    path.write_text("older rows\n")
    with pytest.raises(KeyboardInterrupt):
        write_file(job, interrupted, path, lambda _: None)
    assert path.read_text() == "older rows\n"
    kept = list(csv.reader(io.StringIO(part_of(path).read_text())))
    assert len(kept) == 1 + 250 * 3
    assert {len(row) for row in kept} == {1 + len(COLUMNS)}


def test_an_interrupted_parquet_file_can_be_read(tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    job = plan_sweep(SMALL, file="s.toml", path="", over=["training.runs=1:600"], today=TODAY, form="parquet")

    def interrupted() -> Iterator[bytes]:
        yield next(iter(chunks_of(job, workers=1)))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_file(job, interrupted, tmp_path / "rows.parquet", lambda _: None)
    assert pq.read_table(tmp_path / "rows.parquet.part").num_rows == 750


@pytest.mark.parametrize("name", ["folder.csv/../taken/rows.csv", "folder.csv"])
def test_a_path_that_cannot_be_written_is_said_before_computing(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "taken").write_text("a file", encoding="utf-8")

    def never() -> Iterator[bytes]:
        raise AssertionError("computed before the file was opened")

    with pytest.raises(OutputError, match="cannot be written"):
        write_file(job_of(SMALL, "training.runs=1"), never, tmp_path / name, lambda _: None)


def test_other_endings_are_faults() -> None:
    with pytest.raises(InputError, match=r"\.csv or \.parquet"):
        form_of(Path("rows.xlsx"))


BESIDE = (
    SMALL
    + """
[[option]]
kind = "cloud"
provider = "gcp"
instance = "g2-standard-4"
region = "europe-west4"
hours_per_run = 2
"""
)


@pytest.mark.parametrize(
    "over",
    [
        ("dataset.location=s3,gcs,azure", "project.region=us-east-1,eu-west-1"),
        ("dataset.location=azure", "option.data_copy=true,false"),
        ("dataset.reader=stream", "dataset.cache=true,false", "dataset.encryption=SSE-S3,SSE-KMS"),
        ("dataset.reader=shards", "dataset.workers=1,4", "dataset.part_size=5 MiB,64 MiB"),
    ],
)
def test_rows_read_the_bucket_that_a_single_estimate_reads(over: tuple[str, ...]) -> None:
    assert_rows_are_estimates(BESIDE, job_of(BESIDE, *over))

"""Scanning a bucket through S3's API on loopback: equal to the last byte, read-only, and gone on with when stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("boto3", reason="boto3 is not installed (extra s3)")
pytest.importorskip("moto.server", reason="moto[server] is not installed")

from tests.moto_bucket import ENVIRONMENT, ON, Filled, Server, fill, serving

from cloudcost.cli import run
from cloudcost.errors import InputError
from cloudcost.project.file import parse_project
from cloudcost.scan.bucket.client import ForbiddenRequestError, ReadOnlyClient
from cloudcost.scan.bucket.listing import scan_bucket
from cloudcost.scan.bucket.progress import ScanProgress, load, save
from cloudcost.scan.content import Scan

SOURCE = "s3://bucket"
Sums = Counter[tuple[Any, ...]]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with serving() as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL", running.url)
        yield running
    from moto.s3.models import s3_backends

    s3_backends.reset()


def scanned(source: str = SOURCE, **more: Any) -> Scan:
    arguments = {"on": ON, "save": lambda _: None, "most": 10**6, **more}
    return scan_bucket(ReadOnlyClient(source), source, **arguments)


def sums(scan: Scan) -> tuple[Sums, Sums]:
    """Return counts and bytes by class, age, days noncurrent and newer versions; size classes put together."""
    counts: Sums = Counter()
    sizes: Sums = Counter()
    for each in scan.objects:
        cell = (each.storage_class, each.age_days, each.noncurrent_days, each.newer_versions)
        counts[cell] += each.count
        sizes[cell] += each.size_bytes
    return counts, sizes


def unfinished(scan: Scan) -> tuple[int | None, int | None]:
    return scan.incomplete_uploads, scan.incomplete_bytes


@pytest.mark.slow
def test_versions_classes_ages_and_uploads_are_equal_to_the_last_byte(server: Server) -> None:
    filled = fill("bucket", 2000)
    scan = scanned()
    assert sums(scan) == filled.sums()
    assert unfinished(scan) == (filled.uploads, filled.upload_bytes)
    assert scan.delete_markers == sum(put.is_marker for put in filled.puts)
    assert scan.requests["ListObjectVersions"] == 2
    # no write call, ever
    assert len(server.asked) >= 5
    assert {asked.split()[0] for asked in server.asked} == {"GET"}


@pytest.mark.slow
def test_a_bucket_without_versions_is_listed_by_its_objects(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "120")
    filled = fill("bucket", 300, versioned=False)
    scan = scanned("s3://bucket/images/")
    assert sums(scan) == filled.sums("images/")
    assert scan.requests["ListObjectsV2"] == 2
    assert scan.versioning is False


@pytest.mark.slow
def test_a_scan_goes_on_from_every_page(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "100")
    filled = fill("bucket", 450)
    path = tmp_path / "progress.json"

    class StoppedError(Exception):
        pass

    def stopping(progress: ScanProgress) -> None:
        save(progress, path)
        raise StoppedError

    attempts = 0
    while True:
        try:
            scan = scanned(saved=load(path, SOURCE), save=stopping)
            break
        except StoppedError:
            attempts += 1
    assert attempts == 4
    assert sums(scan) == filled.sums()
    assert unfinished(scan) == (filled.uploads, filled.upload_bytes)


@pytest.mark.slow
def test_a_killed_scan_is_gone_on_with_by_the_same_command(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "100")
    filled = fill("bucket", 350)
    path = tmp_path / "progress.json"
    command = [
        sys.executable,
        "-c",
        _SLOW,
        "scan",
        SOURCE,
        "--resume",
        str(path),
        "--today",
        str(ON),
        "--format",
        "json",
    ]
    process = subprocess.Popen(
        command, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    while b"page" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stderr.close()
    assert path.exists()
    asked = len(server.asked)
    result = subprocess.run(
        [sys.executable, "-m", "cloudcost", *command[3:]], capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    document = json.loads(result.stdout)
    counts, sizes = filled.sums()
    assert document["current"]["count"] + document["noncurrent"]["count"] == sum(counts.values())
    assert document["current"]["size_bytes"] + document["noncurrent"]["size_bytes"] == sum(sizes.values())
    pages = [each for each in server.asked[asked:] if "versions&" in each]
    assert len(pages) == 3  # of four: the first is not asked for again
    assert "going on after" in result.stderr
    assert not path.exists()


@pytest.mark.slow
def test_the_aws_cli_lists_the_same(server: Server) -> None:
    pytest.importorskip("awscli", reason="the AWS CLI is not installed")
    fill("bucket", 400, uploads=0)
    scan = scanned()
    command = [
        sys.executable,
        "-m",
        "awscli",
        "s3api",
        "list-object-versions",
        "--bucket",
        "bucket",
        "--output",
        "json",
    ]
    done = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True, text=True, check=True
    )
    listed = json.loads(done.stdout)
    by_class: Counter[tuple[str, int]] = Counter()
    for each in scan.objects:
        by_class[each.storage_class or "", 0] += each.count
        by_class[each.storage_class or "", 1] += each.size_bytes
    for each in listed["Versions"]:
        by_class[each["StorageClass"], 0] -= 1
        by_class[each["StorageClass"], 1] -= each["Size"]
    assert not +by_class
    assert not -by_class
    assert scan.delete_markers == len(listed["DeleteMarkers"])


_SLOW = """
import sys, time
from cloudcost.scan.bucket import progress
kept = progress.save
def slowly(*arguments):
    kept(*arguments)
    print("page", file=sys.stderr, flush=True)
    time.sleep(30)
progress.save = slowly
from cloudcost.cli import run, scan
scan.SAVE_SECONDS = 0
sys.exit(run(sys.argv[1:]))
"""
"""A command that waits after the first page, so that it can be killed there."""


@pytest.mark.slow
def test_the_table_is_one_that_a_project_takes(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    filled = fill("bucket", 60)
    import boto3

    rules = [
        {"ID": "a", "Status": "Enabled", "Filter": {}, "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}],
         "NoncurrentVersionExpiration": {"NoncurrentDays": 9, "NewerNoncurrentVersions": 1}},
        {"ID": "b", "Status": "Enabled", "Filter": {"Prefix": "far/"}, "Expiration": {"Days": 3}},
    ]  # fmt: skip
    boto3.client("s3").put_bucket_lifecycle_configuration(Bucket="bucket", LifecycleConfiguration={"Rules": rules})
    assert run(["scan", SOURCE, "--today", str(ON)]) == 0
    output = capsys.readouterr()
    text = (
        output.out + '[[training]]\nnetwork = "resnet18"\nepochs = 1\n[[option]]\nkind = "colab"\naccelerator = "T4"\n'
    )
    project = parse_project(text, name="p.toml", today=ON)
    counts, sizes = filled.sums()
    assert sum(each.count for each in project.dataset.objects) == sum(counts.values())
    assert sum(each.size_bytes for each in project.dataset.objects) == sum(sizes.values())
    assert project.dataset.incomplete_bytes == filled.upload_bytes
    assert project.dataset.versioning
    assert len(project.dataset.lifecycle) == 2
    assert "rule 'b' is left out" in output.out
    assert output.err.startswith("s3://bucket is only read. Its listing takes a request for each 1,000")
    assert "0.005 USD per million objects in us-east-1" in output.err


def told(source: str = SOURCE) -> str:
    with pytest.raises(InputError) as caught:
        scanned(source)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_no_credentials_are_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert told().startswith(
        "s3://bucket: no credentials (Unable to locate credentials), NoCredentialsError, set AWS_PROFILE"
    )


@pytest.mark.slow
def test_a_bucket_that_is_not_there_is_told(server: Server) -> None:
    assert told() == "s3://bucket: no such bucket, NoSuchBucket, correct its name"


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (403, "AccessDenied", "not permitted, s3:GetBucketVersioning is missing (GetBucketVersioning: AccessDenied)"),
        (403, "InvalidAccessKeyId", "credentials that S3 does not take, InvalidAccessKeyId"),
        (503, "SlowDown", "S3 asks for fewer requests (SlowDown to GetBucketVersioning), wait and go on with --resume"),
        (400, "OddRequest", "S3 refuses GetBucketVersioning (s3:GetBucketVersioning), "),
    ],
)
def test_a_refusal_is_told_in_one_line(
    status: int, code: str, said: str, monkeypatch: pytest.MonkeyPatch, refusing: Any
) -> None:
    for name, value in {**ENVIRONMENT, "AWS_MAX_ATTEMPTS": "1", "AWS_ENDPOINT_URL": refusing(status, code)}.items():
        monkeypatch.setenv(name, value)
    assert f"s3://bucket: {said}" in told()


@pytest.fixture
def refusing() -> Iterator[Any]:
    """Give a function that starts a server that answers every request with an error of S3's."""
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    running: list[HTTPServer] = []

    def start(status: int, code: str) -> str:
        class Refusing(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base has it
                pass

        server = HTTPServer(("127.0.0.1", 0), Refusing)
        running.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.mark.slow
def test_nothing_but_reading_can_be_sent(server: Server) -> None:
    client = ReadOnlyClient(SOURCE)
    with pytest.raises(ForbiddenRequestError, match="PutObject"):
        client._client.put_object(Bucket="bucket", Key="a", Body=b"")
    assert server.asked == []


def test_progress_of_another_scan_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    assert load(path, SOURCE) is None
    from cloudcost.scan.cells import Cells

    save(ScanProgress(source=SOURCE, on=ON, versioned=True, cells=Cells()), path)
    assert load(path, SOURCE) is not None
    with pytest.raises(InputError, match="progress of another scan"):
        load(path, "s3://other")
    path.write_text('{"schema": "cloudcost.scan_progress/1", "source": "s3://bucket"}')
    with pytest.raises(InputError, match="no progress of a scan"):
        load(path, SOURCE)


def test_filled_buckets_differ_by_prefix() -> None:
    assert Filled(puts=[], uploads=0, upload_bytes=0).sums() == (Counter(), Counter())

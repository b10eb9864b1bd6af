"""A bucket of 50,000 versions on loopback, scanned beside the AWS CLI's listing: ``python -m benchmarks.bucket``.

moto's server runs in a process of its own thread; versions, classes, delete markers and unfinished uploads are random.
The scan is killed once and gone on with. What it gives has to equal the CLI's listing to the last byte, and the
server's log may hold nothing but GET.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.moto_bucket import ENVIRONMENT, ON, Server, fill, serving

SOURCE = "s3://bucket"


def listed_by_cli(environment: dict[str, str]) -> tuple[Counter[str], Counter[str], int, int]:
    """Return versions and bytes by class, delete markers, and bytes of unfinished uploads, as the CLI lists them."""

    def ask(*arguments: str) -> Any:
        command = [sys.executable, "-m", "awscli", "s3api", *arguments, "--bucket", "bucket", "--output", "json"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return json.loads(done.stdout or "{}")

    document = ask("list-object-versions")
    counts: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for each in document.get("Versions", ()):
        counts[each["StorageClass"]] += 1
        sizes[each["StorageClass"]] += each["Size"]
    parts = 0
    for upload in ask("list-multipart-uploads").get("Uploads", ()):
        listed = ask("list-parts", "--key", upload["Key"], "--upload-id", upload["UploadId"])
        parts += sum(part["Size"] for part in listed.get("Parts", ()))
    return counts, sizes, len(document.get("DeleteMarkers", ())), parts


def scan_killed_once(environment: dict[str, str], folder: Path) -> tuple[dict[str, Any], int]:
    """Return what the scan prints, and how many objects it had when it was killed."""
    progress = folder / "progress.json"
    command = [sys.executable, "-m", "cloudcost", "scan", SOURCE, "--resume", str(progress), "--format", "json",
               "--today", str(ON), "--classes", "10000"]  # fmt: skip
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not progress.exists():
        assert process.poll() is None, "it ended before it was killed"
        time.sleep(0.05)
    process.kill()
    process.wait()
    had = sum(row[-2] for row in json.loads(progress.read_text())["cells"])
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    document: dict[str, Any] = json.loads(done.stdout)
    return document, had


def compare(server: Server, objects: int) -> None:
    begin = time.perf_counter()
    filled = fill("bucket", objects, uploads=8, days=3)  # of more, ages would be put together
    print(f"filled with {objects:,} in {time.perf_counter() - begin:.0f} s")
    environment = os.environ | ENVIRONMENT | {
        "AWS_ENDPOINT_URL": server.url, "PYTHONPATH": os.pathsep.join(sys.path),
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        document, had = scan_killed_once(environment, Path(folder))
        print(f"scanned in {time.perf_counter() - begin:.0f} s, killed after {had:,} versions")
    methods = Counter(asked.split()[0] for asked in server.asked)
    print(f"requests by method: {dict(methods)}")
    assert set(methods) == {"GET"}
    counts: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    cells: Counter[tuple[Any, ...]] = Counter()
    for row in document["objects"]:
        counts[row["storage_class"]] += row["count"]
        sizes[row["storage_class"]] += row["size_bytes"]
        cell = (row["storage_class"], row["age_days"], row["noncurrent_days"], row["newer_versions"])
        cells[cell] += row["size_bytes"]
    begin = time.perf_counter()
    cli = listed_by_cli(environment)
    print(f"listed by the AWS CLI in {time.perf_counter() - begin:.0f} s")
    found = (counts, sizes, document["delete_markers"], document["incomplete_uploads"]["size_bytes"])
    print(f"{sum(counts.values()):,} versions, {sum(sizes.values()):,} bytes, {found[2]:,} delete markers, "
          f"{document['incomplete_uploads']['count']} unfinished uploads of {found[3]:,} bytes")  # fmt: skip
    assert found == cli, "not what the AWS CLI lists"
    assert +cells == +filled.sums()[1], "not what was put there"
    print("equal to the AWS CLI's listing by class, and to what was put there by class, age and version")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=50_000)
    given = parser.parse_args()
    os.environ.update(ENVIRONMENT)
    with serving() as server:
        compare(server, given.objects)


if __name__ == "__main__":
    main()

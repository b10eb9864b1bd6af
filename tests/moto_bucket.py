"""A bucket on loopback: moto's server, which speaks S3's API, filled with objects of any age, and what is in it.

Ages cannot be had through the API, so objects are put into the server's own memory, and read through its port.
"""

from __future__ import annotations

import logging
import random
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

ACCOUNT = "123456789012"
CLASSES = ("STANDARD", "STANDARD", "STANDARD_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE", "INTELLIGENT_TIERING")
SIZES = (0, 1, 700, 5_000, 131_071, 131_072, 200_000)
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ON = date(2026, 11, 23)
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}  # fmt: skip


@dataclass(kw_only=True)
class Server:
    """A server that runs, and the requests that it has answered."""

    url: str
    asked: list[str] = field(default_factory=list)
    """Method and path of each."""


class _Shared:
    """A buffer that a copy reads and does not close."""

    def __init__(self, buffer: Any) -> None:
        self._buffer = buffer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._buffer, name)

    def close(self) -> None:
        pass


def copied_cheaply(self: Any, _: dict[int, Any]) -> Any:
    """Return a copy that shares the content: the server copies every version of a bucket for each page of a listing,
    keeps all copies, and would take 16 GB for 50,000 of them."""
    copied = object.__new__(type(self))
    copied.__dict__.update(self.__dict__)
    if "_value_buffer" in copied.__dict__:
        copied._value_buffer, copied.disposed = _Shared(self._value_buffer), True
    return copied


@contextmanager
def serving() -> Iterator[Server]:
    """Run moto's server on a free port."""
    from moto.s3.models import FakeDeleteMarker, FakeKey
    from moto.server import ThreadedMotoServer

    for kind in (FakeKey, FakeDeleteMarker):
        kind.__deepcopy__ = copied_cheaply
    server = ThreadedMotoServer(port=0, verbose=True)
    server.start()
    host, port = server.get_host_and_port()
    running = Server(url=f"http://{host}:{port}")

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if found := re.search(r"\b[A-Z]+ /\S*", record.getMessage()):
                running.asked.append(found[0])

    log = logging.getLogger("werkzeug")
    listening = Listening()
    before = log.level
    log.setLevel(logging.INFO)
    log.addHandler(listening)
    try:
        yield running
    finally:
        log.removeHandler(listening)
        log.setLevel(before)
        server.stop()


@dataclass(frozen=True, kw_only=True)
class Put:
    """A version that was put, or a delete marker."""

    key: str
    created: datetime
    size: int = 0
    storage_class: str = "STANDARD"
    is_marker: bool = False


Sums = Counter[tuple[Any, ...]]


@dataclass(kw_only=True)
class Filled:
    """What a bucket holds, told apart from how it is scanned."""

    puts: list[Put]
    uploads: int
    upload_bytes: int

    def sums(self, prefix: str = "") -> tuple[Sums, Sums]:
        """Return counts and bytes by class, age, days noncurrent and newer versions."""
        counts: Sums = Counter()
        sizes: Sums = Counter()
        by_key: dict[str, list[Put]] = {}
        for put in self.puts:
            if put.key.startswith(prefix):
                by_key.setdefault(put.key, []).append(put)
        for puts in by_key.values():
            for place, put in enumerate(puts):
                if put.is_marker:
                    continue
                newest = place == len(puts) - 1
                since = None if newest else days_before(puts[place + 1].created)
                newer = sum(1 for each in puts[place + 1 : -1] if not each.is_marker)
                cell = (put.storage_class, days_before(put.created), since, 0 if newest else newer)
                counts[cell] += 1
                sizes[cell] += put.size
        return counts, sizes


def days_before(moment: datetime) -> int:
    """Return the whole days from a moment's next midnight to that of now."""
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    midnight += timedelta(days=midnight < moment)
    return (datetime(ON.year, ON.month, ON.day, tzinfo=UTC) - midnight).days


def fill(
    name: str, objects: int, *, versioned: bool = True, uploads: int = 9, days: int = 90, seed: int = 12
) -> Filled:
    """Put so many versions of the last days, delete markers among them, into a bucket of this process's server."""
    from moto.s3.models import s3_backends

    rng = random.Random(seed)
    backend = s3_backends[ACCOUNT]["aws"]
    backend.create_bucket(name, "us-east-1")
    if versioned:
        backend.put_bucket_versioning(name, "Enabled")
    bucket = backend.get_bucket(name)
    keys = max(objects * 2 // 3, 1) if versioned else objects
    names = [f"{'images' if number % 3 else 'labels'}/{number:07d} ü+&.jpg" for number in range(keys)]
    moments = sorted(NOW - timedelta(seconds=rng.randrange(1, days * 86400)) for _ in range(objects))
    for place in rng.sample(range(objects), k=min(5, objects)):
        moments[place] = moments[place].replace(hour=0, minute=0, second=0)
    moments.sort()
    chosen = names if not versioned else names + [rng.choice(names) for _ in range(objects - keys)]
    puts: list[Put] = []
    last: dict[str, Put] = {}
    for number, (key, moment) in enumerate(zip(chosen, moments, strict=True)):
        when = max(moment, last[key].created + timedelta(seconds=1)) if key in last else moment
        marker = versioned and key in last and number % 11 == 0
        if marker:
            backend.delete_object(name, key)
            put = Put(key=key, created=when, is_marker=True)
            bucket.keys.getlist(key)[-1].last_modified = when.replace(tzinfo=None)
        else:
            size = rng.choice(SIZES) if rng.random() < 0.1 else rng.randrange(0, 900)
            put = Put(key=key, created=when, size=size, storage_class=rng.choice(CLASSES))
            stored = backend.put_object(name, key, b"x" * size, storage=put.storage_class)
            stored.last_modified = when.replace(tzinfo=None)  # as the server has it
        puts.append(put)
        last[key] = put
    return Filled(puts=puts, uploads=uploads, upload_bytes=_leave_uploads(backend, name, uploads, rng))


def _leave_uploads(backend: Any, name: str, uploads: int, rng: random.Random) -> int:
    total = 0
    for number in range(uploads):
        upload = backend.create_multipart_upload(name, f"images/big{number}.tar", {}, "STANDARD", {}, None, "", "").id
        for part in range(1, rng.randrange(0, 4) + 1):
            size = rng.randrange(1, 5000)
            backend.upload_part(name, upload, part, b"x" * size)
            total += size
    return total

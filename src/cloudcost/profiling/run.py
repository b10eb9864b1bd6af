"""Running the worker processes one after the other and listening to them. No torch in here.

Each worker starts with a fresh allocator and fresh memory; the range between workers is part of the result. A worker
that dies, or an interrupt, never leaves half a record.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from typing import IO, Any

from cloudcost.domain.profile import Environment, Profile
from cloudcost.errors import CloudCostError, InputError, MissingExtraError, TimingError
from cloudcost.frozen import dataclass
from cloudcost.networks.json_file import SCHEMA as NETWORK_SCHEMA
from cloudcost.networks.json_reader import NetworkReader
from cloudcost.profiling.assemble import Gathered, assemble
from cloudcost.profiling.plan import Plan

_WORKER = [sys.executable, "-m", "cloudcost.profiling.worker.main"]
Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is.

    Parameters
    ----------
    process, processes : int
        Worker, counted from 1, and how many there will be. [count]
    batch : int
        [images]
    steps : int
        Plain steps of this worker at this batch. [count]
    share : float
        Of the whole run that is done, at least. [1]
    """

    process: int
    processes: int
    batch: int
    steps: int
    share: float


def require_torch() -> None:
    """Refuse to go on without torch.

    Raises
    ------
    MissingExtraError
        With the line to type.
    """
    if find_spec("torch") is None:
        raise MissingExtraError("torch", "profiling a network")


def run_profile(
    plan: Plan,
    *,
    created: str,
    on_progress: Callable[[Progress], None] | None = None,
    known_pace: float | None = None,
) -> Profile:
    """Return the profile of a plan.

    Parameters
    ----------
    plan : Plan
    created : str
        Today, ``YYYY-MM-DD``.
    on_progress : callable, optional
    known_pace : float, optional
        `Profile.pace_seconds` of an earlier run on this machine: whether this one is disturbed throughout. [s]

    Raises
    ------
    CloudCostError
        One clear line: see the worker.
    KeyboardInterrupt
        When interrupted before any batch size was finished; after that the profile is returned, marked interrupted.
    """
    require_torch()
    tell = on_progress or _nobody
    repeats = 1 if plan.quick else plan.repeats
    environments: list[Event] = []
    networks: list[Event] = []
    batches: dict[tuple[int, int], Event] = {}  # the newest figures by process and batch
    fastest = known_pace
    throttled = interrupted = False
    try:
        for number in range(repeats):
            for event in worker_events({"plan": plan.message(), "pace": fastest}, plan):
                match event["event"]:
                    case "environment":
                        environments.append(event["environment"])
                    case "network":
                        networks.append(event)
                        batches = {place: each for place, each in batches.items() if place[0] != number}
                    case "progress":
                        tell(
                            Progress(
                                process=number + 1,
                                processes=repeats,
                                batch=event["batch"],
                                steps=event["steps"],
                                share=(number + event["share"]) / repeats,
                            )
                        )
                    case "batch":
                        batches[number, event["batch"]] = event
                        if event["pace"] is not None:
                            fastest = min(event["pace"], fastest or event["pace"])
                    case "throttled":
                        throttled = True
    except KeyboardInterrupt:
        if not batches:
            raise
        interrupted = True
    reasons = [event["reason"] for event in networks if event["reason"] is not None]
    reader = NetworkReader(f"{plan.network}: traced", NETWORK_SCHEMA, bare=bool(reasons))
    gathered = Gathered(
        environment=Environment(**environments[0]),
        network=reader.read(networks[0]["network"]),
        reason=reasons[0] if reasons else None,
        batches=tuple({**each, "ops": []} if reasons else each for each in batches.values()),
        throttled=throttled,
        interrupted=interrupted,
    )
    return assemble(plan, gathered, created=created)


def _nobody(_: Progress) -> None:
    """Tell nobody."""


@contextmanager
def worker(message: Event) -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    """Start a worker on a message; it is ended with the block.

    Parameters
    ----------
    message : mapping
        What the worker reads: a plan, and what else it is told.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as words:
        process = subprocess.Popen(_WORKER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=words, text=True)
        try:
            assert process.stdin is not None
            try:
                process.stdin.write(json.dumps(message) + "\n")
                process.stdin.close()
            except BrokenPipeError:
                pass  # it died at once: `ending` tells why
            yield process, words
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


def worker_events(message: Event, plan: Plan) -> Iterator[Event]:
    """Yield what one worker sends, until it is done.

    Raises
    ------
    CloudCostError
        What the worker reports, or that it died.
    """
    with worker(message) as (process, words):
        yield from listen(process, words, plan)


def listen(process: subprocess.Popen[str], words: IO[str], plan: Plan) -> Iterator[Event]:
    """Yield a worker's events until it is done; see `worker_events`.

    Parameters
    ----------
    process : Popen
        The worker.
    words : text file
        What it says on stderr, for the message when it dies.
    plan : Plan
    """
    assert process.stdout is not None
    for line in process.stdout:
        if not line.endswith("\n"):
            break  # it died while it wrote
        event = json.loads(line)
        if event["event"] == "error":
            raise _reported(event)
        if event["event"] == "done":
            return
        yield event
    raise TimingError(_ending(process.wait(), words, plan))


def _reported(event: Event) -> CloudCostError:
    lines = event["text"].splitlines()
    return TimingError(event["text"]) if event["exit_code"] == 3 else InputError(*lines)


def _ending(code: int, words: IO[str], plan: Plan) -> str:
    if code < 0:
        name = signal.Signals(-code).name
        cause = (
            "the system does so when memory runs out: take a smaller batch or close other programs"
            if name == "SIGKILL"
            else "run it again, and report it if that does not help"
        )
        return f"profile: the worker process for {plan.network} was killed ({name}), nothing was written; {cause}"
    words.seek(0)
    lines = [line.strip() for line in words.read().splitlines() if line.strip()]
    last = lines[-1] if lines else "it said nothing"
    return f"profile: the worker process for {plan.network} ended with code {code}, nothing was written: {last}"

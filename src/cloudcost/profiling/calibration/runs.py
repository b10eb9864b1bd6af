"""Measured steps for a calibration: from profiles, and from tables of step times (CSV). No torch in here.

A table has a row per step: ``network``, ``batch``, ``seconds``, and where they differ from the usual ``image_px``,
``classes``, ``precision``, ``channels_last``, ``optimizer``, ``device``, ``host``, ``stack``; `cloudcost profile
--calibrate` writes one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import cast, get_args

from cloudcost.catalog.devices import device as catalogued
from cloudcost.catalog.training.hosts import host as named_host
from cloudcost.catalog.training.hosts import usual_host
from cloudcost.domain.network import Network
from cloudcost.domain.profile import Profile
from cloudcost.domain.project import Optimizer, Precision
from cloudcost.errors import CatalogError, CloudCostError, InputError, repeated
from cloudcost.files.reading import read_bounded
from cloudcost.frozen import dataclass
from cloudcost.networks.registry import named_network
from cloudcost.profiling.record import read_profile
from cloudcost.timing.calibration.calibrate import TimedRun
from cloudcost.timing.calibration.calibration import RunRecord

COLUMNS = (
    "network", "batch", "seconds", "image_px", "classes", "precision", "channels_last", "optimizer", "device", "host",
    "stack",
)  # fmt: skip
NEEDED = COLUMNS[:3]
_TRUE, _FALSE = frozenset({"1", "true", "yes"}), frozenset({"", "0", "false", "no"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What holds where a run does not say it.

    Parameters
    ----------
    device : str
    host : str or None
        The one that the run's device is usually found in, if None.
    stack : str
    """

    device: str
    host: str | None
    stack: str


def read_runs(paths: Sequence[str], usual: Usual) -> tuple[list[TimedRun], str]:
    """Return the steps of some files, and the system that they were measured on where one alone is named.

    Raises
    ------
    InputError
        All faults of all files at once.
    """
    runs: list[TimedRun] = []
    systems: dict[str, None] = {}
    faults: list[str] = []
    for path in dict.fromkeys(paths):
        try:
            if path.endswith(".csv"):
                runs += _of_table(path, usual)
            else:
                profile = read_profile(path)
                runs += list(_of_profile(profile, path, usual))
                systems[f"{profile.environment.system}, {profile.environment.host_processor}"] = None
        except InputError as error:
            faults += error.faults
        except CatalogError as error:
            faults.append(f"{path}: {error}")
    if faults:
        raise InputError(*faults)
    return runs, next(iter(systems)) if len(systems) == 1 else ""


def _of_profile(profile: Profile, path: str, usual: Usual) -> Iterator[TimedRun]:
    """Yield a run per batch of a profile of whole steps."""
    if profile.mode != "step":
        raise InputError(f"{path}:mode: times of single operations, 'operations', name a profile of whole steps")
    environment = profile.environment
    device = catalogued(environment.processor).name
    for step in profile.steps:
        record = RunRecord(
            network=profile.network.name,
            input=tuple(profile.network.input),
            batch=step.batch,
            seconds=step.seconds,
            device=device,
            host=_host(device, usual),
            stack=usual.stack,
            precision=environment.precision,
            channels_last=environment.channels_last,
            optimizer=profile.optimizer,
        )
        yield TimedRun(record=record, network=profile.network, where=f"{path}:steps")


def _host(device: str, usual: Usual) -> str:
    return usual.host or usual_host(catalogued(device)).name


def _of_table(path: str, usual: Usual) -> list[TimedRun]:
    """Return the runs of a table.

    Raises
    ------
    InputError
        All faults of the table at once.
    """
    rows = csv.DictReader(io.StringIO(_text(path)))
    heads = rows.fieldnames or []
    faults = [
        f"{path}:1: unknown column, {repeated(name)}, columns are {', '.join(COLUMNS)}"
        for name in heads
        if name not in COLUMNS
    ]
    faults += [f"{path}:1: no column {name}, add it" for name in NEEDED if name not in heads]
    if faults:
        raise InputError(*faults)
    runs = []
    for number, row in enumerate(rows, start=2):
        where = f"{path}:{number}"
        try:
            runs.append(_of_row({key: (value or "").strip() for key, value in row.items() if key}, where, usual))
        except CloudCostError as error:
            told = error.faults if isinstance(error, InputError) else (str(error),)
            faults += [each if each.startswith(where) else f"{where}: {each}" for each in told]
    if faults:
        raise InputError(*faults)
    return runs


def _text(path: str) -> str:
    try:
        return read_bounded(path).decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read, {error.strerror}, name a table of step times") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: not UTF-8, save the table as UTF-8") from None


def _of_row(row: Mapping[str, str], where: str, usual: Usual) -> TimedRun:
    faults: list[str] = []
    batch = _whole(row["batch"], f"{where}:batch", faults) or 1
    seconds = _seconds(row["seconds"], f"{where}:seconds", faults)
    image_px = _whole(row["image_px"], f"{where}:image_px", faults) if row.get("image_px") else None
    classes = _whole(row["classes"], f"{where}:classes", faults) if row.get("classes") else None
    precision = row.get("precision") or "default"
    if precision not in get_args(Precision):
        faults.append(f"{where}:precision: none of {', '.join(get_args(Precision))}, {repeated(precision)}, take one")
    optimizer = row.get("optimizer") or "momentum"
    if optimizer not in get_args(Optimizer):
        faults.append(f"{where}:optimizer: none of {', '.join(get_args(Optimizer))}, {repeated(optimizer)}, take one")
    last = row.get("channels_last", "").lower()
    if last not in _TRUE | _FALSE:
        faults.append(f"{where}:channels_last: neither true nor false, {repeated(last)}, write one of them")
    if faults:
        raise InputError(*faults)
    network = _network(row["network"], image_px, classes)
    device = catalogued(row.get("device") or usual.device).name
    host = named_host(row["host"]).name if row.get("host") else _host(device, usual)
    record = RunRecord(
        network=network.name,
        input=tuple(network.input),
        batch=batch,
        seconds=seconds,
        device=device,
        host=host,
        stack=row.get("stack") or usual.stack,
        precision=cast("Precision", precision),
        channels_last=last in _TRUE,
        optimizer=optimizer,
    )
    return TimedRun(record=record, network=network, where=where)


def _network(name: str, image_px: int | None, classes: int | None) -> Network:
    if name.endswith(".json"):
        from cloudcost.networks.json_file import read_network

        return read_network(name)
    return named_network(name, image_px=image_px, classes=classes)


def _whole(text: str, where: str, faults: list[str]) -> int | None:
    if text.isascii() and text.isdigit() and int(text[:9]) >= 1 and len(text) < 10:
        return int(text)
    faults.append(f"{where}: a whole number from 1 on, not {repeated(text)}")
    return None


def _seconds(text: str, where: str, faults: list[str]) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds <= 1e6:
        faults.append(f"{where}: seconds of one step above 0, not {repeated(text)}")
    return seconds

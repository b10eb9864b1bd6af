"""The known devices as a list, and all of one device: text, JSON (`cloudcost.known_devices/1`), CSV, Markdown."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cloudcost.catalog.own.device_power import training_watts
from cloudcost.catalog.own.device_prices import device_prices
from cloudcost.catalog.tables import sources
from cloudcost.catalog.training.torch_releases import torch_releases
from cloudcost.figures import figure
from cloudcost.json_text import json_text
from cloudcost.money import format_usd
from cloudcost.render.tables.columns import plain
from cloudcost.render.tables.writer import Cell, csv_table, markdown_table, text_table
from cloudcost.timing.rates.library import state_time
from cloudcost.units import GB

if TYPE_CHECKING:
    from cloudcost.files.documents import JsonValue
    from cloudcost.timing.known import KnownDevice

SCHEMA = "cloudcost.known_devices/1"
"""History: 1 is the first."""
PRECISIONS = ("fp32", "tf32", "amp")
LEGEND = """\
fitted: steps were measured on it; transfer: from its data sheet and measured
relatives; state: no model, give hours_per_run, seconds_per_step or a profile;
-: the device has no such arithmetic.
"""
SHARED_MEMORY = "GB ?: the machine's own memory, which is bought in several sizes.\n"
NO_WATTS = "W ?: not known, state watts.\n"
_FIELDS = (
    "device", "kind", "segment", "architecture", "memory_gb", "bandwidth_gb_s", "l2_mb", "fp32_tflops", "tf32_tflops",
    "fp16_tensor_tflops", "board_watts", "training_watts", "launched", "launch_price_usd", "fp32", "tf32", "amp",
    "providers", "aliases", "torch_first", "torch_last", "torch_plain_last", "torch_index", "torch_compile", "source",
)  # fmt: skip
WIDTH, INDENT = 80, 16
"""Of a text about one device. [characters]"""
_MOST_MACHINES = 8
"""Machine types that a text names of those that hold a device. [count]"""


def devices_text(known: Sequence[KnownDevice]) -> str:
    """Return the devices as a table, then what its words mean."""
    cells = [["transfer" if cell == "transferred" else cell for cell in row] for row in _cells(known)]
    table = text_table(("device", "GB", "W", *PRECISIONS), cells, right={1, 2})  # short words: 80 columns
    shared = any(each.device.memory_bytes is None for each in known)
    no_watts = any(each.device.tdp_watts is None for each in known)
    return f"{table}\n{LEGEND}{SHARED_MEMORY if shared else ''}{NO_WATTS if no_watts else ''}"


def devices_markdown(known: Sequence[KnownDevice]) -> str:
    """Return the devices as a table."""
    return markdown_table(("device", "GB", "W", *PRECISIONS), _cells(known), right={1, 2})


def devices_csv(known: Sequence[KnownDevice]) -> str:
    """Return a row per device, with all fields."""
    rows: list[list[Cell]] = []
    for each in known:
        record = _record(each)
        row: list[Cell] = []
        for name in _FIELDS:
            value = record[name]
            row.append("|".join(map(str, value)) if isinstance(value, list) else value)  # type: ignore[arg-type]
        rows.append(row)
    return csv_table(_FIELDS, rows)


def devices_json(known: Sequence[KnownDevice]) -> str:
    """Return the devices as JSON."""
    return json_text({"schema": SCHEMA, "devices": [_record(each) for each in known]}, indent=1)


def device_text(known: KnownDevice) -> str:
    """Return all that is known of one device, a line each."""
    lines = [
        textwrap.fill(
            plain(text), WIDTH, initial_indent=f"{title:<{INDENT}}", subsequent_indent=" " * INDENT,
            break_on_hyphens=False,
        )
        for title, text in _facts(known)
    ]  # fmt: skip
    return "\n".join([known.device.name, *lines]) + "\n"


def device_markdown(known: KnownDevice) -> str:
    """Return all that is known of one device as a table."""
    return markdown_table((known.device.name, ""), list(_facts(known)))


def device_json(known: KnownDevice) -> str:
    """Return one device as JSON, with its prices and the machine types that hold it."""
    prices: list[JsonValue] = [
        {"on": str(price.on), "usd": str(price.usd), "kind": price.kind, "source": price.source}
        for price in device_prices(known.device.name)
    ]
    instances: list[JsonValue] = [
        {"name": each.name, "provider": each.provider, "gpus": str(each.gpu_count)} for each in known.rented
    ]
    return json_text(
        {"schema": SCHEMA, "devices": [{**_record(known), "prices": prices, "instances": instances}]}, indent=1
    )


def _cells(known: Iterable[KnownDevice]) -> list[tuple[str, ...]]:
    return [
        (_named(each), _gb(each), _number(each.device.tdp_watts), *(_time(each, name) for name in PRECISIONS))
        for each in known
    ]


def _named(known: KnownDevice) -> str:
    return f"{known.device.name} ({known.found_as})" if known.found_as else known.device.name


def _gb(known: KnownDevice) -> str:
    memory = known.device.memory_bytes
    return "?" if memory is None else figure(memory / GB, 6)


def _number(value: float | None) -> str:
    return "?" if value is None else figure(value, 6)


def _time(known: KnownDevice, precision: str) -> str:
    source = {str(name): str(basis) for name, basis in known.times.items()}.get(precision, "-")
    return "state" if source == "stated" else source


def _record(known: KnownDevice) -> dict[str, JsonValue]:
    device = known.device
    times = {str(name): str(basis) for name, basis in known.times.items()}
    releases = torch_releases(device)
    return {
        "device": device.name,
        "kind": device.kind,
        "segment": device.segment,
        "architecture": device.architecture,
        "memory_gb": None if device.memory_bytes is None else device.memory_bytes / GB,
        "bandwidth_gb_s": device.bandwidth_gb_s,
        "l2_mb": device.l2_mb,
        "fp32_tflops": device.fp32_tflops,
        "tf32_tflops": device.tf32_tflops,
        "fp16_tensor_tflops": device.fp16_tensor_tflops,
        "board_watts": device.tdp_watts,
        "training_watts": None if device.tdp_watts is None else training_watts(device).typical,
        "launched": None if device.launched is None else str(device.launched),
        "launch_price_usd": None if device.launch_price_usd is None else str(device.launch_price_usd),
        **{name: times.get(name) for name in PRECISIONS},
        "providers": list(known.providers),
        "aliases": list(device.aliases),
        "torch_first": releases.first or None,
        "torch_last": releases.last or None,
        "torch_plain_last": releases.plain_last or None,
        "torch_index": releases.index or None,
        "torch_compile": releases.compiles,
        "source": device.source,
    }


def _facts(known: KnownDevice) -> Iterable[tuple[str, str]]:
    """Yield what is known of a device, a title and a text each; what is not known says so."""
    device = known.device
    cores = f", {device.multiprocessors} {'cores' if _of_cores(known) else 'multiprocessors'}"
    yield "kind", f"{device.kind}, {device.segment}, {device.architecture}{cores if device.multiprocessors else ''}"
    rates = (("fp32", device.fp32_tflops), ("tf32", device.tf32_tflops), ("fp16 tensor", device.fp16_tensor_tflops))
    yield "peak", ", ".join(f"{name} {figure(rate)} TFLOP/s" for name, rate in rates if rate is not None)
    memory = "the machine's, bought in several sizes" if device.memory_bytes is None else f"{_gb(known)} GB"
    cached = "" if device.l2_mb is None else f", last cache {figure(device.l2_mb)} MB"
    yield "memory", f"{memory}, {figure(device.bandwidth_gb_s, 4)} GB/s{cached}"
    if device.tdp_watts is None:
        yield "power", "not known, state watts"
    else:
        set_lower = "; makers of laptops set their own" if device.segment == "laptop" else ""
        watts = training_watts(device)
        yield "power", f"limit {figure(device.tdp_watts)} W, about {figure(watts.typical)} W in training{set_lower}"
    for precision in PRECISIONS:
        if _time(known, precision) != "-":
            yield f"time in {precision}", _time(known, precision)
    if "stated" in known.times.values():
        yield "way on", state_time(device.name)
    releases = torch_releases(device)
    yield "PyTorch", releases.text
    if not releases.compiles:
        yield "torch.compile", "makes no code for it"
    yield "launched", "not known" if device.launched is None else str(device.launched)
    for price in device_prices(device.name):
        yield f"{price.kind} price", f"{format_usd(price.usd)} on {price.on}"
    if known.rented:
        names = [f"{each.name} ({each.provider})" for each in known.rented[:_MOST_MACHINES]]
        rest = len(known.rented) - len(names)
        yield "rented as", ", ".join(names) + (f" and {rest} more" if rest else "")
    if device.aliases:
        yield "also written", ", ".join(alias for alias in device.aliases if not alias.endswith("?"))
    yield "source", sources()[device.source].title


def _of_cores(known: KnownDevice) -> bool:
    return known.device.kind == "cpu" or known.device.architecture == "Apple"

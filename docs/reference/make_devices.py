"""Write the tables of `devices.md` from the table of devices: ``python docs/reference/make_devices.py``.

A test compares the page with what this makes, so that the two cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from cloudcost.catalog.devices import SHARED
from cloudcost.figures import figure
from cloudcost.timing.known import KnownDevice, known_devices
from cloudcost.units import GB

PAGE = Path(__file__).parent / "devices.md"
BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"
TITLES = {
    ("gpu", "cloud"): "GPUs of clouds and servers",
    ("gpu", "consumer"): "Desktop GPUs",
    ("gpu", "laptop"): "Laptop GPUs",
    ("gpu", "workstation"): "Workstation GPUs",
    ("gpu", "integrated"): "GPUs within a processor",
    ("gpu", "embedded"): "Embedded GPUs",
    ("cpu", "server"): "Processors of clouds and servers",
    ("cpu", "consumer"): "Desktop and laptop processors",
}
"""A table each, in this order; a kind of device without a title is an error."""
HEADS = "| device | GB | W | fp32 | tf32 | amp | rented from | also written |\n"
RULE = "|---|---:|---:|---|---|---|---|---|\n"


def row(known: KnownDevice) -> str:
    """Return a device's row."""
    device = known.device
    spelt = [each for each in device.aliases if not each.endswith(SHARED) and each != device.name]
    cells = (
        device.name,
        figure(device.memory_bytes / GB) if device.memory_bytes else "shared",
        figure(device.tdp_watts) if device.tdp_watts else "-",
        *(known.times.get(precision, "-") for precision in ("fp32", "tf32", "amp")),
        ", ".join(known.providers) or "-",
        ", ".join(spelt) or "-",
    )
    return f"| {' | '.join(cells)} |\n"


def tables() -> Iterator[str]:
    """Yield a section per kind of device, and in those of GPUs one per architecture."""

    def sort(known: KnownDevice) -> tuple[str, str]:
        return known.device.kind, known.device.segment

    order = list(TITLES)
    found = sorted(known_devices(), key=lambda known: order.index(sort(known)))
    for key, group in groupby(found, key=sort):
        members = list(group)
        if key[0] == "cpu":
            yield f"## {TITLES[key]}\n\n{HEADS}{RULE}{''.join(map(row, members))}"
            continue
        yield f"## {TITLES[key]}\n"
        for architecture in dict.fromkeys(each.device.architecture for each in members):
            rows = "".join(row(each) for each in members if each.device.architecture == architecture)
            yield f"### {architecture}: {TITLES[key]}\n\n{HEADS}{RULE}{rows}"


def page(text: str) -> str:
    """Return the page with its tables made anew."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{chr(10).join(tables())}{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

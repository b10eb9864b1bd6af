"""Machine types without a GPU as devices: the share of their family's processor that is rented with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from cloudcost.catalog.instances import instance, provider_of
from cloudcost.catalog.tables import DATA, read_table
from cloudcost.domain.devices import Device

_COLUMNS = ("families", "processor", "vcpu_per_core", "source", "note")


def rented_processor(name: str, known: Mapping[str, Device]) -> Device | None:
    """Return what a machine type of EC2's C and M families computes with; None for other names.

    Parameters
    ----------
    name : str
        ``c5.4xlarge``, with or without ``ml.``.
    known : mapping of str to Device
        The processors, whole.

    Examples
    --------
    >>> from cloudcost.catalog.devices import devices
    >>> found = rented_processor("c5.4xlarge", devices())
    >>> (found.name, found.multiprocessors) if found else None
    ('c5.4xlarge', 8)
    """
    bare = name.removeprefix("ml.")
    held = _processors().get(bare.partition(".")[0])
    if held is None or provider_of(bare) is None:
        return None
    whole, per_core = known[held[0]], held[1]
    cores = max(instance(bare).vcpu // per_core, 1)
    share = cores / (whole.multiprocessors or cores)
    return replace(
        whole,
        name=bare,
        aliases=(),
        fp32_tflops=whole.fp32_tflops * share,
        bandwidth_gb_s=whole.bandwidth_gb_s * share,
        memory_bytes=None,
        multiprocessors=cores,
        tdp_watts=None if whole.tdp_watts is None else whole.tdp_watts * share,
        launched=None,
        launch_price_usd=None,
    )


@cache
def _processors() -> dict[str, tuple[str, int]]:
    """Return family -> its processor and the virtual CPUs of a core."""
    rows = read_table(DATA / "instance_processors.csv", _COLUMNS)
    return {family: (row[1], int(row[2])) for row in rows for family in row[0].split()}

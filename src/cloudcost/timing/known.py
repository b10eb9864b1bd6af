"""What is known of devices together: their sheets, who rents them out, and where a time of theirs would come from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from functools import cache
from typing import Literal, TypeAlias

from cloudcost.catalog.devices import SHARED, devices
from cloudcost.catalog.instances import instances
from cloudcost.domain.devices import Device, Instance
from cloudcost.domain.project import Precision
from cloudcost.domain.timing import Basis
from cloudcost.errors import TimingError
from cloudcost.frozen import dataclass
from cloudcost.timing.rates.library import model_for

SHEET_PRECISIONS: tuple[Precision, ...] = ("fp32", "tf32", "amp")
"""Precisions for which data sheets state a rate."""
Source: TypeAlias = Literal["stated"] | Basis
"""Where a time comes from: a model's basis, or none but what a user states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDevice:
    """A device and what is known of its times.

    Parameters
    ----------
    device : Device
    times : mapping of str to str
        By precision that the device has: ``fitted`` (steps were measured on it), ``transferred`` (from its data sheet
        and relatives that were measured), ``stated`` (no model: a project states the time).
    rented : tuple of Instance
        Machine types that hold it, the smallest first.
    found_as : str
        The other spelling that a filter found it by; empty where its own name, or no filter, did.
    """

    device: Device
    times: Mapping[Precision, Source] = field(default_factory=dict)
    rented: tuple[Instance, ...] = ()
    found_as: str = ""

    @property
    def providers(self) -> tuple[str, ...]:
        """Return who rents it out."""
        return tuple(dict.fromkeys(each.provider for each in self.rented))


def known_device(device: Device) -> KnownDevice:
    """Return what is known of a device.

    Examples
    --------
    >>> from cloudcost.catalog.devices import device
    >>> known_device(device("T4")).times["fp32"], known_device(device("Arc A770")).times["fp32"]
    ('fitted', 'stated')
    """
    times = {precision: _source(device, precision) for precision in SHEET_PRECISIONS if _has(device, precision)}
    return KnownDevice(device=device, times=times, rented=_rented().get(device.name, ()))


def known_devices(
    *, gpu: str | None = None, provider: str | None = None, contains: str | None = None
) -> Iterator[KnownDevice]:
    """Yield devices in the order of their table.

    Parameters
    ----------
    gpu : str, optional
        Only GPUs with this in their name, or at the beginning of a word of another spelling.
    provider : str, optional
        Only what this one rents out.
    contains : str, optional
        Only devices with this in their name, architecture or segment, or at the beginning of a word of another
        spelling.
    """
    for each in devices().values():
        found = _found_as(each, gpu, contains)
        if found is None:
            continue
        known = replace(known_device(each), found_as=found)
        if provider is None or provider.casefold() in known.providers:
            yield known


def _found_as(device: Device, gpu: str | None, contains: str | None) -> str | None:
    """Return the spelling by which filters find a device, empty where its name does; None where they leave it out."""
    if gpu is not None and device.kind != "gpu":
        return None
    by_alias = ""
    places = ((gpu, ()), (contains, (device.architecture, device.segment, device.kind)))
    for text, others in places:
        if text is None or any(_squeezed(text) in _squeezed(place) for place in (device.name, *others)):
            continue
        aliases = (alias for alias in device.aliases if not alias.endswith(SHARED) and _begins_a_word(text, alias))
        alias = next(aliases, None)
        if alias is None:
            return None
        by_alias = alias
    return by_alias


def _begins_a_word(text: str, spelling: str) -> bool:
    """Return whether a text stands in a spelling from the beginning of one of its words on."""
    words = re.split(r"[ \-]+", spelling)
    return any(_squeezed("".join(words[place:])).startswith(_squeezed(text)) for place in range(len(words)))


def _squeezed(text: str) -> str:
    return text.casefold().replace(" ", "").replace("-", "")


def _has(device: Device, precision: Precision) -> bool:
    rates = {"fp32": device.fp32_tflops, "tf32": device.tf32_tflops, "amp": device.fp16_tensor_tflops}
    return rates[precision] is not None


def _source(device: Device, precision: Precision) -> Source:
    try:
        return model_for(device, precision)[0].basis
    except TimingError:
        return "stated"


@cache
def _rented() -> Mapping[str, tuple[Instance, ...]]:
    found: dict[str, tuple[Instance, ...]] = {}
    for each in sorted(instances().values(), key=lambda each: (each.gpu_count, each.vcpu, each.name)):
        if each.device is not None:
            found[each.device] = (*found.get(each.device, ()), each)
    return found

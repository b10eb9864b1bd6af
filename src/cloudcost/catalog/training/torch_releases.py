"""Which releases of PyTorch run on a device: what the published builds hold code for.

Builds for CUDA hold code by compute capability, which runs on later ones of the same generation too; those for ROCm and
for Intel's GPUs come from an index of their own. A build of one's own may reach further.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.frozen import dataclass

if TYPE_CHECKING:
    from cloudcost.domain.devices import Device

_COLUMNS = ("key", "first", "last", "plain_last", "index", "compiles", "source", "note")
NONE = "none"
"""In place of a release: plain ``pip install torch`` never brought code for such devices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchReleases:
    """The releases of PyTorch that run on a device.

    Parameters
    ----------
    first : str
        ``2.7``; empty where all of PyTorch 2 that are of its time do.
    last : str
        Empty where the newest does; `NONE` where none does.
    plain_last : str
        The last that plain ``pip install torch`` brings for it on Linux; empty: the newest, `NONE`: none.
    index : str
        Of the builds that run on it where the plain ones do not: ``cu126``, ``rocm``, ``xpu``; empty: no other.
    compiles : bool
        Whether ``torch.compile`` makes code for it.
    source : str
    note : str
    """

    first: str
    last: str
    plain_last: str
    index: str
    compiles: bool
    source: str
    note: str

    @property
    def is_limited(self) -> bool:
        """Whether the newest release does not run on the device."""
        return bool(self.last)

    @property
    def text(self) -> str:
        """The releases in words."""
        if self.last == NONE:
            return "no published build of PyTorch 2"
        if self.last.startswith("1."):
            said = f"no published build of PyTorch 2, the last is {self.last}"
            return f"{said} ({self.index})" if self.index else said
        first = f"{self.first} " if self.first else ""
        said = f"{first}up to {self.last}" if self.last else f"{self.first} and later" if first else "all of PyTorch 2"
        if self.index and self.plain_last == NONE:
            said = f"{said}, builds for {self.index}"
        elif self.index:
            said = f"{said}, after {self.plain_last} its {self.index} builds alone: plain pip brings no code for it"
        return f"{said}; {self.note}" if self.note else said


@cache
def _releases() -> Mapping[str, TorchReleases]:
    found = {}
    for key, first, last, plain_last, index, compiles, source, note in read_table(
        DATA / "torch_releases.csv", _COLUMNS
    ):
        found[key] = TorchReleases(
            first=first, last=last, plain_last=plain_last, index=index, compiles=compiles == "yes", source=source,
            note=note,
        )  # fmt: skip
    return MappingProxyType(found)


def torch_releases(device: Device) -> TorchReleases:
    """Return the releases that run on a device: by its name, its compute capability, its generation, its kind.

    Examples
    --------
    >>> from cloudcost.catalog.devices import device
    >>> torch_releases(device("V100")).text
    'up to 2.14, after 2.10 its cu126 builds alone: plain pip brings no code for it'
    >>> torch_releases(device("RTX 5090")).text, torch_releases(device("Ryzen 5 3600")).text
    ('2.7 and later', 'all of PyTorch 2')
    """
    for key in (device.name, device.compute_capability, device.architecture, device.kind):
        if key in _releases():
            return _releases()[key]
    raise KeyError(device.name)

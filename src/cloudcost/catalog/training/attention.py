"""Which kernel computes an attention: by the type of its numbers, the device, the mask and the size of a head."""

from __future__ import annotations

from datetime import date
from functools import cache

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.domain.network import Mask
from cloudcost.errors import CatalogError
from cloudcost.frozen import dataclass

_COLUMNS = (
    "name", "number_types", "least_capability", "most_head", "head_multiple", "masks", "work", "keeps_matrix", "as_of",
    "source", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionKernel:
    """One kernel and when it may run.

    Parameters
    ----------
    name : str
    half_only : bool
        Whether it takes half precision alone.
    least_capability : (int, int)
        Of a CUDA device; (0, 0) where anything will do.
    most_head, head_multiple : int
        Numbers of a query: at most so many, and a multiple of. [count]
    masks : tuple of {"", "causal", "full"}
    work : float
        Time of a FLOP against that of a product of the same size that the timing model's coefficient stands for. [1]
    keeps_matrix : bool
        Whether every query's shares are written to memory, and read again by the backward pass.
    as_of : date
    source : str
        Key of a `Source`.
    """

    name: str
    half_only: bool
    least_capability: tuple[int, int]
    most_head: int
    head_multiple: int
    masks: tuple[Mask, ...]
    work: float
    keeps_matrix: bool
    as_of: date
    source: str

    def takes(self, *, head: int, mask: Mask) -> bool:
        """Return whether it takes heads of this size and this mask."""
        return head <= self.most_head and head % self.head_multiple == 0 and mask in self.masks

    def runs_on(self, capability: str, *, half: bool) -> bool:
        """Return whether it runs on a device of this compute capability, empty where it is no CUDA device."""
        return (half or not self.half_only) and _version(capability or "0.0") >= self.least_capability


@cache
def attention_kernels() -> tuple[AttentionKernel, ...]:
    """Return the kernels, the one that is tried first first; the last takes everything.

    Examples
    --------
    >>> [kernel.name for kernel in attention_kernels()]
    ['flash', 'efficient', 'plain']
    """
    rows = read_table(DATA / "attention_kernels.csv", _COLUMNS)
    kernels = tuple(
        AttentionKernel(
            name=name,
            half_only=types == "half",
            least_capability=_version(least),
            most_head=int(head),
            head_multiple=int(multiple),
            masks=tuple(_mask(mask) for mask in masks.split(";")),
            work=float(work),
            keeps_matrix=keeps == "yes",
            as_of=date.fromisoformat(as_of),
            source=source,
        )
        for name, types, least, head, multiple, masks, work, keeps, as_of, source, _ in rows
    )
    last = kernels[-1]
    if (
        last.half_only
        or last.head_multiple > 1
        or last.least_capability > (0, 0)
        or set(last.masks) != {"", "causal", "full"}
    ):
        raise CatalogError("attention_kernels.csv: the last kernel has to take everything")
    return kernels


def _version(text: str) -> tuple[int, int]:
    major, _, minor = text.partition(".")
    return int(major), int(minor or 0)


def _mask(text: str) -> Mask:
    match text:
        case "none":
            return ""
        case "causal" | "full":
            return text
        case _:
            raise CatalogError(f"attention_kernels.csv: a mask is none, causal or full, not {text!r}")

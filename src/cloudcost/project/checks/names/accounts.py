"""Names under which a project states what its account has: quotas of AWS, discounts of a provider or a service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cloudcost.catalog.near import did_you_mean, nearest
from cloudcost.project.fault import Fault, Raw, shown

if TYPE_CHECKING:
    from cloudcost.catalog.books.book import PriceBook


def quota_faults(frame: Raw) -> Iterator[Fault]:
    """Yield the faults of what is no quota by code or name: its number would limit nothing."""
    stated = frame.get("quotas")
    if not isinstance(stated, Mapping):
        return
    from cloudcost.catalog.quotas.running import is_quota, quota_codes

    for name in stated:
        if isinstance(name, str) and not is_quota(name):
            near = nearest(name, quota_codes())
            meant = f"did you mean {near[0]}? " if near else ""
            yield Fault(
                place=("project", "quotas"), what="no quota of that code or name is known", value=shown(name),
                remedy=f"{meant}`compare --format json` names what each option needs",
            )  # fmt: skip


def discount_faults(frame: Raw, book: PriceBook) -> Iterator[Fault]:
    """Yield the faults of what is neither a provider nor a service of the price book: nothing would be taken off."""
    stated = frame.get("discounts")
    if not isinstance(stated, Mapping):
        return
    from cloudcost.pricing.discounts import names_with_lists

    names = names_with_lists(book)
    whole = ", ".join(each for each in names if each.islower() and each not in book.services())
    use = f"it is one of {whole} or a service of `cloudcost prices list`"
    for name in stated:
        if isinstance(name, str) and name not in names:
            yield Fault(
                place=("project", "discounts"), what="no provider or service with list prices", value=shown(name),
                remedy=" ".join(part for part in (did_you_mean(name, names), use) if part),
            )  # fmt: skip

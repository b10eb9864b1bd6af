"""What becomes of an option's usage when it is billed: its bill or why there is none, and what closes it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from cloudcost.catalog.aws.allowances import quotas
from cloudcost.catalog.aws.support import support_plan
from cloudcost.domain.project import Option, Project
from cloudcost.errors import CatalogError
from cloudcost.pricing.bill.bill import Bill, Part
from cloudcost.pricing.bill.closing import Closing, Sale
from cloudcost.pricing.bill.support import Support
from cloudcost.pricing.discounts import percent_words
from cloudcost.usage.chosen import machines_of
from cloudcost.usage.credits import credits_end


def bill_or_reason(parts: Callable[[], tuple[Part, ...]], closing: Closing) -> Bill | CatalogError:
    """Return the bill of an option's usage, or why prices of it are missing.

    Parameters
    ----------
    parts : callable
        Compiles the usage; raises CatalogError.
    closing : Closing
    """
    try:
        bill = Bill(parts(), closing)
        if closing.support is not None:
            for month in bill.supported:
                closing.support.plan.require(month)
    except CatalogError as error:
        return error
    return bill


def quota_notes(priced: Bill | CatalogError) -> list[str]:
    """Return, one sentence each, what is free for good of what is billed."""
    parts = () if isinstance(priced, CatalogError) else priced.parts
    prices = [line.place.found.price for part in parts for line in part.rows.lines if line.place.free is not None]
    found = {price.usage_type: quotas().get((price.service, price.usage_type)) for price in prices}
    return [
        f"{quota.quantity:,f} {quota.unit} of {usage_type} are free each month, once per account; nothing else is "
        "taken to use them"
        for usage_type, quota in found.items()
        if quota is not None
    ]


def discount_notes(priced: Bill | CatalogError) -> list[str]:
    """Return, in one sentence, which shares are taken off the list prices of what is billed."""
    parts = () if isinstance(priced, CatalogError) else priced.parts
    prices = [line.place.found.price for part in parts for line in part.rows.lines]
    services: dict[Decimal, dict[str, None]] = {}
    for price in prices:
        if price.discount:
            services.setdefault(price.discount, {})[price.service] = None
    shares = [f"{percent_words(share)} off {' and '.join(sorted(names))}" for share, names in sorted(services.items())]
    return [f"discounts as agreed: {', '.join(shares)}"] if shares else []


def support_notes(priced: Bill | CatalogError) -> list[str]:
    """Return what is taken for granted of a support plan, where AWS bills anything at all."""
    if isinstance(priced, CatalogError) or priced.closing.support is None or not priced.supported:
        return []
    plan, months = priced.closing.support.plan, len(priced.supported)
    when = "the one month" if months == 1 else f"each of the {months} months"
    return [
        f"{plan.title}: {plan.tiers[0].unit_price_usd:.0%} or less of what AWS charges, at least {plan.minimum_usd} "
        f"USD, in {when} in which AWS bills anything, as if the account had nothing else; credits do not pay it"
    ]


def closing_of(project: Project, option: Option) -> Closing:
    """Return what closes an option's bill."""
    local, sale = option.local, None
    if local is not None and local.is_bought and local.purchase_usd and local.resale:
        sale = Sale.of(machines_of(project, option), local.purchase_usd, local.resale)
    end = credits_end(project)
    support = None if project.support_plan is None else Support(support_plan(project.support_plan))
    return Closing(
        sale=sale, credits_usd=project.credits_usd, credits_end=end, tax_rate=project.tax_rate, support=support
    )

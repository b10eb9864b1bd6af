"""Rates of Savings Plans, as AWS lists them in JSON: products in a list, a term for each with a rate per usage type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cloudcost.catalog.books.importing.offers import PLANNED, OfferRow
from cloudcost.catalog.books.importing.packed import REMEDY
from cloudcost.errors import InputError
from cloudcost.files.documents import JsonObject, JsonValue

_LINUX = ("", "RunInstances")
"""Operations of EC2's hours with no licence; hours of other services have none that parts their rates."""


def plan_rows(document: JsonObject, where: str) -> Iterator[OfferRow]:
    """Yield the rates of a list of Savings Plans.

    Parameters
    ----------
    document : mapping
        With ``products`` and ``terms``.
    where : str
        Its path, for messages.

    Raises
    ------
    InputError
        When it has not the form of such a list.
    """
    listed = document.get("products")
    if not isinstance(listed, list):
        raise InputError(f"{where}:products: no list of Savings Plans, {REMEDY}")
    products: dict[str, JsonObject] = {}
    for at, each in enumerate(listed):
        sku = _text(each, "sku")
        if not isinstance(each, dict) or not sku or sku in products:
            raise InputError(f"{where}:products[{at}]:sku: none, or that of another product, {sku[:40]!r}, {REMEDY}")
        products[sku] = each
    terms = document.get("terms")
    plans = terms.get("savingsPlan") if isinstance(terms, dict) else None
    if not isinstance(plans, list):
        raise InputError(f"{where}:terms:savingsPlan: no list, {REMEDY}")
    for at, plan in enumerate(plans):
        here = f"{where}:terms:savingsPlan[{at}]"
        sku = _text(plan, "sku")
        if sku not in products:
            raise InputError(f"{here}:sku: not among the products, {sku[:40]!r}, {REMEDY}")
        rates = plan.get("rates") if isinstance(plan, dict) else None
        if not isinstance(rates, list):
            raise InputError(f"{here}:rates: no list, {REMEDY}")
        bought = _bought(products[sku])
        effective = _text(plan, "effectiveDate") or _text(document, "publicationDate")
        for rate in rates:
            row = _row(rate, bought, effective)
            if row is not None:
                yield row


def _bought(product: JsonObject) -> tuple[str, str, str]:
    """Return a plan's term, how it is paid and what it is."""
    attributes = product.get("attributes")
    facts = attributes if isinstance(attributes, dict) else {}
    return _text(facts, "purchaseTerm"), _text(facts, "purchaseOption"), _text(product, "productFamily")


def _row(rate: JsonValue, bought: tuple[str, str, str], effective: str) -> OfferRow | None:
    """Return a rate as a row of a price list; None for machines that come with a licence."""
    service, operation = _text(rate, "discountedServiceCode"), _text(rate, "discountedOperation")
    if service == "AmazonEC2" and operation not in _LINUX:
        return None
    lease, upfront, family = bought
    price = rate.get("discountedRate") if isinstance(rate, dict) else None
    usage_type = _text(rate, "discountedUsageType")
    return OfferRow(
        where=_text(rate, "rateCode"), offer=service, sku=f"{family}/{usage_type}", term=PLANNED,
        unit=_text(rate, "unit") or "Hrs", usd=_text(price, "price"), currency=_text(price, "currency") or "USD",
        begin="0", end="Inf", effective=effective, usage_type=usage_type, operation="", location="", region="",
        place="", lease=lease, upfront=upfront, offering=family, description="", plan="",
    )  # fmt: skip


def _text(entry: JsonValue | Mapping[str, JsonValue], name: str) -> str:
    value = entry.get(name) if isinstance(entry, Mapping) else None
    return value if isinstance(value, str) else ""

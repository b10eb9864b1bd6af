"""AWS's prices as JSON: what ``aws pricing get-products`` prints, and offer files of up to 64 MiB.

The first is an object with ``PriceList``, a list of products, each a text of JSON of its own or the object itself; the
second has products and terms apart, by SKU. Larger offer files are read as CSV, which has the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from cloudcost.catalog.books.importing.offers import LINUX, PLANS, OfferHead, OfferRow, bare_type, column_name
from cloudcost.catalog.books.importing.packed import REMEDY
from cloudcost.catalog.books.importing.savings_json import plan_rows
from cloudcost.errors import InputError
from cloudcost.files.documents import JsonObject, JsonValue, parse_document

_NOTHING: JsonObject = {}


def offer_rows_of(document: JsonValue, where: str) -> tuple[OfferHead, list[OfferRow]]:
    """Return what a document says of itself, and its rows.

    Parameters
    ----------
    document : JsonValue
    where : str
        Its path, for messages.

    Raises
    ------
    InputError
        When it is no document of prices.
    """
    listed = document.get("PriceList") if isinstance(document, dict) else document
    if isinstance(listed, list):
        products = [_product(each, f"{where}:PriceList[{at}]") for at, each in enumerate(listed)]
        days = [str(each.get("publicationDate", "")) for each in products]
        rows = [row for each in products for row in _rows(each.get("product"), each.get("terms"), each, where)]
        return OfferHead(offer="", version="", published=_day(max(days, default=""), where)), rows
    whole = _object(document)
    terms = _object(whole.get("terms"))
    if "savingsPlan" in terms:
        seen = _day(_text(whole, "publicationDate"), where)
        return OfferHead(offer=PLANS, version=_text(whole, "version"), published=seen), list(plan_rows(whole, where))
    if "products" not in whole or not terms:
        raise InputError(f"{where}: no price list, neither PriceList nor products and terms, {REMEDY}")
    rows = []
    for sku, product in _object(whole["products"]).items():
        own: dict[str, JsonValue] = {kind: _object(by_sku).get(sku) for kind, by_sku in terms.items()}
        rows += _rows(product, own, whole, where)
    version, published = _text(whole, "version"), _text(whole, "publicationDate")
    return OfferHead(offer=_text(whole, "offerCode"), version=version, published=_day(published, where)), rows


def _product(entry: JsonValue, where: str) -> JsonObject:
    if isinstance(entry, str):
        entry = parse_document(entry, where=where, remedy=REMEDY)
    if not isinstance(entry, dict) or not isinstance(entry.get("product"), dict):
        raise InputError(f"{where}: no product, {REMEDY}")
    return entry


def _rows(product: JsonValue, terms: JsonValue, head: JsonObject, where: str) -> Iterator[OfferRow]:
    """Yield the rows of a product that may be kept."""
    facts = {column_name(name): value for name, value in _object(_object(product).get("attributes")).items()}
    usage_type = _text(facts, "usagetype")
    if bare_type(usage_type).startswith("BoxUsage:") and any(
        name in facts and facts[name] != value for name, value in LINUX.items()
    ):
        return
    offer = _text(head, "offerCode") or _text(head, "serviceCode") or _text(facts, "servicecode")
    for kind in ("OnDemand", "Reserved"):
        for code, term in _object(_object(terms).get(kind)).items():
            bought = {column_name(name): value for name, value in _object(_object(term).get("termAttributes")).items()}
            for rate, step in _object(_object(term).get("priceDimensions")).items():
                if not isinstance(step, dict):
                    raise InputError(f"{where}:{code}:{rate}: no price, {REMEDY}")
                for currency, usd in _object(step.get("pricePerUnit")).items():
                    yield OfferRow(
                        where=rate, offer=offer, sku=code, term=kind, unit=_text(step, "unit"),
                        usd=usd if isinstance(usd, str) else "", currency=currency, begin=_text(step, "beginRange"),
                        end=_text(step, "endRange"), effective=_text(_object(term), "effectiveDate"),
                        usage_type=usage_type, operation=_text(facts, "operation"), location=_text(facts, "location"),
                        region=_text(facts, "regioncode"), place=_text(facts, "locationtype"),
                        lease=_text(bought, "leasecontractlength"), upfront=_text(bought, "purchaseoption"),
                        offering=_text(bought, "offeringclass"), description=_text(step, "description"),
                        plan=_text(facts, "platoinstancetype"),
                    )  # fmt: skip


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else _NOTHING


def _text(entry: Mapping[str, JsonValue], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""


def _day(text: str, where: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        raise InputError(f"{where}:publicationDate: no day, {text[:40]!r}, {REMEDY}") from None

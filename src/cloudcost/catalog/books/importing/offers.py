"""What a price list says in one row, whatever form it comes in, and which rows are kept."""

from __future__ import annotations

import re
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from typing import NamedTuple

from cloudcost.catalog.aws.regions import regions_by_code
from cloudcost.catalog.books.derived.sagemaker import machine_of
from cloudcost.catalog.instances import instances
from cloudcost.catalog.tables import COLUMNS, DATA, places_in, price_files, read_table, rows_of
from cloudcost.domain.prices import TRANSFER_SERVICE
from cloudcost.frozen import dataclass

_COLUMNS = ("offer", "listed", "service", "usage_type", "operation", "kept", "as_of", "source")
PREFIX = r"^(?:[A-Z]{2,3}[A-Z0-9]?[0-9]?|[a-z]{2}(?:-[a-z]+)+-[0-9])-"
"""What may stand before a usage type, a region's code or name, for DuckDB; whether it does is for `bare_type`."""
_NAME = re.compile(r"^[a-z]{2}(?:-[a-z]+)+-[0-9]-")
CHINA = ("CNN1", "CNW1")
"""Codes of regions whose price lists are in CNY; such a list is refused by what it is."""
_BETWEEN = re.compile(r"[A-Z0-9]+-AWS-(?:In|Out)-Bytes")
PLANNED = "SavingsPlan"
"""The term of a Savings Plan's rates."""
PLANS = "SavingsPlans"
"""What a list of Savings Plans is called here, which names no offer."""
LINUX = {"operatingsystem": "Linux", "tenancy": "Shared", "capacitystatus": "Used", "preinstalledsw": "NA"}
"""Attributes of the hours of EC2 that the library prices, by columns as `column_name` has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferHead:
    """What a price list says of itself.

    Parameters
    ----------
    offer : str
        ``AmazonEC2``; empty where each row says it.
    version : str
    published : date or None
        None where it does not say.
    """

    offer: str
    version: str
    published: date | None


class OfferRow(NamedTuple):
    """A row of a price list, as text; a tuple, since there are hundreds of thousands.

    What many rows have alike stands together, so that a part of the tuple is asked for once (`assembled`).

    Parameters
    ----------
    where : str
        The rate's own code, for messages.
    offer, place, plan, region, location, usage_type, operation : str
        What is priced; `place` is the kind of location (``AWS Region``), `plan` SageMaker's kind of instance
        (``FreeTier...``), else empty.
    term, lease, upfront, offering : str
        How it is bought: ``OnDemand``, ``Reserved`` or `PLANNED`; of reservations ``1yr``, ``No Upfront``,
        ``standard``; of Savings Plans the last is their product family.
    unit, begin, end, effective, currency : str
        Of which part of the quantity, from which day on.
    sku, usd, description : str
    """

    where: str
    offer: str
    place: str
    plan: str
    region: str
    location: str
    usage_type: str
    operation: str
    term: str
    lease: str
    upfront: str
    offering: str
    unit: str
    begin: str
    end: str
    effective: str
    currency: str
    sku: str
    usd: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRule:
    """Under which names the library prices what an offer lists.

    Parameters
    ----------
    listed : str
        A pattern of usage types, without the region's code.
    service, usage_type, operation : str
        Its names; an empty usage type or operation is the listed one.
    whole : bool
        Whether all is kept, or only what the shipped tables have a price of in some region.
    refused : bool
        Whether none of it is kept, since what is listed is not what an hour comes to.
    """

    listed: str
    service: str
    usage_type: str
    operation: str
    whole: bool
    refused: bool


@cache
def offer_rules() -> dict[str, tuple[OfferRule, ...]]:
    """Return the rules by offer, in the table's order: the first that fits decides."""
    found: dict[str, tuple[OfferRule, ...]] = {}
    for offer, listed, service, usage_type, operation, kept, *_ in read_table(DATA / "offers.csv", _COLUMNS):
        rule = OfferRule(
            listed=listed,
            service=service,
            usage_type=usage_type,
            operation=operation,
            whole=kept == "all",
            refused=kept == "none",
        )
        found[offer] = (*found.get(offer, ()), rule)
    return found


def bare_type(usage_type: str) -> str:
    """Return a usage type without what looks like a region's code in front.

    Examples
    --------
    >>> bare_type("USW2-BoxUsage:g4dn.xlarge"), bare_type("us-east-1-KMS-Keys"), bare_type("EBS:VolumeUsage.gp3")
    ('BoxUsage:g4dn.xlarge', 'KMS-Keys', 'EBS:VolumeUsage.gp3')
    """
    code, separator, rest = usage_type.partition("-")
    if separator and (code in regions_by_code() or code in CHINA):
        return usage_type if rest.startswith("AWS-") else rest  # what is left of two codes is the destination's
    return _NAME.sub("", usage_type, count=1)


@cache
def rule_for(offer: str, bare: str) -> OfferRule | None:
    """Return the rule by which a row is kept; None where the library does not price it.

    Examples
    --------
    >>> rule_for("AmazonGlacier", "TimedStorage-ByteHrs").usage_type
    'TimedStorage-GlacierByteHrs'
    >>> rule_for("AmazonEC2", "DedicatedUsage:m5.large") is None
    True
    """
    for rule in offer_rules().get(offer, ()):
        if fnmatchcase(bare, rule.listed):
            return rule if rule.whole or rule.refused or _is_priced(rule.service, bare) else None
    return None


def _is_priced(service: str, bare: str) -> bool:
    if service == "AmazonEC2" and bare.startswith("BoxUsage:"):
        return bare.removeprefix("BoxUsage:") in known_machines()
    if service == "AmazonSageMaker":
        machine = machine_of(bare)
        if machine is not None:
            return machine in known_machines()
    return bare in known_types(service) or (service == TRANSFER_SERVICE and _BETWEEN.fullmatch(bare) is not None)


@cache
def known_machines() -> frozenset[str]:
    """Return the machine types of AWS that the library knows."""
    return frozenset(name for name, each in instances().items() if each.provider == "aws")


@cache
def known_types(service: str) -> frozenset[str]:
    """Return the usage types that the shipped tables have a price of in some region, hours of EC2 not among them."""
    return frozenset(
        row[2]
        for path in price_files()
        for owner, place in places_in(path)
        if owner == service
        for row in rows_of(path, owner, place)
    )


@cache
def known_units() -> dict[tuple[str, str], str]:
    """Return the units that the shipped tables price usage types of AWS in, machines' hours not among them."""
    return {
        (owner, row[2]): row[COLUMNS.index("unit")]
        for path in price_files()
        for owner, place in places_in(path)
        for row in rows_of(path, owner, place)
    }


def unit_of(service: str, usage_type: str) -> str | None:
    """Return the unit that usage of a type is billed by; None where the shipped tables do not have it.

    Examples
    --------
    >>> unit_of("AmazonEC2", "BoxUsage:g4dn.xlarge"), unit_of("AmazonS3", "TimedStorage-ByteHrs")
    ('Hrs', 'GB-Mo')
    """
    if usage_type.startswith("BoxUsage:") or (service == "AmazonSageMaker" and machine_of(usage_type) is not None):
        return "Hrs"
    return known_units().get((service, usage_type))


@cache
def split_operations(service: str) -> frozenset[tuple[str, str]]:
    """Return the (usage type, operation) pairs that the shipped tables price apart."""
    return frozenset(
        (row[2], row[3])
        for path in price_files()
        for owner, place in places_in(path)
        if owner == service
        for row in rows_of(path, owner, place)
        if row[3]
    )


def column_name(head: str) -> str:
    """Return a column's name whatever its case, spaces and signs.

    Examples
    --------
    >>> column_name("Pre Installed S/W"), column_name("usageType"), column_name("PricePerUnit")
    ('preinstalledsw', 'usagetype', 'priceperunit')
    """
    return "".join(letter for letter in head.casefold() if letter.isalnum())

"""SageMaker prices that no source states, derived from EC2's and EBS's by the multiple that all known ones keep.

In 246 known prices the ratio of SageMaker's hour to EC2's on-demand hour depends on the type alone, not on region or
component; so it does for storage. A price that follows from this has grade ``derived`` and says so in its note. Types
for which no multiple is known (inf1, trn2, p6 ...) have no derived price.

References
----------
.. [1] The rows of `data/prices/AmazonSageMaker-hours.csv` over those of `data/ec2/`, compared on 2026-11-22.
.. [2] Conference notes of re:Invent 2020 (page copy no. 2622711446): p2 and p3 cut by 11, 14 and 18 % by size.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from cloudcost.catalog.books.validity import known_on, latest, with_carried
from cloudcost.catalog.tables import DATA, read_table
from cloudcost.domain.prices import Price, PriceKey, Tier
from cloudcost.money import decimal_string, round_half_even

if TYPE_CHECKING:
    from cloudcost.catalog.books.price_source import PriceSource

SERVICE = "AmazonSageMaker"
_COLUMNS = ("what", "name", "size", "multiple", "valid_from", "as_of", "source", "note")

_HOURS = re.compile(
    r"(?:(?:Train|TrSpt|Notebk|Host|Processing|Tsform|AsyncInf|TrainWarmPool):"
    r"|Studio:(?:(?:JupyterLab|KernelGateway|CodeEditor|JupyterServer)-)?)ml\.(?P<name>[a-z0-9-]+\.[a-z0-9]+)"
)
_VOLUME = re.compile(r"(?P<component>[A-Za-z]+):VolumeUsage\.(?P<kind>[a-z0-9]+)")


def machine_of(usage_type: str) -> str | None:
    """Return the machine type that an hour of SageMaker is of, without the ``ml.``; None for what is no such hour.

    Examples
    --------
    >>> machine_of("Studio:JupyterLab-ml.g5.xlarge"), machine_of("Train:VolumeUsage.gp2")
    ('g5.xlarge', None)
    """
    found = _HOURS.fullmatch(usage_type)
    return None if found is None else found["name"]


def multiple(name: str, on: date) -> Decimal | None:
    """Return SageMaker's price over EC2's for a type, without the ``ml.``; None where it is not known. [1]

    Examples
    --------
    >>> multiple("g4dn.xlarge", date(2026, 11, 22)), multiple("g4dn.2xlarge", date(2026, 11, 22))
    (Decimal('1.40'), Decimal('1.25'))
    >>> multiple("g4dn.2xlarge", date(2020, 9, 1))
    Decimal('1.40')
    """
    family, _, size = name.partition(".")
    rows = _multiples().get(("family", family), {})
    known = rows.get(size) or (None if "metal" in size else rows.get(""))
    if known is None:
        return None
    return known if on >= _cut() else _multiples()["all", ""][""]


def volume_multiple(component: str, kind: str) -> Decimal | None:
    """Return SageMaker's price of a GB-month over EBS's own, by component and kind of volume; None where unknown. [1]

    Examples
    --------
    >>> volume_multiple("Train", "gp2"), volume_multiple("Train", "io1")
    (Decimal('1.4'), None)
    """
    return _multiples().get(("volume", component), {}).get(kind)


@cache
def _rows() -> list[list[str]]:
    return [list(row) for row in read_table(DATA / "sagemaker_multiples.csv", _COLUMNS)]


@cache
def _multiples() -> dict[tuple[str, str], dict[str, Decimal]]:
    found: dict[tuple[str, str], dict[str, Decimal]] = {}
    for what, name, size, factor, *_ in _rows():
        found.setdefault((what, name), {})[size] = Decimal(factor)
    return found


@cache
def _cut() -> date:
    """Return the day of SageMaker's own price cut: the first on which the multiples of the families hold. [2]"""
    return min(date.fromisoformat(row[4]) for row in _rows() if row[0] == "family")


def derive_price(book: PriceSource, key: PriceKey, on: date) -> tuple[Price, ...]:
    """Return the derived price of a SageMaker usage type on a day; empty where no rule applies.

    Parameters
    ----------
    book : PriceSource
        Holds the EC2 or EBS price.
    key : PriceKey
        Of SageMaker, the operation not looked at; its usage type ``Train:ml.g5.xlarge``, ``Studio:ml.t3.medium``,
        ``TrSpt:ml.p3.8xlarge`` (spot), ``Notebk:VolumeUsage.gp2``.
    on : date

    Notes
    -----
    A plain ``Studio:ml.x`` is Studio's JupyterLab or notebook price where one is known. Otherwise the hour is EC2's
    times `multiple`, half to even at 3 decimals; managed spot is EC2's spot price times the same.
    """
    _, region, usage_type, _, purchase = key
    hours = _HOURS.fullmatch(usage_type)
    if hours is not None:
        if usage_type.startswith("Studio:"):
            sibling = _studio(book, region, usage_type, hours["name"], purchase, on)
            if sibling:
                return sibling
        return _instance(book, region, usage_type, hours["name"], purchase, on)
    volume = _VOLUME.fullmatch(usage_type)
    factor = None if volume is None else volume_multiple(volume["component"], volume["kind"])
    if volume is not None and factor is not None and purchase == "on-demand":
        base = _base(book, region, f"EBS:VolumeUsage.{volume['kind']}", "on-demand", on)
        return () if base is None else (_scale(base, usage_type, purchase, factor, 6),)
    return ()


def _studio(book: PriceSource, region: str, usage_type: str, name: str, purchase: str, on: date) -> tuple[Price, ...]:
    for app in ("JupyterLab", "KernelGateway"):
        known = f"Studio:{app}-ml.{name}"
        rows = book.rows(PriceKey(SERVICE, region, known, purchase=purchase))
        current = known_on(rows, on)
        if current:
            note = f"the price of {known}; Studio's applications share one"
            return (replace(current[0], usage_type=usage_type, grade="derived", note=note),)
    return ()


def _instance(book: PriceSource, region: str, usage_type: str, name: str, purchase: str, on: date) -> tuple[Price, ...]:
    spot = usage_type.startswith("TrSpt:")
    factor = multiple(name, on)
    if factor is None or purchase != ("spot" if spot else "on-demand"):
        return ()
    base = _base(book, region, f"{'SpotUsage' if spot else 'BoxUsage'}:{name}", purchase, on)
    if base is None:
        return ()
    price = _scale(base, usage_type, purchase, factor, 3)
    cut = _cut()
    if on < cut:
        return (replace(price, valid_until=min(price.valid_until or cut, cut)),)
    return (replace(price, valid_from=cut) if price.first_day <= cut else price,)


def _base(book: PriceSource, region: str, usage_type: str, purchase: str, on: date) -> Price | None:
    rows = book.rows(PriceKey("AmazonEC2", region, usage_type, purchase=purchase))
    current = known_on(rows, on) or with_carried((), rows, on)
    return latest(current, on) if current else None


def _scale(base: Price, usage_type: str, purchase: str, factor: Decimal, places: int) -> Price:
    """Return `base` times `factor` as a SageMaker price."""

    def scaled(usd: Decimal) -> Decimal:
        return Decimal(decimal_string(round_half_even(Fraction(usd) * Fraction(factor), places)))

    return replace(
        base,
        service=SERVICE,
        usage_type=usage_type,
        purchase=purchase,
        tiers=tuple(
            Tier(from_quantity=tier.from_quantity, up_to=tier.up_to, unit_price_usd=scaled(tier.unit_price_usd))
            for tier in base.tiers
        ),
        low_usd=None if base.low_usd is None else scaled(base.low_usd),
        grade="derived" if base.carried_from is None else "assumed",
        note=(
            f"{decimal_string(factor)} x {base.service}/{base.usage_type} "
            f"{decimal_string(base.tiers[0].unit_price_usd)} ({base.source}, {base.as_of})"
            f"{'' if base.carried_from is None else '; ' + base.note}"
        ),
    )

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
from typing import TYPE_CHECKING

from cloudcost.catalog.validity import known_on, latest, with_carried
from cloudcost.domain.prices import Price, Tier
from cloudcost.money import decimal_string, round_half_even

if TYPE_CHECKING:
    from cloudcost.catalog.price_source import PriceSource

SERVICE = "AmazonSageMaker"
CUT = date(2020, 12, 1)
"""SageMaker's own price cut: 1.40 times EC2 before, the multiples of today since [2]."""
BEFORE_CUT = Decimal("1.40")

CPU_FAMILIES = frozenset({
    "t2", "t3", "m4", "m5", "m5d", "m6i", "m6id", "m7i", "c4", "c5", "c5d", "c5n", "c6i", "c6id", "c7i",
    "r5", "r5d", "r6i", "r6id", "r7i",
})  # fmt: skip
"""CPU families whose multiple is 1.20; those of SageMaker that the sources name or that are built alike."""
GPU_FAMILIES = frozenset(["g4dn", "g5", "g6", "g6e", "gr6", "g7e"])
"""1.40 for the size ``xlarge``, 1.25 for the others; g7e has no xlarge."""
OTHER_TYPES = {
    "p2.xlarge": Decimal("1.25"), "p2.8xlarge": Decimal("1.20"), "p2.16xlarge": Decimal("1.15"),
    "p3.2xlarge": Decimal("1.25"), "p3.8xlarge": Decimal("1.20"), "p3.16xlarge": Decimal("1.15"),
    "p3dn.24xlarge": Decimal("1.15"), "p4d.24xlarge": Decimal("1.15"), "p4de.24xlarge": Decimal("1.15"),
    "p5.48xlarge": Decimal("1.15"), "p5en.48xlarge": Decimal("1.15"),
    "inf2.xlarge": Decimal("1.31"), "inf2.8xlarge": Decimal("1.20"),
    "inf2.24xlarge": Decimal("1.20"), "inf2.48xlarge": Decimal("1.20"),
    "t2.medium": Decimal("1.00"), "p5.4xlarge": Decimal("1.15"),
    "trn1.2xlarge": Decimal("1.15"), "trn1.32xlarge": Decimal("1.15"),
}  # fmt: skip

VOLUME_MULTIPLES = {
    "Train": Decimal("1.4"), "Notebk": Decimal("1.4"), "Host": Decimal("1.4"), "Tsform": Decimal("1.4"),
    "TrainWarmPool": Decimal("1.4"), "Processing": Decimal("1.0"),
}  # fmt: skip
"""A GB-month of gp2 over EBS's own, by component: 0.14 and 0.10 over 0.10 (us-east-1), 0.154 and 0.11 over 0.11."""
STUDIO_VOLUME_MULTIPLE = Decimal("1.4")
"""A GB-month of a Studio space's gp3 volume over EBS's own: 0.112 over 0.08 (us-east-1, October 2025)."""

_HOURS = re.compile(
    r"(?:(?:Train|TrSpt|Notebk|Host|Processing|Tsform|AsyncInf|TrainWarmPool):"
    r"|Studio:(?:(?:JupyterLab|KernelGateway|CodeEditor|JupyterServer)-)?)ml\.(?P<name>[a-z0-9-]+\.[a-z0-9]+)"
)
_VOLUME = re.compile(r"(?P<component>[A-Za-z]+):VolumeUsage\.gp2")


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
    if name in OTHER_TYPES:
        known = OTHER_TYPES[name]
    elif family in CPU_FAMILIES and "metal" not in size:
        known = Decimal("1.20")
    elif family in GPU_FAMILIES and "metal" not in size:
        known = Decimal("1.40") if size == "xlarge" else Decimal("1.25")
    else:
        return None
    return known if on >= CUT else BEFORE_CUT


def derive_price(book: PriceSource, *, region: str, usage_type: str, purchase: str, on: date) -> tuple[Price, ...]:
    """Return the derived price of a SageMaker usage type on a day; empty where no rule applies.

    Parameters
    ----------
    book : PriceSource
        Holds the EC2 or EBS price.
    region, usage_type, purchase : str
        ``Train:ml.g5.xlarge``, ``Studio:ml.t3.medium``, ``TrSpt:ml.p3.8xlarge`` (spot), ``Notebk:VolumeUsage.gp2``.
    on : date

    Notes
    -----
    A plain ``Studio:ml.x`` is Studio's JupyterLab or notebook price where one is known. Otherwise the hour is EC2's
    times `multiple`, half to even at 3 decimals; managed spot is EC2's spot price times the same.
    """
    hours = _HOURS.fullmatch(usage_type)
    if hours is not None:
        if usage_type.startswith("Studio:"):
            sibling = _studio(book, region, usage_type, hours["name"], purchase, on)
            if sibling:
                return sibling
        return _instance(book, region, usage_type, hours["name"], purchase, on)
    volume = _VOLUME.fullmatch(usage_type)
    if volume is not None and volume["component"] in VOLUME_MULTIPLES and purchase == "on-demand":
        base = _base(book, region, "EBS:VolumeUsage.gp2", "on-demand", on)
        factor = VOLUME_MULTIPLES[volume["component"]]
        return () if base is None else (_scale(base, usage_type, purchase, factor, 6),)
    if usage_type == "Studio:VolumeUsage.gp3" and purchase == "on-demand":
        base = _base(book, region, "EBS:VolumeUsage.gp3", "on-demand", on)
        return () if base is None else (_scale(base, usage_type, purchase, STUDIO_VOLUME_MULTIPLE, 6),)
    return ()


def _studio(book: PriceSource, region: str, usage_type: str, name: str, purchase: str, on: date) -> tuple[Price, ...]:
    for app in ("JupyterLab", "KernelGateway"):
        known = f"Studio:{app}-ml.{name}"
        rows = book.candidates(service=SERVICE, region=region, usage_type=known, purchase=purchase)
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
    if on < CUT:
        return (replace(price, valid_until=min(price.valid_until or CUT, CUT)),)
    return (replace(price, valid_from=CUT) if price.first_day <= CUT else price,)


def _base(book: PriceSource, region: str, usage_type: str, purchase: str, on: date) -> Price | None:
    rows = book.candidates(service="AmazonEC2", region=region, usage_type=usage_type, purchase=purchase)
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

"""Spot capacity of one instance type in one region: the provider's band of interruptions, and the waits of the traces.

AWS's Spot Instance Advisor states for each type and region which share of instances was reclaimed in the last month,
as one of five bands. It does not say how long these instances lived. One that lives the whole month and is reclaimed
with chance s has a hazard of -ln(1 - s) / 730 h, the least that the band allows; were they shorter-lived, the same
share is a higher hazard. So the lifetime is a stated range, and a model holds hazards from all of it.

A band says nothing of the wait for capacity: waits, and the chance to find none when asking, stay those of the traces.
Where no band of the type is known in the region, interruptions are the traces' too, and the model says so by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from math import ceil, exp, gcd, log

from cloudcost.catalog.spot.traced import TracedZone, spot_model, traced_zones
from cloudcost.catalog.tables import DATA, Row, read_table
from cloudcost.domain.spot import SpotModel, SpotRegime, SpotZone
from cloudcost.frozen import dataclass

COLUMNS = ("instance_type", "band", "regions", "as_of", "source")
"""The header of ``spot_bands.csv``; regions stand apart by blanks."""

LIFETIME_HOURS = (1.0, 730.0)
"""Lifetimes that may stand behind a band: from an hour of batch work to the whole month. Nobody publishes them, so
each order of magnitude is taken as likely: an assumption. The one machine of which both are known asks for the lower
end: V100 instances lived 3.6 h in the traces (the median zone 2.3 h) under a band of over 20 %, as 30 % of
instances that live about 1 h. [h]"""

HAZARDS = 24
"""Hazards of a model at least; the traced zones are repeated until there are as many. [count]"""

_GOLDEN = 0.618033988749895
"""Fractional part of the golden ratio: its multiples fill 0 to 1 evenly, unrelated to the order of the lifetimes."""

SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotBand:
    """What AWS says of one type in one region.

    Parameters
    ----------
    instance_type, region : str
    label : str
        ``10-15%``.
    low_share, high_share : float
        Of the instances, reclaimed in a month. [1]
    as_of : date
    source : str
    """

    instance_type: str
    region: str
    label: str
    low_share: float
    high_share: float
    as_of: date
    source: str

    @property
    def words(self) -> str:
        """The band as sentences have it: ``10-15 %``."""
        return self.label.replace("%", " %").replace("<", "under ").replace(">", "over ")


@cache
def _rows() -> dict[str, list[Row]]:
    """Return the rows of the shipped table by instance type, as text."""
    found: dict[str, list[Row]] = {}
    for row in read_table(DATA / "spot_bands.csv", COLUMNS):
        found.setdefault(row[0], []).append(row)
    return found


@cache
def band_shares() -> dict[str, tuple[float, float]]:
    """Return the share of instances reclaimed in a month, by the name of the band. [1]

    Examples
    --------
    >>> band_shares()["10-15%"]
    (0.1, 0.15)
    """
    columns = ("band", "low_share", "high_share", "as_of", "source", "note")
    rows = read_table(DATA / "spot_band_shares.csv", columns)
    return {label: (float(low), float(high)) for label, low, high, *_ in rows}


def spot_bands() -> dict[str, tuple[SpotBand, ...]]:
    """Return the bands of the shipped table by instance type, the oldest first."""
    return {name: _bands_of(name) for name in _rows()}


@cache
def _bands_of(instance_type: str) -> tuple[SpotBand, ...]:
    bands: list[SpotBand] = []
    for name, label, places, as_of, source in _rows().get(instance_type, ()):
        low, high = band_shares()[label]
        for place in places.split():
            band = SpotBand(
                instance_type=name,
                region=place,
                label=label,
                low_share=low,
                high_share=high,
                as_of=date.fromisoformat(as_of),
                source=source,
            )
            bands.append(band)
    return tuple(sorted(bands, key=lambda band: (band.as_of, band.region)))


def spot_band(instance_type: str, region: str, on: date) -> SpotBand | None:
    """Return the band of a type in a region that was seen last up to a day, or the first one seen; None without any.

    Examples
    --------
    >>> band = spot_band("g4dn.xlarge", "us-east-1", date(2026, 11, 22))
    >>> band.label, str(band.as_of)
    ('10-15%', '2026-09-25')
    """
    bands = [band for band in _bands_of(instance_type) if band.region == region]
    seen = [band for band in bands if band.as_of <= on]
    return seen[-1] if seen else bands[0] if bands else None


def hazards_per_hour(band: SpotBand, count: int) -> tuple[float, ...]:
    """Return hazards that the band allows, each as likely: shares over the band, lifetimes over their range. [1/h]

    Notes
    -----
    Each is -ln(1 - share) / lifetime, in the order of falling lifetimes.

    Examples
    --------
    >>> band = spot_band("g4dn.xlarge", "us-east-1", date(2026, 11, 22))
    >>> [f"{1 / hazard:.0f} h" for hazard in hazards_per_hour(band, 3)]
    ['1983 h', '171 h', '22 h']
    """
    return _hazards_of(band.low_share, band.high_share, count)


def _hazards_of(low_share: float, high_share: float, count: int) -> tuple[float, ...]:
    shortest, longest = LIFETIME_HOURS
    found = []
    for place in range(count):
        share = low_share + (high_share - low_share) * ((place + 0.5) * _GOLDEN % 1.0)
        lifetime = longest * exp(-log(longest / shortest) * (place + 0.5) / count)
        found.append(-log(1.0 - share) / lifetime)
    return tuple(found)


@cache
def capacity_model(instance_type: str, region: str, device: str | None, gpus: int, on: date) -> SpotModel:
    """Return what is known of the spot capacity of a machine.

    Parameters
    ----------
    instance_type : str
        AWS's name, ``g4dn.xlarge``, also of SageMaker's ``ml.g4dn.xlarge``; another provider's name has no band.
    region : str
    device : str or None
        Whose traces tell the waits; one that was never traced gets those of all that were.
    gpus : int
        Per instance; where just this number was not traced, the nearest that was. [count]
    on : date

    Examples
    --------
    >>> model = capacity_model("g4dn.xlarge", "us-east-1", "T4", 1, date(2026, 11, 22))
    >>> model.basis, model.interruptions[:60]
    ('banded', "AWS's band for g4dn.xlarge in us-east-1, 10-15 % of instance")
    >>> capacity_model("g4dn.xlarge", "us-gov-west-1", "T4", 1, date(2026, 11, 22)).basis
    'assumed'
    """
    name = instance_type.removeprefix("ml.")
    traces = spot_model(device, max(gpus, 1))
    waits = traces_of(traces)
    band = spot_band(name, region, on)
    if band is None:
        return replace(traces, interruptions=f"{waits}{_no_band(name, region)}", waits=waits)
    own = "" if name == instance_type else "EC2's "
    shortest, longest = LIFETIME_HOURS
    share = f"{band.words} of instances a month ({band.as_of}), taken to live {shortest:.0f} to {longest:.0f} h"
    return SpotModel(
        accelerator=traces.accelerator,
        zones=_banded(traces.accelerator, max(gpus, 1) if traces.basis == "traced" else 1, band.label),
        basis="banded",
        source=f"{band.source}; {traces.source}",
        as_of=band.as_of,
        interruptions=f"AWS's band for {own}{name} in {region}, {share}",
        waits=waits,
    )


@cache
def _banded(accelerator: str, count: int, label: str) -> tuple[SpotZone, ...]:
    """Return zones in which instances live as a band says, and capacity is waited for as in the traced ones.

    Types and regions of the same traces and the same band share one answer.
    """
    zones = spot_model(accelerator, count).zones
    copies = ceil(HAZARDS / len(zones))
    count = copies * len(zones)
    hazards = _hazards_of(*band_shares()[label], count)
    step = next(step for step in range(round(count * _GOLDEN), 2 * count) if gcd(step, count) == 1)
    places = range(count)
    return tuple(_with_hazard(zones[place % len(zones)], hazards[place * step % count], label) for place in places)


def _with_hazard(zone: SpotZone, per_hour: float, label: str) -> SpotZone:
    """Return a zone of one exponential up-time, with the first two moments of its waits and their share of time."""
    total = sum(regime.share for regime in zone.regimes)
    up = sum(regime.share * regime.up_seconds for regime in zone.regimes) / total
    wait = sum(regime.share * regime.wait_seconds for regime in zone.regimes) / total
    square = sum(r.share * r.wait_seconds**2 * (1 + 1 / r.wait_shape) for r in zone.regimes) / total
    regime = SpotRegime(
        up_seconds=SECONDS_PER_HOUR / per_hour, wait_seconds=wait, wait_shape=wait**2 / (square - wait**2)
    )
    return SpotZone(name=f"{label} with {zone.name}", regimes=(regime,), available=up / (up + wait))


def traces_of(model: SpotModel) -> str:
    """Return which traces a model's zones are from, as a sentence names them."""
    return _traces_of(model.accelerator)


@cache
def _traces_of(accelerator: str) -> str:
    rows = [traced for traced in traced_zones() if accelerator in ("any", traced.accelerator)]
    machines = _listed(sorted({traced.accelerator for traced in rows}))
    return f"traces of AWS's {machines} machines in {_listed(sorted({row.zone[:-1] for row in rows}))}, {_years(rows)}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _years(rows: Sequence[TracedZone]) -> str:
    years = sorted({part for row in rows for part in row.fitted.name.replace("/", "-").split("-") if _is_year(part)})
    return years[0] if len(years) == 1 else f"{years[0]}-{years[-1]}"


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isdigit()


def _no_band(name: str, region: str) -> str:
    """Return why the traces tell the interruptions."""
    known = sorted({band.region for band in _bands_of(name)})
    if not known:
        return f" (no band of interruptions is known for {name})" if name else ""
    others = f" and {len(known) - 4} more" if len(known) > 4 else ""
    return f" (AWS's band for {name} is not known in {region}, but in {', '.join(known[:4])}{others})"

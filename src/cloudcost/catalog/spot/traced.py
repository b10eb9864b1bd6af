"""The shipped table of spot interruptions: regimes fitted on traces, one zone and campaign each, as a `SpotModel`.

An accelerator that was never traced gets the zones of all that were, each as likely: a wide guess, marked ``assumed``.
`cloudcost.catalog.spot.bands` puts the provider's band of a type and region in the place of the traced up-times.
"""

from __future__ import annotations

from datetime import date
from functools import cache

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.domain.spot import SpotModel, SpotRegime, SpotZone
from cloudcost.errors import CatalogError
from cloudcost.frozen import dataclass

COLUMNS = (
    "accelerator", "count", "zone", "campaign", "kind", "regime", "up_seconds", "wait_seconds", "wait_shape",
    "share", "following", "spells", "as_of", "source",
)  # fmt: skip
"""The header of ``spot_interruptions.csv``; the rows of a zone stand together, in the order of `regime`."""

CPU = "CPU"
"""What a machine without an accelerator is called in the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedZone:
    """A fitted zone and what it was traced with: accelerator, accelerators per instance, zone, day of the fit."""

    accelerator: str
    count: int
    zone: str
    fitted: SpotZone
    as_of: date
    source: str


@cache
def traced_zones() -> tuple[TracedZone, ...]:
    """Return every zone of the shipped table, in its order."""
    groups: dict[tuple[str, ...], list[list[str]]] = {}
    for row in read_table(DATA / "spot_interruptions.csv", COLUMNS):
        groups.setdefault(tuple(row[:5]), []).append(row)
    zones = []
    for (accelerator, count, zone, campaign, kind), rows in groups.items():
        try:
            regimes = tuple(
                SpotRegime(
                    up_seconds=float(row[6]),
                    wait_seconds=float(row[7]),
                    wait_shape=float(row[8]),
                    share=float(row[9]),
                    following=tuple(float(chance) for chance in row[10].split(";")),
                )
                for row in rows
            )
            zones.append(
                TracedZone(
                    accelerator=accelerator,
                    count=int(count),
                    zone=zone,
                    fitted=SpotZone(name=f"{zone}/{campaign}/{kind}", regimes=regimes),
                    as_of=date.fromisoformat(rows[0][12]),
                    source=rows[0][13],
                )
            )
        except ValueError as error:
            raise CatalogError(
                f"spot_interruptions.csv:{accelerator}/{zone}: {error}, install cloudcost again"
            ) from None
    return tuple(zones)


@cache
def spot_model(accelerator: str | None, count: int = 1, zone: str | None = None) -> SpotModel:
    """Return what the traces say about spot instances with `count` of an accelerator.

    Parameters
    ----------
    accelerator : str or None
        ``V100``, ``K80``; None or ``CPU`` for a machine without. Any other gets all traces together.
    count : int
        Accelerators per instance; where just this number was not traced, the nearest that was. [count]
    zone : str or None
        One zone alone, as ``us-east-1f``; None: each traced zone as likely.

    Raises
    ------
    CatalogError
        When the zone was not traced with this accelerator.

    Examples
    --------
    >>> model = spot_model("K80")
    >>> model.accelerator, model.basis, len(model.zones)
    ('K80', 'traced', 2)
    >>> spot_model("L4").basis
    'assumed'
    """
    wanted = (accelerator or CPU).upper()
    traced = [row for row in traced_zones() if row.accelerator.upper() == wanted]
    basis, rows = ("traced", traced) if traced else ("assumed", list(traced_zones()))
    if traced and wanted != CPU:
        nearest = min({row.count for row in traced}, key=lambda known: (abs(known - count), known))
        rows = [row for row in traced if row.count == nearest]
    if zone is not None:
        known = sorted({row.zone for row in rows})
        rows = [row for row in rows if row.zone == zone]
        if not rows:
            raise CatalogError(f"no spot trace of {wanted} in zone {zone}, use one of {', '.join(known)}")
    return SpotModel(
        accelerator=rows[0].accelerator if traced else "any",
        zones=tuple(row.fitted for row in rows),
        basis="traced" if basis == "traced" else "assumed",
        source=rows[0].source,
        as_of=max(row.as_of for row in rows),
    )

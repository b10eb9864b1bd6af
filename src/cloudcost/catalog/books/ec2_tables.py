"""EC2's own narrow tables, since the general form would repeat one source, date and grade 18,000 times.

`data/ec2/<region>.csv` holds the on-demand prices: a type, its price, and the letter of its block in
`data/ec2/blocks.csv` (dates, grade, source, note); `data/ec2/zones.csv` holds those of local zones, and
`data/ec2/reserved/<region>.csv` the effective
hourly prices of reservations, a column for each kind. Earlier prices, spot and storage are in the general form.
"""

from __future__ import annotations

from functools import cache

from cloudcost.catalog.aws.commitments.reservations import priced_reservations
from cloudcost.catalog.aws.regions import may_be_zone
from cloudcost.catalog.tables import DATA, Row, read_table

SERVICE = "AmazonEC2"


@cache
def _blocks() -> dict[str, Row]:
    columns = ("block", "as_of", "valid_from", "valid_until", "seen_from", "confirmed_on", "grade", "source", "note")
    return {row[0]: row[1:] for row in read_table(DATA / "ec2" / "blocks.csv", columns)}


@cache
def ec2_regions() -> frozenset[str]:
    """Return the regions that have a table of EC2 prices."""
    return frozenset(path.stem for path in (DATA / "ec2").glob("*-*.csv"))


@cache
def ec2_zones() -> frozenset[str]:
    """Return the local zones that have EC2 prices."""
    return frozenset(_zone_rows())


@cache
def _zone_rows() -> dict[str, list[Row]]:
    """Return type, price and block of every row, by zone."""
    found: dict[str, list[Row]] = {}
    for zone, *row in read_table(DATA / "ec2" / "zones.csv", ("zone", "instance_type", "usd", "block")):
        found.setdefault(zone, []).append(row)
    return found


@cache
def _reserved_regions() -> frozenset[str]:
    return frozenset(path.stem for path in (DATA / "ec2" / "reserved").glob("*.csv"))


def ec2_rows(region: str) -> list[Row]:
    """Return the on-demand and reserved prices of a region in the general form; none where it has no table."""
    blocks = _blocks()
    rows: list[Row] = []
    if region in ec2_regions():
        for name, usd, block in read_table(DATA / "ec2" / f"{region}.csv", ("instance_type", "usd", "block")):
            rows.append(_widen(region, name, "on-demand", usd, blocks[block]))
    elif may_be_zone(region):
        rows.extend(
            _widen(region, name, "on-demand", usd, blocks[block]) for name, usd, block in _zone_rows().get(region, ())
        )
    if region in _reserved_regions():
        kinds = priced_reservations()
        path = DATA / "ec2" / "reserved" / f"{region}.csv"
        for name, block, *prices in read_table(path, ("instance_type", "block", *kinds)):
            for purchase, usd in zip(kinds, prices, strict=True):
                if usd:
                    rows.append(_widen(region, name, purchase, usd, blocks[block]))
    return rows


def _widen(region: str, name: str, purchase: str, usd: str, block: Row) -> Row:
    return [SERVICE, region, f"BoxUsage:{name}", "", purchase, "Hrs", usd, "", "", *block]

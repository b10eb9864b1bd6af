"""Savings Plans of AWS: a commitment of so many dollars an hour for one or three years, which lowers hourly rates."""

from __future__ import annotations

from datetime import date
from functools import cache

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.frozen import dataclass

_COLUMNS = (
    "purchase", "plan", "product_family", "service", "covers", "usage_type", "years", "upfront", "of_one_family",
    "as_of", "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SavingsPlan:
    """A kind of plan, its term and how it is paid.

    Parameters
    ----------
    purchase : str
        As project files and prices have it.
    title : str
        ``Compute Savings Plan``.
    product_family : str
        As price lists have it.
    service : str
        Under which the commitment is billed.
    covers : str
        The service whose machines' hours it lowers.
    usage_type : str
        What the usage type of the commitment begins with.
    years : int
        Its term. [years]
    upfront : str
        How much is paid at once: ``no``, ``partial`` (half of it), ``all``.
    of_one_family : bool
        Whether it covers one family of machines in one region alone.
    as_of : date
    source : str
        Key of a `Source`.
    """

    purchase: str
    title: str
    product_family: str
    service: str
    covers: str
    usage_type: str
    years: int
    upfront: str
    of_one_family: bool
    as_of: date
    source: str

    def commitment_type(self, instance: str) -> str:
        """Return the usage type under which the commitment is billed.

        Examples
        --------
        >>> savings_plans()["ec2-instance-savings-plan-3y-all-upfront"].commitment_type("g5.xlarge")
        'EC2SP:g5.3yrAllUpfront'
        >>> savings_plans()["compute-savings-plan-1y-no-upfront"].commitment_type("g5.xlarge")
        'ComputeSP:1yrNoUpfront'
        """
        family = f"{instance.partition('.')[0]}." if self.of_one_family else ""
        return f"{self.usage_type}:{family}{self.years}yr{self.upfront.capitalize()}Upfront"


@cache
def savings_plans() -> dict[str, SavingsPlan]:
    """Return the plans by what they are called."""
    rows = read_table(DATA / "savings_plans.csv", _COLUMNS)
    return {
        purchase: SavingsPlan(
            purchase=purchase,
            title=title,
            product_family=family,
            service=service,
            covers=covers,
            usage_type=usage_type,
            years=int(years),
            upfront=upfront,
            of_one_family=alone == "yes",
            as_of=date.fromisoformat(as_of),
            source=source,
        )
        for purchase, title, family, service, covers, usage_type, years, upfront, alone, as_of, source in rows
    }

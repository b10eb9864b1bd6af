"""By which rule a price that is missing in a region may be assumed: rows of `data/assumed_prices.csv`.

An assumed price is another region's, times the ratio that the two regions have in something else whose price is known
in both. How far such a price lies from the true one was seen wherever both are known; the table has it.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.domain.prices import PriceKey
from cloudcost.frozen import dataclass

_COLUMNS = (
    "service", "usage_type", "purchase", "reference", "ratio_service", "ratio_usage_type", "means", "within", "warning",
    "as_of", "source",
)  # fmt: skip
_DEAREST = "dearest"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumptionRule:
    """How prices of a family are assumed where they are missing.

    Parameters
    ----------
    service, usage_type, purchase : str
        Patterns of what it holds for.
    references : tuple of str
        Regions whose price is taken, the first that has one; none where the dearest known rate is.
    ratio_service, ratio_usage_type : str
        Whose price in the region over that in the reference scales it, ``{machine}`` the same machine's; empty where
        AWS asks one price in all or nearly all regions.
    means : str
        The same in words: ``S3 Standard``.
    within : str
        The factor within which nine in ten known prices lie of the rule's; empty where it was not seen. [1]
    warning : str
        What else is not known: whether a machine can be had in the region.
    source : str
        Key of a `Source`.
    """

    service: str
    usage_type: str
    purchase: str
    references: tuple[str, ...]
    ratio_service: str
    ratio_usage_type: str
    means: str
    within: str
    warning: str
    source: str

    @property
    def is_of_machine(self) -> bool:
        """Whether the ratio is that of the same machine's hours on demand, which may be assumed itself."""
        return "{machine}" in self.ratio_usage_type

    def ratio_key(self, key: PriceKey) -> PriceKey | None:
        """Return whose ratio scales the price of a key; None where AWS asks one price."""
        if not self.ratio_service:
            return None
        machine = key.usage_type.rpartition(":")[2].rpartition("ml.")[2]
        return PriceKey(self.ratio_service, key.region, self.ratio_usage_type.replace("{machine}", machine))

    def told(self, region: str) -> str:
        """Return where the price comes from and how far it may be off, in words."""
        if not self.references:
            taken = "the dearest rate from there or, without one, from its continent is taken"
        else:
            taken = f"taken from {self.references[0]}{' or another region' if len(self.references) > 1 else ''}"
            taken += f" in the ratio of {self.means}" if self.means else " as it is"
        far = f"; of those known, nine in ten are within x/{self.within} of such a price" if self.within else ""
        return f"not known in {region}, {taken}{far}{'; ' if self.warning else ''}{self.warning}"


@cache
def assumption_rules() -> tuple[AssumptionRule, ...]:
    """Return every rule, in the table's order: the first that holds counts."""
    return tuple(
        AssumptionRule(
            service=service,
            usage_type=usage_type,
            purchase=purchase,
            references=() if reference == _DEAREST else tuple(reference.split()),
            ratio_service=ratio_service,
            ratio_usage_type=ratio_usage_type,
            means=means,
            within=within,
            warning=warning,
            source=source,
        )
        for service, usage_type, purchase, reference, ratio_service, ratio_usage_type, means, within, warning, _, source
        in read_table(DATA / "assumed_prices.csv", _COLUMNS)
    )  # fmt: skip


@cache
def assumption_rule(service: str, usage_type: str, purchase: str) -> AssumptionRule | None:
    """Return the rule for a price that is missing in a region; None where none may be assumed.

    Examples
    --------
    >>> rule = assumption_rule("AmazonEC2", "BoxUsage:p3.2xlarge", "on-demand")
    >>> rule and rule.means
    't3.xlarge'
    >>> assumption_rule("GCP", "a2-highgpu-1g", "on-demand") is None
    True
    """
    return next(
        (
            rule
            for rule in assumption_rules()
            if fnmatchcase(service, rule.service)
            and fnmatchcase(usage_type, rule.usage_type)
            and fnmatchcase(purchase, rule.purchase)
        ),
        None,
    )

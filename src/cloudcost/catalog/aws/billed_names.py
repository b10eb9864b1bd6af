"""What a bill leaves out, by what it says: the service of a usage type, the region and the usage type of a description.

Each is told only where one answer is possible; else the text stays empty, and whoever reads the bill says so.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cache, lru_cache

from cloudcost.catalog.aws.regions import regions
from cloudcost.catalog.books.operations import operation_rules
from cloudcost.catalog.tables import DATA, read_table

_COLUMNS = ("description", "unit", "usage_type", "source")
_SPELLED = re.compile(r"[A-Z]{2,3}[A-Z0-9]*-AWS-(?:In|Out)-Bytes")
"""Traffic between two regions that a description names by its usage type."""

_SHARE_REQUESTS = {"AmazonS3", "AmazonSNS"}
"""Both have Requests-Tier1. What is billed of it is S3's: of SNS's requests the first million a month is free."""


@lru_cache(maxsize=4096)
def service_of(usage_type: str) -> str:
    """Return the only service that has such a usage type; empty where several have it, or none that is known.

    Examples
    --------
    >>> service_of("Notebk:ml.t3.medium"), service_of("BoxUsage:p3.2xlarge"), service_of("Hours")
    ('AmazonSageMaker', 'AmazonEC2', '')
    """
    fitting = [
        rule for rule in operation_rules() if fnmatchcase(usage_type, rule.usage_type) and rule.usage_type != "*"
    ]
    named = [rule for rule in fitting if not rule.usage_type.startswith("*")]  # EBS:Volume* says more than *:Volume*
    found = {rule.service for rule in named or fitting}
    if found == _SHARE_REQUESTS:
        return "AmazonS3"
    return found.pop() if len(found) == 1 else ""


@cache
def _locations() -> dict[str, str]:
    """Return the region of each location, as price lists and bills spell it."""
    found = {}
    for region in regions().values():
        found[region.location] = region.code
        found[region.location.replace("EU (", "Europe (")] = region.code
    return {**found, "US East (Northern Virginia)": "us-east-1"}


@lru_cache(maxsize=4096)
def region_in(description: str) -> str:
    """Return the only region whose location a description names; empty where it names none, or two.

    Examples
    --------
    >>> region_in("$0.055 per Notebook ml.t3.medium hour in Europe (Ireland)")
    'eu-west-1'
    """
    found = {code for location, code in _locations().items() if location in description}
    return found.pop() if len(found) == 1 else ""


@cache
def _descriptions() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    rows = read_table(DATA / "billed_descriptions.csv", _COLUMNS)
    return tuple((re.compile(_pattern(description)), unit, usage_type) for description, unit, usage_type, _ in rows)


def _pattern(text: str) -> str:
    """Return a glob as a regular expression, ``{region}`` in it as a group."""
    before, found, after = text.partition("{region}")
    parts = [".*".join(map(re.escape, part.split("*"))) for part in (before, after)]
    return parts[0] + (r"(?P<region>.+)" if found else "") + parts[1]


@lru_cache(maxsize=4096)
def usage_type_in(description: str, unit: str) -> str:
    """Return the usage type of S3 or of traffic that a description and its unit are; empty where none is certain.

    Examples
    --------
    >>> usage_type_in("$0.004 per 10,000 GET and all other requests", "Requests")
    'Requests-Tier2'
    >>> usage_type_in("$0.02 per GB - US West (Oregon) data transfer to EU (Ireland)", "GB")
    'EU-AWS-Out-Bytes'
    """
    spelled = _SPELLED.search(description)
    if spelled is not None:
        return spelled[0]
    for pattern, of, usage_type in _descriptions():
        found = pattern.fullmatch(description) if unit == of else None
        if found is None:
            continue
        if "{code}" not in usage_type:
            return usage_type
        other = _locations().get(found["region"])
        return usage_type.replace("{code}", regions()[other].codes[0]) if other else ""
    return ""

"""Which cause a line of a bill has: the rules of the catalog, asked in their order.

A line is known by its charge (tax, credits ...), else by its service, usage type and operation, else, where no usage
type is stated or none of the rules knows it, by its description. What no rule knows is `OTHER`. Usage types are known
with and without the region's code in front, with two codes, and in any case.
"""

from __future__ import annotations

import re
from fnmatch import translate
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from cloudcost.catalog.causes import OTHER, cause_rules
from cloudcost.frozen import dataclass

if TYPE_CHECKING:
    from cloudcost.catalog.causes import CauseRule
    from cloudcost.domain.bills import BillLine

NOT_STATED = "(none)"
"""The pattern of what a report leaves out: it names a service and says no more."""
_CODE = re.compile(r"(?:[A-Z]{2,4}\d{0,2}|[a-z]{2}(?:-[a-z]+)+-\d)-(?=.)")
"""A region's, a local zone's or an edge's code in front of a usage type."""
_MOST_KNOWN = 100_000
"""Kinds of lines that are remembered: more than a large bill has. [count]"""


@dataclass(frozen=True, slots=True)
class CauseOfLine:
    """The cause of a line, and the part of it.

    Parameters
    ----------
    cause : str
        Key of a `Cause`.
    part : str
        Empty where the cause has no parts.
    by_description : bool
        Whether only the line's description told.
    """

    cause: str
    part: str = ""
    by_description: bool = False


def cause_of(line: BillLine) -> CauseOfLine:
    """Return the cause of a line: exactly one, whatever stands in it."""
    return cause_of_names(line.service, line.usage_type, line.operation, line.charge, line.description)


@lru_cache(maxsize=_MOST_KNOWN)
def cause_of_names(service: str, usage_type: str, operation: str, charge: str, description: str) -> CauseOfLine:
    """Return the cause of a line by its names.

    Examples
    --------
    >>> cause_of_names("AmazonSageMaker", "USE1-Notebk:ml.p2.xlarge", "RunInstance", "usage", "")
    CauseOfLine(cause='notebook', part='machines', by_description=False)
    >>> cause_of_names("Frobnicator", "Frob:1", "", "usage", "").cause
    'other'
    """
    fitting = [rule for rule in _rules() if rule.is_open_to(service, operation, charge)]
    names = _names(usage_type)
    for rule in fitting:
        if not rule.is_whole and rule.has_names(service, names, description):
            return CauseOfLine(rule.rule.cause, rule.rule.part)
    for rule in fitting if service else ():
        if rule.is_whole and not description:
            return CauseOfLine(rule.rule.cause, rule.rule.part)
        if description and rule.description is not None and rule.description.match(description):
            return CauseOfLine(rule.rule.cause, rule.rule.part, by_description=not rule.is_whole)
    return CauseOfLine(OTHER)


def _names(usage_type: str) -> list[str]:
    """Return a usage type as it stands, then without one code in front, then without two."""
    found = [usage_type]
    while len(found) < 3 and (code := _CODE.match(found[-1])):
        found.append(found[-1][code.end() :])
    return found


class _Rule:
    """A rule with its patterns compiled."""

    def __init__(self, rule: CauseRule) -> None:
        self.rule = rule
        self._service = _compiled(tuple(map(_tight, rule.service)))
        self._usage_type = _compiled(rule.usage_type)
        self._operation = _compiled(rule.operation)
        self._charge = _compiled(rule.charge)
        self.description = _compiled(rule.description)
        self.is_whole = rule.usage_type == ("*",)
        self._is_undivided = rule.usage_type == (NOT_STATED,)

    def is_open_to(self, service: str, operation: str, charge: str) -> bool:
        """Return whether service, operation and charge fit; a service that is not stated may be any."""
        if self._charge is not None and not self._charge.match(charge):
            return False
        if (
            self._service is not None
            and not self._service.match(_tight(service))
            and (service or self._usage_type is None)
        ):
            return False
        return self._operation is None or bool(self._operation.match(operation))

    def has_names(self, service: str, names: list[str], description: str) -> bool:
        """Return whether the usage type fits; where the rule names none, whether it asks for no description either."""
        if self._usage_type is None:
            return self.description is None
        if self._is_undivided:
            return bool(service) and not names[0] and not description
        return any(self._usage_type.match(name) for name in names if name)


def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile("|".join(map(translate, patterns)), re.IGNORECASE) if patterns else None


def _tight(service: str) -> str:
    """Return a service without blanks: reports write `AmazonS3` and `Amazon S3` alike."""
    return service.replace(" ", "")


@cache
def _rules() -> tuple[_Rule, ...]:
    return tuple(map(_Rule, cause_rules()))

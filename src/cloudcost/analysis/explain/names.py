"""What the names of a bill tell: who made requests, where bytes went, which services no rule knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cloudcost.analysis.explain.costs import total_quantity, total_usd
from cloudcost.analysis.explain.told import Told, few
from cloudcost.catalog.aws.regions import regions_by_code
from cloudcost.figures import figure
from cloudcost.money import format_usd

if TYPE_CHECKING:
    from cloudcost.analysis.explain.costs import CostedLine

_OTHER_REGION = re.compile(r"(?:^|-)([A-Z]{2,4}\d{0,2})-(?:AWS|S3RTC)-(?:In|Out)-")
_DESCRIBED = re.compile(r"\bdata transfer (?:to|from) (.+)$|\bfor ([A-Z]{2,4}\d{0,2})-AWS-Out-Bytes", re.IGNORECASE)


def makers(lines: Sequence[CostedLine]) -> Told:
    """Return who made requests: the operation where the bill has it, else the tier."""
    return _grouped(lines, lambda each: each.line.operation or each.cause.part or each.line.usage_type, "operations")


def destinations(lines: Sequence[CostedLine]) -> Told:
    """Return where bytes went to, or came from."""
    return _grouped(lines, _way, "ways")


def services(lines: Sequence[CostedLine]) -> Told:
    """Return what no rule knows, by service and usage type."""
    return _grouped(
        lines, lambda each: f"{each.line.service} {each.line.usage_type or each.line.description}".strip(), "of them"
    )


def _way(each: CostedLine) -> str:
    """Return from where to where a line's bytes went."""
    line = each.line
    here = line.region or "the bill's region"
    other = _other_region(line.usage_type, line.description)
    if each.cause.cause == "egress":
        return f"{here} to the internet"
    if other:
        return f"{other} to {here}" if each.cause.part == "in" else f"{here} to {other}"
    return f"{each.cause.part} {here}".strip() if each.cause.part else here


def _other_region(usage_type: str, description: str) -> str:
    code = _OTHER_REGION.search(usage_type)
    if code is not None:
        return regions_by_code().get(code[1], code[1])
    told = _DESCRIBED.search(description)
    if told is None:
        return ""
    return told[1] or regions_by_code().get(told[2], told[2])


def _grouped(lines: Sequence[CostedLine], name_of: Callable[[CostedLine], str], noun: str) -> Told:
    groups: dict[tuple[str, str], list[CostedLine]] = {}
    for each in lines:
        groups.setdefault((name_of(each), each.line.unit), []).append(each)
    ranked = sorted(groups.items(), key=lambda each: (-total_usd(each[1]), each[0]))
    return Told(sentences=few([_sentence(name, unit, group) for (name, unit), group in ranked], noun))


def _sentence(name: str, unit: str, lines: Sequence[CostedLine]) -> str:
    quantity = total_quantity(lines)
    much = "" if quantity is None else f"{figure(quantity)} {unit}".strip() + ", "
    return f"{name}: {much}{format_usd(total_usd(lines))} USD"

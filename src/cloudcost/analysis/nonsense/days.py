"""Rules about days: what was seen long before the project or long after it, and what it has before there was any."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cloudcost.analysis.nonsense.rule import OptionRule, Subject
from cloudcost.catalog.books.validity import MOST_MONTHS_CARRIED
from cloudcost.catalog.devices import find_device
from cloudcost.domain.kinds import facts_of
from cloudcost.pricing.dating import OLD_MONTHS

_DAYS = 365.25 / 12
"""Of a month. [day]"""


def _old_rate(subject: Subject, limit: float) -> Iterator[str]:
    machine, day = None if subject.model is None else subject.model.machine, _day(subject)
    rate = None if machine is None or not machine.paid else machine.rate
    if rate is not None and _months(rate.as_of, day) > limit:
        yield (
            f"the {rate.units_per_hour} compute units an hour of {rate.accelerator} were last seen on {rate.as_of}, "
            f"{_months(rate.as_of, day):.0f} months before {day}"
        )


def _later_terms(subject: Subject, limit: float) -> Iterator[str]:
    """Yield what has one row alone, seen long after the project: Colab's plan and disk, AWS's spot band."""
    if subject.model is None:
        return
    day, capacity = _day(subject), subject.model.capacity
    seen = list(subject.model.machine.seen_on)
    if capacity is not None and capacity.basis == "banded" and capacity.as_of is not None:
        seen.append(("the spot band of its type", capacity.as_of))
    late = [f"{what} ({on})" for what, on in seen if _months(day, on) > limit]
    if late:
        yield f"taken for {day} from what was seen over {limit:.0f} months later: {', '.join(late)}"


def _before_the_device(subject: Subject, limit: float) -> Iterator[str]:
    option = subject.option
    known = find_device(option.device) if option.device and facts_of(option).names_device else None
    day = _day(subject)
    if known is not None and known.launched is not None and (known.launched - day).days > limit:
        yield f"device = {option.device!r} on {day}: the {known.name} was launched on {known.launched}"


def _day(subject: Subject) -> date:
    return subject.context.day(subject.project)


def _months(since: date, until: date) -> float:
    return (until - since).days / _DAYS


DAY_RULES: tuple[OptionRule, ...] = (
    OptionRule(
        name="a rate seen long ago", limit=OLD_MONTHS, unit="months before the project, above",
        reason="Colab's rates fell to under half from 2024 to 2026", found=_old_rate,
    ),
    OptionRule(
        name="terms seen long after", limit=MOST_MONTHS_CARRIED, unit="months after the project's start, above",
        reason="frameworks filled 31 GiB of Colab's disk in early 2025 and 47 in mid 2026", found=_later_terms,
    ),
    OptionRule(
        name="a device before its launch", limit=31, unit="days before its launch, above",
        reason="launches are known to the month; nobody had one long before", found=_before_the_device,
    ),
)  # fmt: skip

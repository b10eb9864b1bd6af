"""Rules about a machine of one's own: its power, its parts, how long it lives and what it is worth."""

from __future__ import annotations

from collections.abc import Iterator

from cloudcost.analysis.nonsense.rule import OptionRule, Subject
from cloudcost.catalog.devices import find_device
from cloudcost.catalog.own.device_power import training_watts
from cloudcost.domain.devices import Device
from cloudcost.domain.kinds import facts_of
from cloudcost.figures import figure
from cloudcost.money import format_usd
from cloudcost.options.machine import host_watts


def card_of(subject: Subject) -> tuple[Device, int] | None:
    """Return the card of an own machine and how many there are, where it is known."""
    option = subject.option
    name = option.device if subject.model is None else subject.model.machine.device  # a file stands for its device
    known = find_device(name) if facts_of(option).at_home and name is not None else None
    return None if known is None else (known, option.gpus or 1)


def _low_watts(subject: Subject, limit: float) -> Iterator[str]:
    card, local = card_of(subject), subject.option.local
    if card is None or local is None or local.watts is None or card[0].tdp_watts is None:
        return
    known, gpus = card
    draws = training_watts(known).typical * gpus
    if local.watts < limit * draws:
        what = known.name if gpus == 1 else f"{gpus} {known.name}"
        yield (
            f"watts = {figure(local.watts)} is less than its {what} alone {'draws' if gpus == 1 else 'draw'} under "
            f"training, about {figure(draws)} W; watts is the whole machine's, at the wall"
        )


def _high_watts(subject: Subject, limit: float) -> Iterator[str]:
    card, local = card_of(subject), subject.option.local
    if card is None or local is None or local.watts is None or card[0].tdp_watts is None:
        return
    known, gpus = card
    most = card[0].tdp_watts * gpus + host_watts(known)
    if local.watts > limit * most:
        yield (
            f"watts = {figure(local.watts)} is {figure(local.watts / most)} times the {figure(most)} W of {gpus} x "
            f"{known.name} and a host; check watts"
        )


def _idle_watts(subject: Subject, limit: float) -> Iterator[str]:
    local, model = subject.option.local, subject.model
    if local is None:
        return
    watts = local.watts if model is None else model.machine.watts
    if watts and local.idle_watts >= limit * watts:
        yield (
            f"idle_watts = {figure(local.idle_watts)} is no less than the {figure(watts)} W under training, so that "
            "electricity costs nothing; energy is charged over what the machine would draw anyway"
        )


def _gpus(subject: Subject, limit: float) -> Iterator[str]:
    option = subject.option
    if facts_of(option).names_device and (option.gpus or 1) > limit:
        yield f"gpus = {option.gpus:,} in one machine; the largest hold {limit:g}"


def _cores(subject: Subject, limit: float) -> Iterator[str]:
    local = subject.option.local
    if local is not None and (local.vcpu or 0) > limit:
        yield f"vcpu = {local.vcpu:,} in one machine; the largest have {limit:g}"


def _short_life(subject: Subject, limit: float) -> Iterator[str]:
    local = subject.option.local
    if local is not None and not local.owned and local.lifetime_years < limit:
        yield (
            f"lifetime_years = {figure(local.lifetime_years)} is under {figure(limit)}; it is how long the machine "
            "does useful work, also after the project"
        )


def _long_life(subject: Subject, limit: float) -> Iterator[str]:
    local = subject.option.local
    if local is not None and not local.owned and local.lifetime_years > limit:
        yield f"lifetime_years = {figure(local.lifetime_years)} is over {figure(limit)}; no card is used that long"


def _utilisation(subject: Subject, limit: float) -> Iterator[str]:
    local = subject.option.local
    if local is not None and not local.owned and local.charge == "share" and local.utilisation < limit:
        hours = local.utilisation * 8760
        yield (
            f"utilisation = {figure(local.utilisation)} is {figure(hours)} h of use a year, over which the whole price "
            "is spread"
        )


def _resale(subject: Subject, limit: float) -> Iterator[str]:
    local = subject.option.local
    if local is not None and not local.owned and local.resale >= limit:
        yield (
            f"resale = {figure(local.resale)} sells the machine for about what it cost, so that buying it costs "
            "nothing; resale is a share of the price"
        )


def _cooling(subject: Subject, limit: float) -> Iterator[str]:
    local = subject.option.local
    if local is not None and local.pue > limit:
        yield f"pue = {figure(local.pue)} multiplies the electricity; it is 1 at home and 1.1 to 2 in a data centre"


def _wage(subject: Subject, limit: float) -> Iterator[str]:
    local = subject.option.local
    if local is None:
        return
    for key, usd in (("wage", local.wage), ("value_per_hour", local.value_per_hour)):
        if usd > limit:
            yield f"{key} = {format_usd(usd)} USD is for one hour; check it"


OWN_RULES: tuple[OptionRule, ...] = (
    OptionRule(
        name="watts below the card's own power", limit=1, unit="times what the card usually draws, below",
        reason="the whole machine draws more than its card", found=_low_watts,
    ),
    OptionRule(
        name="watts far above the card's power", limit=5, unit="times the board's limit and a host, above",
        reason="the rest of a machine draws less than its cards", found=_high_watts,
    ),
    OptionRule(
        name="idle watts above working watts", limit=1, unit="times the watts under training, from",
        reason="a machine draws more under training than idle", found=_idle_watts,
    ),
    OptionRule(
        name="GPUs in one machine", limit=16, unit="GPUs, above",
        reason="the largest machines sold hold 16", found=_gpus,
    ),
    OptionRule(
        name="cores in one machine", limit=1024, unit="vCPU, above",
        reason="two processors of 256 cores have as many threads", found=_cores,
    ),
    OptionRule(
        name="life shorter than a year", limit=1, unit="year, below",
        reason="machines are used for 3 to 6 years", found=_short_life,
    ),
    OptionRule(
        name="life longer than any", limit=15, unit="years, above",
        reason="machines are used for 3 to 6 years", found=_long_life,
    ),
    OptionRule(
        name="hardly used", limit=0.005, unit="share of its life in use, below",
        reason="a machine that works 44 h a year is not bought for it", found=_utilisation,
    ),
    OptionRule(
        name="sold for what it cost", limit=0.95, unit="share of the price, from",
        reason="a card loses about a fifth of its value a year", found=_resale,
    ),
    OptionRule(
        name="cooling", limit=3, unit="PUE, above",
        reason="the worst data centres reach 3", found=_cooling,
    ),
    OptionRule(
        name="an hour of a person or of the machine", limit=1000, unit="USD an hour, above",
        reason="such hours cost up to some hundred USD", found=_wage,
    ),
)  # fmt: skip

"""Rules about the user's own prices: nothing, hardly anything, or too much; and credits that pay for all."""

from __future__ import annotations

from collections.abc import Iterator

from cloudcost.analysis.nonsense.own import card_of
from cloudcost.analysis.nonsense.rule import OptionRule, ProjectRule, Subject, Whole
from cloudcost.domain.lines import LineItem
from cloudcost.figures import figure
from cloudcost.money import exact_sum, format_usd


def _cheap_purchase(subject: Subject, limit: float) -> Iterator[str]:
    local = subject.option.local
    if local is not None and not local.owned and local.purchase_usd is not None and local.purchase_usd < limit:
        yield (
            f"purchase_usd = {figure(local.purchase_usd, 6)} buys the whole machine for less than {limit:g} USD; owned "
            "= true says that it is there already"
        )


def _dear_purchase(subject: Subject, limit: float) -> Iterator[str]:
    local, card = subject.option.local, card_of(subject)
    if local is None or local.owned or local.purchase_usd is None or card is None:
        return
    known, gpus = card
    if known.launch_price_usd and local.purchase_usd > limit * float(known.launch_price_usd) * gpus:
        times = float(local.purchase_usd / known.launch_price_usd) / gpus
        yield (
            f"purchase_usd = {format_usd(local.purchase_usd)} is {figure(times)} times what {gpus} x {known.name} cost "
            f"at launch ({format_usd(known.launch_price_usd)} USD each)"
        )


def _cheap_hour(subject: Subject, limit: float) -> Iterator[str]:
    option = subject.option
    if option.usd_per_hour is not None and option.usd_per_hour < limit:
        said = "takes the machine as free" if option.usd_per_hour == 0 else "is hardly anything"
        usd = figure(option.usd_per_hour, 6)
        yield f"usd_per_hour = {usd} {said}; a price that is not known is left out, not 0"


def _dear_hour(subject: Subject, limit: float) -> Iterator[str]:
    option = subject.option
    gpus = option.gpus or (1 if subject.model is None else subject.model.machine.gpus)
    if option.usd_per_hour is not None and option.usd_per_hour > limit * gpus:
        yield (
            f"usd_per_hour = {format_usd(option.usd_per_hour)} is over {limit:g} USD for each of {gpus} GPUs; check "
            "the unit (an hour of the whole machine)"
        )


def _cheap_power(subject: Subject, limit: float) -> Iterator[str]:
    local = subject.option.local
    usd = None if local is None else local.electricity_usd_per_kwh
    if usd is not None and usd < limit:
        yield (
            f"electricity_usd_per_kwh = {figure(usd, 6)} takes electricity as {'free' if usd == 0 else 'nearly free'}; "
            "country takes the price of households there"
        )


def _dear_power(subject: Subject, limit: float) -> Iterator[str]:
    local = subject.option.local
    usd = None if local is None else local.electricity_usd_per_kwh
    if usd is not None and usd > limit:
        yield (
            f"electricity_usd_per_kwh = {figure(usd, 6)} is over {limit:g} USD for a kWh, more than households pay in "
            "any country; check unit and currency"
        )


def _credits(subject: Subject, limit: float) -> Iterator[str]:
    lines = subject.estimate.lines
    used = -exact_sum([line.amount_usd for line in lines if line.service == "Credits"])
    charged = exact_sum([line.amount_usd for line in lines if _is_charged(line)])
    if 0 < charged <= used * round(limit):
        yield (
            f"credits of {format_usd(subject.project.credits_usd)} USD pay for all that is charged, so that it ranks "
            "as free; with credits_usd = 0 the options are told apart"
        )


def _is_charged(line: LineItem) -> bool:
    return line.service not in ("Credits", "Tax")


def _tax(whole: Whole, limit: float) -> Iterator[str]:
    if whole.project.tax_rate > limit:
        percent = figure(float(100 * whole.project.tax_rate))
        yield f"tax_rate = {figure(whole.project.tax_rate, 6)} is {percent} %; a rate of 19 % is written 0.19"


TAX_RULES: tuple[ProjectRule, ...] = (
    ProjectRule(
        name="tax", limit=0.3, unit="share of the bill, above",
        reason="the highest general rate is Hungary's 27 %", found=_tax,
    ),
)  # fmt: skip

PRICE_RULES: tuple[OptionRule, ...] = (
    OptionRule(
        name="a machine for nothing", limit=20, unit="USD, below",
        reason="a used computer costs more", found=_cheap_purchase,
    ),
    OptionRule(
        name="a machine for a fortune", limit=20, unit="times the cards' price at launch, above",
        reason="cards are a quarter to most of a machine's price", found=_dear_purchase,
    ),
    OptionRule(
        name="an hour for nothing", limit=0.01, unit="USD an hour, below",
        reason="the cheapest GPU on offer costs some cents an hour", found=_cheap_hour,
    ),
    OptionRule(
        name="an hour for a fortune", limit=50, unit="USD an hour and GPU, above",
        reason="the dearest in the price book cost about 21", found=_dear_hour,
    ),
    OptionRule(
        name="electricity for nothing", limit=0.001, unit="USD/kWh, below",
        reason="the cheapest country of the table pays some thousandths", found=_cheap_power,
    ),
    OptionRule(
        name="electricity for a fortune", limit=1, unit="USD/kWh, above",
        reason="the dearest country of the table pays 0.47", found=_dear_power,
    ),
    OptionRule(
        name="credits that pay for all", limit=1, unit="times what is charged, from",
        reason="options that all cost nothing are not told apart by cost", found=_credits,
    ),
)  # fmt: skip

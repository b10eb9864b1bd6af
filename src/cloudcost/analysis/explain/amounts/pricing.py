"""What a quantity costs and what quantity an amount takes: a row of the price book, what is free of it, its inverse."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from cloudcost.catalog.aws.free_tier import free_quotas_of
from cloudcost.catalog.books.validity import carry_fault
from cloudcost.domain.prices import PriceKey
from cloudcost.domain.usage import Usage
from cloudcost.errors import PriceNotFoundError
from cloudcost.figures import figure
from cloudcost.frozen import dataclass
from cloudcost.money import format_usd, scaled_decimal
from cloudcost.pricing.bill.lines import price_usage
from cloudcost.pricing.bill.prices import place_of, prices_of
from cloudcost.pricing.free_tiers import with_free_tier
from cloudcost.pricing.inverse import least_quantity
from cloudcost.pricing.lookup import FoundPrice, find_price
from cloudcost.pricing.tiers import compile_price
from cloudcost.results.candidates import MeteredRow

if TYPE_CHECKING:
    from cloudcost.analysis.explain.amounts.question import Question
    from cloudcost.domain.lines import LineItem

COUNTED = frozenset({"Requests", "Objects", "Events"})
"""Units of which a meter counts whole ones."""
STARTED_HOURS = frozenset({"NatGateway-Hours", "VpcEndpoint-Hours"})
"""Usage types that count each started hour."""
PLACES = 6
"""Decimals of any other quantity: less than a cent of the dearest machine's hour. [count]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metered:
    """A usage type with its price on the day of the question.

    Parameters
    ----------
    question : Question
    key : PriceKey
    found : FoundPrice
    """

    question: Question
    key: PriceKey
    found: FoundPrice

    @property
    def unit(self) -> str:
        """Of the price."""
        return self.found.price.unit

    @property
    def places(self) -> int:
        """Decimals of a quantity. [count]"""
        whole = self.unit in COUNTED or self.key.usage_type in STARTED_HOURS
        return 0 if whole else PLACES

    @property
    def step(self) -> Fraction:
        """What a quantity is a whole multiple of. [unit]"""
        return Fraction(1, 10**self.places)

    def taking(self, amount_usd: Fraction) -> Fraction | None:
        """Return the least quantity that costs so much; None where none does. [unit]"""
        return least_quantity(self.found.schedule, amount_usd, self.step)

    def free(self, billed: Fraction) -> Fraction:
        """Return what may be used beyond a billed quantity without charge, if nothing else used it up. [unit]"""
        free = self._for_good()
        opened = self.question.facts.account_opened
        if opened is not None:
            free += self._by_age(opened_quotas(self.question), billed)
        return free

    def _for_good(self) -> Fraction:
        month = self.question.month
        prices = prices_of(self.question.book, self.question.facts.date, free_tier=True, quotas=True)
        place = place_of(prices, self.key, self.unit, month.year, month.month)
        return Fraction(0) if place.free is None else place.free.quantity

    def _by_age(self, quotas: tuple[tuple[str, object], ...], billed: Fraction) -> Fraction:
        price = with_free_tier(self.found.price, self.key.region, self.question.facts.date, quotas)  # type: ignore[arg-type]
        if price is self.found.price:
            return Fraction(0)
        used = least_quantity(compile_price(price), self.cost(billed), self.step)
        return Fraction(0) if used is None else max(used - billed, Fraction(0))

    def cost(self, quantity: Fraction) -> Fraction:
        """Return what a quantity costs at list price, exactly. [USD]"""
        return self._line(quantity).exact_usd if quantity else Fraction(0)

    def row(self, quantity: Fraction) -> MeteredRow:
        """Return a quantity, a whole multiple of the step, as `price` reads and prices it."""
        line = self._line(quantity)
        return MeteredRow(
            service=self.key.service,
            region=self.key.region,
            usage_type=self.key.usage_type,
            operation=self.key.operation,
            quantity=self.decimal(quantity),
            unit=self.unit,
            amount_usd=line.amount_usd,
            arithmetic=" + ".join(
                f"{figure(float(piece.quantity), 9)} {self.unit} x {piece.unit_price_usd:f} USD" for piece in line.tiers
            )
            + f" = {format_usd(line.amount_usd)} USD",
        )

    def decimal(self, quantity: Fraction) -> Decimal:
        """Return a whole multiple of the step as a decimal."""
        return scaled_decimal(int(quantity * 10**self.places), self.places)

    def rounded_up(self, quantity: Fraction) -> Fraction:
        """Return the least whole multiple of the step that is not less."""
        return -(-quantity // self.step) * self.step

    def _line(self, quantity: Fraction) -> LineItem:
        usage = Usage(**self.key._asdict(), quantity=quantity, unit=self.unit)
        [line] = price_usage([usage], self.question.book, on=self.question.facts.date)
        return line


def opened_quotas(question: Question) -> tuple[tuple[str, object], ...]:
    """Return what the account has free by its age in the region; nothing where its age is not stated."""
    opened = question.facts.account_opened
    if opened is None:
        return ()
    day = question.facts.date
    return tuple((question.facts.region, quota) for quota in free_quotas_of(opened, day))


def metered(question: Question, service: str, usage_type: str, operation: str = "") -> Metered:
    """Return a usage type with its price.

    Raises
    ------
    PriceNotFoundError
        When the book has none for the region and day, or would only assume one, as `price` refuses it, too.
    """
    key = PriceKey(service, question.facts.region, usage_type, operation)
    found = find_price(question.book, key, question.facts.date)
    price = found.price
    if price.carried_from is not None:
        fault = carry_fault(price, question.facts.date)
        if fault:
            raise PriceNotFoundError(fault)
    elif price.grade == "assumed":
        raise PriceNotFoundError(f"the price of {service}/{usage_type} in {question.facts.region} is assumed")
    return Metered(question=question, key=key, found=found)

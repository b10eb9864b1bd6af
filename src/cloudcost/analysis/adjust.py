"""The lines that no meter counts: resale, credits and tax, the last two always at the end of a bill."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from cloudcost.domain.lines import LineItem, TierSlice
from cloudcost.domain.prices import STATED, STATED_IN
from cloudcost.domain.project import Project
from cloudcost.money import exact_sum, round_half_even
from cloudcost.pricing.credits import credits_pay
from cloudcost.usage.credits import credits_end

LOCAL_SERVICE = "Local"


def own_line(
    *, service: str, usage_type: str, quantity: Fraction, unit: str, unit_price_usd: Decimal, why: str, today: date
) -> LineItem:
    """Return a line of one slice whose price the user states."""
    exact = quantity * Fraction(unit_price_usd)
    piece = TierSlice(from_quantity=Decimal(0), up_to=None, quantity=quantity, unit_price_usd=unit_price_usd)
    return LineItem(
        service=service,
        usage_type=usage_type,
        operation="",
        region="",
        month=None,
        purchase="",
        quantity=quantity,
        unit=unit,
        tiers=(piece,),
        exact_usd=exact,
        amount_usd=round_half_even(exact),
        grade=STATED,
        source=STATED_IN,
        as_of=today,
        why=why,
    )


def resale_line(*, machines: int, purchase_usd: Decimal, resale: float, today: date) -> LineItem:
    """Return what selling the machines at the end of the project brings, as a negative line.

    Examples
    --------
    >>> resale_line(machines=1, purchase_usd=Decimal(1000), resale=0.6, today=date(2026, 11, 22)).amount_usd
    Decimal('-600.0000000000')
    """
    back = round_half_even(-Fraction(purchase_usd) * Fraction(str(resale)))
    why = f"sold at the end of the project for {resale:.0%} of the purchase"
    return own_line(
        service=LOCAL_SERVICE,
        usage_type="Resale",
        quantity=Fraction(machines),
        unit="Machines",
        unit_price_usd=back,
        why=why,
        today=today,
    )


def closing_lines(project: Project, lines: Sequence[LineItem], today: date) -> list[LineItem]:
    """Return credits and tax for a bill's lines.

    Credits are AWS's and pay AWS lines only, in the months before they expire; tax is laid on what providers
    charge after credits, not on prices of the user's own, which are taken as they are paid.
    """
    end = credits_end(project)
    aws = exact_sum([line.amount_usd for line in lines if credits_pay(line.service, line.month, end)])
    charged = exact_sum([line.amount_usd for line in lines if line.service != LOCAL_SERVICE])
    closing: list[LineItem] = []
    used = min(project.credits_usd, aws)
    if used > 0:
        closing.append(
            own_line(
                service="Credits",
                usage_type="Credits",
                quantity=Fraction(used),
                unit="USD",
                unit_price_usd=Decimal(-1),
                why=f"of {project.credits_usd} USD of credits" + (f", in the months before {end}" if end else ""),
                today=today,
            )
        )
    if project.tax_rate > 0:
        closing.append(
            own_line(
                service="Tax",
                usage_type="Tax",
                quantity=Fraction(charged) - Fraction(used),
                unit="USD",
                unit_price_usd=project.tax_rate,
                why="tax on what providers charge, after credits",
                today=today,
            )
        )
    return closing

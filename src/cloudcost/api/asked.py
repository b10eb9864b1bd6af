"""Arguments as people write them: amounts, names of which one or several are meant."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from cloudcost.errors import InputError, repeated


def usd_of(value: Decimal | float | str | None, name: str) -> Decimal | None:
    """Return an amount as it was written, exactly; None where none is stated. [USD]

    Raises
    ------
    InputError
        When it is no number, or below 0.

    Examples
    --------
    >>> usd_of(0.1, "budget_usd"), usd_of("75", "budget_usd"), usd_of(None, "budget_usd")
    (Decimal('0.1'), Decimal('75'), None)
    """
    if value is None:
        return None
    try:
        amount = Decimal(value if isinstance(value, int) else str(value))
    except (InvalidOperation, ValueError):
        amount = Decimal("NaN")
    if isinstance(value, bool) or not amount.is_finite() or amount < 0:
        raise InputError(f"{name}: no amount of USD, {repeated(value)}, give a number that is not negative")
    return amount


def count_of(value: object, name: str, *, least: int = 0, most: int = 1_000_000_000) -> int:
    """Return a whole number within its bounds.

    Raises
    ------
    InputError
        When it is none.
    """
    whole = value.item() if getattr(value, "ndim", None) == 0 and hasattr(value, "item") else value  # of NumPy's
    if isinstance(whole, float) and whole.is_integer():
        whole = int(whole)
    if isinstance(whole, bool) or not isinstance(whole, int) or not least <= whole <= most:
        raise InputError(f"{name}: no whole number from {least:,} to {most:,}, {repeated(value)}, give one")
    return whole


def seed_of(value: object) -> int:
    """Return the seed of what is drawn.

    Raises
    ------
    InputError
        When it is no whole number.
    """
    return count_of(value, "seed", least=-(2**63), most=2**63)


def number_of(value: object, name: str, *, most: float) -> float:
    """Return a number above 0.

    Raises
    ------
    InputError
        When it is none.
    """
    try:
        found = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        found = 0.0
    if isinstance(value, bool) or not 0 < found <= most:
        raise InputError(f"{name}: no number above 0 and up to {most:,.0f}, {repeated(value)}, give one")
    return found


def text_of(value: object, name: str, example: str) -> str:
    """Return a text; none where nothing is given.

    Raises
    ------
    InputError
        When it is something else.

    Examples
    --------
    >>> text_of("7 GB", "size", "7 GB"), text_of(None, "size", "7 GB")
    ('7 GB', '')
    """
    if value is not None and not isinstance(value, str):
        raise InputError(f"{name}: no text, {repeated(value)}, write {example!r}")
    return value or ""


def names_of(value: str | Iterable[str] | None, name: str) -> tuple[str, ...]:
    """Return names of which one may be given alone, or none.

    Raises
    ------
    InputError
        When one is no text.

    Examples
    --------
    >>> names_of("T4", "gpu"), names_of(["T4", "L4"], "gpu")
    (('T4',), ('T4', 'L4'))
    """
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    names = tuple(value) if isinstance(value, Iterable) else (value,)
    for each in names:
        if not isinstance(each, str):
            raise InputError(f"{name}: no name, {repeated(each)}, give a text, or several in a list")
    return names

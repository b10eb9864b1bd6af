"""What is possible: each quantity against the hours, the link, the data set and the quotas, in words and figures."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple, assert_never

from cloudcost.catalog.instances import instances, is_startable
from cloudcost.figures import figure
from cloudcost.units import GIB

if TYPE_CHECKING:
    from datetime import date

    from cloudcost.analysis.explain.amounts.question import Question
    from cloudcost.catalog.amount_causes import AmountCause

BY_MONTH = frozenset({"GB-Mo", "Keys-Mo", "Metrics", "Secrets"})
"""Units that one thing held all month makes one of."""


_NOUNS = {"PutObject": "PUTs", "ListBucket": "LISTs", "GetObject": "GETs"}
"""What requests are called, by operation."""


class Bound(NamedTuple):
    """What a quantity is held against.

    Parameters
    ----------
    means : str
        The quantity as people say it.
    words : str
        What is possible.
    most : Fraction or None
        The same in the unit of the quantity; None where it is not known.
    strict : bool
        Whether more than that is impossible, and not only unknown.
    ended : date or None
        The day since which the machine cannot be started, where no day of the bill was stated: whether it was before
        is not known.
    """

    means: str
    words: str
    most: Fraction | None
    strict: bool
    ended: date | None = None

    def possible(self, quantity: Fraction) -> bool | None:
        """Return whether a quantity is possible; None where that is not known."""
        if self.most is None:
            return None
        if quantity <= self.most:
            return None if self.ended else True
        return False if self.strict else None

    def share(self, quantity: Fraction) -> float | None:
        """Return the share of what is possible that a quantity takes. [1]"""
        return float(quantity / self.most) if self.most else None


def bound_of(question: Question, cause: AmountCause, unit: str, used: Fraction, variant: str) -> Bound:
    """Return what bounds a cause.

    Parameters
    ----------
    question : Question
    cause : AmountCause
    unit : str
        Of its price.
    used : Fraction
        The quantity, what is free with it. [unit]
    variant : str
        The machine type, where it is one.
    """
    match cause.limit:
        case "machines":
            return _machines(question, cause, used, variant)
        case "standing":
            return _standing(question, cause, unit, used)
        case "stored":
            return _stored(question, cause, used)
        case "sent":
            return _sent(question, used)
        case "pace":
            return _pace(question, cause, unit, used)
        case "network":
            return _moved(question, used, int((cause.most or 0) * 10**9), "within the provider's network")
        case "link":
            return _moved(question, used, question.link, "over the users' link")
        case "passes":
            return _passes(question, cause, unit, used)
        case "objects":
            return _objects(question, cause, used)
        case "uploads" | "none":
            raise ValueError(f"{cause.limit} is no bound of one quantity")
        case _:
            assert_never(cause.limit)


def _machines(question: Question, cause: AmountCause, used: Fraction, variant: str) -> Bound:
    users = question.facts.users
    most = question.hours * (users or 1)
    at_once = used / question.hours
    means = f"{_fig(used)} h"
    if at_once > 1:
        means += f", {_fig(at_once)} at once for {question.all_days}"
    if users:
        words = f"{_fig(most)} h: {_fig(question.hours)} h x {users} users, one each"
    else:
        words = f"{_fig(most)} h of one machine; how many users is not stated"
    strict = bool(users) and cause.beyond == "no"
    known = instances().get(variant.removeprefix("ml."))
    if known is None or is_startable(known, question.facts.date):
        return Bound(means, words, most, strict)
    gone = f"{variant} cannot be started since {known.status_from}"
    if "date" in dict(question.facts.stated):
        return Bound(means, f"none: {gone}", Fraction(0), True)
    return Bound(means, f"{words}; {gone}: if it was earlier, add date=YYYY-MM-DD", most, strict, known.status_from)


def _standing(question: Question, cause: AmountCause, unit: str, used: Fraction) -> Bound:
    each = question.share_of_month if unit in BY_MONTH else question.hours
    held = used / each
    thing = "GB" if unit == "GB-Mo" else "at once"
    means = f"{_fig(held)} {thing} for {question.all_days}"
    if unit == "Hrs":
        means = f"{_fig(used)} h: {means}"
    if cause.most is None:
        return Bound(means, "no limit is known", None, False)
    users = question.facts.users or 1 if cause.per == "user" else 1
    most = cause.most * users
    words = f"{_fig(most)} {thing}, the usual quota" + (f" of {users} users" if cause.per and users > 1 else "")
    return Bound(means, words, Fraction(most) * each, cause.beyond == "no")


def _stored(question: Question, cause: AmountCause, used: Fraction) -> Bound:
    held = used / question.share_of_month
    means = f"{_at_rest(held)} for {question.all_days}"
    size = question.facts.dataset_bytes
    if size is None:
        return Bound(means, "the size of the data set is not stated", None, False)
    copies = Fraction(cause.most or 1) * (question.facts.users or 1 if cause.per == "user" else 1)
    gigabytes = Fraction(size, GIB)
    words = f"{_fig(gigabytes * copies)} GB, the data set" + (f" {_fig(copies)} times" if copies > 1 else "")
    times = held / gigabytes
    words += f"; it takes {_fig(times)} times the data set" if times > copies else ""
    return Bound(means, words, gigabytes * copies * question.share_of_month, True)


def _sent(question: Question, used: Fraction) -> Bound:
    held = used / question.share_of_month
    reach = Fraction(question.link) / 8 * question.seconds / GIB
    means = f"{_at_rest(held)} for {question.all_days}"
    words = (
        f"{_fig(reach / 2)} GB on average at {_rate(question.link)} without a pause; more only if it lay there before"
    )
    return Bound(means, words, reach / 2 * question.share_of_month, question.facts.dataset_bytes is not None)


def _pace(question: Question, cause: AmountCause, unit: str, used: Fraction) -> Bound:
    pace = used / question.seconds
    means = f"{_many(used)} {_NOUNS.get(cause.operation, unit.lower())}, {_fig(pace)} a second"
    images = question.facts.images
    if images:
        means += f", {_fig(used / images)} for each image"
    most = Fraction(cause.most or 0) * question.seconds
    return Bound(means, f"{_fig(cause.most or 0)} a second, what one prefix or key takes", most, False)


def _moved(question: Question, used: Fraction, bits_per_second: int, where: str) -> Bound:
    most = Fraction(bits_per_second) / 8 * question.seconds / GIB
    means = f"{_fig(used)} GB"
    size = question.facts.dataset_bytes
    if size:
        means += f", {_fig(used * GIB / size)} times the data set"
    return Bound(means, f"{_fig(most)} GB at {_rate(bits_per_second)} {where}", most, True)


def _passes(question: Question, cause: AmountCause, unit: str, used: Fraction) -> Bound:
    size = question.facts.dataset_bytes
    if size is None:
        return Bound(f"{_fig(used)} {unit}", "the size of the data set is not stated", None, False)
    gigabytes = Fraction(size, GIB)
    passes = Fraction(cause.most or 1) * (max(Fraction(question.days), Fraction(1)) if cause.per == "day" else 1)
    words = f"{_fig(gigabytes * passes)} {unit}: the data set {_times(passes)}"
    means = f"{_fig(used)} {unit}, {_fig(used / gigabytes)} times the data set"
    return Bound(means, words, gigabytes * passes, cause.per != "day")


def _objects(question: Question, cause: AmountCause, used: Fraction) -> Bound:
    images = question.facts.images
    if images is None:
        return Bound(f"{_many(used)} objects", "the number of images is not stated", None, False)
    most = Fraction(images) * Fraction(cause.most or 1)
    means = f"{_many(used)} objects, {_fig(used / images)} for each image"
    strict = question.facts.versioning is False
    words = f"{_fig(most, 9)}: each image once" + ("" if strict else "; more only with old versions or other objects")
    return Bound(means, words, most, strict)


def _at_rest(gigabytes: Fraction) -> str:
    """Return what is held, large sizes in thousands of GB first."""
    if gigabytes < 1000:
        return f"{_fig(gigabytes)} GB at rest"
    return f"{_fig(gigabytes / 1000, 3)} TB at rest ({_fig(gigabytes)} GB)"


def _many(count: Fraction) -> str:
    return f"{_fig(count / 10**6)} million" if count >= 10**6 else _fig(count, 9)


def _times(count: Fraction) -> str:
    return "once" if count == 1 else f"{_fig(count)} times"


def _rate(bits_per_second: int) -> str:
    if bits_per_second >= 10**9:
        return f"{_fig(Fraction(bits_per_second, 10**9))} Gbit/s"
    return f"{_fig(Fraction(bits_per_second, 10**6))} Mbit/s"


def _fig(value: Fraction | Decimal | int, digits: int = 4) -> str:
    return figure(float(value), digits)

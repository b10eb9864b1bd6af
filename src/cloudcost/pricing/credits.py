"""Which lines of a bill credits pay: AWS's own, in the months in which credits still count.

Credits are used on charges as they come. So what they are worth is the least of their amount and of what AWS charges in
those months: on a bill by the month neither the order of the lines nor what is charged later matters.
"""

from __future__ import annotations

from cloudcost.domain.prices import AWS_SERVICES
from cloudcost.units import BillingMonth


def credits_pay(service: str, month: BillingMonth | None, end: BillingMonth | None) -> bool:
    """Return whether credits pay for a line.

    Parameters
    ----------
    service : str
    month : BillingMonth or None
        Of the line; one without a month comes at once.
    end : BillingMonth or None
        The first month in which credits do not count; None where they outlast the bill.

    Examples
    --------
    >>> march = BillingMonth(2027, 3)
    >>> credits_pay("AmazonS3", march, None), credits_pay("AmazonS3", march, march), credits_pay("GCP", march, None)
    (True, False, False)
    """
    return service.startswith(AWS_SERVICES) and (end is None or month is None or month < end)

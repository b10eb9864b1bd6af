"""How long sign-up credits count within a project: the calendar of `cloudcost.pricing.bill.prices.payee_of`."""

from __future__ import annotations

from datetime import UTC, datetime

from cloudcost.domain.project import Project
from cloudcost.units import BillingMonth
from cloudcost.usage.calendar import kept_window
from cloudcost.usage.left_on import left_on_window


def credits_end(project: Project) -> BillingMonth | None:
    """Return the first month in which a project's credits do not count; None where all of it ends before they expire.

    Credits that expire within a month are taken not to count in it at all: a bill has no days, and nothing is promised
    that may not be.

    Examples
    --------
    Credits until 20 March 2027, and a project of two weeks in that month:

    >>> from datetime import date
    >>> from cloudcost.domain.project import Count, Dataset, Training
    >>> training = Training(name="a", network="a", image_px=1, batch=1, epochs=Count.fixed(1), runs=Count.fixed(1))
    >>> project = Project(name="p", region="us-east-1", duration_seconds=14 * 86400, start=date(2027, 3, 1),
    ...                   credits_expire=date(2027, 3, 20), dataset=Dataset(images=1, size_bytes=1),
    ...                   trainings=(training,), options=())
    >>> from dataclasses import replace
    >>> credits_end(project) is None, str(credits_end(replace(project, keep_months=1)))
    (True, '2027-03')
    """
    if project.credits_expire is None:
        return None
    ends = [kept_window(project).end, *(left_on_window(project, row).end for row in project.left_on)]
    expire = project.credits_expire
    if max(ends) <= datetime(expire.year, expire.month, expire.day, tzinfo=UTC):
        return None
    return BillingMonth.of(expire)

"""What stands on a bill beside the training: an endpoint, a gateway, a snapshot."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from cloudcost.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOn:
    """Something that stands there beside the training and is billed: an endpoint, a gateway, provisioned IOPS.

    Parameters
    ----------
    service, usage_type, operation : str
        As in `Price`; the usage type without the region's prefix.
    region : str or None
        None: the project's.
    quantity : Decimal
        How many stand there, in the priced unit without its time: machines of a price per hour, GB or IOPS of one per
        month. Of a price per request or per GB moved: how many in a calendar month.
    since, until : datetime or None
        UTC; None: the project's first and last moment.
    option : str or None
        The one option that is billed for it; None: every option that runs at its provider.
    """

    service: str
    usage_type: str
    operation: str = ""
    region: str | None = None
    quantity: Decimal = Decimal(1)
    since: datetime | None = None
    until: datetime | None = None
    option: str | None = None

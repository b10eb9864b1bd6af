"""Today: of SOURCE_DATE_EPOCH, which makes an answer anew as it was, else of the clock."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

from cloudcost.errors import InputError, repeated

VARIABLE = "SOURCE_DATE_EPOCH"


def clock_day() -> date:
    """Return today (UTC).

    Raises
    ------
    InputError
        When SOURCE_DATE_EPOCH is not a whole number of seconds.
    """
    epoch = os.environ.get(VARIABLE)
    if epoch is None:
        return datetime.now(UTC).date()
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date()
    except (ValueError, OverflowError, OSError):
        raise InputError(
            f"environment:{VARIABLE}: not a number of seconds since 1970, {repeated(epoch)}, unset it or use --today"
        ) from None

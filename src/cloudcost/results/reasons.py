"""Why the answer is as it is: what matters, and where the cheaper of two options changes over other quantities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cloudcost.frozen import dataclass

if TYPE_CHECKING:
    from cloudcost.results.crossings import CrossingsOver, Quantity
    from cloudcost.results.matters import WhatMatters


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """What a comparison is explained with.

    Parameters
    ----------
    matters : WhatMatters
    break_even : mapping
        By quantity: the crossings of each pair that it enters; None where it is not defined, as are hours without runs.
    """

    matters: WhatMatters
    break_even: Mapping[Quantity, tuple[CrossingsOver, ...] | None]

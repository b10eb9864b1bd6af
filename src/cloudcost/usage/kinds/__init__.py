"""What each kind of option meters, one module a kind, and the one place that tells them apart.

A module is loaded with the first option of its kind.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from cloudcost.domain.project import Option, OptionKind

if TYPE_CHECKING:
    from cloudcost.usage.kinds.base import Metering


def metering_of(option: Option) -> Metering:
    """Return what an option's kind meters."""
    return _metering(option.kind)


@lru_cache
def _metering(kind: OptionKind) -> Metering:
    match kind:
        case "ec2":
            from cloudcost.usage.kinds.ec2 import Ec2Metering

            return Ec2Metering()
        case "sagemaker":
            from cloudcost.usage.kinds.sagemaker import SageMakerMetering

            return SageMakerMetering()
        case "colab":
            from cloudcost.usage.kinds.colab import ColabMetering

            return ColabMetering()
        case "local":
            from cloudcost.usage.kinds.local import LocalMetering

            return LocalMetering()
        case "cloud":
            from cloudcost.usage.kinds.cloud import CloudMetering

            return CloudMetering()

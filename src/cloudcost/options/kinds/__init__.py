"""What an option of each kind is made of and costs, one module a kind, and the one place that tells them apart.

Plain facts of a kind are in `cloudcost.domain.kinds`, what it meters in `cloudcost.usage.kinds`. A module is loaded
with the first option of its kind.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from cloudcost.domain.project import Option, OptionKind

if TYPE_CHECKING:
    from cloudcost.options.kinds.base import Kind


def kind_of(option: Option) -> Kind:
    """Return the kind of an option."""
    return kind_named(option.kind)


@lru_cache
def kind_named(kind: OptionKind) -> Kind:
    """Return the kind of that name."""
    match kind:
        case "ec2":
            from cloudcost.options.kinds.ec2 import Ec2

            return Ec2()
        case "sagemaker":
            from cloudcost.options.kinds.sagemaker import SageMaker

            return SageMaker()
        case "colab":
            from cloudcost.options.kinds.colab import Colab

            return Colab()
        case "local":
            from cloudcost.options.kinds.local import Local

            return Local()
        case "cloud":
            from cloudcost.options.kinds.cloud import Cloud

            return Cloud()

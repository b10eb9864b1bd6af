"""Whether what a training says of its images goes together with the network that it names."""

from __future__ import annotations

from collections.abc import Iterator

from cloudcost.networks.registry import is_factory
from cloudcost.project.fault import Fault, Place, Raw, shown


def input_faults(place: Place, training: Raw) -> Iterator[Fault]:
    """Yield the faults of `input` and `kwargs` of one training.

    Parameters
    ----------
    place : Place
        Of the training.
    training : mapping
        The table as TOML has it.
    """
    network, given = training.get("network"), training.get("input")
    if "input" in training and "image_px" in training:
        yield Fault(
            place=(*place, "image_px"), what="given beside input", value=shown(training["image_px"]),
            remedy="write one of them: input has the whole shape",
        )  # fmt: skip
    if not isinstance(network, str) or is_factory(network):
        return
    if "kwargs" in training:
        yield Fault(
            place=(*place, "kwargs"), what=f"{network} takes none", value=shown(training["kwargs"]),
            remedy="name a factory, package.module:factory, or a library's network, timm:NAME",
        )  # fmt: skip
    if "input" in training and network.endswith(".json"):
        yield Fault(
            place=(*place, "input"), what="a network JSON has its own size", value=shown(given), remedy="leave it out"
        )
    elif isinstance(given, list) and not (len(given) == 3 and all(isinstance(size, int) for size in given)):
        yield Fault(
            place=(*place, "input"), what="a named network takes one input of channels, height and width",
            value=shown(given), remedy="write [3, 192, 160]",
        )  # fmt: skip

"""A network as people ask for it, by name, file, factory or library, and which one that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING

from cloudcost.errors import InputError
from cloudcost.frozen import dataclass
from cloudcost.json_text import json_value
from cloudcost.networks.registry import LIBRARIES, is_factory, named_network, recipe_of
from cloudcost.networks.shapes import text

if TYPE_CHECKING:
    from cloudcost.domain.network import Network, Shape
    from cloudcost.files.documents import JsonValue

LARGEST_SIZE = 65_536
"""A larger axis of an input is taken for a mistake. [count]"""
MOST_INPUTS = 16
"""Of one module. [count]"""
USUAL_INPUT = (3, 224, 224)
"""Of a factory whose images nobody stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkRequest:
    """Which network, of what size.

    Parameters
    ----------
    network : str
        A named network, a path of a network JSON, ``package.module:factory``, or ``timm:NAME``, ``torchvision:NAME``,
        ``smp:NAME``.
    inputs : tuple of Shape
        Of each input, per image; empty where `image_px` or the network itself says it.
    image_px : int or None
        Side of square images. [px]
    channels : int or None
        Of the images. [count]
    classes : int or None
        Outputs. [count]
    kwargs : mapping
        For a factory or a library.
    """

    network: str
    inputs: tuple[Shape, ...] = ()
    image_px: int | None = None
    channels: int | None = None
    classes: int | None = None
    kwargs: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def is_library(self) -> bool:
        """Whether a library of networks is named."""
        return self.network.partition(":")[0] in LIBRARIES

    @property
    def runs_code(self) -> bool:
        """Whether somebody's code makes the network."""
        return is_factory(self.network)


def requested_inputs(request: NetworkRequest) -> tuple[tuple[Shape, ...], bool]:
    """Return the shape of each input, and whether it was stated or is the network's own.

    Raises
    ------
    InputError, NetworkError
        When there is no such network, or it takes no such inputs.
    """
    _check(request)
    if request.inputs:
        return request.inputs, True
    if request.network.endswith(".json"):
        from cloudcost.networks.json_file import read_network

        network = read_network(request.network)
        return (network.input, *network.more_inputs), True
    if not request.runs_code:
        recipe = recipe_of(request.network)
        px = request.image_px or recipe.image_px
        return ((request.channels or recipe.channels, px, px),), True
    own: Shape = USUAL_INPUT
    if request.is_library:
        from cloudcost.profiling.worker.tracing.trace import input_of_library

        own = input_of_library(request.network)
    sizes = own[1:] if request.image_px is None else (*own[1:-2], request.image_px, request.image_px)
    stated = request.is_library or request.image_px is not None
    return ((request.channels or own[0], *sizes),), stated


def requested_network(request: NetworkRequest) -> Network:
    """Return the network that is asked for.

    Raises
    ------
    InputError, NetworkError
        When there is none, it takes no such inputs, or cannot be traced.
    """
    if request.network.endswith(".json"):
        _check(request)
        return _read(request)
    if not request.runs_code and not request.inputs:
        _check(request)
        return named_network(
            request.network, image_px=request.image_px, channels=request.channels, classes=request.classes
        )
    inputs, stated = requested_inputs(request)
    if not request.runs_code:
        channels, height, width = inputs[0]
        return named_network(request.network, image_px=(height, width), channels=channels, classes=request.classes)
    from cloudcost.profiling.worker.tracing.trace import trace_factory

    found = trace_factory(request.network, inputs, request.classes, request.kwargs)
    if stated:
        return found
    note = f"{found.name}: images of {text(inputs[0])} assumed, state theirs by --input (key input)"
    return replace(found, notes=(note, *found.notes))


def _read(request: NetworkRequest) -> Network:
    from cloudcost.networks.json_file import read_network

    network = read_network(request.network)
    images = (network.input, *network.more_inputs)
    px = request.image_px
    other = (
        (px is not None and network.input[1:] != (px, px))
        or (request.channels is not None and network.input[0] != request.channels)
        or bool(request.inputs and request.inputs != images)
    )
    if other:
        raise InputError(
            f"{request.network}:input: the file's images are {' and '.join(map(text, images))}, its own size holds, "
            "leave out --image-px and --input"
        )
    return network


def _check(request: NetworkRequest) -> None:
    name, faults = request.network, []
    if request.inputs and request.image_px is not None:
        faults.append(f"{name}:input: beside image_px, {_shown(request.inputs)}, state one of them")
    if len(request.inputs) > MOST_INPUTS:
        faults.append(f"{name}:input: at most {MOST_INPUTS} inputs, {len(request.inputs)}, leave some out")
    faults += [
        f"{name}:input: 1 to 4 sizes from 1 to {LARGEST_SIZE:,}, {_shown((shape,))}, such as 3,64,64"
        for shape in request.inputs
        if not 1 <= len(shape) <= 4 or not all(1 <= size <= LARGEST_SIZE for size in shape)
    ]
    if request.kwargs and not request.runs_code:
        faults.append(
            f"{name}:kwargs: only a factory or a library's network takes them, {json_value(dict(request.kwargs)):.60}, "
            "name package.module:factory"
        )
    if name.endswith(".json") and request.classes is not None:
        faults.append(f"{name}:classes: the file's own outputs hold, {request.classes}, leave out --classes")
    named = not request.runs_code and not name.endswith(".json")
    if request.inputs and named and (len(request.inputs) > 1 or len(request.inputs[0]) != 3):
        faults.append(
            f"{name}:input: a named network takes one input of channels, height and width, "
            f"{_shown(request.inputs)}, such as 3,64,64"
        )
    if faults:
        raise InputError(*faults)


def _shown(inputs: tuple[Shape, ...]) -> str:
    return " and ".join(",".join(map(str, shape)) for shape in inputs)

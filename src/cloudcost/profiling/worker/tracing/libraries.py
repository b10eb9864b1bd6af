"""Networks of public libraries by their name there: ``timm:NAME``, ``torchvision:NAME``, ``smp:NAME``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from torch import nn

from cloudcost.domain.network import Shape
from cloudcost.errors import InputError
from cloudcost.networks.registry import LIBRARIES

_SMP_PX = 256
"""Side of the images where none is given; encoders halve it five times. [px]"""
USUAL_INPUT = (3, 224, 224)
"""Where a library does not say. [count, px]"""
_FRAMES = 16
"""Of a clip that torchvision's video networks are published for. [count]"""


def is_library(spec: str) -> bool:
    """Return whether a network is named as ``library:NAME``.

    Examples
    --------
    >>> is_library("timm:resnet50"), is_library("mypackage.nets:resnet50")
    (True, False)
    """
    return spec.partition(":")[0] in LIBRARIES


def library_input(spec: str) -> Shape:
    """Return the shape of one image that a library's network is published for.

    Raises
    ------
    InputError
        When the package is not installed, or has no such network.
    """
    library, package, name = _named(spec)
    return _INPUTS[library](package, name)


def make_library_network(spec: str, shape: Shape, classes: int | None, kwargs: Mapping[str, object]) -> nn.Module:
    """Return a library's network with fresh weights.

    Parameters
    ----------
    spec : str
        ``timm:NAME``, ``torchvision:NAME``, ``smp:ARCHITECTURE`` or ``smp:ARCHITECTURE.ENCODER``.
    shape : Shape
        Of one image: its channels, and its size where the network is made for one.
    classes : int or None
        Outputs; None for the library's own number. [count]
    kwargs : mapping
        Further arguments of the library's own function.

    Raises
    ------
    InputError
        When the package is not installed, has no such network, or refuses the arguments.
    """
    library, package, name = _named(spec)
    try:
        made: nn.Module = _MAKERS[library](package, name, shape, classes, dict(kwargs))
    except Exception as error:
        first = str(error).strip().splitlines()
        raise InputError(
            f"{spec}: {library} refused to make it ({type(error).__name__}: {first[0] if first else ''}), "
            "check --kwargs, --classes and --input"
        ) from None
    return made


def _named(spec: str) -> tuple[str, Any, str]:
    library, _, name = spec.partition(":")
    package = LIBRARIES[library]
    if find_spec(package) is None:
        raise InputError(f"{spec}: the package {package} is not installed, pip install {package.replace('_', '-')}")
    module: Any = import_module(package)
    known = _NAMES[library](module)
    wanted = name.partition(".")[0]  # behind it timm names the weights, smp the encoder
    if wanted not in known and wanted.lower() not in known:
        near = get_close_matches(wanted.lower(), known, 1)
        remedy = f"did you mean {library}:{near[0]}?" if near else f"{package} lists its models"
        raise InputError(f"{spec}: {package} has no network {name!r}, {remedy}")
    return library, module, name


def _timm_input(package: Any, name: str) -> Shape:
    config = package.get_pretrained_cfg(name)
    return tuple(getattr(config, "input_size", None) or USUAL_INPUT)


def _torchvision_input(package: Any, name: str) -> Shape:
    for weights in package.models.get_model_weights(name):
        crop = getattr(weights.transforms, "keywords", {}).get("crop_size")
        if isinstance(crop, int):
            return (3, crop, crop)
        if isinstance(crop, tuple):
            return (3, _FRAMES, *crop)
    return USUAL_INPUT


def _timm(package: Any, name: str, shape: Shape, classes: int | None, kwargs: dict[str, Any]) -> nn.Module:
    published = library_input(f"timm:{name}")
    given: dict[str, Any] = {} if classes is None else {"num_classes": classes}
    if shape[0] != published[0]:
        given["in_chans"] = shape[0]
    sized = {"img_size": tuple(shape[1:])} if shape[1:] != published[1:] and "img_size" not in kwargs else {}
    try:
        made: nn.Module = package.create_model(name, pretrained=False, **given, **sized, **kwargs)
    except TypeError:  # a network for any size takes none
        made = package.create_model(name, pretrained=False, **given, **kwargs)
    return made


def _torchvision(package: Any, name: str, _: Shape, classes: int | None, kwargs: dict[str, Any]) -> nn.Module:
    from inspect import signature

    given: dict[str, Any] = {"weights": None}
    if classes is not None:
        given["num_classes"] = classes
    builder = package.models.get_model_builder(name)
    if "weights_backbone" in signature(builder).parameters:
        given["weights_backbone"] = None
    if name in ("googlenet", "inception_v3"):
        given["init_weights"] = False
    made: nn.Module = builder(**{**given, **kwargs})
    return made


def _smp(package: Any, name: str, shape: Shape, classes: int | None, kwargs: dict[str, Any]) -> nn.Module:
    architecture, _, encoder = name.partition(".")
    given: dict[str, Any] = {"encoder_weights": None, "in_channels": shape[0]}
    if encoder:
        given["encoder_name"] = encoder
    if classes is not None:
        given["classes"] = classes
    made: nn.Module = package.create_model(architecture.lower(), **{**given, **kwargs})
    return made


_MAKERS = {"timm": _timm, "torchvision": _torchvision, "smp": _smp}
_INPUTS: dict[str, Callable[[Any, str], Shape]] = {
    "timm": _timm_input,
    "torchvision": _torchvision_input,
    "smp": lambda _package, _name: (3, _SMP_PX, _SMP_PX),
}
_NAMES: dict[str, Callable[[Any], list[str]]] = {
    "timm": lambda package: list(package.list_models()),
    "torchvision": lambda package: list(package.models.list_models()),
    "smp": lambda package: sorted(package.MODEL_ARCHITECTURES_MAPPING),
}

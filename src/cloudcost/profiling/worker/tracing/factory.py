"""From what the user names to a module: a named network, a network JSON, or a factory of the user's own."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from torch import nn

from cloudcost.errors import InputError, NetworkError
from cloudcost.networks.json_file import read_network
from cloudcost.networks.registry import canonical_name, is_factory, named_network
from cloudcost.networks.shapes import shapes_of
from cloudcost.profiling.worker.tracing.clone import materialise
from cloudcost.profiling.worker.tracing.libraries import is_library, make_library_network
from cloudcost.profiling.worker.tracing.network_module import NetworkModule
from cloudcost.profiling.worker.tracing.torch_networks import TORCH_NETWORKS, torch_network
from cloudcost.profiling.worker.tracing.training import remember_step

if TYPE_CHECKING:
    from cloudcost.domain.network import Shape

_CLASS_NAMES = ("num_classes", "classes", "n_classes", "num_outputs")
"""Parameters of a factory that take the number of classes."""


def build_module(
    network: str, shapes: Shape | Sequence[Shape], classes: int | None, kwargs: Mapping[str, object]
) -> nn.Module:
    """Return the module that `network` names, with fresh weights.

    Parameters
    ----------
    network : str
        A name of `cloudcost networks`, a path of a network JSON, ``package.module:factory``, or a library's name as
        ``timm:NAME``.
    shapes : Shape or sequence of Shape
        Of the input, or of each input, per image.
    classes : int or None
        Outputs; None for the network's own number. [count]
    kwargs : mapping
        For a factory or a library.

    Raises
    ------
    InputError, NetworkError
        When there is no such network or factory, or the factory raises; one clear line.
    """
    shapes = shapes_of(shapes)
    if is_library(network):
        return make_library_network(network, shapes[0], classes, kwargs)
    if is_factory(network):
        made = call_factory(network, classes, kwargs)
        materialise(made, shapes)
        return made
    if network.endswith(".json"):
        return NetworkModule(read_network(network))
    name = canonical_name(network)
    if kwargs:
        raise InputError(f"--kwargs: only a factory takes them, not {network!r}, name package.module:factory")
    channels, height, width = shapes[0]
    described = named_network(name, image_px=(height, width), channels=channels, classes=classes)
    return torch_network(name, classes or 1000, channels) if name in TORCH_NETWORKS else NetworkModule(described)


def call_factory(spec: str, classes: int | None, kwargs: Mapping[str, object]) -> nn.Module:
    """Return what ``package.module:factory`` makes.

    The factory gets `kwargs`, and the number of classes if it has a parameter ``classes`` or ``num_classes``. Modules
    are also looked for in the current folder. A module instance in place of a factory is taken as it is. A factory may
    return a module and a function of module and inputs that returns the loss (`training.own_step`).

    Raises
    ------
    InputError
        When it cannot be imported or raises, or makes no module.
    """
    place, _, attribute = spec.partition(":")
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        module = importlib.import_module(place)
    except ModuleNotFoundError as error:
        raise InputError(f"{spec}: no module {error.name!r}, run it where `import {place}` works") from None
    except (Exception, SystemExit) as error:
        raise InputError(f"{spec}: importing {place} raised {_told(error)}, import it yourself first") from None
    if not hasattr(module, attribute):
        near = get_close_matches(attribute, dir(module), 1)
        raise InputError(
            f"{spec}: {place} has no {attribute!r}, " + (f"did you mean {near[0]}?" if near else "name what makes it")
        )
    factory: object = getattr(module, attribute)
    if isinstance(factory, nn.Module):
        return factory
    if not callable(factory):
        raise InputError(f"{spec}: a {type(factory).__name__} is no factory, name a function that returns a module")
    given = {**_classes_argument(factory, classes), **kwargs}
    shown = ", ".join(f"{key}={value!r}" for key, value in given.items())
    try:
        made = factory(**given)
    except (Exception, SystemExit) as error:
        raise InputError(
            f"{spec}: the factory raised {_told(error)} when called as {attribute}({shown}), call it so yourself first"
        ) from None
    if isinstance(made, tuple) and len(made) == 2 and isinstance(made[0], nn.Module) and callable(made[1]):
        made, step = made
        remember_step(made, step)
    if not isinstance(made, nn.Module):
        raise InputError(
            f"{spec}: the factory returned a {type(made).__name__}, let it return a torch.nn.Module, or one and a "
            "function of it and the images that returns the loss"
        )
    return made


def _told(error: BaseException) -> str:
    text = str(error).strip()
    return f"{type(error).__name__}: {text.splitlines()[0]}" if text else type(error).__name__


def _classes_argument(factory: Callable[..., object], classes: int | None) -> dict[str, object]:
    if classes is None:
        return {}
    try:
        known = inspect.signature(factory).parameters
    except (TypeError, ValueError):
        return {}
    name = next((name for name in _CLASS_NAMES if name in known), None)
    return {} if name is None else {name: classes}


def require_classes(name: str, outputs: Sequence[Shape], classes: int | None) -> None:
    """Refuse a network none of whose outputs are the classes that were asked for.

    Raises
    ------
    NetworkError
        Naming both numbers.
    """
    if classes is not None and not any(classes in (output[0], output[-1]) for output in outputs):
        raise NetworkError(
            f"{name}: {outputs[0][0]} outputs, not the {classes} of --classes, "
            "let the factory take a parameter `classes` or leave --classes out"
        )

"""The named networks: by name, at any image size, channels and classes.

Names are torchvision's; case, dashes, dots, blanks and underscores do not matter. A network is what torchvision
trains: auxiliary heads are in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from numbers import Integral
from typing import TypeGuard

from cloudcost.domain.network import Network
from cloudcost.errors import NetworkError, repeated
from cloudcost.networks.builder import Builder
from cloudcost.networks.families.recipe import Recipe
from cloudcost.networks.strangers import what_it_is

LISTED = "cloudcost networks"
"""The command that lists all networks."""
WAY_ON = "of any other a network JSON, package.module:factory, or its time (hours_per_run in a project file)"
"""What to do with a network that is not known."""
_FAMILIES = (
    "alexnet", "vgg", "resnet", "densenet", "googlenet", "inception", "mobilenet", "mnasnet", "efficientnet",
    "squeezenet", "shufflenet", "convnext", "regnet", "xception", "lenet", "unet", "vit", "swin",
)  # fmt: skip
LIBRARIES: Mapping[str, str] = {"timm": "timm", "torchvision": "torchvision", "smp": "segmentation_models_pytorch"}
"""Libraries whose networks are named ``library:NAME`` -> the package that has them."""
_LARGEST_PX = 16_384
"""Larger images are taken for a mistake."""


def network_names() -> tuple[str, ...]:
    """Return every name that `named_network` knows, aliases left out, in alphabetical order.

    Examples
    --------
    >>> "resnet50" in network_names()
    True
    """
    return tuple(sorted(_recipes()))


def is_network_name(name: str) -> bool:
    """Return whether `named_network` knows the name or alias.

    Examples
    --------
    >>> is_network_name("ResNet-50"), is_network_name("resnet51")
    (True, False)
    """
    return _find(name) is not None


def is_factory(text: str) -> bool:
    """Return whether a network is named as ``package.module:factory``.

    Examples
    --------
    >>> is_factory("mypackage.nets:make_net"), is_factory("resnet18")
    (True, False)
    """
    return ":" in text and not text.endswith(".json")


def canonical_name(name: str) -> str:
    """Return the name as `network_names` has it.

    Raises
    ------
    NetworkError
        When there is no such network; the message names the nearest.

    Examples
    --------
    >>> canonical_name("VGG-16-BN"), canonical_name("resnext50")
    ('vgg16_bn', 'resnext50_32x4d')
    """
    return _known(name)[0]


def recipe_of(name: str) -> Recipe:
    """Return how a named network is built: its default image size, channels, classes and aliases.

    Raises
    ------
    NetworkError
        When there is no such network.

    Examples
    --------
    >>> recipe_of("inception_v3").image_px
    299
    """
    return _known(name)[1]


def named_network(
    name: str,
    *,
    image_px: int | tuple[int, int] | None = None,
    channels: int | None = None,
    classes: int | None = None,
) -> Network:
    """Return a named network at an image size.

    Parameters
    ----------
    name : str
    image_px : int or (int, int), optional
        Side of square images, or height and width; the published size unless given. [px]
    channels : int, optional
        Of the images; 3 unless given (LeNet-5: 1).
    classes : int, optional
        1,000 unless given (LeNet-5: 10, U-Net: 1).

    Raises
    ------
    NetworkError
        For an unknown name; an image too small for the network: the message says the least size; a size, channels
        or classes that are not 1 or more, or images over 16,384 px.

    Examples
    --------
    >>> named_network("resnet18").parameters
    11689512
    """
    if not isinstance(name, str):
        raise NetworkError(f"no name of a network, {repeated(name)}, give a text such as 'resnet50'")
    own, recipe = _known(name)
    image_px = recipe.image_px if image_px is None else image_px
    channels = recipe.channels if channels is None else channels
    classes = recipe.classes if classes is None else classes
    sides = image_px if isinstance(image_px, tuple | list) else (image_px, image_px)
    if len(sides) != 2 or not all(_is_whole(side) and 1 <= side <= _LARGEST_PX for side in sides):
        raise NetworkError(f"{name}: an image is 1 to {_LARGEST_PX:,} px, not {repeated(image_px)}")
    if not all(_is_whole(count) and count >= 1 for count in (channels, classes)):
        raise NetworkError(
            f"{name}: a network has 1 channel and 1 class or more, not {repeated(channels)} and {repeated(classes)}"
        )
    height, width = map(int, sides)
    return _built(own, height, width, int(channels), int(classes))


def _is_whole(value: object) -> TypeGuard[int]:
    """Return whether a value counts something; NumPy's whole numbers do."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def smallest_image_px(name: str) -> int:
    """Return the smallest image that the network can be built for. [px]

    Examples
    --------
    >>> smallest_image_px("inception_v3")
    75
    """
    return _smallest(canonical_name(name))


def _known(name: str) -> tuple[str, Recipe]:
    found = _find(name)
    if found is not None:
        return found
    from difflib import get_close_matches

    spellings = _spellings()
    plain = _plain(name)
    head = re.split(r"[^a-z]", name.casefold().strip(), maxsplit=1)[0]
    family = [spelt for spelt in spellings if len(head) > 2 and spelt.startswith(head)]
    family = [spelt for spelt in family if spelt.startswith(plain)] or family
    alike = get_close_matches(plain, family, 3, 0.0) or get_close_matches(plain, spellings, 3, 0.6)
    near = list(dict.fromkeys(spellings[match] for match in alike))
    remedy = f"did you mean {' or '.join(near)}? {LISTED} lists all" if near else f"{LISTED} lists them; {WAY_ON}"
    kind = what_it_is(name)
    raise NetworkError(f"unknown network {name!r}; {f'it is {kind}; {WAY_ON}' if kind else remedy}")


@lru_cache(maxsize=256)
def _built(name: str, height: int, width: int, channels: int, classes: int) -> Network:
    try:
        return _draw(name, height, width, channels, classes)
    except NetworkError as error:
        least = _smallest(name)
        if min(height, width) >= least:
            raise
        reason = error.faults[0].removeprefix(f"{name}: ").removesuffix(", use a larger image")
        size = f"{height}" if height == width else f"{height}x{width}"
        raise NetworkError(
            f"image of {size} px is too small for {name}: {reason}; it needs at least {least} px"
        ) from None


def _draw(name: str, height: int, width: int, channels: int, classes: int) -> Network:
    builder = Builder(name, (channels, height, width))
    _known(name)[1].draw(builder, classes)
    return builder.build()


@cache
def _smallest(name: str) -> int:
    fails, works = 0, _known(name)[1].image_px
    while works - fails > 1:
        middle = (fails + works) // 2
        try:
            _draw(name, middle, middle, 1, 1)
            works = middle
        except NetworkError:
            fails = middle
    return works


def _recipes() -> dict[str, Recipe]:
    return {name: recipe for family in _FAMILIES for name, recipe in _networks_of(family).items()}


@cache
def _networks_of(family: str) -> Mapping[str, Recipe]:
    from importlib import import_module

    networks: Mapping[str, Recipe] = import_module(f"cloudcost.networks.families.{family}").NETWORKS
    return networks


@cache
def _spellings() -> dict[str, str]:
    spellings: dict[str, str] = {}
    for family in _FAMILIES:
        for spelling, name in _spellings_of(family).items():
            if spellings.setdefault(spelling, name) != name:
                raise AssertionError(f"two networks are called {spelling}")
    return spellings


@cache
def _spellings_of(family: str) -> dict[str, str]:
    return {
        _plain(spelling): name for name, recipe in _networks_of(family).items() for spelling in (name, *recipe.aliases)
    }


@lru_cache(maxsize=256)
def _find(name: str) -> tuple[str, Recipe] | None:
    """Return a network's own name and how it is built; the family that a name begins with is loaded first."""
    plain = _plain(name)
    for family in sorted(_FAMILIES, key=lambda family: not plain.startswith(family)):
        own = _spellings_of(family).get(plain)
        if own is not None:
            return own, _networks_of(family)[own]
    return None


def _plain(name: str) -> str:
    """Return the name without what people write differently; between digits a separator counts (1_6gf is not 16gf)."""
    joined = re.sub(r"[-_.\s]+", "_", name.casefold().strip())
    return re.sub(r"(?<!\d)_|_(?!\d)", "", joined)

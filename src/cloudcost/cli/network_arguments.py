"""Which network, of what size: arguments that `predict`, `networks` and `profile` share."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from cloudcost.errors import InputError, repeated

if TYPE_CHECKING:
    from cloudcost.domain.network import Shape
    from cloudcost.files.documents import JsonValue
    from cloudcost.profiling.requests import NetworkRequest

NETWORK_HELP = "a network's name, a network .json, package.module:factory, timm:NAME, torchvision:NAME, smp:NAME"


def add_size_arguments(parser: argparse.ArgumentParser) -> None:
    """Add ``--image-px``, ``--input``, ``--classes`` and ``--kwargs``."""
    parser.add_argument("--image-px", type=_count, metavar="N", help="height and width of the images")
    parser.add_argument(
        "--input",
        type=_shape,
        action="append",
        default=[],
        metavar="C,H,W",
        help="shape of one image (C,L and C,D,H,W too), given again for each further input",
    )
    parser.add_argument("--classes", type=_count, metavar="N", help="outputs (default: the network's own)")
    parser.add_argument("--kwargs", metavar="JSON", help="keyword arguments of the factory, a JSON object")


def request_of(arguments: argparse.Namespace, *, channels: int | None = None) -> NetworkRequest:
    """Return which network the arguments ask for.

    Parameters
    ----------
    arguments : argparse.Namespace
        With `network` and what `add_size_arguments` adds.
    channels : int, optional
        Of the images. [count]

    Raises
    ------
    InputError
        When ``--kwargs`` is no JSON object.
    """
    from cloudcost.profiling.requests import NetworkRequest

    return NetworkRequest(
        network=arguments.network,
        inputs=tuple(arguments.input),
        image_px=arguments.image_px,
        channels=channels,
        classes=arguments.classes,
        kwargs=_kwargs(arguments.kwargs),
    )


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or not 1 <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"a whole number from 1 to 1,000,000 is needed, not {text!r}")
    return int(text)


def _shape(text: str) -> Shape:
    parts = text.replace("x", ",").split(",")
    if not 1 <= len(parts) <= 4 or not all(part.isascii() and part.isdigit() and len(part) < 7 for part in parts):
        raise argparse.ArgumentTypeError(f"channels, height and width such as 3,64,64 are needed, not {repeated(text)}")
    return tuple(map(int, parts))


def _kwargs(text: str | None) -> dict[str, JsonValue]:
    if text is None:
        return {}
    from cloudcost.files.documents import parse_document

    found = parse_document(text, where="--kwargs", remedy="""write a JSON object such as '{"width": 64}'""")
    if not isinstance(found, dict):
        raise InputError(f"""--kwargs: a JSON object, not {repeated(text)}, such as '{{"width": 64}}'""")
    return found

"""List the named CNNs, or print one as network JSON (schema cloudcost.network/1).

Names are torchvision's; case, dashes and underscores do not matter. Parameters are the trainable ones; a GMAC is 10^9
multiply-accumulates of one forward pass of one image. Both count auxiliary heads, which training runs (GoogLeNet,
Inception v3). A network JSON file in place of a name is checked and printed again.

  cloudcost networks
  cloudcost networks resnet50 --image-px 256 --classes 10 > resnet50.json
  cloudcost networks vgg16 --format text
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from cloudcost.cli.common import add_freeze_argument, format_of, with_freeze
from cloudcost.errors import InputError
from cloudcost.render.listings.outputs import NetworkListOutput, NetworkOutput
from cloudcost.render.outputs import FORMATS, written

if TYPE_CHECKING:
    from cloudcost.domain.network import Network


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("name", metavar="NAME", nargs="?", help="a network's name, or a network JSON file")
    for option, what in (
        ("--image-px", "height and width of the images"),
        ("--channels", "channels of the images"),
        ("--classes", "number of classes"),
    ):
        parser.add_argument(option, type=_count, metavar="N", help=f"{what} (default: as published)")
    add_freeze_argument(parser)
    parser.add_argument("--format", choices=FORMATS, help="output format (default: text for the list, json for NAME)")


def run(args: argparse.Namespace) -> int:
    """Print the list or one network; return the exit code."""
    sized = {"--image-px": args.image_px, "--channels": args.channels, "--classes": args.classes}
    given = [option for option, value in sized.items() if value is not None]
    if args.name is None and args.freeze is not None:
        given.append("--freeze")
    if args.name is None:
        if given:
            raise InputError(f"networks: {', '.join(given)} without a network, name one")
        style = "text" if args.format is None else format_of(args)
        sys.stdout.write(written(NetworkListOutput(_named_networks()), style))
        return 0
    if args.name.endswith(".json"):
        from cloudcost.networks.json_file import read_network

        if given:
            raise InputError(f"networks: {args.name} has its own size, leave out {', '.join(given)}")
        network = read_network(args.name)
    else:
        from cloudcost.networks.registry import named_network

        network = named_network(args.name, image_px=args.image_px, channels=args.channels, classes=args.classes)
    network = with_freeze(network, args)
    sys.stdout.write(written(NetworkOutput(network), "json" if args.format is None else format_of(args)))
    return 0


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= 1_000_000 or len(text) > 9:
        raise argparse.ArgumentTypeError(f"a whole number from 1 to 1,000,000 is needed, not {text!r}")
    return int(text)


def _named_networks() -> list[Network]:
    from cloudcost.networks.registry import named_network, network_names

    return [named_network(name) for name in network_names()]

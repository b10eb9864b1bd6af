"""List the named CNNs, or print one as network JSON (schema cloudcost.network/1).

Names are torchvision's; case, dashes and underscores do not matter. Parameters are the trainable ones; a GMAC is 10^9
multiply-accumulates of one forward pass of one image. Both count auxiliary heads, which training runs (GoogLeNet,
Inception v3). A network JSON file in place of a name is checked and printed again; package.module:factory and
timm:NAME are traced (needs the extra torch).

  cloudcost networks
  cloudcost networks resnet50 --image-px 256 --classes 10 > resnet50.json
  cloudcost networks vgg16 --format text
  cloudcost networks my_nets:make_net --input 1,28,28 > my_net.json
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from cloudcost.cli.common import add_freeze_argument, format_of, tell_wrapped, with_freeze
from cloudcost.cli.network_arguments import NETWORK_HELP, add_size_arguments, request_of
from cloudcost.errors import InputError
from cloudcost.render.listings.outputs import NetworkListOutput, NetworkOutput
from cloudcost.render.outputs import FORMATS, written

if TYPE_CHECKING:
    from cloudcost.domain.network import Network

_SIZES = ("--image-px", "--input", "--channels", "--classes", "--kwargs")
LARGEST_CHANNELS = 1_000_000
"""More are taken for a mistake. [count]"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("network", metavar="NAME", nargs="?", help=NETWORK_HELP)
    add_size_arguments(parser)
    parser.add_argument("--channels", type=int, metavar="N", help="channels of the images (default: as published)")
    add_freeze_argument(parser)
    parser.add_argument("--format", choices=FORMATS, help="output format (default: text for the list, json for NAME)")


def run(args: argparse.Namespace) -> int:
    """Print the list or one network; return the exit code."""
    given = [flag for flag in _SIZES if getattr(args, flag[2:].replace("-", "_")) not in (None, [])]
    if given and (args.network or "").endswith(".json"):
        raise InputError(f"networks: {args.network} has its own size, leave out {', '.join(given)}")
    if args.network is None and args.freeze is not None:
        given.append("--freeze")
    if args.network is None:
        if given:
            raise InputError(f"networks: {', '.join(given)} without a network, name one")
        style = "text" if args.format is None else format_of(args)
        sys.stdout.write(written(NetworkListOutput(_named_networks()), style))
        return 0
    from cloudcost.profiling.requests import requested_network

    if args.channels is not None and not 1 <= args.channels <= LARGEST_CHANNELS:
        raise InputError(f"networks:--channels: 1 to {LARGEST_CHANNELS:,} of the images, not {args.channels}")
    network = with_freeze(requested_network(request_of(args, channels=args.channels)), args)
    tell_wrapped(network.notes, output="json" if args.format is None else args.format)
    sys.stdout.write(written(NetworkOutput(network), "json" if args.format is None else format_of(args)))
    return 0


def _named_networks() -> list[Network]:
    from cloudcost.networks.registry import named_network, network_names

    return [named_network(name) for name in network_names()]

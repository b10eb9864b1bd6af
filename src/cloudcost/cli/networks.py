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
import csv
import io
import json
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cloudcost.cli.common import FORMATS, Format, format_of
from cloudcost.errors import InputError

if TYPE_CHECKING:
    from cloudcost.domain.network import Network


Cell = str | int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("name", metavar="NAME", nargs="?", help="a network's name, or a network JSON file")
    for option, what in (
        ("--image-px", "height and width of the images"),
        ("--channels", "channels of the images"),
        ("--classes", "number of classes"),
    ):
        parser.add_argument(option, type=_count, metavar="N", help=f"{what} (default: as published)")
    parser.add_argument("--format", choices=FORMATS, help="output format (default: text for the list, json for NAME)")


def run(args: argparse.Namespace) -> int:
    """Print the list or one network; return the exit code."""
    sized = {"--image-px": args.image_px, "--channels": args.channels, "--classes": args.classes}
    given = [option for option, value in sized.items() if value is not None]
    if args.name is None:
        if given:
            raise InputError(f"networks: {', '.join(given)} without a network, name one")
        sys.stdout.write(_list("text" if args.format is None else format_of(args)))
        return 0
    if args.name.endswith(".json"):
        from cloudcost.networks.json_file import read_network

        if given:
            raise InputError(f"networks: {args.name} has its own size, leave out {', '.join(given)}")
        network = read_network(args.name)
    else:
        from cloudcost.networks.registry import named_network

        network = named_network(args.name, image_px=args.image_px, channels=args.channels, classes=args.classes)
    sys.stdout.write(_one(network, "json" if args.format is None else format_of(args)))
    return 0


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= 1_000_000 or len(text) > 9:
        raise argparse.ArgumentTypeError(f"a whole number from 1 to 1,000,000 is needed, not {text!r}")
    return int(text)


def _list(style: Format) -> str:
    from cloudcost.networks.counts import network_macs
    from cloudcost.networks.registry import named_network, network_names, recipe_of

    networks = [named_network(name) for name in network_names()]
    if style == "json":
        entries = [
            {
                "name": network.name,
                "parameters": network.parameters,
                "gmacs": network_macs(network) / 1e9,
                "image_px": network.input[1],
                "channels": network.input[0],
                "classes": recipe_of(network.name).classes,
                "aliases": list(recipe_of(network.name).aliases),
            }
            for network in networks
        ]
        return json.dumps({"schema": "cloudcost.networks/1", "networks": entries}, indent=1) + "\n"
    rows = [
        (network.name, network.parameters, f"{network_macs(network) / 1e9:.4g}", network.input[1])
        for network in networks
    ]
    return _table(("network", "parameters", "gmacs", "image_px"), rows, style)


def _one(network: Network, style: Format) -> str:
    from cloudcost.networks.counts import macs
    from cloudcost.networks.json_file import to_json
    from cloudcost.networks.shapes import text
    from cloudcost.render.columns import plain

    if style == "json":
        return to_json(network)
    rows = [(plain(op.name), op.kind, text(op.output), op.parameters, macs(op)) for op in network.ops]
    return _table(("operation", "kind", "output", "parameters", "macs"), rows, style)


def _table(header: Sequence[str], rows: Iterable[Sequence[Cell]], style: Format) -> str:
    """Return rows under their header; in text and Markdown numbers stand right, with thousands separated."""
    rows = list(rows)
    if style == "csv":
        from cloudcost.render.columns import csv_cell

        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([csv_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
        return stream.getvalue()
    cells = [[f"{cell:,}" if isinstance(cell, int) else cell for cell in row] for row in rows]
    right = [column > 0 and all(_is_number(row[column]) for row in cells) for column in range(len(header))]
    if style == "md":
        rule = ["---:" if numeric else "---" for numeric in right]
        return "".join(f"| {' | '.join(row)} |\n" for row in [list(header), rule, *cells])
    widths = [max(map(len, column)) for column in zip(header, *cells, strict=True)]
    lines = [
        "  ".join(
            cell.rjust(width) if numeric else cell.ljust(width)
            for cell, width, numeric in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in [list(header), *cells]
    ]
    return "\n".join(lines) + "\n"


def _is_number(cell: str) -> bool:
    return cell.replace(",", "").replace(".", "").replace("e-", "").isdigit()

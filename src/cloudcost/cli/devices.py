"""List the devices that are known, or all that is known of one: memory, power, prices, where a time comes from.

A device is a GPU or a processor. Its name may be written as people and tools do: rtx4060, "GeForce RTX 4060 Laptop
GPU", "Apple M3 Max". A time is fitted (steps were measured on the device), transferred (from its data sheet and
relatives that were measured) or must be stated in the project. A device that is not listed can be used all the same,
with hours_per_run or seconds_per_step, or with a profile made on it.

  cloudcost devices --gpu "RTX 40"
  cloudcost devices --provider aws
  cloudcost devices "RTX 4060 Laptop"
  cloudcost devices --contains apple --format json
"""

from __future__ import annotations

import argparse
import sys

from cloudcost.cli.common import add_format_argument, format_of, parse_filter
from cloudcost.errors import InputError, UnknownDeviceError
from cloudcost.render.listings.device_outputs import DeviceListOutput, DeviceOutput
from cloudcost.render.outputs import written


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("name", metavar="NAME", nargs="?", help="one device, by any of its names")
    parser.add_argument("--gpu", type=parse_filter, metavar="TEXT", help="only GPUs with this in their name")
    parser.add_argument(
        "--provider", type=parse_filter, metavar="NAME", help="only what this provider rents out: aws, gcp, lambda ..."
    )
    parser.add_argument(
        "--contains", type=parse_filter, metavar="TEXT", help="only devices with this in name, architecture or segment"
    )
    add_format_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Print the list or one device; return the exit code."""
    filters = {"--gpu": args.gpu, "--provider": args.provider, "--contains": args.contains}
    given = [option for option, value in filters.items() if value is not None]
    if args.name is not None:
        if given:
            raise InputError(f"devices: {', '.join(given)} beside a device's name, leave out one or the other")
        sys.stdout.write(written(_one(args.name), format_of(args)))
        return 0
    sys.stdout.write(written(_listed(args), format_of(args)))
    return 0


def _one(name: str) -> DeviceOutput:
    from cloudcost.catalog.devices import device
    from cloudcost.timing.known import known_device

    try:
        return DeviceOutput(known_device(device(name)))
    except UnknownDeviceError as error:
        raise InputError(f"devices:NAME: {error}") from None


def _listed(args: argparse.Namespace) -> DeviceListOutput:
    from cloudcost.timing.known import known_devices

    if args.provider is not None:
        _check_provider(args.provider)
    known = tuple(known_devices(gpu=args.gpu, provider=args.provider, contains=args.contains))
    if not known:
        from cloudcost.catalog.devices import near_devices

        near = near_devices(args.gpu or args.contains or "")
        raise InputError(f"devices: no device is left by these filters{f', {near}' if near else ', ask for less'}")
    return DeviceListOutput(known)


def _check_provider(name: str) -> None:
    from cloudcost.catalog.instances import instances
    from cloudcost.catalog.near import near_and_all

    renting = sorted({each.provider for each in instances().values() if each.device is not None})
    if name.casefold() not in renting:
        remedy = near_and_all(name, renting, where="cloudcost schema --format names")
        raise InputError(f"devices:--provider: nobody known rents out devices by this name, {name!r}, {remedy}")

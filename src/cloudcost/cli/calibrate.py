"""`profile --calibrate`: time the two CNNs that tell most of this machine, and write them as a table of step times."""

from __future__ import annotations

import argparse
import sys

from cloudcost.cli.common import tell
from cloudcost.errors import InputError, repeated
from cloudcost.files.writing import require_writable, write_whole

MOST_MINUTES = 60.0
"""For each CNN. [min]"""


def calibrate(arguments: argparse.Namespace) -> int:
    """Time, write, print what came out; return the exit code."""
    from cloudcost.profiling.calibration.chosen import Order, time_chosen
    from cloudcost.profiling.run import require_torch
    from cloudcost.render.listings.calibrations import timed_csv, timed_text

    _check(arguments)
    require_torch()
    order = Order(
        device=arguments.device,
        precision="fp32" if arguments.device == "cpu" and arguments.precision == "default" else arguments.precision,
        optimizer=arguments.optimizer,
        channels_last=arguments.channels_last,
        image_px=arguments.image_px or 224,
        minutes=arguments.calibrate,
        threads=arguments.threads,
    )
    steps = time_chosen(order, tell)
    write_whole(arguments.output, timed_csv(steps, order))
    sys.stdout.write(timed_text(steps, order.precision, arguments.output))
    return 0


def _check(arguments: argparse.Namespace) -> None:
    faults = []
    if arguments.network is not None or arguments.batch is not None:
        faults.append("profile:--calibrate: it takes its own CNNs and batches, leave out NETWORK and --batch")
    if arguments.output is None:
        faults.append("profile:-o: needed with --calibrate, the table of step times, such as runs/here.csv")
    elif not arguments.output.endswith(".csv"):
        faults.append(f"profile:-o: a table of step times, {repeated(arguments.output)}, give it the ending .csv")
    if not 0 < arguments.calibrate <= MOST_MINUTES:
        faults.append(f"profile:--calibrate: minutes up to {MOST_MINUTES:g}, not {arguments.calibrate:g}")
    if arguments.image_px is not None and not 32 <= arguments.image_px <= 1024:
        faults.append(f"profile:--image-px: 32 to 1024 pixels here, not {arguments.image_px}")
    if faults:
        raise InputError(*faults)
    require_writable(arguments.output)

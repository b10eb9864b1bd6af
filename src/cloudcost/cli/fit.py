"""Make a device model of a machine from measured steps, for `predict --device ./device.json`.

With --device NAME a known device's model is scaled to the machine (its device, its host, its software): one run helps,
two that differ most calibrate it (`cloudcost profile --calibrate` makes them), runs of another device in the same
machine tell of the host. RUNS are profiles or tables of step times (CSV: network, batch, seconds, and image_px,
precision, channels_last, optimizer, device, host, stack where they are not the usual ones).

Without it a model of this machine is made from profiles alone:

RUNS are files of `cloudcost profile`, all of one environment; four CNNs or more give bands that were measured, by
leaving each out in turn. Profiles made with --ops-only add the times of a CNN's operations without the CNN itself.

  cloudcost fit --device "RTX 5090" runs.csv -o device.json
  cloudcost fit runs/*.json -o device.json
  cloudcost predict resnet50 --image-px 64 --batch 16 --device ./device.json
"""

from __future__ import annotations

import argparse
import sys
from textwrap import wrap
from typing import TYPE_CHECKING

from cloudcost.cli.common import parse_date, tell_warnings, today_of
from cloudcost.errors import InputError
from cloudcost.files.writing import require_writable, write_whole

if TYPE_CHECKING:
    from cloudcost.domain.profile import Profile
    from cloudcost.timing.calls.own_machine import CallModel


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("runs", nargs="+", metavar="RUN", help="profile JSON, or CSV of step times")
    parser.add_argument("--device", metavar="NAME", help="the known device that is scaled by the runs")
    parser.add_argument("--host", metavar="NAME", help="the computer around it (default: where it is usually found)")
    parser.add_argument("--stack", metavar="KEY", help="the software that ran (default: torch)")
    parser.add_argument("--today", type=parse_date, metavar="DATE", help="take this day for today (YYYY-MM-DD)")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="device model JSON to write")


def run(arguments: argparse.Namespace) -> int:
    """Fit, write, print what came out; return the exit code."""
    from cloudcost.profiling.calibration.fitted import fitted_machine
    from cloudcost.profiling.fit import pace_faults
    from cloudcost.timing.calls.own_machine_file import to_json

    require_writable(arguments.output, inputs=arguments.runs)
    if arguments.device is not None:
        return _calibrate(arguments)
    if arguments.host is not None or arguments.stack is not None:
        raise InputError("fit: --host and --stack are of a known device, name it by --device")
    model, named = fitted_machine(arguments.runs)
    write_whole(arguments.output, to_json(model))
    sys.stdout.write(_text(model, named, arguments.output))
    tell_warnings(pace_faults(named))
    return 0


def _calibrate(arguments: argparse.Namespace) -> int:
    """Scale a known device by the runs, write, print by what."""
    from cloudcost.profiling.calibration.fitted import fitted_calibration
    from cloudcost.render.listings.calibrations import calibration_text
    from cloudcost.timing.calibration.calibration_file import to_json

    found = fitted_calibration(
        arguments.runs,
        device=arguments.device,
        host=arguments.host,
        stack=arguments.stack,
        created=today_of(arguments),
    )
    write_whole(arguments.output, to_json(found))
    sys.stdout.write(calibration_text(found, arguments.output))
    return 0


def _text(model: CallModel, named: list[tuple[str, Profile]], output: str) -> str:
    from cloudcost.profiling.fit import LEAST_CNNS
    from cloudcost.render.tables.columns import plain

    cnns = len({profile.network.name for _, profile in named if profile.mode == "step"})
    how = "leaving each CNN out in turn" if cnns >= LEAST_CNNS else f"assumed, fewer than {LEAST_CNNS} CNNs"
    lines = [
        f"{model.name}: {len(named)} {'profile' if len(named) == 1 else 'profiles'}",
        *wrap(f"of {model.provenance['networks']}", width=80, initial_indent="  ", subsequent_indent="  "),
        f"{len(model.timed)} distinct operations timed, lines for {len(model.kinds)} kinds",
        f"standard error of an unseen CNN: {model.sd:.0%}; with its operations timed: {model.timed_sd:.0%}",
        f"  ({how})",
    ]
    line = model.communication
    if line is not None:
        lines.append(
            f"averaging gradients over {line.processes} processes: {line.per_tensor * 1e6:.1f} us a tensor + "
            f"{line.per_parameter * 1e9:.2f} ms per million parameters"
        )
    lines.append(f"written: {plain(output)}")
    return "\n".join(lines) + "\n"

"""Make a device model of this machine from profiles, for `predict --device ./device.json`.

RUNS are files of `cloudcost profile`, all of one environment; four CNNs or more give bands that were measured, by
leaving each out in turn. Profiles made with --ops-only add the times of a CNN's operations without the CNN itself.

  cloudcost fit runs/*.json -o device.json
  cloudcost predict resnet50 --image-px 64 --batch 16 --device ./device.json
"""

from __future__ import annotations

import argparse
import sys
from textwrap import wrap
from typing import TYPE_CHECKING

from cloudcost.cli.common import tell_warnings
from cloudcost.errors import InputError
from cloudcost.files.writing import require_writable, write_whole

if TYPE_CHECKING:
    from cloudcost.domain.profile import Profile
    from cloudcost.timing.calls.own_machine import CallModel


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("runs", nargs="+", metavar="RUN", help="profile JSON")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="device model JSON to write")


def run(arguments: argparse.Namespace) -> int:
    """Fit, write, print what came out; return the exit code."""
    from cloudcost.profiling.fit import fit_machine, pace_faults
    from cloudcost.profiling.record import read_profile
    from cloudcost.timing.calls.own_machine_file import to_json

    require_writable(arguments.output, inputs=arguments.runs)
    faults: list[str] = []
    named: list[tuple[str, Profile]] = []
    for path in dict.fromkeys(arguments.runs):
        try:
            named.append((path, read_profile(path)))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(*faults)
    model = fit_machine(named)
    write_whole(arguments.output, to_json(model))
    sys.stdout.write(_text(model, named, arguments.output))
    tell_warnings(pace_faults(named))
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

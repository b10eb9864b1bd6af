"""From profiles of one environment to a device model of the machine. No torch in here.

Times of signatures: the median over the profiles that have them; from profiles of operations alone, scaled by what
their kind takes longer inside a step. Lines: per kind, least squares with coefficients of 0 or more on relative
errors, each signature weighted by the share of the step that it takes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import log, sqrt
from statistics import median

import numpy as np

from cloudcost.domain.profile import OpRecord, Profile
from cloudcost.errors import InputError
from cloudcost.profiling.record import require_one_environment
from cloudcost.timing.calls import Call
from cloudcost.timing.expand import step_calls
from cloudcost.timing.machine import FEATURES, MachineModel, call_features, fallback_of, predict_calls

NOISE = 0.03
"""Least standard deviation of the log that a predicted step claims: the range between processes. [1]"""
DEFAULT_SD, DEFAULT_TIMED_SD = 0.25, 0.08
"""With fewer than four CNNs nothing can be left out; wide figures stand in. [1]"""
LEAST_CNNS = 4


def fit_machine(named: Sequence[tuple[str, Profile]], *, spread: bool = True) -> MachineModel:
    """Return the device model of the machine that the profiles were made on.

    Parameters
    ----------
    named : sequence of (str, Profile)
        Name of each profile in messages, and the profile.
    spread : bool
        Whether to leave each CNN out in turn for the bands; costs as many fits.

    Raises
    ------
    InputError
        Without any profile of whole steps.
    MixedEnvironmentError
        When two environments differ.
    """
    environment = require_one_environment([(name, profile.environment) for name, profile in named])
    stepped = [profile for _, profile in named if profile.mode == "step"]
    if not stepped:
        raise InputError("fit: no profile of whole steps among the runs, add one made without --ops-only")
    rows = [(op, _share(op, profile)) for profile in stepped for op in profile.ops]
    by_kind: defaultdict[str, list[tuple[OpRecord, float]]] = defaultdict(list)
    by_fallback: defaultdict[str, list[tuple[OpRecord, float]]] = defaultdict(list)
    for op, share in rows:
        by_kind[op.kind].append((op, share))
        by_fallback[fallback_of(op.kind)].append((op, share))
    sd, timed_sd = leave_one_out_sd(named) if spread else (DEFAULT_SD, DEFAULT_TIMED_SD)
    names = sorted({profile.network.name for _, profile in named})
    return MachineModel(
        name=environment.processor,
        environment=asdict(environment),
        overhead_seconds=median(profile.overhead_seconds for profile in stepped),
        timed=timed_signatures([profile for _, profile in named]),
        kinds={kind: fit_line(members) for kind, members in sorted(by_kind.items())},
        fallbacks={kind: fit_line(members) for kind, members in sorted(by_fallback.items())},
        sd=sd,
        timed_sd=timed_sd,
        provenance={
            "profiles": str(len(named)),
            "networks": ", ".join(names),
            "created": max(profile.created for _, profile in named),
        },
    )


def _share(op: OpRecord, profile: Profile) -> float:
    total = sum(other.count * other.seconds for other in profile.ops if other.batch == op.batch)
    return op.count * op.seconds / total


def _call(op: OpRecord) -> Call:
    return Call(
        phase=op.phase, op=op.op, key=op.key, kind=op.kind, flops=op.flops, read_bytes=op.read_bytes,
        written_bytes=op.written_bytes, weight_bytes=op.weight_bytes,
    )  # fmt: skip


def fit_line(members: Sequence[tuple[OpRecord, float]]) -> tuple[float, ...]:
    """Return the coefficients of a kind's line, 0 or more each, least in relative error weighted by share.

    Parameters
    ----------
    members : sequence of (OpRecord, float)
        Signatures of the kind, and the share of their step that each takes.
    """
    from scipy.optimize import nnls

    features = np.array([call_features(_call(op)) for op, _ in members])
    seconds = np.array([op.seconds for op, _ in members])
    weights = np.sqrt(np.array([share for _, share in members])) / seconds
    scale = np.maximum((features * weights[:, None]).max(axis=0), 1e-300)
    solution, _ = nnls(features * weights[:, None] / scale, seconds * weights)
    line = solution / scale
    if not line.any():  # cannot be with positive times, but a line of zeros would say that the kind is free
        line = np.zeros(len(FEATURES))
        line[0] = float(np.median(seconds))
    return tuple(float(f"{value:.6g}") for value in line)


def timed_signatures(profiles: Sequence[Profile]) -> dict[str, float]:
    """Return the seconds of every signature that was timed. [s]

    Inside steps where it was, else alone, scaled by what its kind takes longer inside a step than alone.
    """
    inside: defaultdict[str, list[float]] = defaultdict(list)
    alone: defaultdict[str, list[float]] = defaultdict(list)
    kinds: dict[str, str] = {}
    for profile in profiles:
        for op in profile.ops:
            (inside if profile.mode == "step" else alone)[op.key].append(op.seconds)
            kinds[op.key] = op.kind
    factors = _alone_factors(inside, alone, kinds)
    found = {key: median(values) for key, values in inside.items()}
    for key, values in alone.items():
        if key not in found:
            found[key] = median(values) * factors.get(kinds[key], factors[""])
    return {key: float(f"{seconds:.6g}") for key, seconds in sorted(found.items())}


def _alone_factors(
    inside: Mapping[str, Sequence[float]], alone: Mapping[str, Sequence[float]], kinds: Mapping[str, str]
) -> dict[str, float]:
    """Return, per kind, time inside steps over time alone, of the signatures timed both ways; "" is all kinds."""
    sums: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for key in inside.keys() & alone.keys():
        for kind in (kinds[key], ""):
            sums[kind][0] += median(inside[key])
            sums[kind][1] += median(alone[key])
    factors = {kind: both / single for kind, (both, single) in sums.items()}
    return {"": 1.0, **factors}


def leave_one_out(named: Sequence[tuple[str, Profile]], *, alone: bool) -> list[tuple[str, int, float, float]]:
    """Return (network, batch, measured, predicted) with each CNN in turn left out. [s]

    Parameters
    ----------
    named : sequence of (str, Profile)
    alone : bool
        True: the profile of the CNN's operations alone is kept, the rest of what is known of it is not.
    """
    found: list[tuple[str, int, float, float]] = []
    names = sorted({profile.network.name for _, profile in named if profile.mode == "step"})
    for name in names:
        rest = [
            (label, profile)
            for label, profile in named
            if profile.network.name != name or (alone and profile.mode == "operations")
        ]
        if not any(profile.mode == "step" for _, profile in rest):
            continue
        model = fit_machine(rest, spread=False)
        for _, profile in named:
            if profile.network.name == name and profile.mode == "step":
                for step in profile.steps:
                    calls = step_calls(profile.network, step.batch, profile.optimizer)
                    predicted = predict_calls(model, calls, use_timed=alone).seconds
                    found.append((name, step.batch, step.seconds, predicted))
    return found


def leave_one_out_sd(named: Sequence[tuple[str, Profile]]) -> tuple[float, float]:
    """Return the standard deviations of the log error with nothing timed, and with every operation timed. [1]"""
    if len({profile.network.name for _, profile in named if profile.mode == "step"}) < LEAST_CNNS:
        return DEFAULT_SD, DEFAULT_TIMED_SD
    lines = _log_sd(leave_one_out(named, alone=False))
    both = {profile.network.name for _, profile in named if profile.mode == "operations"}
    if len(both) < LEAST_CNNS:
        return lines, DEFAULT_TIMED_SD
    timed = [row for row in leave_one_out(named, alone=True) if row[0] in both]
    return lines, _log_sd(timed)


def _log_sd(rows: Sequence[tuple[str, int, float, float]]) -> float:
    squares = [log(predicted / measured) ** 2 for _, _, measured, predicted in rows]
    return float(f"{max(sqrt(sum(squares) / len(squares)), NOISE):.4g}")

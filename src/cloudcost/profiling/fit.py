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
from numpy.typing import NDArray

from cloudcost.domain.profile import OpRecord, Profile
from cloudcost.errors import InputError, UnknownOpError
from cloudcost.profiling.communicate import fit_communication
from cloudcost.profiling.plan import CLOCK
from cloudcost.profiling.record import require_one_environment
from cloudcost.timing.calls.expand import step_calls
from cloudcost.timing.calls.framework import Call
from cloudcost.timing.calls.own_machine import CallModel, call_features, fallback_of, predict_calls
from cloudcost.timing.communication import CommunicationLine

NOISE = 0.03
"""Least standard deviation of the log that a predicted step claims: the range between processes. [1]"""
DEFAULT_SD, DEFAULT_TIMED_SD = 0.25, 0.08
"""With fewer than four CNNs nothing can be left out; wide figures stand in. [1]"""
LEAST_CNNS = 4
_LEAST_POINTS = 5
"""Fewer signatures of a kind timed both ways make no line of their own. [count]"""
_ROUNDS = 4

Array = NDArray[np.float64]


def fit_machine(named: Sequence[tuple[str, Profile]], *, spread: bool = True) -> CallModel:
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
        Without any profile of steps, or with one that holds no operations.
    MixedEnvironmentError
        When two environments differ.
    """
    environment = require_one_environment([(name, profile.environment) for name, profile in named])
    whole = [f"{name}: {profile.reason}" for name, profile in named if profile.reason is not None]
    if whole:
        raise InputError(*(f"{each}, its steps were timed as a whole: leave it out of the fit" for each in whole))
    stepped = [profile for _, profile in named if profile.mode == "step"]
    if not stepped:
        raise InputError("fit: no profile of whole steps among the runs, add one made without --ops-only")
    rows = [row for profile in stepped for row in _shares(profile)]
    by_kind: defaultdict[str, list[tuple[OpRecord, float]]] = defaultdict(list)
    by_fallback: defaultdict[str, list[tuple[OpRecord, float]]] = defaultdict(list)
    for op, share in rows:
        by_kind[op.kind].append((op, share))
        by_fallback[fallback_of(op.kind)].append((op, share))
    sd, timed_sd = leave_one_out_sd(named) if spread else (DEFAULT_SD, DEFAULT_TIMED_SD)
    names = sorted({profile.network.name for _, profile in named})
    return CallModel(
        name=environment.processor,
        environment=asdict(environment),
        overhead_seconds=median(profile.overhead_seconds for profile in stepped),
        timed=timed_signatures([*stepped, *(profile for _, profile in named if profile.mode != "step")]),
        kinds={kind: fit_line(members) for kind, members in sorted(by_kind.items())},
        fallbacks={kind: fit_line(members) for kind, members in sorted(by_fallback.items())},
        sd=sd,
        timed_sd=timed_sd,
        unlisted_share=float(f"{median(unlisted_share(profile) for profile in stepped):.4g}"),
        communication=_communication([profile for _, profile in named]),
        provenance={
            "profiles": str(len(named)),
            "networks": ", ".join(names),
            "created": max(profile.created for _, profile in named),
        },
    )


def unlisted_share(profile: Profile) -> float:
    """Return the time in calls that `step_calls` does not list over the time of those that it does. [1]

    Casts of mixed precision are such calls. The largest batch counts.

    Raises
    ------
    InputError
        When no call is one that it lists.
    """
    batch = profile.steps[-1].batch
    listed = {call.op for call in step_calls(profile.network, batch, profile.optimizer)}
    known = other = 0.0
    for op in profile.ops:
        if op.batch == batch:
            known += op.count * op.seconds * (op.op in listed)
            other += op.count * op.seconds * (op.op not in listed)
    if not known:
        raise InputError(
            f"fit: the profile of {profile.network.name} has no operation of that network, profile it anew"
        )
    return other / known


def _communication(profiles: Sequence[Profile]) -> CommunicationLine | None:
    records = [profile.communication for profile in profiles if profile.communication is not None]
    most = max((record.processes for record in records), default=0)
    return fit_communication([record for record in records if record.processes == most])


def pace_faults(named: Sequence[tuple[str, Profile]]) -> tuple[str, ...]:
    """Return which profiles were made while the machine was slower than for others, one sentence each.

    Parameters
    ----------
    named : sequence of (str, Profile)
    """
    paces = {name: profile.pace_seconds for name, profile in named if profile.pace_seconds is not None}
    least = min(paces.values(), default=0.0)
    found = [
        f"{name}: the machine was {pace / least - 1:.0%} slower than for {min(paces, key=paces.__getitem__)}, "
        "its times are too long, profile it again"
        for name, pace in paces.items()
        if pace > CLOCK * least
    ]
    found += [
        f"{name}: batch {step.batch} was disturbed all the time, its times are too long, profile it again"
        for name, profile in named
        for step in profile.steps
        if step.disturbed_share >= 1
    ]
    return tuple(found)


def _shares(profile: Profile) -> list[tuple[OpRecord, float]]:
    """Return every signature that took time, with its share of the operations of its batch size. [1]"""
    totals: defaultdict[int, float] = defaultdict(float)
    for op in profile.ops:
        totals[op.batch] += op.count * op.seconds
    return [(op, op.count * op.seconds / totals[op.batch]) for op in profile.ops if op.seconds]


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
    features = np.array([call_features(_call(op)) for op, _ in members])
    seconds = np.array([op.seconds for op, _ in members])
    return _relative_line(features, seconds, np.array([share for _, share in members]))


def _relative_line(features: Array, seconds: Array, shares: Array) -> tuple[float, ...]:
    """Return non-negative coefficients, least squares on errors relative to the mean of both sides.

    Errors relative to the measured time alone would draw the line down: a prediction of 0 is wrong by 100 %, one of
    three times the truth by 200 %. So the fit is repeated, relative to the root of measured times predicted.
    """
    from scipy.optimize import nnls

    base = seconds.copy()
    line = np.zeros(features.shape[1])
    for _ in range(_ROUNDS):
        weights = np.sqrt(shares / (seconds * base))
        weighted = features * weights[:, None]
        scale = np.maximum(weighted.max(axis=0), 1e-300)
        line = nnls(weighted / scale, seconds * weights)[0] / scale
        if not line.any():  # a line of zeros would say that the kind is free
            line[0] = float(np.median(seconds))
        base = np.maximum(features @ line, 0.1 * seconds)
    return tuple(float(f"{value:.6g}") for value in line)


def timed_signatures(profiles: Sequence[Profile]) -> dict[str, float]:
    """Return the seconds of every signature that was timed. [s]

    Inside steps where it was; else alone, turned into what it takes inside a step by its kind's line through the
    signatures that were timed both ways: data that other operations have pushed out of the caches cost something.
    """
    inside: defaultdict[str, list[float]] = defaultdict(list)
    alone: defaultdict[str, list[float]] = defaultdict(list)
    kinds: dict[str, str] = {}
    for profile in profiles:
        for op in filter(lambda each: each.seconds, profile.ops):  # 0: a profiler saw no kernel of the call
            (inside if profile.mode == "step" else alone)[op.key].append(op.seconds)
            kinds[op.key] = op.kind
    lines = _alone_lines(inside, alone, kinds)
    found = {key: median(values) for key, values in inside.items()}
    for key, values in alone.items():
        if key not in found:
            start, slope = lines.get(kinds[key], lines[""])
            found[key] = start + slope * median(values)
    return {key: float(f"{seconds:.6g}") for key, seconds in sorted(found.items())}


def _alone_lines(
    inside: Mapping[str, Sequence[float]], alone: Mapping[str, Sequence[float]], kinds: Mapping[str, str]
) -> dict[str, tuple[float, float]]:
    """Return, per kind, the line from seconds alone to seconds inside a step; "" is that of all kinds."""
    pairs: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for key in sorted(inside.keys() & alone.keys()):
        for kind in (kinds[key], ""):
            pairs[kind].append((median(alone[key]), median(inside[key])))
    lines = {"": (0.0, 1.0)}
    for kind, points in pairs.items():
        if len(points) >= _LEAST_POINTS:
            single, both = np.array(points).T
            features = np.stack([np.ones_like(single), single], axis=1)
            start, slope = _relative_line(features, both, both / both.sum())
            lines[kind] = (start, slope)
    return lines


def leave_one_out(named: Sequence[tuple[str, Profile]], *, alone: bool) -> list[tuple[str, int, float, float]]:
    """Return (network, batch, measured, predicted) with each CNN in turn left out. [s]

    Parameters
    ----------
    named : sequence of (str, Profile)
    alone : bool
        True: the profile of the CNN's operations alone is kept, the rest of what is known of it is not; batches
        without such a profile are passed over.
    """
    found: list[tuple[str, int, float, float]] = []
    timed = {
        (profile.network.name, profile.network.input, op.batch)
        for _, profile in named
        if profile.mode == "operations"
        for op in profile.ops
    }
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
                    if alone and (name, profile.network.input, step.batch) not in timed:
                        continue
                    calls = step_calls(profile.network, step.batch, profile.optimizer)
                    try:
                        predicted = predict_calls(model, calls, use_timed=alone).seconds
                    except UnknownOpError:
                        continue  # no other CNN has anything like one of its operations
                    found.append((name, step.batch, step.seconds, predicted))
    return found


def leave_one_out_sd(named: Sequence[tuple[str, Profile]]) -> tuple[float, float]:
    """Return the standard deviations of the log error with nothing timed, and with every operation timed. [1]"""
    if len({profile.network.name for _, profile in named if profile.mode == "step"}) < LEAST_CNNS:
        return DEFAULT_SD, DEFAULT_TIMED_SD
    lines, timed = leave_one_out(named, alone=False), leave_one_out(named, alone=True)
    return (
        _log_sd(lines) if len({row[0] for row in lines}) >= LEAST_CNNS else DEFAULT_SD,
        _log_sd(timed) if len({row[0] for row in timed}) >= LEAST_CNNS else DEFAULT_TIMED_SD,
    )


def _log_sd(rows: Sequence[tuple[str, int, float, float]]) -> float:
    squares = [log(predicted / measured) ** 2 for _, _, measured, predicted in rows]
    return float(f"{max(sqrt(sum(squares) / len(squares)), NOISE):.4g}")

"""A machine of one's own, known by the times of its operations: the model that `cloudcost fit` makes of profiles.

A step is the sum of its calls plus a time per call between them. A call that was timed here has its time; any other is
predicted by its kind's straight line through FLOPs and bytes (all coefficients at least 0). Neither torch nor scipy is
needed to predict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from math import exp
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Literal

from cloudcost.domain.timing import StepTime
from cloudcost.errors import InputError, UnknownOpError
from cloudcost.frozen import dataclass
from cloudcost.timing.calls.expand import parameter_tensors, step_calls
from cloudcost.timing.calls.parts import part_seconds
from cloudcost.timing.communication import CommunicationLine

if TYPE_CHECKING:
    from cloudcost.domain.network import Network
    from cloudcost.timing.calls.framework import Call

FEATURES = ("call", "gflop", "read_gb", "written_gb", "weight_gb")
"""What a kind's line runs through: 1, 10**9 FLOP, 10**9 bytes each."""
AUTOGRAD = 0.13
"""Time before a call of a backward pass or an update over that before one of a forward pass, which Python makes: from
steps of SqueezeNet as a whole and with its backbone frozen (PyTorch 2.13, one thread, AMD EPYC, 2026-11-29). [1]"""
EXTRA_UNSEEN = 0.5
"""Standard deviation of the log that a step wholly of unseen kinds gets on top. [1]"""


def call_features(call: Call) -> tuple[float, float, float, float, float]:
    """Return what the line of a call's kind runs through, in the units of `FEATURES`.

    Examples
    --------
    >>> from cloudcost.timing.calls.framework import plain
    >>> call_features(plain("forward", "relu", ((1, 10, 5, 5),), (1, 10, 5, 5)))
    (1.0, 0.0, 1e-06, 1e-06, 0.0)
    """
    return (1.0, call.flops / 1e9, call.read_bytes / 1e9, call.written_bytes / 1e9, call.weight_bytes / 1e9)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CallModel:
    """The times of calls on one machine of one's own, as `DeviceModel` is the rates of a GPU.

    Parameters
    ----------
    name : str
        What the file calls the machine: its processor.
    environment : mapping
        Of the profiles, flat.
    overhead_seconds : float
        Per call. [s]
    timed : mapping
        Key of a call -> its seconds. [s]
    kinds : mapping
        Kind -> five coefficients. [s per unit of `FEATURES`]
    fallbacks : mapping
        ``conv``, ``conv_backward``, ``product``, ``other`` -> coefficients for kinds that were never timed.
    sd : float
        Standard deviation of the log of step time where nothing was timed, from leaving one CNN out. [1]
    timed_sd : float
        The same where every call was timed. [1]
    unlisted_share : float
        Time in calls that no description of a CNN lists (the casts of mixed precision), over the time of those listed.
        [1]
    communication : CommunicationLine or None
        What averaging gradients adds to a step; None where no data-parallel run was profiled.
    provenance : mapping
    """

    name: str
    environment: Mapping[str, Any]
    overhead_seconds: float
    timed: Mapping[str, float]
    kinds: Mapping[str, tuple[float, ...]]
    fallbacks: Mapping[str, tuple[float, ...]]
    sd: float
    timed_sd: float
    unlisted_share: float = 0.0
    communication: CommunicationLine | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTimes:
    """A predicted step.

    Parameters
    ----------
    seconds : float
        [s]
    timed_share : float
        Share of the time in calls that were timed on this machine. [1]
    unseen_share : float
        Share in calls of kinds that were not. [1]
    """

    seconds: float
    timed_share: float
    unseen_share: float


def fallback_of(kind: str) -> str:
    """Return which fallback line stands in for a kind.

    Examples
    --------
    >>> fallback_of("conv_grouped_backward"), fallback_of("gelu")
    ('conv_backward', 'other')
    """
    if kind.startswith("conv"):
        return "conv_backward" if "backward" in kind else "conv"
    return "product" if kind in ("product", "products", "attention", "attention_backward") else "other"


def call_seconds(
    model: CallModel, call: Call, *, use_timed: bool = True
) -> tuple[float, Literal["timed", "line", "unseen"]]:
    """Return the time of one call and where it comes from. [s]

    Raises
    ------
    UnknownOpError
        When the machine's profiles had nothing like it; it is never taken for zero.
    """
    if use_timed and call.key in model.timed:
        return model.timed[call.key], "timed"
    part = part_seconds(call, lambda other: model.timed.get(other.key)) if use_timed else None
    if part is not None:
        return part, "timed"
    line = _on_line(model.kinds.get(call.kind), call)
    if line is None:
        line = part_seconds(call, lambda other: _on_line(model.kinds.get(other.kind), other))
    if line is not None:
        return line, "line"
    line = _on_line(model.fallbacks.get(fallback_of(call.kind)), call)
    if line is None:
        raise UnknownOpError(
            f"device {model.name}: no operation like {call.op!r} was timed, profile a CNN that has it and fit again"
        )
    return line, "unseen"


def _on_line(line: tuple[float, ...] | None, call: Call) -> float | None:
    return None if line is None else sum(a * b for a, b in zip(line, call_features(call), strict=True))


def predict_calls(
    model: CallModel, calls: tuple[Call, ...], *, use_timed: bool = True, whole: tuple[Call, ...] = ()
) -> CallTimes:
    """Return the time of a step that makes these calls.

    Parameters
    ----------
    model : CallModel
    calls : tuple of Call
    use_timed : bool
    whole : tuple of Call
        Those of the same network where all of it is trained; none where it is.

    Raises
    ------
    UnknownOpError
        When the machine's profiles had nothing like one of them.
    """
    shares = {"timed": 0.0, "line": 0.0, "unseen": 0.0}
    for call in calls:
        seconds, how = call_seconds(model, call, use_timed=use_timed)
        shares[how] += seconds
    total = sum(shares.values())
    listed = total * (1 + model.unlisted_share)
    between = len(calls) if not whole else len(whole) * _python_calls(calls) / _python_calls(whole)
    seconds = max(listed + model.overhead_seconds * between, 0.05 * total)
    return CallTimes(seconds=seconds, timed_share=shares["timed"] / total, unseen_share=shares["unseen"] / total)


def _python_calls(calls: tuple[Call, ...]) -> float:
    """Return the calls weighted by the time between them: Python makes those of a forward pass, run again or not."""
    ahead = {call.key for call in calls if call.phase == "forward"}
    return sum(1.0 if call.key in ahead else AUTOGRAD for call in calls)


def whole_calls(network: Network, batch: int, optimizer: str) -> tuple[Call, ...]:
    """Return the calls of a step that trains all of a network and runs nothing again; none where it does so."""
    ops = tuple(replace(op, trained=True, no_grad=False, checkpoint="") for op in network.ops)
    return () if ops == network.ops else step_calls(replace(network, ops=ops), batch, optimizer)


def predict_machine_step(
    model: CallModel,
    network: Network,
    batch: int,
    *,
    optimizer: str = "momentum",
    precision: str = "default",
    channels_last: bool = False,
    stack: str | None = None,
    processes: int = 1,
    level: float = 0.8,
) -> StepTime:
    """Return a network's step on the machine, with its band.

    Parameters
    ----------
    model : CallModel
    network : Network
    batch : int
        [images]
    optimizer, precision, channels_last
        The last two have to be those of the profiles.
    stack : str, optional
        Software that will run; that of the profiles is PyTorch.
    processes : int
        Data-parallel ones, each at `batch`; more than 1 as many as were profiled. [count]
    level : float
        Probability that the band claims.

    Raises
    ------
    InputError
        When the machine was profiled at another precision or memory format, with another stack, or other numbers of
        processes.
    UnknownOpError
        When its profiles had nothing like an operation of the network.
    """
    for key, asked in (("precision", precision), ("channels_last", channels_last)):
        if asked != "default" and model.environment.get(key) != asked:
            raise InputError(
                f"device {model.name}:{key}: its profiles have {model.environment.get(key)!r}, not {asked!r}, "
                "profile that and fit another device"
            )
    if stack is not None and "".join(stack.casefold().split()) not in _stacks(model):
        raise InputError(
            f"device {model.name}:stack: its profiles are of PyTorch, not {stack!r}, leave out the stack or give torch"
        )
    line = model.communication
    if processes > 1 and (line is None or line.processes != processes):
        known = "none" if line is None else f"{line.processes} of them"
        raise InputError(
            f"device {model.name}:communication: no profile with {processes} processes, {known}, "
            f"profile a CNN with --processes {processes} and fit again"
        )
    whole = whole_calls(network, batch, optimizer)
    time = predict_calls(model, step_calls(network, batch, optimizer), whole=whole)
    seconds = time.seconds * network.share
    if processes > 1 and line is not None:
        seconds += line.seconds(network.parameters, parameter_tensors(network))
    variance = time.timed_share * model.timed_sd**2 + (1 - time.timed_share) * model.sd**2
    variance += (EXTRA_UNSEEN * time.unseen_share) ** 2
    sd: float = variance**0.5
    width = exp(NormalDist().inv_cdf((1 + level) / 2) * sd)
    return StepTime(
        seconds=seconds,
        level=level,
        interval_seconds=(seconds / width, seconds * width),
        shared_sd=0.0,
        own_sd=sd,
        basis="fitted",
        stack=f"torch {model.environment.get('torch')}",
        unseen_share=time.unseen_share,
        notes=(f"{time.timed_share:.0%} of the time is in operations that were timed on this machine",),
    )


def _stacks(model: CallModel) -> tuple[str, ...]:
    """Return what the stack of a machine's profiles may be called."""
    return "torch", "pytorch", f"torch{model.environment.get('torch')}"


def forward_share(model: CallModel, network: Network, batch: int) -> float:
    """Return the share of a training step that a forward pass alone takes, as in validation. [1]"""
    calls = step_calls(network, batch)
    ahead = tuple(call for call in calls if call.phase == "forward")
    return predict_calls(model, ahead).seconds / predict_calls(model, calls).seconds

"""Why a module could not be traced, in one line with a remedy."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cloudcost.networks.shapes import text

if TYPE_CHECKING:
    from torch import nn

    from cloudcost.domain.network import Shape
    from cloudcost.profiling.worker.tracing.forward.recorder import Recorder, Scope

_VALUES = ("on meta tensors", "meta tensor", "data-dependent", "no data", "tensor on device meta", "meta device")
_SMALL = ("too small", "greater than actual input size", "kernel size")


def refusal(module: nn.Module, scope: Scope, recorder: Recorder, shapes: Sequence[Shape], error: Exception) -> str:
    """Return why a forward pass failed.

    Parameters
    ----------
    module : nn.Module
        The whole module.
    scope, recorder
        Where it failed.
    shapes : sequence of Shape
        Of the inputs.
    error : Exception
        What was raised.
    """
    wants = _other_inputs(module, len(shapes))
    if wants is not None and isinstance(error, TypeError):
        return wants
    size = " and ".join(text(shape) for shape in shapes)
    first = str(error).strip().splitlines()
    reason = first[0] if first else type(error).__name__
    place = f"{scope.where}, at {recorder.last_call or 'its first call'}"
    lowered = reason.lower()
    if any(word in lowered for word in _SMALL):
        return f"{place}: an image of {size} is too small for this network ({reason}), use a larger one"
    if any(word in lowered for word in _VALUES):
        return (
            f"{place}: needs the values of a tensor, which shapes alone do not give ({reason}), "
            "time whole steps of it with cloudcost profile"
        )
    return f"{place}: does not run on images of {size} ({type(error).__name__}: {reason})"


def _other_inputs(module: nn.Module, given: int) -> str | None:
    """Return that the forward pass wants another number of inputs than it got, None where it does not."""
    try:
        known = list(inspect.signature(module.forward).parameters.values())
    except (TypeError, ValueError):
        return None
    positional = [each for each in known if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    needed = [each.name for each in positional if each.default is each.empty]
    if any(each.kind is each.VAR_POSITIONAL for each in known):
        return None
    if len(needed) > given:
        return (
            f"forward wants {len(needed)} inputs ({', '.join(needed)}), not {given}, "
            f"give --input {len(needed)} times, in their order"
        )
    if len(positional) < given:
        names = ", ".join(each.name for each in positional)
        plural = "s" * (len(positional) != 1)
        return f"forward takes {len(positional)} input{plural} ({names}), not {given}, give --input for each alone"
    return None

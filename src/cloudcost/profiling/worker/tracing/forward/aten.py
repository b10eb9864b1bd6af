"""The ATen calls of a module, for what no rule of a function stands for.

Functional code, loops, einsum, custom attention, TorchScript functions: all of it comes down to some hundred ATen
calls. Views cost nothing, element-wise calls and reductions carry PyTorch's own tags, products and copies are listed
in `aten_kinds`; what is none of these has no operation kind and is refused by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from cloudcost.errors import NetworkError
from cloudcost.profiling.worker.tracing.forward.aten_kinds import PRODUCTS, AtenCall, operation_of
from cloudcost.profiling.worker.tracing.forward.shares import batch_axis, tensors_in

if TYPE_CHECKING:
    from cloudcost.networks.kinds.traces import Node
    from cloudcost.profiling.worker.tracing.forward.recorder import Recorder

_SHAPES_ALONE = frozenset({
    "empty_like", "zeros_like", "ones_like", "full_like", "rand_like", "randn_like", "randint_like", "new_empty",
    "new_zeros", "new_ones", "new_full", "new_empty_strided", "bernoulli_", "uniform_", "normal_", "exponential_",
    "zero_", "fill_", "random_",
})  # fmt: skip
"""Calls whose numbers do not depend on the tensor that they take."""
_VIEWS = frozenset({"_unsafe_view", "_reshape_alias", "lift_fresh", "lift", "resolve_conj", "resolve_neg", "set_",
                    "unsafe_split", "unsafe_chunk", "unsafe_split_with_sizes"})  # fmt: skip
"""Calls that move nothing, though their schema does not say so."""


class AtenTracer(TorchDispatchMode):
    """Writes down the ATen calls that no rule of a function has taken.

    Parameters
    ----------
    recorder : Recorder
    """

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self.recorder = recorder

    def __torch_dispatch__(
        self,
        func: torch._ops.OpOverload,
        types: Sequence[type],
        args: Sequence[object] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        named = dict(kwargs or {})
        recorder = self.recorder
        if recorder.muted:
            return func(*args, **named)
        inputs = list(tensors_in([*args, *named.values()]))
        name = func._schema.name.partition("::")[2]
        before = [recorder.node(tensor) for tensor in inputs]
        if not any(before) and name in PRODUCTS:
            constant = next((tensor for tensor in inputs if batch_axis(tensor) is not None), None)
            if constant is not None:
                recorder.constant(constant)
                before = [recorder.node(tensor) for tensor in inputs]
        carries = [recorder.carries([tensor]) for tensor in inputs]
        result = func(*args, **named)
        outputs = list(tensors_in([result]))
        recorder.keep(inputs, outputs)
        if not any(before) or name in _SHAPES_ALONE:
            if name not in _SHAPES_ALONE or not any(before):
                recorder.carry(inputs, outputs)
        elif func.is_view or name in _VIEWS:
            for tensor in outputs:
                recorder.write(tensor, before[0] or _first(before), anew=False)
                recorder.part(inputs[0], tensor)
        elif outputs:
            self._write(func, AtenCall(
                name=name, args=tuple(args), named=named, inputs=tuple(inputs), nodes=tuple(before),
                carries=tuple(carries), outputs=tuple(outputs),
            ))  # fmt: skip
        return result

    def _write(self, func: torch._ops.OpOverload, call: AtenCall) -> None:
        recorder = self.recorder
        recorder.last_call = f"torch.ops.aten.{call.name}"
        op = operation_of(func, call, recorder)
        if op is None:
            raise NetworkError(
                f"torch.ops.aten.{call.name} in {recorder.scope.where} has no operation kind, "
                "write the layer with operations that have one (docs/how-to/bring-your-own-cnn.md)"
            )
        carries = recorder.enabled and any(call.carries) and call.outputs[0].is_floating_point()
        beside = call.beside(op) if carries else ()
        with recorder.calling(recorder.weights(call.inputs), call.wanted(op.sources), carries, beside):
            node = recorder.emit(op)
        for tensor in call.outputs:  # indices and the like were written with it
            recorder.write(tensor, node)


def _first(nodes: Sequence[Node | None]) -> Node:
    return next(node for node in nodes if node is not None)

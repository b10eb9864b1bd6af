"""From any `nn.Module` to `cloudcost.network/1`: what the forward pass calls, with shapes.

The module runs on the meta device, which knows shapes and computes nothing. A TorchFunctionMode sees what the module
calls before autograd takes it apart: layers, in-place variants, functional calls and methods alike; a function that a
kind of operation has a rule for is written down as that kind. Below it a TorchDispatchMode sees whatever has none as
ATen calls (`aten`), so that functional code, einsum, hand-written attention and indexing are counted as what they run.
What does not come from the images (weights, constants) is no operation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest

import torch
from torch.overrides import TorchFunctionMode, resolve_name

from cloudcost.domain.network import Op
from cloudcost.errors import NetworkError
from cloudcost.networks.checks import op_faults
from cloudcost.networks.kinds.table import KINDS
from cloudcost.networks.kinds.traces import Chain, Node, Seen
from cloudcost.profiling.worker.tracing.forward.devices import DEVICE_MOVES, placed, without_device
from cloudcost.profiling.worker.tracing.forward.recorder import Recorder
from cloudcost.profiling.worker.tracing.forward.rules import RULES, STRUCTURAL, call_short_name
from cloudcost.profiling.worker.tracing.forward.shares import PerImage, batch_axis, per_image, tensors_in

_PRODUCTS = frozenset(name for kind in KINDS.values() if kind.macs is not None for name in kind.traced)
"""Functions whose work counts even where it does not come from the images, if each image has its own."""


class FunctionTracer(TorchFunctionMode):
    """Writes down the functions that a kind of operation has a rule for.

    Parameters
    ----------
    recorder : Recorder
    """

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self.recorder = recorder

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: Sequence[type],
        args: Sequence[object] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        if func is torch._C._set_grad_enabled:
            self.recorder.enable(bool(args[0]))
            return func(*args)
        named = dict(kwargs or {})
        short = call_short_name(func)
        recorder = self.recorder
        recorder.last_call = resolve_name(func) or short
        if short in DEVICE_MOVES and args and isinstance(args[0], torch.Tensor) and args[0].is_meta:
            args, named = without_device(args, named)
            if len(args) == 1 and not named:
                return args[0]
        if short == "getitem" and isinstance(args[1], str):
            raise NetworkError(
                f"{recorder.scope.where} reads its input by the key {args[1]!r}, which a tensor has not, "
                "let forward take its inputs one by one"
            )
        args, named = placed(short, args, named)
        inputs = list(tensors_in([*args, *named.values()]))
        rule = None if short in STRUCTURAL else RULES.get(short)
        if rule is None:
            return func(*args, **named)
        if not any(recorder.node(tensor) is not None for tensor in inputs):
            if short not in _PRODUCTS or batch_axis(inputs[0]) is None:
                return func(*args, **named)
            recorder.constant(inputs[0])
        before = [(tensor, found) for tensor in inputs if (found := recorder.node(tensor)) is not None]
        held = recorder.weights(inputs)
        wanted = [recorder.carries([tensor]) for tensor, _ in before]
        recorder.muted += 1
        try:
            result = func(*args, **named)
        finally:
            recorder.muted -= 1
        outputs = list(tensors_in([result]))
        recorder.keep(inputs, outputs)
        try:
            with recorder.attempt():
                nodes = tuple(recorder.read(tensor, node) for tensor, node in before)
                reads = tuple(PerImage(shape=(1, *node.shape)) for node in nodes)
                seen = Seen(func=short, args=tuple(args), named=named, nodes=nodes, reads=reads, weights=held)
                names = {node.name: False for node in nodes}
                for node, carries in zip(nodes, wanted, strict=True):  # y + y.detach() reads one source twice
                    names[node.name] = names[node.name] or carries
                made = list(rule(seen, [per_image(tensor) for tensor in outputs]))
                _require_sound(made)
                for tensor, entry in zip_longest(outputs, made[: len(outputs)]):
                    if entry is not None:  # else it is a state beside the output, which was written with it
                        with recorder.calling(held, names, recorder.carries([tensor])):
                            node = recorder.written(entry)
                    recorder.write(tensor, node)
        except NetworkError:  # a rule for common arguments: what it does not know is counted call by call
            return func(*args, **named)
        return result


def _require_sound(made: Sequence[Op | Node | Chain]) -> None:
    """Refuse operations whose shapes are not those of their kind: an enlargement that shrinks is another."""
    ops = [op for entry in made for op in (entry.ops if isinstance(entry, Chain) else [entry]) if isinstance(op, Op)]
    faults = [text for op in ops for key, text in op_faults(op) if key != "parameters"]
    if faults or not made:
        raise NetworkError(*faults or ["nothing is written"])

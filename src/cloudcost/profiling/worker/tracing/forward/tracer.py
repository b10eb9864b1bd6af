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
from cloudcost.profiling.worker.tracing.forward.recorder import Recorder
from cloudcost.profiling.worker.tracing.forward.rules import RULES, STRUCTURAL, call_short_name
from cloudcost.profiling.worker.tracing.forward.shares import BATCH, PerImage, batch_axis, per_image, tensors_in

_FACTORIES = frozenset({
    "zeros", "ones", "full", "empty", "rand", "randn", "randint", "new_zeros", "new_ones", "new_full", "new_empty",
    "arange", "tensor", "bernoulli", "normal", "eye", "linspace",
})  # fmt: skip
_DRAWS = frozenset({"rand", "randn", "randint", "randperm", "normal"})
_PRODUCTS = frozenset(name for kind in KINDS.values() if kind.macs is not None for name in kind.traced)
"""Functions whose work counts even where it does not come from the images, if each image has its own."""
_LARGEST_DRAW = 4096
"""Random numbers that are really drawn, at most, since a module may branch on them; more are only shapes. [count]"""


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
        args, named = _placed(short, args, named)
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
                names = {node.name: carries for node, carries in zip(nodes, wanted, strict=True)}
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


def _placed(short: str, args: Sequence[object], named: dict[str, object]) -> tuple[Sequence[object], dict[str, object]]:
    """Return a call's arguments with its tensors on one device.

    A tensor that is made with the batch on an axis knows only its shape, as the images do. A few random numbers are
    drawn in earnest, wherever the module wants them: a module may skip a layer by them.
    """
    tensors = list(tensors_in([*args, *named.values()]))
    if not tensors and short in _FACTORIES | _DRAWS:
        sizes = [size for value in (*args, *named.values()) for size in _sizes(value)]
        if any(size and size % BATCH == 0 for size in sizes):
            return args, {**named, "device": "meta"}
        device = named.get("device")
        if short in _DRAWS and device is not None and torch.device(str(device)).type == "meta":
            count = 1
            for size in sizes:
                count *= max(size, 1)
            if count <= _LARGEST_DRAW:
                return args, {**named, "device": "cpu"}
        return args, named
    if any(tensor.is_meta for tensor in tensors) and not all(tensor.is_meta for tensor in tensors):
        return _on_meta(tuple(args)), _on_meta(named)  # type: ignore[return-value]
    return args, named


def _sizes(value: object) -> list[int]:
    if isinstance(value, bool):
        return []
    if isinstance(value, int):
        return [value]
    if isinstance(value, (list, tuple)):
        return [size for each in value for size in _sizes(each)]
    return []


def _on_meta(value: object) -> object:
    if isinstance(value, torch.Tensor):
        return value if value.is_meta else value.to("meta")
    if isinstance(value, Mapping):
        return {key: _on_meta(each) for key, each in value.items()}
    if isinstance(value, tuple) and type(value) is tuple:
        return tuple(_on_meta(each) for each in value)
    if isinstance(value, list):
        return [_on_meta(each) for each in value]
    return value

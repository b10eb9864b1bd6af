"""What an operation of a network JSON states beside kind and shapes, and what follows where it states nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from cloudcost.domain.network import Mask, Op
from cloudcost.files.documents import JsonObject
from cloudcost.networks.checks import bias_parameters, expected_weights
from cloudcost.networks.json_values import AXES, ValueReader, shown
from cloudcost.networks.kinds.table import KINDS
from cloudcost.networks.paddings import tensorflow_padding, unstated_padding
from cloudcost.networks.shapes import Sides

_PADDING = {
    1: "[left, right]",
    2: "[top, left, bottom, right]",
    3: "[front, top, left, back, bottom, right]",
}


def _map_axes(op: Op, entry: JsonObject) -> int:
    """Return how many numbers an operation's kernel has: its kind's, as many as are stated, or those of its map."""
    kind = KINDS[op.kind]
    if kind.rank is not None:
        return kind.rank
    if kind.window != "pool" and kind.unstated is None:
        return 2
    stated = entry.get("kernel")
    if isinstance(stated, list) and 1 <= len(stated) <= 3:
        return len(stated)
    return min(max(len(op.inputs[0]) - 1, 1), 3)


class AttributeReader(ValueReader):
    """Reads windows, parameters and what a step does with an operation."""

    def _with_attributes(self, op: Op, entry: JsonObject, place: str) -> Op:
        if KINDS[op.kind].window == "kernel":
            self._stated_kernel(entry, op, place)
        rank = _map_axes(op, entry)
        kernel, stride, dilation = (self._sizes(entry, key, place, rank) for key in ("kernel", "stride", "dilation"))
        groups = 1 if entry.get("groups") is None else self._integer(entry["groups"], f"{place}.groups", least=1)
        l2 = self._flag(entry, "l2", place)
        op = replace(op, kernel=kernel, stride=stride, dilation=dilation, groups=groups, l2=bool(l2))
        op = self._with_training(entry, op, place)
        op = self._generic(op, entry, place)
        op = replace(op, padding=self._padding(entry, op, place))
        bias = self._flag(entry, "bias", place)
        if entry.get("parameters") is None:
            op = replace(op, bias=bool(bias))
            return replace(op, parameters=expected_weights(op) + (bias_parameters(op) if bias else 0))
        parameters = self._integer(entry["parameters"], f"{place}.parameters", least=0)
        op = replace(op, parameters=parameters)
        if bias is None:
            extra = bias_parameters(op)
            bias = extra > 0 and parameters == expected_weights(op) + extra
        return replace(op, bias=bias)

    def _with_training(self, entry: JsonObject, op: Op, place: str) -> Op:
        """Return the operation with what a step does with it: trains it, keeps nothing for it, runs it again."""
        trained, no_grad, eval_mode = (self._flag(entry, key, place) for key in ("trained", "no_grad", "eval_mode"))
        if eval_mode and op.kind != "batch_norm":
            self._note(f"{place}.eval_mode", f"batch_norm alone has running statistics, not {op.kind}, leave it out")
        region = entry.get("checkpoint")
        if region is not None and not isinstance(region, str):
            self._note(f"{place}.checkpoint", f"the name of a region is text, not {shown(region)}")
            region = None
        return replace(
            op,
            trained=trained is not False,
            no_grad=bool(no_grad),
            eval_mode=bool(eval_mode),
            checkpoint=region or "",
        )

    def _generic(self, op: Op, entry: JsonObject, place: str) -> Op:
        """Return an operation with what generic kinds and attention state besides."""
        function, axes, mask = entry.get("function", ""), entry.get("axes", []), entry.get("mask", "")
        if not isinstance(function, str):
            raise self._refused(f"{place}.function", f"a name is text, not {shown(function)}")
        if not isinstance(axes, list):
            raise self._refused(f"{place}.axes", f"a list of axes is needed, not {shown(axes)}")
        if mask not in get_args(Mask):
            raise self._refused(f"{place}.mask", f'a mask is "causal" or "full", not {shown(mask)}')
        calls = 1 if entry.get("calls") is None else self._integer(entry["calls"], f"{place}.calls", least=1)
        order = tuple(self._integer(axis, f"{place}.axes", least=None) for axis in axes)
        return replace(op, function=function, axes=order, calls=calls, mask=mask)  # type: ignore[arg-type]

    def _stated_kernel(self, entry: JsonObject, op: Op, place: str) -> None:
        """Refuse a convolution without a kernel: 1x1, the default of other operations, may be far too little."""
        if entry.get("kernel") is None:
            axes = AXES[KINDS[op.kind].rank or 2]
            raise self._refused(f"{place}.kernel", f"missing, write {op.kind}'s {axes}")

    def _padding(self, entry: JsonObject, op: Op, place: str) -> Sides:
        value = entry.get("padding")
        place = f"{place}.padding"
        if isinstance(value, str):
            if value not in ("same", "valid"):
                raise self._refused(
                    place, f'padding is [top, left, bottom, right], "same" or "valid", not {shown(value)}'
                )
            return tensorflow_padding(op) if value == "same" else (0,) * (2 * len(op.kernel))
        if value is None:
            return unstated_padding(op)
        least = 0 if KINDS[op.kind].unstated is None else None  # cropping is a negative padding
        if not isinstance(value, list):
            return (self._integer(value, place, least=least),) * (2 * len(op.kernel))
        sizes = tuple(self._integer(size, place, least=least) for size in value)
        if len(sizes) == len(op.kernel):
            return sizes * 2
        if len(sizes) != 2 * len(op.kernel):
            raise self._refused(place, f"padding is {_PADDING[len(op.kernel)]}, not {shown(value)}")
        return sizes

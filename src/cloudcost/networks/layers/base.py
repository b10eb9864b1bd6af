"""What every layer method rests on: tensors, names, shapes of windows, and the list of operations so far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Literal, TypeAlias

from cloudcost.domain.network import Network, Op, Shape
from cloudcost.errors import NetworkError
from cloudcost.frozen import dataclass
from cloudcost.networks.checks import bias_parameters, expected_weights, op_faults
from cloudcost.networks.shapes import Sides, same_padding, text, window_output

Pair: TypeAlias = int | tuple[int, ...]
Padding: TypeAlias = int | Sides | Literal["same", "valid"]


@dataclass(frozen=True, slots=True)
class Tensor:
    """What an operation writes: its name (empty for the network's input) and its shape per sample."""

    name: str
    shape: Shape


class LayerList:
    """The operations of one network so far, and how another one is added.

    Parameters
    ----------
    name : str
    input : Shape
        Of one sample: (C, H, W) of an image.
    """

    def __init__(self, name: str, input: Shape) -> None:  # noqa: A002
        if not 1 <= len(input) <= 4 or min(input) < 1:
            raise NetworkError(f"{name}: an input is (channels, height, width), each at least 1, not {tuple(input)}")
        self.name = name
        self.input = Tensor("", tuple(input))
        self._image = input
        self._ops: list[Op] = []
        self._by_name: dict[str, Op] = {}
        self._numbers: dict[str, int] = {}
        self._prefix = ""
        self._parameters = 0

    @contextmanager
    def scope(self, name: str) -> Iterator[None]:
        """Put ``name.`` before the names of the operations added within."""
        outer = self._prefix
        self._prefix = f"{outer}{name}."
        try:
            yield
        finally:
            self._prefix = outer

    def build(self) -> Network:
        """Return the network as it stands.

        Raises
        ------
        NetworkError
            When there is no operation.
        """
        if not self._ops:
            raise NetworkError(f"{self.name}: a network without operations, add some before build()")
        return Network(name=self.name, input=self._image, ops=tuple(self._ops), parameters=self._parameters)

    def operation(
        self,
        kind: str,
        *xs: Tensor,
        output: Shape | None = None,
        parameters: int | None = None,
        name: str | None = None,
        shares: str | None = None,
        **attributes: object,
    ) -> Tensor:
        """Return what an operation of any kind writes: for kinds without a method of their own.

        Parameters
        ----------
        kind : str
            A key of `cloudcost.networks.kinds.table.KINDS`.
        output : Shape, optional
            The shape of the first tensor unless it is given.
        parameters : int, optional
            Those that the kind's record counts unless given. [count]
        **attributes
            Others of `cloudcost.domain.network.Op`: kernel, stride, padding, dilation, groups, bias, l2.

        Raises
        ------
        NetworkError
            When the kind's record says that the output does not follow from what is read.
        UnknownOpError
            For a kind without a record.
        """
        op = Op(
            kind=kind,
            name=self._named(kind, name),
            sources=tuple(x.name for x in xs),
            inputs=tuple(x.shape for x in xs),
            output=xs[0].shape if output is None and xs else output or (),
            **attributes,  # type: ignore[arg-type]
        )
        if parameters is None and xs:
            parameters = expected_weights(op) + (bias_parameters(op) if op.bias else 0)
        op = replace(op, parameters=parameters or 0)
        for _, message in op_faults(op):
            raise self._fault(kind, op.name, message)
        return self._emit(op, shares)

    def _named(self, kind: str, name: str | None) -> str:
        if name is not None:
            return self._prefix + name
        stem = self._prefix + kind
        number = self._numbers[stem] = self._numbers.get(stem, 0) + 1
        return f"{stem}_{number}"

    def _emit(self, op: Op, shares: str | None = None) -> Tensor:
        if op.name in self._by_name or not op.name:
            raise NetworkError(f"{self.name}: two operations are called {op.name!r}, names are unique")
        if shares is None:
            self._parameters += op.parameters
        elif shares not in self._by_name:
            raise NetworkError(f"{self.name}: {op.name} shares parameters of {shares!r}, which is no earlier operation")
        elif self._by_name[shares].parameters != op.parameters:
            raise NetworkError(
                f"{self.name}: {op.name} has {op.parameters} parameters and shares {shares!r}, which has "
                f"{self._by_name[shares].parameters}"
            )
        self._ops.append(op)
        self._by_name[op.name] = op
        return Tensor(op.name, op.output)

    def _same(
        self, kind: str, x: Tensor, name: str | None, *, parameters: int = 0, shares: str | None = None
    ) -> Tensor:
        return self._emit(
            Op(
                kind=kind,
                name=self._named(kind, name),
                sources=(x.name,),
                inputs=(x.shape,),
                output=x.shape,
                parameters=parameters,
            ),
            shares,
        )

    def _windows(
        self, kind: str, name: str, size: Shape, kernel: Shape, stride: Shape, dilation: Shape, pad: Sides, *,
        ceil: bool = False,
    ) -> Shape:  # fmt: skip
        rank = len(size)
        written = tuple(
            window_output(
                size[axis], kernel[axis], stride=stride[axis], before=pad[axis], after=pad[axis + rank],
                dilation=dilation[axis], ceil=ceil,
            )
            for axis in range(rank)
        )  # fmt: skip
        if min(written) < 1:
            raise self._fault(
                kind, name, f"a map of {text(size)} px is smaller than its {text(kernel)} window, use a larger image"
            )
        return written

    def _map(self, x: Tensor, kind: str, name: str) -> Shape:
        """Return the sizes of the map beside its channels."""
        if not 2 <= len(x.shape) <= 4:
            raise self._fault(kind, name, f"reads a map of channels x height x width, not {text(x.shape)}")
        return x.shape[1:]

    def _fault(self, kind: str, name: str, what: str) -> NetworkError:
        return NetworkError(f"{self.name}: {name} ({kind}): {what}")


def sizes(value: Pair, rank: int) -> Shape:
    """Return one number for each axis of a map."""
    return (value,) * rank if isinstance(value, int) else value


def sided(padding: Padding, size: Shape, kernel: Shape, stride: Shape, dilation: Shape) -> Sides:
    """Return padding before each axis, then after each: (top, left, bottom, right)."""
    rank = len(size)
    if isinstance(padding, int):
        return (padding,) * (2 * rank)
    if isinstance(padding, str):
        if padding == "valid":
            return (0,) * (2 * rank)
        if padding != "same":
            raise ValueError(f'padding is numbers, "same" or "valid", not {padding!r}')
        pairs = [same_padding(size[k], kernel[k], stride=stride[k], dilation=dilation[k]) for k in range(rank)]
        return (*(before for before, _ in pairs), *(after for _, after in pairs))
    return padding * 2 if len(padding) == rank else padding


def listed(xs: Sequence[Tensor]) -> str:
    """Return tensors with their shapes, for a message."""
    return ", ".join(f"{x.name or 'input'} {text(x.shape)}" for x in xs)

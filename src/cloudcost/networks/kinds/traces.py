"""What a traced module called, and which operation that was.

A rule gets what the call read and the shapes that it wrote, per sample, and returns an operation for each output that
matters, or the node of an earlier operation where nothing happens to the numbers. Only a tracer loads this module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

from cloudcost.domain.network import Op, Shape
from cloudcost.errors import NetworkError
from cloudcost.frozen import dataclass
from cloudcost.networks.shapes import text


class HasShape(Protocol):
    """A tensor, of which the shape is all that a rule asks for; the batch comes first."""

    @property
    def shape(self) -> Sequence[int]:
        """Size along each axis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """The operation that wrote a tensor, and the shape that it wrote."""

    name: str
    shape: Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One call as the module made it.

    Parameters
    ----------
    func : str
        Short name of the function.
    args, named
        Arguments.
    nodes : tuple of Node
        What wrote the tensors that come from the images, in order of the arguments.
    reads : tuple of tensors
        Those tensors.
    weights : mapping
        Identity of each parameter that takes part, and its numbers. [count]
    """

    func: str
    args: tuple[object, ...]
    named: Mapping[str, object]
    nodes: tuple[Node, ...]
    reads: tuple[HasShape, ...]
    weights: Mapping[int, int]

    def argument(self, position: int, name: str, default: object = None) -> object:
        """Return an argument by position or name."""
        return self.args[position] if len(self.args) > position else self.named.get(name, default)

    def shape_of(self, position: int, name: str) -> tuple[int, ...]:
        """Return the whole shape of an argument that is a tensor.

        Raises
        ------
        NetworkError
            When it is none.
        """
        value = self.argument(position, name)
        shape = getattr(value, "shape", None)
        if shape is None:
            raise NetworkError(f"{self.func} with a {name} of {value!r} is not understood")
        return tuple(shape)

    def shapes(self) -> tuple[Shape, ...]:
        """Return the shapes read, as the operations that wrote them state them.

        Raises
        ------
        NetworkError
            When a tensor was reshaped to something else on the way.
        """
        return tuple(_agreed(self.func, node, tensor) for node, tensor in zip(self.nodes, self.reads, strict=True))

    def op(self, kind: str, output: Shape, **more: object) -> Op:
        """Return the operation that the call was, unnamed."""
        fields: dict[str, object] = {
            "kind": kind, "name": "", "sources": tuple(node.name for node in self.nodes), "inputs": self.shapes(),
            "output": output, "parameters": sum(self.weights.values()), **more,
        }  # fmt: skip
        return Op(**fields)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Several operations that one call was, such as the projections around an attention.

    Parameters
    ----------
    ops : tuple of Op
        Unnamed; a source "#0" is the first of them, "#1" the second. The last one wrote the output.
    """

    ops: tuple[Op, ...]


TraceRule: TypeAlias = Callable[[Seen, list[Shape]], Sequence["Op | Node | Chain"]]


def _agreed(func: str, node: Node, tensor: HasShape) -> Shape:
    shape = tuple(tensor.shape[1:])
    if shape == node.shape or [n for n in shape if n > 1] == [n for n in node.shape if n > 1]:
        return shape if len(shape) > len(node.shape) and len(shape) <= 3 else node.shape
    raise NetworkError(
        f"{func} reads a tensor of {text(shape) or 'no axes'} per image that {node.name or 'the input'} wrote as "
        f"{text(node.shape) or 'no axes'}, a reshape between maps that no operation kind stands for"
    )

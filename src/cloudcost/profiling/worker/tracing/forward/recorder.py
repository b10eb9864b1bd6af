"""The network while it is being traced: which operation wrote a tensor, and what it is per image.

Views cost nothing and are written down only where an operation reads another shape than was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import torch
from torch import nn

from cloudcost.domain.network import Op, Shape
from cloudcost.errors import NetworkError
from cloudcost.networks.checks import bias_parameters, expected_weights, op_faults
from cloudcost.networks.kinds.traces import Chain, Node
from cloudcost.profiling.worker.tracing.forward.shares import batch_axis, per_image, views
from cloudcost.profiling.worker.tracing.training import Regions, Trail, with_cuts


@dataclass(slots=True)
class Scope:
    """Which module is running, for the names of operations."""

    names: Mapping[int, str]
    stack: list[str] = field(default_factory=list)

    @property
    def current(self) -> str:
        """The innermost module's path, empty for the root."""
        return self.stack[-1] if self.stack else ""

    @property
    def where(self) -> str:
        """The innermost module, for a message."""
        return self.current or "the module itself"


@dataclass(frozen=True, slots=True)
class _Written:
    node: Node
    stamp: int


@dataclass(frozen=True, slots=True)
class _Call:
    """What autograd knows of the call that is being written down.

    Parameters
    ----------
    held : mapping
        Numbers of each parameter that takes part, by identity. [count]
    wanted : mapping
        Whether what is read of an operation carries a gradient, by the operation's name.
    carries : bool
        Whether what is written carries one.
    beside : tuple of str
        Operations whose outputs it reads for weights, and which carry one.
    """

    held: Mapping[int, int]
    wanted: Mapping[str, bool]
    carries: bool
    beside: tuple[str, ...] = ()


_NO_CALL = _Call({}, {}, carries=False)


class Recorder:
    """Collects operations; tensors are followed by identity, and by their storage where an alias was made unseen.

    Parameters
    ----------
    scope : Scope
    regions : Regions
        Of activation checkpointing.

    Attributes
    ----------
    muted : int
        Over 0 while a call that is written down as a whole runs.
    """

    def __init__(self, scope: Scope, regions: Regions) -> None:
        self.scope = scope
        self.ops: list[Op] = []
        self.parameters: dict[int, int] = {}
        self._enabled = True
        self._regions = regions
        self._trails: dict[str, Trail] = {}
        self._trained: dict[int, bool] = {}
        self._owned: dict[str, dict[int, int]] = {}
        self._call = _NO_CALL
        self.muted = 0
        self.last_call = ""
        self._of_tensor: dict[int, _Written] = {}
        self._of_storage: dict[int, _Written] = {}
        self._carried: dict[int, dict[int, int]] = {}
        self._views: dict[tuple[str, Shape, int], Node] = {}
        self._kept: list[object] = []
        self._some_images: set[int] = set()
        self._taken: set[str] = set()
        self._clock = 0
        self._images: list[Node] = []

    # ---- tensors ------------------------------------------------------------------------------------------------

    def keep(self, *values: object) -> None:
        """Keep values alive, so that no identity is given twice."""
        self._kept.append(values)

    def begin(self, images: Sequence[torch.Tensor]) -> None:
        """Take the inputs for what the network reads."""
        for image in images:
            node = Node(name="", shape=per_image(image))
            self._images.append(node)
            self.write(image, node)

    def write(self, tensor: torch.Tensor, node: Node, *, anew: bool = True) -> None:
        """Remember which operation wrote a tensor; `anew` where its storage holds other numbers since."""
        self._clock += 1
        written = _Written(node, self._clock)
        self._of_tensor[id(tensor)] = written
        storage = _storage(tensor)
        self.keep(tensor, tensor.untyped_storage())
        if anew or storage not in self._of_storage:
            self._of_storage[storage] = written

    def node(self, tensor: torch.Tensor) -> Node | None:
        """Return what wrote a tensor last; None where it does not come from the images."""
        own = self._of_tensor.get(id(tensor))
        shared = self._of_storage.get(_storage(tensor))
        if own is None or (shared is not None and shared.stamp > own.stamp):
            return None if shared is None else shared.node
        return own.node

    def part(self, whole: torch.Tensor, part: torch.Tensor) -> None:
        """Remember a view that holds some images of a batch, not a share of each."""
        some = batch_axis(whole) is not None and batch_axis(part) is None
        if some or id(whole) in self._some_images:
            self._some_images.add(id(part))

    def read(self, tensor: torch.Tensor, node: Node | None = None) -> Node:
        """Return what an operation reads: a view is written down where the shape is not the one that was written.

        Raises
        ------
        NetworkError
            When it is of some images of a batch alone: how often such calls are made depends on the batch.
        """
        node = node or self.node(tensor)
        assert node is not None
        if id(tensor) in self._some_images:
            raise NetworkError(
                f"{self.scope.where} takes the images of a batch one by one or in parts, so that its calls do not "
                "follow from one image, time whole steps of it with cloudcost profile"
            )
        return self.shaped(tensor, node, per_image(tensor))

    def shaped(self, tensor: torch.Tensor, node: Node, shape: Shape) -> Node:
        """Return what an operation reads of a tensor in another shape of one image, by free operations."""
        if shape == node.shape:
            return node
        key = (node.name, shape, tensor.storage_offset())
        if key not in self._views:
            carries = self.carries([tensor])
            for op in views(node, shape):
                with self.calling({}, {node.name: carries}, carries):
                    node = self.emit(replace(op, sources=(node.name,)))
            self._views[key] = node
        return self._views[key]

    def constant(self, tensor: torch.Tensor) -> None:
        """Take what each image has its own copy of (a position map, trained queries) for a copy that a step makes."""
        image, held = self._images[0], self.weights([tensor])
        made = Op(kind="copy", name="", sources=(image.name,), inputs=(image.shape,), output=per_image(tensor),
                  function="constant", parameters=sum(held.values()))  # fmt: skip
        with self.calling(held, {image.name: False}, carries=self.carries([tensor])):
            self.write(tensor, self.emit(made))

    # ---- gradients and weights ------------------------------------------------------------------------------------

    @property
    def enabled(self) -> bool:
        """Whether the module wants gradients recorded where it is: not within ``torch.no_grad``."""
        return self._enabled or torch.is_grad_enabled()

    def enable(self, recorded: bool) -> None:
        """Take in that the module turns the recording of gradients on or off."""
        if not self.in_own_function:
            self._enabled = recorded

    @property
    def in_own_function(self) -> bool:
        """Whether a ``torch.autograd.Function`` runs: within it PyTorch records nothing, yet it has a backward pass."""
        return self.enabled and not torch.is_grad_enabled()

    def carries(self, tensors: Iterable[torch.Tensor]) -> bool:
        """Return whether one of the tensors carries a gradient where it is read now."""
        return self.in_own_function or any(tensor.requires_grad for tensor in tensors)

    @contextmanager
    def calling(
        self, held: Mapping[int, int], wanted: Mapping[str, bool], carries: bool, beside: tuple[str, ...] = ()
    ) -> Iterator[None]:
        """Take operations that are added meanwhile for parts of one call."""
        before, self._call = self._call, _Call(held, wanted, carries, beside)
        try:
            yield
        finally:
            self._call = before

    def weights(self, inputs: Iterable[torch.Tensor]) -> dict[int, int]:
        """Return the parameters that take part in a call, directly or in what was computed from them. [count]"""
        held: dict[int, int] = {}
        for tensor in inputs:
            if isinstance(tensor, nn.Parameter):
                held[id(tensor)] = tensor.numel()
                self._trained[id(tensor)] = tensor.requires_grad
            elif self.node(tensor) is None:
                held |= self._carried.get(id(tensor)) or self._carried.get(-_storage(tensor), {})
        return held

    def finish(self, outputs: Iterable[torch.Tensor]) -> None:
        """Mark what no gradient reaches, and add up the parameters that one does."""
        wrote = [node.name for node in map(self.node, outputs) if node is not None and node.name]
        self.ops = list(with_cuts(self.ops, self._trails, wrote))
        for op in self.ops:
            if not op.no_grad:
                self.parameters |= self._owned.get(op.name, {})

    def carry(self, inputs: Sequence[torch.Tensor], outputs: Sequence[torch.Tensor]) -> None:
        """Remember which parameters a tensor made of weights holds (weight normalisation and the like)."""
        held = self.weights(inputs)
        for tensor in outputs:
            if isinstance(tensor, nn.Parameter):
                continue
            self._carried[id(tensor)] = held
            if held:
                self._carried[-_storage(tensor)] = held
            self.keep(tensor, tensor.untyped_storage())

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Take back the operations that were added, where what is done with them fails."""
        before = len(self.ops)
        try:
            yield
        except NetworkError:
            added = {op.name for op in self.ops[before:]}
            del self.ops[before:]
            self._taken -= added
            self._views = {key: node for key, node in self._views.items() if node.name not in added}
            raise

    def written(self, entry: Op | Node | Chain) -> Node:
        """Return what wrote an output: an operation or several are added, an earlier one is taken as it is."""
        if isinstance(entry, Node):
            return entry
        if isinstance(entry, Op):
            return self.emit(entry)
        made: list[Node] = []
        for op in entry.ops:
            sources = tuple(made[int(name[1:])].name if name.startswith("#") else name for name in op.sources)
            made.append(self.emit(replace(op, sources=sources)))
        return made[-1]

    # ---- operations -----------------------------------------------------------------------------------------------

    def emit(self, op: Op) -> Node:
        """Give an operation its name and add it."""
        base = self.scope.current
        leaf = base if base and base not in self._taken else f"{base}.{op.kind}".lstrip(".")
        name, number = leaf, 1
        while name in self._taken:
            number += 1
            name = f"{leaf}_{number}"
        self._taken.add(name)
        placed = self._as_trained(_with_own_parameters(replace(op, name=name, checkpoint=self._regions.current)))
        self.ops.append(placed)
        call = self._call
        wanted = tuple(call.wanted.get(source, call.carries) for source in placed.sources)
        self._trails[name] = Trail(
            enabled=self.enabled, carries=call.carries, wanted=wanted, beside=call.beside
        )  # fmt: skip
        return Node(name=name, shape=op.output)

    def _as_trained(self, op: Op) -> Op:
        """Return an operation as it is trained: not at all, wholly, or its bias alone."""
        held = self._call.held
        if not op.parameters:
            return op
        some = {tensor: count for tensor, count in held.items() if self._trained[tensor]}
        if not some or not self.enabled:
            return replace(op, trained=False)
        self._owned[op.name] = some
        part = replace(op, parameters=sum(some.values()))
        return op if len(some) == len(held) or op_faults(part) else part


def _storage(tensor: torch.Tensor) -> int:
    return int(tensor.untyped_storage()._cdata)


def _with_own_parameters(op: Op) -> Op:
    """Return an operation with no more parameters than its kind has: of a weight that is shared out a part is read."""
    if not any(key == "parameters" for key, _ in op_faults(op)):
        return op
    expected = expected_weights(op) + (bias_parameters(op) if op.bias else 0)
    return replace(op, parameters=expected)

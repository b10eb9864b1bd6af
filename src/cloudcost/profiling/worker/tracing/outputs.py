"""What a module returns, as the tensors that a loss can be taken of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

import torch


def output_tensors(output: object) -> list[torch.Tensor]:
    """Return the tensors of floating-point numbers in what a module returns, each once, in order.

    Parameters
    ----------
    output : object
        A tensor; a tuple, list, mapping or dataclass of outputs, nested as deep as may be (torchvision's ``{"out":
        ...}``, an object with ``.logits``).

    Examples
    --------
    >>> [tuple(each.shape) for each in output_tensors({"out": torch.ones(2, 3), "aux": (torch.ones(2), None)})]
    [(2, 3), (2,)]
    """
    found = {id(tensor): tensor for tensor in _walk(output) if tensor.is_floating_point() or tensor.is_complex()}
    return list(found.values())


def _walk(value: object) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
        return
    parts: list[object] = []
    if isinstance(value, Mapping):
        parts = list(value.values())
    elif isinstance(value, (list, tuple, set)):
        parts = list(value)
    elif is_dataclass(value) and not isinstance(value, type):
        parts = [getattr(value, field.name) for field in fields(value)]
    elif hasattr(value, "logits"):
        parts = [value.logits]
    elif hasattr(value, "tensors"):
        parts = [value.tensors]
    for part in parts:
        yield from _walk(part)

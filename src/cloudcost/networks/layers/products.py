"""Products of activations: matrix products and attention."""

from __future__ import annotations

from cloudcost.domain.network import Mask
from cloudcost.networks.layers.base import LayerList, Tensor


class ProductLayers(LayerList):
    """Layers that multiply activations with one another."""

    def matmul(self, left: Tensor, right: Tensor, *, name: str | None = None) -> Tensor:
        """Return the matrix products of the last two axes, (..., rows, inner) by (..., inner, columns)."""
        output = (*left.shape[:-1], right.shape[-1])
        return self.operation("matmul", left, right, output=output, name=name)

    def attention(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        *,
        mask: Mask = "",
        parameters: int = 0,
        name: str | None = None,
    ) -> Tensor:
        """Return softmax(query key^T) value of each head, (heads, positions, numbers), as one function computes it.

        `parameters` are those of a bias that is learnt and added as a mask.
        """
        output = (*query.shape[:-1], *value.shape[-1:])
        return self.operation(
            "attention", query, key, value, output=output, mask=mask, parameters=parameters, name=name
        )

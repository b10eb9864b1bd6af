"""Normalisation, scales and activations: layers that keep the shape."""

from __future__ import annotations

from cloudcost.networks.layers.base import LayerList, Tensor


class ElementwiseLayers(LayerList):
    """Layers that keep the shape."""

    def batch_norm(
        self,
        x: Tensor,
        *,
        scale: bool = True,
        center: bool = True,
        name: str | None = None,
        shares: str | None = None,
    ) -> Tensor:
        """Return `x` normalised per channel; C parameters each for `scale` and `center` (running statistics none)."""
        return self._same("batch_norm", x, name, parameters=x.shape[0] * (scale + center), shares=shares)

    def layer_norm(
        self, x: Tensor, *, channels_last: bool = False, name: str | None = None, shares: str | None = None
    ) -> Tensor:
        """Return `x` normalised over its channels, the first axis or (`channels_last`) the last; 2 C parameters."""
        size = x.shape[-1 if channels_last else 0]
        return self._same("layer_norm", x, name, parameters=2 * size, shares=shares)

    def scale(self, x: Tensor, *, parameters: int = 0, name: str | None = None, shares: str | None = None) -> Tensor:
        """Return `x` times a constant, or times `parameters` trainable factors (ConvNeXt's layer scale has C)."""
        return self._same("scale", x, name, parameters=parameters, shares=shares)

    def activation(self, x: Tensor, kind: str, *, name: str | None = None) -> Tensor:
        """Return an elementwise activation by its kind: ``"relu"``, ``"silu"``, ``"hard_swish"`` ..."""
        return self.operation(kind, x, name=name)

    def relu(self, x: Tensor, *, name: str | None = None) -> Tensor:
        """Return max(x, 0)."""
        return self._same("relu", x, name)

    def relu6(self, x: Tensor, *, name: str | None = None) -> Tensor:
        """Return min(max(x, 0), 6)."""
        return self._same("relu6", x, name)

    def hard_swish(self, x: Tensor, *, name: str | None = None) -> Tensor:
        """Return x relu6(x + 3) / 6."""
        return self._same("hard_swish", x, name)

    def hard_sigmoid(self, x: Tensor, *, name: str | None = None) -> Tensor:
        """Return relu6(x + 3) / 6."""
        return self._same("hard_sigmoid", x, name)

    def sigmoid(self, x: Tensor, *, name: str | None = None) -> Tensor:
        """Return 1 / (1 + exp(-x))."""
        return self._same("sigmoid", x, name)

    def silu(self, x: Tensor, *, name: str | None = None) -> Tensor:
        """Return x sigmoid(x), also called swish."""
        return self._same("silu", x, name)

    def gelu(self, x: Tensor, *, name: str | None = None) -> Tensor:
        """Return x times the normal distribution function of x."""
        return self._same("gelu", x, name)

    def softmax(self, x: Tensor, *, name: str | None = None) -> Tensor:
        """Return the shares exp(x) / sum exp(x)."""
        return self._same("softmax", x, name)

    def dropout(self, x: Tensor, *, name: str | None = None) -> Tensor:
        """Return `x` with values dropped at random while training."""
        return self._same("dropout", x, name)

"""Networks as students write them, of kinds that were once refused or miscounted: counted as torch counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the extra torch is not installed")
import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import weight_norm
from torch.utils.flop_counter import FlopCounterMode

from cloudcost.cli import run
from cloudcost.networks.counts import macs
from cloudcost.networks.json_file import parse_network, to_json
from cloudcost.profiling.worker.tracing.network_module import NetworkModule
from cloudcost.profiling.worker.tracing.trace import trace_module

BATCH = 2
Shapes = tuple[tuple[int, ...], ...]


class Temporal(nn.Module):
    """Dilated, causal, with weights that a hook computes anew: tensors that no deep copy takes."""

    def __init__(self) -> None:
        super().__init__()
        layers = [nn.Conv1d(2 if i == 0 else 8, 8, 3, padding=2 ** (i + 1), dilation=2**i) for i in range(3)]
        with pytest.warns(FutureWarning, match="weight_norm"):
            self.layers = nn.ModuleList([weight_norm(layer) for layer in layers])
        self.out = nn.Linear(8, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for i, layer in enumerate(self.layers):
            x = functional.relu(layer(x)[:, :, : -(2 ** (i + 1))])
        return self.out(x[:, :, -1])  # type: ignore[no-any-return]


class Queries(nn.Module):
    """Trained queries, repeated for each image, that attend to its map."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.out = nn.Conv2d(3, 32, 8, 8), nn.Linear(32, 5)
        self.queries = nn.Parameter(torch.rand(10, 32))
        self.own = nn.Linear(32, 32)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        seen = self.conv(x).flatten(2)
        asked = self.own(self.queries.unsqueeze(0).repeat(x.size(0), 1, 1))
        shares = torch.bmm(asked, seen).softmax(-1)
        return self.out(torch.bmm(shares, seen.transpose(1, 2)))  # type: ignore[no-any-return]


class Conditional(nn.Module):
    """A table of labels, of which an image reads one row and a step trains all."""

    def __init__(self) -> None:
        super().__init__()
        self.table, self.conv, self.out = nn.Embedding(1000, 16), nn.Conv2d(3, 16, 3), nn.Linear(16, 10)

    def forward(self, x: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        return self.out(self.conv(x).mean((2, 3)) + self.table(label.long()).view(-1, 16))  # type: ignore[no-any-return]


class Bilinear(nn.Module):
    """Every pair of two features, weighed."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.pairs = nn.Conv2d(3, 8, 3), nn.Bilinear(8, 8, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.conv(x).mean((2, 3))
        return self.pairs(y, y)  # type: ignore[no-any-return]


class Capsules(nn.Module):
    """Weights for each pair of capsules: a product that broadcasts over the images."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 16, 9, 2)
        self.weight = nn.Parameter(torch.randn(1, 200, 10, 16, 8))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        capsules = self.conv(x).view(x.size(0), -1, 8)
        return (self.weight @ capsules[:, :, None, :, None]).squeeze(-1).sum(1)


class Heads(nn.Module):
    """Each head its own weights: before the images' axis, and behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 32, 8, 8)
        self.first, self.second = nn.Parameter(torch.randn(4, 8, 6)), nn.Parameter(torch.randn(4, 5, 6))
        self.tokens = nn.Parameter(torch.randn(4, 8, 8))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        y = self.conv(x)
        one = torch.einsum("bhd,hde->bhe", y.mean((2, 3)).view(-1, 4, 8), self.first)
        many = torch.einsum("bnhd,hde->bnhe", y.flatten(2).transpose(1, 2).reshape(-1, 16, 4, 8), self.tokens)
        return torch.bmm(self.second, one.permute(1, 2, 0)), many


class Dynamic(nn.Module):
    """Kernels that are mixed for each image: a convolution whose weights come from the images."""

    def __init__(self) -> None:
        super().__init__()
        self.mix, self.weight = nn.Linear(3, 4), nn.Parameter(torch.randn(4, 8, 3, 3, 3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, channels, height, width = x.shape
        shares = functional.softmax(self.mix(x.mean((2, 3))), 1)
        kernels = (shares @ self.weight.view(4, -1)).view(batch * 8, channels, 3, 3)
        y = functional.conv2d(x.reshape(1, batch * channels, height, width), kernels, padding=1, groups=batch)
        return y.view(batch, 8, height, width)


class Unpooled(nn.Module):
    """SegNet's way back up, by the places of the largest."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.other = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 2, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y, places = functional.max_pool2d(self.one(x), 2, 2, return_indices=True)
        return self.other(functional.max_unpool2d(y, places, 2, 2))  # type: ignore[no-any-return]


class StraightThrough(nn.Module):
    """Rounded, with the gradient of what was not: the same tensor read with its gradient and without."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.out = nn.Conv2d(3, 8, 3), nn.Linear(8, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.conv(x).mean((2, 3))
        return self.out(y * y.detach() + (y.round() - y).detach())  # type: ignore[no-any-return]


def _halves() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(3600, 2)).half()


@pytest.mark.parametrize(
    ("make", "shapes"),
    [
        (Dynamic, ((3, 32, 32),)),
        (Unpooled, ((3, 32, 32),)),
        (StraightThrough, ((3, 32, 32),)),
        (_halves, ((3, 32, 32),)),
        (Temporal, ((2, 40),)),
        (Queries, ((3, 64, 64),)),
        (Conditional, ((3, 32, 32), (1,))),
        (Bilinear, ((3, 32, 32),)),
        (Capsules, ((1, 28, 28),)),
        (Heads, ((3, 32, 32),)),
    ],
)
def test_parameters_and_products_are_those_that_torch_counts(make: Callable[[], nn.Module], shapes: Shapes) -> None:
    module = make()
    network = trace_module(module, shapes if len(shapes) > 1 else shapes[0], "net")
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        number = next(module.parameters()).dtype
        module(*(torch.rand(BATCH, *shape, dtype=number) for shape in shapes))
    assert network.parameters == sum(each.numel() for each in module.parameters())
    assert 2 * BATCH * sum(map(macs, network.ops)) == counter.get_total_flops()
    assert network.notes == ()
    again = NetworkModule(parse_network(to_json(network)))
    again(*(torch.rand(BATCH, *shape) for shape in shapes))


class Distance(nn.Module):
    """Two images of one size through one CNN."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.out = nn.Conv2d(1, 8, 5), nn.Linear(8, 1)

    def forward(self, one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
        parts = [self.conv(x).mean((2, 3)) for x in (one, other)]
        return self.out((parts[0] - parts[1]).abs())  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("make", "shapes"),
    [(Distance, ((1, 28, 28), (1, 28, 28))), pytest.param(Conditional, ((3, 9, 9), (1,)), marks=pytest.mark.slow)],
)
def test_a_description_of_several_inputs_is_timed(
    make: Callable[[], nn.Module], shapes: Shapes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "net.json").write_text(to_json(trace_module(make(), shapes, "net")))
    assert (
        run(["profile", str(tmp_path / "net.json"), "--batch", "4", "--quick", "-o", str(tmp_path / "run.json")]) == 0
    )
    sizes = " and ".join("x".join(map(str, shape)) for shape in shapes)
    assert capsys.readouterr().out.splitlines()[0].startswith(f"net, {sizes}, ")

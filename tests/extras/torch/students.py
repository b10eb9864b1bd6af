"""Networks as beginners' tutorials and papers' own code write them: each with the shapes of its inputs."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

Made = tuple[nn.Module, list[tuple[int, ...]]]


class Mnist(nn.Module):
    """The first CNN of most tutorials: views of every style, layers called as functions."""

    def __init__(self, style: str) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 10, 5), nn.Conv2d(10, 20, 5)
        self.drop = nn.Dropout2d()
        self.fc1, self.fc2 = nn.Linear(320, 50), nn.Linear(50, 10)
        self.style = style

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.relu(F.max_pool2d(self.conv1(x), 2))
        x = F.relu(F.max_pool2d(self.drop(self.conv2(x)), 2))
        match self.style:
            case "view":
                x = x.view(-1, 320)
            case "size":
                x = x.view(x.size(0), -1)
            case "reshape":
                x = x.reshape(x.shape[0], math.prod(x.shape[1:]))
            case "flatten":
                x = torch.flatten(x, start_dim=1)
            case "features":
                x = x.view(-1, self.features(x))
            case _:
                x = x.squeeze().permute(0, 2, 3, 1).contiguous().view(len(x), -1)
        x = F.dropout(F.relu(self.fc1(x)), training=self.training)
        return F.log_softmax(self.fc2(x), dim=1)

    @staticmethod
    def features(x: torch.Tensor) -> int:
        number = 1
        for size in x.size()[1:]:
            number *= size
        return number


class Lenet(nn.Sequential):
    """LeNet as published: tanh and average pools."""

    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
            nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10),
        )  # fmt: skip


class Loop(nn.Module):
    """A ModuleList in a loop, skip connections kept in a list, joined at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Conv2d(3 + 8 * i, 8, 3, padding="same") for i in range(4))
        self.norms = nn.ModuleDict({str(i): nn.GroupNorm(2, 8) for i in range(4)})
        self.head = nn.Linear(35, 5)

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        kept = [x]
        for i, layer in enumerate(self.layers):
            kept.append(F.leaky_relu(self.norms[str(i)](layer(torch.cat(kept, dim=1))), 0.2, inplace=True))
        pooled = torch.cat([part.mean(dim=[2, 3]) for part in kept], dim=1)
        return {"logits": self.head(pooled)}


class Unet(nn.Module):
    """A small U-Net: odd sizes cropped or padded to fit, as in the paper and after."""

    def __init__(self, fit: str) -> None:
        super().__init__()
        self.down1, self.down2 = self.double(3, 8), self.double(8, 16)
        self.up, self.again = nn.ConvTranspose2d(16, 8, 2, stride=2), self.double(16, 8)
        self.out, self.fit = nn.Conv2d(8, 2, 1), fit

    @staticmethod
    def double(wide: int, out: int) -> nn.Sequential:
        return nn.Sequential(nn.Conv2d(wide, out, 3), nn.ReLU(True), nn.Conv2d(out, out, 3), nn.ReLU(True))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        first = self.down1(x)
        y = self.up(self.down2(F.max_pool2d(first, 2)))
        if self.fit == "crop":
            dy, dx = (first.shape[2] - y.shape[2]) // 2, (first.shape[3] - y.shape[3]) // 2
            first = first[:, :, dy : dy + y.shape[2], dx : dx + y.shape[3]]
        else:
            dy, dx = first.size()[2] - y.size()[2], first.size()[3] - y.size()[3]
            y = F.pad(y, [dx // 2, dx - dx // 2, dy // 2, dy - dy // 2])
        return F.interpolate(self.out(self.again(torch.cat((first, y), 1))), size=x.shape[-2:], mode="bilinear")


class Attention(nn.Module):
    """Scaled dot-product attention by hand over the pixels, with einsum or matmul, or PyTorch's own."""

    def __init__(self, how: str) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 32, 8, 8)
        self.heads, self.how = 4, how
        self.cls = nn.Parameter(torch.zeros(1, 1, 32))
        self.pos = nn.Parameter(torch.zeros(1, 17, 32))
        if "first" in how:
            self.multi = nn.MultiheadAttention(32, 4, batch_first=how == "batch first")
        else:
            self.qkv, self.proj = nn.Linear(32, 96), nn.Linear(32, 32)
        self.head = nn.Linear(32, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat((self.cls.expand(x.shape[0], -1, -1), x), dim=1) + self.pos
        b, n, c = x.shape
        if "first" in self.how:
            turned = x if self.how == "batch first" else x.transpose(0, 1)
            y, _ = self.multi(turned, turned, turned, need_weights=False)
            return self.head((y if self.how == "batch first" else y.transpose(0, 1))[:, 0])
        q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        match self.how:
            case "einsum":
                weights = torch.einsum("bhid,bhjd->bhij", q, k).softmax(-1)
                y = torch.einsum("bhij,bhjd->bhid", weights, v)
            case "matmul":
                weights = F.softmax(q @ k.transpose(-2, -1) / math.sqrt(q.size(-1)), dim=-1)
                y = torch.matmul(F.dropout(weights, 0.1, self.training), v)
            case _:
                y = F.scaled_dot_product_attention(q, k, v)
        return self.head(self.proj(y.transpose(1, 2).reshape(b, n, c)).mean(1))


class OwnNorm(nn.Module):
    """Batch normalisation from scratch."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.head = nn.Conv2d(3, 8, 3), nn.Linear(8, 4)
        self.gamma, self.beta = nn.Parameter(torch.ones(1, 8, 1, 1)), nn.Parameter(torch.zeros(1, 8, 1, 1))
        self.moving_mean, self.moving_var = torch.zeros(1, 8, 1, 1), torch.ones(1, 8, 1, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.conv(x)
        if not torch.is_grad_enabled():
            hat = (x - self.moving_mean) / torch.sqrt(self.moving_var + 1e-5)
        else:
            mean = x.mean(dim=(0, 2, 3), keepdim=True)
            var = ((x - mean) ** 2).mean(dim=(0, 2, 3), keepdim=True)
            hat = (x - mean) / torch.sqrt(var + 1e-5)
        return self.head((self.gamma * hat + self.beta).amax(dim=(-2, -1)))


class Crnn(nn.Module):
    """Convolutions, then a recurrent layer over the columns."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.rnn, self.head = (
            nn.Conv2d(1, 8, 3, padding=1),
            nn.LSTM(64, 12, bidirectional=True),
            nn.Linear(24, 5),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.max_pool2d(F.relu(self.conv(x)), 2)
        x = x.permute(3, 0, 1, 2).flatten(2)
        y, _ = self.rnn(x)
        return self.head(y)


class CellLoop(nn.Module):
    """A recurrent cell in a loop over the rows, its state made where the images lie."""

    def __init__(self) -> None:
        super().__init__()
        self.cell, self.head = nn.LSTMCell(12, 8), nn.Linear(8, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = c = torch.zeros(x.size(0), 8).to(x.device)
        for row in range(x.size(2)):
            h, c = self.cell(x[:, 0, row, :], (h, c))
        return self.head(h)


class Vae(nn.Module):
    """A variational autoencoder: three outputs, random numbers like the tensors."""

    def __init__(self) -> None:
        super().__init__()
        self.encode, self.mean, self.log_var = nn.Linear(144, 16), nn.Linear(16, 4), nn.Linear(16, 4)
        self.decode = nn.Linear(4, 144)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        h = F.relu(self.encode(x.view(-1, 144)))
        mean, log_var = self.mean(h), self.log_var(h)
        z = mean + torch.randn_like(log_var) * torch.exp(0.5 * log_var)
        return torch.sigmoid(self.decode(z)), mean, log_var


class Warped(nn.Module):
    """A spatial transformer: a grid computed from the image, which is sampled there."""

    def __init__(self) -> None:
        super().__init__()
        self.where, self.head = nn.Linear(144, 6), nn.Linear(144, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        theta = self.where(x.flatten(1)).view(-1, 2, 3)
        grid = F.affine_grid(theta, list(x.size()), align_corners=False)
        return self.head(F.grid_sample(x, grid, align_corners=False).flatten(1))


class Two(nn.Module):
    """An image and a few numbers beside it; two heads."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.meta = nn.Conv2d(3, 8, 3), nn.Linear(6, 8)
        self.a, self.b = nn.Linear(16, 3), nn.Linear(16, 1)

    def forward(self, image: torch.Tensor, meta: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        both = torch.cat([F.adaptive_avg_pool2d(self.conv(image), 1).squeeze(-1).squeeze(-1), self.meta(meta)], -1)
        return self.a(both), torch.sigmoid(self.b(both))


class Written(nn.Module):
    """Writes into a tensor that it has made, part by part; shuffles pixels; weighs by a gate."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(3, 8, 3, padding=1)
        self.squeeze = nn.Sequential(nn.AdaptiveAvgPool2d((1, 1)), nn.Conv2d(16, 4, 1), nn.SiLU(), nn.Conv2d(4, 16, 1))
        self.up = nn.PixelShuffle(2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = torch.zeros(x.size(0), 16, x.size(2), x.size(3))
        out[:, :8] = self.a(x)
        out[:, 8:] = self.b(x)
        out = out * torch.sigmoid(self.squeeze(out))
        out += torch.roll(out, shifts=1, dims=1)
        return self.up(out).abs().clamp(0, 1)


class Swish(torch.autograd.Function):
    """A function with a backward pass of its own."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x)
        return x * torch.sigmoid(x)

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> torch.Tensor:
        (x,) = ctx.saved_tensors
        gate = torch.sigmoid(x)
        return grads[0] * (gate + x * gate * (1 - gate))


class OwnFunction(nn.Module):
    """Uses it, after a convolution that would get no gradient if it were lost there."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.head = nn.Conv2d(3, 8, 3), nn.Linear(8, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(Swish.apply(self.conv(x)).flatten(2).max(dim=2)[0])


class Shifted(nn.Module):
    """Attention within windows that are rolled, with a learnt bias by index and a mask of constants."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv, self.table = nn.Linear(8, 24), nn.Parameter(torch.zeros(49, 2))
        self.register_buffer("index", torch.arange(256).remainder(49))
        self.embed, self.norm, self.head = nn.Conv2d(3, 8, 4, 4), nn.LayerNorm(8), nn.Linear(8, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.norm(self.embed(x).permute(0, 2, 3, 1))
        b, h, w, c = x.shape
        x = torch.roll(x, (-2, -2), (1, 2))
        windows = x.view(b, h // 4, 4, w // 4, 4, c).permute(0, 1, 3, 2, 4, 5).reshape(-1, 16, c)
        q, k, v = self.qkv(windows).chunk(3, dim=-1)
        q, k, v = (part.unflatten(-1, (2, 4)).transpose(1, 2) for part in (q, k, v))
        bias = self.table[self.index].view(16, 16, 2).permute(2, 0, 1)
        mask = torch.zeros(h // 4 * (w // 4), 16, 16).masked_fill(torch.ones(16, 16) == 0, -100.0)
        scores = (q * 0.5) @ k.mT + bias.unsqueeze(0)
        scores = scores.view(b, -1, 2, 16, 16) + mask.unsqueeze(1).unsqueeze(0)
        y = scores.view(-1, 2, 16, 16).softmax(dim=-1) @ v
        return self.head(y.transpose(1, 2).flatten(2).reshape(b, -1, 8).mean(dim=1))


def lines() -> nn.Module:
    """A 1-d network for signals."""
    return nn.Sequential(
        nn.Conv1d(2, 8, 7, stride=2, padding=3), nn.BatchNorm1d(8), nn.ELU(), nn.MaxPool1d(2),
        nn.Conv1d(8, 16, 3), nn.PReLU(16), nn.AdaptiveMaxPool1d(4), nn.Flatten(), nn.Linear(64, 3),
    )  # fmt: skip


def volumes() -> nn.Module:
    """A 3-d network for scans."""
    return nn.Sequential(
        nn.Conv3d(1, 4, 3, padding=1), nn.InstanceNorm3d(4), nn.LeakyReLU(), nn.MaxPool3d(2),
        nn.ConvTranspose3d(4, 2, 2, 2), nn.AdaptiveAvgPool3d(1), nn.Flatten(), nn.Linear(2, 2),
    )  # fmt: skip


def lazy() -> nn.Module:
    """Layers that learn their sizes from the first images."""
    return nn.Sequential(nn.LazyConv2d(4, 3), nn.LazyBatchNorm2d(), nn.ReLU(), nn.Flatten(), nn.LazyLinear(5))


def named() -> nn.Module:
    """An ordered dictionary of layers, some of them from activations rarely seen."""
    return nn.Sequential(OrderedDict(
        conv=nn.Conv2d(3, 8, 3), mish=nn.Mish(), norm=nn.LocalResponseNorm(3), pool=nn.LPPool2d(2, 2),
        soft=nn.Softplus(), drop=nn.AlphaDropout(0.1), flat=nn.Flatten(), out=nn.Linear(8 * 15 * 15, 2),
    ))  # fmt: skip


def _with(make: Callable[[str], nn.Module], how: str, shape: tuple[int, ...]) -> Made:
    return make(how), [shape]


IMAGE = (3, 32, 32)
_VIEWS = ("view", "size", "reshape", "flatten", "features", "permute")
_ATTENTIONS = ("einsum", "matmul", "own", "batch first", "batch not first")
STUDENTS: dict[str, Callable[[], Made]] = {
    **{f"mnist-{how}": partial(_with, Mnist, how, (1, 28, 28)) for how in _VIEWS},
    **{f"attention-{how}": partial(_with, Attention, how, IMAGE) for how in _ATTENTIONS},
    "lenet": lambda: (Lenet(), [(1, 28, 28)]),
    "dense loop": lambda: (Loop(), [IMAGE]),
    "unet-crop": lambda: (Unet("crop"), [(3, 36, 44)]),
    "unet-pad": lambda: (Unet("pad"), [(3, 36, 44)]),
    "own norm": lambda: (OwnNorm(), [IMAGE]),
    "crnn": lambda: (Crnn(), [(1, 16, 20)]),
    "two inputs": lambda: (Two(), [IMAGE, (6,)]),
    "written": lambda: (Written(), [IMAGE]),
    "own function": lambda: (OwnFunction(), [IMAGE]),
    "shifted windows": lambda: (Shifted(), [IMAGE]),
    "cell loop": lambda: (CellLoop(), [(1, 6, 12)]),
    "vae": lambda: (Vae(), [(1, 12, 12)]),
    "warped": lambda: (Warped(), [(1, 12, 12)]),
    "lines": lambda: (lines(), [(2, 64)]),
    "volumes": lambda: (volumes(), [(1, 8, 12, 12)]),
    "lazy": lambda: (lazy(), [IMAGE]),
    "named": lambda: (named(), [IMAGE]),
}

"""A folder with CNNs of a user's own, importable from the current directory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

NETS = '''
import os, signal
import torch
from torch import nn
from torch.nn import functional as F


def small(num_classes=10, width=8):
    return nn.Sequential(
        nn.Conv2d(3, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(inplace=True), nn.MaxPool2d(2),
        nn.Conv2d(width, 2 * width, 3, padding=1), nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(2 * width, num_classes),
    )


def raises(num_classes=10):
    raise KeyError("no weights there")


def exits(num_classes=10):
    raise SystemExit(5)


def lazy():
    return nn.Sequential(nn.LazyConv2d(4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())


def no_module():
    return 3


class Pair(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x):
        y = self.conv(x).mean((2, 3))
        return y, y


class Overwrites(nn.Module):
    """relu_ keeps its output for the backward pass, and the addition in place destroys it."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x):
        y = torch.relu_(self.conv(x))
        z = torch.sigmoid(y)
        z += 1
        return (y * z).mean((2, 3))


class Killed(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x):
        if x.device.type == "cpu" and x.shape[0] == 4:
            os.kill(os.getpid(), signal.SIGKILL)
        return self.conv(x).mean((2, 3))


class KilledOnce(nn.Module):
    """The first process that comes here while it is built dies; the other one waits for it."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        try:
            os.mkdir("first")
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    def forward(self, x):
        return self.conv(x).mean((2, 3))


class Frozen(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.requires_grad_(False)


class Exits(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x):
        raise SystemExit(3)


class Forever(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x):
        if x.device.type == "cpu":
            with open("pid.part", "w") as file:
                file.write(str(os.getpid()))
            os.rename("pid.part", "pid")
            while True:
                pass
        return self.conv(x).mean((2, 3))


class Talks(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x):
        print("{\\"event\\": \\"done\\"}")
        return self.conv(x).mean((2, 3))


class Changes(nn.Module):
    """Makes other calls from step to step."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.count = 0

    def forward(self, x):
        self.count += 1
        y = self.conv(x)
        for _ in range(self.count % 3):
            y = torch.relu(y)
        return y.mean((2, 3))
'''


@pytest.fixture
def nets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the module `mynets` into the current directory and return the directory."""
    (tmp_path / "mynets.py").write_text(NETS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def denormals() -> Iterator[None]:
    """Give the process its denormal numbers back: a test that times in this process turns them off."""
    yield
    import torch

    torch.set_flush_denormal(False)

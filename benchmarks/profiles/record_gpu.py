"""Time training steps of six networks on one GPU, and profile three of them, within a stated time.

    python -m benchmarks.profiles.record_gpu OUT --seconds 470
    python -m benchmarks.profiles.record_gpu OUT --device cpu --tiny

Called by `record_gpu.sh`. Cells are in the order of what they tell, so that what the time does not allow is the least
of it; each is written as soon as it is timed, and one that fails (memory) is written with its reason. Steps run in a
plain loop that is waited for once in a block of steps, as a training is, with PyTorch's own settings: cuDNN chooses
by its heuristics (`cudnn_benchmark` 0) but in the cells that ask for its search.
"""

from __future__ import annotations

import argparse
import csv
import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from torch import nn

    from cloudcost.domain.project import Precision
    from cloudcost.profiling.worker.steps import TrainingStep

NETWORKS = ("resnet50", "vit_b_16", "mobilenet_v2", "convnext_tiny", "densenet121", "vgg16")
PRECISIONS = ("tf32", "amp", "fp32")
PROFILED = ("resnet50", "mobilenet_v2", "convnext_tiny")
SHARE_OF_PROFILES = 0.35
"""Of the time, kept for the profiles. [1]"""
WARMUP, BLOCKS = 4, 7
"""Steps before the first block; blocks of one cell. [count]"""
CELL_SECONDS = 2.0
"""Of the blocks of one cell, about. [s]"""
FIELDS = (
    "network", "precision", "layout", "batch", "image_px", "cudnn_benchmark", "seconds", "least", "most", "steps",
    "forward_seconds", "allocated_bytes", "reserved_bytes", "clock_mhz", "watts", "failed",
)  # fmt: skip


RUN_FIELDS = ("network", "batch", "seconds", "image_px", "precision", "channels_last")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one row of steps.csv is about."""

    network: str
    precision: str
    layout: str
    batch: int
    image_px: int
    cudnn_benchmark: bool = False


def cells(tiny: bool, networks: Sequence[str] = NETWORKS) -> Iterator[Cell]:
    """Yield the cells: all networks at one layout and batch before the next, the search of cuDNN last."""
    px, batches = (32, (2,)) if tiny else (224, (32, 256))
    precisions = ("fp32", "amp") if tiny else PRECISIONS
    for layout in ("nchw", "nhwc"):
        for batch in batches:
            for precision in precisions:
                for network in networks:
                    yield Cell(network=network, precision=precision, layout=layout, batch=batch, image_px=px)
    if not tiny:
        for network in {"resnet50", "densenet121"}.intersection(networks):
            for precision in ("tf32", "amp"):
                yield Cell(
                    network=network, precision=precision, layout="nchw", batch=256, image_px=px, cudnn_benchmark=True
                )


def vision_transformer(image_px: int, classes: int = 1000) -> nn.Module:
    """Return ViT-B/16 (Dosovitskiy et al., 2021), encoder blocks as torch has them."""
    import torch
    from torch import nn

    class Transformer(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            patch, width = (16 if image_px >= 64 else 8), 768
            self.patches = nn.Conv2d(3, width, patch, patch)
            self.token = nn.Parameter(torch.zeros(1, 1, width))
            self.position = nn.Parameter(torch.zeros(1, (image_px // patch) ** 2 + 1, width))
            block = nn.TransformerEncoderLayer(
                width, 12, 4 * width, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
            )
            self.blocks = nn.TransformerEncoder(block, 12, nn.LayerNorm(width), enable_nested_tensor=False)
            self.head = nn.Linear(width, classes)

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            tokens = self.patches(images).flatten(2).transpose(1, 2)
            tokens = torch.cat([self.token.expand(len(images), -1, -1), tokens], dim=1)
            classes_of: torch.Tensor = self.head(self.blocks(tokens + self.position)[:, 0])
            return classes_of

    return Transformer()


def step_of(cell: Cell, device: str) -> TrainingStep:
    """Return a training step of a cell, with PyTorch set as the cell asks."""
    import torch

    from cloudcost.profiling.worker.steps import StepSettings, TrainingStep
    from cloudcost.profiling.worker.tracing.torch_networks import torch_network

    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = cell.precision != "fp32"
    torch.backends.cudnn.benchmark = cell.cudnn_benchmark
    model = vision_transformer(cell.image_px) if cell.network == "vit_b_16" else torch_network(cell.network)
    settings = StepSettings(
        device=device, precision=cast("Precision", cell.precision), channels_last=cell.layout == "nhwc"
    )
    return TrainingStep(model, (3, cell.image_px, cell.image_px), cell.batch, settings)


def timed(cell: Cell, device: str, *, tiny: bool) -> dict[str, Any]:
    """Return the row of a cell; what fails says so in it."""
    import torch

    gc.collect()
    wait: Callable[[], object] = torch.cuda.synchronize if device == "cuda" else (lambda: None)
    if device == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    row: dict[str, Any] = {**asdict(cell), "cudnn_benchmark": int(cell.cudnn_benchmark)}
    try:
        step = step_of(cell, device)
        for _ in range(1 if tiny else WARMUP):
            step.run()
        wait()
        alone = _spent(step.run, 1, wait)
        steps = 1 if tiny else max(1, min(30, round(CELL_SECONDS / BLOCKS / alone)))
        blocks = [_spent(step.run, steps, wait) / steps for _ in range(2 if tiny else BLOCKS)]
        with torch.no_grad():
            forward = _spent(lambda: step.model(*step.inputs), 1, wait)
    except RuntimeError as error:  # out of memory among them
        return {**row, "failed": str(error).splitlines()[0][:120]}
    row |= {
        "seconds": f"{median(blocks):.6g}", "least": f"{min(blocks):.6g}", "most": f"{max(blocks):.6g}",
        "steps": steps * len(blocks), "forward_seconds": f"{forward:.6g}",
    }  # fmt: skip
    if device == "cuda":
        row |= {
            "allocated_bytes": torch.cuda.max_memory_allocated(),
            "reserved_bytes": torch.cuda.max_memory_reserved(),
        }
        row |= _state()
    return row


def _spent(act: Callable[[], object], times: int, wait: Callable[[], object]) -> float:
    begun = time.perf_counter()
    for _ in range(times):
        act()
    wait()
    return time.perf_counter() - begun


def _state() -> dict[str, str]:
    """Return the GPU's clock and power at this moment, where nvidia-smi tells them."""
    try:
        text = subprocess.run(
            ["nvidia-smi", "--query-gpu=clocks.sm,power.draw", "--format=csv,noheader,nounits", "--id=0"],
            capture_output=True, text=True, timeout=10, check=True,
        ).stdout  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return {}
    clock, _, watts = text.strip().partition(", ")
    return {"clock_mhz": clock, "watts": watts}


def machine(device: str) -> dict[str, Any]:
    """Return what the machine is: GPU, driver, torch, host."""
    import torch

    environment = import_module("cloudcost.profiling.worker.environment")
    found: dict[str, Any] = {
        "schema": "cloudcost.recorded_machine/1",
        "device": torch.cuda.get_device_name(0) if device == "cuda" else environment.processor_model(),
        "host": environment.processor_model(),
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(),
        "python": sys.version.split()[0],
    }
    if device == "cuda":
        properties = torch.cuda.get_device_properties(0)
        found |= {
            "memory_bytes": properties.total_memory,
            "multiprocessors": properties.multi_processor_count,
            "capability": list(torch.cuda.get_device_capability(0)),
        }
    return found


def record_steps(folder: Path, device: str, networks: Sequence[str], *, tiny: bool, until: float) -> int:
    """Time the cells until a moment of `time.monotonic`; return how many were left out."""
    left = 0
    longest = 0.0
    with (folder / "steps.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, restval="", lineterminator="\n")
        writer.writeheader()
        for cell in cells(tiny, networks):
            begun = time.monotonic()
            if begun + longest > until:
                left += 1
                continue
            row = timed(cell, device, tiny=tiny)
            writer.writerow(row)
            file.flush()
            longest = max(longest, time.monotonic() - begun)
            print(*(row.get(name, "") for name in FIELDS[:9]), row.get("failed", ""), file=sys.stderr, flush=True)
    return left


def record_profiles(folder: Path, device: str, networks: Sequence[str], *, tiny: bool, until: float) -> int:
    """Profile the networks with `cloudcost profile` until a moment; return how many were left out."""
    (folder / "profiles").mkdir(exist_ok=True)
    px, batches, precision = ("32", "2,4", "fp32") if tiny else ("224", "32,128", "tf32")
    left = 0
    wanted = [name for name in PROFILED if name in networks]
    for network in wanted[: 1 if tiny else None]:
        command = [
            sys.executable, "-m", "cloudcost", "profile", network, "--image-px", px, "--batch", batches, "--device",
            device, "--precision", precision, "--quick", "-o", str(folder / "profiles" / f"{network}-{precision}.json"),
        ]  # fmt: skip
        if not _in_time(command, until - time.monotonic()):
            print(f"profile of {network}: not made in time, or failed", file=sys.stderr)
            left += 1
    return left


def _in_time(command: Sequence[str], seconds: float) -> bool:
    """Return whether a command did its work within some seconds; else it ends, and the workers that it started."""
    if seconds < 1:
        return False
    with subprocess.Popen(command, stdout=sys.stderr, start_new_session=True) as process:
        try:
            return process.wait(timeout=seconds) == 0
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return False


def write_runs(folder: Path) -> None:
    """Write what `cloudcost fit --device NAME` reads, ``runs.csv``: the cells that were timed as PyTorch is set."""
    with (folder / "steps.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if not row["failed"] and row["cudnn_benchmark"] == "0"]
    with (folder / "runs.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, RUN_FIELDS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        for row in rows:
            if row["network"] != "vit_b_16":  # described by this script alone
                writer.writerow({**row, "channels_last": "true" if row["layout"] == "nhwc" else ""})


def main(arguments: list[str] | None = None) -> int:
    """Record all; return 0 where nothing was left out, else 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--tiny", action="store_true", help="small images and batches: to try the script anywhere")
    parser.add_argument("--only", default=",".join(NETWORKS), metavar="NAMES", help="of %(default)s")
    parser.add_argument("--seconds", type=float, default=470.0, help="at most, for all (default: %(default)s)")
    asked = parser.parse_args(arguments)
    begun = time.monotonic()
    import torch

    if asked.device == "cuda" and not torch.cuda.is_available():
        print("torch sees no CUDA device here; --device cpu --tiny tries the script", file=sys.stderr)
        return 2
    if asked.device == "cpu":
        torch.set_num_threads(1)
    networks = asked.only.split(",")
    if unknown := [name for name in networks if name not in NETWORKS]:
        parser.error(f"--only: {', '.join(unknown)}, names are {', '.join(NETWORKS)}")
    asked.folder.mkdir(parents=True, exist_ok=True)
    (asked.folder / "machine.json").write_text(json.dumps(machine(asked.device), indent=1) + "\n", encoding="utf-8")
    end = begun + asked.seconds
    steps_end = end - SHARE_OF_PROFILES * asked.seconds
    left = record_steps(asked.folder, asked.device, networks, tiny=asked.tiny, until=steps_end)
    write_runs(asked.folder)
    left += record_profiles(asked.folder, asked.device, networks, tiny=asked.tiny, until=end)
    print(f"{time.monotonic() - begun:.0f} s, {left} left out", file=sys.stderr)
    return 0 if not left else 1


if __name__ == "__main__":
    sys.exit(main())

"""All measured steps of named networks outside PROFET in one table: PyTorch on AWS and desktops, published figures.

A row says what ran (network, image size, batch, classes), on what (device, host), under what (stack, precision, memory
format), what is in the time (`update`: the optimizer's step; `apart`: passes with a synchronisation between them) and
the seconds. Steps on several GPUs, and those of frameworks before 2019, are left to `published`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from benchmarks.accuracy.published import network_of, published
from benchmarks.accuracy.recorded import all_recorded
from cloudcost.domain.network import Network
from cloudcost.networks.registry import is_network_name, named_network

FIELDS = (
    "set", "stack", "host", "device", "precision", "channels_last", "network", "image_px", "batch", "classes",
    "update", "apart", "seconds",
)  # fmt: skip
AWS = {"NVIDIA A10G": "A10G", "Tesla T4": "T4", "NVIDIA T4G": "T4G", "Tesla V100-SXM2-16GB": "V100"}
AWS_HOSTS = {"A10G": "g5", "T4": "g4dn", "T4G": "g5g", "V100": "p3"}
DESKTOP = {
    "RTX 4060 Ti 16GB": "RTX 4060 Ti",
    "AMD Radeon RX 7900 XTX": "RX 7900 XTX",
    "AMD Radeon RX 7700S": "RX 7700S",
    "AMD Radeon RX 6800": "RX 6800",
    "AMD Radeon RX 5700": "RX 5700",
    "AMD Radeon 780M": "Radeon 780M",
    "AMD Radeon 680M": "Radeon 680M",
}
RYUJAEHUN = {
    "A100-SXM4-40GB": "A100-40GB",
    "GTX 1080 Ti": "GTX 1080 Ti",
    "RTX 2080 Ti": "RTX 2080 Ti",
    "TITAN V": "Titan V",
    "TITAN Xp": "Titan Xp",
    "TITAN RTX": "Titan RTX",
}
LIBRARIES_ONLY = frozenset({("RX 5700", "half")})
"""Left out: ROCm has no kernels for it there, steps take five times as long as in fp32."""
DLE_BATCH = {
    ("resnet50", "amp"): 256,
    ("resnet50", "fp32"): 128,
    ("resnet50", "tf32"): 256,
    ("resnext101_32x4d", "amp"): 128,
    ("resnext101_32x4d", "fp32"): 64,
    ("resnext101_32x4d", "tf32"): 128,
}
"""Images per GPU of NVIDIA's recipes."""
DLE_GPU = {"V100-16GB": "V100", "V100-32GB": "V100-32GB", "A100-40GB": "A100-40GB", "A100-80GB": "A100-80GB"}
DLE_NETWORK = {"resnet50v1.5": "resnet50", "resnext101-32x4d": "resnext101_32x4d"}


@cache
def step_network(name: str, image_px: int, classes: int) -> Network:
    """Return a step's network."""
    if classes == 1000:
        return network_of(name, image_px)
    return named_network(name, image_px=image_px, classes=classes)


def steps(shared: Path) -> pd.DataFrame:
    """Return all steps on one GPU: `FIELDS`."""
    frames = [_aws(shared), _desktop(shared), _ryujaehun(shared), _reports(shared), _dle(shared), _throughputs(shared)]
    own = all_recorded()
    table = pd.concat([*frames, _table(own)] if own else frames, ignore_index=True)
    wanted = [key not in LIBRARIES_ONLY for key in zip(table.device, table.precision, strict=True)]
    return table[wanted].reset_index(drop=True)


def _table(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(FIELDS))


def _aws(shared: Path) -> pd.DataFrame:
    """Return the steps on AWS, without the copy of the batch; those with 1000 classes are of Hugging Face."""
    table = pd.read_csv(shared / "timings" / "torch_aws_steps_dev.csv")
    rows: list[tuple[object, ...]] = []
    for row in table.itertuples():
        device = AWS[str(row.gpu)]
        name = str(row.model).replace("efficientnet-", "efficientnet_").replace("convnext-", "convnext_")
        if not is_network_name(name) or ("vit" in name and device == "A10G"):
            continue  # the A10G's products in FP32 are known of these alone, and would speak for its convolutions
        classes = 1000 if "efficientnet" in name or "convnext" in name else 10
        seconds = float(str(row.step_s_median)) - float(str(row.copy_s_median))
        rows.append(
            (
                "aws",
                "torch",
                AWS_HOSTS[device],
                device,
                "default",
                False,
                name,
                row.image_px,
                row.batch,
                classes,
                True,
                True,
                seconds,
            )
        )
    return _table(rows)


def _desktop(shared: Path) -> pd.DataFrame:
    table = pd.read_csv(shared / "timings" / "consumer_gpu_steps_dev.csv.gz")
    rows: list[tuple[object, ...]] = []
    for row in table.itertuples():
        device = DESKTOP.get(str(row.gpu))
        if device is None or not is_network_name(str(row.model)):
            continue
        host = "desktop-wsl2" if row.os == "WSL2" else f"of {device}"
        precision = "half" if row.precision == "fp16" else "default"
        rows.append(
            (
                "desktop",
                "torch",
                host,
                device,
                precision,
                False,
                row.model,
                row.img_size,
                row.batch_per_gpu,
                1000,
                False,
                False,
                float(str(row.train_ms_median)) / 1e3,
            )
        )
    return _table(rows)


def _ryujaehun(shared: Path) -> pd.DataFrame:
    table = pd.read_csv(shared / "benchmarks" / "ryujaehun_pytorch_gpu_benchmark.csv")
    table = table[(table.precision != "fp64") & (table.n_gpus == 1) & table.gpu.isin(list(RYUJAEHUN))]
    rows: list[tuple[object, ...]] = []
    keys = ["gpu", "precision", "model", "batch_per_gpu", "img_size"]
    for (gpu, label, name, batch, size), part in table.groupby(keys):
        if not is_network_name(str(name)):
            continue
        device = RYUJAEHUN[str(gpu)]
        precision = "half" if label == "fp16" else "default"
        rows.append(
            (
                "ryujaehun",
                "torch",
                f"of {device}",
                device,
                precision,
                False,
                name,
                int(str(size)),
                int(str(batch)),
                1000,
                False,
                False,
                part.train_ms_median.median() / 1e3,
            )
        )
    return _table(rows)


def _reports(shared: Path) -> pd.DataFrame:
    """Return single reports; those that name no framework are of TensorFlow's containers, NHWC in mixed precision."""
    table = pd.read_csv(shared / "timings" / "public_steps_dev.csv")
    rows: list[tuple[object, ...]] = []
    for row in table.itertuples():
        if not is_network_name(str(row.network)) or row.gpus != 1:
            continue
        note = str(row.framework_note)
        torch = "pytorch" in note or "simulator" in note
        stack = "torch" if torch else "tf2-xla" if "XLA" in note else "tf2-ngc"
        rows.append(
            (
                "reports",
                stack,
                "server",
                row.gpu,
                row.precision,
                row.memory_format == "nhwc" or (not torch and row.precision == "amp"),
                row.network,
                row.image_px,
                row.batch_per_gpu,
                1000,
                True,
                False,
                row.seconds_per_step,
            )
        )
    return _table(rows)


def _dle(shared: Path) -> pd.DataFrame:
    """Return NVIDIA's tables: PyTorch's AMP recipe is channels last since 2021, MXNet's and Paddle's tuned."""
    table = pd.read_csv(shared / "benchmarks" / "nvidia_dle_training_throughput.csv")
    rows: list[tuple[object, ...]] = []
    for row in table.itertuples():
        name, gpu = DLE_NETWORK.get(str(row.model)), DLE_GPU.get(str(row.gpu))
        if name is None or gpu is None or row.n_gpus != 1:
            continue
        batch = DLE_BATCH[name, str(row.precision)]
        last = False
        match row.framework:
            case "PyTorch":
                stack = "torch"
                last = row.precision == "amp" and str(row.last_seen_date) >= "2021-01-01"
            case "TensorFlow":
                stack, last = ("tf2-xla" if row.xla == 1 else "tf2-ngc"), str(row.precision) == "amp"
            case "MxNet" | "PaddlePaddle":
                stack, last = ("tuned" if row.framework == "MxNet" else "tuned-paddle"), True
            case _:
                continue
        rows.append(
            (
                "dle",
                stack,
                "server",
                gpu,
                row.precision,
                last,
                name,
                224,
                batch,
                1000,
                True,
                False,
                batch / float(str(row.images_per_sec)),
            )
        )
    return _table(rows)


def _throughputs(shared: Path) -> pd.DataFrame:
    table = published(shared)
    table = table[~table.source.isin(["dle", "ryujaehun", "tf2017", "torch7"]) & (table.gpus == 1)]
    return _table(
        [
            (
                row.source,
                "torch",
                "desktop" if row.source == "timm" else "server",
                row.device,
                row.precision,
                row.channels_last,
                row.network,
                row.image_px,
                row.batch,
                1000,
                row.update,
                False,
                row.seconds,
            )
            for row in table.itertuples()
        ]
    )

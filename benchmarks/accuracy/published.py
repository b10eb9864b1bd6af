"""Published training throughputs as steps: which network, device, precision, batch, and seconds.

Rows that are not single steps of a named network (double precision, detection networks, host-starved machines) are
left out; where several runs of one configuration were published, their median is taken.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd

from benchmarks.accuracy.timm_networks import NETWORKS, timm_network
from cloudcost.domain.network import Network
from cloudcost.networks.counts import is_auxiliary
from cloudcost.networks.registry import is_network_name, named_network

_TIMM = {
    "mobilenetv2_100": "mobilenet_v2",
    "mobilenetv3_large_100": "mobilenet_v3_large",
    "mobilenetv3_small_100": "mobilenet_v3_small",
    "mnasnet_100": "mnasnet1_0",
    "mnasnet_075": "mnasnet0_75",
    "mnasnet_050": "mnasnet0_5",
}
_LAMBDA = {
    "LambdaCloud V100 16GB": "V100",
    "RTX 3090": "RTX 3090",
    "LambdaCloud A10": "A10",
    "LambdaCloud A100 40GB PCIe": "A100-PCIe-40GB",
    "A100 80GB PCIe": "A100-PCIe-80GB",
    "A100 80GB SXM4": "A100-80GB",
    "RTX 6000 Ada": "RTX 6000 Ada",
    "RTX A6000": "RTX A6000",
    "RTX 4090": "RTX 4090",
    "H100 80GB PCIe Gen5": "H100-PCIe",
    "LambdaCloud 1x H100 80GB PCIe": "H100-PCIe",
    "SMC H100 80GB SXM5": "H100",
    "LambdaCloud 1x H100 80GB SXM5": "H100",
    "LambdaCloud 1x B200 192GB SXM5": "B200",
}
_LOGS = {
    "1080Ti": "GTX 1080 Ti",
    "2080Ti": "RTX 2080 Ti",
    "3070": "RTX 3070",
    "3080": "RTX 3080",
    "3090": "RTX 3090",
    "4090": "RTX 4090",
    "A10": "A10",
    "A100_40GB_PCIe": "A100-PCIe-40GB",
    "A100_40GB_SXM4": "A100-40GB",
    "A100_80GB_PCIe": "A100-PCIe-80GB",
    "A100_80GB_SXM4": "A100-80GB",
    "A100_PCIe": "A100-PCIe-40GB",
    "A100_SXM4": "A100-40GB",
    "A40": "A40",
    "A4000": "RTX A4000",
    "A5000": "RTX A5000",
    "A6000": "RTX A6000",
    "AdaA6000": "RTX 6000 Ada",
    "B200": "B200",
    "H100_80GB_PCIe": "H100-PCIe",
    "H100_80GB_PCIe5": "H100-PCIe",
    "H100_80GB_SXM5": "H100",
    "H200": "H200",
    "V100": "V100",
    "V100_16GB": "V100",
}
_RYUJAEHUN = {"GTX 1080 Ti": "GTX 1080 Ti", "RTX 2080 Ti": "RTX 2080 Ti", "A100-SXM4-40GB": "A100-40GB"}
_DLE = {"V100-16GB": "V100", "V100-32GB": "V100-32GB", "A100-40GB": "A100-40GB", "A100-80GB": "A100-80GB"}
_TF = {"ResNet-50": "resnet50", "ResNet-152": "resnet152", "InceptionV3": "inception_v3", "VGG16": "vgg16"}
_TORCH7 = {
    "VGG-16": "vgg16",
    "VGG-19": "vgg19",
    "ResNet-18": "resnet18",
    "ResNet-34": "resnet34",
    "ResNet-50": "resnet50",
    "ResNet-101": "resnet101",
    "ResNet-152": "resnet152",
    "Inception-V1": "googlenet",
}
_TORCH7_GPU = {
    "Tesla V100": "V100",
    "Tesla M60": "M60",
    "Tesla K80": "K80",
    "GTX 1080 Ti": "GTX 1080 Ti",
    "GTX 1080": "GTX 1080",
}
AMPERE = ("A10", "A4", "A100", "H100", "H200", "B200", "RTX 3", "RTX 4", "RTX A", "RTX 6")
COLUMNS = ["source", "stack", "device", "precision", "channels_last", "network", "image_px", "batch", "gpus"]


@cache
def network_of(name: str, image_px: int) -> Network:
    """Return a named network; the published ones were run without auxiliary heads."""
    if name in NETWORKS:
        return timm_network(name, image_px)
    network = named_network(name, image_px=image_px)
    ops = tuple(op for op in network.ops if not is_auxiliary(op))
    if len(ops) == len(network.ops):
        return network
    return replace(network, ops=ops, parameters=sum(op.parameters for op in ops))


def published(data: Path) -> pd.DataFrame:
    """Return all usable rows: `COLUMNS`, `update` (whether the optimizer's step is in) and `seconds`."""
    folder = data / "benchmarks"
    frames = [
        _timm(folder),
        _lambda_tables(folder),
        _lambda_logs(folder),
        _ryujaehun(folder),
        _dle(folder),
        _tf2017(folder),
        _torch7(folder),
        _misc(folder),
    ]
    table = pd.concat(frames, ignore_index=True)
    medians = table.groupby([*COLUMNS, "update"]).seconds.median().reset_index()
    return medians.sort_values(COLUMNS, ignore_index=True)


def _frame(table: pd.DataFrame, **more: str | int | bool) -> pd.DataFrame:
    return table.assign(**more)[[*COLUMNS, "update", "seconds"]]


def _timm(folder: Path) -> pd.DataFrame:
    table = pd.read_csv(folder / "timm_train_rtx3090.csv")
    table = table[table.pytorch == table.pytorch.max()]
    names = table.model.map(lambda name: _TIMM.get(name, name))
    table = table.assign(network=names)[[name in NETWORKS or is_network_name(str(name)) for name in names]]
    return _frame(
        table.assign(
            seconds=table.batch / table.train_samples_per_sec,
            channels_last=table.layout == "channels_last",
            image_px=table.img_size,
        ),
        source="timm",
        stack="pytorch1.12",
        device="RTX 3090",
        precision="amp",
        gpus=1,
        update=True,
    )


def _precision(label: pd.Series, device: pd.Series) -> pd.Series:
    ampere = device.str.startswith(AMPERE)
    half = label.str.contains("16|AMP", case=False)
    full = ampere.map({True: "tf32", False: "fp32"})
    return full.where(~half, "amp")


def _lambda_tables(folder: Path) -> pd.DataFrame:
    table = pd.read_csv(folder / "lambda_throughput_tables.csv")
    table = table[(table.model == "resnet50") & table.name.isin(list(_LAMBDA))]
    device = table.name.map(_LAMBDA)
    label = table.precision.map(lambda text: "AMP" if text.startswith("fp16") else "FP32")
    return _frame(
        table.assign(
            device=device,
            precision=_precision(label, device),
            gpus=table.n_gpus,
            batch=table.batch_per_gpu.astype(int),
            seconds=table.batch_per_gpu * table.n_gpus / table.images_per_sec_total,
        ),
        source="lambda",
        stack="pytorch",
        channels_last=False,
        network="resnet50",
        image_px=224,
        update=True,
    )


def _lambda_logs(folder: Path) -> pd.DataFrame:
    table = pd.read_csv(folder / "lambda_resnet50_logs.csv")
    table = table[table.gpu.isin(list(_LOGS)) & (table.precision_label != "FP16") & (table.model == "resnet50")]
    device = table.gpu.map(_LOGS)
    return _frame(
        table.assign(
            device=device,
            precision=_precision(table.precision_label, device),
            gpus=table.n_gpus,
            batch=table.batch_per_gpu.astype(int),
            seconds=table.batch_per_gpu * table.n_gpus / table.images_per_sec_total,
        ),
        source="lambda-logs",
        stack="pytorch",
        channels_last=False,
        network="resnet50",
        image_px=224,
        update=True,
    )


def _ryujaehun(folder: Path) -> pd.DataFrame:
    table = pd.read_csv(folder / "ryujaehun_pytorch_gpu_benchmark.csv")
    table = table[(table.precision != "fp64") & table.gpu.isin(list(_RYUJAEHUN)) & (table.n_gpus == 1)]
    table = table[[is_network_name(str(name)) for name in table.model]]
    device = table.gpu.map(_RYUJAEHUN)
    return _frame(
        table.assign(
            device=device,
            precision=_precision(table.precision.str.upper(), device),
            network=table.model,
            image_px=table.img_size,
            batch=table.batch_per_gpu,
            seconds=table.train_ms_median / 1e3,
        ),
        source="ryujaehun",
        stack="pytorch",
        channels_last=False,
        gpus=1,
        update=False,
    )


def _dle(folder: Path) -> pd.DataFrame:
    table = pd.read_csv(folder / "nvidia_dle_training_throughput.csv")
    table = table[
        (table.model == "resnet50v1.5")
        & (table.framework == "PyTorch")
        & table.gpu.isin(list(_DLE))
        & (table.n_gpus == 1)
        & ((table.last_seen_date < "2021-01-01") | (table.precision != "amp"))
    ]
    return _frame(
        table.assign(
            device=table.gpu.map(_DLE), batch=table.precision.map({"amp": 256, "fp32": 128, "tf32": 256})
        ).assign(seconds=lambda t: t.batch / t.images_per_sec),
        source="dle",
        stack="pytorch",
        channels_last=False,
        network="resnet50",
        image_px=224,
        gpus=1,
        update=True,
    )


def _tf2017(folder: Path) -> pd.DataFrame:
    table = pd.read_csv(folder / "tf_benchmarks_2017.csv")
    table = table[
        (table.n_instances == 1)
        & (table.data == "synthetic")
        & (table.distributed == 0)
        & table.model.isin(list(_TF))
        & table.images_per_sec.notna()
    ]
    size = table.model.map(lambda name: 299 if name == "InceptionV3" else 224)
    return _frame(
        table.assign(
            device=table.gpu.map(lambda name: "P100" if "P100" in name else "K80"),
            network=table.model.map(_TF),
            image_px=size,
            batch=table.batch_per_gpu.astype(int),
            gpus=table.n_gpus,
            seconds=table.batch_per_gpu * table.n_gpus / table.images_per_sec,
        ),
        source="tf2017",
        stack="tf1.2",
        precision="fp32",
        channels_last=False,
        update=True,
    )


def _torch7(folder: Path) -> pd.DataFrame:
    table = pd.read_csv(folder / "cloud_cnn_benchmarks_torch7.csv")
    table = table[table.hardware.isin(list(_TORCH7_GPU)) & table.model.isin(list(_TORCH7)) & (table.batch >= 8)]
    return _frame(
        table.assign(
            device=table.hardware.map(_TORCH7_GPU),
            network=table.model.map(_TORCH7),
            image_px=table.img_size,
            seconds=table.total_ms / 1e3,
        ),
        source="torch7",
        stack="torch7",
        precision="fp32",
        channels_last=False,
        gpus=1,
        update=False,
    )


def _misc(folder: Path) -> pd.DataFrame:
    table = pd.read_csv(folder / "aws_gpu_throughput_normalised.csv")
    used = table.dataset.eq("misc") & table.gpu.isin(["V100-SXM2"]) & table.model.str.startswith("resnet50")
    table = table[used & table.precision.isin(["fp32", "amp"])]
    return _frame(
        table.assign(
            image_px=table.img_size.astype(int),
            batch=table.batch_per_gpu.astype(float).astype(int),
            seconds=table.batch_per_gpu.astype(float) / table.images_per_sec_total,
        ),
        source="misc",
        stack="pytorch",
        device="V100",
        channels_last=False,
        network="resnet50",
        gpus=1,
        update=True,
    )

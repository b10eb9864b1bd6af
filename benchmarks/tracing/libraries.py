"""How each network of the list is made: by its library's own call, with fresh weights."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

from torch import nn
from torch.overrides import TorchFunctionMode


class Logits(nn.Module):
    """A network whose one output is a named part of what it returns."""

    def __init__(self, inner: nn.Module, part: str) -> None:
        super().__init__()
        self.inner, self.part = inner, part

    def forward(self, *inputs: Any) -> Any:
        """Return the part."""
        found = self.inner(*inputs)
        return found[self.part] if isinstance(found, dict) else getattr(found, self.part)


class _Undrawn(TorchFunctionMode):
    """Leaves fresh weights as memory holds them: nothing is computed with them, and drawing them takes longest."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the tensor of a call that fills it at random as it is."""
        if getattr(func, "__name__", "") in _FILLS and args and isinstance(args[0], nn.Parameter):
            return args[0]
        return func(*args, **(kwargs or {}))


_FILLS = frozenset({
    "normal_", "uniform_", "trunc_normal_", "kaiming_normal_", "kaiming_uniform_", "xavier_uniform_", "xavier_normal_",
    "orthogonal_", "erfinv_", "mul_", "add_", "clamp_", "truncnorm_",
})  # fmt: skip


def build(library: str, name: str) -> nn.Module:
    """Return a network of the list.

    Parameters
    ----------
    library : str
        Its first word, as the list has it.
    name : str

    Raises
    ------
    ImportError
        When the library is not installed.
    """
    with contextlib.redirect_stdout(io.StringIO()), _Undrawn():
        made: nn.Module = _LIBRARIES[library.split()[0]](name)
    return made


def _torchvision(name: str) -> nn.Module:
    models: Any = import_module("torchvision.models")
    head, _, rest = name.partition(".")
    bare: dict[str, Any] = {"weights": None}
    if head == "seg":
        part = rest.endswith("[out]")
        short = rest.removesuffix("[out]")
        short = "lraspp_mobilenet_v3_large" if short == "lraspp" else short
        made = getattr(models.segmentation, short)(**bare, weights_backbone=None)
        return Logits(made, "out") if part else made
    if head == "video":
        return getattr(models.video, rest)(**bare)
    if head == "det":
        return getattr(models.detection, rest)(**bare, weights_backbone=None)
    if name == "googlenet(aux off)":
        return models.googlenet(**bare, aux_logits=False, init_weights=False)
    if name == "googlenet":
        return models.googlenet(**bare, init_weights=False)
    if name == "resnet50 gray":
        gray = models.resnet50(**bare)
        gray.conv1 = nn.Conv2d(1, 64, 7, 2, 3, bias=False)
        return gray
    if name == "resnet50 frozen":
        frozen = models.resnet50(**bare).requires_grad_(False)
        frozen.fc = nn.Linear(2048, 10)
        return frozen
    return models.get_model(name, **bare)


def _timm(name: str) -> nn.Module:
    return import_module("timm").create_model(name, pretrained=False)


def _pytorchcv(name: str) -> nn.Module:
    return import_module("pytorchcv.model_provider").get_model(name, pretrained=False)


def _smp(name: str) -> nn.Module:
    kind, _, encoder = name.partition(".")
    smp = import_module("segmentation_models_pytorch")
    return getattr(smp, kind)(encoder, encoder_weights=None, classes=4)


def _monai(name: str) -> nn.Module:
    nets: Any = import_module("monai.networks.nets")
    flat = {"spatial_dims": 2, "in_channels": 1, "out_channels": 2}
    deep = {"channels": (16, 32, 64, 128), "strides": (2, 2, 2)}
    made: dict[str, Callable[[], nn.Module]] = {
        "UNet2d": lambda: nets.UNet(**flat, **deep, num_res_units=2),
        "UNet3d": lambda: nets.UNet(**{**flat, "spatial_dims": 3}, channels=(8, 16, 32), strides=(2, 2)),
        "SegResNet": lambda: nets.SegResNet(**flat, init_filters=8),
        "BasicUNet": lambda: nets.BasicUNet(**flat),
        "DynUNet": lambda: nets.DynUNet(
            **flat, kernel_size=[3, 3, 3], strides=[1, 2, 2], upsample_kernel_size=[2, 2], filters=[16, 32, 64]
        ),
        "VNet": lambda: nets.VNet(**flat),
        "AttentionUnet": lambda: nets.AttentionUnet(**flat, channels=(16, 32, 64), strides=(2, 2)),
        "AutoEncoder": lambda: nets.AutoEncoder(**flat, channels=(16, 32, 64), strides=(2, 2, 2)),
        "DenseNet121": lambda: nets.DenseNet121(**flat),
        "Discriminator": lambda: nets.Discriminator(in_shape=(1, 64, 64), channels=(8, 16, 32), strides=(2, 2, 2)),
    }
    return made[name]()


def _transformers(name: str) -> nn.Module:
    library: Any = import_module("transformers")
    short = name.removesuffix("[logits]")
    config = getattr(library, f"{short}Config")(num_labels=2)
    made = getattr(library, f"{short}ForImageClassification")(config)
    return Logits(made, "logits") if name.endswith("[logits]") else made


def _efficientnet(name: str) -> nn.Module:
    return import_module("efficientnet_pytorch").EfficientNet.from_name(f"efficientnet-{name}")


def _pretrainedmodels(name: str) -> nn.Module:
    return import_module("pretrainedmodels").__dict__[name](pretrained=None)


def _ultralytics(name: str) -> nn.Module:
    return import_module("ultralytics").YOLO(f"{name}.yaml").model


def _resnest(name: str) -> nn.Module:
    return getattr(import_module("resnest.torch"), name)(pretrained=False)


_LIBRARIES: dict[str, Callable[[str], nn.Module]] = {
    "torchvision": _torchvision,
    "timm": _timm,
    "pytorchcv": _pytorchcv,
    "segmentation_models_pytorch": _smp,
    "MONAI": _monai,
    "transformers": _transformers,
    "efficientnet_pytorch": _efficientnet,
    "pretrainedmodels": _pretrainedmodels,
    "ultralytics": _ultralytics,
    "resnest": _resnest,
}

"""Any module becomes the network that the builder would make of it."""

from __future__ import annotations

import random
import sys
from collections import Counter
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the extra torch is not installed")
import numpy as np
import torch
from tests.projects import build_training
from torch import nn
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from cloudcost.cli import run
from cloudcost.domain.network import Network
from cloudcost.errors import InputError, NetworkError
from cloudcost.networks.counts import network_macs
from cloudcost.networks.json_file import parse_network, to_json
from cloudcost.networks.registry import LIBRARIES, named_network, network_names
from cloudcost.options.times.context import TimingContext
from cloudcost.profiling.worker.tracing.network_module import NetworkModule
from cloudcost.profiling.worker.tracing.torch_networks import TORCH_NETWORKS, torch_network
from cloudcost.profiling.worker.tracing.trace import trace_factory, trace_module
from cloudcost.timing.predict import predict_step


def _with_parameters(network: Network) -> Counter[tuple[str, tuple[int, ...], int]]:
    return Counter((op.kind, op.output, op.parameters) for op in network.ops if op.parameters)


@pytest.mark.parametrize("name", sorted(TORCH_NETWORKS))
def test_tracer_and_builder_agree(name: str) -> None:
    px, classes = 96, 7
    with torch.device("meta"):
        module = torch_network(name, classes)
    traced = trace_module(module, (3, px, px), name)
    built = named_network(name, image_px=px, classes=classes)
    assert built.parameters == traced.parameters
    assert _with_parameters(built) == _with_parameters(traced)
    assert built.ops[-1].output == traced.ops[-1].output
    assert network_macs(traced) == pytest.approx(network_macs(built), rel=0.01)
    assert traced == parse_network(to_json(traced))


AUXILIARY = {"googlenet", "inception_v3"}  # their heads are stacked along the batch, which is no operation kind


@pytest.mark.parametrize("name", [name for name in network_names() if name not in AUXILIARY][::9])
def test_a_described_network_runs_as_it_is_described(name: str) -> None:
    built = named_network(name)
    with torch.device("meta"):
        module = NetworkModule(built)
    traced = trace_module(module, built.input, name)
    assert built.parameters == traced.parameters
    assert _with_parameters(built) == _with_parameters(traced)


@pytest.mark.parametrize("name", ["deit_tiny", "swin_t", "swin_v2_t"])
def test_a_described_transformer_runs_and_computes_what_is_counted(name: str) -> None:
    built = named_network(name, image_px=64)
    counter = FlopCounterMode(display=False)
    with torch.device("meta"), counter, sdpa_kernel(SDPBackend.MATH):
        module = NetworkModule(built)
        output = module(torch.empty(2, *built.input))
    assert tuple(output.shape) == (2, 1000)
    assert sum(each.numel() for each in module.parameters()) == built.parameters
    assert counter.get_total_flops() == 2 * 2 * network_macs(built)
    traced = trace_module(module, built.input, name)
    assert (traced.parameters, network_macs(traced)) == (built.parameters, network_macs(built))


def test_auxiliary_heads_are_trained() -> None:
    built = named_network("googlenet")
    with torch.device("meta"):
        module = NetworkModule(built)
        output = module(torch.empty(2, *built.input))
    assert tuple(output.shape) == (6, 1000)


class _Everything(nn.Module):
    """Branches, a shared layer, in-place and functional calls, a head without a map."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, padding=1)
        self.shared = nn.Conv2d(8, 8, 1)
        self.weight = nn.Parameter(torch.ones(8, 1, 1))
        self.head = nn.Linear(16, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = functional.relu_(self.first(x - 0.5))
        y = self.shared(x)
        y = self.shared(y)
        y += x
        left, right = y.chunk(2, 1)
        y = torch.cat([right, left, y * self.weight], dim=1)
        y = functional.interpolate(functional.pad(y, (1, 1, 1, 1)), scale_factor=2.0)
        y = functional.dropout(y.mean((2, 3)), 0.1, self.training)
        output: torch.Tensor = self.head(torch.flatten(y, 1))
        return output


def test_in_place_shared_branched_and_functional_modules() -> None:
    network = trace_module(_Everything(), (3, 16, 16), "everything")
    kinds = [op.kind for op in network.ops]
    assert kinds == [
        "scale", "conv2d", "relu", "conv2d", "conv2d", "add", "scale", "split", "split", "concat", "pad", "upsample",
        "global_avg_pool", "dropout", "linear",
    ]  # fmt: skip
    assert network.parameters == (3 * 8 * 9 + 8) + (64 + 8) + 8 + (64 + 4)
    by_name = {op.name: op for op in network.ops}
    assert by_name["add"].sources == ("shared.conv2d", "relu")
    assert network == parse_network(to_json(network))


def test_a_stride_a_padding_and_groups_arrive() -> None:
    module = nn.Conv2d(6, 12, (3, 5), stride=(2, 1), padding="valid", dilation=(1, 2), groups=3, bias=False)
    op = trace_module(module, (6, 20, 20), "one").ops[0]
    assert (
        op.kernel, op.stride, op.padding, op.dilation, op.groups, op.bias,
    ) == ((3, 5), (2, 1), (0, 0, 0, 0), (1, 2), 3, False)  # fmt: skip


def test_weights_that_are_computed_keep_their_parameters() -> None:
    module = nn.utils.parametrizations.weight_norm(nn.Conv2d(3, 4, 3, bias=False))
    assert trace_module(module, (3, 8, 8), "norm").parameters == 4 * 27 + 4


def test_frozen_parameters_are_not_counted() -> None:
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Conv2d(4, 5, 3))
    module[0].requires_grad_(False)
    assert trace_module(module, (3, 8, 8), "frozen").parameters == 4 * 5 * 9 + 5


def test_a_module_on_the_cpu_is_left_as_it_is() -> None:
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)).eval()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    trace_module(module, (3, 8, 8), "same")
    assert not module.training
    assert all(torch.equal(before[name], value) for name, value in module.state_dict().items())


class _Calls(nn.Module):
    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what
        self.inner = nn.Conv2d(3, 4, 3)

    def forward(self, x: torch.Tensor) -> object:
        y = self.inner(x)
        match self.what:
            case "fft":
                return torch.fft.rfft2(y).real
            case "value":
                return y * y.mean((2, 3)).tolist()[0][0]
            case "branch":
                return y if y.mean() > 0 else -y
            case "pairs":
                flat = y.flatten(1)
                return flat @ flat.T
            case "one by one":
                return torch.stack([self.inner(image).mean() for image in x])
            case "key":
                return self.inner(x["image"])  # type: ignore[call-overload]
            case "nothing":
                return {"loss": None}
            case "targets":
                assert not self.training, "targets should not be none when in training mode"
                return y
            case "shape":
                return torch.cat([y, x], 1)
            case _:
                return torch.ones(2, 4)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("fft", "fft.* in the module itself has no operation kind"),
        ("value", "at torch.Tensor.tolist: needs the values of a tensor.*time whole steps of it"),
        ("branch", "needs the values of a tensor.*time whole steps of it"),
        ("pairs", "relates the images of a batch to one another"),
        ("one by one", "inner takes the images of a batch one by one or in parts.*time whole steps of it"),
        ("key", "the module itself reads its input by the key 'image', which a tensor has not"),
        ("nothing", "the module returns no tensor .dict."),
        ("targets", "does not run on images of 3x8x8 .AssertionError: targets should not be none"),
        ("shape", "does not run on images of 3x8x8 .RuntimeError"),
        ("constant", "nothing that depends on the images"),
    ],
)
def test_what_cannot_be_traced_says_which_call_and_why(what: str, said: str) -> None:
    with pytest.raises(NetworkError, match=said) as caught:
        trace_module(_Calls(what), (3, 8, 8), "net")
    assert "\n" not in str(caught.value)


def test_a_scripted_module_is_refused_as_what_it_is() -> None:
    with pytest.warns(DeprecationWarning, match="torch.jit.script"):
        scripted = torch.jit.script(nn.Sequential(nn.Conv2d(3, 4, 3)))
    with pytest.raises(NetworkError, match=r"the module itself is TorchScript.*give the nn.Module"):
        trace_module(scripted, (3, 8, 8), "net")
    with pytest.raises(NetworkError, match="0 is TorchScript"):
        trace_module(nn.Sequential(scripted), (3, 8, 8), "net")


class _Asks(nn.Module):
    def forward(self, x: torch.Tensor, meta: torch.Tensor, scale: float = 1.0) -> torch.Tensor:
        return x.mean((2, 3)) + meta * scale


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ([(3, 8, 8)], r"forward wants 2 inputs \(x, meta\), not 1, give --input 2 times"),
        ([(3, 8, 8)] * 4, r"forward takes 3 inputs \(x, meta, scale\), not 4"),
    ],
)
def test_another_number_of_inputs_is_told(inputs: list[tuple[int, ...]], said: str) -> None:
    with pytest.raises(NetworkError, match=said):
        trace_module(_Asks(), inputs, "net")


def test_an_image_that_is_too_small() -> None:
    with torch.device("meta"):
        module = torch_network("alexnet")
    with pytest.raises(NetworkError, match="too small"):
        trace_module(module, (3, 16, 16), "alexnet")


def test_a_factory_of_the_current_directory(nets: Path) -> None:
    network = trace_factory("mynets:small", (3, 32, 32), classes=5, kwargs={"width": 4})
    assert network.ops[-1].output == (5,)
    assert network.name == "mynets:small"
    sys.modules.pop("mynets")


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("mynets:raises", "the factory raised KeyError"),
        ("mynets:no_module", "returned a int"),
        ("mynets:smal", "did you mean small"),
        ("no_such_module:net", "no module 'no_such_module'"),
    ],
)
def test_a_factory_that_fails(nets: Path, spec: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        trace_factory(spec, (3, 32, 32))
    assert "\n" not in str(caught.value)
    sys.modules.pop("mynets", None)


def test_other_outputs_than_the_classes(nets: Path) -> None:
    with pytest.raises(NetworkError, match="4 outputs, not the 9"):
        trace_factory("mynets:Talks", (3, 32, 32), classes=9)
    sys.modules.pop("mynets", None)


class RandomBranch(nn.Module):
    """A block that is skipped in half of the passes."""

    def __init__(self, *, draws: str, orphan: bool = False) -> None:
        super().__init__()
        self.draws = draws
        self.a, self.b, self.out = nn.Conv2d(3, 16, 3, padding=1), nn.Conv2d(16, 16, 3, padding=1), nn.Linear(16, 10)
        self.never = nn.Linear(5, 3) if orphan else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.a(x)
        drawn = {"torch": lambda: torch.rand(1).item(), "python": random.random, "numpy": np.random.rand}[self.draws]()
        if self.training and drawn < 0.5:
            return self.out(x.mean((2, 3)))  # type: ignore[no-any-return]
        return self.out((x + self.b(x)).mean((2, 3)))  # type: ignore[no-any-return]


@pytest.mark.parametrize("draws", ["torch", "python", "numpy"])
def test_a_layer_that_is_dropped_at_random_gives_one_answer_with_all_parameters(draws: str) -> None:
    found = []
    for seed in range(3):
        torch.manual_seed(seed)
        random.seed(seed)
        np.random.seed(seed)
        found.append(trace_module(RandomBranch(draws=draws), (3, 32, 32), "branch"))
    assert {network.parameters for network in found} == {2938}
    assert all(network.ops == found[0].ops for network in found)
    [note] = found[0].notes
    assert note.startswith("branch: runs other layers from step to step at random; of 64 passes tried")
    assert 0.5 < found[0].share < 1


def test_the_time_of_what_is_skipped_at_random_is_that_expected() -> None:
    """Of three convolutions one is drawn: the time is the mean of the three, however the draw of a trace went."""

    class Drawn(nn.Module):
        def __init__(self, *sizes: int) -> None:
            super().__init__()
            self.layers = nn.ModuleList(nn.Conv2d(64, 64, size, padding=size // 2) for size in sizes)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = x.repeat(1, 22, 1, 1)[:, :64]
            return random.choice(list(self.layers))(x)  # type: ignore[no-any-return]

    def seconds(*sizes: int) -> float:
        network = trace_module(Drawn(*sizes), (3, 64, 64), "drawn")
        return predict_step(parse_network(to_json(network)), batch=32, device="T4").seconds

    expected = (seconds(1) + seconds(3) + seconds(5)) / 3
    assert seconds(1, 3, 5) == pytest.approx(expected, rel=0.15)  # of 64 draws the standard error is 9 %


def test_tracing_leaves_the_random_numbers_of_others_alone() -> None:
    torch.manual_seed(7)
    expected = torch.rand(3).tolist()
    torch.manual_seed(7)
    trace_module(RandomBranch(draws="torch"), (3, 32, 32), "branch")
    module_drew = torch.rand(3).tolist()
    torch.manual_seed(7)
    RandomBranch(draws="torch")  # its weights are drawn
    assert module_drew == torch.rand(3).tolist() != expected


def test_parameters_that_take_no_part_are_told() -> None:
    network = trace_module(RandomBranch(draws="torch", orphan=True), (3, 32, 32), "branch")
    _, note = network.notes
    assert network.parameters == 2938
    assert note.startswith("branch: 18 of 2,956 trainable parameters take no part")


class _Moves(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Conv2d(3, 4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        shown = x[0].shape[1]  # looked at, not computed with
        offset = torch.zeros(4, 1, 1, device="cuda")
        return self.inner(x.cuda().to("cuda:0", non_blocking=True).to(torch.float32)) + offset + shown


def test_a_module_that_wants_a_gpu_is_traced_without_one() -> None:
    network = trace_module(_Moves(), (3, 8, 8), "moves")
    assert [op.kind for op in network.ops if op.parameters] == ["conv2d"]
    assert network.parameters == 112


@pytest.mark.parametrize("library", ["timm", "torchvision", "smp"])
def test_a_library_that_is_not_installed_is_named(library: str, capsys: pytest.CaptureFixture[str]) -> None:
    package = LIBRARIES[library]
    if find_spec(package) is not None:
        pytest.skip(f"{package} is installed")
    assert run(f"predict {library}:resnet18 --batch 8 --device T4".split()) == 2
    assert f"{library}:resnet18: the package {package} is not installed, pip install" in capsys.readouterr().err


def test_a_factory_without_a_size_says_what_it_took(nets: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["predict", "mynets:small", "--batch", "8", "--device", "T4"]) == 0
    assert "images of 3x224x224 assumed" in capsys.readouterr().err
    assert run(["predict", "mynets:small", "--batch", "8", "--device", "T4", "--input", "3,32,48", "--kwargs",
                '{"width": 4}', "--classes", "5"]) == 0  # fmt: skip
    shown = capsys.readouterr()
    assert "mynets:small, 32x48 px" in shown.out
    assert not shown.err
    assert run(["networks", "mynets:small", "--input", "3,32,32", "--classes", "5"]) == 0
    assert parse_network(capsys.readouterr().out).ops[-1].output == (5,)
    sys.modules.pop("mynets")


def test_a_project_traces_the_factory_as_its_keys_say(nets: Path) -> None:
    training = build_training(network="mynets:small", inputs=((3, 32, 48),), kwargs='{"width": 4}', classes=6)
    found = TimingContext(today=date(2026, 11, 22)).network(training)
    assert (found.input, found.ops[0].output, found.ops[-1].output) == ((3, 32, 48), (4, 32, 48), (6,))
    sys.modules.pop("mynets")


def test_how_many_parameters_of_a_module_with_frozen_layers_are_trained_is_told() -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4 * 36, 5))
    for parameter in net[0].parameters():
        parameter.requires_grad = False
    network = trace_module(net, (3, 8, 8), "head")
    assert network.notes == ("head: 725 of 837 parameters are trained",)
    assert trace_module(net.requires_grad_(), (3, 8, 8), "head").notes == ()

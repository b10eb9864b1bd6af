"""Which kernel computes an attention, what it asks of a device, and whether its shares take memory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.catalog.tables import sources
from cloudcost.catalog.training.attention import attention_kernels
from cloudcost.domain.network import Mask, Network, Op
from cloudcost.domain.project import Precision
from cloudcost.networks.builder import Builder
from cloudcost.networks.registry import named_network
from cloudcost.timing.attention import attention_work, first_kernel, kernels_of, product_work
from cloudcost.timing.predict import predict_step
from cloudcost.timing.rates.coefficients import INDEX
from cloudcost.timing.rates.features import features_of

KERNELS = {kernel.name: place for place, kernel in enumerate(attention_kernels())}


def attention(mask: Mask = "", head: int = 64) -> Op:
    token = (12, 197, head)
    return Op(kind="attention", name="a", inputs=(token, token, token), output=token, mask=mask)


def kernel(device: str, *, half: bool, mask: Mask = "", head: int = 64) -> str:
    return kernels_of(attention(mask, head))[first_kernel(device, half=half)].name


@pytest.mark.parametrize(
    ("device", "half", "expected"),
    [
        ("A100", True, "flash"), ("RTX 3090", True, "flash"), ("H100", True, "flash"), ("L4", True, "flash"),
        ("A100", False, "efficient"), ("T4", True, "efficient"), ("V100", True, "efficient"),
        ("T4", False, "efficient"),
        ("K80", False, "plain"), ("Radeon RX 6800", True, "plain"), ("no such device", True, "plain"),
    ],
)  # fmt: skip
def test_type_and_architecture_decide_the_kernel(device: str, half: bool, expected: str) -> None:
    assert kernel(device, half=half) == expected


def test_mask_and_head_decide_the_kernel_too() -> None:
    assert kernel("A100", half=True, mask="causal") == "flash"
    assert kernel("A100", half=True, mask="full") == "efficient"
    assert kernel("A100", half=True, head=512) == "efficient"
    assert kernel("T4", half=True, head=30) == "plain"  # which the memory-efficient kernel cannot read
    assert kernel("K80", half=False, mask="full") == "plain"


def test_every_kernel_has_a_source_and_the_last_takes_everything() -> None:
    assert all(sources()[each.source].read_on >= each.as_of for each in attention_kernels())
    last = attention_kernels()[-1]
    assert all(last.takes(head=1024, mask=mask) for mask in ("", "causal", "full"))


def test_a_fused_kernel_moves_tokens_alone_and_a_plain_one_the_matrix() -> None:
    flash, _, plain = attention_kernels()
    (flop, byte, _), softmax = attention_work(attention(), flash)
    assert flop == pytest.approx(flash.work * 7 * 2e-9 * 12 * 197**2 * 64)
    assert byte == pytest.approx(3 * 4e-9 * 4 * 12 * 197 * 64)
    assert softmax == 0
    (_, plain_byte, calls), shares = attention_work(attention(), plain)
    assert plain_byte > byte
    assert shares == pytest.approx(4e-9 * 12 * 197**2)
    assert calls == pytest.approx(6e-3)
    (causal, _, _), _ = attention_work(attention("causal"), flash)
    assert causal == pytest.approx(flop / 2)


@given(*[st.integers(1, 300)] * 4)
def test_a_product_costs_at_least_three_times_its_own_flops(times: int, rows: int, inner: int, columns: int) -> None:
    flop, byte, calls = product_work(times, rows, inner, columns)
    assert flop > 3 * 2e-9 * times * rows * inner * columns
    assert byte > 0
    assert calls == pytest.approx(3e-3)
    turned = product_work(times, columns, inner, rows)
    assert turned == pytest.approx(product_work(times, rows, inner, columns))  # of the transposed factors


def heads(*, fused: bool) -> Network:
    """Return one attention as one function, or as the products and the softmax that it stands for."""
    b = Builder("heads", (2, 64, 16))
    x = b.linear(b.input, 16)
    b.attention(x, x, x) if fused else b.matmul(b.softmax(b.matmul(x, b.transpose(x))), x)
    return b.build()


def test_attention_in_plain_pytorch_is_its_products_and_its_softmax() -> None:
    fused, explicit = features_of(heads(fused=True)), features_of(heads(fused=False))
    ours, theirs = (each.at([8], 100.0)[0] for each in (fused, explicit))
    for name in ("attn.flop", "attn.byte", "attn.calls", "act.byte"):
        assert ours[INDEX[name]] == pytest.approx(theirs[INDEX[name]])
    assert fused.kept(KERNELS["plain"]) == explicit.kept(KERNELS["plain"]) + 2 * 64 * 16  # its output
    assert fused.kept(KERNELS["plain"]) - fused.kept(KERNELS["flash"]) == 2 * 64 * 64


def test_memory_follows_the_kernel() -> None:
    """ViT-B/16 at 384 px: 12 layers with 12 heads, of 577 x 577 shares each."""
    network = named_network("vit_b_16", image_px=384)
    lean, full = (features_of(network).kept(KERNELS[name]) for name in ("flash", "plain"))
    assert full - lean == 12 * 12 * 577**2
    frozen = replace(network, ops=tuple(replace(op, trained=op is network.ops[-1]) for op in network.ops))
    least, most = (features_of(frozen).kept(KERNELS[name]) for name in ("flash", "plain"))
    assert 0 < least == most < 0.05 * lean  # without a backward pass nothing of an attention is kept
    fits = [predict_step(network, batch=8, device=device, precision="amp").memory_bytes for device in ("A100", "T4")]
    assert fits[0] == fits[1]  # neither writes the shares


def test_transformers_are_timed_everywhere_and_slower_per_flop_without_fused_attention() -> None:
    network = named_network("vit_b_16")
    asked: tuple[tuple[str, Precision], ...] = (("A100", "amp"), ("T4", "fp32"), ("V100", "fp32"), ("RTX 3090", "tf32"))
    for device, precision in asked:
        step = predict_step(network, batch=32, device=device, precision=precision)
        assert 0.01 < step.seconds < 5
        assert 0 <= step.unseen_share <= 1
    work = features_of(network)
    flash, plain = (work.at([32], np.inf, attention=KERNELS[name])[0] for name in ("flash", "plain"))
    assert plain[INDEX["attn.byte"]] > flash[INDEX["attn.byte"]]
    assert plain[INDEX["act.byte"]] > flash[INDEX["act.byte"]]


@pytest.mark.parametrize(
    ("name", "batch", "published_ms"),
    [
        ("vit_b_16", 192, 490.4), ("vit_l_16", 64, 545.0), ("vit_b_32", 512, 299.7), ("deit_small", 384, 363.6),
        ("deit_tiny", 512, 222.7), ("swin_t", 256, 394.8), ("swin_s", 192, 478.5),
    ],
)  # fmt: skip
def test_transformers_are_within_a_fifth_of_published_steps(name: str, batch: int, published_ms: float) -> None:
    """timm's training steps at 224 px on an RTX 3090, AMP, PyTorch 1.12 (commit c865028c34, 2022-07-27)."""
    step = predict_step(named_network(name), batch=batch, device="RTX 3090", precision="amp")
    assert step.seconds == pytest.approx(1e-3 * published_ms, rel=0.2)


def test_linear_maps_stay_in_fp32_by_default_and_convolutions_do_not() -> None:
    """PyTorch rounds convolutions to TF32 unless told otherwise, and matrix products only if told so."""

    def seconds(name: str, precision: Precision) -> float:
        return predict_step(named_network(name), batch=64, device="A100", precision=precision).seconds

    assert seconds("vit_b_16", "default") > 1.5 * seconds("vit_b_16", "tf32")
    assert seconds("vit_b_16", "default") == pytest.approx(seconds("vit_b_16", "fp32"), rel=0.1)
    assert seconds("resnet50", "default") == pytest.approx(seconds("resnet50", "tf32"), rel=0.02)
    assert seconds("convnext_tiny", "tf32") < seconds("convnext_tiny", "default") < seconds("convnext_tiny", "fp32")

"""Prices of a book as a pandas DataFrame, a row per price and tier, with the machine that an hour is of."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from cloudcost.catalog.devices import devices
from cloudcost.catalog.instances import instances
from cloudcost.domain.devices import Instance
from cloudcost.domain.prices import Price, Tier

COLUMNS = (
    "service", "region", "usage_type", "operation", "purchase", "unit", "from_quantity", "usd", "low_usd", "instance",
    "family", "device", "gpus", "vcpu", "memory_gib", "fp32_tflops", "tensor_tflops", "usd_per_gpu_hour", "first_day",
    "valid_until", "as_of", "last_seen", "grade", "source", "note",
)  # fmt: skip
"""The columns, which are the same where no price is found; prices are exact Decimals. [USD, TFLOP/s of one GPU]"""


def machine_of(price: Price | str) -> Instance | None:
    """Return the machine whose hour a usage type is; None where it is of something else.

    Examples
    --------
    >>> machine_of("BoxUsage:g5.xlarge").device, machine_of("Train:ml.g5.xlarge").name, machine_of("NatGateway-Hours")
    ('A10G', 'g5.xlarge', None)
    """
    usage_type = price if isinstance(price, str) else price.usage_type
    name = usage_type.rpartition(":")[2]
    if "ml." in name:  # SageMaker's Studio names the application before the machine
        name = name.rpartition("ml.")[2]
    return instances().get(name)


def prices_frame(prices: Iterable[Price]) -> pd.DataFrame:
    """Return prices as a DataFrame, tidy: a row per price and tier."""
    rows = [_row(price, tier, machine_of(price)) for price in prices for tier in price.tiers]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(price: Price, tier: Tier, machine: Instance | None) -> dict[str, object]:
    gpus = 0 if machine is None else machine.gpu_count
    device = devices().get(machine.device) if machine is not None and machine.device else None
    hourly = price.unit == "Hrs" and gpus
    return {
        "service": price.service,
        "region": price.region,
        "usage_type": price.usage_type,
        "operation": price.operation,
        "purchase": price.purchase,
        "unit": price.unit,
        "from_quantity": tier.from_quantity,
        "usd": tier.unit_price_usd,
        "low_usd": price.low_usd,
        "instance": None if machine is None else machine.name,
        "family": None if machine is None else machine.name.partition(".")[0],
        "device": None if machine is None else machine.device,
        "gpus": float(gpus),
        "vcpu": None if machine is None else machine.vcpu,
        "memory_gib": None if machine is None else machine.memory_gib,
        "fp32_tflops": None if device is None else device.fp32_tflops,
        "tensor_tflops": None if device is None else device.fp16_tensor_tflops,
        "usd_per_gpu_hour": float(tier.unit_price_usd) / float(gpus) if hourly else None,
        "first_day": price.first_day,
        "valid_until": price.valid_until,
        "as_of": price.as_of,
        "last_seen": price.last_seen,
        "grade": price.grade,
        "source": price.source,
        "note": price.note,
    }

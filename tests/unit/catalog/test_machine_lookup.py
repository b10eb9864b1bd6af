"""Lookups by name: devices, electricity, Colab's plans and rates, allowances; and what they say when there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cloudcost.catalog.aws.allowances import transfer_out_allowance
from cloudcost.catalog.colab import plan
from cloudcost.catalog.colab_rates import accelerators, units_per_hour
from cloudcost.catalog.devices import device, devices
from cloudcost.catalog.own.device_power import training_watts
from cloudcost.catalog.own.device_prices import device_prices, retention
from cloudcost.catalog.own.electricity import electricity_price
from cloudcost.errors import CatalogError, PriceNotFoundError, UnknownDeviceError


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("A100", "A100-40GB"), ("A100-SXM4-40GB", "A100-40GB"), ("NVIDIA A100 80GB PCIe", "A100-PCIe-80GB"),
        ("3090", "RTX 3090"), ("GeForce RTX 3090", "RTX 3090"), ("rtx3090ti", "RTX 3090 Ti"), ("Tesla T4", "T4"),
        ("Tesla V100-SXM2-16GB", "V100"), ("Tesla V100-SXM2-32GB", "V100-32GB"), ("NVIDIA H100 80GB HBM3", "H100"),
        ("Tesla P100-PCIE-16GB", "P100-PCIe"), ("NVIDIA RTX 6000 Ada Generation", "RTX 6000 Ada"),
        ("Intel(R) Xeon(R) Platinum 8259CL", "Intel Xeon Platinum 8259CL"), ("Ryzen 5 3600", "AMD Ryzen 5 3600"),
        ("4060 ti", "RTX 4060 Ti"), ("rtx4060", "RTX 4060"), ("RTX 4060 Laptop", "RTX 4060 Laptop"),
        ("NVIDIA GeForce RTX 4060 Laptop GPU", "RTX 4060 Laptop"), ("rtx 4070 mobile", "RTX 4070 Laptop"),
        ("RTX 3080 Max-Q", "RTX 3080 Laptop"), ("NVIDIA GeForce RTX 2060 with Max-Q Design", "RTX 2060 Max-Q"),
        ("NVIDIA GeForce RTX 3050 6GB Laptop GPU", "RTX 3050 6GB Laptop"), ("GTX 1660 SUPER", "GTX 1660 Super"),
        ("NVIDIA GeForce GTX 1060 6GB", "GTX 1060"), ("GeForce GTX 1060 3GB", "GTX 1060 3GB"),
        ("RTX 4090 24GB", "RTX 4090"), ("RTX 3060 12 GB", "RTX 3060"), ("NVIDIA TITAN RTX", "Titan RTX"),
        ("Quadro RTX 6000", "Quadro RTX 6000"), ("NVIDIA TITAN X (Pascal)", "Titan X (Pascal)"),
        ("NVIDIA GeForce GTX TITAN X", "Titan X (Maxwell)"), ("NVIDIA H100 NVL", "H100-NVL"),
        ("AMD Radeon RX 7900 XTX", "RX 7900 XTX"), ("7900xtx", "RX 7900 XTX"), ("AMD Radeon VII", "Radeon VII"),
        ("AMD Radeon 780M Graphics", "Radeon 780M"), ("AMD Instinct MI300X", "MI300X"), ("Apple M3 Max", "M3 Max"),
        ("M3 Max 30-core", "M3 Max 30-core"), ("m1 pro 16-core gpu", "M1 Pro"), ("M2 Max 96GB", "M2 Max"),
        ("Intel(R) Arc(TM) A770 Graphics", "Arc A770"),
        ("Intel(R) Core(TM) i7-9700K CPU @ 3.60GHz", "Intel Core i7-9700K"),
        ("13th Gen Intel(R) Core(TM) i7-13700K", "Intel Core i7-13700K"), ("AMD EPYC 7R13 Processor", "AMD EPYC 7R13"),
        ("12th Gen Intel(R) Core(TM) i5-12400F", "Intel Core i5-12400"),
        ("AMD Ryzen 7 5800X 8-Core Processor", "AMD Ryzen 7 5800X"),
        ("AMD Ryzen 7 5700U with Radeon Graphics", "AMD Ryzen 7 5700U"),
    ],
)  # fmt: skip
def test_a_device_answers_to_its_other_spellings(spelling: str, name: str) -> None:
    assert device(spelling).name == name


def test_an_unknown_device_names_the_nearest() -> None:
    with pytest.raises(UnknownDeviceError, match=r"no device 'RTX 3099'; did you mean RTX 3090"):
        device("RTX 3099")


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("RTX 6000", "name one of RTX 6000 Ada, RTX PRO 6000, Quadro RTX 6000;"),
        ("titan x", r"name one of Titan X \(Pascal\), Titan X \(Maxwell\);"),
        ("AMD Radeon Graphics", "name one of Radeon 680M, Radeon 780M, "),
    ],
)
def test_a_name_of_several_devices_asks_which(name: str, asked: str) -> None:
    with pytest.raises(UnknownDeviceError, match=f"ambiguous device .*{asked}"):
        device(name)


def test_another_memory_than_a_device_has_is_another_device() -> None:
    with pytest.raises(UnknownDeviceError, match="no device 'RTX 4090 16GB'"):
        device("RTX 4090 16GB")


@pytest.mark.parametrize("name", ["GH300", "abacus", "RTX 6000", ""])
def test_a_refused_device_says_what_to_do_without(name: str) -> None:
    with pytest.raises(UnknownDeviceError, match=r"hours_per_run or seconds_per_step, a profile .*, or --measured"):
        device(name)


def test_power_that_is_not_known_is_asked_for() -> None:
    with pytest.raises(CatalogError, match="no power limit is known of M2; state watts"):
        training_watts(replace(device("M2"), tdp_watts=None))


def test_a_name_like_no_other_says_where_the_known_ones_are_listed() -> None:
    with pytest.raises(
        UnknownDeviceError, match="no device 'abacus'; cloudcost devices lists them; of any other state"
    ):
        device("abacus")


def test_half_of_a_board_has_half_its_power() -> None:
    assert device("K80").tdp_watts == 150


def test_power_of_an_unmeasured_device_is_the_share_of_all() -> None:
    power = training_watts(devices()["RTX 4090"])
    assert (power.low, power.typical, power.high, power.idle) == (189.0, 360.0, 414.0, 51.75)


def test_a_cpu_may_draw_all_of_its_power() -> None:
    power = training_watts(device("AMD Ryzen 5 3600"))
    assert (power.typical, power.high) == (48.75, 65.0)


def test_launch_price_is_among_the_prices() -> None:
    prices = device_prices("RTX 3090")
    assert (prices[0].usd, prices[0].on, prices[0].kind) == (Decimal(1499), date(2020, 9, 24), "list")
    assert retention("RTX 3090").source == "ebay-retention"


@pytest.mark.parametrize("name", ["MX", "mex", "Mexico", "méxico", " MEXICO "])
def test_a_country_answers_to_codes_and_names(name: str) -> None:
    assert electricity_price(name).usd_per_kwh == Decimal("0.108")


def test_an_unknown_country_names_the_nearest() -> None:
    with pytest.raises(CatalogError, match=r"no country 'Spian'; did you mean Spain"):
        electricity_price("Spian")


def test_an_unknown_tariff_price_is_not_the_residential_one() -> None:
    with pytest.raises(CatalogError, match=r"no business electricity price for Ireland; state electricity_usd_per_kwh"):
        electricity_price("Ireland", tariff="business")


def test_an_unknown_tariff_is_an_error() -> None:
    with pytest.raises(CatalogError, match="no electricity tariff 'night'"):
        electricity_price("Spain", tariff="night")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("on", "units"), [(date(2022, 12, 1), "1.95"), (date(2024, 1, 1), "1.96"), (date(2026, 11, 22), "1.07")]
)
def test_the_rate_is_the_one_seen_last(on: date, units: str) -> None:
    assert units_per_hour("t4", on).units_per_hour == Decimal(units)


@pytest.mark.parametrize("high_memory", [False, True])
def test_a_rate_before_the_first_measurement_is_carried_back_and_marked(high_memory: bool) -> None:
    rate = units_per_hour("T4", date(2022, 10, 1), high_memory=high_memory)
    assert (rate.as_of, rate.carried, rate.grade) == (date(2022, 10, 7), True, "assumed")
    assert not units_per_hour("T4", date(2022, 10, 7), high_memory=high_memory).carried


@pytest.mark.parametrize(
    ("accelerator", "day", "said"),
    [
        (
            "G4",
            date(2025, 2, 28),
            "no compute-unit rate for G4 on 2025-02-28; the RTX PRO 6000 was launched on 2025-03-",
        ),
        (
            "T4",
            date(2022, 8, 31),
            "no compute-unit rate for T4 on 2022-08-31; compute units began on 2022-09-29, price ",
        ),
    ],
)
def test_no_rate_is_carried_past_what_it_is_a_rate_of(accelerator: str, day: date, said: str) -> None:
    with pytest.raises(PriceNotFoundError, match=said):
        units_per_hour(accelerator, day)


def test_a_rate_says_when_the_next_one_was_seen() -> None:
    assert units_per_hour("T4", date(2024, 1, 1)).changes_on == date(2024, 4, 10)
    assert units_per_hour("T4", date(2026, 11, 22)).changes_on is None


def test_high_memory_takes_the_rate_that_was_seen_with_it() -> None:
    day = date(2022, 10, 7)
    assert [str(units_per_hour("T4", day, high_memory=high).units_per_hour) for high in (False, True)] == [
        "1.95",
        "2.24",
    ]
    assert units_per_hour("A100", day) == units_per_hour("A100", day, high_memory=True)


@pytest.mark.parametrize("accelerator", accelerators())
@pytest.mark.parametrize("on", [date(2022, 10, 7), date(2024, 6, 1), date(2026, 11, 22)])
def test_high_memory_is_a_rate_seen_with_it_or_refused_by_name(accelerator: str, on: date) -> None:
    try:
        rate = units_per_hour(accelerator, on, high_memory=True)
    except CatalogError as error:
        told = str(error)
    else:
        told = accelerator if rate.memory == "high" and rate.as_of >= units_per_hour(accelerator, on).as_of else ""
    assert accelerator in told


def test_a_rate_with_high_memory_older_than_a_change_is_not_used() -> None:
    with pytest.raises(CatalogError, match=r"T4 with high memory .* last is of 2022-10-07, and rates changed since"):
        units_per_hour("T4", date(2026, 11, 22), high_memory=True)


def test_a_device_name_finds_the_accelerator() -> None:
    assert units_per_hour("A100-40GB", date(2026, 11, 22)).accelerator == "A100"


def test_an_unknown_accelerator_names_what_there_is() -> None:
    with pytest.raises(CatalogError, match=r"no compute-unit rate for accelerator 'H800'; use one of T4"):
        units_per_hour("H800", date(2026, 11, 22))


@pytest.mark.parametrize(("name", "found"), [("Pro+", "pro+"), ("payg", "pay-as-you-go"), ("Kaggle", "kaggle")])
def test_a_plan_answers_to_its_names(name: str, found: str) -> None:
    assert plan(name).name == found


def test_an_unknown_plan_names_the_nearest() -> None:
    with pytest.raises(CatalogError, match="no plan 'prp'; did you mean pro"):
        plan("prp")


@pytest.mark.parametrize(
    ("on", "gigabytes", "scope"), [(date(2021, 11, 30), 1, "region"), (date(2021, 12, 1), 100, "account")]
)
def test_the_allowance_changed_in_december_2021(on: date, gigabytes: int, scope: str) -> None:
    allowance = transfer_out_allowance(on)
    assert (allowance.gigabytes, allowance.scope) == (Decimal(gigabytes), scope)

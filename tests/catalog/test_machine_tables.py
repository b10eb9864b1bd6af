"""The tables of devices, power, electricity, Colab and allowances are whole and agree with one another."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cloudcost.catalog.aws.allowances import _COLUMNS as ALLOWANCE_COLUMNS
from cloudcost.catalog.aws.services import service_aliases
from cloudcost.catalog.books.book import load_book
from cloudcost.catalog.colab import colab_vcpu, free_quotas, plan
from cloudcost.catalog.colab_rates import accelerators, units_per_hour
from cloudcost.catalog.devices import SHARED, _plain, device, devices, find_device
from cloudcost.catalog.instances import instances
from cloudcost.catalog.own.device_power import training_watts
from cloudcost.catalog.own.device_prices import device_prices, retention
from cloudcost.catalog.own.electricity import electricity_countries, electricity_price
from cloudcost.catalog.providers import Provider, providers, types_of
from cloudcost.catalog.tables import DATA, read_table, sources

TODAY = date(2026, 11, 22)
BARE_HOSTS = ("n1-standard-4", "n1-standard-8", "n1-standard-16", "n1-standard-32")
"""Machines whose GPU is billed apart."""
FIXED = (
    "K80", "M60", "T4", "T4G", "V100", "V100-32GB", "P100", "P100-PCIe", "A10", "A10G", "L4", "L40S", "A100-40GB",
    "A100-80GB", "A100-PCIe-40GB", "A100-PCIe-80GB", "H100", "H100-PCIe", "H200", "B200", "B300", "K520",
    "RTX PRO 6000", "GTX 1080 Ti", "RTX 2080 Ti", "RTX 3060", "RTX 3080", "RTX 3090", "RTX 3090 Ti", "RTX 4060 Ti",
    "RTX 4070", "RTX 4080", "RTX 4090", "RTX 5070", "RTX 5080", "RTX 5090", "RTX A4000", "RTX A5000", "RTX A6000",
    "RTX 6000 Ada", "MI300X",
)  # fmt: skip


def test_the_names_that_other_tables_use_are_there() -> None:
    assert set(FIXED) <= set(devices())
    rented = {each.device for each in instances().values() if each.device is not None}
    assert rented <= set(devices())


@pytest.mark.parametrize("provider", providers(), ids=lambda provider: provider.name)
def test_what_another_cloud_rents_out_is_a_machine_with_a_gpu_or_a_bare_host(provider: Provider) -> None:
    known, book = instances(), load_book()
    for name in types_of(provider, book):
        assert known[name].provider == provider.name, name
        assert (known[name].device is None) == (name in BARE_HOSTS), name


def test_no_two_devices_share_a_spelling() -> None:
    owner: dict[str, str] = {}
    for each in devices().values():
        for spelling in (each.name, *(alias for alias in each.aliases if not alias.endswith(SHARED))):
            assert owner.setdefault(_plain(spelling), each.name) == each.name, spelling


def test_a_spelling_of_several_is_of_two_at_least_and_of_none_alone() -> None:
    shared = [alias for each in devices().values() for alias in each.aliases if alias.endswith(SHARED)]
    assert shared
    assert all(shared.count(alias) > 1 and find_device(alias.removesuffix(SHARED)) is None for alias in shared)


def test_what_people_own_is_known() -> None:
    """The fifteen GPUs most used by players in June 2024, and a part of each kind that people train on."""
    steam = (
        "RTX 3060", "RTX 3070", "RTX 3080", "RTX 4060 Ti", "RTX 4070", "GTX 1650", "RTX 4060 Laptop", "RTX 3060 Ti",
        "RTX 2060", "RTX 3060 Laptop", "GTX 1060", "RTX 4060", "RTX 3050", "GTX 1050 Ti", "GTX 1660 Super",
    )  # fmt: skip
    others = ("RX 6600", "RX 7900 XTX", "RX 9070 XT", "M1", "M2 Pro", "M3 Max", "M4 Max", "Arc B580", "RTX 5090 Laptop")
    assert {*steam, *others} <= set(devices())


@pytest.mark.parametrize("name", list(devices()))
def test_a_device_is_plausible(name: str) -> None:
    each = devices()[name]
    assert device(name) is each
    assert 0.1 < each.fp32_tflops < 1000
    shared = each.segment == "integrated"
    assert each.memory_bytes is None if shared else each.memory_bytes is not None and each.memory_bytes >= 2 * 10**9
    assert each.bandwidth_gb_s > 30
    assert each.l2_mb is None or 0.5 <= each.l2_mb <= 256
    assert each.kind == "gpu" or not each.compute_capability
    assert each.source in sources()
    if each.fp16_tensor_tflops is not None:
        assert each.fp16_tensor_tflops >= 1.5 * each.fp32_tflops
    if each.tf32_tflops is not None:
        assert each.fp16_tensor_tflops is not None
        assert each.tf32_tflops <= each.fp16_tensor_tflops
    assert each.tdp_watts is not None
    assert 10 <= each.tdp_watts <= 1500
    power = training_watts(each)
    assert 0 < power.idle < power.low < power.typical < power.high <= each.tdp_watts
    assert power.source in sources()


def test_devices_agree_with_the_study_data(shared_data: Path) -> None:
    checked = 0
    with (shared_data / "local" / "01_gpu_specs.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            matching = [
                each
                for each in devices().values()
                if each.fp32_tflops == float(row["fp32_tflops"])
                and each.tdp_watts == float(row["tdp_w"])
                and each.memory_bytes == float(row["mem_gb"]) * 1e9
                and each.bandwidth_gb_s == float(row["mem_bw_gbs"])
            ]
            assert matching, row["gpu"]
            checked += 1
    assert checked == 39


def test_prices_and_retention_are_of_known_devices() -> None:
    rows = read_table(DATA / "device_prices.csv", ("device", "date", "usd", "kind", "source"))
    assert {row[0] for row in rows} <= set(devices())
    assert {row[4] for row in rows} <= set(sources())
    assert all(Decimal(row[2]) > 0 and row[3] in {"list", "system", "reseller", "used"} for row in rows)
    for name in devices():
        left = retention(name)
        assert 0 < left.low <= left.typical <= left.high < 1
        days = [price.on for price in device_prices(name)]
        assert days == sorted(days)


def test_every_country_has_a_residential_price_in_range() -> None:
    assert len(electricity_countries()) == 146
    for country in electricity_countries():
        price = electricity_price(country)
        assert Decimal(0) < price.usd_per_kwh < Decimal(1)
        assert price.source in sources()
        assert price.as_of <= TODAY


def test_electricity_agrees_with_the_study_data(shared_data: Path) -> None:
    with (shared_data / "local" / "04_electricity_price.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["period"] == "avg 2023-2026"]
    assert len(rows) == 145
    for row in rows:
        assert electricity_price(row["iso3"]).usd_per_kwh == Decimal(row["residential_usd_kwh"])
        if row["business_usd_kwh"]:
            business = electricity_price(row["iso3"], tariff="business")
            assert business.usd_per_kwh == Decimal(row["business_usd_kwh"])


def test_colab_rates_have_sources_and_known_devices() -> None:
    for accelerator in accelerators():
        rate = units_per_hour(accelerator, TODAY)
        assert rate.units_per_hour > 0
        assert rate.source in sources()
        assert rate.device is None or rate.device in devices()


def test_nothing_free_is_guaranteed_and_plans_offer_what_has_a_rate() -> None:
    for quota in free_quotas():
        assert not quota.guaranteed
        assert quota.usd_per_month == 0
        assert quota.note
    for name in ("free", "pay-as-you-go", "pro", "pro+"):
        found = plan(name)
        assert not found.guaranteed
        assert set(found.accelerators) <= set(accelerators())
        assert found.source in sources()


def test_only_the_traffic_allowance_is_applied_unasked() -> None:
    rows = read_table(DATA / "allowances.csv", ALLOWANCE_COLUMNS)
    assert {row[4] for row in rows} == {"yes", "asked"}
    assert {row[0] for row in rows if row[4] == "yes"} == {"transfer-out"}
    assert all(row[8] in sources() and row[9] for row in rows)


def test_cores_beside_colabs_accelerators_are_of_accelerators_and_have_sources() -> None:
    columns = ("accelerator", "vcpu", "as_of", "grade", "source", "note")
    for accelerator, vcpu, as_of, grade, source, _ in read_table(DATA / "colab_cores.csv", columns):
        assert accelerator in accelerators()
        assert colab_vcpu(accelerator) == int(vcpu)
        assert source in sources()
        assert date.fromisoformat(as_of) <= TODAY
        assert grade in ("third-party", "assumed")


def test_services_that_share_usage_types_are_of_the_book_and_have_sources() -> None:
    rows = read_table(DATA / "service_aliases.csv", ("service", "listed_under", "as_of", "source", "note"))
    assert len({(row[0], row[1]) for row in rows}) == len(rows)
    assert {row[3] for row in rows} <= set(sources())
    assert all(service_aliases()[row[0]] and row[0] != row[1] for row in rows)
    assert {row[1] for row in rows} & set(load_book().services())


def test_every_provider_has_prices_and_every_device_a_source() -> None:
    services = load_book().services()
    assert [each.name for each in providers() if each.service not in services] == []
    assert [each.name for each in devices().values() if each.source not in sources()] == []


@pytest.mark.parametrize("name", ["lambda", "paperspace", "runpod"])
def test_a_provider_that_rents_by_the_gpu_asks_about_the_same_for_each(name: str) -> None:
    seller = next(each for each in providers() if each.name == name)
    per_gpu = dict[tuple[str, str | None, str, str], list[Decimal]]()
    for price in load_book().prices(service=seller.service):
        machine = instances().get(price.usage_type)
        if machine is not None and machine.gpu_count >= 1 and price.valid_until is None:
            asked = price.tiers[0].unit_price_usd / Decimal(int(machine.gpu_count))
            cloud = price.usage_type.rpartition("_")[2] if name == "runpod" else ""  # SECURE or COMMUNITY
            per_gpu.setdefault((price.region, machine.device, price.purchase, cloud), []).append(asked)
    assert any(len(several) > 1 for several in per_gpu.values())
    assert [key for key, several in per_gpu.items() if max(several) > Decimal("1.15") * min(several)] == []


def test_a_host_with_its_gpu_costs_what_both_cost_apart() -> None:
    prices = {(each.usage_type, each.region, each.purchase): each for each in load_book().prices(service="GCP")}
    pairs = [key for key in prices if key[0].startswith("n1-") and key[0] not in BARE_HOSTS]
    assert pairs
    for name, region, purchase in pairs:
        pair, bare = prices[name, region, purchase], prices[name.rpartition("-")[0], region, purchase]
        host, gpu = (Decimal(part.split()[1]) for part in pair.note.split(" + "))
        assert host == bare.tiers[0].unit_price_usd
        assert pair.tiers[0].unit_price_usd == host + gpu * int(instances()[name].gpu_count)
        assert pair.grade == "derived"

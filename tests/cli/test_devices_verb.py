"""The verb that lists devices: what is left by its filters, and all that is known of one."""

from __future__ import annotations

import csv
import io
import json

import pytest

from cloudcost.catalog.devices import devices
from cloudcost.cli import run


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["devices", *arguments]) == 0
    return capsys.readouterr().out


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, dict[str, object]]:
    document = json.loads(printed(capsys, *arguments, "--format", "json"))
    assert document["schema"] == "cloudcost.known_devices/1"
    return {entry["device"]: entry for entry in document["devices"]}


def test_all_devices_are_listed_with_where_their_time_comes_from(capsys: pytest.CaptureFixture[str]) -> None:
    known = listed(capsys)
    assert list(known) == list(devices())
    assert {known[name]["fp32"] for name in ("T4", "RTX 5090", "Arc A770")} == {"fitted", "transferred", "stated"}
    assert known["GTX 1080"]["tf32"] is None  # it has no such arithmetic, which is not "no model"
    assert known["M2"]["memory_gb"] is None


@pytest.mark.parametrize(
    ("filters", "there", "gone"),
    [
        (("--gpu", "rtx 40"), "RTX 4060 Laptop", "RTX 3060"),
        (("--provider", "AWS"), "T4G", "RTX 4090"),
        (("--contains", "apple"), "M3 Max", "RTX 4090"),
        (("--contains", "laptop", "--gpu", "4060"), "RTX 4060 Laptop", "RTX 4060"),
        (("--contains", "ryzen"), "AMD Ryzen 5 3600", "Intel Core i7-9700K"),
        (("--contains", "M3"), "M3 Max", "V100-32GB"),  # which is written V100-SXM3-32GB, too
        (("--contains", "M3"), "M3 8-core", "H100"),
    ],
)
def test_filters_leave_what_they_name(
    filters: tuple[str, ...], there: str, gone: str, capsys: pytest.CaptureFixture[str]
) -> None:
    known = listed(capsys, *filters)
    assert there in known
    assert gone not in known


def test_one_device_shows_sheet_prices_and_machines(capsys: pytest.CaptureFixture[str]) -> None:
    [entry] = listed(capsys, "NVIDIA GeForce RTX 4090").values()
    assert entry["launch_price_usd"] == "1599"
    assert isinstance(entry["prices"], list)
    assert {price["kind"] for price in entry["prices"]} == {"list", "used", "reseller"}
    text = printed(capsys, "tesla t4")
    assert "g4dn.xlarge (aws)" in text.replace("\n" + " " * 16, " ")
    assert max(map(len, text.splitlines())) <= 80


def test_a_laptop_part_says_that_its_limit_is_the_makers(capsys: pytest.CaptureFixture[str]) -> None:
    assert "limit 115 W" in (text := printed(capsys, "RTX 4060 mobile"))
    assert "makers of laptops set their own" in text.replace("\n" + " " * 16, " ")


def test_a_csv_has_a_row_per_device_and_as_many_fields_as_heads(capsys: pytest.CaptureFixture[str]) -> None:
    header, *rows = csv.reader(io.StringIO(printed(capsys, "--gpu", "RX 7", "--format", "csv")))
    assert {row[0] for row in rows} >= {"RX 7600", "RX 7900 XTX"}
    assert {len(row) for row in rows} == {len(header)}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("RTX 4061",), "devices:NAME: no device 'RTX 4061'; did you mean RTX 4060"),
        (("RTX 6000",), "name one of RTX 6000 Ada, RTX PRO 6000, Quadro RTX 6000"),
        (("T4", "--gpu", "T4"), "devices: --gpu beside a device's name, leave out one or the other"),
        (("--gpu", "voodoo"), "devices: no device is left by these filters"),
        (("--provider", "awz"), "nobody known rents out devices by this name, 'awz', did you mean aws?"),
    ],
)
def test_what_cannot_be_listed_is_told(
    arguments: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["devices", *arguments]) == 2
    assert told in capsys.readouterr().err


MOST_USED = (
    "RTX 3060", "RTX 3070", "RTX 3080", "RTX 4060 Ti", "RTX 4070", "GTX 1650", "RTX 4060 Laptop", "RTX 3060 Ti",
    "RTX 2060", "RTX 3060 Laptop", "GTX 1060", "RTX 4060", "RTX 3050", "GTX 1050 Ti", "GTX 1660 SUPER",
)  # fmt: skip
"""Steam's survey of June 2024."""


@pytest.mark.parametrize("name", MOST_USED)
def test_what_people_own_has_a_time(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    [entry] = listed(capsys, name).values()
    assert entry["fp32"] in ("fitted", "transferred")


@pytest.mark.parametrize("text", ["M3", "SXM", "Mobile", "40-core", "GK210", "hbm", "a", "5", "GT"])
def test_what_a_filter_found_is_seen_in_the_list(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A name holds what was asked for, or is followed by the spelling that does; never an alias that nobody sees."""
    for option in ("--contains", "--gpu"):
        if run(["devices", option, text]):
            assert "no device is left" in capsys.readouterr().err
            continue
        rows = capsys.readouterr().out.partition("\n\n")[0].splitlines()[1:]
        for row in rows:
            name = max((each for each in devices() if row.startswith(each)), key=len)
            seen = row.replace(" ", "").replace("-", "").casefold()
            known = devices()[name]
            hidden = (known.architecture, known.segment, known.kind) if option == "--contains" else ()
            assert text.replace("-", "").casefold() in seen or any(
                text.casefold() in each.casefold() for each in hidden
            )


def test_signs_for_what_is_not_known_are_explained_where_they_stand(capsys: pytest.CaptureFixture[str]) -> None:
    assert "GB ?: the machine's own memory" in printed(capsys, "--contains", "apple")
    assert "GB ?" not in printed(capsys, "--gpu", "RTX 40")
    text = printed(capsys)
    assert ("W ?: not known" in text) == any(each.tdp_watts is None for each in devices().values())


def test_a_device_without_a_model_tells_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("B200", "MI300X", "Arc B580"):
        text = " ".join(printed(capsys, name).split())
        assert "state hours_per_run or seconds_per_step, or --measured" in text
    assert "way on" not in printed(capsys, "T4")

"""`instances`, `regions`, `countries`: what is known, filtered, each with its price or its count."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cloudcost.cli import run
from cloudcost.render.tables.columns import display_width

TODAY = ("--today", "2026-11-22")


def asked(capsys: pytest.CaptureFixture[str], *line: str) -> dict[str, Any]:
    assert run([*line, "--format", "json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_machine_type_has_its_price_of_the_region(capsys: pytest.CaptureFixture[str]) -> None:
    [found] = asked(capsys, "instances", "g4dn.xlarge", *TODAY)["instances"]
    assert (found["usd_per_hour"], found["region"], found["device"], found["gpus"]) == ("0.526", "us-east-1", "T4", 1)
    [dated] = asked(capsys, "instances", "p5.48xlarge", *TODAY, "--as-of", "2025-05-01")["instances"]
    assert dated["usd_per_hour"] == "98.32"


def test_types_are_filtered(capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(capsys, "instances", "--gpu", "l4", "--provider", "gcp", *TODAY)["instances"]
    assert {each["device"] for each in found} == {"L4"}
    there = asked(capsys, "instances", "--gpu", "T4", "--region", "eu-west-1", *TODAY)["instances"]
    assert there
    assert {each["region"] for each in there} == {"eu-west-1"}


def test_a_region_has_its_counts(capsys: pytest.CaptureFixture[str]) -> None:
    [found] = asked(capsys, "regions", "us-east-1")["regions"]
    assert found["location"] == "US East (N. Virginia)"
    assert found["machines"] > found["with_gpu"] > 50
    gpus = asked(capsys, "regions", "--gpu", "H100", "--provider", "aws")["regions"]
    assert "us-east-1" in {each["region"] for each in gpus}
    assert all(each["with_gpu"] for each in gpus)


def test_a_country_by_its_name_or_code(capsys: pytest.CaptureFixture[str]) -> None:
    [found] = asked(capsys, "countries", "mexico")["countries"]
    assert (found["code"], found["residential_usd_per_kwh"], found["business_usd_per_kwh"]) == ("MEX", "0.108", "0.212")
    assert asked(capsys, "countries", "MX")["countries"] == [found]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (["instances", "g4dn.xlage"], "instances:NAME: no instance type 'g4dn.xlage'; did you mean g4dn.xlarge"),
        (["instances", "--region", "mars"], "instances:--region: no such region, 'mars', "),
        (["instances", "--gpu", "Voodoo"], "instances: no machine type is left by these filters, ask for less"),
        (["regions", "us-eest-1"], "regions: none is left by what is asked, did you mean us-east-1"),
        (["countries", "Mexiko City"], "countries:NAME: not known, 'Mexiko City', "),
        (["countries", "--contains", "zzz"], "countries: no price of electricity is left by what is asked"),
    ],
)
def test_what_is_not_known_is_one_line(line: list[str], fault: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(line) == 2
    err = capsys.readouterr().err
    assert fault in " ".join(err.split())
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    "line",
    [["regions", "--provider", "aws"], ["countries", "--contains", "united"], ["instances", "--gpu", "A10G", *TODAY]],
)
def test_a_table_fits_a_terminal(line: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(line) == 0
    assert max(map(display_width, capsys.readouterr().out.splitlines())) <= 80


@pytest.mark.parametrize("verb", ["devices", "instances", "regions"])
@pytest.mark.parametrize("flag", ["--gpu", "--provider", "--contains"])
@pytest.mark.parametrize("text", ["", " ", "-_"])
def test_a_filter_without_a_letter_is_a_fault(
    verb: str, flag: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([verb, f"{flag}={text}"]) == 2
    err = capsys.readouterr().err
    assert f"argument {flag}: a filter has a letter or a digit, not {text!r}" in err


@pytest.mark.parametrize("spelt", ["A100-80GB", "a100 80gb", "A10080GB"])
def test_a_gpu_is_found_in_regions_however_it_is_spelt(spelt: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["regions", "--gpu", spelt, "--provider", "aws", "--format", "csv"]) == 0
    assert "us-east-1" in capsys.readouterr().out

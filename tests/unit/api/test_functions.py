"""The verbs as functions: they say what the commands say, and refuse names that are none by the nearest."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import cloudcost

TODAY = "2026-11-22"
T: dict[str, Any] = {
    "dataset": {"images": 20_000, "size": "2.4 GB"},
    "training": {"network": "resnet18", "batch": 64, "epochs": 3},
    "option": [
        {"name": "EC2", "kind": "ec2", "instance": "g4dn.xlarge"},
        {"name": "Lab <b>", "kind": "local", "owned": True, "device": "RTX 3060", "country": "MEX"},
        {"name": "late", "kind": "ec2", "instance": "g4dn.xlarge", "hours_per_run": 500},
    ],
}
USAGE = "service,region,usage_type,quantity,unit,cost_usd\nAmazonEC2,us-east-1,BoxUsage:g4dn.xlarge,10,Hrs,5.00\n"


@pytest.fixture(scope="module")
def comparison() -> cloudcost.Comparison:
    return cloudcost.compare(T, today=TODAY, draws=50, budget_usd=0.5)


def changed(**tables: Any) -> dict[str, Any]:
    return {**T, **tables}


UNKNOWN: dict[str, tuple[Callable[[], object], str]] = {
    "option": (lambda: cloudcost.compare(T, today=TODAY, draws=0).option("EC3"), "did you mean 'EC2'"),
    "network": (lambda: cloudcost.named_network("resnet51"), "resnet50"),
    "network of predict": (lambda: cloudcost.predict("resnet51", batch=8), "resnet50"),
    "network of quick": (lambda: cloudcost.quick("resnet51", images=9, epochs=1, runs=1), "resnet50"),
    "device": (lambda: cloudcost.predict("resnet18", batch=8, device="RTX 3061"), "RTX 3060"),
    "device of a step": (
        lambda: cloudcost.predict_step(cloudcost.named_network("resnet18"), batch=8, device="RTX 3061"),
        "RTX 3060",
    ),
    "device of fit": (lambda: cloudcost.fit("runs.csv", "/nowhere/x.json", device="RTX 3061"), "."),
    "instance": (lambda: cloudcost.predict("resnet18", batch=8, instance="g4dn.xlrge"), r"g4dn\.xlarge"),
    "gpu of quick": (lambda: cloudcost.quick("resnet18", images=9, epochs=1, runs=1, gpu="RTX 3061"), "RTX 3060"),
    "country": (lambda: cloudcost.quick("resnet18", images=9, epochs=1, runs=1, country="Mexiko"), "Mexico"),
    "region": (lambda: cloudcost.choose(T, region="us-esat-1"), "us-east-1"),
    "region of quick": (
        lambda: cloudcost.quick("resnet18", images=9, epochs=1, runs=1, region="us-est-1"),
        "us-east-1",
    ),
    "provider": (lambda: cloudcost.choose(T, provider=["aws", "gpc"]), "gcp"),
    "gpu": (lambda: cloudcost.choose(T, gpu="A10000"), "A1000|A100"),
    "purchase": (lambda: cloudcost.choose(T, purchase="spott"), "did you mean spot"),
    "precision": (lambda: cloudcost.predict("resnet18", batch=8, precision="fp23"), "fp32"),  # type: ignore[arg-type]
    "optimizer": (lambda: cloudcost.predict("resnet18", batch=8, optimizer="adm"), "adam"),  # type: ignore[arg-type]
    "link": (lambda: cloudcost.predict("resnet18", batch=8, gpus=2, link="nvlnk"), "nvlink"),
    "stack": (lambda: cloudcost.predict("resnet18", batch=8, stack="torhc"), "torch"),
    "host": (lambda: cloudcost.predict("resnet18", batch=8, host="desktop-wls2"), "desktop-wsl2"),
    "figure": (lambda: cloudcost.compare(T, today=TODAY, draws=0).plot("total"), "totals"),
    "key": (lambda: cloudcost.sweep(T, {"training.bacth": [1]}), "training.batch"),
    "price book": (lambda: cloudcost.load_book("aws-2026-12"), "aws-2026-11"),
    "table": (lambda: cloudcost.compare(changed(trainings=[])), "training"),
    "group": (lambda: cloudcost.price_bill("x.csv", by="sevrice"), "service"),
    "cost": (lambda: cloudcost.explain("x.csv", cost="amortised"), "amortized"),  # type: ignore[arg-type]
    "fact": (lambda: cloudcost.explain_amount(75, 4, "dataste=1GB"), "dataset"),
    "instance of a project": (
        lambda: cloudcost.compare(changed(option={"kind": "ec2", "instance": "g4dn.xlrge"})),
        r"g4dn\.xlarge",
    ),
}


UNKNOWN |= {
    f"{key} of a step": (
        lambda key=key, name=name: cloudcost.predict_step(  # type: ignore[misc]
            cloudcost.named_network("resnet18"), batch=8, device="T4", **{key: name}
        ),
        near,
    )
    for key, name, near in (
        ("precision", "fp23", "fp32"),
        ("optimizer", "adm", "adam"),
        ("link", "nvlnk", "nvlink"),
        ("stack", "torhc", "torch"),
        ("host", "desktop-wls2", "desktop-wsl2"),
    )
}


@pytest.mark.parametrize("what", UNKNOWN)
def test_a_name_that_is_none_is_refused_by_the_nearest(what: str) -> None:
    asked, near = UNKNOWN[what]
    with pytest.raises(cloudcost.CloudCostError, match=near):
        asked()


FIGURES: dict[str, Callable[[], object]] = {
    "draws": lambda: cloudcost.compare(T, draws=-1),
    "half a draw": lambda: cloudcost.compare(T, draws=1.5),  # type: ignore[arg-type]
    "budget": lambda: cloudcost.compare(T, budget_usd="much"),
    "budget below 0": lambda: cloudcost.choose(T, budget_usd=-1),
    "hours": lambda: cloudcost.choose(T, max_hours=0),
    "top": lambda: cloudcost.choose(T, top=0),
    "name": lambda: cloudcost.choose(T, gpu=[3]),  # type: ignore[list-item]
    "images": lambda: cloudcost.quick("resnet18", images=0, epochs=1, runs=1),
    "batch": lambda: cloudcost.predict("resnet18", batch=0),
    "measured": lambda: cloudcost.predict("resnet18", batch=8, device="T4", measured={"T4": 0}),
    "network": lambda: cloudcost.predict(18, batch=8),  # type: ignore[arg-type]
    "size of a network": lambda: cloudcost.predict(cloudcost.named_network("resnet18"), batch=8, image_px=64),
    "amount": lambda: cloudcost.explain_amount(0, 4),
    "second answer": lambda: cloudcost.diff(T),
    "keys": lambda: cloudcost.sweep(cloudcost.make_project(**T), {"training.batch": [1]}),
    "path": lambda: cloudcost.explain([3]),  # type: ignore[list-item]
    "no runs": lambda: cloudcost.fit([], "model.json"),
    "seed": lambda: cloudcost.compare(T, seed="a"),  # type: ignore[arg-type]
    "size": lambda: cloudcost.quick("resnet18", images=9, epochs=1, runs=1, size=7),  # type: ignore[arg-type]
    "no keys": lambda: cloudcost.sweep(T, ["training.batch=1"]),  # type: ignore[arg-type]
    "option": lambda: cloudcost.compare(T, draws=0).option(None),  # type: ignore[arg-type]
    "host without a device": lambda: cloudcost.fit("runs.json", "model.json", host="g5"),
    "several draws": lambda: cloudcost.compare(T, draws=np.array([1, 2])),  # type: ignore[arg-type]
    "a column of images": lambda: cloudcost.quick("resnet18", images=pd.Series([1, 2]), epochs=1, runs=1),  # type: ignore[arg-type]
    "hours beyond floats": lambda: cloudcost.choose(T, max_hours=10**400),
    "a day that is missing": lambda: cloudcost.compare(T, today=pd.NaT),  # type: ignore[arg-type]
    "no bill": lambda: cloudcost.price_bill(None),  # type: ignore[arg-type]
    "groups": lambda: cloudcost.price_bill("bill.csv", by=-1),  # type: ignore[arg-type]
    "several costs": lambda: cloudcost.explain("bill.csv", cost=np.array(["net", "amortized"])),  # type: ignore[arg-type]
    "no text": lambda: cloudcost.parse_project(b"x"),  # type: ignore[arg-type]
    "name of a text": lambda: cloudcost.parse_project("x = 1", name=3),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("what", FIGURES)
def test_an_argument_that_is_none_is_one_clear_error(what: str) -> None:
    with pytest.raises(cloudcost.CloudCostError, match=":"):
        FIGURES[what]()


def test_none_is_a_filter_that_is_not_given() -> None:
    asked: dict[str, Any] = {"gpu": "T4", "region": "us-east-1", "top": 1, "today": TODAY}
    assert cloudcost.choose(T, **asked, purchase=None) == cloudcost.choose(T, **asked)


def test_results_have_a_short_text_and_all_forms(comparison: cloudcost.Comparison, tmp_path: Path) -> None:
    bill = tmp_path / "bill.csv"
    bill.write_text(USAGE, encoding="utf-8")
    found: list[Any] = [
        comparison,
        comparison.options[0],
        comparison.why(),
        cloudcost.diff(T, comparison, today=TODAY),
        cloudcost.predict("resnet18", batch=8, device="T4"),
        cloudcost.price_bill(str(bill), on=TODAY),
        cloudcost.explain([bill], today=TODAY),
        cloudcost.explain_amount("75", 4, today=TODAY),
    ]
    for each in found:
        text = repr(each)
        assert text.startswith(f"<{type(each).__name__} "), text
        assert len(text) < 200
        assert "\n" not in text
        assert json.loads(each.to_json())["schema"].startswith("cloudcost.")
        assert len(each.to_frame()) > 0
        shown = getattr(each, "_repr_html_", None) or each._repr_markdown_
        assert len(shown()) > 100
        assert len(str(each).splitlines()) > 3
    for value in (comparison.project, cloudcost.named_network("vgg16"), cloudcost.load_book()):
        assert len(repr(value)) < 200


def test_the_notebooks_table_has_bands_chances_reasons_and_bars(comparison: cloudcost.Comparison) -> None:
    shown = comparison._repr_html_()
    for said in ("80 % band", "cheapest", "in 4 days", "&lt;= 0.5 USD", "\u2588", "mostly ", "50 scenarios"):
        assert said in shown, said
    late = comparison.option("late")
    assert not late.feasible
    assert late.reason in shown
    assert "Lab &lt;b&gt;" in shown
    assert "<b>" not in shown
    second = {"show_currency": {"code": "MXN", "rate": 18.4}}
    plain = cloudcost.compare(changed(project=second), today=TODAY, draws=0)._repr_html_()
    assert "80 % band" not in plain
    assert ">MXN</th>" in plain


def test_the_dearest_that_can_be_done_has_the_longest_bar(comparison: cloudcost.Comparison) -> None:
    rows = [row for row in comparison._repr_html_().split("<tr>") if "\u258f" in row or "\u2588" in row]
    lengths = [sum(row.count(block) for block in "\u2588\u2589\u258a\u258b\u258c\u258d\u258e\u258f") for row in rows]
    assert lengths == sorted(lengths)
    assert len(lengths) == len([each for each in comparison.options if each.feasible])


@pytest.mark.parametrize("what", ["totals", "break-even", "cost-and-time", "tornado", "break_even"])
def test_a_figure_shows_itself(what: str, comparison: cloudcost.Comparison) -> None:
    figure = comparison.plot(what)
    assert figure._repr_svg_().startswith("<svg")
    pytest.importorskip("resvg_py", reason="needs the extra plot")
    assert (figure._repr_png_() or b"").startswith(b"\x89PNG")


def test_a_figure_of_nothing_says_why() -> None:
    unpriced = {"name": "dear", "kind": "ec2", "instance": "p5.48xlarge", "region": "sa-east-1"}
    never = cloudcost.compare(changed(option=unpriced | {"purchase": "reserved-3y-all-upfront"}), today=TODAY, draws=0)
    for name in ("totals", "break-even", "cost-and-time", "tornado"):
        with pytest.raises(cloudcost.InputError, match=f"plot: nothing to show, '{name}'.*dear: "):
            never.plot(name)


def test_bills_in_one_table_sum_to_the_totals(comparison: cloudcost.Comparison) -> None:
    bills = comparison.to_frame(bills=True)
    for each in comparison.options:
        assert sum(bills.loc[bills["option"] == each.name, "amount_usd"], Decimal(0)) == each.total_usd
    rows: dict[str, Any] = {row["option"]: row for row in comparison.to_frame().to_dict("records")}
    assert rows["EC2"]["probability_within_duration"] == 1.0
    assert 0 <= rows["EC2"]["probability_within_budget"] <= 1
    assert rows["EC2"]["probability_within_deadline"] is None


def test_the_page_is_returned_and_written(comparison: cloudcost.Comparison, tmp_path: Path) -> None:
    page = comparison.to_html(str(tmp_path / "report.html"))
    assert page.startswith("<!DOCTYPE html>")
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == page


def test_a_sweep_of_tables_is_that_of_their_file(tmp_path: Path) -> None:
    from cloudcost.api.projects import toml_tables
    from cloudcost.project.written import toml_text

    path = tmp_path / "project.toml"
    path.write_text(toml_text(toml_tables(T)), encoding="utf-8")
    over: dict[str, object] = {"training.batch": [16, 32], "project.tax_rate": "0,0.16"}
    rows = cloudcost.sweep(T, over, today=TODAY)
    assert rows.equals(cloudcost.sweep(str(path), over, today=TODAY))
    assert len(rows) == 2 * 2 * 3
    assert all(type(each) is Decimal for each in rows["total_usd"])
    alone = cloudcost.compare(changed(training=T["training"] | {"batch": 16}), today=TODAY, draws=0)
    assert rows["total_usd"][0] == alone.option(rows["option"][0]).total_usd


def test_a_difference_takes_answers_projects_and_json(comparison: cloudcost.Comparison, tmp_path: Path) -> None:
    path = tmp_path / "before.json"
    path.write_text(comparison.to_json(), encoding="utf-8")
    assert cloudcost.diff(path, comparison).increase_usd == 0
    assert cloudcost.diff(str(path), T, today=TODAY).increase_usd == 0
    dated = cloudcost.diff(comparison, as_of="2025-12-01", today=TODAY)
    assert "2025-12-01" in dated.before.name
    with pytest.raises(cloudcost.InputError, match="holds its prices already"):
        cloudcost.diff(path, T, as_of="2026-01-01")


def test_the_answers_without_a_project(tmp_path: Path) -> None:
    answer = cloudcost.quick("resnet18", images=2000, epochs=2, runs=1, gpu="RTX 3060", today=TODAY)
    assert repr(answer).startswith("<QuickAnswer over quick: ")
    assert "Answer: " in str(answer)
    assert "considered" in answer._repr_html_()
    assert answer.to_frame()["option"].tolist() == [each.name for each in answer.comparison.options]
    saved = tmp_path / "quick.toml"
    saved.write_text(answer.project_text, encoding="utf-8")
    again = cloudcost.compare(saved, today=TODAY, draws=0)
    assert {each.name: each.total_usd for each in again.options} == {
        each.name: each.total_usd for each in answer.comparison.options
    }
    choice = cloudcost.choose(T, gpu=["T4"], region="us-east-1", purchase="on-demand", top=2, today=TODAY)
    assert repr(choice).startswith("<BookChoice of ")
    assert "rows of the price book considered" in choice._repr_html_()
    assert json.loads(choice.to_json())["considered"] == choice.considered
    assert "rows of the price book considered" in " ".join(str(choice).split())


def test_a_name_of_the_package_that_is_none_is_offered_the_nearest() -> None:
    with pytest.raises(AttributeError) as error:
        cloudcost.comparre  # noqa: B018
    assert (error.value.name, error.value.obj) == ("comparre", cloudcost)

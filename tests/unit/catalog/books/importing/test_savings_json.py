"""Rates of Savings Plans, as AWS lists them."""

from __future__ import annotations

import gzip
import json
from copy import deepcopy
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples

from cloudcost.catalog.aws.commitments.savings_plans import SavingsPlan, savings_plans
from cloudcost.catalog.books.importing.into_book import import_files, read_file
from cloudcost.errors import InputError


def product(plan: SavingsPlan) -> dict[str, Any]:
    return {
        "sku": plan.purchase, "productFamily": plan.product_family, "serviceCode": plan.service,
        "usageType": plan.commitment_type("g4dn.xlarge"), "operation": "",
        "attributes": {
            "purchaseOption": f"{plan.upfront.capitalize()} Upfront", "purchaseTerm": f"{plan.years}yr",
            "granularity": "hourly", "locationType": "AWS Region", "location": "Any",
        },
    }  # fmt: skip


def rate(plan: SavingsPlan, usd: str = "0.3", **facts: str) -> dict[str, Any]:
    ec2 = plan.covers == "AmazonEC2"
    return {
        "discountedSku": "A", "discountedUsageType": "BoxUsage:g4dn.xlarge" if ec2 else "USE1-Train:ml.g4dn.xlarge",
        "discountedOperation": "RunInstances" if ec2 else "RunInstance", "discountedServiceCode": plan.covers,
        "rateCode": f"{plan.purchase}.B", "unit": "Hrs", "discountedRate": {"price": usd, "currency": "USD"}, **facts,
    }  # fmt: skip


def listed(*rates: tuple[SavingsPlan, dict[str, Any]]) -> dict[str, Any]:
    return {
        "version": "20261120000000", "publicationDate": "2026-11-20T00:00:00Z",
        "products": [product(plan) for plan, _ in rates],
        "terms": {
            "savingsPlan": [
                {
                    "sku": plan.purchase, "description": "a plan", "effectiveDate": "2026-11-01T00:00:00Z",
                    "leaseContractLength": {"duration": plan.years, "unit": "year"}, "rates": [each],
                }
                for plan, each in rates
            ]
        },
    }  # fmt: skip


ONE = savings_plans()["compute-savings-plan-1y-no-upfront"]


def written(folder: Path, document: object, *, packed: bool = False) -> Path:
    path = folder / "index.json"
    content = json.dumps(document).encode()
    path.write_bytes(gzip.compress(content) if packed else content)
    return path


@settings(max_examples=examples(20), deadline=None)
@given(micro=st.lists(st.integers(1, 10**8), min_size=18, max_size=18), packed=st.booleans())
def test_each_plan_term_and_way_of_paying_has_its_rate(
    tmp_path_factory: pytest.TempPathFactory, micro: list[int], packed: bool
) -> None:
    usd = {name: Decimal(each) / 10**6 for name, each in zip(savings_plans(), micro, strict=True)}
    document = listed(*((plan, rate(plan, f"{usd[name]:f}")) for name, plan in savings_plans().items()))
    file = read_file(written(tmp_path_factory.mktemp("list"), document, packed=packed))
    assert {each.purchase: each.tiers[0].unit_price_usd for each in file.prices} == usd
    assert {(each.region, each.unit, each.grade, each.as_of) for each in file.prices} == {
        ("us-east-1", "Hrs", "official", date(2026, 11, 20))
    }
    assert {(each.purchase, each.service) for each in file.prices} == {
        (name, plan.covers) for name, plan in savings_plans().items()
    }


@pytest.mark.parametrize(
    ("facts", "region"),
    [
        ({"discountedUsageType": "EU-BoxUsage:g4dn.xlarge"}, "eu-west-1"),
        ({"discountedUsageType": "USW2-BoxUsage:g4dn.xlarge"}, "us-west-2"),
        ({"discountedUsageType": "BoxUsage:g4dn.xlarge"}, "us-east-1"),
    ],
)
def test_a_rate_is_of_the_region_in_its_usage_type(facts: dict[str, str], region: str, tmp_path: Path) -> None:
    [price] = read_file(written(tmp_path, listed((ONE, rate(ONE, **facts))))).prices
    assert (price.region, price.usage_type) == (region, "BoxUsage:g4dn.xlarge")


@pytest.mark.parametrize(
    "facts",
    [
        {"discountedOperation": "RunInstances:0002"}, {"discountedUsageType": "UnusedBox:g4dn.xlarge"},
        {"discountedUsageType": "DedicatedUsage:g4dn.xlarge"}, {"discountedServiceCode": "AmazonECS"},
        {"discountedUsageType": "MARS-BoxUsage:g4dn.xlarge"}, {"discountedUsageType": "BoxUsage:zz9.huge"},
    ],
)  # fmt: skip
def test_what_is_not_priced_is_left_out(facts: dict[str, str], tmp_path: Path) -> None:
    kept = savings_plans()["ec2-instance-savings-plan-3y-all-upfront"]
    document = listed((kept, rate(kept, "0.2")), (ONE, rate(ONE, **facts)))
    assert [each.purchase for each in read_file(written(tmp_path, document)).prices] == [kept.purchase]


def test_a_plan_of_another_term_is_left_out_and_told(tmp_path: Path) -> None:
    kept = savings_plans()["sagemaker-savings-plan-1y-all-upfront"]
    document = listed((kept, rate(kept)), (ONE, rate(ONE)))
    document["products"][1]["attributes"]["purchaseTerm"] = "5yr"
    file = read_file(written(tmp_path, document))
    assert ([each.purchase for each in file.prices], dict(file.left_out)) == (
        [kept.purchase], {"a commitment of another term or kind": 1},
    )  # fmt: skip


def _changed(**changes: object) -> dict[str, Any]:
    document = deepcopy(listed((ONE, rate(ONE))))
    plan = document["terms"]["savingsPlan"][0]
    for name, value in changes.items():
        if name in ("sku", "rates"):
            plan[name] = value
        elif name == "plans":
            document["terms"]["savingsPlan"] = value
        elif name in ("price", "currency"):
            plan["rates"][0]["discountedRate"][name] = value
        else:
            document[name] = value
    return document


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"products": {}}, "products: no list of Savings Plans"),
        ({"plans": {}}, "terms:savingsPlan: no list"),
        ({"plans": [7]}, r"savingsPlan\[0\]:sku: not among the products, ''"),
        ({"sku": "other"}, r"savingsPlan\[0\]:sku: not among the products, 'other'"),
        ({"rates": 7}, r"savingsPlan\[0\]:rates: no list"),
        ({"rates": [7]}, "nothing in it that cloudcost prices"),
        ({"price": "cheap"}, "no price or bound of a tier, 'cheap'"),
        ({"price": 0.3}, "no price or bound of a tier, ''"),
        ({"currency": "CNY"}, "prices in CNY"),
        ({"currency": "EUR"}, "a price in 'EUR', cloudcost reads USD"),
        ({"publicationDate": "today"}, "publicationDate: no day, 'today'"),
    ],
)
def test_a_list_that_is_none_is_one_clear_line(changes: dict[str, object], said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said) as caught:
        read_file(written(tmp_path, _changed(**changes)))
    assert len(str(caught.value).splitlines()) == 1


REAL = (
    (
        "7DVU5XBSTGHBTJUV",
        "EC2InstanceSavingsPlans",
        "1yr",
        "No Upfront",
        "AmazonEC2",
        "EUW1-DedicatedUsage:c1.medium",
        "0.087",
    ),
    (
        "7DVU5XBSTGHBTJUV",
        "EC2InstanceSavingsPlans",
        "1yr",
        "No Upfront",
        "AmazonEC2",
        "EUW1-UnusedDed:c1.medium",
        "6.455",
    ),
    ("8GU23DFTKP2N43SD", "ComputeSavingsPlans", "1yr", "All Upfront", "AmazonEC2", "EUW1-BoxUsage:c1.medium", "0.098"),
    ("ZGC49G7XS8QA54BQ", "ComputeSavingsPlans", "3yr", "No Upfront", "AWSLambda", "EU-Lambda-GB-Second", "0.0000147"),
)
"""Rates that AWS listed for eu-west-1 on 2020-02-20: plan, family, term, payment, service, usage type, USD."""


def test_rates_as_aws_listed_them_in_2020_give_that_of_the_one_machine(tmp_path: Path) -> None:
    """Without operations, dates of terms and currencies, which that list did not have."""
    products = {
        sku: {
            "sku": sku, "productFamily": family, "serviceCode": "ComputeSavingsPlans",
            "attributes": {"purchaseOption": upfront, "purchaseTerm": term},
        }
        for sku, family, term, upfront, *_ in REAL
    }  # fmt: skip
    plans = [
        {
            "sku": sku,
            "rates": [{
                "discountedServiceCode": service, "discountedUsageType": usage_type, "rateCode": f"{sku}.A",
                "discountedRate": {"price": usd},
            }],
        }
        for sku, _, _, _, service, usage_type, usd in REAL
    ]  # fmt: skip
    document = {
        "version": "20200220220300", "publicationDate": "2020-02-20T22:03:00Z", "products": [*products.values()],
        "terms": {"savingsPlan": plans},
    }  # fmt: skip
    [price] = read_file(written(tmp_path, document)).prices
    assert (price.region, price.usage_type, price.purchase, price.tiers[0].unit_price_usd) == (
        "eu-west-1", "BoxUsage:c1.medium", "compute-savings-plan-1y-all-upfront", Decimal("0.098"),
    )  # fmt: skip


def test_imported_rates_price_an_option_and_are_offered_by_choose(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.projects import build_project

    from cloudcost.analysis.compare import context_of
    from cloudcost.catalog.books.book import load_book
    from cloudcost.domain.project import Option
    from cloudcost.options.kinds import kind_named
    from cloudcost.options.model import build_model

    monkeypatch.setenv("CLOUDCOST_DATA", str(tmp_path / "data"))
    planned = list(savings_plans().values())
    import_files([written(tmp_path, listed(*((plan, rate(plan, "0.25")) for plan in planned)))])
    book, day = load_book(on=date(2026, 11, 22)), date(2026, 11, 22)
    option = Option(name="o", kind="ec2", instance="g4dn.xlarge", hours_per_run=5.0, purchase=ONE.purchase)
    project = build_project(option, start=day)
    lines = build_model(project, option, context_of(project, today=day)).lines([1])
    [paid] = [line for line in lines if line.service == "ComputeSavingsPlans"]
    assert (paid.amount_usd, paid.grade) == (8760 * Decimal("0.25"), "official")
    assert paid.quantity == 8760
    rows = [*kind_named("ec2").book_rows(book, day), *kind_named("sagemaker").book_rows(book, day)]
    sold = {row.purchase for row in rows}
    assert sold >= set(savings_plans())

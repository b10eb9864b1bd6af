"""Prices of AWS as JSON: get-products, offer files, the feed of spot prices."""

from __future__ import annotations

import gzip
import json
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.books import own_price
from tests.offers import list_of

from cloudcost.catalog.books.importing.into_book import read_file
from cloudcost.errors import InputError

DAY = date(2026, 11, 20)
PRODUCT: dict[str, Any] = {
    "product": {
        "productFamily": "Compute Instance",
        "sku": "SKU00000000",
        "attributes": {
            "servicecode": "AmazonEC2", "location": "US East (N. Virginia)", "locationType": "AWS Region",
            "regionCode": "us-east-1", "instanceType": "g4dn.xlarge", "operatingSystem": "Linux", "tenancy": "Shared",
            "capacitystatus": "Used", "preInstalledSw": "NA", "usagetype": "BoxUsage:g4dn.xlarge",
            "operation": "RunInstances",
        },
    },
    "serviceCode": "AmazonEC2",
    "terms": {
        "OnDemand": {
            "SKU00000000.JRTCKXETXF": {
                "sku": "SKU00000000", "offerTermCode": "JRTCKXETXF", "effectiveDate": "2026-11-01T00:00:00Z",
                "termAttributes": {},
                "priceDimensions": {
                    "SKU00000000.JRTCKXETXF.6YS6EN2CT7": {
                        "unit": "Hrs", "beginRange": "0", "endRange": "Inf", "description": "an hour",
                        "pricePerUnit": {"USD": "0.5000000000"},
                    }
                },
            }
        },
        "Reserved": {
            "SKU00000000.38NPMPTW36": {
                "sku": "SKU00000000", "offerTermCode": "38NPMPTW36", "effectiveDate": "2026-11-01T00:00:00Z",
                "termAttributes": {
                    "LeaseContractLength": "3yr", "OfferingClass": "standard", "PurchaseOption": "Partial Upfront",
                },
                "priceDimensions": {
                    "a": {"unit": "Hrs", "beginRange": "0", "endRange": "Inf", "pricePerUnit": {"USD": "0.1"}},
                    "b": {"unit": "Quantity", "pricePerUnit": {"USD": "2628"}},
                },
            }
        },
    },
    "version": "20261120000000",
    "publicationDate": "2026-11-20T00:00:00Z",
}  # fmt: skip
FEED = {
    "vers": 0.01,
    "config": {
        "rate": "perhr",
        "regions": [
            {
                "region": name,
                "instanceTypes": [
                    {
                        "type": "gpu",
                        "sizes": [
                            {"size": size, "valueColumns": [{"name": "linux", "prices": {"USD": usd}},
                                                            {"name": "mswin", "prices": {"USD": "9"}}]}
                            for size, usd in (("g4dn.xlarge", "0.1578"), ("g5.xlarge", "N/A*"), ("zz9.huge", "1"))
                        ],
                    }
                ],
            }
            for name in ("us-east", "eu-ireland", "eu-south-2", "mars")
        ],
    },
}  # fmt: skip


def by_purchase(path: Path) -> dict[str, str]:
    return {each.purchase: str(each.tiers[0].unit_price_usd.normalize()) for each in read_file(path).prices}


@pytest.mark.parametrize("form", ["strings", "objects", "list", "gzip", "offer"])
def test_products_are_the_same_prices_in_each_form(form: str, tmp_path: Path) -> None:
    path = tmp_path / "products.json"
    whole = {
        "formatVersion": "v1.0", "offerCode": "AmazonEC2", "version": "1", "publicationDate": "2026-11-20T00:00:00Z",
        "products": {"SKU00000000": PRODUCT["product"]},
        "terms": {kind: {"SKU00000000": terms} for kind, terms in PRODUCT["terms"].items()},
    }  # fmt: skip
    document: object = {
        "strings": {"FormatVersion": "aws_v1", "PriceList": [json.dumps(PRODUCT)]},
        "objects": {"PriceList": [PRODUCT]},
        "list": [json.dumps(PRODUCT)],
        "gzip": {"PriceList": [PRODUCT]},
        "offer": whole,
    }[form]
    content = json.dumps(document).encode()
    path.write_bytes(gzip.compress(content) if form == "gzip" else content)
    assert by_purchase(path) == {"on-demand": "0.5", "reserved-3y-partial-upfront": "0.2"}
    file = read_file(path)
    assert (file.published, {price.as_of for price in file.prices}) == (DAY, {DAY})


def test_json_gives_what_the_csv_of_the_same_rows_does(tmp_path: Path) -> None:
    price = own_price("0.5", seen_from=date(2026, 11, 1))
    (tmp_path / "a.csv").write_text(list_of([price], offer="AmazonEC2", published=DAY))
    product = deepcopy(PRODUCT)
    del product["terms"]["Reserved"]
    (tmp_path / "a.json").write_text(json.dumps([product]))
    [by_csv], [by_json] = (read_file(tmp_path / name).prices for name in ("a.csv", "a.json"))
    assert (by_csv.tiers, by_csv.key, by_csv.seen_from) == (by_json.tiers, by_json.key, by_json.seen_from)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"PriceList": [], "PriceList": []}', "the key 'PriceList' stands twice in one object"),
        ('{"PriceList": ["{\\"a\\": 1, \\"a\\": 2}"]}', "the key 'a' stands twice in one object"),
        ('{"terms": {"savingsPlan": [], "savingsPlan": []}}', "the key 'savingsPlan' stands twice"),
        ('{"terms": {"savingsPlan": []}, "products": []}', "not stated, say with --seen-on DATE"),
        ('{"PriceList": [7]}', "no product"),
        ('{"PriceList": []}', "not stated, say with --seen-on DATE"),
        ('{"a": 1}', "neither PriceList nor products and terms"),
        ('{"PriceList": [', "not JSON"),
        ("[" * 100_000, "nested too deeply"),
        (json.dumps([PRODUCT]).replace("USD", "CNY"), "prices in CNY"),
        (json.dumps([PRODUCT]).replace('"0.5000000000"', "0.5"), "no price or bound of a tier, ''"),
        (json.dumps([PRODUCT]).replace('"Linux"', '"Windows"'), "nothing in it that cloudcost prices"),
        (json.dumps([PRODUCT]).replace('"2026-11-20T', '"today'), "no day, 'today"),
        ("callback({})", "a feed of spot prices, its day not stated"),
    ],
)
def test_a_document_that_is_none_is_one_clear_line(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "products.json"
    path.write_text(text)
    with pytest.raises(InputError, match=said) as caught:
        read_file(path)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("before", ["", "/* a\n licence */\n"])
def test_the_feed_of_spot_prices_has_known_machines_in_known_regions(before: str, tmp_path: Path) -> None:
    path = tmp_path / "spot.js"
    path.write_text(f"{before}callback({json.dumps(FEED)});\n")
    file = read_file(path, seen_on=DAY)
    assert {(each.usage_type, each.purchase, str(each.tiers[0].unit_price_usd)) for each in file.prices} == {
        ("SpotUsage:g4dn.xlarge", "spot", "0.1578")
    }
    assert [each.region for each in file.prices] == ["eu-south-2", "eu-west-1", "us-east-1"]
    assert file.left_out == {"a machine that is not known": 3, "a region that is not known, mars": 3}
    path.write_text(f"callback({json.dumps(FEED).replace('0.1578', '1e400')})")
    with pytest.raises(InputError, match="no price of an hour, '1e400'"):
        read_file(path, seen_on=DAY)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["USD", "Hrs", "0.5", "Inf"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["USD", "unit", "SKU00000000", "a"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(value=JSON, at=st.integers(0, 60), feed=st.booleans())
def test_no_document_makes_a_traceback(
    value: object, at: int, feed: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole: Any = deepcopy(FEED if feed else {"PriceList": [PRODUCT]})
    places: list[tuple[Any, Any]] = []
    below = [whole]
    while below:
        each = below.pop()
        for key, part in each.items() if isinstance(each, dict) else enumerate(each):
            places.append((each, key))
            if isinstance(part, dict | list):
                below.append(part)
    owner, key = places[at % len(places)]
    owner[key] = value
    path = tmp_path_factory.mktemp("fuzz") / "a.json"
    text = json.dumps(whole)
    path.write_text(f"callback({text})" if feed else text)
    try:
        found = read_file(path, seen_on=DAY).prices
    except InputError:
        return
    assert found

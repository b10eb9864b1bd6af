"""Who is paid is a row: every service that is priced or metered is one provider's, and each provider has a payee."""

from __future__ import annotations

from typing import get_args

import pytest

from cloudcost.catalog.books.book import load_book
from cloudcost.catalog.providers import PaidTo, is_aws, paid_to, provider_of_service, read_providers
from cloudcost.catalog.tables import DATA, read_table
from cloudcost.domain.kinds import KINDS
from cloudcost.domain.prices import OWN_SERVICE, TRANSFER_SERVICE
from cloudcost.errors import CatalogError
from cloudcost.pricing.bill.prices import Payee, payee_of

COLUMNS = ("name", "service", "aliases", "title", "options", "payee")
ROWS = read_table(DATA / "providers.csv", COLUMNS)
SERVICES = sorted({*load_book().services(), *(facts.service for facts in KINDS.values() if facts.service)})


@pytest.mark.parametrize("service", [*SERVICES, OWN_SERVICE, TRANSFER_SERVICE])
def test_every_service_is_one_provider_s(service: str) -> None:
    found = [row[0] for row in ROWS for known in row[1].split("|") if _means(known, service)]
    provider = provider_of_service(service)
    assert provider is not None, f"{service} is no provider's: add it to providers.csv"
    assert found == [provider.name]


def _means(known: str, service: str) -> bool:
    return service.startswith(known[:-1]) if known.endswith("*") else known == service


@pytest.mark.parametrize("name", [row[0] for row in ROWS])
def test_a_provider_without_a_payee_is_refused(name: str) -> None:
    rows = [[*row[:-1], ""] if row[0] == name else list(row) for row in ROWS]
    with pytest.raises(CatalogError, match=f"^providers.csv:{name}: payee, '', one of own, provider, aws$"):
        read_providers(rows)


@pytest.mark.parametrize("name", [row[0] for row in ROWS])
def test_a_provider_that_bills_no_kind_of_option_is_refused(name: str) -> None:
    rows = [[*row[:4], "", row[5]] if row[0] == name else list(row) for row in ROWS]
    with pytest.raises(CatalogError, match=f"^providers.csv:{name}: options, '', one of ec2, "):
        read_providers(rows)


def test_every_kind_of_option_is_billed_by_its_service_s_provider() -> None:
    for kind, facts in KINDS.items():
        billing = [provider for provider in read_providers(ROWS) if kind in provider.options]
        assert billing, kind
        if facts.service:
            assert provider_of_service(facts.service) in billing
        assert {each.payee for each in billing} == {
            "aws" if facts.in_aws else "own" if facts.at_home else "provider"
        }, kind


def test_each_payee_is_a_payee_of_bills() -> None:
    assert {row[5] for row in ROWS} == set(get_args(PaidTo))
    assert {payee_of(row[1].split("|")[0].rstrip("*")) for row in ROWS} == set(Payee)


def test_a_service_that_no_row_knows_is_a_provider_s() -> None:
    assert (paid_to("my own cloud"), is_aws("my own cloud")) == ("provider", False)

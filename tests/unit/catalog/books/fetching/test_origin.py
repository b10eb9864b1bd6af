"""Where price lists are taken from: addresses and folders, and what is refused before anything is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from cloudcost.catalog.aws.regions import regions
from cloudcost.catalog.books.fetching.origin import OfferPlace, origin_of, places
from cloudcost.catalog.books.importing.offers import offer_rules
from cloudcost.errors import InputError

S3 = OfferPlace(offer="AmazonS3", region="eu-west-1")


@pytest.mark.parametrize(
    "text", ["https://mirror.example", "https://mirror.example/", "https://mirror.example/offers/v1.0/aws/"]
)
def test_an_address_may_name_the_offers_or_what_they_lie_under(text: str) -> None:
    assert origin_of(text).address(S3) == "https://mirror.example/offers/v1.0/aws/AmazonS3/current/eu-west-1/index.csv"


def test_a_folder_is_read_with_and_without_the_paths_of_the_web(tmp_path: Path) -> None:
    flat, deep = tmp_path / "flat", tmp_path / "deep"
    for base in (flat, deep / "offers" / "v1.0" / "aws"):
        folder = base / "AmazonS3" / "current" / "eu-west-1"
        folder.mkdir(parents=True)
        (folder / "index.csv.gz").touch()
    for named in (flat, deep, deep / "offers" / "v1.0" / "aws"):
        origin = origin_of(str(named))
        assert not origin.is_web
        assert origin.file(S3).name == "index.csv.gz"
        assert origin.file(S3).exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no address and no folder"),
        ("gone/folder", "no folder, gone/folder, name one with offers/v1.0/aws in it"),
        ("http://mirror.example", "without encryption anybody could change prices"),
        ("http://169.254.169.254", "without encryption"),
        ("ftp://mirror.example", "no address that is fetched from"),
        ("file:///etc", "no address that is fetched from, file:///etc, name one with https://, or a folder"),
        ("https://", "no address that is fetched from"),
        ("https://a:b@mirror.example", "an address with a user"),
        ("https://mirror.example/?x=1", "an address with a user, ? or #"),
        ("https://mirror.example:99999/", "no address"),
        ("https://mirror.example/a\r\nHost: b", "an address with signs that none has"),
        ("https://[::1", "no address"),
        ("a\0b", "no address and no folder"),
    ],
)
def test_what_is_no_origin_is_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        origin_of(text)
    assert str(caught.value).startswith("--from: ")
    assert said in str(caught.value)


def test_all_services_and_regions_are_meant_where_none_or_all_is_named() -> None:
    assert {place.offer for place in places((), ["us-east-1"])} == set(offer_rules())
    assert {place.region for place in places(["amazons3"], ["ALL"])} == set(regions())


def test_each_name_that_is_not_known_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        places(["AmazonS33", "AmazonRDS"], ["eu-west-9", "cn-north-1"])
    said = caught.value.faults
    assert len(said) == 4
    assert "--services: cloudcost prices nothing of 'AmazonS33', did you mean AmazonS3?" in said[0]
    assert "--regions: no region 'eu-west-9', did you mean eu-west-" in said[2]

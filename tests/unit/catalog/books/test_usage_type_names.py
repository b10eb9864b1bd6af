from __future__ import annotations

import pytest

from cloudcost.catalog.aws.regions import region, regions, regions_by_code
from cloudcost.catalog.books.usage_types import canonical_key, strip_region_prefix
from cloudcost.catalog.near import did_you_mean, nearest
from cloudcost.errors import UnknownRegionError


@pytest.mark.parametrize(
    ("place", "usage_type", "expected"),
    [
        ("us-east-1", "TimedStorage-ByteHrs", "TimedStorage-ByteHrs"),
        ("us-east-1", "USE1-TimedStorage-ByteHrs", "TimedStorage-ByteHrs"),
        ("eu-west-1", "EU-BoxUsage:g4dn.xlarge", "BoxUsage:g4dn.xlarge"),
        ("eu-west-1", "EUW1-BoxUsage:g4dn.xlarge", "BoxUsage:g4dn.xlarge"),
        ("ap-south-1", "APS3-Train:ml.r5.4xlarge", "Train:ml.r5.4xlarge"),
        ("ap-southeast-1", "APS1-DataTransfer-Out-Bytes", "DataTransfer-Out-Bytes"),
        ("us-east-1", "USE1-USW2-AWS-Out-Bytes", "USW2-AWS-Out-Bytes"),
        ("us-west-2", "USW2-USE1-AWS-Out-Bytes", "USE1-AWS-Out-Bytes"),
        ("us-east-1", "USW2-AWS-Out-Bytes", "USW2-AWS-Out-Bytes"),
        ("us-west-2", "Studio:JupyterLab-ml.m5.large", "Studio:JupyterLab-ml.m5.large"),
        ("eastus", "Standard_NC6s_v3", "Standard_NC6s_v3"),
        ("us-east-1", "USE1-", "USE1-"),
    ],
)
def test_the_regions_code_is_taken_off(place: str, usage_type: str, expected: str) -> None:
    assert strip_region_prefix(place, usage_type) == expected


@pytest.mark.parametrize("code", sorted(regions_by_code()))
def test_every_code_comes_off_in_its_region_and_nowhere_else(code: str) -> None:
    owner = regions_by_code()[code]
    assert strip_region_prefix(owner, f"{code}-NatGateway-Hours") == "NatGateway-Hours"
    other = "us-west-2" if owner != "us-west-2" else "us-east-1"
    with pytest.raises(ValueError, match=f"is of {owner} but the region is {other}"):
        strip_region_prefix(other, f"{code}-NatGateway-Hours")


def test_inter_region_transfer_of_another_source_is_refused() -> None:
    with pytest.raises(ValueError, match="is of us-west-2 but the region is us-east-1"):
        strip_region_prefix("us-east-1", "USW2-USE1-AWS-Out-Bytes")


@pytest.mark.parametrize("code", sorted(regions_by_code()))
def test_the_other_region_of_traffic_comes_back_under_its_usual_code(code: str) -> None:
    owner = regions_by_code()[code]
    usual, source = regions()[owner].codes[0], "us-west-2" if owner != "us-west-2" else "us-east-1"
    for front in ("", *(f"{own}-" for own in regions()[source].codes)):
        for way in ("AWS-Out-Bytes", "AWS-In-Bytes"):
            assert strip_region_prefix(source, f"{front}{code}-{way}") == f"{usual}-{way}"


@pytest.mark.parametrize("name", sorted(regions()))
def test_the_region_s_own_name_in_front_is_taken_off_where_it_agrees(name: str) -> None:
    assert strip_region_prefix(name, f"{name}-KMS-Requests") == "KMS-Requests"
    other = next(region for region in regions() if region != name)
    with pytest.raises(ValueError, match=f"is of {name} but the region is {other}"):
        strip_region_prefix(other, f"{name}-KMS-Keys")
    assert strip_region_prefix(name, "KMS-Keys") == "KMS-Keys"


def test_spot_is_kept_under_one_name() -> None:
    assert canonical_key("SpotUsage:g5.xlarge", "on-demand") == ("SpotUsage:g5.xlarge", "spot")
    assert canonical_key("Train:ml.g5.xlarge", "spot") == ("TrSpt:ml.g5.xlarge", "spot")
    assert canonical_key("BoxUsage:g5.xlarge", "on-demand") == ("BoxUsage:g5.xlarge", "on-demand")
    assert canonical_key("a2-highgpu-1g", "spot") == ("a2-highgpu-1g", "spot")


def test_regions_have_a_code_a_country_and_a_location_of_their_own() -> None:
    assert len(regions()) >= 36
    assert len({known.location for known in regions().values()}) == len(regions())
    assert all(known.codes and len(known.country) == 3 for known in regions().values())
    assert region("mx-central-1").codes == ("MXC1",)
    with pytest.raises(UnknownRegionError, match=r"no region 'eu-west-7'; did you mean eu-west-1\?"):
        region("eu-west-7")


def test_near_names_are_ordered_and_cut_off() -> None:
    assert nearest("BoxUsage:g4dn.xl", ["BoxUsage:g4dn.xlarge", "EBS:VolumeUsage"], 2) == ("BoxUsage:g4dn.xlarge",)
    assert did_you_mean("zzz", ["aaa"], otherwise="ask") == "ask"
    assert did_you_mean("ab", ["abc", "abd"], 2) == "did you mean abc or abd?"

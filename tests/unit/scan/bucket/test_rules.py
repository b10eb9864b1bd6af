"""A lifecycle configuration as rules of a project file: what holds for all that is scanned, and what is left out."""

from __future__ import annotations

from typing import Any

from cloudcost.domain.lifecycle import LifecycleRule
from cloudcost.scan.bucket.rules import rules_of


def rules(*given: dict[str, Any], prefix: str = "", **more: Any) -> tuple[tuple[LifecycleRule, ...], tuple[str, ...]]:
    named = [{"ID": str(number), "Status": "Enabled", **each} for number, each in enumerate(given)]
    return rules_of({"Rules": named, **more}, prefix)


def test_every_action_becomes_a_rule_in_order_of_time() -> None:
    found, notes = rules(
        {
            "Filter": {"ObjectSizeGreaterThan": 4096},
            "Transitions": [{"Days": 90, "StorageClass": "GLACIER"}, {"Days": 30, "StorageClass": "STANDARD_IA"}],
            "NoncurrentVersionTransitions": [
                {"NoncurrentDays": 7, "StorageClass": "GLACIER_IR", "NewerNoncurrentVersions": 2}
            ],
            "Expiration": {"Days": 365},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 30, "NewerNoncurrentVersions": 3},
        },
        {"Filter": {}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 5}},
    )
    assert found == (
        LifecycleRule(storage_class="STANDARD_IA", after_days=30, min_object_bytes=4096),
        LifecycleRule(storage_class="GLACIER_IR", noncurrent_after_days=7, keep_newest=2, min_object_bytes=4096),
        LifecycleRule(storage_class="GLACIER", after_days=90, min_object_bytes=4096),
        LifecycleRule(expire_after_days=365, min_object_bytes=4096),
        LifecycleRule(noncurrent_expire_after_days=30, keep_newest=3, min_object_bytes=4096),
        LifecycleRule(abort_incomplete_after_days=5),
    )
    assert notes == ()


def test_rules_that_hold_for_nothing_scanned_or_are_off_are_no_matter() -> None:
    assert rules(
        {"Filter": {"Prefix": "other/"}, "Expiration": {"Days": 1}},
        {"Status": "Disabled", "Filter": {}, "Expiration": {"Days": 1}},
        prefix="images/",
    ) == ((), ())


def test_an_old_rule_has_its_prefix_beside_the_filter() -> None:
    assert rules({"Prefix": "images/", "Expiration": {"Days": 1}}, prefix="images/cats")[0] == (
        LifecycleRule(expire_after_days=1),
    )


def test_what_no_rule_can_say_is_told() -> None:
    found, notes = rules(
        {"Filter": {"And": {"Prefix": "", "Tags": [{"Key": "a", "Value": "b"}]}}, "Expiration": {"Days": 1}},
        {"Filter": {"And": {"ObjectSizeLessThan": 900}}, "Expiration": {"Days": 1}},
        {"Filter": {"Prefix": "images/cats"}, "Expiration": {"Days": 1}},
        {"Filter": {}, "Expiration": {"Date": "2027-01-01"}},
        {"Filter": {}, "Transitions": [{"Days": 1, "StorageClass": "SNOW"}]},
        prefix="images/",
    )
    assert found == ()
    assert notes == (
        "rule '0' is left out: it holds for objects with tags, which a listing does not show",
        "rule '1' is left out: it holds for objects under 900 bytes alone",
        "rule '2' is left out: it holds for keys that begin with 'images/cats' alone",
        "of rule '3' is left out: what it does on a date",
        "of rule '4' is left out: a move to SNOW",
    )


def test_the_older_default_is_told_where_it_matters() -> None:
    old = {"TransitionDefaultMinimumObjectSize": "varies_by_storage_class"}
    move = {"Filter": {}, "Transitions": [{"Days": 1, "StorageClass": "GLACIER"}]}
    assert "objects of any size" in rules(move, **old)[1][0]
    assert rules({**move, "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}]}, **old)[1] == ()


def test_a_filter_of_no_size_lifts_the_default_all_the_same() -> None:
    move = {"Filter": {"ObjectSizeGreaterThan": 0}, "Transitions": [{"Days": 1, "StorageClass": "GLACIER"}]}
    assert rules(move)[0] == (LifecycleRule(storage_class="GLACIER", after_days=1, min_object_bytes=1),)

"""The least policy: every request of a scan and no other, and marks that mean themselves."""

from __future__ import annotations

import json

import pytest

from cloudcost.cli import run
from cloudcost.scan.bucket.client import PERMISSIONS
from cloudcost.scan.bucket.listing import bucket_and_prefix
from cloudcost.scan.bucket.policy import least_policy


@pytest.mark.parametrize("prefix", ["", "images/"])
def test_the_policy_permits_what_a_scan_asks_and_nothing_else(prefix: str) -> None:
    statements = json.loads(least_policy("bucket", prefix))["Statement"]
    actions = [action for each in statements for action in each["Action"]]
    assert sorted(actions) == sorted(permission for _, permission in PERMISSIONS.values())
    assert all(action.split(":")[1].startswith(("Get", "List")) for action in actions)
    assert ("Condition" in statements[0]) == bool(prefix)


def test_marks_of_policies_mean_themselves() -> None:
    statements = json.loads(least_policy("bucket", "a*b?c$d"))["Statement"]
    assert statements[0]["Condition"]["StringLike"]["s3:prefix"] == "a${*}b${?}c${$}d*"


def test_the_verb_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", "s3://bucket/images/", "--iam-policy"]) == 0
    assert capsys.readouterr().out == least_policy("bucket", "images/")


@pytest.mark.parametrize("source", ["s3://", "s3:///a", "s3://a b/c", "s3://-a"])
def test_an_address_without_a_bucket_is_refused(source: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", source]) == 2
    assert "scan: no name of a bucket" in capsys.readouterr().err
    assert bucket_and_prefix("s3://my.bucket") == ("my.bucket", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "scan: one of a folder, s3://bucket/prefix, --inventory, --sql and --sql-result"),
        (["images", "--iam-policy"], "--iam-policy: says nothing of what is looked at"),
        (["s3://bucket", "--duplicates"], "--duplicates: says nothing of what is looked at"),
        (["images", "--classes", "3"], "classes are a whole number from 10"),
    ],
)
def test_flags_that_say_nothing_are_refused(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["scan", *arguments]) == 2
    assert said in capsys.readouterr().err

"""Savings Plans in project files: which machines they cover, and what a commitment needs."""

from __future__ import annotations

from datetime import date

import pytest

from cloudcost.errors import ProjectFileError
from cloudcost.project.file import parse_project

FILE = """
[project]
region = "us-east-1"
duration = "4 days"
[dataset]
images = 1000
size = "1 GB"
[[training]]
network = "resnet18"
epochs = 1
runs = 1
[[option]]
"""


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (
            'kind = "sagemaker"\ninstance = "ml.g5.xlarge"\npurchase = "compute-savings-plan-3y-all-upfront"',
            "option[0].purchase: a Compute Savings Plan covers none of its machines, "
            '"compute-savings-plan-3y-all-upfront", write "sagemaker-savings-plan-3y-all-upfront"',
        ),
        (
            'kind = "ec2"\ninstance = "g5.xlarge"\npurchase = "sagemaker-savings-plan-1y-no-upfront"',
            "option[0].purchase: a SageMaker Savings Plan covers none of its machines, "
            '"sagemaker-savings-plan-1y-no-upfront", write "compute-savings-plan-1y-no-upfront" or write '
            '"ec2-instance-savings-plan-1y-no-upfront"',
        ),
        (
            'kind = "cloud"\ninstance = "gpu_1x_a6000"\npurchase = "compute-savings-plan-1y-no-upfront"',
            "option[0].purchase: a Compute Savings Plan covers none of its machines, "
            '"compute-savings-plan-1y-no-upfront", remove it',
        ),
        (
            'kind = "ec2"\ninstance = "g5.xlarge"\ncommitment_usd_per_hour = 0.5',
            "option[0].commitment_usd_per_hour: given without a Savings Plan, 0.5, remove it, or write e.g. purchase = "
            '"compute-savings-plan-1y-no-upfront"',
        ),
        (
            'kind = "sagemaker"\ninstance = "ml.g5.xlarge"\npurchase = "spot"\ncommitment_usd_per_hour = 0.5',
            "option[0].commitment_usd_per_hour: given without a Savings Plan, 0.5, remove it, or write e.g. purchase = "
            '"sagemaker-savings-plan-1y-no-upfront"',
        ),
        (
            'kind = "ec2"\ninstance = "g5.xlarge"\npurchase = "compute-savings-plan-1y-no-upfront"\nusd_per_hour = 0\n'
            "commitment_usd_per_hour = 0.5",
            "option[0].usd_per_hour: a Savings Plan's rate that uses nothing of its commitment, 0, write the plan's "
            "rate of the machine, or remove it",
        ),
    ],
)
def test_a_plan_that_covers_nothing_is_one_clear_line(option: str, said: str) -> None:
    with pytest.raises(ProjectFileError) as caught:
        parse_project(FILE + option, name="p.toml", today=date(2026, 11, 22))
    assert caught.value.faults == (f"p.toml:{said}",)

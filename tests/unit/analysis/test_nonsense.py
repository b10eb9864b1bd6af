"""The pass over a project that warns of what makes no sense."""

from __future__ import annotations

from datetime import date

import pytest

from cloudcost.analysis.compare import compare
from cloudcost.analysis.nonsense import OPTION_RULES, PROJECT_RULES
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.file import parse_project

TODAY = date(2026, 11, 22)
SOUND = """
[project]
name = "sound"
duration = "20 days"
[dataset]
images = 60000
size = "7 GB"
[[training]]
network = "resnet50"
epochs = 38
"""
EC2 = '[[option]]\nname = "cloud"\nkind = "ec2"\ninstance = "g4dn.xlarge"\n'


def warned(text: str) -> list[str]:
    """Return what a project is warned of, old prices left out."""
    told = compare(parse_project(text, name="p.toml", today=TODAY), today=TODAY).warnings
    return [each for each in told if "months old" not in each]


def test_a_project_that_makes_sense_is_not_warned_of() -> None:
    assert warned(SOUND + EC2) == []


@pytest.mark.parametrize("name", ["reto"])
def test_a_bundled_project_is_not_warned_of(name: str) -> None:
    assert warned(bundled_project_text(name)) == []


def test_each_rule_has_a_name_of_its_own_a_limit_and_a_reason() -> None:
    rules = (*PROJECT_RULES, *OPTION_RULES)
    assert len({rule.name for rule in rules}) == len(rules)
    assert all(rule.limit > 0 and rule.unit and rule.reason for rule in rules)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('size = "7 GB"', 'size = "4 MB"', "66.7 bytes an image"),
        ('size = "7 GB"', 'size = "9 TB"', "150 MB an image"),
        ("images = 60000", "images = 10", "a batch of 32 is more than the 10 images"),
    ],
)
def test_odd_images_are_told(old: str, new: str, said: str) -> None:
    assert any(said in each for each in warned((SOUND + EC2).replace(old, new)))


def test_a_notebook_that_is_on_longer_than_the_project_is_told() -> None:
    notebook = 'notebook_instance = "ml.t3.medium"\nnotebook_hours = {}\n'
    assert warned(SOUND + EC2 + notebook.format(480)) == []
    assert warned(SOUND + EC2 + notebook.format(481)) == [
        "cloud: the notebook is on for 481 h, and the project's 20 days have 480; "
        "notebook_hours counts the whole project"
    ]


def test_options_that_share_a_sentence_share_a_warning() -> None:
    more = "".join(EC2.replace("cloud", f"cloud {index}") for index in range(4))
    [told] = [each for each in warned((SOUND + EC2 + more).replace("images = 60000", "images = 10")) if "batch" in each]
    assert told.startswith("cloud, cloud 0, cloud 1 and 2 more: resnet50: a batch of 32 ")
